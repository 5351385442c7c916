//! What the frontend does with the bridge: one story from the request to the result.

mod error;
mod images;
mod options;
mod plan_file;
mod process;
mod run;
mod shown;
#[cfg(test)]
mod tests;

use error::FrontendError;
pub use process::{ProcessError, serve};
pub use run::{Request, run};
