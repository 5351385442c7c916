//! Paths that the engine wants with all that they lead to: links on the way, and wildcards.
//!
//! <https://github.com/tonistiigi/fsutil/blob/master/followlinks.go>

use std::collections::BTreeSet;
use std::path::Path;

use super::pattern::Patterns;
use super::tree::{Tree, mode};
use super::walk::WalkError;
use crate::plan::wildcard::clean;

/// Links and paths that are followed in all. Links can lead in circles that grow.
const MAX_STEPS: usize = 10_000;

/// Bytes of a path. A longer one leads nowhere.
const MAX_PATH_SIZE: usize = 4096;

/// The patterns that include what `paths` lead to, in order; none if that is everything.
pub(super) fn follow(
    tree: &dyn Tree,
    paths: &[String],
) -> Result<Option<Vec<String>>, FollowError> {
    let mut found = BTreeSet::new();
    // What is left to follow: where it leads so far, and the rest.
    let mut steps: Vec<(String, String)> = Vec::new();
    let mut seen = BTreeSet::new();
    let start = |path: &str| (String::new(), relative(path));
    steps.extend(paths.iter().map(|path| start(path)));
    while let Some((directory, path)) = steps.pop() {
        if path.len() > MAX_PATH_SIZE || !seen.insert((directory.clone(), path.clone())) {
            continue;
        }
        if seen.len() > MAX_STEPS {
            return Err(FollowError::TooMany);
        }
        let (name, rest) = path.split_once('/').unwrap_or((&path, ""));
        let current = join(&directory, name);
        let targets = targets(tree, &directory, name)?;
        if targets.is_empty() && !rest.is_empty() {
            steps.push((current, rest.to_owned()));
            continue;
        }
        // Through a link; through a wildcard also what it matches itself.
        steps.extend(targets.iter().map(|target| start(&join(target, rest))));
        found.insert(if current.is_empty() {
            ".".to_owned()
        } else {
            current
        });
    }
    Ok(without_inner(found.into_iter().collect()))
}

/// Leaves out paths that lie in others; none if one is the root.
pub(super) fn without_inner(paths: Vec<String>) -> Option<Vec<String>> {
    let mut outer: Vec<String> = Vec::with_capacity(paths.len());
    for path in paths {
        if path == "." {
            return None;
        }
        let last = outer.last();
        let is_inner = last.is_some_and(|last| {
            let rest = path.strip_prefix(last.as_str());
            rest.is_some_and(|rest| rest.starts_with('/'))
        });
        if !is_inner {
            outer.push(path);
        }
    }
    Some(outer)
}

/// Where the links lead that `name` is or matches.
fn targets(tree: &dyn Tree, directory: &str, name: &str) -> Result<Vec<String>, FollowError> {
    if !has_wildcard(name) {
        return Ok(target(tree, directory, name)?.into_iter().collect());
    }
    // Here `!` is no mark. A wildcard that is none matches nothing.
    let pattern = name.replacen('!', "\\!", usize::from(name.starts_with('!')));
    let Ok(pattern) = Patterns::new(&[pattern]) else {
        return Ok(Vec::new());
    };
    let Ok(names) = tree.list(Path::new(directory)) else {
        return Ok(Vec::new());
    };
    let mut targets = Vec::new();
    for name in names {
        let (none, mut matched) = Default::default();
        if let Some(name) = name.name.to_str()
            && pattern.matches(name, &none, &mut matched)
        {
            targets.extend(target(tree, directory, name)?);
        }
    }
    Ok(targets)
}

/// Where a link leads, within the tree. None for anything else, and for what is not there.
fn target(tree: &dyn Tree, directory: &str, name: &str) -> Result<Option<String>, FollowError> {
    let path = join(directory, name);
    if path.is_empty() {
        return Ok(None);
    }
    let stat = match tree.stat(Path::new(&path)) {
        Ok(facts) => facts.stat,
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(FollowError::Read(WalkError::new(Path::new(&path), error)));
        }
        Err(_) => return Ok(None),
    };
    let is_link = stat.mode & mode::SYMLINK != 0;
    Ok(is_link.then(|| match stat.linkname.strip_prefix('/') {
        Some(_) => relative(&stat.linkname),
        None => relative(&join(directory, &stat.linkname)),
    }))
}

/// A path from the root of the tree, which it does not leave.
fn relative(path: &str) -> String {
    clean(&format!("/{path}"))
        .trim_start_matches('/')
        .to_owned()
}

fn join(directory: &str, path: &str) -> String {
    match (directory, path) {
        ("", path) | (path, "") => path.to_owned(),
        (directory, path) => format!("{directory}/{path}"),
    }
}

fn has_wildcard(name: &str) -> bool {
    let mut is_escaped = false;
    name.chars().any(|character| {
        let is_wildcard = !is_escaped && matches!(character, '*' | '?' | '[');
        is_escaped = !is_escaped && character == '\\';
        is_wildcard
    })
}

/// Links that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(super) enum FollowError {
    #[error(transparent)]
    Read(WalkError),
    #[error("the links in the directory lead in circles: more than {MAX_STEPS} were followed")]
    TooMany,
}
