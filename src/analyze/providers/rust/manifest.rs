//! What planning reads of `Cargo.toml` (<https://doc.rust-lang.org/cargo/reference/manifest.html>).

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::{Table, Value};

use crate::analyze::app::{App, AppError};

/// The file that makes a directory a package or a workspace.
pub(super) const MANIFEST: &str = "Cargo.toml";

/// A manifest. What a workspace hands down (`edition.workspace = true`) is a table here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(super) struct Manifest {
    pub(super) package: Option<Package>,
    lib: Option<Target>,
    bin: Vec<Target>,
    bench: Vec<Target>,
    example: Vec<Target>,
    test: Vec<Target>,
    pub(super) workspace: Option<Workspace>,
    dependencies: Table,
    build_dependencies: Table,
    dev_dependencies: Table,
    patch: Table,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(super) struct Package {
    pub(super) name: String,
    edition: Option<Value>,
    rust_version: Option<Value>,
    pub(super) default_run: Option<String>,
    build: Option<Value>,
    autobins: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Target {
    name: Option<String>,
    path: Option<String>,
    required_features: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(super) struct Workspace {
    pub(super) members: Vec<String>,
    pub(super) default_members: Vec<String>,
    pub(super) exclude: Vec<String>,
    package: Inherited,
}

/// What the packages of a workspace may inherit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Inherited {
    edition: Option<String>,
    rust_version: Option<String>,
}

impl Manifest {
    /// The manifest in a directory; the app's directory is the empty text.
    pub(super) fn read(app: &App, directory: &str) -> Result<Self, AppError> {
        app.read_toml(&in_directory(directory, MANIFEST))
    }

    pub(super) fn edition(&self) -> Option<&str> {
        let inherited = || self.workspace.as_ref()?.package.edition.as_deref();
        let package = self.package.as_ref();
        let own = package.and_then(|package| package.edition.as_ref()?.as_str());
        own.or_else(inherited)
    }

    pub(super) fn rust_version(&self) -> Option<&str> {
        let inherited = || self.workspace.as_ref()?.package.rust_version.as_deref();
        let package = self.package.as_ref();
        let own = package.and_then(|package| package.rust_version.as_ref()?.as_str());
        own.or_else(inherited)
    }

    /// Whether it names a library, which then has to be there.
    pub(super) fn names_library(&self) -> bool {
        self.lib.as_ref().is_some_and(|lib| lib.name.is_some())
    }

    /// Whether Cargo reads more than this manifest, `src/main.rs` and `src/lib.rs` before it compiles a dependency.
    pub(super) fn names_files(&self) -> bool {
        let is_elsewhere = |target: &Target| {
            let path = target.path.as_deref();
            path.is_some_and(|path| !matches!(path, "src/main.rs" | "src/lib.rs"))
        };
        // A program that has a name of its own is looked for at a path of that name.
        let is_named = |target: &Target| target.path.is_none();
        let names_others = [&self.bench, &self.example, &self.test]
            .iter()
            .any(|targets| !targets.is_empty());
        let starts_another = self.package.as_ref().is_some_and(|package| {
            let start = package.default_run.as_ref();
            start.is_some_and(|start| *start != package.name)
        });
        let script = self
            .package
            .as_ref()
            .and_then(|package| package.build.as_ref());
        let dependencies = [
            &self.dependencies,
            &self.build_dependencies,
            &self.dev_dependencies,
        ];
        let patches = self.patch.values().filter_map(Value::as_table);
        let has_path = |dependency: &Value| dependency.get("path").is_some();
        self.workspace.is_some()
            || names_others
            || starts_another
            || script.is_some_and(Value::is_str)
            || self.lib.iter().any(is_elsewhere)
            || self.bin.iter().any(is_elsewhere)
            || self.bin.iter().any(is_named)
            || dependencies
                .into_iter()
                .chain(patches)
                .any(|table| table.values().any(has_path))
    }

    /// The names of the programs that `cargo build` makes of the package in a directory, that of `src/main.rs` first
    /// (<https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery>).
    pub(super) fn programs(&self, app: &App, directory: &str) -> Result<Vec<String>, AppError> {
        let Some(package) = &self.package else {
            return Ok(Vec::new());
        };
        let mut found: Vec<(String, String)> = Vec::new();
        if package.autobins != Some(false) {
            let main = in_directory(directory, "src/main.rs");
            if app.has(&main)? {
                found.push((package.name.clone(), "src/main.rs".to_owned()));
            }
            let programs = in_directory(directory, "src/bin");
            if app.has(&programs)? {
                let files =
                    app.find_files(&format!("{}/{{*.rs,*/main.rs}}", escaped(&programs)))?;
                for file in files {
                    let rest = file.strip_prefix(&format!("{programs}/")).unwrap_or(&file);
                    let name = rest
                        .strip_suffix("/main.rs")
                        .or_else(|| rest.strip_suffix(".rs"));
                    if let Some(name) = name {
                        found.push((name.to_owned(), format!("src/bin/{rest}")));
                    }
                }
            }
        }
        for target in &self.bin {
            let Some(name) = &target.name else { continue };
            found.retain(|(other, path)| other != name && target.path.as_deref() != Some(path));
            // Only built if a feature is switched on.
            if target.required_features.is_empty() {
                found.push((name.clone(), String::new()));
            }
        }
        let mut seen = BTreeSet::new();
        found.retain(|(name, _)| seen.insert(name.clone()));
        Ok(found.into_iter().map(|(name, _)| name).collect())
    }
}

/// A path in a directory; the app's directory is the empty text.
pub(super) fn in_directory(directory: &str, path: &str) -> String {
    if directory.is_empty() {
        path.to_owned()
    } else {
        format!("{directory}/{path}")
    }
}

/// A path as a pattern that matches itself alone.
fn escaped(path: &str) -> String {
    let mut pattern = String::new();
    for character in path.chars() {
        if "*?[]{}!\\".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
