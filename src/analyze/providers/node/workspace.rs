//! The packages of a workspace (<https://docs.npmjs.com/cli/using-npm/workspaces>, <https://pnpm.io/workspaces>).

use std::collections::BTreeSet;
use std::iter;

use serde::Deserialize;

use super::manifest::Manifest;
use super::package_json::{PackageJson, null_as_default};
use crate::analyze::app::{App, AppError};
use crate::analyze::messages::Messages;
use crate::plan::quote;

/// Where pnpm looks for the patterns of the packages' directories, and nowhere else.
const PNPM_FILE: &str = "pnpm-workspace.yaml";

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
#[expect(
    clippy::struct_field_names,
    reason = "package.json is what everybody calls it"
)]
pub(super) struct Package {
    /// Its directory; empty for the app itself.
    pub(super) directory: String,
    /// The file that describes it.
    pub(super) manifest: Manifest,
    pub(super) package_json: PackageJson,
}

impl Workspace {
    pub(super) fn read(app: &App) -> Result<Self, AppError> {
        let mut root = Package::read(app, "")?;
        if app.has(PNPM_FILE)? {
            let patterns = app.read_yaml::<PnpmWorkspace>(PNPM_FILE)?.packages;
            if !patterns.is_empty() {
                root.package_json.workspaces = patterns;
            }
        }
        let mut directories = BTreeSet::new();
        for pattern in &root.package_json.workspaces {
            let excluded = pattern.strip_prefix('!');
            for manifest in app.find_files(&manifest_pattern(excluded.unwrap_or(pattern)))? {
                let Some((directory, _)) = Manifest::of_path(&manifest) else {
                    continue;
                };
                if directory.is_empty() {
                    continue;
                }
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

    /// Warns of a package of a workspace whose other packages are not there, so that nothing can install it.
    pub(super) fn warn_if_elsewhere(
        &self,
        app: &App,
        messages: &mut Messages,
    ) -> Result<(), AppError> {
        if !self.members.is_empty() {
            return Ok(());
        }
        let Some((field, name, version)) = self.root.package_json.workspace_dependency() else {
            return Ok(());
        };
        let manifest = self.root.manifest.path("");
        messages.warning(format!(
            "{}: {} stands for a package of the workspace, and here is no other; plan the root of the workspace, and name this package with --app-dir",
            app.place_in_json(&manifest, &[field, name])?,
            quote(version)
        ));
        Ok(())
    }

    /// All packages, the app's own first.
    pub(super) fn packages(&self) -> impl Iterator<Item = &Package> {
        iter::once(&self.root).chain(&self.members)
    }
}

impl Package {
    pub(super) fn read(app: &App, directory: &str) -> Result<Self, AppError> {
        let manifest = Manifest::find(app, directory)?.unwrap_or(Manifest::Json);
        Ok(Self {
            directory: directory.to_owned(),
            manifest,
            package_json: manifest.read(app, directory)?,
        })
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

    /// A field of its manifest, as messages name it. `field` is the way to it, such as `engines > node`.
    pub(super) fn place(&self, field: &str) -> String {
        format!("{} > {field}", self.manifest.path(&self.directory))
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

/// What planning reads of `pnpm-workspace.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PnpmWorkspace {
    #[serde(deserialize_with = "null_as_default")]
    packages: Vec<String>,
}

/// The pattern of the manifests in directories. It matches more, but has no group in braces, of which a pattern may hold few.
fn manifest_pattern(directories: &str) -> String {
    let directories = directories.trim_start_matches("./").trim_end_matches('/');
    format!("{directories}/package.*")
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
                r#"{"workspaces": ["./packages/*", "tools/**", "!packages/old", "one/", "../up", "/", "", "x{a,b}{c,d}{e,f}{g,h}"]}"#,
            )
            .file("packages/a/package.json", "{}")
            .file("packages/b/c/package.json", "{}")
            .file("packages/old/package.json", "{")
            .file("tools/x/y/package.json", "{}")
            .file("one/package.json", "{}")
            .file("one/package.json.old", "{")
            .file("packages/x/package.json.old", "{")
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
    fn pnpm_has_a_file_of_its_own_and_manifests_in_json5_and_yaml() {
        let directories = |file: &str| {
            let app = Memory::default()
                .file("package.json5", "{workspaces: ['tools'], name: 'root',}")
                .file("pnpm-workspace.yaml", file)
                .file("apps/web/package.json5", "{name: 'web'}")
                .file("apps/both/package.json", r#"{"name": "json"}"#)
                .file("apps/both/package.json5", "{name: 'json5'}")
                .file(
                    "apps/api/package.yaml",
                    "name: api\nscripts:\n  start: node .\n",
                )
                .file("apps/web/package.yaml", "name: yaml")
                .file("apps/test/package.json", "{}")
                .file("tools/package.json", "{}")
                .app();
            let workspace = Workspace::read(&app).unwrap();
            assert_eq!(workspace.root.name(), Some("root"));
            let members = workspace.members.into_iter();
            let names = members.map(|member| format!("{} {:?}", member.directory, member.name()));
            names.collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            directories("packages:\n  - 'apps/*'\n  - '!**/test'\ncatalog:\n  ms: 2\n"),
            "apps/api Some(\"api\"), apps/both Some(\"json\"), apps/web Some(\"web\")"
        );
        for without_packages in ["", "allowBuilds:\n  esbuild: true\n", "packages:\n"] {
            assert_eq!(directories(without_packages), "tools None");
        }
    }

    #[test]
    fn a_package_without_the_rest_of_its_workspace_is_told() {
        let told = |root: &str| {
            let app = Memory::default()
                .file("package.json", root)
                .file("a/package.json", "{}")
                .app();
            let mut messages = Messages::default();
            let workspace = Workspace::read(&app).unwrap();
            workspace.warn_if_elsewhere(&app, &mut messages).unwrap();
            let told = messages.to_vec().into_iter().map(|message| message.text);
            told.collect::<Vec<_>>().join("\n")
        };
        let member = "{\n  \"dependencies\": { \"ms\": \"2\" },\n  \"devDependencies\": { \"@org/ui\": \"workspace:^\" }\n}";
        insta::assert_snapshot!(told(member), @"package.json:3:35: `workspace:^` stands for a package of the workspace, and here is no other; plan the root of the workspace, and name this package with --app-dir");
        assert_eq!(told(r#"{"dependencies": {"ms": "2"}}"#), "");
        let root = r#"{"workspaces": ["a"], "dependencies": {"a": "workspace:*"}}"#;
        assert_eq!(told(root), "");
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
