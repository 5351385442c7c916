//! The way through a directory, in the order that the engine checks: a directory, then what is in it, names by their bytes.
//!
//! <https://github.com/tonistiigi/fsutil/blob/master/validator.go>

use std::collections::HashMap;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::filter::{Decision, Filter, Inherited};
use super::tree::{Identity, Name, Tree};
use crate::proto::fsutil::Stat;

/// Tells `receive` of every wanted file, until it breaks off. Keeps the names of the directories on the way, and no list of
/// what it has seen.
pub(super) fn walk(
    tree: &dyn Tree,
    filter: &Filter,
    receive: &mut dyn FnMut(Stat) -> ControlFlow<()>,
) -> Result<(), WalkError> {
    let mut walk = Walk {
        tree,
        filter,
        receive,
        directories: Vec::new(),
        links: HashMap::new(),
    };
    let top = PathBuf::new();
    let names = walk.list(&top, true)?.unwrap_or_default();
    walk.enter(top, names, Inherited::default(), true);
    while let Some(directory) = walk.directories.last_mut() {
        let Some(name) = directory.names.next() else {
            walk.directories.pop();
            continue;
        };
        let path = directory.path.join(&name.name);
        if walk.visit(path, name.is_directory)?.is_break() {
            break;
        }
    }
    Ok(())
}

struct Walk<'a> {
    tree: &'a dyn Tree,
    filter: &'a Filter,
    receive: &'a mut dyn FnMut(Stat) -> ControlFlow<()>,
    /// From the top to where the walk is.
    directories: Vec<Directory>,
    /// Files with more than one name, and the first that was sent.
    links: HashMap<Identity, String>,
}

struct Directory {
    path: PathBuf,
    /// What is left in it.
    names: std::vec::IntoIter<Name>,
    inherited: Inherited,
    is_sent: bool,
}

impl Walk<'_> {
    fn visit(&mut self, path: PathBuf, is_directory: bool) -> Result<ControlFlow<()>, WalkError> {
        let mut own = Inherited::default();
        let none = Inherited::default();
        let parent = self.directories.last();
        let parent = parent.map_or(&none, |directory| &directory.inherited);
        // Bytes that are no text are replaced here, so that such a name can be left out by a pattern.
        let decision = self
            .filter
            .decide(&path.to_string_lossy(), is_directory, parent, &mut own);
        let is_sent = decision == Decision::Send;
        if decision == Decision::Skip {
            return Ok(ControlFlow::Continue(()));
        }
        if is_sent {
            match self.send(&path)? {
                Sent::Yes => {}
                Sent::Gone => return Ok(ControlFlow::Continue(())),
                Sent::Stopped => return Ok(ControlFlow::Break(())),
            }
        }
        if is_directory && let Some(names) = self.list(&path, is_sent)? {
            self.enter(path, names, own, is_sent);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn enter(&mut self, path: PathBuf, names: Vec<Name>, inherited: Inherited, is_sent: bool) {
        self.directories.push(Directory {
            path,
            names: names.into_iter(),
            inherited,
            is_sent,
        });
    }

    /// The names in a directory in order; none if it is gone, or closed to us and nothing that must be sent.
    fn list(&self, path: &Path, is_sent: bool) -> Result<Option<Vec<Name>>, WalkError> {
        match self.tree.list(path) {
            Ok(mut names) => {
                names.sort_unstable_by(|one, other| one.name.cmp(&other.name));
                Ok(Some(names))
            }
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) if !is_sent && error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
            Err(error) => Err(WalkError::new(path, error)),
        }
    }

    /// Sends a file, and first the directories on the way that were not sent yet.
    fn send(&mut self, path: &Path) -> Result<Sent, WalkError> {
        let Some(stat) = self.stat(path)? else {
            return Ok(Sent::Gone);
        };
        for place in 0..self.directories.len() {
            if self.directories[place].is_sent {
                continue;
            }
            let directory = self.directories[place].path.clone();
            let Some(parent) = self.stat(&directory)? else {
                return Ok(Sent::Gone);
            };
            if (self.receive)(parent).is_break() {
                return Ok(Sent::Stopped);
            }
            self.directories[place].is_sent = true;
        }
        match (self.receive)(stat) {
            ControlFlow::Continue(()) => Ok(Sent::Yes),
            ControlFlow::Break(()) => Ok(Sent::Stopped),
        }
    }

    /// What is known of a file, with its path, and with the first of its names if this is another; none if it is gone.
    fn stat(&mut self, path: &Path) -> Result<Option<Stat>, WalkError> {
        let facts = match self.tree.stat(path) {
            Ok(facts) => facts,
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) => return Err(WalkError::new(path, error)),
        };
        let text = path.to_str().ok_or_else(|| WalkError::NotText {
            path: path.to_owned(),
        })?;
        let mut stat = facts.stat;
        text.clone_into(&mut stat.path);
        if let Some(identity) = facts.shared {
            match self.links.get(&identity) {
                Some(first) => stat.linkname.clone_from(first),
                None => drop(self.links.insert(identity, stat.path.clone())),
            }
        }
        Ok(Some(stat))
    }
}

/// What became of a file that should be sent.
enum Sent {
    Yes,
    Gone,
    Stopped,
}

/// Whether a file went away while the walk was under way, which is no error.
fn is_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// A file that cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum WalkError {
    /// The engine takes only text for a path.
    #[error(
        "the name of `{}` is not UTF-8 ({}), which BuildKit does not take; hint: rename it, or leave it out with a pattern in .dockerignore (`?` matches a byte that is no text)",
        path.display(),
        path.as_os_str().as_encoded_bytes().escape_ascii()
    )]
    NotText {
        /// Within the directory that is sent.
        path: PathBuf,
    },
    /// The system does not let us.
    #[error("cannot read `{}`: {source}; hint: make it readable, or leave it out in .dockerignore", path.display())]
    Read {
        /// Within the directory that is sent.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl WalkError {
    pub(super) fn new(path: &Path, source: io::Error) -> Self {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }
}
