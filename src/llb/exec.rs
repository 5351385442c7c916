//! Exec ops: run a program over mounts.

use super::Platform;
use super::graph::Output;

/// Runs a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exec {
    /// Program and arguments, at least one.
    pub args: Vec<String>,
    /// Environment, in order.
    pub environment: Vec<(String, String)>,
    /// Working directory; made if missing.
    pub working_directory: String,
    /// User or `user:group`; `None` is root.
    pub user: Option<String>,
    /// Root file system; `None` is scratch.
    pub root: Option<Output>,
    /// Everything mounted besides the root.
    pub mounts: Vec<Mount>,
    /// Network that the program sees.
    pub network: NetworkMode,
    /// Privileges.
    pub security: SecurityMode,
    /// Secrets given as environment variables.
    pub secret_environment: Vec<SecretEnvironment>,
    /// Platform to run on; `None` is the worker's own.
    pub platform: Option<Platform>,
    /// Additional lines of `/etc/hosts`.
    pub extra_hosts: Vec<ExtraHost>,
    /// Host name in the sandbox.
    pub hostname: Option<String>,
    /// Resource limits.
    pub ulimits: Vec<Ulimit>,
    /// Parent control group.
    pub cgroup_parent: Option<String>,
    /// Proxy variables: seen by the program, not part of the cache key.
    pub proxy: Option<Proxy>,
    /// Exit codes that count as success; empty is 0 alone.
    pub valid_exit_codes: Vec<i32>,
}

/// A mount besides the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where it appears.
    pub destination: String,
    /// What appears there.
    pub kind: MountKind,
}

/// What a mount shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// Files of another op.
    Bind {
        /// The files; `None` is an empty directory.
        input: Option<Output>,
        /// Show only this path of them.
        selector: Option<String>,
        /// Whether and how it may be written.
        access: Access,
        /// Whether its content instead of its definition makes the cache key.
        content_cache: ContentCache,
    },
    /// A directory that outlives the build.
    Cache {
        /// Its key.
        id: String,
        /// How concurrent builds share it.
        sharing: CacheSharing,
        /// What it starts as.
        input: Option<Output>,
        /// Start as this path of the input.
        selector: Option<String>,
    },
    /// Memory.
    Tmpfs {
        /// Size in bytes; `None` is unlimited.
        size: Option<u64>,
    },
    /// A secret as a file.
    Secret {
        /// The secret's id.
        id: String,
        /// Owner.
        uid: u32,
        /// Group.
        gid: u32,
        /// Permission bits.
        mode: u32,
        /// Whether a missing secret is no error.
        optional: bool,
    },
    /// The client's SSH agent.
    Ssh {
        /// Its id; `default` is the usual one.
        id: String,
        /// Owner.
        uid: u32,
        /// Group.
        gid: u32,
        /// Permission bits.
        mode: u32,
        /// Whether a missing agent is no error.
        optional: bool,
    },
}

/// Whether and how a bind mount may be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Only read.
    #[default]
    ReadOnly,
    /// Written, and what was written is an output of the op.
    ReadWrite,
    /// Written, and thrown away after.
    ReadWriteDiscard,
}

/// Whether a mount's content makes the cache key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContentCache {
    /// The engine's rule: yes for what is only read outside the root.
    #[default]
    Default,
    /// Yes.
    On,
    /// No.
    Off,
}

/// How builds at the same time share a cache mount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheSharing {
    /// All write at once.
    #[default]
    Shared,
    /// Each build that finds it busy gets another.
    Private,
    /// One after the other.
    Locked,
}

/// Network that a program sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetworkMode {
    /// A network of its own with a way out.
    #[default]
    Sandbox,
    /// The host's (needs the entitlement `network.host`).
    Host,
    /// None.
    None,
}

/// Privileges of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecurityMode {
    /// Few.
    #[default]
    Sandbox,
    /// All (needs the entitlement `security.insecure`).
    Insecure,
}

/// A secret given as an environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEnvironment {
    /// The secret's id.
    pub id: String,
    /// The variable.
    pub name: String,
    /// Whether a missing secret is no error: the variable is then set and empty.
    pub optional: bool,
}

/// A line of `/etc/hosts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtraHost {
    /// Host name.
    pub host: String,
    /// Address.
    pub ip: String,
}

/// A resource limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ulimit {
    /// `nofile`, `nproc`.
    pub name: String,
    /// Soft limit.
    pub soft: i64,
    /// Hard limit.
    pub hard: i64,
}

/// Proxy variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxy {
    /// `http_proxy`.
    pub http: String,
    /// `https_proxy`.
    pub https: String,
    /// `ftp_proxy`.
    pub ftp: String,
    /// `no_proxy`.
    pub no: String,
    /// `all_proxy`.
    pub all: String,
}
