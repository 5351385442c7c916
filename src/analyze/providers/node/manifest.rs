//! The file that describes a package.
//!
//! All package managers read `package.json`; pnpm also reads two others where that one is not there
//! (<https://github.com/pnpm/pnpm/tree/v10.0.0/pkg-manifest/read-project-manifest>).

use super::package_json::PackageJson;
use crate::analyze::app::{App, AppError};

/// In what a package's manifest is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manifest {
    /// `package.json`, which all package managers read.
    Json,
    /// `package.json5`.
    Json5,
    /// `package.yaml`.
    Yaml,
}

impl Manifest {
    /// All of them, in the order in which they count.
    const ALL: [Self; 3] = [Self::Json, Self::Json5, Self::Yaml];

    /// The name of the file.
    pub(super) const fn file_name(self) -> &'static str {
        match self {
            Self::Json => "package.json",
            Self::Json5 => "package.json5",
            Self::Yaml => "package.yaml",
        }
    }

    /// The manifest of a directory, if there is one.
    pub(super) fn find(app: &App, directory: &str) -> Result<Option<Self>, AppError> {
        for manifest in Self::ALL {
            if app.has(&manifest.path(directory))? {
                return Ok(Some(manifest));
            }
        }
        Ok(None)
    }

    /// The manifest with this path, and its directory; `None` if the file is no manifest.
    pub(super) fn of_path(path: &str) -> Option<(&str, Self)> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut all = Self::ALL.into_iter();
        let manifest = all.find(|manifest| manifest.file_name() == name)?;
        Some((directory, manifest))
    }

    /// Its path in a directory.
    pub(super) fn path(self, directory: &str) -> String {
        if directory.is_empty() {
            self.file_name().to_owned()
        } else {
            format!("{directory}/{}", self.file_name())
        }
    }

    /// What it says in a directory.
    pub(super) fn read(self, app: &App, directory: &str) -> Result<PackageJson, AppError> {
        let path = self.path(directory);
        match self {
            Self::Json => app.read_json(&path),
            Self::Json5 => app.read_json5(&path),
            Self::Yaml => app.read_yaml(&path),
        }
    }
}
