//! Where results become whole before they get their names.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// How long the end of a build waits for them to go. Whatever takes longer stays.
pub(in crate::client) const REMOVAL_LIMIT: Duration = Duration::from_secs(10);

const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// What this process has begun to write and would leave behind if it ended now.
static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Stands for a file or folder without its name yet, as long as it may be there: to be dropped after that is removed.
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    pub(super) fn new(path: &Path) -> Self {
        unfinished().insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        unfinished().remove(&self.0);
    }
}

/// A folder that is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Staging {
    folder: TempDir,
    // After the folder: fields are dropped in their order.
    _unfinished: Unfinished,
}

impl Staging {
    /// A new folder where it can be moved from into `target`: in it, or in the nearest directory above.
    pub(super) fn near(target: &Path) -> io::Result<Self> {
        let mut parents = target.ancestors().filter(|path| path.is_dir());
        let parent = parents.next().unwrap_or(Path::new("."));
        let folder = tempfile::Builder::new()
            .prefix(".railpack-")
            .tempdir_in(parent)?;
        Ok(Self {
            _unfinished: Unfinished::new(folder.path()),
            folder,
        })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes all that is not finished, for a process that ends without waiting for who writes it: a disk that is busy may hold a
/// writer for seconds. Whatever takes longer than [`REMOVAL_LIMIT`] stays.
pub(in crate::client) async fn remove_unfinished() {
    let _ = timeout(REMOVAL_LIMIT, spawn_blocking(remove_all)).await;
}

/// Returns when nothing of it is there any more, which may be never.
fn remove_all() {
    loop {
        let mut paths = unfinished().clone();
        paths.retain(|path| !is_removed(path));
        if paths.is_empty() {
            return;
        }
        sleep(POLL_INTERVAL);
    }
}

/// Removes it. Not if who writes it puts something into it meanwhile.
fn is_removed(path: &Path) -> bool {
    let Ok(metadata) = path.symlink_metadata() else {
        return true;
    };
    let removed = if metadata.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    removed.is_ok()
}

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use super::*;

    /// One test: what is unfinished is the same for the whole process, and that of other tests must stay.
    #[test]
    fn a_folder_is_removed_under_who_writes_into_it() {
        let target = tempfile::tempdir().unwrap();
        let staging = Staging::near(target.path()).unwrap();
        let path = staging.path().to_owned();
        assert!(unfinished().contains(&path));
        let is_there = AtomicBool::new(true);
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut number = 0;
                while fs::write(path.join(number.to_string()), "").is_ok() {
                    number += 1;
                }
                is_there.store(false, Ordering::Relaxed);
            });
            while !is_removed(&path) {}
        });
        assert!(!is_there.load(Ordering::Relaxed) && !path.exists());
        drop(staging);
        assert!(!unfinished().contains(&path));
    }
}
