//! Where an engine is, and the connection to it.
//!
//! - [`parse`]: an address in words
//! - [`find`]: which engine to use when the user names none
//! - [`docker`]: which Docker the user's own client talks to
//! - [`dial`]: from an address to a stream of bytes: sockets, ports with or without TLS, programs
//! - [`connect`](mod@connect): from the stream to a channel, by Docker's upgrade or directly

mod connect;
mod dial;
mod docker;
mod find;
mod parse;
mod program;
mod refusal;
mod tls;
mod upgrade;

pub(crate) use connect::{ConnectError, Connection, ImageStore, connect};
pub(crate) use find::{Engine, EngineError, Origin, find_engines};
pub(crate) use parse::{Address, AddressError, Program, Service};
pub(crate) use tls::TlsFiles;
