//! Connections to engines, and bytes carried from one to another.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use super::engine::Engine;

/// What is carried as fast as it comes where the rest is slow: all that an engine says of a build, but no large result.
const FAST: usize = 1 << 20;
/// What is carried at a time.
const PIECE: usize = 64 << 10;

/// A connection.
#[derive(Debug)]
pub(crate) enum Wire {
    Unix(UnixStream),
    Tcp(TcpStream),
}

/// Where an engine is: one that all tests share, or one that has an address of its own.
#[track_caller]
pub(crate) fn address(engine: &Engine) -> String {
    let set = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    match engine {
        Engine::BuildKit {
            address: Some(address),
        } => address.clone(),
        Engine::BuildKit { address: None } => set("BUILDKIT_HOST"),
        Engine::Docker | Engine::OtherDocker(_) => {
            engine.docker_host().unwrap_or_else(|| set("DOCKER_HOST"))
        }
    }
}

impl Wire {
    /// Connects to an address of an engine.
    pub(crate) fn connect(address: &str) -> io::Result<Self> {
        match address.split_once("://") {
            Some(("unix", path)) => Ok(Self::Unix(UnixStream::connect(path)?)),
            Some(("tcp", address)) => Ok(Self::Tcp(TcpStream::connect(address)?)),
            _ => Err(io::Error::other("it is neither at unix:// nor at tcp://")),
        }
    }

    fn share(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Unix(stream) => Self::Unix(stream.try_clone()?),
            Self::Tcp(stream) => Self::Tcp(stream.try_clone()?),
        })
    }

    fn hang_up(&self) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(buffer),
            Self::Tcp(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(bytes),
            Self::Tcp(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Carries bytes both ways until one side ends. After each piece of a large result the engine waits for a while.
pub(crate) fn carry(client: Wire, engine: Wire, pause: Duration) -> io::Result<()> {
    let (from_client, from_engine) = (client.share()?, engine.share()?);
    for (mut from, mut to, pause) in [
        (from_client, engine, Duration::ZERO),
        (from_engine, client, pause),
    ] {
        thread::spawn(move || {
            // An error ends it as the end of the stream does; what is closed already needs no closing.
            drop(copy(&mut from, &mut to, pause));
            drop(to.hang_up());
        });
    }
    Ok(())
}

fn copy(from: &mut Wire, to: &mut Wire, pause: Duration) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    let mut carried = 0;
    while let length @ 1.. = from.read(&mut piece)? {
        to.write_all(&piece[..length])?;
        carried += length;
        if carried > FAST {
            thread::sleep(pause);
        }
    }
    Ok(())
}
