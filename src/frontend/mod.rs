//! What the frontend does with the bridge: one story from the request to the result.

mod certificates;
mod checks;
mod concurrent;
mod contexts;
mod conversions;
mod error;
mod images;
pub(crate) mod local;
mod options;
mod own_image;
mod plan_file;
mod planning;
mod process;
mod request;
mod result;
mod run;
mod secrets;
mod shown;
mod sought;
mod source_lines;
mod subrequests;
#[cfg(test)]
mod tests;
mod warnings;

use error::FrontendError;
#[cfg(feature = "client")]
pub(crate) use options::{is_remote_context, keys as option, remote_name, without_credentials};
pub use planning::Planning;
pub use process::{ProcessError, serve};
pub use request::{PlanHeard, PlanListener, Request};
#[cfg(feature = "client")]
pub(crate) use run::define;
pub use run::run;
#[cfg(feature = "client")]
pub(crate) use source_lines::SourceLines;
