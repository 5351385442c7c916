//! The server of a session, on whatever carries bytes both ways.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::server::NamedService;
use tonic::service::Routes;

use super::Session;
use super::files::FileSource;
use super::health::Alive;
use super::receive::FileTarget;
use crate::client::words::with_causes;
use crate::proto::content::content_server::ContentServer;
use crate::proto::filesync::auth_server::AuthServer;
use crate::proto::filesync::file_sync_server::FileSyncServer;
use crate::proto::health::health_server::HealthServer;
use crate::proto::secrets::secrets_server::SecretsServer;
use crate::proto::sshforward::ssh_server::SshServer;

/// Largest message either way: what BuildKit's own server and client have.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/grpc.go>, `grpcClientConn`
pub(super) const MAX_MESSAGE_SIZE: usize = 16 << 20;

/// Largest list of headers that is accepted: all patterns of a directory come in one.
const MAX_HEADER_LIST_SIZE: u32 = 16 << 20;

/// Bytes of an export in flight before the engine waits for us.
const STREAM_WINDOW_SIZE: u32 = 2 << 20;

/// Bytes of all exports in flight. What waits of one, because the program that loads it takes its time, must never keep the
/// engine from asking whether this client is alive: it would drop the session. Nor may it use up what HTTP/2's
/// implementation lets a peer leave in small frames, which is half of this.
/// <https://docs.rs/h2/0.4.20/h2/server/struct.Builder.html#method.data_frame_budget>
const CONNECTION_WINDOW_SIZE: u32 = 64 * STREAM_WINDOW_SIZE;

impl Session {
    /// The URLs of all methods, which the engine wants to know before it asks: the values of the metadata
    /// `x-docker-expose-session-grpc-method`.
    #[must_use]
    pub fn methods() -> Vec<String> {
        type Content = ContentServer<super::Contents>;
        type Auth = AuthServer<super::Credentials>;
        type Secrets = SecretsServer<super::SecretStore>;
        type Ssh = SshServer<super::SshAgents>;
        [
            (HealthServer::<Alive>::NAME, &["Check"][..]),
            (FileSyncServer::<FileSource>::NAME, &["DiffCopy"]),
            (FileTarget::NAME, &["DiffCopy"]),
            (Secrets::NAME, &["GetSecret"]),
            (
                Auth::NAME,
                &[
                    "Credentials",
                    "FetchToken",
                    "GetTokenAuthority",
                    "VerifyTokenAuthority",
                ],
            ),
            (Ssh::NAME, &["CheckAgent", "ForwardAgent"]),
            (Content::NAME, &["Info", "Read", "Write"]),
        ]
        .into_iter()
        .flat_map(|(service, methods)| {
            methods
                .iter()
                .map(move |method| format!("/{service}/{method}"))
        })
        .collect()
    }

    /// Answers the engine until it closes `stream`. To stop earlier drop the future: calls that run are broken off.
    pub async fn serve<S>(self, stream: S) -> Result<(), SessionError>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let mut server = auto::Builder::new(TokioExecutor::new()).http2_only();
        server
            .http2()
            .max_header_list_size(MAX_HEADER_LIST_SIZE)
            .initial_stream_window_size(STREAM_WINDOW_SIZE)
            .initial_connection_window_size(CONNECTION_WINDOW_SIZE);
        let service = TowerToHyperService::new(self.routes());
        let connection = server.serve_connection(TokioIo::new(stream), service);
        connection
            .await
            .map_err(|error| SessionError(with_causes(error.as_ref())))
    }

    fn routes(self) -> Routes {
        let files = FileSyncServer::new(FileSource::new(self.locals))
            .max_decoding_message_size(MAX_MESSAGE_SIZE)
            .max_encoding_message_size(MAX_MESSAGE_SIZE);
        let contents = ContentServer::new(self.contents)
            .max_decoding_message_size(MAX_MESSAGE_SIZE)
            .max_encoding_message_size(MAX_MESSAGE_SIZE);
        Routes::new(HealthServer::new(Alive))
            .add_service(files)
            .add_service(FileTarget::new(self.receivers))
            .add_service(SecretsServer::new(self.secrets))
            .add_service(AuthServer::new(self.credentials))
            .add_service(SshServer::new(self.agents))
            .add_service(contents)
            .prepare()
    }
}

/// The connection broke: the engine is gone, or what it sent is no HTTP/2.
#[derive(Debug, thiserror::Error)]
#[error("the session with BuildKit broke: {0}")]
pub struct SessionError(String);
