//! The connection: gRPC over HTTP/2 with prior knowledge, on whatever carries bytes both ways.
//!
//! BuildKit starts a gateway frontend as the HTTP/2 *client* of one connection on its standard input and output. It waits
//! ten seconds for the first bytes, so connecting comes before everything slow.
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/gateway.go>, `serve`.

use std::sync::{Arc, Mutex};

use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, Join, Stdin, Stdout};
use tonic::transport::{Channel, Endpoint};

/// Largest message that either side sends: the engine's own limit since BuildKit 0.14.
/// <https://github.com/moby/buildkit/blob/v0.32.2/defaults/grpc.go>
pub(crate) const MAX_MESSAGE_SIZE: usize = 16 << 20;

/// Largest list of headers that we accept. A failed solve carries its details in one: whole source files, far more than
/// the 16 KiB of HTTP libraries. Beyond the limit the engine resets the stream and the error is lost, so it is what
/// BuildKit's own clients have.
const MAX_HEADER_LIST_SIZE: u32 = 16 << 20;

/// Bytes of one call in flight before the engine waits for us: a pipe has no round trips to save, this only keeps a large
/// file from going in 64 KiB steps.
const STREAM_WINDOW_SIZE: u32 = 1 << 20;

/// Bytes of all calls in flight. One that nobody reads for a while, such as the progress of a build whose terminal is
/// stopped, must not hold up the others: a session that stands still is dropped by the engine.
const CONNECTION_WINDOW_SIZE: u32 = 64 * STREAM_WINDOW_SIZE;

/// The authority of the connection. It goes nowhere; it must only be a valid one.
const AUTHORITY: &str = "http://localhost";

/// The standard streams of a frontend that BuildKit started.
#[must_use]
pub fn standard_streams() -> Join<Stdin, Stdout> {
    tokio::io::join(tokio::io::stdin(), tokio::io::stdout())
}

/// Opens the one connection on `stream`: sends HTTP/2's preface and waits until the stream has taken it.
///
/// The connection is never made a second time. Dropping the last clone of the channel says goodbye to the engine, which
/// then ends the build as failed, whatever was returned, if the process is still there a second later: end the process
/// right after the return.
pub async fn connect<S>(stream: S) -> Result<Channel, TransportError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let stream = Arc::new(Mutex::new(Some(stream)));
    let connector = tower::service_fn(move |_| {
        let stream = stream.lock().ok().and_then(|mut stream| stream.take());
        async move { stream.map(TokioIo::new).ok_or(TransportError::Closed) }
    });
    Ok(endpoint().connect_with_connector(connector).await?)
}

/// The settings of every connection to an engine.
fn endpoint() -> Endpoint {
    Endpoint::from_static(AUTHORITY)
        .http2_max_header_list_size(MAX_HEADER_LIST_SIZE)
        .initial_stream_window_size(STREAM_WINDOW_SIZE)
        .initial_connection_window_size(CONNECTION_WINDOW_SIZE)
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The one connection there was is gone.
    #[error("the connection to BuildKit is closed")]
    Closed,
    /// HTTP/2 could not begin.
    #[error("no connection to BuildKit: {0}")]
    Connect(#[from] tonic::transport::Error),
}
