//! What a client serves to the engine while it builds: its files, secrets, credentials and SSH agents, and a place for
//! what is exported.
//!
//! The roles are turned around: over the stream that the client opened, the engine is the HTTP/2 *client* of a second
//! connection. <https://github.com/moby/buildkit/blob/v0.32.2/session/session.go>
//!
//! - [`files`]: the directories of a build, sent as the engine asks.
//! - [`receive`]: what the engine exports.
//! - [`content`]: caches in directories.
//! - [`secrets`], [`auth`], [`ssh`]: what only the user's machine has.

pub mod auth;
pub mod content;
pub mod files;
mod health;
mod metadata;
pub mod receive;
pub mod secrets;
mod serve;
pub mod ssh;
pub(super) mod staging;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use tonic::Status;

pub use auth::Credentials;
pub use content::Contents;
pub use files::Locals;
pub use receive::Receivers;
pub use secrets::SecretStore;
pub use serve::SessionError;
pub use ssh::SshAgents;

/// Everything that one build may ask of its client.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// The directories that the build reads.
    pub locals: Locals,
    /// The secrets that steps may ask for.
    pub secrets: SecretStore,
    /// Where the user's logins to registries are.
    pub credentials: Credentials,
    /// The SSH agents that steps may use.
    pub agents: SshAgents,
    /// Where results go that the engine sends back.
    pub receivers: Receivers,
    /// Caches in directories.
    pub contents: Contents,
}

/// Runs what waits for the system apart from what serves other calls.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Status> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Status::internal(format!("a task of the client ended early: {error}")))
}
