//! Docker's `config.json`, as far as logins go.
//!
//! <https://github.com/docker/cli/blob/master/cli/config/configfile/file.go>

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::CredentialsError;

/// Its name in the folder of the configuration.
const FILE_NAME: &str = "config.json";

/// The part of `config.json` that is used here. Everything else is left to Docker.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Config {
    auths: BTreeMap<String, Entry>,
    cred_helpers: BTreeMap<String, String>,
    creds_store: String,
}

/// A login as the file has it.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "lowercase")]
struct Entry {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
    registrytoken: String,
}

/// A login as a registry takes it. All empty is anonymous.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) identity_token: String,
    /// Taken by the registry as it is.
    pub(super) registry_token: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Login(***)")
    }
}

impl Config {
    /// Reads the configuration in `folder`; one that is not there is empty.
    pub(super) async fn read(folder: &Path) -> Result<Self, CredentialsError> {
        let path = folder.join(FILE_NAME);
        let read = {
            let path = path.clone();
            tokio::task::spawn_blocking(move || std::fs::read(path)).await
        };
        match read.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(text) if text.trim_ascii().is_empty() => Ok(Self::default()),
            Ok(text) => Self::parse(&path, &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(CredentialsError::Read { path, source }),
        }
    }

    /// Reads a configuration; `path` is where it was, for errors.
    pub(super) fn parse(path: &Path, text: &[u8]) -> Result<Self, CredentialsError> {
        // The parser's own words may have a password in them.
        serde_json::from_slice(text).map_err(|error| CredentialsError::Malformed {
            path: path.to_owned(),
            line: error.line(),
            column: error.column(),
        })
    }

    /// Suffix of the helper that keeps the login of `registry`.
    pub(super) fn helper(&self, registry: &str) -> Option<&str> {
        let helper = self.cred_helpers.get(registry).unwrap_or(&self.creds_store);
        (!helper.is_empty()).then_some(helper)
    }

    /// The login that the file itself has for `registry`; anonymous if it has none. Old files have URLs for keys.
    pub(super) fn login(&self, registry: &str) -> Result<Login, CredentialsError> {
        let by_host = || {
            let mut entries = self.auths.iter();
            entries.find(|(key, _)| host(key) == registry)
        };
        let found = self.auths.get_key_value(registry).or_else(by_host);
        let Some((key, entry)) = found else {
            return Ok(Login::default());
        };
        let mut login = Login {
            username: entry.username.clone(),
            password: entry.password.clone(),
            identity_token: entry.identitytoken.clone(),
            registry_token: entry.registrytoken.clone(),
        };
        if !entry.auth.is_empty() {
            let decoded = decode(&entry.auth).ok_or_else(|| CredentialsError::Login {
                registry: key.clone(),
            })?;
            (login.username, login.password) = decoded;
        }
        Ok(login)
    }
}

/// Name and password of an `auth`.
fn decode(auth: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(STANDARD.decode(auth).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    let password = password.trim_matches('\0');
    (!username.is_empty()).then(|| (username.to_owned(), password.to_owned()))
}

/// Host and port of a key that may be a URL.
fn host(key: &str) -> &str {
    let host = key.split_once("://").map_or(key, |(_, rest)| rest);
    host.split('/').next().unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(text: &str, registry: &str) -> Result<Login, CredentialsError> {
        Config::parse(Path::new("config.json"), text.as_bytes())?.login(registry)
    }

    #[test]
    fn a_login_is_found_by_its_key_or_by_the_host_of_a_url() {
        let text = r#"{
            "auths": {
                "localhost:5000": { "auth": "bWU6c2VjOnJldA==" },
                "https://ghcr.io/v2/": { "username": "octo", "password": "cat" },
                "token.example": { "auth": "", "identitytoken": "tok" },
                "registry.example": { "registrytoken": "whole" },
                "empty.example": {}
            },
            "HttpHeaders": { "X": "y" }
        }"#;
        let plain = |username: &str, password: &str| Login {
            username: username.to_owned(),
            password: password.to_owned(),
            ..Login::default()
        };
        assert!(login(text, "localhost:5000").unwrap() == plain("me", "sec:ret"));
        assert!(login(text, "ghcr.io").unwrap() == plain("octo", "cat"));
        assert_eq!(login(text, "token.example").unwrap().identity_token, "tok");
        assert_eq!(
            login(text, "registry.example").unwrap().registry_token,
            "whole"
        );
        for anonymous in ["empty.example", "localhost", "elsewhere"] {
            assert!(login(text, anonymous).unwrap() == Login::default());
        }
    }

    #[test]
    fn what_is_wrong_is_told_without_the_secret() {
        let error = login(
            r#"{"auths": {"a.example": {"auth": "hunter2!"}}}"#,
            "a.example",
        );
        assert_eq!(
            error.unwrap_err().to_string(),
            "the login to `a.example` in the Docker configuration is malformed; hint: log in again with `docker login a.example`"
        );
        let error = login("{\"auths\": {\"a\":\n \"hunter2\"}}", "a.example");
        assert_eq!(
            error.unwrap_err().to_string(),
            "the Docker configuration `config.json` is malformed at line 2, column 10"
        );
    }

    #[test]
    fn a_registry_s_own_helper_comes_before_the_store() {
        let parse = |text: &str| Config::parse(Path::new("config.json"), text.as_bytes()).unwrap();
        let config = parse(
            r#"{"credHelpers": {"a.example": "ecr", "b.example": ""}, "credsStore": "pass"}"#,
        );
        assert_eq!(config.helper("a.example"), Some("ecr"));
        assert_eq!(config.helper("b.example"), None);
        assert_eq!(config.helper("c.example"), Some("pass"));
        assert_eq!(parse("{}").helper("c.example"), None);
    }

    #[tokio::test]
    async fn no_configuration_is_no_login() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::read(folder.path()).await.unwrap();
        assert!(config.login("a.example").unwrap() == Login::default());
        std::fs::write(folder.path().join(FILE_NAME), " \n").unwrap();
        assert!(Config::read(folder.path()).await.is_ok());
        std::fs::remove_file(folder.path().join(FILE_NAME)).unwrap();
        std::fs::create_dir(folder.path().join(FILE_NAME)).unwrap();
        let error = Config::read(folder.path()).await.err().unwrap();
        assert!(matches!(error, CredentialsError::Read { .. }));
    }
}
