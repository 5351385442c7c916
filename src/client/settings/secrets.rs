//! Secrets: where their values are.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

use super::csv::{CsvError, pairs};

/// Where the value of a secret is.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum SecretSource {
    /// Here.
    Value(String),
    /// In a file.
    File(PathBuf),
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(_) => formatter.write_str("Value(..)"),
            Self::File(file) => write!(formatter, "File({})", file.display()),
        }
    }
}

/// Reads `id=NAME,env=VARIABLE` and `id=NAME,src=FILE`; `variable` gives the process environment. A name alone is a
/// variable if there is one, else a file.
///
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/secrets/secretsprovider/store.go>
pub(crate) fn parse_secret(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(String, SecretSource), SecretFault> {
    let mut pairs = pairs(text)?;
    let id = pairs.remove("id").filter(|id| !id.is_empty());
    let id = id.ok_or(SecretFault::NoId)?;
    let file = pairs.remove("src").or(pairs.remove("source"));
    let name = pairs.remove("env");
    let kind = pairs.remove("type");
    if let Some((key, _)) = pairs.pop_first() {
        return Err(SecretFault::Key { key });
    }
    let value = |name: String| {
        let value = variable(&name).map(SecretSource::Value);
        value.ok_or(SecretFault::NoVariable { name })
    };
    let source = match (kind.as_deref(), file, name) {
        (None | Some("file"), Some(file), None) => SecretSource::File(file.into()),
        // What the type says is also what `src` names.
        (Some("env"), Some(name), None) | (None | Some("env"), None, Some(name)) => value(name)?,
        (None, None, None) => match variable(&id) {
            Some(value) => SecretSource::Value(value),
            None => SecretSource::File(id.clone().into()),
        },
        (Some("env"), None, None) => value(id.clone())?,
        (Some("file"), None, None) => SecretSource::File(id.clone().into()),
        (None | Some("env" | "file"), _, _) => return Err(SecretFault::Both),
        (Some(kind), _, _) => {
            return Err(SecretFault::Kind {
                kind: kind.to_owned(),
            });
        }
    };
    Ok((id, source))
}

/// What is wrong with a secret's option.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum SecretFault {
    /// It is no list.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// It has no name.
    #[error("it has no `id`")]
    NoId,
    /// A key that is not known.
    #[error("`{key}` is not known, only id, env, src and type")]
    Key {
        /// The key.
        key: String,
    },
    /// A kind that is not known.
    #[error("the type `{kind}` is not known, only env and file")]
    Kind {
        /// The kind.
        kind: String,
    },
    /// Two places.
    #[error("it names both a variable and a file")]
    Both,
    /// The variable is not there.
    #[error("the variable `{name}` is not set")]
    NoVariable {
        /// The variable.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        let variable = |name: &str| (name == "TOKEN").then(|| "hidden".to_owned());
        match parse_secret(text, &variable) {
            Ok((id, SecretSource::Value(value))) => format!("{id}: value {value}"),
            Ok((id, SecretSource::File(file))) => format!("{id}: file {}", file.display()),
            Err(fault) => fault.to_string(),
        }
    }

    #[test]
    fn a_secret_is_a_variable_or_a_file() {
        for (text, expected) in [
            ("id=a,env=TOKEN", "a: value hidden"),
            ("id=a,src=/run/a", "a: file /run/a"),
            ("id=a,source=/run/a", "a: file /run/a"),
            ("type=file,id=a,src=/run/a", "a: file /run/a"),
            ("type=env,id=a,src=TOKEN", "a: value hidden"),
            ("type=env,id=TOKEN", "TOKEN: value hidden"),
            ("id=TOKEN", "TOKEN: value hidden"),
            ("id=a.txt", "a.txt: file a.txt"),
            ("env=TOKEN", "it has no `id`"),
            ("id=a,env=OTHER", "the variable `OTHER` is not set"),
            (
                "id=a,env=TOKEN,src=b",
                "it names both a variable and a file",
            ),
            (
                "id=a,value=b",
                "`value` is not known, only id, env, src and type",
            ),
            (
                "id=a,type=vault",
                "the type `vault` is not known, only env and file",
            ),
            ("a", "`a` in it is not `key=value`"),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn no_value_is_printed() {
        let source = SecretSource::Value("hidden".to_owned());
        assert_eq!(format!("{source:?}"), "Value(..)");
    }
}
