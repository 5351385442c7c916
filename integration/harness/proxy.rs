//! A socket between a client and an engine that can be taken away while both go on, and that can be slow.

use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::engine::Engine;
use super::wire::{Wire, address, carry};

/// How long a slow socket waits after each piece of a large result: some megabyte takes a second.
const PAUSE: Duration = Duration::from_millis(50);

/// A unix socket that leads to an engine.
#[derive(Debug)]
pub(crate) struct Proxy {
    directory: TempDir,
    connections: Arc<Mutex<Vec<UnixStream>>>,
}

impl Proxy {
    /// A socket that leads to an engine at a socket or a port.
    #[track_caller]
    pub(crate) fn to(engine: &Engine) -> Self {
        Self::carrying(engine, Duration::ZERO)
    }

    /// One over which a large result comes slowly.
    #[track_caller]
    pub(crate) fn slow(engine: &Engine) -> Self {
        Self::carrying(engine, PAUSE)
    }

    #[track_caller]
    fn carrying(engine: &Engine, pause: Duration) -> Self {
        let target = address(engine);
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
                Wire::connect(&target)
                    .and_then(|engine| carry(Wire::Unix(client), engine, pause))
                    .expect("the engine can be reached");
            }
        });
        Self {
            directory,
            connections,
        }
    }

    /// The engine as it is seen through this.
    pub(crate) fn engine(&self) -> Engine {
        Engine::BuildKit {
            address: Some(format!("unix://{}", self.socket().display())),
        }
    }

    /// The socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.directory.path().join("engine.sock")
    }

    /// Breaks all connections.
    pub(crate) fn cut(&self) {
        for connection in self.connections.lock().expect("no proxy panics").drain(..) {
            // One that is closed already is no news.
            drop(connection.shutdown(Shutdown::Both));
        }
    }
}
