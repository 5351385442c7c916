//! Why a command did not do what was asked for, and what its exit code says about that.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::address::{ConnectError, EngineError};
use super::build::BuildError;
use super::certificates::CertificatesError;
use super::identifier::NoRandomness;
use super::output::{ExportError, LOAD_HINT, LoadError, PushError};
use super::progress::UnknownMode;
use super::session::files::LocalError;
use super::session::receive::ReceiveError;
use super::session::secrets::SecretError;
use crate::cli::{ExitStatus, PlanningError, WriteError};

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum ClientError {
    /// There is no plan.
    #[error(transparent)]
    Planning(#[from] PlanningError),
    /// The plan's file cannot be read.
    #[error("cannot read the plan {}", file.display())]
    ReadPlan {
        /// The file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Secrets of the plan without a value.
    #[error("the plan has secrets without a value: {}", .names.join(", "))]
    MissingSecrets {
        /// Their names.
        names: Vec<String>,
    },
    /// SSH agents of the plan that are not forwarded.
    #[error("the plan asks for SSH agents that are not forwarded: {}", .ids.join(", "))]
    MissingSshAgents {
        /// Their ids.
        ids: Vec<String>,
    },
    /// A secret that cannot be had.
    #[error("the secret `{id}` cannot be read")]
    Secret {
        /// Its name.
        id: String,
        /// Why not.
        source: io::Error,
    },
    /// There are no hashes of the secrets.
    #[error("cannot hash the secrets")]
    SecretsHash(#[from] argon2::Error),
    /// The secret with certificates has none.
    #[error(transparent)]
    Certificates(#[from] CertificatesError),
    /// There is no engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// No engine answers.
    #[error("no engine to build with answers:")]
    Unreachable {
        /// Each with the reason.
        engines: Vec<(String, ConnectError)>,
    },
    /// The engine cannot make what is wanted.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Nothing was converted: the build was asked for something else.
    #[error("the build has ended without a definition")]
    NoDefinition,
    /// An archive would fill the screen.
    #[error("the output would go to the terminal")]
    Terminal,
    /// The image cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A directory cannot be offered to the engine.
    #[error(transparent)]
    Served(#[from] LocalError),
    /// A secret cannot be offered to the engine.
    #[error(transparent)]
    SecretStore(#[from] SecretError),
    /// A result cannot be put in its place.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// The image cannot be pushed.
    #[error(transparent)]
    Push(#[from] PushError),
    /// Progress cannot be shown in this way.
    #[error(transparent)]
    Mode(#[from] UnknownMode),
    /// The user wants no more, and nothing is being built.
    #[error("interrupted")]
    Interrupted,
    /// The build has no result; told already.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// Nothing runs here.
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    /// No random numbers.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// Standard output is closed.
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
}

impl ClientError {
    /// What to do about it, where the message does not say it already.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Planning(error) => error.hint(),
            Self::ReadPlan { .. } => Some("name the file that `railpack plan` wrote".to_owned()),
            Self::MissingSecrets { names } => {
                let first = names.first().map_or("NAME", String::as_str);
                Some(format!(
                    "give them: `--env {first}=...`, or `--env {first}` for the value of this shell"
                ))
            }
            Self::MissingSshAgents { ids } => {
                let first = ids.first().map_or("default", String::as_str);
                Some(format!(
                    "forward that of this shell: `--ssh {first}`, or a key: `--ssh {first}=FILE`"
                ))
            }
            Self::Certificates(error) => Some(error.hint()),
            Self::Engine(error) => Some(error.hint().to_owned()),
            Self::Unreachable { engines } => match engines.as_slice() {
                [(_, error)] => error.hint(),
                _ => Some("start one of them, or name another one with `--builder`".to_owned()),
            },
            Self::Export(error) => Some(error.hint().to_owned()),
            Self::Terminal => {
                Some("name a file with `dest=`, or pipe standard output into a program".to_owned())
            }
            Self::Load(_) | Self::Build(BuildError::Load(_)) => Some(LOAD_HINT.to_owned()),
            Self::Write(error) => error.hint(),
            Self::Build(BuildError::EngineGone(_) | BuildError::Session(_)) => Some(
                "build again when the engine is back; what it has cached is not lost".to_owned(),
            ),
            Self::Build(BuildError::Failed(status)) if is_unauthorized(status.message()) => Some(
                "log in to the registry with `docker login`: the engine gets what Docker's config.json has"
                    .to_owned(),
            ),
            Self::Build(BuildError::Failed(status)) if status.message().contains(NO_CACHE_EXPORTER) => Some(
                "switch Docker to its containerd image store, or build with a buildkitd: `--builder`; `type=inline` puts the \
                 cache into the image"
                    .to_owned(),
            ),
            Self::Push(error) => Some(error.hint().to_owned()),
            Self::Secret { .. }
            | Self::SecretsHash(_)
            | Self::Served(_)
            | Self::SecretStore(_)
            | Self::Receive(_)
            | Self::Interrupted
            | Self::Mode(_)
            | Self::Build(_)
            | Self::Runtime(_)
            | Self::NoDefinition
            | Self::NoRandomness(_)
            | Self::Stdout(_) => None,
        }
    }

    /// What the exit code says.
    pub(crate) fn exit_status(&self) -> ExitStatus {
        let is_temporary = match self {
            Self::Interrupted | Self::Build(BuildError::Interrupted) => {
                return ExitStatus::Interrupted;
            }
            Self::Engine(EngineError::Address(_)) | Self::Terminal => {
                return ExitStatus::Usage;
            }
            Self::Planning(error) => error.is_temporary(),
            Self::Write(error) => error.is_temporary(),
            Self::Receive(error) | Self::Build(BuildError::Receive(error)) => error.is_temporary(),
            Self::Unreachable { engines } => engines.iter().any(|(_, error)| error.is_temporary()),
            Self::Engine(_)
            | Self::Build(
                BuildError::EngineGone(_)
                | BuildError::Session(_)
                | BuildError::Frontend(_)
                | BuildError::NoEnd,
            )
            | Self::Runtime(_) => true,
            Self::ReadPlan { .. }
            | Self::NoDefinition
            | Self::Served(_)
            | Self::SecretStore(_)
            | Self::Push(_)
            | Self::Mode(_)
            | Self::MissingSecrets { .. }
            | Self::MissingSshAgents { .. }
            | Self::Secret { .. }
            | Self::SecretsHash(_)
            | Self::Certificates(_)
            | Self::Export(_)
            | Self::Load(_)
            | Self::Build(_)
            | Self::NoRandomness(_)
            | Self::Stdout(_) => false,
        };
        if is_temporary {
            ExitStatus::Temporary
        } else {
            ExitStatus::Failure
        }
    }
}

/// What an engine says that exports no such caches: Docker with its classic image store.
/// <https://github.com/moby/buildkit/blob/v0.32.2/control/control.go>
const NO_CACHE_EXPORTER: &str = "unknown cache exporter";

/// Whether a registry wants a login: engines hand on its answer only in words.
fn is_unauthorized(message: &str) -> bool {
    [
        "401 Unauthorized",
        "authorization failed",
        "insufficient_scope",
    ]
    .iter()
    .any(|words| message.contains(words))
}
