//! A directory that is being received: what the exporter `local` sends.
//!
//! The sender need not be trusted. Everything is made in a new folder that only we may enter, under names that are
//! checked: each path once, in order, in a directory that was made before. So no path goes through a link, and none
//! leaves the folder. Links themselves are made and never followed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps};

use super::super::files::tree::mode;
use super::super::staging::Staging;
use crate::proto::fsutil::Stat;

/// Modes while the content is not complete.
const OWN_DIRECTORY: u32 = 0o700;
const OWN_FILE: u32 = 0o600;

/// A directory that is being received. Dropped, it is removed.
#[derive(Debug)]
pub(super) struct Folder {
    root: Staging,
    /// Directories from the top to where the sender is, each with the last name in it.
    open: Vec<(PathBuf, String)>,
    /// Files whose content is not complete, by their numbers.
    pending: BTreeMap<u32, (PathBuf, Stat)>,
    /// Files, to which other names may link.
    files: BTreeSet<PathBuf>,
    /// What directories become once all is in them.
    directories: Vec<(PathBuf, Stat)>,
}

impl Folder {
    /// A new folder where it can be moved from into `target`.
    pub(super) fn near(target: &Path) -> io::Result<Self> {
        Ok(Self {
            root: Staging::near(target)?,
            open: vec![(PathBuf::new(), String::new())],
            pending: BTreeMap::new(),
            files: BTreeSet::new(),
            directories: Vec::new(),
        })
    }

    /// Makes what `stat` tells of. Whether its content must be asked for.
    ///
    /// Devices, pipes and sockets are left out, with a warning: a result is made of files.
    pub(super) fn add(&mut self, id: u32, stat: &Stat) -> Result<bool, FolderError> {
        let path = self.check(&stat.path)?;
        let place = self.root.path().join(&path);
        let failed = |source| FolderError::Write {
            path: path.clone(),
            source,
        };
        match stat.mode & mode::KIND {
            mode::DIRECTORY => {
                DirBuilder::new()
                    .mode(OWN_DIRECTORY)
                    .create(place)
                    .map_err(failed)?;
                self.open.push((path.clone(), String::new()));
                self.directories.push((path, without_names(stat)));
            }
            mode::SYMLINK => {
                std::os::unix::fs::symlink(&stat.linkname, &place).map_err(failed)?;
                set_time(&place, stat.mod_time).map_err(failed)?;
            }
            0 if stat.linkname.is_empty() => {
                create(&place).map_err(failed)?;
                self.files.insert(path.clone());
                self.pending.insert(id, (path, without_names(stat)));
                return Ok(true);
            }
            0 => {
                let first = self.files.get(Path::new(&stat.linkname));
                let first = first.ok_or_else(|| FolderError::Link {
                    path: path.clone(),
                    target: stat.linkname.clone(),
                })?;
                fs::hard_link(self.root.path().join(first), place).map_err(failed)?;
                self.files.insert(path);
            }
            _ => {
                let path = path.display();
                tracing::warn!(
                    "`{path}` of the result is left out: it is no file, link or directory"
                );
            }
        }
        Ok(false)
    }

    /// Opens a file to write its content; none if that is not awaited.
    pub(super) fn open(&self, id: u32) -> Result<Option<File>, FolderError> {
        let Some((path, _)) = self.pending.get(&id) else {
            return Ok(None);
        };
        let place = self.root.path().join(path);
        let opened = OpenOptions::new().write(true).open(place);
        let opened = opened.map_err(|source| FolderError::Write {
            path: path.clone(),
            source,
        })?;
        Ok(Some(opened))
    }

    /// The content of a file is complete.
    pub(super) fn close(&mut self, id: u32) -> Result<(), FolderError> {
        let Some((path, stat)) = self.pending.remove(&id) else {
            return Ok(());
        };
        finish(&self.root.path().join(&path), &stat)
            .map_err(|source| FolderError::Write { path, source })
    }

    /// Moves everything into `target`, which is made if it is not there; what is there already and not in the result
    /// stays. Nothing is moved if a directory would take the place of something else or the other way round.
    pub(super) fn commit(self, target: &Path) -> Result<(), FolderError> {
        let failed = |source| FolderError::Write {
            path: target.to_owned(),
            source,
        };
        fs::create_dir_all(target).map_err(failed)?;
        self.meet(target, |_, place, is_directory| {
            let found = place.symlink_metadata();
            if found.is_ok_and(|found| found.is_dir() != is_directory) {
                let path = place.to_owned();
                return Err(FolderError::Exists { path });
            }
            Ok(())
        })?;
        self.meet(target, |source, place, is_directory| {
            if is_directory && place.symlink_metadata().is_ok() {
                return Ok(());
            }
            fs::rename(source, place).map_err(|source| FolderError::Write {
                path: place.to_owned(),
                source,
            })
        })?;
        // From the inside out: a directory that may not be written is closed last, and its time stays.
        for (path, stat) in self.directories.iter().rev() {
            finish(&target.join(path), stat).map_err(|source| FolderError::Write {
                path: path.clone(),
                source,
            })?;
        }
        Ok(())
    }

    /// Hands `meet` every file with its place in `target` and whether it is a directory; what is in a directory, only if
    /// one is there too by then and here still.
    fn meet(
        &self,
        target: &Path,
        meet: impl Fn(&Path, &Path, bool) -> Result<(), FolderError>,
    ) -> Result<(), FolderError> {
        let mut directories = vec![PathBuf::new()];
        while let Some(directory) = directories.pop() {
            let failed = |source| FolderError::Write {
                path: directory.clone(),
                source,
            };
            for entry in fs::read_dir(self.root.path().join(&directory)).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let is_directory = entry.file_type().map_err(failed)?.is_dir();
                let path = directory.join(entry.file_name());
                let place = target.join(&path);
                meet(&entry.path(), &place, is_directory)?;
                let is_shared = is_directory && place.exists() && entry.path().exists();
                directories.extend(is_shared.then_some(path));
            }
        }
        Ok(())
    }

    /// The path as one in the folder, if it is relative, clean, behind the one before, and in a directory that was made.
    fn check(&mut self, path: &str) -> Result<PathBuf, FolderError> {
        let wrong = || FolderError::Path {
            path: path.to_owned(),
        };
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut parts = Path::new(name).components();
        let is_name = matches!(parts.next(), Some(Component::Normal(part)) if part == name);
        if !is_name || parts.next().is_some() || name.contains('\0') || path.starts_with('/') {
            return Err(wrong());
        }
        while self.open.len() > 1
            && self
                .open
                .last()
                .is_some_and(|(open, _)| !is(open, directory))
        {
            self.open.pop();
        }
        let Some((open, last)) = self.open.last_mut() else {
            return Err(wrong());
        };
        if !is(open, directory) || last.as_bytes() >= name.as_bytes() {
            return Err(wrong());
        }
        name.clone_into(last);
        Ok(open.join(name))
    }
}

/// Whether a path is written so, byte for byte.
fn is(path: &Path, text: &str) -> bool {
    path.as_os_str().as_encoded_bytes() == text.as_bytes()
}

/// What of a stat is needed later.
fn without_names(stat: &Stat) -> Stat {
    Stat {
        mode: stat.mode,
        mod_time: stat.mod_time,
        ..Stat::default()
    }
}

fn create(place: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(OWN_FILE);
    options.open(place).map(drop)
}

/// Gives a file or directory its mode and time. Files belong to who runs the client, so the bits that lend the owner's
/// rights to others are not set.
fn finish(place: &Path, stat: &Stat) -> io::Result<()> {
    let sticky = if stat.mode & mode::STICKY == 0 {
        0
    } else {
        0o1000
    };
    let permissions = Permissions::from_mode(stat.mode & mode::PERMISSIONS | sticky);
    fs::set_permissions(place, permissions)?;
    set_time(place, stat.mod_time)
}

/// Sets when a file changed, in nanoseconds since 1970. A link is not followed.
fn set_time(place: &Path, nanoseconds: i64) -> io::Result<()> {
    let time = Timespec {
        tv_sec: nanoseconds.div_euclid(1_000_000_000),
        tv_nsec: nanoseconds.rem_euclid(1_000_000_000),
    };
    let times = Timestamps {
        last_access: time,
        last_modification: time,
    };
    rustix::fs::utimensat(CWD, place, &times, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok(())
}

/// A directory that cannot be received.
#[derive(Debug, thiserror::Error)]
pub(super) enum FolderError {
    #[error("the client cannot write `{}` of the result: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("BuildKit sent `{path}`, which is no path of a result or out of order")]
    Path { path: String },
    #[error("BuildKit sent `{}` as a link to `{target}`, which is no file of the result", path.display())]
    Link { path: PathBuf, target: String },
    #[error("`{}` is in the way of a directory of the result; hint: remove it, or write to an empty directory", path.display())]
    Exists { path: PathBuf },
}

#[cfg(test)]
mod tests;
