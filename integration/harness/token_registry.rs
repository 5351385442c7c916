//! A registry that wants a token: before the one that all tests share.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use serde_json::json;
use tempfile::TempDir;

use super::settings::settings;

/// The only token that it takes.
pub(crate) const TOKEN: &str = "tide-table";

/// A port of the loopback address that leads to the shared registry.
#[derive(Debug)]
pub(crate) struct TokenRegistry {
    host: String,
}

impl TokenRegistry {
    /// Ends with the test program.
    #[track_caller]
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = listener.local_addr().expect("it has an address").port();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A client that goes away is its own affair.
                thread::spawn(move || answer(client, port));
            }
        });
        Self {
            // A name that every engine takes for one without TLS.
            host: format!("localhost:{port}"),
        }
    }

    /// What an image of the shared registry is called here.
    pub(crate) fn name_of(&self, image: &str) -> String {
        image.replacen(settings().registry(), &self.host, 1)
    }

    /// A directory for `DOCKER_CONFIG` with a token for it.
    pub(crate) fn login(&self, token: &str) -> TempDir {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let configuration = json!({ "auths": { &self.host: { "registrytoken": token } } });
        let file = directory.path().join("config.json");
        std::fs::write(file, configuration.to_string()).expect("a file can be written");
        directory
    }
}

/// Answers one request: hands it on if it has the token, and asks for one otherwise.
fn answer(mut client: TcpStream, port: u16) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = Vec::new();
    let mut has_token = false;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let lower = line.to_lowercase();
        has_token |= lower.trim() == format!("authorization: bearer {TOKEN}");
        let is_end = line == "\r\n";
        // Each connection is for one request, and the registry wants no token.
        if is_end {
            head.extend_from_slice(b"Connection: close\r\n\r\n");
            break;
        }
        if !lower.starts_with("connection:") && !lower.starts_with("authorization:") {
            head.extend_from_slice(line.as_bytes());
        }
    }
    if !has_token {
        let challenge = format!(r#"Bearer realm="http://localhost:{port}/token",service="test""#);
        return write!(
            client,
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    }
    let mut registry = TcpStream::connect(settings().registry())?;
    registry.write_all(&head)?;
    io::copy(&mut registry, &mut client)?;
    client.shutdown(Shutdown::Both)
}
