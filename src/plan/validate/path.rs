//! Paths inside a tree.

use super::Validator;
use crate::plan::problem::Excerpt;
use crate::plan::wildcard::{check_exclude, check_wildcard};
use crate::plan::{PathFault, PathUse, ProblemKind, Span, Spanned};

/// Where the relative paths of a tree begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    /// Below `/app`: the file system of a step or of an image.
    Container,
    /// At the root: the local tree, and the images that a copy command names.
    Root,
}

/// The names that a path is made of, from the root on, with `.` and `..` resolved.
pub(super) fn resolve(path: &str, tree: Tree) -> Result<Vec<&str>, PathFault> {
    if path.is_empty() {
        return Err(PathFault::Empty);
    }
    if path.contains('\0') {
        return Err(PathFault::Nul);
    }
    let is_below_app = tree == Tree::Container && !path.starts_with('/');
    let mut names = if is_below_app {
        vec!["app"]
    } else {
        Vec::new()
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(names.pop().ok_or(PathFault::LeavesTree)?),
            _ => names.push(part),
        }
    }
    Ok(names)
}

impl Validator<'_> {
    pub(super) fn path(&mut self, path_use: PathUse, path: &str, tree: Tree, span: Option<Span>) {
        if let Err(fault) = resolve(path, tree) {
            self.path_fault(path_use, path, fault, span);
        }
    }

    pub(super) fn path_fault(
        &mut self,
        path_use: PathUse,
        path: &str,
        fault: PathFault,
        span: Option<Span>,
    ) {
        let path = Excerpt::new(path);
        self.problem(
            ProblemKind::InvalidPath {
                path_use,
                path,
                fault,
            },
            span,
        );
    }

    /// A path that may hold wildcards.
    pub(super) fn pattern(
        &mut self,
        path_use: PathUse,
        path: &str,
        tree: Tree,
        span: Option<Span>,
    ) {
        self.path(path_use, path, tree, span);
        if let Err(error) = check_wildcard(path) {
            self.problem(
                ProblemKind::InvalidWildcard {
                    pattern: Excerpt::new(path),
                    error,
                },
                span,
            );
        }
    }

    pub(super) fn excludes(&mut self, patterns: &[Spanned<String>]) {
        for pattern in patterns {
            if let Err(error) = check_exclude(pattern) {
                let kind = ProblemKind::InvalidExclude {
                    pattern: Excerpt::new(pattern),
                    error,
                };
                self.problem(kind, pattern.span);
            }
        }
    }

    /// A directory for PATH.
    pub(super) fn search_path(&mut self, path: &str, span: Option<Span>) {
        if path == "..." {
            self.problem(ProblemKind::Spread, span);
        } else if let Err(fault @ (PathFault::Empty | PathFault::Nul)) =
            resolve(path, Tree::Container)
        {
            self.path_fault(PathUse::SearchPath, path, fault, span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_paths_from_the_root_on() {
        let container = |path| resolve(path, Tree::Container);
        assert_eq!(container("a/./b//c/"), Ok(vec!["app", "a", "b", "c"]));
        assert_eq!(container("."), Ok(vec!["app"]));
        assert_eq!(container("/etc/../usr"), Ok(vec!["usr"]));
        assert_eq!(container("../root"), Ok(vec!["root"]));
        assert_eq!(container("../.."), Err(PathFault::LeavesTree));
        assert_eq!(container("/.."), Err(PathFault::LeavesTree));
        assert_eq!(container("a/../../../b"), Err(PathFault::LeavesTree));
        assert_eq!(resolve("a", Tree::Root), Ok(vec!["a"]));
        assert_eq!(resolve("../a", Tree::Root), Err(PathFault::LeavesTree));
        assert_eq!(resolve("", Tree::Root), Err(PathFault::Empty));
        assert_eq!(resolve("a\0", Tree::Root), Err(PathFault::Nul));
        assert_eq!(resolve("...", Tree::Root), Ok(vec!["..."]));
    }
}
