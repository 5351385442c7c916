//! Pushing an image that Docker has, through its program.

use std::io;
use std::process::{ExitStatus, Stdio};

use thiserror::Error;
use tokio::process::Command;

use crate::client::address::{Address, Engine, Origin};

/// Pushes the image by each of its names. What Docker says goes to standard error.
pub(crate) async fn push(engine: &Engine, names: &[String]) -> Result<(), PushError> {
    for name in names {
        let status = Command::new("docker")
            .args(host(engine))
            .args(["push", "--quiet", name])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .status()
            .await
            .map_err(PushError::Start)?;
        if !status.success() {
            let name = name.clone();
            return Err(PushError::Failed { name, status });
        }
    }
    Ok(())
}

/// What tells Docker's program where its engine is, where it would not find the same one.
fn host(engine: &Engine) -> Option<String> {
    let is_found = matches!(engine.origin, Origin::DockerHost | Origin::DockerContext(_));
    let is_address = !matches!(engine.address, Address::Program(_));
    (is_address && !is_found).then(|| format!("--host={}", engine.address))
}

/// Why an image is not pushed.
#[derive(Debug, Error)]
pub(crate) enum PushError {
    /// There is no such program.
    #[error("`docker push` cannot be started")]
    Start(#[source] io::Error),
    /// It failed, and has said why.
    #[error("the image is in Docker, but `docker push {name}` failed ({status})")]
    Failed {
        /// The image.
        name: String,
        /// The program's end.
        status: ExitStatus,
    },
}

impl PushError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Start(_) => {
                "install docker's own program: its classic image store pushes only by that"
            }
            Self::Failed { .. } => {
                "docker has said above why; `docker login` logs in to the registry"
            }
        }
    }
}
