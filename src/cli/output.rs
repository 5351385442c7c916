//! Writing a file whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use thiserror::Error;

use crate::analyze::is_temporary;

/// Writes `content` to a file. Missing directories above it are made; a file that was there is replaced in one step, so
/// that nobody ever reads half of the new one. What is no regular file (`/dev/stdout`, a pipe) is written to as it is.
pub(crate) fn write_file(path: &Path, content: impl AsRef<[u8]>) -> Result<(), WriteError> {
    let at = |action: &'static str, path: &Path| {
        let path = path.to_owned();
        move |source| WriteError {
            action,
            path,
            source,
        }
    };
    let target = match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => fs::canonicalize(path).map_err(at("find", path))?,
        Ok(_) => return fs::write(path, content).map_err(at("write", path)),
        Err(_) => {
            let parent = path
                .parent()
                .filter(|parent| !parent.as_os_str().is_empty());
            if let Some(parent) = parent {
                fs::create_dir_all(parent).map_err(at("make the directory", parent))?;
            }
            path.to_owned()
        }
    };
    let temporary = temporary_name(&target);
    let written = fs::write(&temporary, content).and_then(|()| fs::rename(&temporary, &target));
    written.map_err(|source| {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
        at("write", path)(source)
    })
}

/// A name beside the target, where renaming is one step; the process keeps two runs at once apart.
fn temporary_name(target: &Path) -> PathBuf {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", process::id()));
    target.with_file_name(name)
}

/// A file that could not be written.
#[derive(Debug, Error)]
#[error("cannot {action} {}", path.display())]
pub(crate) struct WriteError {
    action: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl WriteError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        let hint = match self.source.kind() {
            io::ErrorKind::IsADirectory => "name the file in it too",
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                "name a file in a directory that may be written to"
            }
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                "a file is where a directory has to be"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }

    /// Whether it may work a little later.
    pub(crate) fn is_temporary(&self) -> bool {
        is_temporary(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_stays_and_its_file_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let (file, link) = (directory.path().join("file"), directory.path().join("link"));
        fs::write(&file, "old").unwrap();
        symlink("file", &link).unwrap();
        write_file(&link, "new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_device_is_written_to_and_stays() {
        write_file(Path::new("/dev/null"), "text").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("file"), "").unwrap();
        let error = write_file(&directory.path().join("file/rpk.json"), "text").unwrap_err();
        assert_eq!(error.path, directory.path().join("file"));
    }
}
