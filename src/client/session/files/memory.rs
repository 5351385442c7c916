//! Files in memory: what the client made itself, such as a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use prost::bytes::Bytes;
use ring::digest;

use super::tree::{Content, Facts, Name, Tree, mode};
use crate::proto::fsutil::Stat;

const DIRECTORY_MODE: u32 = mode::DIRECTORY | 0o755;
const FILE_MODE: u32 = 0o644;

/// Files in memory, and the directories that they are in.
#[derive(Debug)]
pub(super) struct Memory {
    files: BTreeMap<PathBuf, Bytes>,
    directories: BTreeSet<PathBuf>,
}

impl Memory {
    /// The paths are relative, with names only.
    pub(super) fn new(files: BTreeMap<PathBuf, Bytes>) -> Self {
        let parents = files.keys().flat_map(|path| path.ancestors().skip(1));
        let directories = parents.map(Path::to_owned).collect();
        Self { files, directories }
    }
}

impl Tree for Memory {
    fn list(&self, directory: &Path) -> io::Result<Vec<Name>> {
        let inside = |path: &Path, is_directory| {
            let name = path.file_name()?.to_owned();
            (path.parent() == Some(directory)).then_some(Name { name, is_directory })
        };
        let directories = self
            .directories
            .iter()
            .filter_map(|path| inside(path, true));
        let files = self.files.keys().filter_map(|path| inside(path, false));
        Ok(directories.chain(files).collect())
    }

    fn stat(&self, path: &Path) -> io::Result<Facts> {
        let stat = match self.files.get(path) {
            Some(content) => Stat {
                mode: FILE_MODE,
                size: i64::try_from(content.len()).unwrap_or(i64::MAX),
                mod_time: time_of(content),
                ..Stat::default()
            },
            None if self.directories.contains(path) => Stat {
                mode: DIRECTORY_MODE,
                ..Stat::default()
            },
            None => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Facts { stat, shared: None })
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Content>> {
        let content = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(content.clone())))
    }
}

impl Content for Cursor<Bytes> {
    fn size(&self) -> u64 {
        self.get_ref().len() as u64
    }

    fn has_changed(&self) -> bool {
        false
    }
}

/// A time of change that is another one for other content: the engine asks again only for files whose size or time
/// changed, and a file in memory has no time. It is in no cache key.
fn time_of(content: &[u8]) -> i64 {
    let digest = digest::digest(&digest::SHA256, content);
    let (seconds, rest) = digest.as_ref().split_at(4);
    let number = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |number, byte| number << 8 | i64::from(*byte))
    };
    // Within what every file system holds: from 1970 to 2004, with nanoseconds.
    let seconds = number(seconds) >> 2;
    seconds * 1_000_000_000 + number(&rest[..4]) % 1_000_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_come_from_the_paths_of_files() {
        let files = [("a/b/c", "1"), ("a/d", "22"), ("e", "")];
        let files = files.map(|(path, content)| (path.into(), content.into()));
        let memory = Memory::new(files.into());
        let list = |directory: &str| {
            let mut names: Vec<_> = memory.list(directory.as_ref()).unwrap();
            names.sort_by(|one, other| one.name.cmp(&other.name));
            let names = names.into_iter();
            names
                .map(|name| (name.name.into_string().unwrap(), name.is_directory))
                .collect::<Vec<_>>()
        };
        assert_eq!(list(""), [("a".to_owned(), true), ("e".to_owned(), false)]);
        assert_eq!(list("a"), [("b".to_owned(), true), ("d".to_owned(), false)]);
        let stat = |path: &str| memory.stat(path.as_ref()).unwrap().stat;
        assert_eq!(stat("a").mode, mode::DIRECTORY | 0o755);
        assert_eq!((stat("a/d").mode, stat("a/d").size), (0o644, 2));
        assert!(memory.stat("f".as_ref()).is_err());
    }

    #[test]
    fn another_content_has_another_time() {
        let times: BTreeSet<i64> = (0..1000_u32).map(|n| time_of(&n.to_le_bytes())).collect();
        assert_eq!(times.len(), 1000);
        assert!(times.iter().all(|time| (0..1 << 61).contains(time)));
    }
}
