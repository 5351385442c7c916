//! Why a build has no result.

use std::error::Error as _;
use std::io;

use prost::Message as _;
use thiserror::Error;
use tonic::{Code, Status};

use crate::client::output::LoadError;
use crate::client::progress::Failure;
use crate::client::session::SessionError;
use crate::gateway::GatewayError;
use crate::proto::google::rpc;

/// Why a build has no result.
#[derive(Debug, Error)]
pub(crate) enum BuildError {
    /// It failed. The engine's words, with places of the plan in its details.
    #[error("{}", .0.message())]
    Failed(Box<Status>),
    /// The engine, or the way to it, is gone.
    #[error("the connection to the engine broke during the build: {}", .0.message())]
    EngineGone(Box<Status>),
    /// The frontend has no connection to the build, and the engine does not say why.
    #[error("the engine broke the build off: {0}")]
    Frontend(GatewayError),
    /// The engine can ask this client for nothing any more.
    #[error(transparent)]
    Session(SessionError),
    /// The engine does not end the build.
    #[error("the engine does not end the build")]
    NoEnd,
    /// The user wants no more.
    #[error("interrupted")]
    Interrupted,
    /// Nobody takes the result.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Nobody sees what is shown.
    #[error("cannot show progress")]
    Display(#[from] io::Error),
}

impl From<Status> for BuildError {
    /// A status that has a source was made on this side: the engine's own words come without one.
    fn from(status: Status) -> Self {
        let is_ours = status.source().is_some() || status.code() == Code::Unavailable;
        if is_ours {
            Self::EngineGone(Box::new(status))
        } else {
            Self::Failed(Box::new(status))
        }
    }
}

impl BuildError {
    /// What to show of it, with the engine's details.
    pub(crate) fn failure(&self) -> Failure {
        let Self::Failed(status) = self else {
            return Failure::new(self.to_string());
        };
        match rpc::Status::decode(status.details()) {
            Ok(whole) if !whole.message.is_empty() => whole.into(),
            _ => Failure::new(status.message()),
        }
    }
}
