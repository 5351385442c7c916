//! SSH agents, and keys in their place.

use std::fs;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::client::session::ssh::{KeyFileError, SshAgent, SshKeys};

/// Reads `ID`, `ID=SOCKET` and `ID=KEY[,KEY]`: without a path it is the agent of the environment, which `variable` gives.
///
/// <https://github.com/docker/buildx/blob/v0.36.0/util/buildflags/ssh.go>
pub(super) fn parse_ssh(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(String, SshAgent), SshFault> {
    let (id, paths) = text.split_once('=').unwrap_or((text, ""));
    let agent = if paths.is_empty() {
        let socket = variable("SSH_AUTH_SOCK").filter(|socket| !socket.is_empty());
        SshAgent::Socket(socket.ok_or(SshFault::NoAgent)?.into())
    } else {
        agent(&paths.split(',').map(PathBuf::from).collect::<Vec<_>>())?
    };
    Ok((id.to_owned(), agent))
}

fn agent(paths: &[PathBuf]) -> Result<SshAgent, SshFault> {
    if let Some(path) = paths
        .iter()
        .find(|path| path.to_string_lossy().starts_with("raw="))
    {
        return Err(SshFault::Raw(path.display().to_string()));
    }
    match paths {
        [socket] if is_socket(socket) => Ok(SshAgent::Socket(socket.clone())),
        paths if paths.iter().any(|path| is_socket(path)) => Err(SshFault::Mixed),
        files => Ok(SshAgent::Keys(SshKeys::read(files)?)),
    }
}

fn is_socket(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}

/// What is wrong with the option.
#[derive(Debug, Error)]
pub(super) enum SshFault {
    /// There is no agent to forward.
    #[error("no agent runs here: SSH_AUTH_SOCK is not set")]
    NoAgent,
    /// An agent with something else.
    #[error("it names the socket of an agent and something else")]
    Mixed,
    /// Sockets of other programs.
    #[error("`{0}` is not supported: only agents and keys are forwarded")]
    Raw(String),
    /// A file without a key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
}

impl SshFault {
    /// What to give instead.
    pub(super) fn hint(&self) -> String {
        match self {
            Self::NoAgent => {
                "start one with `eval \"$(ssh-agent)\"` and `ssh-add`, or name a file with a key: `ID=FILE`".to_owned()
            }
            Self::Mixed | Self::Raw(_) => "give `ID=SOCKET`, or `ID=KEY[,KEY]`".to_owned(),
            Self::Key(error) => error.hint(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn an_agent_is_a_socket_or_files_with_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let _listener = UnixListener::bind(path("agent")).unwrap();
        let key = include_str!("../session/ssh/keys/ed25519");
        fs::write(path("key"), key).unwrap();
        let parsed = |text: &str| {
            let text = text.replace('@', &format!("{}/", folder.path().display()));
            let variable = |_: &str| Some("/run/agent".to_owned());
            let told = match parse_ssh(&text, &variable) {
                Ok((id, SshAgent::Socket(socket))) => format!("{id}: {}", socket.display()),
                Ok((id, SshAgent::Keys(keys))) => format!("{id}: {keys:?}"),
                Err(fault) => format!("{fault}\n  hint: {}", fault.hint()),
            };
            told.replace(&folder.path().display().to_string(), "@")
        };
        let told = [
            "default",
            "",
            "default=",
            "a=@agent",
            "a=@key",
            "a=@key,@key",
            "a=@key,@agent",
            "a=@agent,raw=true",
            "a=@key,@other",
        ]
        .map(parsed);
        insta::assert_snapshot!(told.join("\n"), @r"
        default: /run/agent
        : /run/agent
        default: /run/agent
        a: @/agent
        a: SshKeys([Key(..)])
        a: SshKeys([Key(..), Key(..)])
        it names the socket of an agent and something else
          hint: give `ID=SOCKET`, or `ID=KEY[,KEY]`
        `raw=true` is not supported: only agents and keys are forwarded
          hint: give `ID=SOCKET`, or `ID=KEY[,KEY]`
        `@/other`: it cannot be read: No such file or directory (os error 2)
          hint: name the socket of an agent, or files with private keys as `ssh-keygen` writes them
        ");
    }
}
