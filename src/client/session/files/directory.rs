//! A directory on disk.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::io::Errno;

use super::tree::{Content, Facts, Name, Tree, mode};
use crate::proto::fsutil::Stat;

/// Attributes of macOS that mean nothing elsewhere; BuildKit's own client leaves them out too.
/// <https://github.com/tonistiigi/fsutil/blob/master/stat_unix.go>
const APPLE_PREFIX: &str = "com.apple.";

/// A directory on disk, with no link in its path.
#[derive(Debug)]
pub(super) struct Directory(PathBuf);

impl Directory {
    /// The directory at `path`, through links.
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        if !path.metadata()?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self(path))
    }
}

impl Tree for Directory {
    fn list(&self, directory: &Path) -> io::Result<Vec<Name>> {
        let names = fs::read_dir(self.0.join(directory))?.map(|entry| {
            let entry = entry?;
            Ok(Name {
                is_directory: entry.file_type()?.is_dir(),
                name: entry.file_name(),
            })
        });
        names.collect()
    }

    fn stat(&self, path: &Path) -> io::Result<Facts> {
        let path = self.0.join(path);
        let metadata = path.symlink_metadata()?;
        let is_shared = metadata.nlink() > 1 && !metadata.is_dir() && !metadata.is_symlink();
        let mut stat = stat(&metadata);
        if metadata.is_symlink() {
            let target = path.read_link()?.into_os_string().into_string();
            stat.linkname = target.map_err(|_| not_text("the target of the symbolic link"))?;
        }
        add_attributes(&path, &mut stat)?;
        Ok(Facts {
            stat,
            shared: is_shared.then(|| (metadata.dev(), metadata.ino())),
        })
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Content>> {
        // Something else may be there by now: a link is not followed, a pipe not waited for.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        let path = self.0.join(path);
        if path.symlink_metadata()?.file_type().is_socket() {
            return Ok(Box::new(io::empty()));
        }
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags.cast_signed())
            .open(path)?;
        let before = file.metadata()?;
        if !before.is_file() {
            return Err(io::Error::other("it is no file any more"));
        }
        Ok(Box::new(OpenFile { file, before }))
    }
}

/// A file as it was when it was opened.
struct OpenFile {
    file: File,
    before: Metadata,
}

impl Read for OpenFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl Content for OpenFile {
    fn size(&self) -> u64 {
        self.before.size()
    }

    fn has_changed(&self) -> bool {
        let facts =
            |metadata: &Metadata| (metadata.size(), metadata.mtime(), metadata.mtime_nsec());
        self.file
            .metadata()
            .is_ok_and(|after| facts(&after) != facts(&self.before))
    }
}

/// Sockets are sent as empty files.
impl Content for io::Empty {
    fn size(&self) -> u64 {
        0
    }

    fn has_changed(&self) -> bool {
        false
    }
}

/// What the metadata says, but for the owner: files of a client belong to root, whoever has them at home.
/// <https://github.com/moby/buildkit/blob/v0.32.2/client/solve.go>, `resetUIDAndGID`
fn stat(metadata: &Metadata) -> Stat {
    let kind = metadata.file_type();
    let is_device = kind.is_block_device() || kind.is_char_device();
    let device = if is_device { metadata.rdev() } else { 0 };
    Stat {
        mode: go_mode(metadata),
        size: if kind.is_dir() {
            0
        } else {
            metadata.size().cast_signed()
        },
        mod_time: nanoseconds(metadata),
        devmajor: (device >> 8 & 0xfff).cast_signed(),
        devminor: (device & 0xff | device >> 12 & 0xf_ff00).cast_signed(),
        ..Stat::default()
    }
}

/// Since 1970. Times that 64 bits do not hold wrap around, as they do in Go.
fn nanoseconds(metadata: &Metadata) -> i64 {
    let seconds = metadata.mtime().wrapping_mul(1_000_000_000);
    seconds.wrapping_add(metadata.mtime_nsec())
}

/// The mode as Go has it. Sockets have no bit of their own: they become empty files.
/// <https://github.com/tonistiigi/fsutil/blob/master/stat.go>, `mkstat`
fn go_mode(metadata: &Metadata) -> u32 {
    let bits = metadata.mode();
    let kind = metadata.file_type();
    let flags = [
        (kind.is_dir(), mode::DIRECTORY),
        (kind.is_symlink(), mode::SYMLINK),
        (kind.is_block_device(), mode::DEVICE),
        (kind.is_char_device(), mode::DEVICE | mode::CHARACTER_DEVICE),
        (kind.is_fifo(), mode::FIFO),
        (bits & 0o4000 != 0, mode::SETUID),
        (bits & 0o2000 != 0, mode::SETGID),
        (bits & 0o1000 != 0, mode::STICKY),
    ];
    let flags = flags.into_iter().filter(|(is_set, _)| *is_set);
    flags.fold(bits & mode::PERMISSIONS, |mode, (_, flag)| mode | flag)
}

/// Adds extended attributes. One that cannot be read is left out, as BuildKit's own client does.
/// <https://github.com/tonistiigi/fsutil/blob/master/stat_unix.go>, `loadXattr`
fn add_attributes(path: &Path, stat: &mut Stat) -> io::Result<()> {
    let names = match rustix::fs::llistxattr_query(path) {
        Ok(0) | Err(Errno::NOTSUP) => return Ok(()),
        Ok(size) => {
            let mut names = vec![0; size];
            let size = rustix::fs::llistxattr(path, &mut names)?;
            names.truncate(size);
            names
        }
        Err(error) => return Err(error.into()),
    };
    for name in names
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty())
    {
        let name =
            std::str::from_utf8(name).map_err(|_| not_text("the name of an extended attribute"))?;
        if name.starts_with(APPLE_PREFIX) {
            continue;
        }
        if let Ok(value) = attribute(path, name) {
            stat.xattrs.insert(name.to_owned(), value);
        }
    }
    Ok(())
}

fn attribute(path: &Path, name: &str) -> Result<Vec<u8>, Errno> {
    let size = rustix::fs::lgetxattr_query(path, name)?;
    let mut value = vec![0; size];
    let size = rustix::fs::lgetxattr(path, name, &mut value)?;
    value.truncate(size);
    Ok(value)
}

fn not_text(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} is not UTF-8"))
}
