//! All names of an app, out of the file that a transfer of metadata leaves.

use std::collections::BTreeMap;

use prost::Message as _;

use crate::analyze::{Entry, EntryKind};
use crate::gateway::{DirectoryEntry, FileKind};
use crate::proto::fsutil::Stat;

/// Names of an app and what they are.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    depth: Depth,
    /// What each directory that is not empty holds, by its path.
    directories: BTreeMap<String, Vec<Entry>>,
}

/// How deep names are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Depth {
    /// Those at the root: going through more of a large app takes a while.
    #[default]
    Root,
    /// All.
    All,
}

impl Depth {
    /// The pattern of what is left out.
    pub(super) fn left_out(self) -> Option<&'static str> {
        match self {
            Self::Root => Some("*/*"),
            Self::All => None,
        }
    }
}

/// What is at the root of apps whose analysis goes through all names: those in Go, JavaScript, PHP and Python.
const OF_SEARCHED_APPS: [&str; 9] = [
    "Pipfile",
    "composer.json",
    "go.mod",
    "go.work",
    "package.json",
    "package.json5",
    "package.yaml",
    "pyproject.toml",
    "requirements.txt",
];

/// A file that planning may read: its path and size.
pub(super) type ListedFile = (String, u64);

impl Listing {
    /// Reads the content of [`METADATA_FILE`](crate::llb::METADATA_FILE). Gives the plain files too. An entry that cannot
    /// be decoded has a name that is not UTF-8, which no plan can name.
    pub(super) fn read(mut data: &[u8], depth: Depth) -> (Self, Vec<ListedFile>) {
        let mut listing = Self {
            depth,
            ..Self::default()
        };
        let mut files = Vec::new();
        while let Some((length, rest)) = data.split_first_chunk() {
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            let Some((message, rest)) = rest.split_at_checked(length) else {
                break;
            };
            data = rest;
            if let Ok(stat) = Stat::decode(message) {
                let entry = DirectoryEntry::from(stat);
                if entry.kind == FileKind::File {
                    files.push((entry.path.clone(), entry.size));
                }
                listing.add(entry);
            }
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

    /// Whether it says what a directory holds.
    pub(super) fn knows(&self, directory: &str) -> bool {
        self.depth == Depth::All || directory.is_empty()
    }

    /// Whether the analysis of the app will most likely ask for all names.
    pub(super) fn is_searched(&self) -> bool {
        let root = self.directories.get("").into_iter().flatten();
        let mut names = root.map(|entry| entry.name.as_str());
        names.any(|name| OF_SEARCHED_APPS.contains(&name))
    }

    /// What a directory holds; nothing if there is no such directory.
    pub(super) fn entries(&self, directory: &str) -> Vec<Entry> {
        self.directories.get(directory).cloned().unwrap_or_default()
    }
}

/// An entry as the analysis knows it.
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
        let (listing, files) = Listing::read(&data.concat(), Depth::All);
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
        let (listing, files) = Listing::read(&data.concat(), Depth::All);
        assert_eq!(listing.entries("").len(), 1);
        assert_eq!(files, [("a".to_owned(), 3)]);
        assert_eq!(Listing::read(b"", Depth::Root).0, Listing::default());
    }

    #[test]
    fn names_at_the_root_are_no_others() {
        let data = [stat("a", 1 << 31 | 0o755, ""), stat("go.mod", 0o644, "")].concat();
        let (root, _) = Listing::read(&data, Depth::Root);
        let (all, _) = Listing::read(&data, Depth::All);
        assert!(root.knows("") && !root.knows("a"));
        assert!(all.knows("") && all.knows("a"));
        assert!(root.is_searched() && !Listing::default().is_searched());
    }
}
