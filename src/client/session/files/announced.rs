//! Which file a number means.

use std::path::PathBuf;

/// The files that the engine was told of, by their numbers: their place in the order in which it was told, from 0.
///
/// A name is kept once and its directory as a number, so that 100,000 files take a few megabytes.
#[derive(Debug, Default)]
pub(super) struct Announced {
    files: Vec<File>,
    /// The names of all files, one behind the other.
    names: String,
    /// The directories that have files.
    directories: Vec<String>,
}

#[derive(Clone, Copy, Debug)]
struct File {
    directory: u32,
    /// Where its name ends and that of the next begins.
    end: u32,
    can_be_asked: bool,
}

impl Announced {
    /// Gives the next number to `path`. Only the content of what `can_be_asked` is handed out.
    ///
    /// None if there are too many for the numbers of the protocol.
    pub(super) fn add(&mut self, path: &str, can_be_asked: bool) -> Option<()> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        if can_be_asked {
            if self.directories.last().is_none_or(|last| last != directory) {
                self.directories.push(directory.to_owned());
            }
            self.names.push_str(name);
        }
        self.files.push(File {
            directory: u32::try_from(self.directories.len()).ok()?,
            end: u32::try_from(self.names.len()).ok()?,
            can_be_asked,
        });
        u32::try_from(self.files.len()).ok().map(drop)
    }

    /// Whether the file with this number may be asked for: once, and not if the number was not given or is of no regular
    /// file.
    pub(super) fn claim(&mut self, id: u32) -> bool {
        let file = usize::try_from(id)
            .ok()
            .and_then(|id| self.files.get_mut(id));
        file.is_some_and(|file| std::mem::take(&mut file.can_be_asked))
    }

    /// The path of a file that was claimed.
    pub(super) fn path(&self, id: u32) -> Option<PathBuf> {
        let place = usize::try_from(id).ok()?;
        let file = self.files.get(place)?;
        let start = place
            .checked_sub(1)
            .map_or(0, |before| self.files[before].end);
        let name = self.names.get(start as usize..file.end as usize)?;
        let directory = self.directories.get(file.directory as usize - 1)?;
        Some([directory.as_str(), name].into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_stands_for_its_file_once() {
        let mut announced = Announced::default();
        for (path, can_be_asked) in [
            ("a", false),
            ("a/b", true),
            ("a/c", false),
            ("a/d", true),
            ("e", true),
            ("f", false),
            ("f/b", true),
        ] {
            announced.add(path, can_be_asked).unwrap();
        }
        let expected = [(6, "f/b"), (4, "e"), (1, "a/b"), (3, "a/d")];
        for (id, path) in expected {
            assert!(announced.claim(id));
            assert!(!announced.claim(id));
            assert_eq!(announced.path(id), Some(path.into()));
        }
        for id in [0, 2, 5, 7, u32::MAX] {
            assert!(!announced.claim(id));
        }
    }
}
