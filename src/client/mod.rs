//! The client: one command, any BuildKit, the image is there.
//!
//! - `settings`: what the user wants, checked before anything is done.
//! - `address`: where an engine is, and the connection to it.
//! - `build`: one build.
//! - `output`: where the result goes.
//! - [`session`]: what the client serves to the engine while it builds.
//! - [`progress`]: what is going on in a build, as people like to watch it.
//!
//! The client is its own frontend over the engine's own bridge, so that what a frontend image does is done here by the
//! same code: [`crate::frontend`].

pub(crate) mod address;
mod build;
mod caches;
mod certificates;
mod command;
mod elsewhere;
mod error;
mod identifier;
mod interrupt;
mod output;
mod plan_source;
pub mod progress;
mod request;
mod served;
pub mod session;
pub(crate) mod settings;
mod story;
mod words;

pub use command::run;
