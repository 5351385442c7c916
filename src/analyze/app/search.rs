//! Finding files and directories by pattern.

use super::pattern::Pattern;
use super::view::{Place, SEARCH_LIMIT, join};
use super::{App, AppError, Entry, EntryKind};

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
        let pattern = Pattern::new(pattern);
        let mut found = Vec::new();
        let mut directories = vec![(String::new(), pattern.start())];
        while let Some((directory, places)) = directories.pop() {
            let listing = self.list(&directory)?;
            self.searched
                .set(self.searched.get() + listing.len().max(1));
            if self.searched.get() > SEARCH_LIMIT {
                return Err(AppError::TooMuchToSearch {
                    limit: SEARCH_LIMIT,
                });
            }
            for entry in listing.iter() {
                let path = || join(&directory, &entry.name);
                let (is_match, below) = pattern.step(&places, &entry.name, path);
                if is_match && self.is_wanted(entry, path, wanted)? {
                    found.push(path());
                }
                if entry.kind == EntryKind::Directory
                    && !UNSEARCHED.contains(&entry.name.as_str())
                    && pattern.goes_on(&below)
                {
                    directories.push((path(), below));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Whether an entry of a real directory leads to a place that is `wanted`; only links have to be followed.
    fn is_wanted(
        &self,
        entry: &Entry,
        path: impl Fn() -> String,
        wanted: fn(&Place) -> bool,
    ) -> Result<bool, AppError> {
        Ok(wanted(&match &entry.kind {
            EntryKind::File => Place::File(String::new()),
            EntryKind::Directory => Place::Directory(String::new()),
            EntryKind::Special => Place::Special,
            EntryKind::Link(_) => self.find_place(&path())?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::SEARCH_LIMIT;
    use crate::analyze::app::memory::app;

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
