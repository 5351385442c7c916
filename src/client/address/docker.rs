//! Which Docker the user's own client talks to: a variable, a context, or none that is named.
//!
//! <https://github.com/docker/cli/blob/v29.7.2/cli/command/cli.go>, `resolveContextName`; the files of a context:
//! <https://github.com/docker/cli/blob/v29.7.2/cli/context/store/store.go>.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use ring::digest::{SHA256, digest};
use serde::Deserialize;
use thiserror::Error;

use super::{Origin, TlsFiles};

/// The largest file of Docker's that is read.
const MAX_FILE_SIZE: u64 = 1 << 20;

/// The context that stands for Docker's own defaults.
const DEFAULT_CONTEXT: &str = "default";

/// A Docker that the user has named, to all of their tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DockerEndpoint {
    /// Its address, in Docker's words.
    pub(super) host: String,
    /// TLS, if it wants some.
    pub(super) tls: Option<TlsFiles>,
    /// Where it was named.
    pub(super) origin: Origin,
}

/// The Docker that the user has named; `None` leaves it to the defaults. `variable` gives the process environment.
pub(super) fn named_docker(
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<DockerEndpoint>, DockerContextError> {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let directory = set("DOCKER_CONFIG")
        .map(PathBuf::from)
        .or_else(|| set("HOME").map(|home| Path::new(&home).join(".docker")));
    if let Some(host) = set("DOCKER_HOST") {
        let certificates = set("DOCKER_CERT_PATH").map(PathBuf::from).or(directory);
        let tls = set("DOCKER_TLS_VERIFY")
            .and(certificates)
            .map(|directory| TlsFiles::in_directory(&directory));
        return Ok(Some(DockerEndpoint {
            host,
            tls,
            origin: Origin::DockerHost,
        }));
    }
    let Some(directory) = directory else {
        return Ok(None);
    };
    let name = match set("DOCKER_CONTEXT") {
        Some(name) => Some(name),
        None => read::<ConfigFile>(&directory.join("config.json"))?
            .and_then(|config| config.current_context)
            .filter(|name| !name.is_empty()),
    };
    match name {
        Some(name) if name != DEFAULT_CONTEXT => read_context(&directory, name).map(Some),
        _ => Ok(None),
    }
}

fn read_context(directory: &Path, name: String) -> Result<DockerEndpoint, DockerContextError> {
    let folder = hex(digest(&SHA256, name.as_bytes()).as_ref());
    let contexts = directory.join("contexts");
    let file = contexts.join("meta").join(&folder).join("meta.json");
    let context = read::<ContextFile>(&file)?.ok_or(DockerContextError::NoContext {
        name: name.clone(),
        file: file.clone(),
    })?;
    let Some(endpoint) = context.endpoints.docker else {
        return Err(DockerContextError::NoEndpoint { name });
    };
    let certificates = contexts.join("tls").join(&folder).join("docker");
    Ok(DockerEndpoint {
        host: endpoint.host,
        tls: certificates
            .is_dir()
            .then(|| TlsFiles::in_directory(&certificates)),
        origin: Origin::DockerContext(name),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConfigFile {
    current_context: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ContextFile {
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Endpoints {
    docker: Option<Endpoint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    host: String,
}

/// A JSON file of Docker's; `None` if it is not there.
fn read<T: for<'de> Deserialize<'de>>(file: &Path) -> Result<Option<T>, DockerContextError> {
    let error = |source| DockerContextError::Read {
        file: file.to_owned(),
        source,
    };
    match std::fs::metadata(file) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(error(source)),
        Ok(metadata) if !metadata.is_file() || metadata.len() > MAX_FILE_SIZE => {
            return Err(error(io::ErrorKind::InvalidInput.into()));
        }
        Ok(_) => {}
    }
    let text = std::fs::read(file).map_err(error)?;
    let value = serde_json::from_slice(&text).map_err(|source| DockerContextError::Json {
        file: file.to_owned(),
        source,
    })?;
    Ok(Some(value))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Why it is not known which Docker the user means.
#[derive(Debug, Error)]
pub(crate) enum DockerContextError {
    /// A file is there and cannot be read.
    #[error("cannot read Docker's file {}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file has another form.
    #[error("Docker's file {} is not the JSON that it should be", file.display())]
    Json {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: serde_json::Error,
    },
    /// The current context is gone.
    #[error("the docker context `{name}` does not exist: there is no {}", file.display())]
    NoContext {
        /// Its name.
        name: String,
        /// Where it would be.
        file: PathBuf,
    },
    /// The context is for something else.
    #[error("the docker context `{name}` has no Docker endpoint")]
    NoEndpoint {
        /// Its name.
        name: String,
    },
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;

    fn named(variables: &[(&str, &str)]) -> Result<Option<DockerEndpoint>, DockerContextError> {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        named_docker(&|name| variables.get(name).map(|value| (*value).to_owned()))
    }

    /// A configuration directory with the context `far`, as `docker context create` writes it.
    fn configuration(current: &str) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let config = format!(r#"{{"auths": {{}}, "currentContext": "{current}"}}"#);
        fs::write(directory.path().join("config.json"), config).unwrap();
        let folder = hex(digest(&SHA256, b"far").as_ref());
        let meta = directory.path().join("contexts/meta").join(&folder);
        fs::create_dir_all(&meta).unwrap();
        let context = r#"{"Name":"far","Metadata":{},"Endpoints":{"docker":{"Host":"tcp://far:2376","SkipTLSVerify":false}}}"#;
        fs::write(meta.join("meta.json"), context).unwrap();
        let tls = directory
            .path()
            .join("contexts/tls")
            .join(&folder)
            .join("docker");
        fs::create_dir_all(&tls).unwrap();
        fs::write(tls.join("ca.pem"), "").unwrap();
        directory
    }

    #[test]
    fn the_variable_goes_before_any_context() {
        let directory = configuration("far");
        let path = directory.path().to_str().unwrap();
        let found = named(&[
            ("DOCKER_CONFIG", path),
            ("DOCKER_HOST", "unix:///d.sock"),
            ("DOCKER_CONTEXT", "far"),
        ]);
        assert_eq!(
            found.unwrap(),
            Some(DockerEndpoint {
                host: "unix:///d.sock".to_owned(),
                tls: None,
                origin: Origin::DockerHost
            })
        );
    }

    #[test]
    fn the_current_context_has_an_address_and_certificates() {
        let directory = configuration("far");
        let path = directory.path().to_str().unwrap();
        let found = named(&[("DOCKER_CONFIG", path)]).unwrap().unwrap();
        assert_eq!(found.host, "tcp://far:2376");
        assert_eq!(found.origin, Origin::DockerContext("far".to_owned()));
        let tls = found.tls.unwrap();
        assert!(tls.authority.unwrap().ends_with("docker/ca.pem"));
        assert_eq!(tls.client, None);

        let chosen = named(&[("DOCKER_CONFIG", path), ("DOCKER_CONTEXT", "default")]);
        assert_eq!(chosen.unwrap(), None);
    }

    #[test]
    fn without_files_nothing_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().to_str().unwrap();
        assert_eq!(named(&[("HOME", path)]).unwrap(), None);
        assert_eq!(named(&[]).unwrap(), None);
    }

    #[test]
    fn a_context_that_is_gone_is_told() {
        let directory = configuration("gone");
        let path = directory.path().to_str().unwrap();
        let error = named(&[("DOCKER_CONFIG", path)]).unwrap_err().to_string();
        assert!(
            error.starts_with("the docker context `gone` does not exist"),
            "{error}"
        );
        fs::write(directory.path().join("config.json"), "{").unwrap();
        let error = named(&[("DOCKER_CONFIG", path)]).unwrap_err().to_string();
        assert!(
            error.ends_with("config.json is not the JSON that it should be"),
            "{error}"
        );
    }
}
