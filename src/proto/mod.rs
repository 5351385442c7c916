//! The wire messages of BuildKit that this crate speaks, compiled from `proto/`.
//!
//! Names and numbers are upstream's; each file there links to the one it follows.

/// Blobs of a client: package `containerd.services.content.v1`.
pub use generated::containerd::services::content::v1 as content;
/// File listings and transfers: package `fsutil.types`.
pub use generated::fsutil::types as fsutil;
/// Errors with typed details: packages `google.rpc` and `google.protobuf`.
pub use generated::google;
/// Whether a peer is alive: package `grpc.health.v1`.
pub use generated::grpc::health::v1 as health;
/// Values of secrets: package `moby.buildkit.secrets.v1`.
pub use generated::moby::buildkit::secrets::v1 as secrets;
/// What a client asks of an engine: package `moby.buildkit.v1`.
pub use generated::moby::buildkit::v1 as control;
/// Capabilities as an engine lists them: package `moby.buildkit.v1.apicaps`.
pub use generated::moby::buildkit::v1::apicaps;
/// The bridge that a frontend talks to: package `moby.buildkit.v1.frontend`.
pub use generated::moby::buildkit::v1::frontend as gateway;
/// Workers as an engine lists them: package `moby.buildkit.v1.types`.
pub use generated::moby::buildkit::v1::types;
/// Files and credentials of a client: package `moby.filesync.v1`.
pub use generated::moby::filesync::v1 as filesync;
/// SSH agents: package `moby.sshforward.v1`.
pub use generated::moby::sshforward::v1 as sshforward;
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
