//! Blobs by their digests: caches and images in directories of this machine, in the layout of OCI.
//!
//! The engine reads and writes them by containerd's content service. As with all results, nothing appears in a directory
//! until the build as a whole has succeeded: see [`Contents::commit`].
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/solve.go>, `parseCacheOptions`

mod digest;
mod index;
mod service;
mod store;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tonic::Status;

use super::receive::ReceiveError;
pub use digest::{Digest, DigestError};
pub use index::LayoutError;
use index::{Name, find, put};
use store::Store;

/// Before the directory in the name of a cache's store.
/// <https://github.com/moby/buildkit/blob/v0.32.2/cache/remotecache/local/local.go>
const CACHE_PREFIX: &str = "local:";

/// The store of what the exporters `oci` and `docker` write with `tar=false`.
/// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/oci/export.go>
const EXPORT: &str = "export";

/// Keys in what the engine says of a result.
/// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/types.go>
const DESCRIPTOR: &str = "containerimage.descriptor";
const IMAGE_NAME: &str = "image.name";

/// The largest manifest that is read, in bytes: what BuildKit reads of one.
const MAX_MANIFEST_SIZE: u64 = 4 << 20;

/// Before the name of a layout in that of its store.
/// <https://github.com/moby/buildkit/blob/v0.32.2/source/containerimage/ocilayout.go>
const LAYOUT_PREFIX: &str = "oci:";

/// The stores of a build, by the names that the engine knows them by.
#[derive(Clone, Debug, Default)]
pub struct Contents(BTreeMap<String, Entry>);

#[derive(Clone, Debug)]
struct Entry {
    store: Arc<Store>,
    written: Option<Written>,
}

/// What is written to a store.
#[derive(Clone, Debug)]
enum Written {
    /// A cache, to be known by this tag.
    Cache(String),
    /// An image.
    Image,
}

impl Contents {
    /// Offers the cache in `directory` and gives its digest: that of `digest` if there is one, else that of `tag`.
    /// `directory` is as the engine hears of it.
    pub fn insert_cache(
        &mut self,
        directory: &str,
        digest: Option<Digest>,
        tag: &str,
    ) -> Result<Digest, LayoutError> {
        let root = Path::new(directory);
        let digest = digest.map_or_else(|| find(root, tag, false), Ok)?;
        let store = Store::read_only(root);
        if store.open(&digest).is_err() {
            let root = root.to_owned();
            return Err(LayoutError::NoBlob { root, digest });
        }
        let entry = self.0.entry(format!("{CACHE_PREFIX}{directory}"));
        entry.or_insert(Entry {
            store: store.into(),
            written: None,
        });
        Ok(digest)
    }

    /// Offers the images of the OCI layout in `root` under `name`.
    pub fn insert_layout(&mut self, name: &str, root: &Path) {
        let entry = Entry {
            store: Store::read_only(root).into(),
            written: None,
        };
        self.0.insert(format!("{LAYOUT_PREFIX}{name}"), entry);
    }

    /// Has a cache written to `directory` under `tag`, once [`commit`](Self::commit) is called. `directory` is as the engine
    /// hears of it; it is made if it is not there, and what is in it stays.
    pub fn insert_cache_export(&mut self, directory: &str, tag: &str) -> Result<(), ReceiveError> {
        let root = Path::new(directory);
        let store = Store::writable(root).map_err(|source| ReceiveError::new(root, source))?;
        let entry = Entry {
            store: store.into(),
            written: Some(Written::Cache(tag.to_owned())),
        };
        self.0.insert(format!("{CACHE_PREFIX}{directory}"), entry);
        Ok(())
    }

    /// Has an image written to `root` in the layout of OCI, once [`commit`](Self::commit) is called: of an exporter with
    /// `tar=false`, of which there is one in a build. The directory is made if it is not there, and what is in it stays.
    pub fn insert_layout_export(&mut self, root: &Path) -> Result<(), ReceiveError> {
        let store = Store::writable(root).map_err(|source| ReceiveError::new(root, source))?;
        let entry = Entry {
            store: store.into(),
            written: Some(Written::Image),
        };
        self.0.insert(EXPORT.to_owned(), entry);
        Ok(())
    }

    /// Moves what came into the directories and gives it its names: for a build that succeeded, of which the engine says
    /// `metadata`. Without this nothing of it stays. A cache that the engine had nothing for is left as it was.
    pub fn commit(&self, metadata: &BTreeMap<String, String>) -> Result<(), ReceiveError> {
        for Entry { store, written } in self.0.values() {
            match (written, store.last()) {
                (Some(written), Some(last)) => {
                    let committed = written.commit(store, &last, metadata);
                    committed.map_err(|error| error.at(store.root()))?;
                }
                (Some(Written::Image), None) => {
                    let path = store.root().to_owned();
                    return Err(ReceiveError::NothingFor { path });
                }
                (Some(Written::Cache(_)) | None, _) => {}
            }
        }
        Ok(())
    }

    /// Takes out why something could not be written on this side, if something could not: the engine only knows that sending
    /// it failed.
    #[must_use]
    pub fn failure(&self) -> Option<ReceiveError> {
        let mut stores = self.0.values().map(|entry| &entry.store);
        stores.find_map(|store| {
            let source = store.failure()?;
            Some(ReceiveError::new(store.root(), source))
        })
    }

    fn find(&self, id: &str) -> Option<Arc<Store>> {
        self.0.get(id).map(|entry| Arc::clone(&entry.store))
    }
}

impl Written {
    fn commit(
        &self,
        store: &Store,
        last: &Digest,
        metadata: &BTreeMap<String, String>,
    ) -> Result<(), CommitError> {
        let (descriptor, names) = match self {
            Self::Cache(tag) => (describe(store, last)?, vec![Name::Tag(tag.clone())]),
            Self::Image => (image(store, metadata)?, image_names(metadata)),
        };
        store.commit()?;
        Ok(put(store.root(), &descriptor, &names)?)
    }
}

/// What the engine says of an image.
fn image(store: &Store, metadata: &BTreeMap<String, String>) -> Result<Value, CommitError> {
    let text = metadata.get(DESCRIPTOR).ok_or(CommitError::NoImage)?;
    let decoded = STANDARD.decode(text).unwrap_or_default();
    let descriptor: Value = serde_json::from_slice(&decoded).unwrap_or_default();
    let digest = descriptor["digest"].as_str().unwrap_or_default();
    let digest = Digest::parse(digest).map_err(|_| CommitError::NoImage)?;
    store.open(&digest).map_err(|_| CommitError::NoImage)?;
    Ok(descriptor)
}

/// The names of an image; one without has the tag that is looked for where none is given.
fn image_names(metadata: &BTreeMap<String, String>) -> Vec<Name> {
    let names = metadata.get(IMAGE_NAME).filter(|names| !names.is_empty());
    names.map_or_else(
        || vec![Name::Tag("latest".to_owned())],
        |names| {
            names
                .split(',')
                .map(|name| Name::Image(name.to_owned()))
                .collect()
        },
    )
}

/// Why what came is not in its directory.
#[derive(Debug, thiserror::Error)]
enum CommitError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Layout(#[from] LayoutError),
    #[error("BuildKit does not say which image it sent")]
    NoImage,
}

impl CommitError {
    fn at(self, root: &Path) -> ReceiveError {
        match self {
            Self::Io(source) | Self::Layout(LayoutError::Write { source, .. }) => {
                ReceiveError::new(root, source)
            }
            error => ReceiveError::Directory {
                path: root.to_owned(),
                reason: error.to_string(),
            },
        }
    }
}

/// The digest of an image in the OCI layout in `root`, by its tag or its whole name; if there is no such one, of the only
/// image that there is.
pub fn find_image(root: &Path, name: &str) -> Result<Digest, LayoutError> {
    find(root, name, true)
}

/// What an index says of a manifest.
fn describe(store: &Store, digest: &Digest) -> io::Result<Value> {
    let (file, size) = store.open(digest)?;
    let mut text = Vec::new();
    file.take(MAX_MANIFEST_SIZE).read_to_end(&mut text)?;
    let manifest: Value = serde_json::from_slice(&text).map_err(io::Error::other)?;
    Ok(json!({
        "mediaType": manifest["mediaType"],
        "digest": digest.to_string(),
        "size": size,
    }))
}

/// A digest as the engine writes it.
fn digest(text: &str) -> Result<Digest, Status> {
    Digest::parse(text).map_err(|error| Status::invalid_argument(error.to_string()))
}

/// What the engine hears of a file that cannot be read or written.
fn failed(error: &io::Error) -> Status {
    Status::internal(format!("the client's store of blobs: {error}"))
}
