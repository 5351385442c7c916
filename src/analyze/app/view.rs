//! The view itself, and where paths lead in it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use super::error::without_code;
use super::{AppError, Entry, EntryKind, Tree};

/// The most names that are looked at in one app.
const ENTRY_LIMIT: usize = 500_000;
/// How many bytes are read of all files together: the manifests of a workspace of 500 packages have one MiB.
pub(super) const TEXT_LIMIT: u64 = 256 * 1024 * 1024;
/// How many names all patterns together are compared with: those of the largest tree that is looked at, a hundred times.
pub(super) const SEARCH_LIMIT: usize = 50_000_000;
/// How many links are followed on the way to one file; what Linux follows.
pub(super) const LINK_LIMIT: u32 = 40;

/// A read-only view of an app's source tree.
///
/// Paths are relative to the tree's root, with `/` between names. Links are followed as long as they stay inside.
pub struct App {
    pub(super) tree: Box<dyn Tree>,
    listings: RefCell<BTreeMap<String, Rc<[Entry]>>>,
    pub(super) texts: RefCell<BTreeMap<String, Rc<str>>>,
    entries: Cell<usize>,
    /// How many bytes have been read.
    pub(super) text_size: Cell<u64>,
    /// How many names patterns have been compared with.
    pub(super) searched: Cell<usize>,
    unreadable: RefCell<BTreeMap<String, String>>,
}

/// Where a path leads, links followed.
pub(super) enum Place {
    File(String),
    Directory(String),
    Special,
    Nowhere,
    OutsideTree,
    LinkLoop,
}

impl App {
    /// A view of `tree`. Nothing is read yet.
    pub fn new(tree: impl Tree + 'static) -> Self {
        Self {
            tree: Box::new(tree),
            listings: RefCell::default(),
            texts: RefCell::default(),
            entries: Cell::new(0),
            text_size: Cell::new(0),
            searched: Cell::new(0),
            unreadable: RefCell::default(),
        }
    }

    /// Whether anything has this path: a file, a directory, or a link that does not dangle.
    pub fn has(&self, path: &str) -> Result<bool, AppError> {
        Ok(!matches!(self.find_place(path)?, Place::Nowhere))
    }

    /// The first of `paths` that is there.
    pub fn first_of<'a>(&self, paths: &[&'a str]) -> Result<Option<&'a str>, AppError> {
        for path in paths {
            if self.has(path)? {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    /// The directories that could not be listed, and why: for patterns and paths they were empty.
    #[must_use]
    pub fn unreadable_directories(&self) -> BTreeMap<String, String> {
        self.unreadable.borrow().clone()
    }

    /// What a directory holds, sorted by name. `directory` is a real path: no part of it is a link.
    pub(super) fn list(&self, directory: &str) -> Result<Rc<[Entry]>, AppError> {
        if let Some(listing) = self.listings.borrow().get(directory) {
            return Ok(Rc::clone(listing));
        }
        let limit = (ENTRY_LIMIT + 1).saturating_sub(self.entries.get());
        let mut entries = match self.tree.list(directory, limit) {
            Ok(entries) => entries,
            // Data that belongs to another user often lies beside an app, and is none of it; nor is a directory that has
            // gone since it was seen, or one so deep that the system cannot name it.
            Err(refused)
                if !directory.is_empty()
                    && matches!(
                        refused.kind(),
                        io::ErrorKind::PermissionDenied
                            | io::ErrorKind::NotFound
                            | io::ErrorKind::InvalidFilename
                    ) =>
            {
                self.unreadable
                    .borrow_mut()
                    .insert(directory.to_owned(), without_code(&refused));
                Vec::new()
            }
            Err(source) => {
                return Err(AppError::io(
                    if directory.is_empty() { "." } else { directory },
                    source,
                ));
            }
        };
        self.entries.set(self.entries.get() + entries.len());
        if self.entries.get() > ENTRY_LIMIT {
            return Err(AppError::TooManyEntries { limit: ENTRY_LIMIT });
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        let listing: Rc<[Entry]> = Rc::from(entries);
        self.listings
            .borrow_mut()
            .insert(directory.to_owned(), Rc::clone(&listing));
        Ok(listing)
    }

    /// Where a path leads. Each name is looked up in its directory's listing, so that nothing but this follows links.
    pub(super) fn find_place(&self, path: &str) -> Result<Place, AppError> {
        let mut names: Vec<String> = path.rsplit('/').map(str::to_owned).collect();
        let mut place = Place::Directory(String::new());
        let mut links = 0;
        while let Some(name) = names.pop() {
            if name.is_empty() || name == "." {
                continue;
            }
            let Place::Directory(directory) = &place else {
                return Ok(Place::Nowhere);
            };
            if name == ".." {
                if directory.is_empty() {
                    return Ok(Place::OutsideTree);
                }
                let parent = directory.rsplit_once('/').map_or("", |(parent, _)| parent);
                place = Place::Directory(parent.to_owned());
                continue;
            }
            let listing = self.list(directory)?;
            let found = listing
                .binary_search_by(|entry| entry.name.cmp(&name))
                .ok()
                .and_then(|index| listing.get(index));
            place = match found.map(|entry| &entry.kind) {
                None => return Ok(Place::Nowhere),
                Some(EntryKind::File) => Place::File(join(directory, &name)),
                Some(EntryKind::Directory) => Place::Directory(join(directory, &name)),
                Some(EntryKind::Special) => Place::Special,
                Some(EntryKind::Link(target)) => {
                    links += 1;
                    if links > LINK_LIMIT {
                        return Ok(Place::LinkLoop);
                    }
                    if target.starts_with('/') {
                        return Ok(Place::OutsideTree);
                    }
                    names.extend(target.rsplit('/').map(str::to_owned));
                    continue;
                }
            };
        }
        Ok(place)
    }
}

/// The path of a name in a directory.
pub(super) fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() {
        name.to_owned()
    } else {
        format!("{directory}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::{self, Memory};

    #[test]
    fn paths_are_found_through_links_inside_the_tree() {
        let app = memory::app();
        for path in [
            "b.txt",
            "./b.txt",
            "a",
            "a/",
            "a/x/../.hidden",
            "to-b",
            "a/up",
            "to-a/x/deep.txt",
            "to-a/up",
        ] {
            assert!(app.has(path).unwrap(), "{path}");
        }
        for path in [
            "c.txt",
            "b.txt/x",
            "dangling",
            "dangling/x",
            "nothing/../b.txt",
            "A",
        ] {
            assert!(!app.has(path).unwrap(), "{path}");
        }
        assert_eq!(
            app.first_of(&["c.txt", "to-b", "b.txt"]).unwrap(),
            Some("to-b")
        );
        assert_eq!(&*app.read_text("to-a/up").unwrap(), "b");
    }

    #[test]
    fn directories_are_listed_and_files_read_once() {
        struct Counting(Rc<Cell<usize>>);
        impl Tree for Counting {
            fn list(&self, directory: &str, _: usize) -> io::Result<Vec<Entry>> {
                self.0.set(self.0.get() + 1);
                let entry = |name: &str, kind| Entry {
                    name: name.to_owned(),
                    kind,
                };
                Ok(match directory {
                    "" => vec![
                        entry("sub", EntryKind::Directory),
                        entry("file", EntryKind::File),
                    ],
                    _ => Vec::new(),
                })
            }
            fn read(&self, _: &str, _: u64) -> io::Result<Vec<u8>> {
                self.0.set(self.0.get() + 1);
                Ok(Vec::new())
            }
        }
        let count = Rc::new(Cell::new(0));
        let app = App::new(Counting(Rc::clone(&count)));
        for _ in 0..3 {
            app.find_files("**/*").unwrap();
            app.find_directories("**/*").unwrap();
            app.has("sub/x").unwrap();
            app.read_text("file").unwrap();
            app.read_text("./file").unwrap();
        }
        assert_eq!(count.get(), 3, "two directories, one file");
    }

    #[test]
    fn a_tree_with_too_many_files_is_refused() {
        struct Wide;
        impl Tree for Wide {
            fn list(&self, directory: &str, _: usize) -> io::Result<Vec<Entry>> {
                let kind = if directory.is_empty() {
                    EntryKind::Directory
                } else {
                    EntryKind::File
                };
                let entry = |number: usize| Entry {
                    name: number.to_string(),
                    kind: kind.clone(),
                };
                Ok((0..1000).map(entry).collect())
            }
            fn read(&self, _: &str, _: u64) -> io::Result<Vec<u8>> {
                Ok(Vec::new())
            }
        }
        insta::assert_snapshot!(App::new(Wide).find_files("**/x").unwrap_err(), @"the app holds more than 500000 files and directories");
    }

    #[test]
    fn a_directory_that_may_not_be_listed_is_empty_and_known() {
        let app = Memory::default()
            .file("data/x", "")
            .file("y", "")
            .forbidden("data")
            .app();
        assert_eq!(app.find_files("**/*").unwrap(), ["y"]);
        let known = BTreeMap::from([("data".to_owned(), "permission denied".to_owned())]);
        assert_eq!(app.unreadable_directories(), known);

        let root = Memory::default().forbidden("").app();
        insta::assert_snapshot!(root.has("y").unwrap_err(), @".: permission denied");
    }
}
