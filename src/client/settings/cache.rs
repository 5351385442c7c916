//! `--cache-from` and `--cache-to`.
//!
//! <https://github.com/docker/buildx/blob/v0.36.0/util/buildflags/cache.go>

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

use super::csv::{CsvError, fields, pairs};
use crate::client::session::content::{Digest, DigestError};
use crate::proto::control::CacheOptionsEntry;

/// A cache of another place. Its JSON form is the one that frontends read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Cache {
    /// `registry`, `local`, `inline`, `gha`, `s3`, `azblob`.
    #[serde(rename = "Type")]
    pub(crate) kind: String,
    /// What that place needs to be told: `ref` of a registry, `src` or `dest` of a directory.
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

/// The kinds that engines know.
const KINDS: [&str; 6] = ["registry", LOCAL, "inline", "gha", "s3", "azblob"];

/// A directory of this machine's.
const LOCAL: &str = "local";
/// Its attributes.
mod attribute {
    /// The directory of a cache to import.
    pub(super) const SOURCE: &str = "src";
    /// The directory of a cache to export.
    pub(super) const DESTINATION: &str = "dest";
    /// The cache's name in the directory.
    pub(super) const TAG: &str = "tag";
    /// The digest of the cache itself.
    pub(super) const DIGEST: &str = "digest";
    /// Whether to remove what is not of this cache.
    pub(super) const RESET: &str = "reset";
}

/// The name of a cache that has no other.
const DEFAULT_TAG: &str = "latest";

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
            LOCAL => check_directory(&attributes, direction)?,
            "inline" if direction == Direction::From => return Err(CacheFault::InlineImport),
            "registry" if !attributes.contains_key("ref") => return Err(CacheFault::NoReference),
            "gha" => {
                add_variables(&mut attributes, &GITHUB, variable);
                if !is_reachable(&attributes) {
                    tracing::warn!(
                        "the cache `{text}` is left out: ACTIONS_RUNTIME_TOKEN and ACTIONS_RESULTS_URL are not set, as they are in GitHub's jobs"
                    );
                    return Ok(Vec::new());
                }
            }
            "s3" => add_variables(&mut attributes, &AMAZON, variable),
            known if KINDS.contains(&known) => {}
            _ => return Err(CacheFault::Kind { kind }),
        }
        Ok(vec![Self { kind, attributes }])
    }
}

/// A cache in a directory of this machine's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LocalCache<'a> {
    /// The directory, as the engine hears of it.
    pub(crate) directory: &'a str,
    /// Its name there.
    pub(crate) tag: &'a str,
    /// Its digest, where that was given.
    pub(crate) digest: Option<&'a str>,
}

impl Cache {
    /// The cache as one in a directory, if it is that.
    pub(crate) fn local(&self) -> Option<LocalCache<'_>> {
        let get = |key| self.attributes.get(key).map(String::as_str);
        let directory = get(attribute::SOURCE).or_else(|| get(attribute::DESTINATION));
        (self.kind == LOCAL).then_some(LocalCache {
            directory: directory?,
            tag: get(attribute::TAG).unwrap_or(DEFAULT_TAG),
            digest: get(attribute::DIGEST),
        })
    }

    /// The same cache, of which the engine needs to know the digest.
    pub(crate) fn with_digest(mut self, digest: String) -> Self {
        let key = attribute::DIGEST.to_owned();
        self.attributes.insert(key, digest);
        self
    }
}

fn check_directory(
    attributes: &BTreeMap<String, String>,
    direction: Direction,
) -> Result<(), CacheFault> {
    let key = match direction {
        Direction::From => attribute::SOURCE,
        Direction::To => attribute::DESTINATION,
    };
    let is_set = |key| attributes.get(key).is_some_and(|value| !value.is_empty());
    if !is_set(key) {
        return Err(CacheFault::NoDirectory { key });
    }
    if attributes.get(attribute::TAG).is_some_and(String::is_empty) {
        return Err(CacheFault::NoTag);
    }
    let reset = attributes.get(attribute::RESET);
    if reset.is_some_and(|reset| !matches!(reset.as_str(), "" | "0" | "false")) {
        return Err(CacheFault::Reset);
    }
    if let Some(digest) = attributes.get(attribute::DIGEST) {
        Digest::parse(digest)?;
    }
    Ok(())
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
const GITHUB: [(&str, &str); 3] = [
    ("token", "ACTIONS_RUNTIME_TOKEN"),
    ("url", "ACTIONS_CACHE_URL"),
    ("url_v2", "ACTIONS_RESULTS_URL"),
];

/// What Amazon's programs take from the environment: <https://docs.docker.com/build/cache/backends/s3/>.
const AMAZON: [(&str, &str); 3] = [
    ("access_key_id", "AWS_ACCESS_KEY_ID"),
    ("secret_access_key", "AWS_SECRET_ACCESS_KEY"),
    ("session_token", "AWS_SESSION_TOKEN"),
];

/// Adds the attributes that the environment has, but for those that are given.
fn add_variables(
    attributes: &mut BTreeMap<String, String>,
    names: &[(&str, &str)],
    variable: &dyn Fn(&str) -> Option<String>,
) {
    for (key, name) in names {
        if let (false, Some(value)) = (attributes.contains_key(*key), variable(name)) {
            attributes.insert((*key).to_owned(), value);
        }
    }
}

/// Whether a cache of GitHub's can be reached. One that cannot is left out, as buildx does: the same command works in a job and
/// on a laptop (<https://github.com/docker/buildx/blob/v0.36.0/util/buildflags/cache.go>, `IsActive`).
fn is_reachable(attributes: &BTreeMap<String, String>) -> bool {
    let is_set = |key| attributes.get(key).is_some_and(|value| !value.is_empty());
    is_set("token") && (is_set("url") || is_set("url_v2"))
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
    /// A directory of the client that is not named.
    #[error("it has no `{key}`, the directory of the cache")]
    NoDirectory {
        /// The attribute.
        key: &'static str,
    },
    /// An empty name.
    #[error("its `tag` is empty")]
    NoTag,
    /// Removing what is not of the cache.
    #[error("`reset` is not supported")]
    Reset,
    /// A digest that is none.
    #[error(transparent)]
    Digest(#[from] DigestError),
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
            Self::NoDirectory { .. } => {
                "give one: `--cache-to type=local,dest=DIRECTORY`, `--cache-from type=local,src=DIRECTORY`"
            }
            Self::NoTag => "leave it out: then it is `latest`",
            Self::Reset => "remove the directory now and then, and export the cache again",
            Self::Digest(_) => "give the cache's own digest, or its name with `tag=`",
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
        let variable = |name: &str| match name {
            "ACTIONS_RESULTS_URL" => Some("https://r".to_owned()),
            "ACTIONS_RUNTIME_TOKEN" | "AWS_SECRET_ACCESS_KEY" => Some("t".to_owned()),
            _ => None,
        };
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
                r#"[{"Type":"gha","Attrs":{"scope":"x","token":"t","url_v2":"https://r"}}]"#,
            ),
            ("type=gha,token=,scope=x", "[]"),
            (
                "type=s3,bucket=b",
                r#"[{"Type":"s3","Attrs":{"bucket":"b","secret_access_key":"t"}}]"#,
            ),
        ];
        for (text, expected) in both {
            assert_eq!(parsed(text, Direction::From), expected);
            assert_eq!(parsed(text, Direction::To), expected);
        }
        assert_eq!(
            parsed("type=local,src=x,tag=main", Direction::From),
            r#"[{"Type":"local","Attrs":{"src":"x","tag":"main"}}]"#
        );
        assert_eq!(
            parsed("type=local,dest=x,mode=max", Direction::To),
            r#"[{"Type":"local","Attrs":{"dest":"x","mode":"max"}}]"#
        );
        assert_eq!(
            parsed("type=inline", Direction::To),
            r#"[{"Type":"inline","Attrs":{}}]"#
        );
    }

    #[test]
    fn what_cannot_be_done_is_told() {
        let texts = [
            "type=local,dest=x",
            "type=local,src=x,tag=",
            "type=local,src=x,digest=sha256:1",
            "type=local,src=x,reset=true",
            "type=inline",
            "ref=a,b",
            "ref=a",
            "type=registry",
            "type=disk",
        ];
        let told = texts.map(|text| parsed(text, Direction::From));
        insta::assert_snapshot!(told.join("\n"), @r"
        it has no `src`, the directory of the cache (give one: `--cache-to type=local,dest=DIRECTORY`, `--cache-from type=local,src=DIRECTORY`)
        its `tag` is empty (leave it out: then it is `latest`)
        `sha256:1` is not `sha256:` and 64 lower-case hexadecimal digits (give the cache's own digest, or its name with `tag=`)
        `reset` is not supported (remove the directory now and then, and export the cache again)
        a cache of `type=inline` is imported as the image that it is in (give the image's name: `--cache-from registry/image:tag`)
        `b` in it is not `key=value` (give `type=registry,ref=registry/image:tag`, or only the image's name)
        it has no `type` (give `type=registry,ref=registry/image:tag`, or only the image's name)
        it has no `ref`, the image to keep the cache in (give `type=registry,ref=registry/image:tag`, or only the image's name)
        the type `disk` is not known, only registry, local, inline, gha, s3, azblob (give `type=registry,ref=registry/image:tag`, or only the image's name)
        ");
    }
}
