//! What ops ask of an engine, by the names under which an engine lists what it can do.
//!
//! An engine refuses a definition whose ops name a capability that it does not know, and silently ignores a field or
//! attribute that it does not know. So ask first, use then, and name it in the definition all the same.
//! <https://github.com/moby/buildkit/blob/v0.32.2/solver/pb/caps.go>
//!
//! `file.copy.modestring` and `exec.meta.removemountstubs.recursive` are missing here on purpose: both have a name, but no
//! engine registers them, so every engine refuses an op that names one.

use std::collections::BTreeSet;

/// Image sources.
pub const SOURCE_IMAGE: &str = "source.image";
/// Image sources that always ask the registry.
pub const SOURCE_IMAGE_RESOLVE_MODE: &str = "source.image.resolvemode";
/// The first layers of an image alone.
pub const SOURCE_IMAGE_LAYER_LIMIT: &str = "source.image.layerlimit";
/// Sources that the client offers.
pub const SOURCE_LOCAL: &str = "source.local";
/// A local source of a given session.
pub const SOURCE_LOCAL_SESSION_ID: &str = "source.local.sessionid";
/// Patterns of what a local source sends.
pub const SOURCE_LOCAL_INCLUDE_PATTERNS: &str = "source.local.includepatterns";
/// Paths of a local source, through links.
pub const SOURCE_LOCAL_FOLLOW_PATHS: &str = "source.local.followpaths";
/// Patterns of what a local source leaves out.
pub const SOURCE_LOCAL_EXCLUDE_PATTERNS: &str = "source.local.excludepatterns";
/// Namespace of what a local source sent before.
pub const SOURCE_LOCAL_SHARED_KEY_HINT: &str = "source.local.sharedkeyhint";
/// A local source that sends what is known of its files, and not what is in them.
pub const SOURCE_LOCAL_METADATA_TRANSFER: &str = "source.local.metadatatransfer";
/// Git sources.
pub const SOURCE_GIT: &str = "source.git";
/// A git source with its `.git`.
pub const SOURCE_GIT_KEEP_DIRECTORY: &str = "source.git.keepgitdir";
/// A git source by its whole URL.
pub const SOURCE_GIT_FULL_URL: &str = "source.git.fullurl";
/// Git sources behind a token or header.
pub const SOURCE_GIT_HTTP_AUTH: &str = "source.git.httpauth";
/// `known_hosts` of a git source.
pub const SOURCE_GIT_KNOWN_SSH_HOSTS: &str = "source.git.knownsshhosts";
/// The SSH agent for a git source.
pub const SOURCE_GIT_MOUNT_SSH_SOCKET: &str = "source.git.mountsshsock";
/// A directory of a git source alone.
pub const SOURCE_GIT_SUBDIRECTORY: &str = "source.git.subdir";
/// The commit that a git source must be at.
pub const SOURCE_GIT_CHECKSUM: &str = "source.git.checksum";
/// A git source without its submodules.
pub const SOURCE_GIT_SKIP_SUBMODULES: &str = "source.git.skipsubmodules";
/// HTTP sources.
pub const SOURCE_HTTP: &str = "source.http";
/// HTTP sources behind a header.
pub const SOURCE_HTTP_AUTH: &str = "source.http.auth";
/// Digest of an HTTP source.
pub const SOURCE_HTTP_CHECKSUM: &str = "source.http.checksum";
/// Permission bits of an HTTP source.
pub const SOURCE_HTTP_PERMISSIONS: &str = "source.http.perm";
/// Owner and group of an HTTP source. Upstream misspelt it, and kept it.
pub const SOURCE_HTTP_OWNER: &str = "soruce.http.uidgid";
/// Images in an OCI layout that the client offers.
pub const SOURCE_OCI_LAYOUT: &str = "source.ocilayout";
/// Execs.
pub const EXEC_META_BASE: &str = "exec.meta.base";
/// Parent control group of an exec.
pub const EXEC_META_CGROUP_PARENT: &str = "exec.meta.cgroup.parent";
/// Another network than the sandbox's.
pub const EXEC_META_NETWORK: &str = "exec.meta.network";
/// Proxy variables outside the cache key.
pub const EXEC_META_PROXY: &str = "exec.meta.proxyenv";
/// Privileged execs.
pub const EXEC_META_SECURITY: &str = "exec.meta.security";
/// The engine gives an exec without `PATH` the usual one.
pub const EXEC_META_SETS_DEFAULT_PATH: &str = "exec.meta.setsdefaultpath";
/// Resource limits of an exec.
pub const EXEC_META_ULIMIT: &str = "exec.meta.ulimit";
/// Bind mounts.
pub const EXEC_MOUNT_BIND: &str = "exec.mount.bind";
/// Bind mounts that are written and thrown away.
pub const EXEC_MOUNT_BIND_READ_WRITE_NO_OUTPUT: &str = "exec.mount.bind.readwrite-nooutput";
/// Cache mounts.
pub const EXEC_MOUNT_CACHE: &str = "exec.mount.cache";
/// Sharing of cache mounts.
pub const EXEC_MOUNT_CACHE_SHARING: &str = "exec.mount.cache.sharing";
/// A path of a mount alone.
pub const EXEC_MOUNT_SELECTOR: &str = "exec.mount.selector";
/// Mounts of memory.
pub const EXEC_MOUNT_TMPFS: &str = "exec.mount.tmpfs";
/// Size of mounts of memory.
pub const EXEC_MOUNT_TMPFS_SIZE: &str = "exec.mount.tmpfs.size";
/// Secrets as files.
pub const EXEC_MOUNT_SECRET: &str = "exec.mount.secret";
/// The SSH agent.
pub const EXEC_MOUNT_SSH: &str = "exec.mount.ssh";
/// Choice whether a mount's content makes the cache key.
pub const EXEC_MOUNT_CONTENT_CACHE: &str = "exec.mount.cache.content";
/// Secrets as environment variables.
pub const EXEC_SECRET_ENVIRONMENT: &str = "exec.secretenv";
/// Exit codes that count as success. Since 0.17, which also made the oneof come last in an op's bytes.
pub const EXEC_VALID_EXIT_CODE: &str = "exec.validexitcode";
/// File ops.
pub const FILE_BASE: &str = "file.base";
/// Wildcards in what is removed.
pub const FILE_REMOVE_WILDCARD: &str = "file.rm.wildcard";
/// Patterns of what is copied.
pub const FILE_COPY_INCLUDE_EXCLUDE_PATTERNS: &str = "file.copy.includeexcludepatterns";
/// Copies that replace a file by a directory and the other way.
pub const FILE_COPY_ALWAYS_REPLACE_EXISTING_DESTINATION_PATHS: &str =
    "file.copy.alwaysreplaceexistingdestpaths";
/// Symbolic links.
pub const FILE_SYMLINK_CREATE: &str = "file.symlink.create";
/// Constraints on workers.
pub const CONSTRAINTS: &str = "constraints";
/// Platforms of ops.
pub const PLATFORM: &str = "platform";
/// Ops that run even if their result is known.
pub const META_IGNORE_CACHE: &str = "meta.ignorecache";
/// Names of vertices.
pub const META_DESCRIPTION: &str = "meta.description";
/// Choice whether a result goes into an exported cache.
pub const META_EXPORT_CACHE: &str = "meta.exportcache";
/// Merges.
pub const MERGE: &str = "mergeop";
/// Diffs.
pub const DIFF: &str = "diffop";

/// What engines could do when they began to list it.
/// <https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/grpcclient/client.go>
const FROZEN_DEFAULTS: [&str; 29] = [
    SOURCE_IMAGE,
    SOURCE_LOCAL,
    "source.local.unique",
    SOURCE_LOCAL_SESSION_ID,
    SOURCE_LOCAL_INCLUDE_PATTERNS,
    SOURCE_LOCAL_FOLLOW_PATHS,
    SOURCE_LOCAL_EXCLUDE_PATTERNS,
    SOURCE_LOCAL_SHARED_KEY_HINT,
    SOURCE_GIT,
    SOURCE_GIT_KEEP_DIRECTORY,
    SOURCE_GIT_FULL_URL,
    SOURCE_HTTP,
    SOURCE_HTTP_CHECKSUM,
    SOURCE_HTTP_PERMISSIONS,
    SOURCE_HTTP_OWNER,
    "source.buildop.llbfilename",
    EXEC_META_BASE,
    EXEC_META_PROXY,
    EXEC_MOUNT_BIND,
    EXEC_MOUNT_CACHE,
    EXEC_MOUNT_CACHE_SHARING,
    EXEC_MOUNT_SELECTOR,
    EXEC_MOUNT_TMPFS,
    EXEC_MOUNT_SECRET,
    CONSTRAINTS,
    PLATFORM,
    META_IGNORE_CACHE,
    META_DESCRIPTION,
    META_EXPORT_CACHE,
];

/// What an engine's ops can do: the capabilities that it lists and has enabled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapabilitySet(BTreeSet<String>);

impl CapabilitySet {
    /// What an engine can do that sends no list.
    #[must_use]
    pub fn frozen_defaults() -> Self {
        FROZEN_DEFAULTS.into_iter().collect()
    }

    /// The same without some of them.
    #[must_use]
    pub fn without(&self, ids: &BTreeSet<String>) -> Self {
        Self(self.0.difference(ids).cloned().collect())
    }

    /// Whether the engine can do what `id` names.
    #[must_use]
    pub fn supports(&self, id: &str) -> bool {
        self.0.contains(id)
    }
}

impl<Id: Into<String>> FromIterator<Id> for CapabilitySet {
    fn from_iter<Ids: IntoIterator<Item = Id>>(ids: Ids) -> Self {
        Self(ids.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supports_what_is_listed_and_nothing_else() {
        let engine = CapabilitySet::from_iter([MERGE, DIFF]);
        assert!(engine.supports("mergeop"));
        assert!(!engine.supports("exec.secretenv"));
        assert!(!CapabilitySet::default().supports(MERGE));
    }

    #[test]
    fn an_engine_without_a_list_can_do_the_frozen_defaults() {
        let engine = CapabilitySet::frozen_defaults();
        assert!(engine.supports(EXEC_MOUNT_CACHE));
        assert!(!engine.supports(FILE_BASE));
        assert!(!engine.supports(MERGE));
    }
}
