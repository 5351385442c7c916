//! What a local directory can be asked, be it on disk or in memory.

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use crate::proto::fsutil::Stat;

/// The bits of Go's `os.FileMode`, as they are on the wire. <https://pkg.go.dev/io/fs#FileMode>
pub(in crate::client::session) mod mode {
    pub(in crate::client::session) const DIRECTORY: u32 = 1 << 31;
    pub(in crate::client::session) const SYMLINK: u32 = 1 << 27;
    pub(in crate::client::session) const DEVICE: u32 = 1 << 26;
    pub(in crate::client::session) const FIFO: u32 = 1 << 25;
    pub(in crate::client::session) const SOCKET: u32 = 1 << 24;
    pub(in crate::client::session) const SETUID: u32 = 1 << 23;
    pub(in crate::client::session) const SETGID: u32 = 1 << 22;
    pub(in crate::client::session) const CHARACTER_DEVICE: u32 = 1 << 21;
    pub(in crate::client::session) const STICKY: u32 = 1 << 20;
    pub(in crate::client::session) const IRREGULAR: u32 = 1 << 19;
    pub(in crate::client::session) const PERMISSIONS: u32 = 0o777;

    /// The bits that make a file something else than a regular one.
    pub(in crate::client::session) const KIND: u32 =
        DIRECTORY | SYMLINK | DEVICE | FIFO | SOCKET | CHARACTER_DEVICE | IRREGULAR;
}

/// A tree of files. Paths are relative to its root, which is empty.
pub(super) trait Tree: fmt::Debug + Send + Sync {
    /// The names in a directory, in any order.
    fn list(&self, directory: &Path) -> io::Result<Vec<Name>>;

    /// What is known of a file; links are not followed. Its path is left empty.
    fn stat(&self, path: &Path) -> io::Result<Facts>;

    /// Opens a regular file to read it; links are not followed.
    fn open(&self, path: &Path) -> io::Result<Box<dyn Content>>;
}

/// A name in a directory.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) name: OsString,
    pub(super) is_directory: bool,
}

/// What is known of a file.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) stat: Stat,
    /// Which file it is, if it has other names too. Directories and symbolic links have none.
    pub(super) shared: Option<Identity>,
}

/// Device and inode.
pub(super) type Identity = (u64, u64);

/// The content of a file.
pub(super) trait Content: Read + Send {
    /// Bytes now.
    fn size(&self) -> u64;

    /// Whether it changed since it was opened.
    fn has_changed(&self) -> bool;
}
