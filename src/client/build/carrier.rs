//! The stream that a session runs on: a call of the engine's whose messages are pieces of bytes.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/grpchijack/dial.go>. Where a piece ends has no meaning.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use prost::bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio_util::sync::PollSender;
use tonic::codegen::tokio_stream::Stream;
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue, MetadataMap};
use tonic::transport::Channel;
use tonic::{Request, Status, Streaming};

use crate::proto::control::BytesMessage;
use crate::proto::control::control_client::ControlClient;

/// Largest piece that is sent: that of BuildKit's own client.
const MAX_PIECE: usize = 32 << 10;

/// How many pieces wait for the connection.
const PIECES: usize = 16;

/// The headers that announce a session.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/session.go>
mod header {
    pub(super) const ID: &str = "x-docker-expose-session-uuid";
    pub(super) const SHARED_KEY: &str = "x-docker-expose-session-sharedkey";
    pub(super) const METHOD: &str = "x-docker-expose-session-grpc-method";
}

/// What the engine is told of a session.
#[derive(Clone, Debug)]
pub(super) struct Announcement {
    /// Its name, which the build's request names too.
    pub(super) id: String,
    /// Sets the files that the engine has of this app from earlier builds apart from those of others.
    pub(super) shared_key: String,
    /// URLs of the methods that are served.
    pub(super) methods: Vec<String>,
}

/// A stream of bytes in the messages of a call.
pub(super) struct Carrier {
    incoming: Incoming,
    /// The rest of a piece.
    rest: Bytes,
    outgoing: PollSender<BytesMessage>,
}

/// The engine answers the call when it has something to say.
enum Incoming {
    Waiting(Pin<Box<dyn Future<Output = Result<Streaming<BytesMessage>, Status>> + Send>>),
    Open(Box<Streaming<BytesMessage>>),
}

impl Carrier {
    /// Begins a session.
    pub(super) fn open(channel: Channel, announcement: &Announcement) -> Self {
        let (sender, receiver) = mpsc::channel(PIECES);
        let mut request = Request::new(Pieces(receiver));
        announcement.write(request.metadata_mut());
        let mut client = ControlClient::new(channel);
        let call = async move { Ok(client.session(request).await?.into_inner()) };
        Self {
            incoming: Incoming::Waiting(Box::pin(call)),
            rest: Bytes::new(),
            outgoing: PollSender::new(sender),
        }
    }
}

impl Announcement {
    fn write(&self, headers: &mut MetadataMap) {
        let mut append = |name: &'static str, value: &str| {
            // All of them are made of letters, digits and a few signs.
            if let Ok(value) = AsciiMetadataValue::try_from(value) {
                headers.append(AsciiMetadataKey::from_static(name), value);
            }
        };
        append(header::ID, &self.id);
        append(header::SHARED_KEY, &self.shared_key);
        for method in &self.methods {
            append(header::METHOD, method);
        }
    }
}

impl AsyncRead for Carrier {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.rest.is_empty() {
            match &mut self.incoming {
                Incoming::Waiting(call) => {
                    let stream = ready!(call.as_mut().poll(context)).map_err(io::Error::other)?;
                    self.incoming = Incoming::Open(Box::new(stream));
                }
                Incoming::Open(stream) => {
                    match ready!(Pin::new(stream.as_mut()).poll_next(context)) {
                        Some(piece) => self.rest = piece.map_err(io::Error::other)?.data,
                        None => return Poll::Ready(Ok(())),
                    }
                }
            }
        }
        let length = self.rest.len().min(buffer.remaining());
        buffer.put_slice(&self.rest[..length]);
        self.rest.advance(length);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Carrier {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let closed = || io::Error::from(io::ErrorKind::BrokenPipe);
        ready!(self.outgoing.poll_reserve(context)).map_err(|_| closed())?;
        let length = bytes.len().min(MAX_PIECE);
        let data = Bytes::copy_from_slice(&bytes[..length]);
        let piece = BytesMessage { data };
        self.outgoing.send_item(piece).map_err(|_| closed())?;
        Poll::Ready(Ok(length))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outgoing.close();
        Poll::Ready(Ok(()))
    }
}

/// What is sent, as the stream that a call takes.
struct Pieces(mpsc::Receiver<BytesMessage>);

impl Stream for Pieces {
    type Item = BytesMessage;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<BytesMessage>> {
        self.0.poll_recv(context)
    }
}
