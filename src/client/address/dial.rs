//! From an address to a stream of bytes.

use std::io;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use super::program::Complaint;
use super::refusal::{Refusable, Refusal};
use super::tls::Negotiated;
use super::{Address, ConnectError, TlsFiles};

/// A stream of bytes both ways.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A stream to an engine, and what is to be said if nothing useful comes out of it.
pub(super) struct Dialed {
    pub(super) stream: Box<dyn Stream>,
    pub(super) complaint: Option<Complaint>,
    pub(super) refusal: Option<Refusal>,
}

/// Opens a stream. TLS is for ports only: the other ways are private already.
pub(super) async fn dial(
    address: &Address,
    tls: Option<&TlsFiles>,
    negotiated: Negotiated,
) -> Result<Dialed, ConnectError> {
    let dialed = |stream| Dialed {
        stream,
        complaint: None,
        refusal: None,
    };
    match address {
        #[cfg(unix)]
        Address::Unix(path) => {
            let stream = UnixStream::connect(path)
                .await
                .map_err(ConnectError::Dial)?;
            Ok(dialed(Box::new(stream)))
        }
        #[cfg(not(unix))]
        Address::Unix(_) => Err(ConnectError::Dial(io::ErrorKind::Unsupported.into())),
        Address::Tcp { host, port } => {
            let stream = TcpStream::connect((host.as_str(), *port))
                .await
                .map_err(ConnectError::Dial)?;
            // Small messages go both ways all the time.
            stream.set_nodelay(true).map_err(ConnectError::Dial)?;
            match tls {
                None => Ok(dialed(Box::new(stream))),
                Some(tls) => {
                    let stream = tls.connect(stream, host, negotiated).await?;
                    let (stream, refusal) = Refusable::new(stream);
                    Ok(Dialed {
                        refusal: Some(refusal),
                        ..dialed(Box::new(stream))
                    })
                }
            }
        }
        Address::Program(program) => {
            let (stream, complaint) = program.start().map_err(|source| match source.kind() {
                io::ErrorKind::NotFound => ConnectError::NoProgram(program.name),
                _ => ConnectError::Dial(source),
            })?;
            Ok(Dialed {
                stream: Box::new(stream),
                complaint: Some(complaint),
                refusal: None,
            })
        }
    }
}
