//! The client: one command, any BuildKit, the image is there.
//!
//! - [`session`]: what the client serves to the engine while it builds.
//! - [`progress`]: what is going on in a build, as people like to watch it.

pub mod progress;
pub mod session;
