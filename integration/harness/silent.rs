//! A port that takes connections and never says anything.

use std::net::{TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A port of the loopback address, until this value is dropped.
#[derive(Debug)]
pub(crate) struct Silent {
    listener: TcpListener,
    address: String,
}

impl Silent {
    #[track_caller]
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let address = listener.local_addr().expect("it has an address");
        listener
            .set_nonblocking(true)
            .expect("a port can be looked at");
        Self {
            address: address.to_string(),
            listener,
        }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Waits until somebody connects and says something, and lets them wait for an answer as long as what this gives lives.
    #[track_caller]
    pub(crate) fn wait(&self, limit: Duration) -> TcpStream {
        let deadline = Instant::now() + limit;
        loop {
            if let Ok((connection, _)) = self.listener.accept() {
                let waits = connection.set_nonblocking(false);
                waits
                    .and_then(|()| connection.set_read_timeout(Some(limit)))
                    .and_then(|()| connection.peek(&mut [0]))
                    .expect("who connects says something");
                return connection;
            }
            assert!(Instant::now() < deadline, "nobody connects");
            sleep(POLL_INTERVAL);
        }
    }
}
