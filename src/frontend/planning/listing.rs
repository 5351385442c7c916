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
    /// How many parts the paths have that it knows, below a directory at the root; below the empty one, everywhere.
    depths: BTreeMap<String, usize>,
    /// What each directory that is not empty holds, by its path.
    directories: BTreeMap<String, Vec<Entry>>,
}

/// Files that planning may read: their paths and sizes.
pub(super) type ListedFiles = BTreeMap<String, u64>;

impl Listing {
    /// What there is of these names, and which of it are plain files.
    pub(super) fn read(data: &[u8], names: &Names) -> (Self, ListedFiles) {
        let (top, depth) = match names {
            Names::Level { top, depth } => (top.clone(), *depth),
            // Those that match say of no directory what it holds.
            Names::Matching(_) => (String::new(), 0),
            Names::All => (String::new(), usize::MAX),
        };
        let mut listing = Self::default();
        let mut files = ListedFiles::new();
        for entry in entries(data) {
            files.extend(as_file(&entry));
            listing.add(entry);
        }
        if !top.is_empty() {
            // The directory is the only name at the root.
            listing.directories.remove("");
        }
        listing.depths.insert(top, depth);
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

    /// Adds another listing of the same app. It is the later one: what it says counts.
    pub(super) fn extend(&mut self, other: Self) {
        self.directories.extend(other.directories);
        for (top, depth) in other.depths {
            let known = self.depths.entry(top).or_default();
            *known = depth.max(*known);
        }
    }

    /// Whether it has all names.
    pub(super) fn is_complete(&self) -> bool {
        self.depths.get("") == Some(&usize::MAX)
    }

    /// Whether it says what a directory holds.
    pub(super) fn knows(&self, directory: &str) -> bool {
        let depth = if directory.is_empty() {
            1
        } else {
            directory.matches('/').count() + 2
        };
        let top = directory.split('/').next().unwrap_or_default();
        let mut known = ["", top].into_iter().filter_map(|top| self.depths.get(top));
        known.any(|known| depth <= *known)
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
pub(super) fn read_paths(data: &[u8]) -> (Vec<(String, EntryKind)>, ListedFiles) {
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

fn as_file(entry: &DirectoryEntry) -> Option<(String, u64)> {
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
        let expected = ["a/b", "a/hard"].map(|path| (path.to_owned(), 3));
        assert_eq!(files, ListedFiles::from(expected));
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
        assert_eq!(files, ListedFiles::from([("a".to_owned(), 3)]));
        let (nothing, _) = Listing::read(b"", &Names::root());
        assert!(nothing.knows("") && nothing.root().is_empty());
    }

    #[test]
    fn paths_are_whole() {
        let data = [stat("a", 1 << 31 | 0o755, ""), stat("a/b", 0o644, "")].concat();
        let (paths, files) = read_paths(&data);
        let directory = ("a".to_owned(), EntryKind::Directory);
        assert_eq!(paths, [directory, ("a/b".to_owned(), EntryKind::File)]);
        assert_eq!(files, ListedFiles::from([("a/b".to_owned(), 3)]));
    }

    #[test]
    fn what_is_not_listed_is_not_known() {
        let directory = 1 << 31 | 0o755;
        let root = [stat("a", directory, ""), stat("go.mod", 0o644, "")].concat();
        let (all, _) = Listing::read(&root, &Names::All);
        assert!(all.is_complete() && all.knows("") && all.knows("a/b/c/d"));
        let (mut listing, _) = Listing::read(&root, &Names::root());
        assert_eq!(listing.root(), BTreeSet::from(["a", "go.mod"]));
        assert!(!listing.is_complete() && listing.knows("") && !listing.knows("a"));

        let below = [&root[..], &stat("a/b", directory, "")].concat();
        listing.extend(Listing::read(&below, &Names::below_root()).0);
        assert!(listing.knows("a") && !listing.knows("a/b"));

        let data = [
            stat("a", directory, ""),
            stat("a/b", directory, ""),
            stat("a/b/c", 0o644, ""),
        ];
        let names = Names::around("a/b", 0);
        listing.extend(Listing::read(&data.concat(), &names).0);
        assert!(listing.knows("a/b") && !listing.knows("a/b/c") && !listing.knows("z/b"));
        assert_eq!(listing.entries("a/b").len(), 1);
        assert_eq!(listing.root(), BTreeSet::from(["a", "go.mod"]));
    }
}
