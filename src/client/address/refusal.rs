//! Why the other side of a TLS connection does not want it.
//!
//! Since TLS 1.3 a client is through with the handshake before the server has looked at its certificate: a refusal comes as
//! an alert while something else is read. An error of a write may overtake it; the alert then still waits to be read.
//! <https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2.4>

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::rustls;

/// What the other side has said against the connection so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusal(Arc<Mutex<Option<String>>>);

/// A TLS stream that remembers the refusal.
pub(super) struct Refusable<S> {
    stream: S,
    refusal: Refusal,
    /// A write has failed, and what waits to be read is not read yet.
    failed: Option<io::Error>,
}

impl Refusal {
    /// Its text, if there was one.
    pub(super) fn text(&self) -> Option<String> {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.clone()
    }

    fn remember(&self, error: &io::Error) {
        if let Some(alert) = alert(error) {
            let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            text.get_or_insert(alert);
        }
    }
}

/// The alert in an error, if it is one of the other side's.
pub(super) fn alert(error: &io::Error) -> Option<String> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::AlertReceived(alert) => Some(format!("{alert:?}")),
        _ => None,
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Refusable<S> {
    pub(super) fn new(stream: S) -> (Self, Refusal) {
        let refusal = Refusal::default();
        let stream = Self {
            stream,
            refusal: refusal.clone(),
            failed: None,
        };
        (stream, refusal)
    }

    /// Hands a result on; an error only after what was waiting to be read.
    fn after_reading<T>(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match ready!(result) {
            Ok(value) => Poll::Ready(Ok(value)),
            Err(error) => {
                self.failed = Some(error);
                self.read_rest(context)
            }
        }
    }

    /// Reads to the end, for the sake of an alert, and gives the error of the write.
    fn read_rest<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        loop {
            let mut bytes = [0; 1024];
            let mut buffer = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            if let Err(error) = &read {
                self.refusal.remember(error);
            }
            if read.is_err() || buffer.filled().is_empty() {
                let error = self.failed.take();
                return Poll::Ready(Err(
                    error.unwrap_or_else(|| io::ErrorKind::BrokenPipe.into())
                ));
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Refusable<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        if let Err(error) = &read {
            self.refusal.remember(error);
        }
        Poll::Ready(read)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Refusable<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.failed.is_some() {
            return self.read_rest(context);
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.after_reading(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.failed.is_some() {
            return self.read_rest(context);
        }
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.after_reading(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// A connection whose other side has sent an alert and is gone.
    struct Gone(Vec<io::Error>);

    impl AsyncRead for Gone {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Poll::Ready(self.0.pop().map_or(Ok(()), Err))
        }
    }

    impl AsyncWrite for Gone {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    fn refused() -> io::Error {
        let alert = rustls::AlertDescription::CertificateRequired;
        io::Error::other(rustls::Error::AlertReceived(alert))
    }

    #[tokio::test]
    async fn an_alert_is_remembered_whatever_comes_first() {
        let (mut stream, refusal) = Refusable::new(Gone(vec![refused()]));
        stream.read_u8().await.unwrap_err();
        assert_eq!(refusal.text().as_deref(), Some("CertificateRequired"));

        let (mut stream, refusal) = Refusable::new(Gone(vec![refused()]));
        let error = stream.write_all(b"a").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(refusal.text().as_deref(), Some("CertificateRequired"));
    }

    #[tokio::test]
    async fn other_errors_are_no_refusal() {
        let (mut stream, refusal) = Refusable::new(Gone(Vec::new()));
        stream.write_all(b"a").await.unwrap_err();
        stream.read_u8().await.unwrap_err();
        assert_eq!(refusal.text(), None);
    }
}
