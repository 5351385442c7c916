//! LLB, BuildKit's low-level build graph: ops, the graph that holds them, and its marshalled form.
//!
//! General purpose: knows no plan. The messages are in `proto/`; the rules that are not visible in them (default values
//! that bite, canonical bytes, numbering of outputs) live here.
//! <https://github.com/moby/buildkit/blob/v0.32.2/solver/pb/ops.proto>

pub mod capability;
mod definition;
mod draft;
mod exec;
mod file;
mod graph;
mod import;
mod metadata;
mod platform;
mod source;
#[cfg(test)]
mod tests;

pub use capability::CapabilitySet;
pub(crate) use draft::{percent_decode, source_op};
pub use exec::{
    Access, CacheSharing, ContentCache, Exec, ExtraHost, Mount, MountKind, NetworkMode, Proxy,
    SecretEnvironment, SecurityMode, Ulimit,
};
pub use file::{Copy, FileAction, MakeDirectory, MakeFile, Owner, Remove, Symlink, UserReference};
pub use graph::{ExecOutputs, Graph, Output};
pub use import::ImportError;
pub use metadata::{Location, Metadata, ProgressGroup, Range, SourceFile};
pub use platform::{Platform, PlatformError};
pub use source::{
    Differ, GitSource, HttpSource, ImageSource, LocalSource, METADATA_FILE, OciLayoutSource,
    ResolveMode, Source,
};
