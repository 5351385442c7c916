//! Patterns of paths, matched name by name on the way down a tree.
//!
//! Where a pattern stands after the names so far is a set of places in it. So each name is looked at once, however deep it
//! lies, and a directory in which nothing can match is not entered.

use fast_glob::glob_match;

/// Signs with a meaning in a pattern.
const SIGNS: [char; 8] = ['*', '?', '[', ']', '{', '}', '!', '\\'];

/// A pattern, cut at its slashes.
pub(super) struct Pattern<'a> {
    text: &'a str,
    /// `None` for a pattern that cannot be cut, such as one with a slash inside of braces: paths are matched as a whole.
    parts: Option<Vec<Part<'a>>>,
}

/// What one name of a path has to be.
enum Part<'a> {
    /// `**`: any number of names.
    AnyDepth,
    /// One of these words, sorted, or what one of these patterns says.
    Name {
        words: Vec<&'a str>,
        patterns: Vec<&'a str>,
    },
}

/// The parts of a pattern that the next name may be.
#[derive(Clone)]
pub(super) struct Places(Vec<usize>);

impl<'a> Pattern<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            parts: cut(text),
        }
    }

    /// Where a pattern begins.
    pub(super) fn start(&self) -> Places {
        let mut places = Places(Vec::new());
        if let Some(parts) = &self.parts {
            places.add(0, parts);
        }
        places
    }

    /// Whether the path ends a match with this name, and where the pattern stands behind it.
    pub(super) fn step(
        &self,
        before: &Places,
        name: &str,
        path: impl FnOnce() -> String,
    ) -> (bool, Places) {
        let mut places = Places(Vec::new());
        let Some(parts) = &self.parts else {
            return (glob_match(self.text, path()), places);
        };
        let mut is_match = false;
        for place in &before.0 {
            let next = match parts.get(*place) {
                Some(Part::AnyDepth) => {
                    is_match |= place + 1 == parts.len();
                    *place
                }
                Some(Part::Name { words, patterns }) => {
                    let is_name = words.binary_search(&name).is_ok()
                        || patterns.iter().any(|pattern| glob_match(pattern, name));
                    if !is_name {
                        continue;
                    }
                    is_match |= place + 1 == parts.len();
                    place + 1
                }
                None => continue,
            };
            places.add(next, parts);
        }
        (is_match, places)
    }

    /// Whether the whole path matches.
    pub(super) fn is_match(&self, path: &str) -> bool {
        let mut places = self.start();
        let mut is_match = false;
        for name in path.split('/') {
            (is_match, places) = self.step(&places, name, || path.to_owned());
        }
        is_match
    }

    /// Whether something below can match.
    pub(super) fn goes_on(&self, places: &Places) -> bool {
        self.parts.is_none() || !places.0.is_empty()
    }
}

impl Places {
    /// Adds a place, and what is behind it if it may stand for no name at all.
    fn add(&mut self, place: usize, parts: &[Part<'_>]) {
        if place >= parts.len() || self.0.contains(&place) {
            return;
        }
        self.0.push(place);
        if matches!(parts.get(place), Some(Part::AnyDepth)) {
            self.add(place + 1, parts);
        }
    }
}

fn cut(text: &str) -> Option<Vec<Part<'_>>> {
    if text.contains('\\') {
        return None;
    }
    text.split('/')
        .map(|part| {
            if part == "**" {
                return Some(Part::AnyDepth);
            }
            // Braces that are open here are closed behind the slash. A sign that means "not" counts for the whole.
            if part.matches('{').count() != part.matches('}').count()
                || part.matches('[').count() != part.matches(']').count()
                || part.starts_with('!')
            {
                return None;
            }
            Some(alternatives(part))
        })
        .collect()
}

/// A name's pattern, taken apart where it is nothing but alternatives: most of them are plain words.
fn alternatives(part: &str) -> Part<'_> {
    let inner = part
        .strip_prefix('{')
        .and_then(|part| part.strip_suffix('}'))
        .filter(|inner| !inner.contains(['{', '}', '[', '!']));
    let (mut words, patterns): (Vec<_>, Vec<_>) = match inner {
        Some(inner) => inner.split(',').partition(|word| !word.contains(SIGNS)),
        None => [part].into_iter().partition(|word| !word.contains(SIGNS)),
    };
    words.sort_unstable();
    Part::Name { words, patterns }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_matched_as_whole_paths_would_be() {
        let patterns = [
            "*",
            "**",
            "a",
            "a/*",
            "a/**",
            "**/a",
            "**/*.js",
            "**/{a.js,b,*.ts}",
            "a/**/b",
            "a/**/b/**/c.js",
            "**/a/**",
            "a/?/c.js",
            "{a,b}/c.js",
            "{a/b,b}/c.js",
            "[ab]/c.js",
            "a/{b,c*}",
            "**/**/c.js",
            "!a",
            "a*/b",
            "./a",
            "a//b",
            "",
        ];
        let paths = [
            "a",
            "b",
            "a/b",
            "b/a",
            "a/a",
            "a/b/c.js",
            "a/c.js",
            "b/c.js",
            "c.js",
            "x.ts",
            "a/b/x.ts",
            "a/x/b",
            "a/x/y/b",
            "a/b/x/c.js",
            "a/x/b/y/c.js",
            ".a",
            "a/.b",
            "ab/b",
            "a.js",
        ];
        for pattern in patterns {
            for path in paths {
                assert_eq!(
                    Pattern::new(pattern).is_match(path),
                    glob_match(pattern, path),
                    "{pattern} {path}"
                );
            }
        }
    }

    #[test]
    fn a_directory_in_which_nothing_can_match_is_known() {
        let goes_on = |pattern: &str, name: &str| {
            let pattern = Pattern::new(pattern);
            let (_, places) = pattern.step(&pattern.start(), name, || name.to_owned());
            pattern.goes_on(&places)
        };
        assert!(goes_on("a/b", "a"));
        assert!(goes_on("**/b", "a"));
        assert!(!goes_on("a/b", "b"));
        assert!(!goes_on("a", "a"));
        assert!(!goes_on("*", "a"));
    }
}
