//! Which files are transferred together for planning.

use std::collections::{BTreeMap, BTreeSet};

use super::listing::ListedFiles;
use crate::gateway::Reference;

/// The largest file that comes unasked with another one, in bytes, and how many come.
pub(super) const COMPANION_SIZE: u64 = 256 << 10;
const COMPANIONS: usize = 1000;

/// A path, and those that are likely to be read next.
pub(super) fn companions(
    path: &str,
    known: &ListedFiles,
    fetched: &BTreeMap<String, Reference>,
) -> BTreeSet<String> {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let wanted = name(path);
    let is_at_root = !path.contains('/');
    let others = known
        .iter()
        .filter(|(other, size)| {
            let (other, size) = (*other, **size);
            let is_near = (is_at_root && !other.contains('/')) || name(other) == wanted;
            is_near && size <= COMPANION_SIZE && !fetched.contains_key(other)
        })
        .map(|(other, _)| other.clone())
        .take(COMPANIONS);
    others.chain([path.to_owned()]).collect()
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
            ["a/package.json", "b/package.json", "package.json"]
        );
    }

    #[test]
    fn a_path_as_a_pattern_is_that_path_alone() {
        assert_eq!(escaped("!a/[id].ts*!"), r"\!a/\[id\].ts\*!");
    }
}
