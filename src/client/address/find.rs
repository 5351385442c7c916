//! Which engine builds: the one that the user names, else those that are usually there.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::docker::{DockerContextError, named_docker};
use super::{Address, AddressError, Service, TlsFiles};

/// The variable that names an engine to BuildKit's own client.
const BUILDKIT_HOST: &str = "BUILDKIT_HOST";
/// `--builder docker`: the Docker that other tools of the user's use.
const DOCKER: &str = "docker";

/// Where Docker listens: <https://docs.docker.com/reference/cli/dockerd/#daemon-socket-option>.
const DOCKER_SOCKET: &str = "/var/run/docker.sock";
/// Below `XDG_RUNTIME_DIR`: <https://docs.docker.com/engine/security/rootless/>.
const ROOTLESS_DOCKER_SOCKET: &str = "docker.sock";
/// Below `HOME`: <https://docs.docker.com/desktop/>.
const DOCKER_DESKTOP_SOCKET: &str = ".docker/run/docker.sock";
/// Where buildkitd listens: <https://github.com/moby/buildkit/blob/v0.32.2/util/appdefaults/appdefaults_unix.go>.
const BUILDKIT_SOCKET: &str = "/run/buildkit/buildkitd.sock";
/// Below `XDG_RUNTIME_DIR`.
const ROOTLESS_BUILDKIT_SOCKET: &str = "buildkit/buildkitd.sock";

/// An engine that may build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Engine {
    /// Where it is.
    pub(crate) address: Address,
    /// What is there.
    pub(crate) service: Service,
    /// TLS, if it wants some.
    pub(crate) tls: Option<TlsFiles>,
    /// Who named it.
    pub(crate) origin: Origin,
}

/// Who named an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The flag.
    Flag,
    /// The variable of BuildKit's own client.
    BuildKitHost,
    /// The variable of Docker's.
    DockerHost,
    /// A context of Docker's.
    DockerContext(String),
    /// Nobody: it is where such engines usually are.
    Usual,
}

impl fmt::Display for Engine {
    /// The address, and who named it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.address)?;
        match &self.origin {
            Origin::Flag => write!(formatter, " (--builder)"),
            Origin::BuildKitHost => write!(formatter, " ({BUILDKIT_HOST})"),
            Origin::DockerHost => write!(formatter, " (DOCKER_HOST)"),
            Origin::DockerContext(name) => write!(formatter, " (docker context {name})"),
            Origin::Usual => Ok(()),
        }
    }
}

/// The engines that may build, best first; never none.
///
/// `builder` is what the user named, `tls` what they said of TLS; `variable` gives the process environment.
pub(crate) fn find_engines(
    builder: Option<&str>,
    tls: Option<&TlsFiles>,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<Engine>, EngineError> {
    let buildkit_host = || variable(BUILDKIT_HOST).filter(|host| !host.is_empty());
    let engines = match (builder, buildkit_host()) {
        (Some(DOCKER), _) => docker_engines(variable)?,
        (Some(builder), _) => vec![named(builder, tls, Origin::Flag)?],
        (None, Some(host)) => vec![named(&host, tls, Origin::BuildKitHost)?],
        (None, None) => {
            let mut engines = docker_engines(variable)?;
            engines.extend(usual(Service::BuildKit, buildkit_sockets(variable)));
            engines
        }
    };
    if engines.is_empty() {
        return Err(EngineError::None);
    }
    Ok(engines)
}

fn named(address: &str, tls: Option<&TlsFiles>, origin: Origin) -> Result<Engine, EngineError> {
    Ok(Engine {
        address: Address::parse(address, Service::BuildKit)?,
        service: Service::BuildKit,
        tls: tls.cloned(),
        origin,
    })
}

fn docker_engines(variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Engine>, EngineError> {
    match named_docker(variable)? {
        Some(endpoint) => Ok(vec![Engine {
            address: Address::parse(&endpoint.host, Service::Docker)?,
            service: Service::Docker,
            tls: endpoint.tls,
            origin: endpoint.origin,
        }]),
        None => Ok(usual(Service::Docker, docker_sockets(variable))),
    }
}

/// The engines of those sockets that are there.
fn usual(service: Service, sockets: Vec<PathBuf>) -> Vec<Engine> {
    let existing = sockets.into_iter().filter(|socket| socket.exists());
    existing
        .map(|socket| Engine {
            address: Address::Unix(socket),
            service,
            tls: None,
            origin: Origin::Usual,
        })
        .collect()
}

fn docker_sockets(variable: &dyn Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let below = |name: &str, socket| {
        let directory = variable(name).filter(|directory| !directory.is_empty())?;
        Some(Path::new(&directory).join(socket))
    };
    let sockets = [
        Some(PathBuf::from(DOCKER_SOCKET)),
        below("XDG_RUNTIME_DIR", ROOTLESS_DOCKER_SOCKET),
        below("HOME", DOCKER_DESKTOP_SOCKET),
    ];
    sockets.into_iter().flatten().collect()
}

fn buildkit_sockets(variable: &dyn Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let runtime = variable("XDG_RUNTIME_DIR").filter(|directory| !directory.is_empty());
    let rootless = runtime.map(|directory| Path::new(&directory).join(ROOTLESS_BUILDKIT_SOCKET));
    [Some(PathBuf::from(BUILDKIT_SOCKET)), rootless]
        .into_iter()
        .flatten()
        .collect()
}

/// Why there is no engine.
#[derive(Debug, Error)]
pub(crate) enum EngineError {
    /// An address that cannot be read.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// It is not known which Docker the user means.
    #[error(transparent)]
    Docker(#[from] DockerContextError),
    /// None is named, and none is where such engines usually are.
    #[error(
        "no engine to build with: BUILDKIT_HOST and DOCKER_HOST are not set, and there is neither Docker's socket nor \
         buildkitd's"
    )]
    None,
}

impl EngineError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Address(error) => error.hint(),
            Self::Docker(DockerContextError::NoContext { .. }) => {
                "choose another one with `docker context use`"
            }
            Self::Docker(_) => "name an engine with `--builder`",
            Self::None => {
                "start Docker; or run a BuildKit, such as `podman run --detach --name buildkitd --privileged \
                 docker.io/moby/buildkit`, and name it: `--builder podman-container://buildkitd`"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::*;

    fn found(
        builder: Option<&str>,
        variables: &[(&str, &str)],
    ) -> Result<Vec<String>, EngineError> {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        let engines = find_engines(builder, None, &|name| {
            variables.get(name).map(|value| (*value).to_owned())
        })?;
        Ok(engines
            .iter()
            .map(|engine| format!("{:?} {engine}", engine.service))
            .collect())
    }

    #[test]
    fn the_flag_goes_before_the_variable_and_both_before_docker() {
        let variables = [
            (BUILDKIT_HOST, "docker-container://b"),
            ("DOCKER_HOST", "tcp://d:2376"),
        ];
        assert_eq!(
            found(Some("tcp://a:1"), &variables).unwrap(),
            ["BuildKit tcp://a:1 (--builder)"]
        );
        assert_eq!(
            found(None, &variables).unwrap(),
            ["BuildKit docker exec -i b buildctl dial-stdio (BUILDKIT_HOST)"]
        );
        assert_eq!(
            found(Some("docker"), &variables).unwrap(),
            ["Docker tcp://d:2376 (DOCKER_HOST)"]
        );
    }

    #[test]
    fn sockets_that_are_there_come_in_the_order_of_habit() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().to_str().unwrap();
        for socket in [
            DOCKER_DESKTOP_SOCKET,
            ROOTLESS_DOCKER_SOCKET,
            ROOTLESS_BUILDKIT_SOCKET,
        ] {
            let file = home.path().join(socket);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let engines = found(None, &[("HOME", path), ("XDG_RUNTIME_DIR", path)]).unwrap();
        // The machine itself may have engines.
        let ours: Vec<_> = engines
            .iter()
            .filter_map(|engine| {
                let (service, address) = engine.split_once(' ')?;
                Some(format!(
                    "{service} {}",
                    address.strip_prefix(&format!("unix://{path}/"))?
                ))
            })
            .collect();
        assert_eq!(
            ours,
            [
                "Docker docker.sock",
                "Docker .docker/run/docker.sock",
                "BuildKit buildkit/buildkitd.sock"
            ]
        );
    }

    #[test]
    fn an_address_that_is_none_has_a_hint() {
        let error = found(Some("localhost:1234"), &[]).unwrap_err();
        insta::assert_snapshot!(format!("{error}\n{}", error.hint()), @r"
        `localhost:1234` is not the address of an engine: it has no scheme
        give unix://PATH, tcp://HOST:PORT, ssh://[USER@]HOST, docker-container://NAME, podman-container://NAME, nerdctl-container://NAME or kube-pod://NAME; `docker` is the Docker engine
        ");
    }
}
