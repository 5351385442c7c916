//! Where a result goes.
//!
//! - [`request`]: what the user wants, as `--output` says it
//! - [`export`]: what a certain engine is asked for

mod export;
mod load;
mod metadata_file;
mod push;
mod request;

pub(crate) use export::{Export, ExportError, Target, exports};
pub(crate) use load::{LOAD_HINT, LoadError, Loader, Loading};
pub(crate) use metadata_file::metadata_json;
pub(crate) use push::{PushError, push};
pub(crate) use request::{Destination, OutputRequest};
