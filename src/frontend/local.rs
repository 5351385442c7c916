//! Names of the directories that a client offers, unless options name others.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/config.go>

/// The app.
pub(crate) const CONTEXT: &str = "context";
/// The plan.
pub(crate) const PLAN: &str = "dockerfile";
/// The hashes of the secrets, where this project's own client builds.
#[cfg(feature = "client")]
pub(crate) const SECRETS_HASH: &str = "secrets-hash";
