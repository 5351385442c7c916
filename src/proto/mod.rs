//! The wire messages of BuildKit that this crate speaks, compiled from `proto/`.
//!
//! Names and numbers are upstream's; each file there links to the one it follows.

/// File listings and transfers: package `fsutil.types`.
pub use generated::fsutil::types as fsutil;
/// Errors with typed details: packages `google.rpc` and `google.protobuf`.
pub use generated::google;
/// Capabilities as an engine lists them: package `moby.buildkit.v1.apicaps`.
pub use generated::moby::buildkit::v1::apicaps;
/// The bridge that a frontend talks to: package `moby.buildkit.v1.frontend`.
pub use generated::moby::buildkit::v1::frontend as gateway;
/// Workers as an engine lists them: package `moby.buildkit.v1.types`.
pub use generated::moby::buildkit::v1::types;
/// LLB: package `pb`.
pub use generated::pb;

#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    reason = "generated code"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/proto.rs"));
}

#[cfg(test)]
mod tests;
