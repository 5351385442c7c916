//! Names of an app, out of the file that a transfer of metadata leaves.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message as _;

use super::names::Names;
use crate::analyze::{Entry, EntryKind};
use crate::gateway::{DirectoryEntry, FileKind};
use crate::proto::fsutil::Stat;

/// Names of an app and what they are, by the directory that holds them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    /// Whether it has all, or those at the root.
    is_complete: bool,
    /// What each directory that is not empty holds, by its path.
    directories: BTreeMap<String, Vec<Entry>>,
}

/// A file that planning may read: its path and size.
pub(super) type ListedFile = (String, u64);

impl Listing {
    /// What there is, of all names or of those at the root, and which of it are plain files.
    pub(super) fn read(data: &[u8], names: &Names) -> (Self, Vec<ListedFile>) {
        let mut listing = Self {
            is_complete: *names == Names::All,
            ..Self::default()
        };
        let mut files = Vec::new();
        for entry in entries(data) {
            files.extend(as_file(&entry));
            listing.add(entry);
        }
        (listing, files)
    }

    fn add(&mut self, mut entry: DirectoryEntry) {
        let (directory, name) = match entry.path.rsplit_once('/') {
            Some((directory, name)) => (directory.to_owned(), name.to_owned()),
            None => (String::new(), std::mem::take(&mut entry.path)),
        };
        entry.path = name;
        let entries = self.directories.entry(directory).or_default();
        entries.push(as_entry(entry));
    }

    /// Whether it has all names.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Whether it says what a directory holds.
    pub(super) fn knows(&self, directory: &str) -> bool {
        self.is_complete || directory.is_empty()
    }

    /// The names at the root.
    pub(super) fn root(&self) -> BTreeSet<&str> {
        let root = self.directories.get("").into_iter().flatten();
        root.map(|entry| entry.name.as_str()).collect()
    }

    /// What a directory holds; nothing if there is no such directory.
    pub(super) fn entries(&self, directory: &str) -> Vec<Entry> {
        self.directories.get(directory).cloned().unwrap_or_default()
    }
}

/// Paths and what they are, and which of them are plain files.
pub(super) fn read_paths(data: &[u8]) -> (Vec<(String, EntryKind)>, Vec<ListedFile>) {
    let entries: Vec<_> = entries(data).collect();
    let files = entries.iter().filter_map(as_file).collect();
    let entries = entries.into_iter().map(as_entry);
    let paths = entries.map(|entry| (entry.name, entry.kind));
    (paths.collect(), files)
}

/// What [`METADATA_FILE`](crate::llb::METADATA_FILE) says. An entry that cannot be decoded has a name that is not UTF-8, which no
/// plan can name.
fn entries(mut data: &[u8]) -> impl Iterator<Item = DirectoryEntry> {
    let messages = std::iter::from_fn(move || {
        let (length, rest) = data.split_first_chunk()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (message, rest) = rest.split_at_checked(length)?;
        data = rest;
        Some(message)
    });
    let stats = messages.filter_map(|message| Stat::decode(message).ok());
    stats.map(DirectoryEntry::from)
}

fn as_file(entry: &DirectoryEntry) -> Option<ListedFile> {
    (entry.kind == FileKind::File).then(|| (entry.path.clone(), entry.size))
}

/// An entry as the analysis knows it. What is a path stays one.
pub(super) fn as_entry(entry: DirectoryEntry) -> Entry {
    Entry {
        name: entry.path,
        kind: match entry.kind {
            FileKind::File => EntryKind::File,
            FileKind::Directory => EntryKind::Directory,
            FileKind::Link(target) => EntryKind::Link(target),
            FileKind::Special => EntryKind::Special,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stat(path: &str, mode: u32, linkname: &str) -> Vec<u8> {
        let stat = Stat {
            path: path.to_owned(),
            mode,
            linkname: linkname.to_owned(),
            size: 3,
            ..Stat::default()
        };
        framed(&stat.encode_to_vec())
    }

    fn framed(message: &[u8]) -> Vec<u8> {
        let length = u32::try_from(message.len()).unwrap();
        [&length.to_le_bytes(), message].concat()
    }

    #[test]
    fn names_are_below_their_directories() {
        let data = [
            stat("a", 1 << 31 | 0o755, ""),
            stat("a/b", 0o644, ""),
            stat("a/hard", 0o644, "a/b"),
            stat("link", 1 << 27 | 0o777, "a/b"),
            stat("pipe", 1 << 25 | 0o644, ""),
        ];
        let (listing, files) = Listing::read(&data.concat(), &Names::All);
        let shown = |directory| format!("{:?}", listing.entries(directory));
        assert_eq!(
            shown(""),
            r#"[Entry { name: "a", kind: Directory }, Entry { name: "link", kind: Link("a/b") }, Entry { name: "pipe", kind: Special }]"#
        );
        assert_eq!(
            shown("a"),
            r#"[Entry { name: "b", kind: File }, Entry { name: "hard", kind: File }]"#
        );
        assert_eq!(shown("a/b"), "[]");
        assert_eq!(files, [("a/b".to_owned(), 3), ("a/hard".to_owned(), 3)]);
    }

    #[test]
    fn what_is_broken_is_left_out() {
        let not_utf8 = framed(b"\x0a\x01\xff");
        let cut = stat("cut", 0o644, "");
        let data = [
            not_utf8,
            stat("a", 0o644, ""),
            cut[..cut.len() - 1].to_vec(),
        ];
        let (listing, files) = Listing::read(&data.concat(), &Names::All);
        assert_eq!(listing.entries("").len(), 1);
        assert_eq!(files, [("a".to_owned(), 3)]);
        assert_eq!(Listing::read(b"", &Names::Root).0, Listing::default());
    }

    #[test]
    fn paths_are_whole() {
        let data = [stat("a", 1 << 31 | 0o755, ""), stat("a/b", 0o644, "")].concat();
        let (paths, files) = read_paths(&data);
        let directory = ("a".to_owned(), EntryKind::Directory);
        assert_eq!(paths, [directory, ("a/b".to_owned(), EntryKind::File)]);
        assert_eq!(files, [("a/b".to_owned(), 3)]);
    }

    #[test]
    fn names_at_the_root_are_no_others() {
        let data = [stat("a", 1 << 31 | 0o755, ""), stat("go.mod", 0o644, "")].concat();
        let (root, _) = Listing::read(&data, &Names::Root);
        let (all, _) = Listing::read(&data, &Names::All);
        assert!(root.knows("") && !root.knows("a"));
        assert!(all.knows("") && all.knows("a"));
        assert!(all.is_complete() && !root.is_complete());
        assert_eq!(root.root(), BTreeSet::from(["a", "go.mod"]));
    }
}
