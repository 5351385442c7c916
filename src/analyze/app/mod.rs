//! The app: a read-only view of a source tree.
//!
//! Nothing of the app is ever executed, nothing outside its tree is read, and what is read is bounded: each directory is
//! listed and each file read at most once.

mod directory;
mod error;
mod json;
#[cfg(test)]
pub(crate) mod memory;
mod object;
mod pattern;
mod read;
mod search;
mod toml;
mod tree;
mod view;
mod xml;
mod yaml;

pub use directory::Directory;
pub use error::AppError;
pub(crate) use error::is_temporary;
pub use tree::{Entry, EntryKind, Tree};
pub use view::App;
