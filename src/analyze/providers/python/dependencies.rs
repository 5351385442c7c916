//! The packages that an app names, by all of its manifests.
//!
//! Which of them a build installs is for the package manager to say; here it is enough that a name stands there. Names are
//! compared as `PyPI` does (<https://packaging.python.org/en/latest/specifications/name-normalization/>).

use std::collections::BTreeSet;

use crate::analyze::app::{App, AppError};

/// Where packages are named: of the app, and of the packages of a workspace.
pub(crate) const MANIFESTS: &str = "**/{requirements.txt,pyproject.toml,Pipfile}";

/// The names in an app's manifests.
#[derive(Clone, Debug, Default)]
pub(super) struct Dependencies {
    names: BTreeSet<String>,
    /// A name, and a word on the same line: its extras are among them.
    pairs: BTreeSet<(String, String)>,
}

impl Dependencies {
    pub(super) fn read(app: &App) -> Result<Self, AppError> {
        let mut dependencies = Self::default();
        for manifest in app.find_files(MANIFESTS)? {
            dependencies.add(&app.read_text(&manifest)?);
        }
        Ok(dependencies)
    }

    fn add(&mut self, text: &str) {
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let words: Vec<_> = line
                .split(|character: char| {
                    !(character.is_ascii_alphanumeric() || "-_.".contains(character))
                })
                .filter(|word| word.starts_with(|first: char| first.is_ascii_alphanumeric()))
                .map(normalized)
                .collect();
            if let Some((first, rest)) = words.split_first() {
                let extras = rest.iter().take(MAX_EXTRAS);
                self.pairs
                    .extend(extras.map(|extra| (first.clone(), extra.clone())));
            }
            self.names.extend(words);
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Whether a package is named with one of its extras: `name[extra]`, or `name = {extras = ["extra"]}`.
    pub(super) fn has_with(&self, name: &str, extra: &str) -> bool {
        self.pairs.contains(&(name.to_owned(), extra.to_owned()))
    }
}

/// How many words of a line may be extras. A line of a minified file has no end of them.
const MAX_EXTRAS: usize = 16;

/// A name as `PyPI` compares it: in lower case, with `-` for any run of `-`, `_` and `.`.
fn normalized(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;

    #[test]
    fn names_are_found_in_every_form_of_manifest() {
        let app = Memory::default()
            .file(
                "requirements.txt",
                "# django\nFlask_SQLAlchemy==3.1\npsycopg[binary,pool]>=3 ; python_version > '3'\n",
            )
            .file(
                "libs/db/pyproject.toml",
                "[project]\ndependencies = [\n  \"fastapi[standard]>=0.115\",\n]\n[tool.poetry.dependencies]\nuvicorn = {version = \"*\", extras = [\"standard\"]}\n",
            )
            .file("Pipfile", "[packages]\ngunicorn = \"*\"\n")
            .app();
        let dependencies = Dependencies::read(&app).unwrap();
        for name in [
            "flask-sqlalchemy",
            "psycopg",
            "fastapi",
            "uvicorn",
            "gunicorn",
        ] {
            assert!(dependencies.has(name), "{name}");
        }
        assert!(!dependencies.has("django") && !dependencies.has("flask"));
        assert!(dependencies.has_with("psycopg", "binary"));
        assert!(dependencies.has_with("fastapi", "standard"));
        assert!(dependencies.has_with("uvicorn", "standard"));
        assert!(!dependencies.has_with("gunicorn", "standard"));
    }
}
