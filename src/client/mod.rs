//! The client: one command, any BuildKit, the image is there.
//!
//! - [`progress`]: what is going on in a build, as people like to watch it.

pub mod progress;
