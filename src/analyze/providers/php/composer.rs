//! What planning reads of `composer.json` (<https://getcomposer.org/doc/04-schema.md>).

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::analyze::app::App;
use crate::analyze::error::AnalyzeError;

pub(super) const COMPOSER_FILE: &str = "composer.json";
/// What extensions of PHP are called as packages.
const EXTENSION_PREFIX: &str = "ext-";

/// The packages that an app requires, and what is needed to install them.
#[derive(Debug, Default)]
pub(super) struct Composer {
    require: Map<String, Value>,
    /// Whether installing reads more of the app than the files of Composer.
    pub(super) reads_sources: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ComposerFile {
    require: Value,
    autoload: Value,
    #[serde(rename = "autoload-dev")]
    autoload_dev: Value,
    repositories: Value,
    extra: Value,
}

impl Composer {
    /// Reads the app's `composer.json`; `None` where there is none.
    pub(super) fn read(app: &App) -> Result<Option<Self>, AnalyzeError> {
        if !app.has(COMPOSER_FILE)? {
            return Ok(None);
        }
        let file: ComposerFile = app.read_json(COMPOSER_FILE)?;
        // Classes are looked for when the autoloader is written; patches are applied, and archives and directories copied, when
        // packages are installed.
        let reads_sources = [&file.autoload, &file.autoload_dev]
            .iter()
            .any(|autoload| !is_empty(&autoload["classmap"]))
            || has_local_repository(&file.repositories)
            || !is_empty(&file.extra["patches"]);
        let require = match file.require {
            Value::Object(require) => require,
            // PHP writes an empty object this way.
            value if is_empty(&value) => Map::new(),
            value => {
                return Err(AnalyzeError::Value {
                    place: app.place_in_json(COMPOSER_FILE, &["require"])?,
                    found: value.to_string(),
                    expected: "an object of packages and their versions".into(),
                });
            }
        };
        Ok(Some(Self {
            require,
            reads_sources,
        }))
    }

    /// The version of PHP that is required.
    pub(super) fn php(&self, app: &App) -> Result<Option<&str>, AnalyzeError> {
        match self.require.get("php") {
            None => Ok(None),
            Some(Value::String(version)) => Ok(Some(version)),
            Some(other) => Err(AnalyzeError::Value {
                place: app.place_in_json(COMPOSER_FILE, &["require", "php"])?,
                found: other.to_string(),
                expected: "a version in quotes, such as \"^8.2\"".into(),
            }),
        }
    }

    /// The extensions of PHP that are required, in order of their names.
    pub(super) fn extensions(&self, app: &App) -> Result<Vec<String>, AnalyzeError> {
        let mut extensions = Vec::new();
        for package in self.require.keys() {
            let Some(name) = package.strip_prefix(EXTENSION_PREFIX) else {
                continue;
            };
            let is_plain =
                |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
            if name.is_empty() || !name.chars().all(is_plain) {
                return Err(AnalyzeError::Value {
                    place: app.place_in_json(COMPOSER_FILE, &["require", package])?,
                    found: package.clone(),
                    expected: "the name of an extension, such as ext-intl".into(),
                });
            }
            // Composer has a name of its own for this one.
            let name = if name.eq_ignore_ascii_case("zend-opcache") {
                "opcache"
            } else {
                name
            };
            extensions.push(name.to_owned());
        }
        extensions.sort();
        Ok(extensions)
    }

    /// Whether a package with this in its name is required.
    pub(super) fn has_package_like(&self, part: &str) -> bool {
        self.require.keys().any(|package| package.contains(part))
    }
}

/// Whether a field is not there, or holds nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// Whether packages come from directories or archives of the app. Repositories are in a list or an object.
fn has_local_repository(repositories: &Value) -> bool {
    let is_local =
        |repository: &Value| matches!(repository["type"].as_str(), Some("path" | "artifact"));
    match repositories {
        Value::Array(list) => list.iter().any(is_local),
        Value::Object(object) => object.values().any(is_local),
        _ => false,
    }
}
