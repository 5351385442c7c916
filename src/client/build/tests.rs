use std::io;
use std::sync::{Arc, Mutex};

use tonic::codegen::tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Server;
use tonic::{Code, Request, Streaming};

use super::*;
use crate::cli::ExitStatus;
use crate::client::error::ClientError;
use crate::client::progress::{Mode, Terminal};
use crate::gateway;
use crate::proto::control::control_server::{Control, ControlServer};
use crate::proto::control::{
    BytesMessage, InfoRequest, InfoResponse, ListWorkersRequest, ListWorkersResponse,
};

/// An engine that says this in the session, and ends the build when the client has hung up there.
struct Engine {
    said: &'static [u8],
    end: Mutex<Option<Status>>,
    hung_up: Arc<tokio::sync::Notify>,
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl Control for Engine {
    type SessionStream = ReceiverStream<Result<BytesMessage, Status>>;
    type StatusStream = ReceiverStream<Result<StatusResponse, Status>>;

    async fn session(
        &self,
        request: Request<Streaming<BytesMessage>>,
    ) -> Answer<Self::SessionStream> {
        let (sender, receiver) = mpsc::channel(1);
        let (data, hung_up) = (self.said.into(), Arc::clone(&self.hung_up));
        tokio::spawn(async move {
            let mut heard = request.into_inner();
            // A client that is gone already hears nothing.
            let _ = sender.send(Ok(BytesMessage { data })).await;
            while let Ok(Some(_)) = heard.message().await {}
            hung_up.notify_one();
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }

    async fn solve(&self, _: Request<SolveRequest>) -> Answer<SolveResponse> {
        self.hung_up.notified().await;
        Err(self.end.lock().unwrap().take().unwrap())
    }

    async fn status(&self, _: Request<StatusRequest>) -> Answer<Self::StatusStream> {
        Ok(Response::new(ReceiverStream::new(mpsc::channel(1).1)))
    }

    async fn list_workers(&self, _: Request<ListWorkersRequest>) -> Answer<ListWorkersResponse> {
        Err(Status::unimplemented(""))
    }

    async fn info(&self, _: Request<InfoRequest>) -> Answer<InfoResponse> {
        Err(Status::unimplemented(""))
    }
}

/// How a build ends whose session hears `said`, and of which the engine says `end`.
async fn build(said: &'static [u8], end: Status) -> ClientError {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let engine = ControlServer::new(Engine {
        said,
        end: Mutex::new(Some(end)),
        hung_up: Arc::default(),
    });
    let incoming = tonic::codegen::tokio_stream::once(Ok::<_, io::Error>(theirs));
    let server = Server::builder().add_service(engine);
    let serving = tokio::spawn(server.serve_with_incoming(incoming));
    let channel = gateway::connect(ours).await.unwrap();
    let build = Build {
        id: "build".to_owned(),
        session_id: "session".to_owned(),
        shared_key: String::new(),
        options: BTreeMap::new(),
        exporters: Vec::new(),
        cache_exports: Vec::new(),
        cache_imports: Vec::new(),
        missing_secrets: Vec::new(),
        planning: None,
        listener: None,
        dump: None,
    };
    let terminal = Terminal::new(false, &|_| None);
    let mut progress = Progress::new(Mode::Quiet, terminal, io::sink()).unwrap();
    let ended = build.run(&channel, Session::default(), &mut progress, pending());
    let error = Box::pin(ended).await.unwrap_err();
    serving.abort();
    error.into()
}

#[tokio::test]
async fn a_session_that_broke_is_worth_another_try() {
    // BuildKit's words for it: <https://github.com/moby/buildkit/blob/v0.32.2/session/manager.go>
    for end in [
        Status::new(Code::Cancelled, "walker is closed: context canceled"),
        Status::new(Code::Unavailable, "error reading from server"),
        Status::new(Code::Unknown, "session healthcheck failed fatally"),
    ] {
        let error = build(b"this is no HTTP/2, and longer than its preface", end).await;
        assert_eq!(error.exit_status(), ExitStatus::Temporary);
        assert_eq!(
            error.to_string(),
            "the session with BuildKit broke: http2 error: connection error detected: unspecific protocol error detected"
        );
        let hint = error.hint().unwrap();
        assert!(
            hint.starts_with("build again when the engine is back"),
            "{hint}"
        );
    }
}
