//! Names of source attributes.
//! <https://github.com/moby/buildkit/blob/v0.32.2/solver/pb/attr.go>

pub(super) const IMAGE_RESOLVE_MODE: &str = "image.resolvemode";
pub(super) const IMAGE_LAYER_LIMIT: &str = "image.layerlimit";
pub(super) const LOCAL_SESSION: &str = "local.session";
pub(super) const LOCAL_INCLUDE_PATTERNS: &str = "local.includepattern";
pub(super) const LOCAL_EXCLUDE_PATTERNS: &str = "local.excludepatterns";
pub(super) const LOCAL_FOLLOW_PATHS: &str = "local.followpaths";
pub(super) const LOCAL_SHARED_KEY_HINT: &str = "local.sharedkeyhint";
pub(super) const LOCAL_DIFFER: &str = "local.differ";
pub(super) const LOCAL_METADATA_TRANSFER: &str = "local.metadatatransfer";
pub(super) const GIT_FULL_URL: &str = "git.fullurl";
pub(super) const GIT_KEEP_DIRECTORY: &str = "git.keepgitdir";
pub(super) const GIT_AUTH_TOKEN_SECRET: &str = "git.authtokensecret";
pub(super) const GIT_AUTH_HEADER_SECRET: &str = "git.authheadersecret";
pub(super) const GIT_KNOWN_SSH_HOSTS: &str = "git.knownsshhosts";
pub(super) const GIT_MOUNT_SSH_SOCKET: &str = "git.mountsshsock";
pub(super) const GIT_CHECKSUM: &str = "git.checksum";
pub(super) const GIT_SKIP_SUBMODULES: &str = "git.skipsubmodules";
pub(super) const HTTP_CHECKSUM: &str = "http.checksum";
pub(super) const HTTP_FILENAME: &str = "http.filename";
pub(super) const HTTP_PERMISSIONS: &str = "http.perm";
pub(super) const HTTP_UID: &str = "http.uid";
pub(super) const HTTP_GID: &str = "http.gid";
pub(super) const HTTP_AUTH_HEADER_SECRET: &str = "http.authheadersecret";
pub(super) const OCI_LAYOUT_SESSION: &str = "oci.session";
pub(super) const OCI_LAYOUT_STORE: &str = "oci.store";
pub(super) const OCI_LAYOUT_LAYER_LIMIT: &str = "oci.layerlimit";
