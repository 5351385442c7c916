//! `--cache-from` and `--cache-to`.
//!
//! <https://github.com/docker/buildx/blob/v0.36.0/util/buildflags/cache.go>

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

use super::csv::{CsvError, fields, pairs};
use crate::proto::control::CacheOptionsEntry;

/// A cache of another place. Its JSON form is the one that frontends read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Cache {
    /// `registry`, `inline`, `gha`, `s3`, `azblob`.
    #[serde(rename = "Type")]
    pub(crate) kind: String,
    /// What that place needs to be told: `ref` of a registry.
    #[serde(rename = "Attrs")]
    pub(crate) attributes: BTreeMap<String, String>,
}

/// Which way a cache goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// `--cache-from`.
    From,
    /// `--cache-to`.
    To,
}

/// The kinds that the engine reads and writes by itself.
const KINDS: [&str; 5] = ["registry", "inline", "gha", "s3", "azblob"];

impl Cache {
    /// Reads one cache, or several names of images separated by commas. `variable` gives the process environment, where
    /// GitHub's runners say how their cache is reached.
    pub(crate) fn parse(
        text: &str,
        direction: Direction,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Vec<Self>, CacheFault> {
        let registry = |reference: String| Self {
            kind: "registry".to_owned(),
            attributes: BTreeMap::from([("ref".to_owned(), reference)]),
        };
        let names = fields(text)?;
        if names.iter().all(|name| !name.contains('=')) {
            return Ok(names.into_iter().map(registry).collect());
        }
        let mut attributes = pairs(text)?;
        let kind = attributes.remove("type").ok_or(CacheFault::NoType)?;
        match kind.as_str() {
            "local" => return Err(CacheFault::Local),
            "inline" if direction == Direction::From => return Err(CacheFault::InlineImport),
            "registry" if !attributes.contains_key("ref") => return Err(CacheFault::NoReference),
            "gha" => add_github(&mut attributes, variable),
            known if KINDS.contains(&known) => {}
            _ => return Err(CacheFault::Kind { kind }),
        }
        Ok(vec![Self { kind, attributes }])
    }
}

impl From<&Cache> for CacheOptionsEntry {
    fn from(cache: &Cache) -> Self {
        Self {
            r#type: cache.kind.clone(),
            attrs: cache.attributes.clone(),
        }
    }
}

/// What a runner of GitHub's gives its jobs and the engine needs: <https://docs.docker.com/build/cache/backends/gha/>.
fn add_github(
    attributes: &mut BTreeMap<String, String>,
    variable: &dyn Fn(&str) -> Option<String>,
) {
    for (key, name) in [
        ("token", "ACTIONS_RUNTIME_TOKEN"),
        ("url", "ACTIONS_CACHE_URL"),
        ("url_v2", "ACTIONS_RESULTS_URL"),
    ] {
        if let (false, Some(value)) = (attributes.contains_key(key), variable(name)) {
            attributes.insert(key.to_owned(), value);
        }
    }
}

/// What is wrong with a cache.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum CacheFault {
    /// It is no list.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// It has no kind.
    #[error("it has no `type`")]
    NoType,
    /// A registry without an image.
    #[error("it has no `ref`, the image to keep the cache in")]
    NoReference,
    /// A directory of the client.
    #[error("caches of `type=local` are not supported")]
    Local,
    /// An inline cache is part of an image.
    #[error("a cache of `type=inline` is imported as the image that it is in")]
    InlineImport,
    /// A kind that is not known.
    #[error("the type `{kind}` is not known, only {}", KINDS.join(", "))]
    Kind {
        /// The kind.
        kind: String,
    },
}

impl CacheFault {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Local => {
                "keep the cache in a registry: `type=registry,ref=NAME`; one on this machine will do"
            }
            Self::InlineImport => "give the image's name: `--cache-from registry/image:tag`",
            Self::Csv(_) | Self::NoType | Self::NoReference | Self::Kind { .. } => {
                "give `type=registry,ref=registry/image:tag`, or only the image's name"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str, direction: Direction) -> String {
        let variable = |name: &str| (name == "ACTIONS_RESULTS_URL").then(|| "https://r".to_owned());
        match Cache::parse(text, direction, &variable) {
            Ok(caches) => serde_json::to_string(&caches).unwrap(),
            Err(fault) => format!("{fault} ({})", fault.hint()),
        }
    }

    #[test]
    fn caches_are_names_or_lists() {
        let both = [
            ("a:1", r#"[{"Type":"registry","Attrs":{"ref":"a:1"}}]"#),
            (
                "a:1,b:2",
                r#"[{"Type":"registry","Attrs":{"ref":"a:1"}},{"Type":"registry","Attrs":{"ref":"b:2"}}]"#,
            ),
            (
                "type=registry,ref=a:1,mode=max",
                r#"[{"Type":"registry","Attrs":{"mode":"max","ref":"a:1"}}]"#,
            ),
            (
                "type=gha,scope=x",
                r#"[{"Type":"gha","Attrs":{"scope":"x","url_v2":"https://r"}}]"#,
            ),
        ];
        for (text, expected) in both {
            assert_eq!(parsed(text, Direction::From), expected);
            assert_eq!(parsed(text, Direction::To), expected);
        }
        assert_eq!(
            parsed("type=inline", Direction::To),
            r#"[{"Type":"inline","Attrs":{}}]"#
        );
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        let texts = [
            "type=local,src=x",
            "type=inline",
            "ref=a,b",
            "ref=a",
            "type=registry",
            "type=disk",
        ];
        let told = texts.map(|text| parsed(text, Direction::From));
        insta::assert_snapshot!(told.join("\n"), @r"
        caches of `type=local` are not supported (keep the cache in a registry: `type=registry,ref=NAME`; one on this machine will do)
        a cache of `type=inline` is imported as the image that it is in (give the image's name: `--cache-from registry/image:tag`)
        `b` in it is not `key=value` (give `type=registry,ref=registry/image:tag`, or only the image's name)
        it has no `type` (give `type=registry,ref=registry/image:tag`, or only the image's name)
        it has no `ref`, the image to keep the cache in (give `type=registry,ref=registry/image:tag`, or only the image's name)
        the type `disk` is not known, only registry, inline, gha, s3, azblob (give `type=registry,ref=registry/image:tag`, or only the image's name)
        ");
    }
}
