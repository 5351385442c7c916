//! What an app is read from.

use std::io;

/// A read-only tree of files: a directory, or later a BuildKit ref.
///
/// Paths are relative to the tree's root, with `/` between names and neither empty, `.` nor `..` parts; the root itself is
/// the empty path. An implementation never follows a link: [`App`](super::App) does, and keeps inside the tree.
pub trait Tree {
    /// What a directory holds, in any order, cut off at `limit` entries. Names that are not UTF-8 are left out: no pattern and
    /// no plan can name them.
    fn list(&self, directory: &str, limit: usize) -> io::Result<Vec<Entry>>;

    /// Everything that may match a pattern, by path, if the tree has a faster way to find it than through each directory: more
    /// than matches, and nothing less. Links are what they are, not followed.
    fn find(&self, _pattern: &str) -> io::Result<Option<Vec<(String, EntryKind)>>> {
        Ok(None)
    }

    /// The content of a regular file, cut off at `limit` bytes.
    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>>;
}

/// One name in a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The last part of its path.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
}

/// What an [`Entry`] is, links not followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link, and what is written in it.
    Link(String),
    /// A socket, a pipe, a device.
    Special,
}
