//! The directories of a build, sent as the engine asks for them.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/filesync/filesync.go>

mod announced;
mod directory;
mod filter;
mod follow;
mod memory;
mod pattern;
mod send;
pub(super) mod tree;
mod walk;

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use prost::bytes::Bytes;
use tonic::codegen::tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use super::metadata;
use crate::proto::filesync::file_sync_server::FileSync;
use crate::proto::fsutil::Packet;
use directory::Directory;
use filter::Filter;
use memory::Memory;
use tree::Tree;

/// Keys of the metadata of a call.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/filesync/filesync.go>
const DIRECTORY_KEY: &str = "dir-name";
const INCLUDES_KEY: &str = "include-patterns";
const EXCLUDES_KEY: &str = "exclude-patterns";
const FOLLOW_KEY: &str = "followpaths";

/// The local directories of a build, by the names that its sources have for them. All clones are one: what is added to one of
/// them while a build runs is served too.
#[derive(Clone, Debug, Default)]
pub struct Locals(Arc<Mutex<BTreeMap<String, Local>>>);

#[derive(Clone, Debug)]
struct Local {
    tree: Arc<dyn Tree>,
    excludes: Vec<String>,
}

impl Locals {
    /// Serves the directory at `path` as `name`, without what `excludes` match, whatever the engine asks for: patterns
    /// as `.dockerignore` has them.
    pub fn insert_directory(
        &self,
        name: impl Into<String>,
        path: &Path,
        excludes: Vec<String>,
    ) -> Result<(), LocalError> {
        let name = name.into();
        let directory = Directory::new(path).map_err(|source| LocalError::Directory {
            name: name.clone(),
            path: path.to_owned(),
            source,
        })?;
        Filter::new(&[], &[&excludes]).map_err(|error| LocalError::Pattern {
            name: name.clone(),
            reason: error.to_string(),
        })?;
        let tree = Arc::new(directory);
        self.insert(name, Local { tree, excludes });
        Ok(())
    }

    /// Serves files in memory as `name`. Their paths are relative, with names only.
    pub fn insert_files(
        &self,
        name: impl Into<String>,
        files: BTreeMap<PathBuf, Bytes>,
    ) -> Result<(), LocalError> {
        let name = name.into();
        for path in files.keys() {
            let is_clean = path
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
            let is_inside = path
                .ancestors()
                .skip(1)
                .any(|outer| files.contains_key(outer));
            if !is_clean || is_inside || path.as_os_str().is_empty() {
                return Err(LocalError::Path {
                    name,
                    path: path.clone(),
                });
            }
        }
        let local = Local {
            tree: Arc::new(Memory::new(files)),
            excludes: Vec::new(),
        };
        self.insert(name, local);
        Ok(())
    }

    fn insert(&self, name: String, local: Local) {
        // Nothing that holds the lock can fail half-way.
        let mut locals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locals.insert(name, local);
    }

    fn get(&self, name: &str) -> Option<Local> {
        let locals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locals.get(name).cloned()
    }
}

/// The service that sends [`Locals`].
pub(super) struct FileSource(Locals);

impl FileSource {
    pub(super) fn new(locals: Locals) -> Self {
        Self(locals)
    }
}

#[tonic::async_trait]
impl FileSync for FileSource {
    type DiffCopyStream = ReceiverStream<Result<Packet, Status>>;

    async fn diff_copy(
        &self,
        request: Request<Streaming<Packet>>,
    ) -> Result<Response<Self::DiffCopyStream>, Status> {
        let metadata = request.metadata();
        let name = metadata::value(metadata, DIRECTORY_KEY).unwrap_or_default();
        let local = self.0.get(&name).ok_or_else(|| {
            Status::not_found(format!("the build has no local directory `{name}`"))
        })?;
        let tree = Arc::clone(&local.tree);
        let wanted = Wanted::new(metadata);
        let filter = super::blocking(move || wanted.filter(&local)).await??;
        let packets = send::send(tree, filter, request.into_inner());
        Ok(Response::new(ReceiverStream::new(packets)))
    }
}

/// What the engine wants of a directory.
struct Wanted {
    includes: Vec<String>,
    excludes: Vec<String>,
    follow: Vec<String>,
}

impl Wanted {
    fn new(metadata: &MetadataMap) -> Self {
        Self {
            includes: metadata::values(metadata, INCLUDES_KEY),
            excludes: metadata::values(metadata, EXCLUDES_KEY),
            follow: metadata::values(metadata, FOLLOW_KEY),
        }
    }

    fn filter(mut self, local: &Local) -> Result<Filter, Status> {
        if !self.follow.is_empty() {
            let found = follow::follow(local.tree.as_ref(), &self.follow);
            let found = found.map_err(|error| Status::failed_precondition(error.to_string()))?;
            if let Some(found) = found {
                self.includes.extend(found);
                self.includes = follow::without_inner(self.includes).unwrap_or_default();
            }
        }
        Filter::new(&self.includes, &[&local.excludes, &self.excludes])
            .map_err(|error| Status::invalid_argument(error.to_string()))
    }
}

/// A local directory that cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// There is no such directory.
    #[error("local directory `{name}`: cannot read `{}`: {source}", path.display())]
    Directory {
        /// Its name in the build.
        name: String,
        /// Where it should be.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// An exclude is malformed.
    #[error("local directory `{name}`: {reason}")]
    Pattern {
        /// Its name in the build.
        name: String,
        /// What is wrong with which pattern.
        reason: String,
    },
    /// The path of a file in memory is absolute, empty, goes upwards, or lies in another file.
    #[error("local directory `{name}`: `{}` is no place for a file", path.display())]
    Path {
        /// Its name in the build.
        name: String,
        /// The path.
        path: PathBuf,
    },
}

#[cfg(test)]
mod tests;
