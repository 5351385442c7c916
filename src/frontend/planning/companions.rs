//! Which files are transferred together for planning.

use std::collections::{BTreeMap, BTreeSet};

use super::listing::ListedFiles;
use crate::gateway::Reference;

/// The largest file that comes unasked with another one, in bytes, how many come, and how many bytes they have.
pub(super) const COMPANION_SIZE: u64 = 256 << 10;
const COMPANIONS: usize = 1000;
const COMPANIONS_SIZE: u64 = 16 << 20;

/// A path, and those that are likely to be read next: beside one at the root what is there, and with all others those of the same
/// kind, as a framework's settings are looked for in all modules.
pub(super) fn companions(
    path: &str,
    known: &ListedFiles,
    fetched: &BTreeMap<String, Reference>,
) -> BTreeSet<String> {
    let is_at_root = !path.contains('/');
    let is_near = |other: &str| {
        name(other) == name(path)
            || if is_at_root {
                !other.contains('/')
            } else {
                extension(other).is_some() && extension(other) == extension(path)
            }
    };
    let mut sum = 0;
    let others = known
        .iter()
        .filter(|(other, size)| {
            is_near(other) && **size <= COMPANION_SIZE && !fetched.contains_key(*other)
        })
        .take(COMPANIONS)
        .take_while(|(_, size)| {
            sum += **size;
            sum <= COMPANIONS_SIZE
        });
    let others = others.map(|(other, _)| other.clone());
    others.chain([path.to_owned()]).collect()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn extension(path: &str) -> Option<&str> {
    name(path).rsplit_once('.').map(|(_, extension)| extension)
}

/// A pattern that matches this path alone.
pub(super) fn escaped(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for (index, character) in path.char_indices() {
        if matches!(character, '\\' | '*' | '?' | '[' | ']') || (character == '!' && index == 0) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_with_those_beside_them_and_of_the_same_name() {
        let known = [
            ("package.json", 10),
            ("large.json", COMPANION_SIZE + 1),
            ("tsconfig.json", 10),
            ("a/package.json", 10),
            ("a/index.js", 10),
            ("b/package.json", COMPANION_SIZE + 1),
            ("c/package.json", 10),
        ]
        .map(|(path, size)| (path.to_owned(), size));
        let known = ListedFiles::from(known);
        let fetched = BTreeMap::from([("c/package.json".to_owned(), Reference::scratch())]);
        let with = |path| {
            companions(path, &known, &fetched)
                .into_iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(
            with("package.json"),
            ["a/package.json", "package.json", "tsconfig.json"]
        );
        assert_eq!(with("a/index.js"), ["a/index.js"]);
        assert_eq!(
            with("b/package.json"),
            [
                "a/package.json",
                "b/package.json",
                "package.json",
                "tsconfig.json"
            ]
        );
    }

    #[test]
    fn files_of_a_kind_come_together_up_to_a_limit() {
        let known = (0..200).map(|number| (format!("a/{number}.py"), COMPANION_SIZE));
        let known = known.chain([("a/b.txt".to_owned(), 1)]).collect();
        let together = companions("a/0.py", &known, &BTreeMap::new());
        assert_eq!(together.len(), 64);
        assert!(
            together
                .iter()
                .all(|path| path.strip_suffix(".py").is_some())
        );
    }

    #[test]
    fn a_path_as_a_pattern_is_that_path_alone() {
        assert_eq!(escaped("!a/[id].ts*!"), r"\!a/\[id\].ts\*!");
    }
}
