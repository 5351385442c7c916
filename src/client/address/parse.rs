//! Addresses of engines, as `BUILDKIT_HOST` and `DOCKER_HOST` have them.
//!
//! Schemes: <https://github.com/moby/buildkit/blob/v0.32.2/client/connhelper>; for Docker,
//! <https://github.com/docker/cli/blob/v29.7.2/cli/connhelper/connhelper.go>.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// Where an engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    /// A unix socket.
    Unix(PathBuf),
    /// A port of a host.
    Tcp {
        /// Name or number; an IPv6 address without its brackets.
        host: String,
        /// The port.
        port: u16,
    },
    /// A program whose standard input and output are the connection.
    Program(Program),
}

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    /// Its name on `PATH`.
    pub(crate) name: &'static str,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
}

/// What is at an address: it decides which program there makes the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// A buildkitd.
    BuildKit,
    /// A Docker Engine, with a BuildKit in it.
    Docker,
}

/// The port of buildkitd in its documentation.
const BUILDKIT_PORT: u16 = 1234;
/// Docker's port without TLS.
const DOCKER_PORT: u16 = 2375;

impl Address {
    /// Reads the address of a service.
    pub(crate) fn parse(text: &str, service: Service) -> Result<Self, AddressError> {
        let fault = |fault| AddressError {
            address: without_password(text),
            fault,
        };
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| fault(Fault::NoScheme))?;
        let parsed = match (scheme, service) {
            ("unix", _) if rest.is_empty() => Err(Fault::NoPath),
            ("unix", _) => Ok(Self::Unix(PathBuf::from(rest))),
            ("tcp", Service::BuildKit) => tcp(rest, BUILDKIT_PORT),
            ("tcp" | "http" | "https", Service::Docker) => tcp(rest, DOCKER_PORT),
            ("ssh", _) => ssh(rest, service),
            ("docker-container", Service::BuildKit) => docker_container(rest),
            ("podman-container", Service::BuildKit) => podman_container(rest),
            ("nerdctl-container", Service::BuildKit) => nerdctl_container(rest),
            ("kube-pod", Service::BuildKit) => kube_pod(rest),
            _ => Err(Fault::Scheme(service)),
        };
        parsed.map_err(fault)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(formatter, "unix://{}", path.display()),
            Self::Tcp { host, port } if host.contains(':') => {
                write!(formatter, "tcp://[{host}]:{port}")
            }
            Self::Tcp { host, port } => write!(formatter, "tcp://{host}:{port}"),
            Self::Program(program) => {
                write!(
                    formatter,
                    "{} {}",
                    program.name,
                    program.arguments.join(" ")
                )
            }
        }
    }
}

/// What makes the connection on the other side of a program.
const DIAL: [&str; 2] = ["buildctl", "dial-stdio"];

fn tcp(rest: &str, default_port: u16) -> Result<Address, Fault> {
    let authority = rest.trim_end_matches('/');
    if authority.contains('/') {
        return Err(Fault::NotHostAndPort);
    }
    let (host, port) = host_and_port(authority)?;
    Ok(Address::Tcp {
        host: host.to_owned(),
        port: port.unwrap_or(default_port),
    })
}

/// `host`, `host:port`, `[::1]:port`.
fn host_and_port(authority: &str) -> Result<(&str, Option<u16>), Fault> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or(Fault::NotHostAndPort)?;
            let port = match rest {
                "" => None,
                _ => Some(rest.strip_prefix(':').ok_or(Fault::NotHostAndPort)?),
            };
            (host, port)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let port = port.map(str::parse).transpose();
    match port {
        Ok(port) if !host.is_empty() => Ok((host, port)),
        _ => Err(Fault::NotHostAndPort),
    }
}

/// `[user@]host[:port][/socket]`.
fn ssh(rest: &str, service: Service) -> Result<Address, Fault> {
    let (authority, socket) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if user.is_some_and(|user| user.contains(':')) {
        return Err(Fault::Password);
    }
    let (host, port) = host_and_port(host)?;
    // A shell reads the command on the other side.
    let plain = |character: char| character.is_ascii_alphanumeric() || "/._-".contains(character);
    if !socket.chars().all(plain) {
        return Err(Fault::Socket);
    }
    // There is no terminal to ask for a password or for trust in a host on.
    let mut arguments = words(&["-o", "BatchMode=yes", "-T"]);
    if let Some(user) = user {
        arguments.extend(words(&["-l", user]));
    }
    if let Some(port) = port {
        arguments.extend(["-p".to_owned(), port.to_string()]);
    }
    arguments.extend(words(&["--", host]));
    let socket = Some(socket.trim_end_matches('/')).filter(|socket| !socket.is_empty());
    match service {
        Service::BuildKit => {
            arguments.push(DIAL[0].to_owned());
            if let Some(socket) = socket {
                arguments.extend(["--addr".to_owned(), format!("unix://{socket}")]);
            }
            arguments.push(DIAL[1].to_owned());
        }
        Service::Docker => {
            arguments.push("docker".to_owned());
            if let Some(socket) = socket {
                arguments.push(format!("--host=unix://{socket}"));
            }
            arguments.extend(words(&["system", "dial-stdio"]));
        }
    }
    Ok(program("ssh", arguments))
}

fn docker_container(rest: &str) -> Result<Address, Fault> {
    let (name, query) = name_and_query(rest, ["context"])?;
    let mut arguments = Vec::new();
    if let [Some(context)] = query {
        arguments.push(format!("--context={context}"));
    }
    arguments.extend(words(&["exec", "-i", name]));
    arguments.extend(words(&DIAL));
    Ok(program("docker", arguments))
}

fn podman_container(rest: &str) -> Result<Address, Fault> {
    let (name, []) = name_and_query(rest, [])?;
    let mut arguments = words(&["exec", "-i", name]);
    arguments.extend(words(&DIAL));
    Ok(program("podman", arguments))
}

fn nerdctl_container(rest: &str) -> Result<Address, Fault> {
    let (name, query) = name_and_query(rest, ["namespace"])?;
    let mut arguments = Vec::new();
    if let [Some(namespace)] = query {
        arguments.push(format!("--namespace={namespace}"));
    }
    arguments.extend(words(&["exec", "-i", name]));
    arguments.extend(words(&DIAL));
    Ok(program("nerdctl", arguments))
}

fn kube_pod(rest: &str) -> Result<Address, Fault> {
    let (pod, query) = name_and_query(rest, ["context", "namespace", "container"])?;
    let mut arguments = Vec::new();
    let [context, namespace, container] = query;
    if let Some(context) = context {
        arguments.push(format!("--context={context}"));
    }
    if let Some(namespace) = namespace {
        arguments.push(format!("--namespace={namespace}"));
    }
    arguments.push("exec".to_owned());
    if let Some(container) = container {
        arguments.push(format!("--container={container}"));
    }
    arguments.extend(words(&["-i", pod, "--"]));
    arguments.extend(words(&DIAL));
    Ok(program("kubectl", arguments))
}

/// `NAME?key=value&...` with the given keys; a key that is absent or empty is `None`.
fn name_and_query<'a, const N: usize>(
    rest: &'a str,
    keys: [&'static str; N],
) -> Result<(&'a str, [Option<&'a str>; N]), Fault> {
    let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
    let name = name.trim_end_matches('/');
    // A name is an argument of a program, which could take it for an option.
    let plain = |character: char| character.is_ascii_alphanumeric() || "_.-".contains(character);
    if name.is_empty() || name.starts_with('-') || !name.chars().all(plain) {
        return Err(Fault::Name);
    }
    let mut values = [None; N];
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = keys.iter().position(|known| *known == key);
        let place = place.ok_or_else(|| Fault::Key {
            key: key.to_owned(),
            known: keys.to_vec(),
        })?;
        values[place] = Some(value).filter(|value| !value.is_empty());
    }
    Ok((name, values))
}

fn program(name: &'static str, arguments: Vec<String>) -> Address {
    Address::Program(Program { name, arguments })
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// The address as it may be shown.
fn without_password(text: &str) -> String {
    let password = || {
        let (before, _) = text.rsplit_once('@')?;
        let user = before.find("://").map_or(0, |scheme| scheme + 3);
        let colon = user + before[user..].find(':')?;
        Some(format!("{}:...{}", &text[..colon], &text[before.len()..]))
    };
    password().unwrap_or_else(|| text.to_owned())
}

/// An address that cannot be read.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("`{address}` is not the address of an engine: {fault}")]
pub(crate) struct AddressError {
    address: String,
    fault: Fault,
}

/// What is wrong with an address.
#[derive(Debug, PartialEq, Eq, Error)]
enum Fault {
    #[error("it has no scheme")]
    NoScheme,
    #[error("its scheme is not known")]
    Scheme(Service),
    #[error("it has no path")]
    NoPath,
    #[error("`host:port` is expected behind the scheme")]
    NotHostAndPort,
    #[error("a password in it would be seen by others on this machine")]
    Password,
    #[error(
        "the path of the socket has other characters than letters, digits, `/`, `.`, `_` and `-`"
    )]
    Socket,
    #[error("a name of letters, digits, `.`, `_` and `-` is expected behind the scheme")]
    Name,
    #[error("`{key}` is not known{}", if known.is_empty() { String::new() } else { format!(", only {}", known.join(", ")) })]
    Key {
        key: String,
        known: Vec<&'static str>,
    },
}

impl AddressError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self.fault {
            Fault::Scheme(Service::Docker) => "Docker is reached by unix://, tcp:// and ssh://",
            Fault::NoScheme | Fault::Scheme(Service::BuildKit) => {
                "give unix://PATH, tcp://HOST:PORT, ssh://[USER@]HOST, docker-container://NAME, podman-container://NAME, \
                 nerdctl-container://NAME or kube-pod://NAME; `docker` is the Docker engine"
            }
            Fault::NoPath => "give the socket's path: unix:///run/buildkit/buildkitd.sock",
            Fault::NotHostAndPort => "give a host and a port: tcp://builder.example.com:1234",
            Fault::Password => "let ssh log in with a key",
            Fault::Socket => "give the socket a plainer path, by a link on that machine",
            Fault::Name => {
                "give the name of the container or the pod: docker-container://buildkitd"
            }
            Fault::Key { .. } => "leave it out, or check its spelling",
        }
    }
}

#[cfg(test)]
mod tests;
