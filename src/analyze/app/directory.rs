//! A tree that is a directory of this machine.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{AppError, Entry, EntryKind, Tree};

/// A [`Tree`] below a directory.
#[derive(Debug)]
pub struct Directory {
    root: PathBuf,
}

impl Directory {
    /// The tree below `path`, which has to be a directory.
    pub fn open(path: &Path) -> Result<Self, AppError> {
        let shown = || path.display().to_string();
        let metadata = fs::metadata(path).map_err(|source| AppError::io(shown(), source))?;
        if !metadata.is_dir() {
            return Err(AppError::NotADirectory { path: shown() });
        }
        Ok(Self {
            root: path.to_owned(),
        })
    }
}

impl Tree for Directory {
    fn list(&self, directory: &str, limit: usize) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.root.join(directory))?.take(limit) {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let file_type = entry.file_type()?;
            let kind = if file_type.is_file() {
                EntryKind::File
            } else if file_type.is_dir() {
                EntryKind::Directory
            } else if file_type.is_symlink() {
                // A target that is not UTF-8 leads nowhere a plan can name; it is kept as a link that leads nowhere.
                EntryKind::Link(fs::read_link(entry.path())?.to_string_lossy().into_owned())
            } else {
                EntryKind::Special
            };
            entries.push(Entry { name, kind });
        }
        Ok(entries)
    }

    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let path = self.root.join(path);
        // Opening a pipe waits for who writes to it: one may have taken the file's place since it was listed.
        if !fs::metadata(&path)?.is_file() {
            return Err(io::Error::other("is no longer a regular file"));
        }
        let mut content = Vec::new();
        fs::File::open(path)?
            .take(limit)
            .read_to_end(&mut content)?;
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;
    use crate::analyze::app::App;

    #[test]
    fn a_directory_is_a_tree() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("sub")).unwrap();
        fs::write(root.path().join("sub/file.txt"), "text").unwrap();
        symlink("sub/file.txt", root.path().join("link.txt")).unwrap();
        symlink("/etc/hostname", root.path().join("outside.txt")).unwrap();
        symlink("self.txt", root.path().join("self.txt")).unwrap();
        let _socket = UnixListener::bind(root.path().join("socket.txt")).unwrap();

        let app = App::new(Directory::open(root.path()).unwrap());
        assert_eq!(
            app.find_files("**/*.txt").unwrap(),
            ["link.txt", "sub/file.txt"]
        );
        assert_eq!(&*app.read_text("link.txt").unwrap(), "text");
        assert!(matches!(
            app.read_text("outside.txt"),
            Err(AppError::OutsideTree { .. })
        ));
        assert!(matches!(
            app.read_text("self.txt"),
            Err(AppError::LinkLoop { .. })
        ));
        assert!(matches!(
            app.read_text("socket.txt"),
            Err(AppError::Special { .. })
        ));
    }

    #[test]
    fn only_a_directory_can_be_opened() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(
            Directory::open(&file),
            Err(AppError::NotADirectory { .. })
        ));
        assert!(matches!(
            Directory::open(&root.path().join("nothing")),
            Err(AppError::NotFound { .. })
        ));
    }
}
