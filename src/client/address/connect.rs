//! From an engine to a channel that has been proved to work.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use thiserror::Error;
use tonic::transport::Channel;
use tonic::{Code, Status};

use super::dial::{Dialed, dial};
use super::program::Complaint;
use super::refusal::Refusal;
use super::tls::{Negotiated, TlsError};
use super::upgrade::{UpgradeError, upgrade};
use super::{Address, Engine, Service};
use crate::gateway::{self, TransportError};
use crate::proto::control::ListWorkersRequest;
use crate::proto::control::control_client::ControlClient;
use crate::proto::types::WorkerRecord;

/// How long an engine may take to say that it is there. ssh takes some of it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a Docker that is there may take until its BuildKit says so: asked for its workers, it tries out programs of other
/// platforms each time, and a busy Docker 20.10 was seen to be silent for thirty seconds.
/// <https://github.com/moby/buildkit/blob/v0.32.2/control/control.go>, `ListWorkers`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(120);

/// How long a program that ends gets to say why.
const COMPLAINT_TIME: Duration = Duration::from_millis(200);

/// The beginning of the labels that Docker gives its worker.
/// <https://github.com/moby/moby/blob/v28.5.2/builder/builder-next/worker/label/label.go>
const DOCKER_LABEL: &str = "org.mobyproject.buildkit.worker.moby.";
/// The label with which a worker of Docker's says that images are in containerd.
/// <https://github.com/moby/buildkit/blob/v0.32.2/worker/label/label.go>
const SNAPSHOTTER_LABEL: &str = "org.mobyproject.buildkit.worker.snapshotter";

/// A connection to an engine that answers.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    /// The channel.
    pub(crate) channel: Channel,
    /// Where the engine keeps images if it is Docker.
    pub(crate) docker: Option<ImageStore>,
}

/// Where Docker keeps images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageStore {
    /// The classic way: <https://docs.docker.com/engine/storage/drivers/>.
    GraphDriver,
    /// <https://docs.docker.com/engine/storage/containerd/>
    Containerd,
}

/// Connects to an engine and asks for its workers.
pub(crate) async fn connect(engine: &Engine) -> Result<Connection, ConnectError> {
    // An engine is asked in the way that its service has, and where that is not known for sure, then in the other one.
    match engine.service {
        Service::Docker => match connect_upgraded(engine).await {
            // Newer engines take HTTP/2 as it is.
            Err(refused @ ConnectError::Upgrade(UpgradeError::NotOffered)) => {
                connect_directly(engine).await.map_err(|_| refused)
            }
            result => result,
        },
        Service::BuildKit => match connect_directly(engine).await {
            // A socket that was named as BuildKit's may be Docker's.
            Err(error @ ConnectError::NoBuildKit { .. })
                if !matches!(engine.address, Address::Program(_)) =>
            {
                connect_upgraded(engine).await.map_err(|_| error)
            }
            result => result,
        },
    }
}

async fn connect_directly(engine: &Engine) -> Result<Connection, ConnectError> {
    let opening = async {
        let dialed = dial(&engine.address, engine.tls.as_ref(), Negotiated::Http2).await?;
        open(dialed).await
    };
    within(ANSWER_TIMEOUT, ConnectError::Silent, opening).await
}

async fn connect_upgraded(engine: &Engine) -> Result<Connection, ConnectError> {
    let upgrading = async {
        let mut dialed = dial(&engine.address, engine.tls.as_ref(), Negotiated::Http1).await?;
        match upgrade(&mut dialed.stream).await {
            Ok(()) => Ok(dialed),
            Err(error) => Err(reason(dialed.complaint, dialed.refusal, error.into()).await),
        }
    };
    let dialed = within(ANSWER_TIMEOUT, ConnectError::Silent, upgrading).await?;
    let connection = within(BUSY_TIMEOUT, ConnectError::Busy, open(dialed)).await?;
    Ok(Connection {
        // Docker's own, before it said so of its workers: 20.10.
        docker: connection.docker.or(Some(ImageStore::GraphDriver)),
        ..connection
    })
}

/// What comes in time, or `late`.
async fn within<T>(
    limit: Duration,
    late: ConnectError,
    coming: impl Future<Output = Result<T, ConnectError>>,
) -> Result<T, ConnectError> {
    let come = tokio::time::timeout(limit, coming).await;
    come.unwrap_or(Err(late))
}

/// Begins HTTP/2, and asks something that every engine answers.
async fn open(dialed: Dialed) -> Result<Connection, ConnectError> {
    let asked = async {
        let channel = gateway::connect(dialed.stream)
            .await
            .map_err(|error| no_buildkit(&error))?;
        let workers = ControlClient::new(channel.clone())
            .max_decoding_message_size(gateway::MAX_MESSAGE_SIZE)
            .list_workers(ListWorkersRequest::default())
            .await
            .map_err(|status| match status.code() {
                // Made on this side, of whatever was noticed first.
                _ if status.source().is_some() => no_buildkit(&TransportError::Closed),
                Code::Unavailable | Code::Unknown | Code::Internal => {
                    ConnectError::NoBuildKit { answer: status }
                }
                _ => ConnectError::Refused(status),
            })?;
        Ok(Connection {
            channel,
            docker: image_store(&workers.into_inner().record),
        })
    };
    match asked.await {
        Err(error @ ConnectError::NoBuildKit { .. }) => {
            Err(reason(dialed.complaint, dialed.refusal, error).await)
        }
        result => result,
    }
}

fn no_buildkit(error: &TransportError) -> ConnectError {
    ConnectError::NoBuildKit {
        answer: Status::unavailable(error.to_string()),
    }
}

/// Why a connection does not work: what a program said before it ended, or TLS, if anything was said; else the error itself.
async fn reason(
    complaint: Option<Complaint>,
    refusal: Option<Refusal>,
    error: ConnectError,
) -> ConnectError {
    if let Some(alert) = refusal.and_then(|refusal| refusal.text()) {
        return TlsError::Refused { alert }.into();
    }
    let Some(complaint) = complaint else {
        return error;
    };
    tokio::time::sleep(COMPLAINT_TIME).await;
    match complaint.text() {
        text if text.is_empty() => error,
        text => ConnectError::Complaint(text),
    }
}

fn image_store(workers: &[WorkerRecord]) -> Option<ImageStore> {
    let mut labels = workers.iter().flat_map(|worker| worker.labels.keys());
    if !labels.clone().any(|label| label.starts_with(DOCKER_LABEL)) {
        None
    } else if labels.any(|label| label == SNAPSHOTTER_LABEL) {
        Some(ImageStore::Containerd)
    } else {
        Some(ImageStore::GraphDriver)
    }
}

/// Why there is no connection to an engine.
#[derive(Debug, Error)]
pub(crate) enum ConnectError {
    /// Nothing is there, or it may not be used.
    #[error("it cannot be reached")]
    Dial(#[source] io::Error),
    /// The program that makes the connection is missing.
    #[error("the program `{0}` is not on PATH")]
    NoProgram(&'static str),
    /// The program that makes the connection ended.
    #[error("{0}")]
    Complaint(String),
    /// TLS failed.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Docker does not hand the connection to its BuildKit.
    #[error(transparent)]
    Upgrade(#[from] UpgradeError),
    /// Something else is there.
    #[error("it does not answer as BuildKit does: {}", answer.message())]
    NoBuildKit {
        /// What came instead.
        answer: Status,
    },
    /// BuildKit is there and does not want to.
    #[error("{}", .0.message())]
    Refused(Status),
    /// It takes the connection and says nothing.
    #[error("it did not answer within {} seconds", ANSWER_TIMEOUT.as_secs())]
    Silent,
    /// Docker is there, and its BuildKit says nothing.
    #[error("Docker is there, and its BuildKit did not answer within {} seconds", BUSY_TIMEOUT.as_secs())]
    Busy,
}

impl ConnectError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Dial(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Some("run as a user who may use the socket: for Docker, one of the group `docker`".to_owned())
            }
            Self::Dial(_) | Self::Silent => {
                Some("start it, or name another one with `--builder`".to_owned())
            }
            Self::Busy => Some("wait until it has less to do, or name another engine with `--builder`".to_owned()),
            Self::NoProgram(program) => Some(format!("install {program}, or reach the engine by another scheme")),
            Self::NoBuildKit { .. } => {
                Some("if it speaks TLS, give its certificates with `--tlsdir` or `--tlscacert`, `--tlscert` and `--tlskey`".to_owned())
            }
            Self::Upgrade(UpgradeError::NotOffered) => {
                Some("Podman has no BuildKit of its own: run one with `podman run --detach --name buildkitd --privileged docker.io/moby/buildkit`, and build with `--builder podman-container://buildkitd`".to_owned())
            }
            Self::Tls(error) => Some(error.hint().to_owned()),
            Self::Complaint(_) | Self::Upgrade(_) | Self::Refused(_) => None,
        }
    }

    /// Whether it may work a little later, with nothing changed.
    pub(crate) fn is_temporary(&self) -> bool {
        !matches!(self, Self::Tls(_) | Self::NoProgram(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_engine_is_not_waited_for_without_end() {
        let told = async |late| {
            let nothing = std::future::pending::<Result<(), _>>();
            let error = within(Duration::from_millis(1), late, nothing).await;
            let error = error.unwrap_err();
            assert!(error.is_temporary());
            format!("{error}: {}", error.hint().unwrap())
        };
        let told = [
            told(ConnectError::Silent).await,
            told(ConnectError::Busy).await,
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        it did not answer within 30 seconds: start it, or name another one with `--builder`
        Docker is there, and its BuildKit did not answer within 120 seconds: wait until it has less to do, or name another engine with `--builder`
        ");
    }

    #[test]
    fn docker_is_known_by_its_labels() {
        let worker = |labels: &[&str]| WorkerRecord {
            labels: labels
                .iter()
                .map(|label| ((*label).to_owned(), String::new()))
                .collect(),
            ..WorkerRecord::default()
        };
        let docker = "org.mobyproject.buildkit.worker.moby.host-gateway-ip";
        assert_eq!(
            image_store(&[worker(&[docker])]),
            Some(ImageStore::GraphDriver)
        );
        assert_eq!(
            image_store(&[worker(&[docker, SNAPSHOTTER_LABEL])]),
            Some(ImageStore::Containerd)
        );
        assert_eq!(image_store(&[worker(&[SNAPSHOTTER_LABEL])]), None);
        assert_eq!(image_store(&[]), None);
    }
}
