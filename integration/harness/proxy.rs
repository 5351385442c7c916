//! A socket between a client and an engine that can be taken away while both go on.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::thread;

use tempfile::TempDir;

use super::engine::Engine;

/// A unix socket that leads to an engine.
#[derive(Debug)]
pub(crate) struct Proxy {
    directory: TempDir,
    connections: Arc<Mutex<Vec<UnixStream>>>,
}

impl Proxy {
    /// A socket that leads to one of the engines that all tests share.
    #[track_caller]
    pub(crate) fn to(engine: &Engine) -> Self {
        let set = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
        let target = match engine {
            Engine::BuildKit { .. } => set("BUILDKIT_HOST"),
            _ => engine.docker_host().unwrap_or_else(|| set("DOCKER_HOST")),
        };
        let directory = tempfile::tempdir().expect("a directory can be made");
        let listener =
            UnixListener::bind(directory.path().join("engine.sock")).expect("a socket can be made");
        let connections = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&connections);
        // Ends with the test program: nobody connects any more once the directory is gone.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let kept_client = client.try_clone().expect("a socket can be shared");
                kept.lock().expect("no proxy panics").push(kept_client);
                connect(client, &target).expect("the engine can be reached");
            }
        });
        Self {
            directory,
            connections,
        }
    }

    /// The engine as it is seen through this.
    pub(crate) fn engine(&self) -> Engine {
        let socket = self.directory.path().join("engine.sock");
        Engine::BuildKit {
            address: Some(format!("unix://{}", socket.display())),
        }
    }

    /// Breaks all connections.
    pub(crate) fn cut(&self) {
        for connection in self.connections.lock().expect("no proxy panics").drain(..) {
            // One that is closed already is no news.
            drop(connection.shutdown(Shutdown::Both));
        }
    }
}

/// Carries bytes both ways until one side ends.
fn connect(client: UnixStream, target: &str) -> io::Result<()> {
    match target.split_once("://") {
        Some(("unix", path)) => {
            let engine = UnixStream::connect(path)?;
            carry(
                client.try_clone()?,
                engine.try_clone()?,
                UnixStream::shutdown,
            );
            carry(engine, client, UnixStream::shutdown);
        }
        Some(("tcp", address)) => {
            let engine = TcpStream::connect(address)?;
            carry(
                client.try_clone()?,
                engine.try_clone()?,
                TcpStream::shutdown,
            );
            carry(engine, client, UnixStream::shutdown);
        }
        _ => return Err(io::Error::other("it is neither at unix:// nor at tcp://")),
    }
    Ok(())
}

fn carry<R, W>(mut from: R, mut to: W, shutdown: fn(&W, Shutdown) -> io::Result<()>)
where
    R: Read + Send + 'static,
    W: Write + Send + 'static,
{
    thread::spawn(move || {
        // An error ends it as the end of the stream does; what is closed already needs no closing.
        drop(io::copy(&mut from, &mut to));
        drop(shutdown(&to, Shutdown::Both));
    });
}
