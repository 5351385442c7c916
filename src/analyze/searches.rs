//! What the analysis of an app will most likely look for below its root, told from what is at the root: it can be brought
//! before the analysis asks for it. A wrong guess costs time and nothing else.

use std::collections::BTreeSet;

use super::providers::searched::{
    COMPOSER_FILES, DJANGO_FILES, INSTALL_FILES, MODULE_FILES, PYTHON_MANIFESTS,
};

/// What of an app's names is asked for, beside those at the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LikelySearch {
    /// What matches these patterns.
    pub(crate) patterns: Vec<&'static str>,
    /// What is in some directories.
    pub(crate) is_explored: bool,
}

/// What is searched for where one of these names is at the root.
const SEARCHES: [(&[&str], &[&str]); 5] = [
    (&["composer.json"], &COMPOSER_FILES),
    (&["go.mod", "go.work", "main.go"], &[MODULE_FILES]),
    (&["manage.py"], &[DJANGO_FILES]),
    (
        &["package.json", "package.json5", "package.yaml"],
        &[INSTALL_FILES],
    ),
    (
        &["Pipfile", "pyproject.toml", "requirements.txt"],
        &[PYTHON_MANIFESTS],
    ),
];

/// What is at the root of apps whose directories are looked into one by one: crates, workspaces, plugins of a package manager,
/// several programs, frameworks. Rails apps have both of the last ones.
const OF_EXPLORED_APPS: [&[&str]; 8] = [
    &[".yarn"],
    &["Cargo.toml"],
    &["artisan"],
    &["cmd"],
    &["go.work"],
    &["manage.py"],
    &["pnpm-workspace.yaml"],
    &["Gemfile", "config"],
];

/// The field of a package.json that makes it a workspace.
const WORKSPACES: &str = "\"workspaces\"";

/// What the analysis of an app with these names at its root, and this package.json, most likely asks for.
pub(crate) fn likely_search(root: &BTreeSet<&str>, package_json: &str) -> LikelySearch {
    let has = |name: &&str| root.contains(name);
    let is_explored = OF_EXPLORED_APPS.iter().any(|names| names.iter().all(has));
    let searches = SEARCHES.iter().filter(|(names, _)| names.iter().any(has));
    let patterns = searches.flat_map(|(_, patterns)| *patterns);
    LikelySearch {
        patterns: patterns.copied().collect(),
        is_explored: is_explored || package_json.contains(WORKSPACES),
    }
}
