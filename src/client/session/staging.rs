//! Folders in which results become whole before they get their names.

use std::io;
use std::path::Path;

use tempfile::TempDir;

/// A new folder where it can be moved from into `target`: in it, or in the nearest directory above. Dropped, it is removed.
pub(super) fn near(target: &Path) -> io::Result<TempDir> {
    let mut parents = target.ancestors().filter(|path| path.is_dir());
    let parent = parents.next().unwrap_or(Path::new("."));
    tempfile::Builder::new()
        .prefix(".railpack-")
        .tempdir_in(parent)
}
