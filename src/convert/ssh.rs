//! The client's SSH agents.

use crate::llb::{Mount, MountKind};
use crate::plan::Step;

/// Where the sockets are, each with its number behind, as the Dockerfile frontend has them.
/// <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerfile/dockerfile2llb/convert_runmount.go>
const SOCKET: &str = "/run/buildkit/ssh_agent";

/// The variable with the socket that OpenSSH asks: that of the first agent.
const SOCKET_VARIABLE: &str = "SSH_AUTH_SOCK";

/// Permission bits of a socket.
const MODE: u32 = 0o600;

/// The sockets of the agents that a step asks for. An agent that the client does not forward fails the step: what needs it would
/// fail with less to say.
pub(super) fn sockets(step: &Step) -> impl Iterator<Item = Mount> {
    let agents = step.ssh.iter().enumerate();
    agents.map(|(number, id)| Mount {
        destination: socket(number),
        kind: MountKind::Ssh {
            id: id.value.clone(),
            uid: 0,
            gid: 0,
            mode: MODE,
            optional: false,
        },
    })
}

/// The variable that OpenSSH finds the first agent with; `None` if the step asks for none.
pub(super) fn variable(step: &Step) -> Option<(String, String)> {
    let is_asked = !step.ssh.is_empty();
    is_asked.then(|| (SOCKET_VARIABLE.to_owned(), socket(0)))
}

fn socket(number: usize) -> String {
    format!("{SOCKET}.{number}")
}
