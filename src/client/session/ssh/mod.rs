//! SSH agents: a step of a build has the user's agent sign for it, or this program with keys of files. The keys stay where they
//! are.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/sshforward/sshprovider/agentprovider.go>

mod agent;
mod key;
mod key_file;
mod openssh;
mod wire;

use std::collections::BTreeMap;
use std::io;

use tokio::sync::mpsc;
use tokio_util::io::StreamReader;
use tonic::codegen::tokio_stream::StreamExt as _;
use tonic::codegen::tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::metadata;
use crate::proto::sshforward::ssh_server::Ssh;
use crate::proto::sshforward::{BytesMessage, CheckAgentRequest, CheckAgentResponse};
use agent::{Conversation, read, with_length};
pub use agent::{SshAgent, SshKeys};
pub(crate) use key_file::KeyFileError;

/// Which agent a connection goes to.
const ID_KEY: &str = "buildkit.ssh.id";

/// The agent of a step that names none.
pub const DEFAULT_ID: &str = "default";

/// Messages that wait for the engine.
const MESSAGES: usize = 4;

/// The agents of a build, by their ids.
#[derive(Clone, Debug, Default)]
pub struct SshAgents(BTreeMap<String, SshAgent>);

impl SshAgents {
    /// Offers `agent` under `id`, in place of one that had it; an empty id is [`DEFAULT_ID`].
    pub fn insert(&mut self, id: &str, agent: SshAgent) -> Option<SshAgent> {
        self.0.insert(id_or_default(id).to_owned(), agent)
    }

    /// Whether an agent is offered under `id`.
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.0.contains_key(id_or_default(id))
    }

    async fn open(&self, id: &str) -> Result<Conversation, Status> {
        let id = id_or_default(id);
        let agent = self.0.get(id);
        let agent =
            agent.ok_or_else(|| Status::not_found(format!("SSH agent `{id}` is not given")))?;
        Conversation::open(agent).await
    }
}

fn id_or_default(id: &str) -> &str {
    if id.is_empty() { DEFAULT_ID } else { id }
}

#[tonic::async_trait]
impl Ssh for SshAgents {
    type ForwardAgentStream = ReceiverStream<Result<BytesMessage, Status>>;

    async fn check_agent(
        &self,
        request: Request<CheckAgentRequest>,
    ) -> Result<Response<CheckAgentResponse>, Status> {
        self.open(&request.get_ref().id).await?;
        Ok(Response::new(CheckAgentResponse {}))
    }

    async fn forward_agent(
        &self,
        request: Request<Streaming<BytesMessage>>,
    ) -> Result<Response<Self::ForwardAgentStream>, Status> {
        let id = metadata::value(request.metadata(), ID_KEY).unwrap_or_default();
        let agent = self.open(&id).await?;
        let (sender, messages) = mpsc::channel(MESSAGES);
        tokio::spawn(forward(request.into_inner(), agent, sender));
        Ok(Response::new(ReceiverStream::new(messages)))
    }
}

/// Answers one question after the other, until there are no more or the engine is gone.
async fn forward(
    from_engine: Streaming<BytesMessage>,
    agent: Conversation,
    to_engine: mpsc::Sender<Result<BytesMessage, Status>>,
) {
    let result = tokio::select! {
        result = answer(from_engine, agent, &to_engine) => result,
        () = to_engine.closed() => return,
    };
    if let Err(status) = result {
        // Nobody is left to tell if this fails.
        let _ = to_engine.send(Err(status)).await;
    }
}

async fn answer(
    from_engine: Streaming<BytesMessage>,
    mut agent: Conversation,
    to_engine: &mpsc::Sender<Result<BytesMessage, Status>>,
) -> Result<(), Status> {
    let bytes = from_engine.map(|message| match message {
        Ok(message) => Ok(message.data),
        Err(status) => Err(io::Error::other(status)),
    });
    let mut questions = StreamReader::new(bytes);
    let unreadable = |error: io::Error| Status::invalid_argument(error.to_string());
    while let Some(question) = read(&mut questions).await.map_err(unreadable)? {
        let answer = agent.answer(&question).await?;
        let message = BytesMessage {
            data: with_length(&answer).into(),
        };
        if to_engine.send(Ok(message)).await.is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
