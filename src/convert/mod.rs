//! Plan to LLB and image configuration. Pure: plan and options in, definition and configuration out.
//!
//! The rules are those of Railpack 0.37
//! (<https://github.com/railwayapp/railpack/tree/v0.37.0/buildkit/build_llb>); where ours differ, `docs/differences.md`
//! says how and why. Steps are converted in the order of their inputs; independent ones become independent branches of
//! the graph, which the engine runs in parallel.

mod ancestors;
mod base_config;
mod certificates;
mod commands;
mod contexts;
mod converter;
mod environment;
mod error;
mod image_config;
mod images;
mod layers;
mod leading_program;
mod options;
mod overlap;
mod paths;
mod rfc3339;
mod root_home;
mod sandbox;
mod secret_variables;
mod secrets;
mod sources;
mod ssh;

pub use certificates::CERTIFICATES_SECRET;
pub use contexts::{Context, Contexts};
pub use converter::{Conversion, convert};
pub use error::ConvertError;
pub use images::images;
pub use options::{ConvertOptions, Fingerprint, NoCache, ResolvedImage, Sandbox, SecretsHash};
pub(crate) use overlap::overlap;
#[cfg(feature = "client")]
pub(crate) use rfc3339::rfc3339;
#[cfg(feature = "client")]
pub(crate) use secrets::SecretSets;
pub(crate) use secrets::{FINGERPRINT_DIRECTORY, fingerprint_definition, uses_secrets};
pub(crate) use sources::app_tree;

#[cfg(test)]
mod tests;
