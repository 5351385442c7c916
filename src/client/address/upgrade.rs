//! Docker's way into its BuildKit: an HTTP/1.1 request whose connection becomes HTTP/2.
//!
//! <https://github.com/moby/moby/blob/v28.5.2/api/server/router/grpc/grpc_routes.go>. Engines of API 1.53 and newer take HTTP/2
//! from the first byte instead, and may refuse the request.

use std::io;

use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const REQUEST: &[u8] =
    b"POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

/// The largest head of an answer.
const MAX_HEAD: usize = 16 << 10;

/// Asks for the upgrade. What follows on the stream is HTTP/2.
pub(super) async fn upgrade<S>(stream: &mut S) -> Result<(), UpgradeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(REQUEST).await?;
    stream.flush().await?;
    let head = read_head(stream).await?;
    match status(&head) {
        Some(101) => Ok(()),
        // BuildKit is not there under this name, or not any more: no such path, or one that is asked in another way.
        Some(400 | 404 | 405 | 426 | 501) => Err(UpgradeError::NotOffered),
        Some(status) => Err(UpgradeError::Refused(status)),
        None => Err(UpgradeError::NotHttp),
    }
}

/// The head of the answer, read byte by byte: what is behind it belongs to HTTP/2.
async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Vec<u8>, UpgradeError> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_HEAD {
            return Err(UpgradeError::NotHttp);
        }
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

/// `HTTP/1.1 101 Switching Protocols`.
fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|&byte| byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    let version = words.next()?;
    let status = words.next()?.parse().ok()?;
    version.starts_with("HTTP/1.").then_some(status)
}

/// Why the connection does not become one to BuildKit.
#[derive(Debug, Error)]
pub(crate) enum UpgradeError {
    /// There is no such request.
    #[error("it has no BuildKit behind `/grpc`")]
    NotOffered,
    /// It does not want to.
    #[error("it answered `/grpc` with status {0}")]
    Refused(u16),
    /// The answer is none.
    #[error("it does not speak HTTP")]
    NotHttp,
    /// The connection broke.
    #[error("the connection broke")]
    Io(#[from] io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn answer(answer: &'static [u8]) -> (Result<(), UpgradeError>, Vec<u8>) {
        let (mut ours, mut theirs) = tokio::io::duplex(1 << 20);
        theirs.write_all(answer).await.unwrap();
        theirs.shutdown().await.unwrap();
        let result = upgrade(&mut ours).await;
        let mut rest = Vec::new();
        ours.read_to_end(&mut rest).await.unwrap();
        let mut request = vec![0; REQUEST.len()];
        theirs.read_exact(&mut request).await.unwrap();
        assert_eq!(request, REQUEST);
        (result, rest)
    }

    #[tokio::test]
    async fn what_follows_the_answer_is_left_on_the_stream() {
        let (result, rest) = answer(
            b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n\x00\x00\x06\x04",
        )
        .await;
        result.unwrap();
        assert_eq!(rest, b"\x00\x00\x06\x04");
    }

    #[tokio::test]
    async fn other_answers_are_told_apart() {
        let told = async |text| answer(text).await.0.unwrap_err().to_string();
        let cases = [
            told(b"HTTP/1.1 404 Not Found\r\n\r\n").await,
            told(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n").await,
            told(b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: HTTP/2.0\r\n\r\n").await,
            told(b"HTTP/1.1 500 Internal Server Error\r\nA: b\r\n\r\n{}").await,
            told(b"SSH-2.0-OpenSSH_9.2\r\n\r\n").await,
            told(b"HTTP/1.1 101").await,
        ];
        insta::assert_snapshot!(cases.join("\n"), @r"
        it has no BuildKit behind `/grpc`
        it has no BuildKit behind `/grpc`
        it has no BuildKit behind `/grpc`
        it answered `/grpc` with status 500
        it does not speak HTTP
        the connection broke
        ");
    }

    #[tokio::test]
    async fn an_endless_head_is_not_read() {
        let (mut ours, mut theirs) = tokio::io::duplex(1 << 20);
        let bytes = vec![b'x'; MAX_HEAD + 1];
        theirs.write_all(&bytes).await.unwrap();
        assert!(matches!(
            upgrade(&mut ours).await,
            Err(UpgradeError::NotHttp)
        ));
    }
}
