//! SSH agents: a step of a build speaks to the user's agent, and the keys stay where they are.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/sshforward/sshprovider/agentprovider.go>

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tonic::codegen::tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::metadata;
use crate::proto::sshforward::ssh_server::Ssh;
use crate::proto::sshforward::{BytesMessage, CheckAgentRequest, CheckAgentResponse};

/// Which agent a connection goes to.
const ID_KEY: &str = "buildkit.ssh.id";

/// The agent of a step that names none.
pub const DEFAULT_ID: &str = "default";

/// Bytes read from an agent at once.
const CHUNK_SIZE: usize = 32 << 10;

/// Messages that wait for the engine.
const MESSAGES: usize = 4;

/// The agents of a build: an id to the socket of an agent.
#[derive(Clone, Debug, Default)]
pub struct SshAgents(BTreeMap<String, PathBuf>);

impl SshAgents {
    /// Forwards the agent that listens on `socket` under `id`; an empty id is [`DEFAULT_ID`].
    pub fn insert(&mut self, id: &str, socket: impl Into<PathBuf>) {
        let id = if id.is_empty() { DEFAULT_ID } else { id };
        self.0.insert(id.to_owned(), socket.into());
    }

    fn socket(&self, id: &str) -> Result<&Path, Status> {
        let id = if id.is_empty() { DEFAULT_ID } else { id };
        let socket = self.0.get(id).map(PathBuf::as_path);
        socket.ok_or_else(|| Status::not_found(format!("SSH agent `{id}` is not given")))
    }
}

#[tonic::async_trait]
impl Ssh for SshAgents {
    type ForwardAgentStream = ReceiverStream<Result<BytesMessage, Status>>;

    async fn check_agent(
        &self,
        request: Request<CheckAgentRequest>,
    ) -> Result<Response<CheckAgentResponse>, Status> {
        let socket = self.socket(&request.get_ref().id)?;
        connect(socket).await?;
        Ok(Response::new(CheckAgentResponse {}))
    }

    async fn forward_agent(
        &self,
        request: Request<Streaming<BytesMessage>>,
    ) -> Result<Response<Self::ForwardAgentStream>, Status> {
        let id = metadata::value(request.metadata(), ID_KEY).unwrap_or_default();
        let (from_agent, to_agent) = connect(self.socket(&id)?).await?.into_split();
        let (sender, messages) = mpsc::channel(MESSAGES);
        tokio::spawn(forward(request.into_inner(), to_agent, from_agent, sender));
        Ok(Response::new(ReceiverStream::new(messages)))
    }
}

async fn connect(socket: &Path) -> Result<UnixStream, Status> {
    UnixStream::connect(socket).await.map_err(|error| {
        let socket = socket.display();
        Status::unavailable(format!("cannot reach the SSH agent at `{socket}`: {error}"))
    })
}

/// Copies both ways. Ends when the agent closes or the engine is gone; an engine that only has no more to say still hears
/// the answer.
async fn forward(
    from_engine: Streaming<BytesMessage>,
    to_agent: OwnedWriteHalf,
    from_agent: OwnedReadHalf,
    to_engine: mpsc::Sender<Result<BytesMessage, Status>>,
) {
    let answers = read(from_agent, &to_engine);
    let questions = write(from_engine, to_agent);
    let both = async {
        let (mut answers, mut questions) = (std::pin::pin!(answers), std::pin::pin!(questions));
        tokio::select! {
            answered = &mut answers => answered,
            asked = &mut questions => match asked {
                Ok(()) => answers.await,
                Err(error) => Err(error),
            },
        }
    };
    let result = tokio::select! {
        result = both => result,
        () = to_engine.closed() => return,
    };
    if let Err(status) = result {
        // Nobody is left to tell if this fails.
        let _ = to_engine.send(Err(status)).await;
    }
}

async fn read(
    mut agent: OwnedReadHalf,
    to_engine: &mpsc::Sender<Result<BytesMessage, Status>>,
) -> Result<(), Status> {
    loop {
        let mut data = Vec::with_capacity(CHUNK_SIZE);
        let count = agent
            .read_buf(&mut data)
            .await
            .map_err(|error| broken(&error))?;
        let message = BytesMessage { data: data.into() };
        if count == 0 || to_engine.send(Ok(message)).await.is_err() {
            return Ok(());
        }
    }
}

async fn write(
    mut from_engine: Streaming<BytesMessage>,
    mut agent: OwnedWriteHalf,
) -> Result<(), Status> {
    while let Some(message) = from_engine.message().await? {
        let written = agent.write_all(&message.data).await;
        written.map_err(|error| broken(&error))?;
    }
    agent.shutdown().await.map_err(|error| broken(&error))
}

fn broken(error: &io::Error) -> Status {
    Status::unavailable(format!("the connection to the SSH agent broke: {error}"))
}

#[cfg(test)]
mod tests {
    use tokio::net::UnixListener;
    use tonic::codegen::tokio_stream;

    use super::*;
    use crate::client::session::Session;
    use crate::client::session::testing::{Engine, with};
    use crate::proto::sshforward::ssh_client::SshClient;

    /// An agent that answers one connection with what it hears until the end, twice.
    async fn agent(listener: UnixListener) {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut heard = String::new();
            connection.read_to_string(&mut heard).await.unwrap();
            if !heard.is_empty() {
                let answer = heard.repeat(2);
                connection.write_all(answer.as_bytes()).await.unwrap();
                return;
            }
        }
    }

    async fn client(agents: SshAgents) -> SshClient<tonic::transport::Channel> {
        let session = Session {
            agents,
            ..Session::default()
        };
        SshClient::new(Engine::connect(session).await.channel)
    }

    #[tokio::test]
    async fn an_agent_is_reached() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let agent = tokio::spawn(agent(UnixListener::bind(&socket).unwrap()));
        let mut agents = SshAgents::default();
        agents.insert("", &socket);
        let mut client = client(agents).await;
        let known = client.check_agent(CheckAgentRequest::default()).await;
        assert!(known.is_ok());
        let question = ["ab", "cd"].map(|data| BytesMessage {
            data: data.as_bytes().into(),
        });
        let request = with(tokio_stream::iter(question), &[(ID_KEY, "default")]);
        let answers = client.forward_agent(request).await.unwrap();
        let (mut answers, mut answer) = (answers.into_inner(), Vec::new());
        while let Some(message) = answers.message().await.unwrap() {
            answer.extend_from_slice(&message.data);
        }
        assert_eq!(answer, b"abcdabcd");
        agent.await.unwrap();
    }

    #[tokio::test]
    async fn an_agent_that_is_not_there_is_an_error() {
        let mut agents = SshAgents::default();
        agents.insert("gone", "/nonexistent/agent");
        let mut client = client(agents).await;
        let mut check = async |id: &str| {
            let id = id.to_owned();
            client
                .check_agent(CheckAgentRequest { id })
                .await
                .unwrap_err()
                .message()
                .to_owned()
        };
        assert_eq!(check("other").await, "SSH agent `other` is not given");
        assert_eq!(
            check("gone").await,
            "cannot reach the SSH agent at `/nonexistent/agent`: No such file or directory (os error 2)"
        );
    }
}
