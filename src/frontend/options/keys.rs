//! The frontend options: every key that is read or known, in one place.
//!
//! - the Dockerfile frontend's, which clients send to any frontend:
//!   <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/config.go> and `context.go` beside it
//! - what buildx sends: <https://github.com/docker/buildx/blob/v0.36.0/build/opt.go>
//! - Railpack's own:
//!   <https://github.com/railwayapp/railpack/blob/v0.37.0/docs/src/content/docs/platforms/buildkit-frontend.md>

/// Prefix of build arguments: `docker build --build-arg`.
pub(crate) const BUILD_ARG_PREFIX: &str = "build-arg:";
/// Prefix of image labels: `docker build --label`.
pub(crate) const LABEL_PREFIX: &str = "label:";
/// Prefix of named contexts: `docker build --build-context`.
pub(crate) const NAMED_CONTEXT_PREFIX: &str = "context:";
/// Prefix of what sets apart the directories that were sent before for named contexts: clients that share a session.
pub(crate) const SHARED_KEY_PREFIX: &str = "sharedkey:localdir:";
/// Prefix of what is known of the build graphs that the client gave for named contexts, as JSON.
pub(crate) const INPUT_METADATA_PREFIX: &str = "input-metadata:";
/// Prefix of sessions that offer one local each, instead of the build's own session.
pub(crate) const LOCAL_SESSION_PREFIX: &str = "local-sessionid:";

/// Name of the plan file: `docker build --file`.
pub(crate) const FILENAME: &str = "filename";
/// Name of the local that holds the plan file.
pub(crate) const PLAN_LOCAL: &str = "dockerfilekey";
/// The remote build context; absent, the context is a local.
pub(crate) const CONTEXT: &str = "context";
/// The option that is read instead of `context`.
pub(crate) const CONTEXT_KEY: &str = "contextkey";
/// The directory of a remote build context that is the app.
pub(crate) const CONTEXT_SUBDIRECTORY: &str = "contextsubdir";
/// Build argument that keeps `.git` of a git context.
pub(crate) const BUILDKIT_CONTEXT_KEEP_GIT_DIR: &str = "BUILDKIT_CONTEXT_KEEP_GIT_DIR";
/// Platforms to build for, separated by commas.
pub(crate) const PLATFORM: &str = "platform";
/// Whether the result is an index even for one platform.
pub(crate) const MULTI_PLATFORM: &str = "multi-platform";
/// Steps to run again though their result is known; empty is all of them.
pub(crate) const NO_CACHE: &str = "no-cache";
/// How image references become digests: `docker build --pull`.
pub(crate) const IMAGE_RESOLVE_MODE: &str = "image-resolve-mode";
/// Caches to import, as JSON.
pub(crate) const CACHE_IMPORTS: &str = "cache-imports";
/// Caches to import, as image references separated by commas: older clients, and the Engine's own API.
pub(crate) const CACHE_FROM: &str = "cache-from";
/// A request other than a build: `docker build --call`.
pub(crate) const REQUEST_ID: &str = "requestid";
/// The step to build: `docker build --target`.
pub(crate) const TARGET: &str = "target";
/// The target that is the image.
pub(crate) const DEPLOY: &str = "deploy";
/// Lines of `/etc/hosts`: `host=ip`, separated by commas.
pub(crate) const ADD_HOSTS: &str = "add-hosts";
/// Resource limits: `name=soft` or `name=soft:hard`, separated by commas.
pub(crate) const ULIMIT: &str = "ulimit";
/// Size of `/dev/shm` in bytes.
pub(crate) const SHM_SIZE: &str = "shm-size";
/// Parent control group.
pub(crate) const CGROUP_PARENT: &str = "cgroup-parent";
/// Host name in the sandbox.
pub(crate) const HOSTNAME: &str = "hostname";
/// Network in the sandbox: `sandbox`, `host` or `none`.
pub(crate) const FORCE_NETWORK_MODE: &str = "force-network-mode";
/// The options that say what commands run in.
pub(crate) const SANDBOX: [&str; 6] = [
    ADD_HOSTS,
    ULIMIT,
    SHM_SIZE,
    CGROUP_PARENT,
    HOSTNAME,
    FORCE_NETWORK_MODE,
];
/// The frontend image.
pub(crate) const SOURCE: &str = "source";
/// The whole text of the directive that chose the frontend image.
pub(crate) const COMMAND_LINE: &str = "cmdline";

/// Prefix of the build arguments that BuildKit and its clients read.
pub(crate) const BUILDKIT_ARGUMENT_PREFIX: &str = "BUILDKIT_";
/// Build argument that chose the frontend image.
pub(crate) const BUILDKIT_SYNTAX: &str = "BUILDKIT_SYNTAX";
/// Build argument that sets apart the cache mounts of builds.
pub(crate) const BUILDKIT_CACHE_MOUNT_NS: &str = "BUILDKIT_CACHE_MOUNT_NS";
/// Build argument for [`MULTI_PLATFORM`].
pub(crate) const BUILDKIT_MULTI_PLATFORM: &str = "BUILDKIT_MULTI_PLATFORM";
/// Build argument for the option `hostname`.
pub(crate) const BUILDKIT_SANDBOX_HOSTNAME: &str = "BUILDKIT_SANDBOX_HOSTNAME";
/// Build arguments that have the Dockerfile frontend scan more than the image for an SBOM.
pub(crate) const BUILDKIT_SBOM_SCAN: [&str; 2] =
    ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];
/// Build argument that fixes the times in the image, in seconds since 1970.
pub(crate) const SOURCE_DATE_EPOCH: &str = "SOURCE_DATE_EPOCH";

/// Prefix of the settings of planning (<https://railpack.com/config/environment-variables>), as build arguments.
pub(crate) const RAILPACK_PREFIX: &str = "RAILPACK_";

/// Railpack's build argument that sets apart the cache mounts of builds.
pub(crate) const CACHE_KEY: &str = "cache-key";
/// Railpack's build argument that changes when a secret's value changes.
pub(crate) const SECRETS_HASH: &str = "secrets-hash";
/// Railpack's build argument with a token for GitHub's API.
pub(crate) const GITHUB_TOKEN: &str = "github-token";
/// Railpack's build argument with the time that the image says it was built at.
pub(crate) const RAILPACK_BUILT_AT: &str = "RAILPACK_BUILT_AT";

/// Build argument with capabilities of the engine, separated by commas, that are not to be used: shows what an engine
/// without them would make of a plan.
pub(crate) const RAILPACK_DISABLE_CAPABILITIES: &str = "RAILPACK_DISABLE_CAPABILITIES";

/// Railpack's build arguments.
pub(crate) const RAILPACK_ARGUMENTS: [&str; 5] = [
    CACHE_KEY,
    SECRETS_HASH,
    GITHUB_TOKEN,
    RAILPACK_BUILT_AT,
    RAILPACK_DISABLE_CAPABILITIES,
];

/// Options that this frontend has no way to honour yet, with the flag of `docker build` that sets them.
pub(crate) const UNSUPPORTED: [(&str, &str); 7] = [
    ("memory", "--memory"),
    ("memswap", "--memory-swap"),
    ("cpushares", "--cpu-shares"),
    ("cpuperiod", "--cpu-period"),
    ("cpuquota", "--cpu-quota"),
    ("cpusetcpus", "--cpuset-cpus"),
    ("cpusetmems", "--cpuset-mems"),
];

/// Options, or prefixes of options, that ask nothing of a frontend: BuildKit itself or the client reads them.
///
/// Attestations are made by BuildKit after the build; `vcs:` and `input:` describe the sources in them.
/// [`SHARED_KEY_PREFIX`] and [`INPUT_METADATA_PREFIX`] are read with the named context that they belong to; `frontend.caps`
/// is checked before a frontend starts.
pub(crate) const NOT_FOR_FRONTENDS: [&str; 6] = [
    "attest:",
    "vcs:",
    "input:",
    INPUT_METADATA_PREFIX,
    "sharedkey:",
    "frontend.caps",
];
