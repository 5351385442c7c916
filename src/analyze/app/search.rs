//! Finding files and directories by pattern.

use super::pattern::Pattern;
use super::view::{Place, SEARCH_LIMIT, join};
use super::{App, AppError, EntryKind};

/// The most groups in braces that a pattern may have: each multiplies the ways to match.
const BRACE_LIMIT: usize = 4;
/// Directories that no pattern looks into: they hold installed packages and history, never the app's own files.
const UNSEARCHED: [&str; 2] = [".git", "node_modules"];

impl App {
    /// The files that match a pattern, sorted by path.
    ///
    /// `*`, `?` and `[ab]` stay within a name, `**` is any number of directories, `{a,b}` are alternatives.
    pub fn find_files(&self, pattern: &str) -> Result<Vec<String>, AppError> {
        self.find(pattern, |place| matches!(place, Place::File(_)))
    }

    /// The directories that match a pattern, sorted by path. The root is not among them.
    pub fn find_directories(&self, pattern: &str) -> Result<Vec<String>, AppError> {
        self.find(pattern, |place| matches!(place, Place::Directory(_)))
    }

    /// The paths that match `pattern` and lead to a place that is `wanted`.
    fn find(&self, pattern: &str, wanted: fn(&Place) -> bool) -> Result<Vec<String>, AppError> {
        if pattern.matches('{').count() > BRACE_LIMIT {
            return Err(AppError::PatternTooComplex {
                pattern: pattern.to_owned(),
                limit: BRACE_LIMIT,
            });
        }
        let known = self.tree.find(pattern);
        let known = known.map_err(|reason| AppError::io(".", reason))?;
        let pattern = Pattern::new(pattern);
        let mut found = match known {
            Some(known) => self.choose(known, &pattern, wanted)?,
            None => self.search(&pattern, wanted)?,
        };
        found.sort();
        Ok(found)
    }

    /// Those of `known` that match.
    fn choose(
        &self,
        known: Vec<(String, EntryKind)>,
        pattern: &Pattern<'_>,
        wanted: fn(&Place) -> bool,
    ) -> Result<Vec<String>, AppError> {
        self.count_searched(known.len())?;
        let mut found = Vec::new();
        for (path, kind) in known {
            let is_searched = match path.rsplit_once('/') {
                Some((directory, _)) => !directory.split('/').any(is_unsearched),
                None => true,
            };
            if is_searched
                && pattern.is_match(&path)
                && self.is_wanted(&kind, || path.clone(), wanted)?
            {
                found.push(path);
            }
        }
        Ok(found)
    }

    /// Goes through the directories in which something can match.
    fn search(
        &self,
        pattern: &Pattern<'_>,
        wanted: fn(&Place) -> bool,
    ) -> Result<Vec<String>, AppError> {
        let mut found = Vec::new();
        let mut directories = vec![(String::new(), pattern.start())];
        while let Some((directory, places)) = directories.pop() {
            let listing = self.list(&directory)?;
            self.count_searched(listing.len().max(1))?;
            for entry in listing.iter() {
                let path = || join(&directory, &entry.name);
                let (is_match, below) = pattern.step(&places, &entry.name, path);
                if is_match && self.is_wanted(&entry.kind, path, wanted)? {
                    found.push(path());
                }
                if entry.kind == EntryKind::Directory
                    && !is_unsearched(&entry.name)
                    && pattern.goes_on(&below)
                {
                    directories.push((path(), below));
                }
            }
        }
        Ok(found)
    }

    fn count_searched(&self, names: usize) -> Result<(), AppError> {
        self.searched.set(self.searched.get() + names);
        if self.searched.get() > SEARCH_LIMIT {
            return Err(AppError::TooMuchToSearch {
                limit: SEARCH_LIMIT,
            });
        }
        Ok(())
    }

    /// Whether an entry of a real directory leads to a place that is `wanted`; only links have to be followed.
    fn is_wanted(
        &self,
        kind: &EntryKind,
        path: impl Fn() -> String,
        wanted: fn(&Place) -> bool,
    ) -> Result<bool, AppError> {
        Ok(wanted(&match kind {
            EntryKind::File => Place::File(String::new()),
            EntryKind::Directory => Place::Directory(String::new()),
            EntryKind::Special => Place::Special,
            EntryKind::Link(_) => self.find_place(&path())?,
        }))
    }
}

fn is_unsearched(name: &str) -> bool {
    UNSEARCHED.contains(&name)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::SEARCH_LIMIT;
    use crate::analyze::app::memory::app;
    use crate::analyze::app::{App, Entry, EntryKind, Tree};

    #[test]
    fn patterns_find_files_in_the_order_of_their_paths() {
        let app = app();
        let files = |pattern: &str| app.find_files(pattern).unwrap();
        assert_eq!(files("**/*.txt"), ["a/x/deep.txt", "b.txt"]);
        assert_eq!(files("{c,b}.txt"), ["b.txt"]);
        assert_eq!(files("*"), ["b.txt", "to-b"]);
        assert_eq!(files("a/*"), ["a/.hidden", "a/up"]);
        assert_eq!(files("a/{x,y}/*.txt"), ["a/x/deep.txt"]);
        assert_eq!(files("{a/x,b}/*.txt"), ["a/x/deep.txt"]);
        assert_eq!(files("a/x/deep.txt"), ["a/x/deep.txt"]);
        assert_eq!(
            app.find_directories("*").unwrap(),
            [".git", "a", "node_modules", "to-a"]
        );
        assert_eq!(
            app.find_directories("**/node_modules").unwrap(),
            ["a/node_modules", "node_modules"]
        );
    }

    #[test]
    fn what_a_tree_finds_itself_is_chosen_from() {
        struct Knowing;
        impl Tree for Knowing {
            fn list(&self, directory: &str, _: usize) -> io::Result<Vec<Entry>> {
                let link = EntryKind::Link("../../a.txt".to_owned());
                let entries = match directory {
                    "" => vec![("a.txt", EntryKind::File), ("b", EntryKind::Directory)],
                    "b" => vec![("d.txt", EntryKind::Directory)],
                    "b/d.txt" => vec![("e.txt", link)],
                    _ => Vec::new(),
                };
                let entries = entries.into_iter().map(|(name, kind)| Entry {
                    name: name.to_owned(),
                    kind,
                });
                Ok(entries.collect())
            }
            fn find(&self, pattern: &str) -> io::Result<Option<Vec<(String, EntryKind)>>> {
                let known = [
                    ("b/c.txt", EntryKind::File),
                    ("b", EntryKind::Directory),
                    ("a.txt", EntryKind::File),
                    ("b/d.txt", EntryKind::Directory),
                    ("b/d.txt/e.txt", EntryKind::Link("../../a.txt".to_owned())),
                    ("b/d.txt/f.txt", EntryKind::Link("nowhere".to_owned())),
                    ("b/node_modules/g.txt", EntryKind::File),
                    ("b/node_modules", EntryKind::Directory),
                ];
                let known = known.map(|(path, kind)| (path.to_owned(), kind));
                Ok((pattern != "*").then(|| known.into()))
            }
            fn read(&self, _: &str, _: u64) -> io::Result<Vec<u8>> {
                Ok(Vec::new())
            }
        }
        let app = App::new(Knowing);
        let found = app.find_files("**/*.txt").unwrap();
        assert_eq!(found, ["a.txt", "b/c.txt", "b/d.txt/e.txt"]);
        let found = app.find_directories("**/{node_modules,d.txt}").unwrap();
        assert_eq!(found, ["b/d.txt", "b/node_modules"]);
        assert_eq!(app.find_files("*").unwrap(), ["a.txt"]);
        app.searched.set(SEARCH_LIMIT);
        assert!(app.find_files("**/*.txt").is_err());
    }

    #[test]
    fn a_pattern_with_too_many_ways_to_match_is_refused() {
        let error = app().find_files("{a,b}{a,b}{a,b}{a,b}{a,b}").unwrap_err();
        insta::assert_snapshot!(error, @"the pattern `{a,b}{a,b}{a,b}{a,b}{a,b}` has more than 4 groups of alternatives in braces");
    }

    #[test]
    fn searching_has_an_end() {
        let app = app();
        app.searched.set(SEARCH_LIMIT - 100);
        let mut results = (0..100).map(|_| app.find_files("**"));
        assert!(results.next().unwrap().is_ok());
        insta::assert_snapshot!(results.find_map(Result::err).unwrap(), @"patterns were compared with more than 50000000 names of files and directories");
    }
}
