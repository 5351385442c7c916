//! The packages of a workspace (<https://docs.npmjs.com/cli/using-npm/workspaces>).

use std::collections::BTreeSet;
use std::iter;

use super::MANIFEST;
use super::package_json::PackageJson;
use crate::analyze::app::{App, AppError};

/// The packages of an app.
#[derive(Clone, Debug)]
pub(super) struct Workspace {
    /// The app's own package.
    pub(super) root: Package,
    /// The others, sorted by directory.
    pub(super) members: Vec<Package>,
}

/// A package.
#[derive(Clone, Debug)]
pub(super) struct Package {
    /// Its directory; empty for the app itself.
    pub(super) directory: String,
    pub(super) package_json: PackageJson,
}

impl Workspace {
    pub(super) fn read(app: &App) -> Result<Self, AppError> {
        let root = Package::read(app, "")?;
        let mut directories = BTreeSet::new();
        for pattern in &root.package_json.workspaces {
            let excluded = pattern.strip_prefix('!');
            for manifest in app.find_files(&manifest_pattern(excluded.unwrap_or(pattern)))? {
                let Some((directory, _)) = manifest.rsplit_once('/') else {
                    continue;
                };
                if excluded.is_some() {
                    directories.remove(directory);
                } else {
                    directories.insert(directory.to_owned());
                }
            }
        }
        let members = directories
            .iter()
            .map(|directory| Package::read(app, directory))
            .collect::<Result<_, _>>()?;
        Ok(Self { root, members })
    }

    /// All packages, the app's own first.
    pub(super) fn packages(&self) -> impl Iterator<Item = &Package> {
        iter::once(&self.root).chain(&self.members)
    }
}

impl Package {
    fn read(app: &App, directory: &str) -> Result<Self, AppError> {
        let mut package = Self {
            directory: directory.to_owned(),
            package_json: PackageJson::default(),
        };
        package.package_json = app.read_json(&package.path(MANIFEST))?;
        Ok(package)
    }

    /// Its name, if it has one.
    pub(super) fn name(&self) -> Option<&str> {
        self.package_json
            .name
            .as_deref()
            .filter(|name| !name.is_empty())
    }

    /// The last part of its directory's path.
    pub(super) fn directory_name(&self) -> &str {
        self.directory.rsplit('/').next().unwrap_or(&self.directory)
    }

    /// The path of a file of the package.
    pub(super) fn path(&self, file: &str) -> String {
        if self.directory.is_empty() {
            file.to_owned()
        } else {
            format!("{}/{file}", self.directory)
        }
    }
}

fn manifest_pattern(directories: &str) -> String {
    let directories = directories.trim_start_matches("./").trim_end_matches('/');
    format!("{directories}/{MANIFEST}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;

    #[test]
    fn members_are_what_the_patterns_leave() {
        let app = Memory::default()
            .file(
                "package.json",
                r#"{"workspaces": ["./packages/*", "tools/**", "!packages/old", "one/"]}"#,
            )
            .file("packages/a/package.json", "{}")
            .file("packages/b/c/package.json", "{}")
            .file("packages/old/package.json", "{")
            .file("tools/x/y/package.json", "{}")
            .file("one/package.json", "{}")
            .file("packages/readme.md", "")
            .app();
        let members = Workspace::read(&app).unwrap().members;
        let directories: Vec<_> = members
            .iter()
            .map(|member| member.directory.as_str())
            .collect();
        assert_eq!(directories, ["one", "packages/a", "tools/x/y"]);
    }

    #[test]
    fn a_broken_member_is_an_error_with_its_place() {
        let app = Memory::default()
            .file("package.json", r#"{"workspaces": {"packages": ["a"]}}"#)
            .file("a/package.json", "{\n  \"main\": 1\n}")
            .app();
        insta::assert_snapshot!(Workspace::read(&app).unwrap_err(), @"a/package.json:2:11: invalid type: integer `1`, expected a string");
    }
}
