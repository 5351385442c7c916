//! `index.json` of an OCI layout: what its blobs are, by name.
//!
//! Names are those of BuildKit's own client, so that each finds what the other has written:
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/ociindex/ociindex.go>.

use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::digest::Digest;

const INDEX: &str = "index.json";
/// Whoever changes the index holds a lock on this file.
const LOCK: &str = "index.json.lock";
const LAYOUT: &str = "oci-layout";

/// <https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md>
const REFERENCE_NAME: &str = "org.opencontainers.image.ref.name";
/// containerd's, for the whole name of an image.
const IMAGE_NAME: &str = "io.containerd.image.name";

const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
const LAYOUT_TEXT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

/// Of a new file, before the user's mask takes bits away.
const FILE_MODE: u32 = 0o666;

/// The largest index that is read, in bytes.
const MAX_SIZE: u64 = 16 << 20;

/// How long another one may take to change the index, and how often is looked.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);
const LOCK_INTERVAL: Duration = Duration::from_millis(20);

/// A name in an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A word.
    Tag(String),
    /// The name of an image, with its tag.
    Image(String),
}

/// The digest behind a tag or an image's name; else, if `single` and there is only one, that of this one.
pub(super) fn find(root: &Path, name: &str, single: bool) -> Result<Digest, LayoutError> {
    let index = read(root)?.ok_or_else(|| LayoutError::NoLayout {
        root: root.to_owned(),
    })?;
    let manifests = manifests(&index);
    let by = |key| {
        let mut all = manifests.iter();
        all.find(move |manifest| annotation(manifest, key) == Some(name))
    };
    let only = || manifests.first().filter(|_| single && manifests.len() == 1);
    let found = by(IMAGE_NAME).or_else(|| by(REFERENCE_NAME)).or_else(only);
    let found = found.ok_or_else(|| LayoutError::NoName {
        root: root.to_owned(),
        name: name.to_owned(),
    })?;
    let digest = found["digest"].as_str().unwrap_or_default();
    Digest::parse(digest).map_err(|error| LayoutError::Malformed {
        file: root.join(INDEX),
        reason: error.to_string(),
    })
}

/// Has names mean what `descriptor` describes. The layout is there, but for its index, which is made if there is none.
pub(super) fn put(root: &Path, descriptor: &Value, names: &[Name]) -> Result<(), LayoutError> {
    let _lock = Lock::take(root)?;
    write(root, LAYOUT, LAYOUT_TEXT)?;
    let mut index = read(root)?
        .unwrap_or_else(|| json!({ "schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [] }));
    let mut manifests = manifests(&index).to_vec();
    for name in names {
        let (image, reference) = match name {
            Name::Tag(tag) => (None, tag.as_str()),
            Name::Image(image) => (Some(image.as_str()), tag(image)),
        };
        manifests.retain(|manifest| {
            annotation(manifest, REFERENCE_NAME) != Some(reference)
                || annotation(manifest, IMAGE_NAME) != image
        });
        manifests.push(annotated(descriptor, image, reference));
    }
    index["manifests"] = manifests.into();
    write(root, INDEX, &index.to_string())
}

/// Replaces a file in one step.
fn write(root: &Path, name: &str, text: &str) -> Result<(), LayoutError> {
    let file = root.join(name);
    let replaced = || {
        let mut temporary = tempfile::Builder::new()
            .permissions(Permissions::from_mode(FILE_MODE))
            .tempfile_in(root)?;
        temporary.write_all(text.as_bytes())?;
        temporary.persist(&file).map_err(|error| error.error)
    };
    match replaced() {
        Ok(_) => Ok(()),
        Err(source) => Err(LayoutError::Write { file, source }),
    }
}

/// The index; none if there is no file.
fn read(root: &Path) -> Result<Option<Value>, LayoutError> {
    let file = root.join(INDEX);
    let failed = |source| LayoutError::Read {
        file: file.clone(),
        source,
    };
    let malformed = |reason: &str| LayoutError::Malformed {
        file: file.clone(),
        reason: reason.to_owned(),
    };
    let opened = match File::open(&file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed)?,
    };
    let mut text = Vec::new();
    let read = opened.take(MAX_SIZE).read_to_end(&mut text);
    read.map_err(failed)?;
    let index: Value =
        serde_json::from_slice(&text).map_err(|error| malformed(&error.to_string()))?;
    if index.is_object() {
        Ok(Some(index))
    } else {
        Err(malformed("it is no object"))
    }
}

fn manifests(index: &Value) -> &[Value] {
    index["manifests"].as_array().map_or(&[], Vec::as_slice)
}

fn annotation<'a>(manifest: &'a Value, key: &str) -> Option<&'a str> {
    manifest["annotations"][key].as_str()
}

fn annotated(descriptor: &Value, image: Option<&str>, reference: &str) -> Value {
    let mut object = descriptor.as_object().cloned().unwrap_or_default();
    let annotations = object.entry("annotations").or_insert(Value::Null);
    let mut all = match annotations.take() {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    if let Some(image) = image {
        all.insert(IMAGE_NAME.to_owned(), image.into());
    }
    all.insert(REFERENCE_NAME.to_owned(), reference.into());
    *annotations = all.into();
    object.into()
}

/// The tag of an image's name; without one, all of it.
fn tag(image: &str) -> &str {
    match image.rsplit_once(':') {
        Some((_, tag)) if !tag.contains('/') => tag,
        _ => image,
    }
}

/// Nobody else changes the index while this value lives.
struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    fn take(root: &Path) -> Result<Self, LayoutError> {
        let path = root.join(LOCK);
        let failed = |source| LayoutError::Lock {
            file: path.clone(),
            source,
        };
        let deadline = Instant::now() + LOCK_TIMEOUT;
        loop {
            let file = File::create(&path).map_err(failed)?;
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                // Whoever had it before has removed the file, and a third one may have made another.
                Ok(()) if is_at(&file, &path) => return Ok(Self { file, path }),
                Ok(()) => {}
                Err(rustix::io::Errno::WOULDBLOCK) if Instant::now() < deadline => {
                    sleep(LOCK_INTERVAL);
                }
                Err(error) => return Err(failed(error.into())),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Left there it is in nobody's way.
        let _ = fs::remove_file(&self.path);
        let _ = flock(&self.file, FlockOperation::Unlock);
    }
}

/// Whether a file is still the one of that name.
fn is_at(file: &File, path: &Path) -> bool {
    let inode = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), path.metadata()) {
        (Ok(ours), Ok(named)) => inode(ours) == inode(named),
        _ => false,
    }
}

/// A layout that is not as it should be.
#[derive(Debug, Error)]
pub enum LayoutError {
    /// It is not there.
    #[error("there is no OCI layout in `{}`", root.display())]
    NoLayout {
        /// The directory.
        root: PathBuf,
    },
    /// It has nothing of this name.
    #[error("the OCI layout in `{}` has nothing named `{name}`", root.display())]
    NoName {
        /// The directory.
        root: PathBuf,
        /// The name.
        name: String,
    },
    /// It has no such blob.
    #[error("the OCI layout in `{}` has no blob {digest}", root.display())]
    NoBlob {
        /// The directory.
        root: PathBuf,
        /// The blob.
        digest: Digest,
    },
    /// A file cannot be read.
    #[error("cannot read `{}`: {source}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file has another form.
    #[error("`{}` is malformed: {reason}", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// Another process changes the index all the time.
    #[error("cannot lock `{}`: {source}", file.display())]
    Lock {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {source}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
}
