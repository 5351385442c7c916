//! A Docker that takes BuildKit's calls as HTTP/2 from the first byte, as engines of API 1.53 and newer do, and that answers its
//! earlier way into BuildKit with an error. Behind it is one of those that all tests share.
//! <https://github.com/moby/moby/blob/v28.5.2/api/server/router/grpc/grpc_routes.go>

use std::io::{self, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::engine::Engine;
use super::wire::{Wire, address, carry};

/// How HTTP/2 begins: <https://www.rfc-editor.org/rfc/rfc9113#name-http-2-connection-preface>. Requests of HTTP/1 do not.
const PREFACE: &[u8; 3] = b"PRI";

const UPGRADE: &[u8] =
    b"POST /grpc HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";

/// A unix socket to such a Docker, to the end of the test program.
#[derive(Debug)]
pub(crate) struct NewerDocker {
    directory: TempDir,
    refused: Arc<AtomicUsize>,
}

impl NewerDocker {
    /// `answer` is the status with which it refuses.
    #[track_caller]
    pub(crate) fn before(engine: &Engine, answer: &'static str) -> Self {
        let target = address(engine);
        let directory = tempfile::tempdir().expect("a directory can be made");
        let listener =
            UnixListener::bind(directory.path().join("docker.sock")).expect("a socket can be made");
        let refused = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&refused);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let served = serve(client, &target, answer).expect("the engine can be reached");
                if served == Served::Refused {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        Self { directory, refused }
    }

    /// For `DOCKER_HOST`.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}/docker.sock", self.directory.path().display())
    }

    /// How often it was asked in the earlier way.
    pub(crate) fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }
}

#[derive(PartialEq, Eq)]
enum Served {
    Refused,
    Carried,
}

fn serve(mut client: UnixStream, target: &str, answer: &str) -> io::Result<Served> {
    let mut beginning = [0; PREFACE.len()];
    client.read_exact(&mut beginning)?;
    if beginning != *PREFACE {
        read_head(&mut client)?;
        let answer = format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
        client.write_all(answer.as_bytes())?;
        return Ok(Served::Refused);
    }
    let mut engine = Wire::connect(target)?;
    engine.write_all(UPGRADE)?;
    let head = read_head(&mut engine)?;
    if !head.starts_with(b"HTTP/1.1 101 ") {
        return Err(io::Error::other("docker does not upgrade"));
    }
    engine.write_all(PREFACE)?;
    carry(Wire::Unix(client), engine, Duration::ZERO)?;
    Ok(Served::Carried)
}

/// Up to the empty line: what is behind it is of another protocol.
fn read_head(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    Ok(head)
}
