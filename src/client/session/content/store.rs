//! A directory of blobs: an OCI layout that is read, and one that is filled.
//!
//! <https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md>. What comes new is kept apart until the build
//! has succeeded: see [`Store::commit`].

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::digest::{Context, SHA256};
use tempfile::NamedTempFile;

use super::super::staging::Staging;
use super::digest::Digest;

/// Where blobs are in a layout.
const BLOBS: &str = "blobs/sha256";

/// Of a blob, as containerd's own store has it: nobody writes to one that is there.
const BLOB_MODE: u32 = 0o444;

/// A directory of blobs.
#[derive(Debug)]
pub(super) struct Store {
    root: PathBuf,
    /// Blobs that are not in the directory yet; none if it is only read.
    incoming: Option<Staging>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Digest>,
    failure: Option<io::Error>,
}

/// A blob that is coming in. Dropped, it is removed.
pub(super) struct Incoming {
    file: NamedTempFile,
    hasher: Context,
    size: u64,
}

impl Store {
    /// A layout that is there.
    pub(super) fn read_only(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            incoming: None,
            state: Mutex::default(),
        }
    }

    /// A layout that is there or will be, and that we must be able to write to, now.
    pub(super) fn writable(root: &Path) -> io::Result<Self> {
        if root.exists() && !root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self {
            incoming: Some(Staging::near(root)?),
            ..Self::read_only(root)
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Opens a blob; gives its size in bytes, too.
    pub(super) fn open(&self, digest: &Digest) -> io::Result<(File, u64)> {
        let mut places = self
            .new_place(digest)
            .into_iter()
            .chain([self.place(digest)]);
        let opened = places.find_map(|place| match File::open(place) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            opened => Some(opened),
        });
        let file = opened.unwrap_or_else(|| Err(io::ErrorKind::NotFound.into()))?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok((file, metadata.len()))
    }

    /// Whether there is such a blob. If so, and it is not needed any more therefore, it counts as the last one that came.
    pub(super) fn has(&self, digest: &Digest) -> bool {
        let is_there = self.open(digest).is_ok();
        if is_there {
            self.state().last = Some(digest.clone());
        }
        is_there
    }

    /// Begins a blob; none if the store is only read.
    pub(super) fn begin(&self) -> io::Result<Option<Incoming>> {
        let Some(incoming) = &self.incoming else {
            return Ok(None);
        };
        Ok(Some(Incoming {
            file: NamedTempFile::new_in(incoming.path())?,
            hasher: Context::new(&SHA256),
            size: 0,
        }))
    }

    /// Takes a blob that is complete.
    pub(super) fn keep(&self, blob: Incoming, digest: &Digest) -> io::Result<()> {
        let Some(place) = self.new_place(digest) else {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        };
        let file = blob.file.as_file();
        file.set_permissions(Permissions::from_mode(BLOB_MODE))?;
        // One that is there by its digest is never written again: it must not be half there when the power fails.
        file.sync_all()?;
        blob.file.persist(place).map_err(|error| error.error)?;
        self.state().last = Some(digest.clone());
        Ok(())
    }

    /// The last blob that came, or was there already when it should have come: nothing refers to blobs that come later, so
    /// this one is the manifest.
    pub(super) fn last(&self) -> Option<Digest> {
        self.state().last.clone()
    }

    /// Moves the new blobs into the directory, which is made if it is not there.
    pub(super) fn commit(&self) -> io::Result<()> {
        let Some(incoming) = &self.incoming else {
            return Ok(());
        };
        let blobs = self.root.join(BLOBS);
        fs::create_dir_all(&blobs)?;
        for entry in incoming.path().read_dir()? {
            let entry = entry?;
            // Of a blob that did not come to its end there may be a part.
            if Digest::of_file(&entry.file_name()).is_some() {
                fs::rename(entry.path(), blobs.join(entry.file_name()))?;
            }
        }
        File::open(blobs)?.sync_all()
    }

    /// Remembers why a blob cannot be written.
    pub(super) fn fail(&self, error: &io::Error) {
        self.state().failure.get_or_insert(copy(error));
    }

    /// Takes out why a blob could not be written, if one could not.
    pub(super) fn failure(&self) -> Option<io::Error> {
        self.state().failure.take()
    }

    fn place(&self, digest: &Digest) -> PathBuf {
        self.root.join(BLOBS).join(digest.encoded())
    }

    fn new_place(&self, digest: &Digest) -> Option<PathBuf> {
        let incoming = self.incoming.as_ref()?;
        Some(incoming.path().join(digest.encoded()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same error once more, for two to tell.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}

impl Incoming {
    /// Adds bytes.
    pub(super) fn write(&mut self, data: &[u8]) -> io::Result<()> {
        self.file.as_file_mut().write_all(data)?;
        self.hasher.update(data);
        self.size += data.len() as u64;
        Ok(())
    }

    /// Bytes that there are.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The digest of what there is.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.hasher.clone())
    }
}
