//! Cache mounts.

use serde::Serialize;

/// A directory that outlives a build, mounted into the commands of the steps that name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cache {
    /// Where it is mounted; relative paths are below `/app`.
    pub directory: String,
    /// How builds at the same time share it: the plan's `type`.
    #[serde(rename = "type")]
    pub sharing: CacheSharing,
}

/// How builds that run at the same time share a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheSharing {
    /// All write into it at once.
    #[default]
    Shared,
    /// One after the other.
    Locked,
}
