//! Source tree to plan.
//!
//! The way: an [`App`] is looked at by the providers in their order; the first that knows it adds steps, packages and the
//! start command to a context; what the user configured is laid over that; the result is a [`Plan`](crate::plan::Plan).
//! Nothing here reads a clock, the network, the process environment, or a file but through the [`App`].

mod app;
mod caches;
mod caddy;
mod config;
mod configure;
mod context;
mod deploy;
mod environment;
mod error;
#[cfg(test)]
mod examples;
mod finish;
mod generate;
#[cfg(test)]
mod hostile;
mod ignore_file;
mod images;
mod locate;
mod lookup;
mod messages;
mod normalize;
mod packages;
mod parts;
mod procfile;
mod providers;
#[cfg(feature = "frontend")]
mod searches;
mod staticfile;
mod steps;
mod template;
#[cfg(test)]
mod testing;
mod together;
mod validate;
mod version;
mod workspace_member;

pub(crate) use app::is_temporary;
pub use app::{App, AppError, Directory, Entry, EntryKind, Tree};
pub use config::config_schema;
pub use environment::{Environment, EnvironmentError, Setting};
pub use error::AnalyzeError;
pub use generate::{Analysis, AnalyzeOptions, analyze, analyze_telling};
#[cfg(feature = "frontend")]
pub(crate) use ignore_file::parse as parse_ignore_file;
pub use images::BaseImages;
pub use lookup::{LookupError, VersionLookup};
pub use messages::{Level, Message};
pub(crate) use packages::name_and_version;
pub use packages::{RequestedPackage, Resolved};
#[cfg(feature = "frontend")]
pub(crate) use searches::{LikelySearch, likely_search};
