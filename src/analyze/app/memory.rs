//! A tree in memory, for tests.

use std::collections::BTreeMap;
use std::io;

use super::{App, Entry, EntryKind, Tree};

/// A tree made of paths and contents; directories follow from the paths.
#[derive(Default)]
pub(crate) struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    links: BTreeMap<String, String>,
    special: Vec<String>,
    forbidden: Vec<String>,
}

impl Memory {
    pub(crate) fn file(mut self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.files
            .insert(path.to_owned(), content.as_ref().to_owned());
        self
    }

    pub(crate) fn link(mut self, path: &str, target: &str) -> Self {
        self.links.insert(path.to_owned(), target.to_owned());
        self
    }

    pub(crate) fn special(mut self, path: &str) -> Self {
        self.special.push(path.to_owned());
        self
    }

    /// A file or directory that may not be read.
    pub(crate) fn forbidden(mut self, path: &str) -> Self {
        self.forbidden.push(path.to_owned());
        self
    }

    pub(crate) fn app(self) -> App {
        App::new(self)
    }

    fn check(&self, path: &str) -> io::Result<()> {
        if self.forbidden.iter().any(|forbidden| forbidden == path) {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "Permission denied (os error 13)",
            ));
        }
        Ok(())
    }
}

impl Tree for Memory {
    fn list(&self, directory: &str, limit: usize) -> io::Result<Vec<Entry>> {
        self.check(directory)?;
        let below = |path: &str| -> Option<String> {
            if directory.is_empty() {
                return Some(path.to_owned());
            }
            path.strip_prefix(directory)?
                .strip_prefix('/')
                .map(str::to_owned)
        };
        let mut kinds = BTreeMap::new();
        let files = self.files.keys().map(|path| (path, EntryKind::File));
        let links = self
            .links
            .iter()
            .map(|(path, target)| (path, EntryKind::Link(target.clone())));
        let special = self.special.iter().map(|path| (path, EntryKind::Special));
        for (path, kind) in files.chain(links).chain(special) {
            let Some(rest) = below(path) else { continue };
            match rest.split_once('/') {
                Some((name, _)) => kinds.insert(name.to_owned(), EntryKind::Directory),
                None => kinds.insert(rest, kind),
            };
        }
        Ok(kinds
            .into_iter()
            .take(limit)
            .map(|(name, kind)| Entry { name, kind })
            .collect())
    }

    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        self.check(path)?;
        let content = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(content
            .iter()
            .copied()
            .take(usize::try_from(limit).unwrap())
            .collect())
    }
}

/// A tree with links of every kind.
pub(crate) fn app() -> App {
    Memory::default()
        .file("b.txt", "b")
        .file("a/.hidden", "")
        .file("a/x/deep.txt", "")
        .file("node_modules/x/c.txt", "")
        .file("a/node_modules/y/c.txt", "")
        .file(".git/c.txt", "")
        .link("to-b", "b.txt")
        .link("a/up", "../b.txt")
        .link("to-a", "a")
        .link("dangling", "nothing")
        .link("outside", "../secret")
        .link("absolute", "/etc/passwd")
        .link("loop-1", "loop-2")
        .link("loop-2", "loop-1")
        .special("pipe.txt")
        .app()
}
