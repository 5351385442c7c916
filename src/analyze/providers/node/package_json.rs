//! `package.json`, as far as planning reads it (<https://docs.npmjs.com/cli/configuring-npm/package-json>).

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::dev_engines::DevEngines;

/// What a dependency on a directory or an archive of the app starts with.
const LOCAL: [&str; 3] = ["file:", "./", "../"];

/// What planning reads of a `package.json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct PackageJson {
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) scripts: BTreeMap<String, String>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) dependencies: BTreeMap<String, String>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) dev_dependencies: BTreeMap<String, String>,
    #[serde(deserialize_with = "null_as_default")]
    optional_dependencies: BTreeMap<String, String>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) engines: BTreeMap<String, String>,
    #[serde(deserialize_with = "null_as_default")]
    pub(super) dev_engines: DevEngines,
    /// `name@version`, or `name@version+hash`.
    pub(super) package_manager: Option<String>,
    pub(super) main: Option<String>,
    /// Patterns of the directories with further packages.
    #[serde(deserialize_with = "workspace_patterns")]
    pub(super) workspaces: Vec<String>,
}

impl PackageJson {
    /// A script that is more than white space.
    pub(super) fn script(&self, name: &str) -> Option<&str> {
        self.scripts
            .get(name)
            .map(String::as_str)
            .filter(|script| !script.trim().is_empty())
    }

    /// The version asked for in `engines`.
    pub(super) fn engine(&self, name: &str) -> Option<&str> {
        self.engines
            .get(name)
            .map(|version| version.trim())
            .filter(|version| !version.is_empty())
    }

    pub(super) fn has_dependency(&self, name: &str) -> bool {
        self.dependencies.contains_key(name) || self.dev_dependencies.contains_key(name)
    }

    /// The names of its dependencies, those of development among them.
    pub(super) fn dependency_names(&self) -> impl Iterator<Item = &str> {
        let all = self.dependencies.keys().chain(self.dev_dependencies.keys());
        all.map(String::as_str)
    }

    /// Whether a dependency is a directory or archive of the app itself.
    pub(super) fn has_local_dependency(&self) -> bool {
        self.dependencies
            .values()
            .chain(self.dev_dependencies.values())
            .chain(self.optional_dependencies.values())
            .any(|version| LOCAL.iter().any(|prefix| version.starts_with(prefix)))
    }

    /// A dependency on another package of the workspace: the field, its name and the version
    /// (<https://pnpm.io/workspaces#workspace-protocol-workspace>).
    pub(super) fn workspace_dependency(&self) -> Option<(&'static str, &str, &str)> {
        let fields = [
            ("dependencies", &self.dependencies),
            ("devDependencies", &self.dev_dependencies),
            ("optionalDependencies", &self.optional_dependencies),
        ];
        fields.into_iter().find_map(|(field, dependencies)| {
            let mut dependencies = dependencies.iter();
            let (name, version) =
                dependencies.find(|(_, version)| version.starts_with("workspace:"))?;
            Some((field, name.as_str(), version.as_str()))
        })
    }

    /// The package managers that `packageManager` and `devEngines` name, in the order in which they count.
    pub(super) fn named_package_managers(&self) -> impl Iterator<Item = NamedPackageManager<'_>> {
        let field = self
            .package_manager_parts()
            .map(|(name, version)| NamedPackageManager {
                name,
                version: Some(version),
                field: "packageManager",
            });
        let engines = self.dev_engines.package_manager.iter();
        field
            .into_iter()
            .chain(engines.map(|engine| NamedPackageManager {
                name: &engine.name,
                version: engine.version(),
                field: "devEngines > packageManager",
            }))
    }

    /// The version of a package manager that `packageManager` or `devEngines` asks for, and the way to the field.
    pub(super) fn named_package_manager(&self, name: &str) -> Option<(&str, &'static str)> {
        self.named_package_managers()
            .find(|named| named.name == name)
            .and_then(|named| Some((named.version?, named.field)))
    }

    /// Name and version of the field `packageManager`; `None` if it is not of that form.
    pub(super) fn package_manager_parts(&self) -> Option<(&str, &str)> {
        let (name, version) = self.package_manager.as_deref()?.trim().split_once('@')?;
        let version = version.split('+').next().unwrap_or(version);
        if name.is_empty() || version.is_empty() || version.contains('@') {
            None
        } else {
            Some((name, version))
        }
    }
}

/// A package manager that a field of `package.json` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NamedPackageManager<'a> {
    pub(super) name: &'a str,
    pub(super) version: Option<&'a str>,
    /// The way to the field in the manifest.
    pub(super) field: &'static str,
}

pub(super) fn null_as_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The field `workspaces`: a list of patterns, or an object that holds one as `packages`.
fn workspace_patterns<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct Patterns;

    impl<'de> Visitor<'de> for Patterns {
        type Value = Vec<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of patterns, or an object that holds one as `packages`")
        }

        fn visit_unit<E>(self) -> Result<Vec<String>, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<String>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Vec<String>, A::Error> {
            let mut patterns = None;
            while let Some(name) = object.next_key::<String>()? {
                if name == "packages" {
                    patterns = object.next_value()?;
                } else {
                    object.next_value::<IgnoredAny>()?;
                }
            }
            Ok(patterns.unwrap_or_default())
        }
    }

    deserializer.deserialize_any(Patterns)
}
