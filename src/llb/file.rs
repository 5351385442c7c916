//! File ops: change files without running a program.

use super::graph::Output;

/// One change to a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileAction {
    /// Copies from another tree.
    Copy(Copy),
    /// Writes a file.
    MakeFile(MakeFile),
    /// Makes a directory.
    MakeDirectory(MakeDirectory),
    /// Removes.
    Remove(Remove),
    /// Makes a symbolic link.
    Symlink(Symlink),
}

/// Copies from another tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent option of the op"
)]
pub struct Copy {
    /// The tree to copy from; `None` is scratch.
    pub from: Option<Output>,
    /// What to copy: an absolute path in that tree.
    pub source: String,
    /// Where to; a trailing `/` copies into.
    pub destination: String,
    /// Owner of what is written; `None` keeps the source's.
    pub owner: Option<Owner>,
    /// Permission bits; `None` keeps the source's.
    pub mode: Option<u32>,
    /// Follow a link named by `source`.
    pub follow_symlink: bool,
    /// Of a directory, copy what is in it, not itself.
    pub directory_contents_only: bool,
    /// Extract archives.
    pub unpack_archive: bool,
    /// Make the directories that lead to the destination.
    pub create_destination_path: bool,
    /// `source` may hold wildcards.
    pub allow_wildcard: bool,
    /// A wildcard that matches nothing is no error.
    pub allow_empty_wildcard: bool,
    /// Modification time, in nanoseconds since 1970; `None` keeps the source's.
    pub timestamp: Option<i64>,
    /// Copy only what these match, relative to the source.
    pub include_patterns: Vec<String>,
    /// Leave out what these match, relative to the source.
    pub exclude_patterns: Vec<String>,
    /// Replace a file by a directory, and the other way, instead of failing.
    pub always_replace_existing_destination_paths: bool,
}

/// Writes a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeFile {
    /// Absolute path.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// Content.
    pub data: Vec<u8>,
    /// Owner; `None` is root.
    pub owner: Option<Owner>,
    /// Modification time, in nanoseconds since 1970; `None` is now.
    pub timestamp: Option<i64>,
}

/// Makes a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeDirectory {
    /// Absolute path.
    pub path: String,
    /// Permission bits.
    pub mode: u32,
    /// Make the directories that lead there.
    pub make_parents: bool,
    /// Owner; `None` is root.
    pub owner: Option<Owner>,
    /// Modification time, in nanoseconds since 1970; `None` is now.
    pub timestamp: Option<i64>,
}

/// Removes a file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remove {
    /// Absolute path.
    pub path: String,
    /// Nothing there is no error.
    pub allow_not_found: bool,
    /// `path` may hold wildcards.
    pub allow_wildcard: bool,
}

/// Makes a symbolic link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symlink {
    /// What the link says.
    pub target: String,
    /// The link itself: an absolute path.
    pub link: String,
    /// Owner; `None` is root.
    pub owner: Option<Owner>,
    /// Modification time, in nanoseconds since 1970; `None` is now.
    pub timestamp: Option<i64>,
}

/// Owner and group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Owner.
    pub user: Option<UserReference>,
    /// Group.
    pub group: Option<UserReference>,
}

/// A user or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserReference {
    /// By number.
    Id(u32),
    /// By name, looked up in `/etc/passwd` or `/etc/group` of a tree.
    Name {
        /// The name.
        name: String,
        /// The tree.
        tree: Option<Output>,
    },
}
