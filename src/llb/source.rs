//! Source ops: where files come from.

use super::Platform;

/// Where files come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// An image in a registry.
    Image(ImageSource),
    /// A directory that the client offers.
    Local(LocalSource),
    /// A git repository.
    Git(GitSource),
    /// A file behind a URL.
    Http(HttpSource),
    /// An image in an OCI layout that the client offers.
    OciLayout(OciLayoutSource),
}

/// How an image reference becomes a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResolveMode {
    /// The engine's choice.
    Default,
    /// Always ask the registry.
    Pull,
    /// Prefer what the engine has.
    Local,
}

/// An image in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageSource {
    /// A fully qualified reference: `docker.io/library/alpine:latest`, with or without a digest.
    pub reference: String,
    /// The platform whose manifest is taken.
    pub platform: Platform,
    /// How the reference becomes a digest.
    pub resolve_mode: Option<ResolveMode>,
    /// Take only the first layers, at least one.
    pub layer_limit: Option<u32>,
}

/// A directory that the client offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalSource {
    /// The name under which it is offered: `context`, `dockerfile`.
    pub name: String,
    /// The session to read from.
    pub session: Option<String>,
    /// Namespace of the snapshot that an incremental transfer builds on.
    pub shared_key_hint: Option<String>,
    /// Send only what these match.
    pub include_patterns: Vec<String>,
    /// Leave out what these match (`.dockerignore` syntax).
    pub exclude_patterns: Vec<String>,
    /// Send only these paths, following links.
    pub follow_paths: Vec<String>,
    /// How the client's files are compared with what was sent before.
    pub differ: Option<Differ>,
    /// Send what is known of the files and not what is in them, as one file: [`METADATA_FILE`].
    pub metadata_only: bool,
}

/// The file of a local source that has only metadata: for each file, depth first, four bytes with a length, the lowest
/// first, and a message `fsutil.types.Stat` of that many bytes.
/// <https://github.com/tonistiigi/fsutil/blob/master/receive.go>, `metadataPath`.
pub const METADATA_FILE: &str = ".fsutil-metadata";

/// How a local source's files are compared with what was sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differ {
    /// Not at all: always send.
    None,
    /// By size, time, mode, owner and link.
    Metadata,
}

/// A git repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GitSource {
    /// The repository's URL, or `user@host:path` for SSH.
    pub url: String,
    /// Branch, tag or commit.
    pub reference: Option<String>,
    /// Take only this directory.
    pub subdirectory: Option<String>,
    /// Keep `.git`.
    pub keep_git_directory: bool,
    /// The commit that `reference` must be at.
    pub checksum: Option<String>,
    /// Secret that holds a token for HTTP basic authentication; `None` is `GIT_AUTH_TOKEN`. It need not exist.
    pub auth_token_secret: Option<String>,
    /// Secret that holds a whole authorization header; `None` is `GIT_AUTH_HEADER`. It need not exist.
    pub auth_header_secret: Option<String>,
    /// Content of `known_hosts`; only for SSH.
    pub known_ssh_hosts: Option<String>,
    /// Id of the client's SSH agent, only for SSH; `None` is `default`.
    pub mount_ssh_socket: Option<String>,
    /// Leave submodules out.
    pub skip_submodules: bool,
}

/// A file behind a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpSource {
    /// The URL, `http` or `https`.
    pub url: String,
    /// Digest that the content must have.
    pub checksum: Option<String>,
    /// Name of the file.
    pub filename: Option<String>,
    /// Permission bits of the file.
    pub mode: Option<u32>,
    /// Owner of the file.
    pub uid: Option<u32>,
    /// Group of the file.
    pub gid: Option<u32>,
    /// Secret that holds an authorization header.
    pub auth_header_secret: Option<String>,
}

/// An image in an OCI layout that the client offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OciLayoutSource {
    /// A fully qualified reference with a digest: `docker.io/library/base@sha256:...`. The digest is what is taken; the name is
    /// only shown, but must have a host.
    pub reference: String,
    /// The platform whose manifest is taken.
    pub platform: Platform,
    /// The session that offers the content store.
    pub session: Option<String>,
    /// The content store's id.
    pub store: Option<String>,
    /// Take only the first layers, at least one.
    pub layer_limit: Option<u32>,
}
