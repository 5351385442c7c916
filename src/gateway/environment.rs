//! What BuildKit tells a gateway frontend through its environment.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/gateway.go>, the writer, and
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/grpcclient/client.go>, the reader.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde::Deserialize;

use crate::llb::Platform;

/// One frontend option a variable, `key=value`; what follows the prefix is a number without meaning.
const OPTION_PREFIX: &str = "BUILDKIT_FRONTEND_OPT_";
/// Id of the client's session.
const SESSION_ID: &str = "BUILDKIT_SESSION_ID";
/// The engine's workers, a JSON array whose first element is the default worker.
const WORKERS: &str = "BUILDKIT_WORKERS";
/// Name of the product that the engine is part of.
const EXPORTED_PRODUCT: &str = "BUILDKIT_EXPORTEDPRODUCT";

/// What BuildKit tells a gateway frontend through its environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// The options that the client gave, by key.
    pub options: BTreeMap<String, String>,
    /// The client's session; `None` if there is none.
    pub session: Option<String>,
    /// The platform that the engine builds for when nobody asks for one: the first of its first worker.
    pub default_platform: Option<Platform>,
    /// Name of the product that the engine is part of, for messages: `buildkit`, `docker`.
    pub product: Option<String>,
}

impl Environment {
    /// Reads the variables of the process, as [`std::env::vars_os`] gives them. Others than BuildKit's are not looked at.
    pub fn from_variables(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, EnvironmentError> {
        let mut environment = Self::default();
        for (name, value) in variables {
            let Ok(name) = name.into_string() else {
                continue;
            };
            if !is_read(&name) {
                continue;
            }
            let Ok(value) = value.into_string() else {
                return Err(EnvironmentError::NotUtf8 { name });
            };
            match name.as_str() {
                SESSION_ID => environment.session = Some(value).filter(|id| !id.is_empty()),
                EXPORTED_PRODUCT => {
                    environment.product = Some(value).filter(|product| !product.is_empty());
                }
                WORKERS => environment.default_platform = default_platform(&value)?,
                _ => {
                    let (key, value) = value.split_once('=').unwrap_or((&value, ""));
                    environment.options.insert(key.to_owned(), value.to_owned());
                }
            }
        }
        Ok(environment)
    }

    /// Whether any of the variables is one that BuildKit starts a frontend with.
    #[must_use]
    pub fn is_present(names: &[OsString]) -> bool {
        names.iter().any(|name| name.to_str().is_some_and(is_read))
    }
}

fn is_read(name: &str) -> bool {
    name.starts_with(OPTION_PREFIX) || [SESSION_ID, WORKERS, EXPORTED_PRODUCT].contains(&name)
}

/// The first platform of the first worker. Keys that are not known, and nulls, are passed over.
fn default_platform(workers: &str) -> Result<Option<Platform>, EnvironmentError> {
    #[derive(Deserialize)]
    struct Worker {
        platforms: Option<Vec<Option<OciPlatform>>>,
    }

    /// <https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md>, `platform`.
    #[derive(Deserialize)]
    struct OciPlatform {
        architecture: Option<String>,
        os: Option<String>,
        variant: Option<String>,
    }

    let workers: Option<Vec<Option<Worker>>> =
        serde_json::from_str(workers).map_err(EnvironmentError::Workers)?;
    let platform = workers
        .into_iter()
        .flatten()
        .flatten()
        .next()
        .and_then(|worker| worker.platforms)
        .into_iter()
        .flatten()
        .flatten()
        .next();
    Ok(platform.and_then(|platform| {
        Some(Platform {
            os: platform.os?,
            architecture: platform.architecture?,
            variant: platform.variant.unwrap_or_default(),
        })
    }))
}

/// Why BuildKit's variables cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// A variable is no text.
    #[error("{name} is not UTF-8; BuildKit passes options as UTF-8 text")]
    NotUtf8 {
        /// The variable.
        name: String,
    },
    /// The list of workers is no such list.
    #[error("{WORKERS} is not a JSON array of workers: {0}")]
    Workers(#[source] serde_json::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Environment, EnvironmentError> {
        Environment::from_variables(
            variables
                .iter()
                .map(|(name, value)| (OsString::from(name), OsString::from(value))),
        )
    }

    #[test]
    fn options_are_split_at_the_first_equals_sign_and_keep_newlines() {
        let environment = read(&[
            ("BUILDKIT_FRONTEND_OPT_0", "build-arg:A=b=c\nd"),
            ("BUILDKIT_FRONTEND_OPT_17", "no-cache="),
            ("BUILDKIT_FRONTEND_OPT_x", "no-value"),
            ("PATH", "/bin"),
            ("BUILDKIT_SESSION_ID", "s1"),
            ("BUILDKIT_EXPORTEDPRODUCT", "docker"),
        ])
        .unwrap();
        assert_eq!(
            environment.options,
            BTreeMap::from([
                ("build-arg:A".to_owned(), "b=c\nd".to_owned()),
                ("no-cache".to_owned(), String::new()),
                ("no-value".to_owned(), String::new()),
            ])
        );
        assert_eq!(environment.session.as_deref(), Some("s1"));
        assert_eq!(environment.product.as_deref(), Some("docker"));
    }

    #[test]
    fn the_default_platform_is_the_first_of_the_first_worker() {
        let workers = r#"[{"id":"w","labels":{"a":"b"},"platforms":[
            {"architecture":"arm","os":"linux","variant":"v7"},{"architecture":"amd64","os":"linux"}],
            "gcPolicy":null,"buildkitVersion":{"version":"v0.32.2"},"cdiDevices":null},
            {"platforms":[{"architecture":"s390x","os":"linux"}]}]"#;
        assert_eq!(
            read(&[("BUILDKIT_WORKERS", workers)])
                .unwrap()
                .default_platform,
            Some(Platform {
                os: "linux".to_owned(),
                architecture: "arm".to_owned(),
                variant: "v7".to_owned()
            })
        );
    }

    #[test]
    fn nulls_in_the_list_of_workers_are_passed_over() {
        for workers in [
            "null",
            "[]",
            "[null]",
            r#"[{"platforms":null}]"#,
            r#"[{"platforms":[null]}]"#,
        ] {
            let environment = read(&[("BUILDKIT_WORKERS", workers)]).unwrap();
            assert_eq!(environment.default_platform, None, "{workers}");
        }
    }

    #[test]
    fn a_list_of_workers_that_is_no_list_is_an_error() {
        let error = read(&[("BUILDKIT_WORKERS", "{")]).unwrap_err();
        insta::assert_snapshot!(error, @"BUILDKIT_WORKERS is not a JSON array of workers: invalid type: map, expected a sequence at line 1 column 0");
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_no_text_is_an_error_that_names_the_variable() {
        use std::os::unix::ffi::OsStringExt;
        let variables = [
            ("OTHER".into(), OsString::from_vec(vec![0xff])),
            (
                "BUILDKIT_FRONTEND_OPT_3".into(),
                OsString::from_vec(vec![b'a', b'=', 0xff]),
            ),
        ];
        let error = Environment::from_variables(variables).unwrap_err();
        insta::assert_snapshot!(error, @"BUILDKIT_FRONTEND_OPT_3 is not UTF-8; BuildKit passes options as UTF-8 text");
    }

    #[test]
    fn a_process_started_by_hand_has_none_of_the_variables() {
        assert!(!Environment::is_present(&[OsString::from("PATH")]));
        assert!(Environment::is_present(&[OsString::from(
            "BUILDKIT_FRONTEND_OPT_0"
        )]));
    }
}
