//! Folders in which results become whole before they get their names.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

/// How long the end of a build waits for them to go. Whatever takes longer stays.
pub(in crate::client) const REMOVAL_LIMIT: Duration = Duration::from_secs(10);

/// How many of them are being removed.
static REMOVALS: AtomicUsize = AtomicUsize::new(0);

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Staging(TempDir);

impl Staging {
    /// A new folder where it can be moved from into `target`: in it, or in the nearest directory above.
    pub(super) fn near(target: &Path) -> io::Result<Self> {
        let mut parents = target.ancestors().filter(|path| path.is_dir());
        let parent = parents.next().unwrap_or(Path::new("."));
        let folder = tempfile::Builder::new()
            .prefix(".railpack-")
            .tempdir_in(parent)?;
        Ok(Self(folder))
    }

    pub(super) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        REMOVALS.fetch_add(1, Ordering::Relaxed);
        // What cannot be removed stays.
        let _ = fs::remove_dir_all(self.path());
        REMOVALS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether a folder is being removed at this moment: thousands of files take their time.
pub(in crate::client) fn is_removing() -> bool {
    REMOVALS.load(Ordering::Relaxed) > 0
}
