//! Which Python an app asks for.

use serde::Deserialize;

use super::package_manager::PIPFILE;
use crate::analyze::app::AppError;
use crate::analyze::context::Context;

const PYTHON: &str = "python";
const DEFAULT_VERSION: &str = "3.13";
/// The file in which Heroku's apps name their Python: `python-3.12.1`.
const RUNTIME_FILE: &str = "runtime.txt";

/// What planning reads of a `Pipfile` (<https://github.com/pypa/pipfile>).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pipfile {
    requires: Requires,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Requires {
    python_full_version: Option<String>,
    python_version: Option<String>,
}

/// Installs Python: in the version of the setting, else of the files that mise reads, else of `runtime.txt`, else of the
/// `Pipfile`, else the default.
pub(super) fn request(context: &mut Context<'_>) -> Result<(), AppError> {
    context
        .mise
        .install(&mut context.packages, PYTHON, DEFAULT_VERSION);
    if context.app.has(PIPFILE)? {
        let requires = context.app.read_toml::<Pipfile>(PIPFILE)?.requires;
        let fields = [
            ("python_full_version", requires.python_full_version),
            ("python_version", requires.python_version),
        ];
        let asked = fields
            .into_iter()
            .find_map(|(field, version)| Some((field, version?)));
        if let Some((field, version)) = asked {
            let origin = format!("{PIPFILE} > {field}");
            context.packages.request(PYTHON, &version, &origin);
        }
    }
    if context.app.has(RUNTIME_FILE)?
        && let Some(version) = numbers(&context.app.read_text(RUNTIME_FILE)?)
    {
        context.packages.request(PYTHON, version, RUNTIME_FILE);
    }
    // Compiling Python takes minutes, and packages have no wheels for what is so new or old that it must be.
    context
        .mise
        .settings
        .insert("python.compile".to_owned(), false.into());
    Ok(())
}

/// The files of mise, then the setting.
pub(super) fn follow(context: &mut Context<'_>) -> Result<(), AppError> {
    context.follow_files_then_setting(PYTHON, "PYTHON_VERSION")
}

/// The first version in a text, of up to three numbers.
fn numbers(text: &str) -> Option<&str> {
    let start = text.find(|character: char| character.is_ascii_digit())?;
    let rest = text.get(start..)?;
    let end = rest
        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
        .unwrap_or(rest.len());
    let version = rest.get(..end)?.trim_end_matches('.');
    let end = version.match_indices('.').nth(2).map(|(end, _)| end);
    end.map_or(Some(version), |end| version.get(..end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_a_text() {
        for (text, expected) in [
            ("python-3.12.1\n", Some("3.12.1")),
            ("3.11", Some("3.11")),
            ("python-3.13.x", Some("3.13")),
            ("1.2.3.4", Some("1.2.3")),
            ("latest", None),
            ("", None),
        ] {
            assert_eq!(numbers(text), expected, "{text}");
        }
    }
}
