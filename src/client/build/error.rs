//! Why a build has no result.

use std::error::Error as _;
use std::io;

use prost::Message as _;
use thiserror::Error;
use tonic::{Code, Status};

use crate::causes::causes;
use crate::client::output::LoadError;
use crate::client::progress::Failure;
use crate::client::session::SessionError;
use crate::client::session::receive::ReceiveError;
use crate::gateway::GatewayError;
use crate::proto::google::rpc;

/// Why a build has no result.
#[derive(Debug, Error)]
pub(crate) enum BuildError {
    /// It failed. The engine's words, with places of the plan in its details.
    #[error("{}", .0.message())]
    Failed(Box<Status>),
    /// The engine, or the way to it, is gone.
    #[error("the connection to the engine broke during the build: {}", last_cause(.0))]
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
    /// The result came and could not be written.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
    /// Nobody sees what is shown.
    #[error("cannot show progress")]
    Display(#[from] io::Error),
}

impl From<Status> for BuildError {
    fn from(status: Status) -> Self {
        Box::new(status).into()
    }
}

impl From<Box<Status>> for BuildError {
    /// A status that has a source was made on this side: the engine's own words come without one.
    fn from(status: Box<Status>) -> Self {
        let is_ours = status.source().is_some() || status.code() == Code::Unavailable;
        if is_ours {
            Self::EngineGone(status)
        } else {
            Self::Failed(status)
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
            Ok(whole) if !whole.message.is_empty() => rpc::Status {
                message: without_code(&whole.message).to_owned(),
                ..whole
            }
            .into(),
            _ => Failure::new(without_code(status.message())),
        }
    }
}

/// What a status came of. What stands before it says no more than that something went wrong.
fn last_cause(status: &Status) -> String {
    match causes(status).last() {
        Some(cause) => cause.to_string(),
        None => status.message().to_owned(),
    }
}

/// A message without the words that engines before 0.9 put before those of a frontend: the status once more, as text.
fn without_code(message: &str) -> &str {
    let mut rest = message;
    while let Some((_, text)) = rest
        .strip_prefix("rpc error: code = ")
        .and_then(|rest| rest.split_once(" desc = "))
    {
        rest = text;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_in_words_is_left_out() {
        let repeated = "rpc error: code = Unknown desc = rpc error: code = Unknown desc = why";
        assert_eq!(without_code(repeated), "why");
        assert_eq!(without_code("rpc error: why"), "rpc error: why");
    }
}
