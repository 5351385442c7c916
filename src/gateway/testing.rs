//! An engine for tests: the server's side of the bridge, on an in-process stream.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tonic::codegen::tokio_stream;
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};

use super::{Bridge, connect};
use crate::proto::apicaps::ApiCap;
use crate::proto::gateway::llb_bridge_server::{LlbBridge, LlbBridgeServer};
use crate::proto::gateway::{
    EvaluateRequest, EvaluateResponse, InputsRequest, InputsResponse, NewContainerRequest,
    NewContainerResponse, PingRequest, PongResponse, ReadDirRequest, ReadDirResponse,
    ReadFileRequest, ReadFileResponse, Ref, ReleaseContainerRequest, ReleaseContainerResponse,
    ResolveImageConfigRequest, ResolveImageConfigResponse, ResolveSourceImageResponse,
    ResolveSourceMetaRequest, ResolveSourceMetaResponse, Result as ResultMessage, ReturnRequest,
    ReturnResponse, SolveRequest, SolveResponse, StatFileRequest, StatFileResponse, WarnRequest,
    WarnResponse, result::Result as WireResult,
};
use crate::proto::types::WorkerRecord;
use crate::proto::{fsutil, pb};

/// Go's mode bit of directories.
pub(crate) const DIRECTORY: u32 = 1 << 31;

/// What the engine can do and has.
#[derive(Clone)]
pub(crate) struct Engine {
    /// Capabilities of the bridge; empty is an engine that lists none.
    pub(crate) gateway: Vec<&'static str>,
    /// Capabilities of the ops.
    pub(crate) llb: Vec<&'static str>,
    /// Every file of every ref.
    pub(crate) files: BTreeMap<&'static str, File>,
    /// Digest and config by reference.
    pub(crate) images: BTreeMap<&'static str, (&'static str, &'static str)>,
    /// Build graphs that the client gave.
    pub(crate) inputs: BTreeMap<String, pb::Definition>,
    /// Answers of the client to secrets that are asked for, by their ids.
    pub(crate) secrets: BTreeMap<&'static str, Status>,
    /// What the source policy makes of an image's identifier.
    pub(crate) policy: Option<&'static str>,
    /// Answers to solves, in turn; when there are no more, a ref.
    pub(crate) solves: Vec<Status>,
    /// Whether refs come in their older form.
    pub(crate) old_refs: bool,
    /// What was asked of it.
    pub(crate) record: Arc<Mutex<Calls>>,
}

/// A file of the engine.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) mode: u32,
    pub(crate) size: i64,
    pub(crate) data: Vec<u8>,
}

/// What was asked of the engine.
#[derive(Default)]
pub(crate) struct Calls {
    /// Names of all calls, in order.
    pub(crate) names: Vec<String>,
    pub(crate) solves: Vec<SolveRequest>,
    pub(crate) source_metas: Vec<ResolveSourceMetaRequest>,
    pub(crate) image_configs: Vec<ResolveImageConfigRequest>,
    pub(crate) warnings: Vec<WarnRequest>,
    pub(crate) returns: Vec<ReturnRequest>,
    /// Values of the header that names the build.
    pub(crate) build_ids: Vec<String>,
}

impl File {
    pub(crate) fn new(data: &str) -> Self {
        Self {
            mode: 0o644,
            size: i64::try_from(data.len()).unwrap(),
            data: data.as_bytes().to_vec(),
        }
    }

    /// What is known of it under a name. The text of a link is where it leads.
    fn status(&self, name: &str) -> fsutil::Stat {
        fsutil::Stat {
            path: name.to_owned(),
            mode: self.mode,
            size: self.size,
            linkname: String::from_utf8_lossy(&self.data).into_owned(),
            ..fsutil::Stat::default()
        }
    }
}

impl Engine {
    /// An engine of today, with nothing in it.
    pub(crate) fn new() -> Self {
        Self {
            gateway: vec![
                "solve.base",
                "proto.refarray",
                "gateway.warnings",
                "source.metaresolver",
            ],
            llb: vec!["file.base", "exec.meta.base", "mergeop"],
            files: BTreeMap::new(),
            images: BTreeMap::new(),
            inputs: BTreeMap::new(),
            secrets: BTreeMap::new(),
            policy: None,
            solves: Vec::new(),
            old_refs: false,
            record: Arc::default(),
        }
    }

    /// The engine of Docker 20.10.
    pub(crate) fn old() -> Self {
        Self {
            gateway: vec!["solve.base"],
            llb: vec!["file.base", "exec.meta.base"],
            old_refs: true,
            ..Self::new()
        }
    }

    /// Starts the engine; gives the channel to it and the task that carries its bytes: to abort it is to lose the engine.
    pub(crate) async fn start(&self) -> (Channel, tokio::task::JoinHandle<()>) {
        let (ours, mut near) = tokio::io::duplex(1 << 16);
        let (mut far, theirs) = tokio::io::duplex(1 << 16);
        let service = LlbBridgeServer::new(self.clone());
        tokio::spawn(async move {
            let incoming = tokio_stream::once(Ok::<_, std::io::Error>(theirs));
            let server = Server::builder().add_service(service);
            server.serve_with_incoming(incoming).await
        });
        let carrier = tokio::spawn(async move {
            // Ends with either side, which is what tests end with.
            let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
        });
        (connect(ours).await.unwrap(), carrier)
    }

    /// Starts the engine and opens its bridge.
    pub(crate) async fn open(&self) -> Bridge {
        Bridge::open(self.start().await.0, None).await.unwrap()
    }

    /// What was asked so far.
    pub(crate) fn calls(&self) -> std::sync::MutexGuard<'_, Calls> {
        self.record.lock().unwrap()
    }

    fn note<T>(&self, name: &str, request: &Request<T>) -> std::sync::MutexGuard<'_, Calls> {
        let mut calls = self.calls();
        calls.names.push(name.to_owned());
        if let Some(id) = request.metadata().get("buildkit-controlapi-buildid") {
            calls.build_ids.push(id.to_str().unwrap().to_owned());
        }
        calls
    }

    fn file(&self, call: &str, path: &str) -> Result<&File, Status> {
        let file = self.files.get(path);
        file.ok_or_else(|| Status::unknown(format!("{call} {path}: no such file or directory")))
    }
}

fn caps(ids: &[&str]) -> Vec<ApiCap> {
    let listed = ids.iter().map(|id| ApiCap {
        id: (*id).to_owned(),
        enabled: true,
        ..ApiCap::default()
    });
    let disabled = ApiCap {
        id: "disabled".to_owned(),
        ..ApiCap::default()
    };
    if ids.is_empty() {
        Vec::new()
    } else {
        listed.chain([disabled]).collect()
    }
}

#[tonic::async_trait]
impl LlbBridge for Engine {
    async fn ping(&self, request: Request<PingRequest>) -> Result<Response<PongResponse>, Status> {
        drop(self.note("ping", &request));
        Ok(Response::new(PongResponse {
            frontend_api_caps: caps(&self.gateway),
            llb_caps: caps(&self.llb),
            workers: vec![WorkerRecord {
                platforms: vec![pb::Platform {
                    os: "linux".to_owned(),
                    architecture: "amd64".to_owned(),
                    ..pb::Platform::default()
                }],
                ..WorkerRecord::default()
            }],
        }))
    }

    async fn solve(
        &self,
        request: Request<SolveRequest>,
    ) -> Result<Response<SolveResponse>, Status> {
        let mut calls = self.note("solve", &request);
        let number = calls.solves.len();
        calls.solves.push(request.into_inner());
        if let Some(status) = self
            .solves
            .get(number)
            .filter(|status| status.code() != tonic::Code::Ok)
        {
            return Err(status.clone());
        }
        let id = format!("ref{number}");
        Ok(Response::new(if self.old_refs {
            SolveResponse {
                result: Some(ResultMessage {
                    result: Some(WireResult::RefDeprecated(id)),
                    ..ResultMessage::default()
                }),
                ..SolveResponse::default()
            }
        } else {
            SolveResponse {
                result: Some(ResultMessage {
                    result: Some(WireResult::Ref(Ref { id, def: None })),
                    ..ResultMessage::default()
                }),
                ..SolveResponse::default()
            }
        }))
    }

    async fn read_file(
        &self,
        request: Request<ReadFileRequest>,
    ) -> Result<Response<ReadFileResponse>, Status> {
        let path = &request.get_ref().file_path;
        drop(self.note(&format!("read {path}"), &request));
        let mut data = self.file("open", path)?.data.clone();
        if let Some(range) = &request.get_ref().range {
            let size = |number| usize::try_from(number).unwrap();
            data = data
                .into_iter()
                .skip(size(range.offset))
                .take(size(range.length))
                .collect();
        }
        Ok(Response::new(ReadFileResponse { data }))
    }

    async fn stat_file(
        &self,
        request: Request<StatFileRequest>,
    ) -> Result<Response<StatFileResponse>, Status> {
        let path = &request.get_ref().path;
        drop(self.note(&format!("stat {path}"), &request));
        let file = self.file("lstat", path)?;
        Ok(Response::new(StatFileResponse {
            stat: Some(fsutil::Stat {
                mode: file.mode,
                size: file.size,
                ..fsutil::Stat::default()
            }),
        }))
    }

    async fn resolve_image_config(
        &self,
        request: Request<ResolveImageConfigRequest>,
    ) -> Result<Response<ResolveImageConfigResponse>, Status> {
        self.note("resolve image config", &request)
            .image_configs
            .push(request.get_ref().clone());
        let reference = request.into_inner().r#ref;
        let Some((digest, config)) = self.images.get(reference.as_str()) else {
            return Err(Status::unknown(format!("{reference}: not found")));
        };
        Ok(Response::new(ResolveImageConfigResponse {
            digest: (*digest).to_owned(),
            config: config.as_bytes().to_vec(),
            r#ref: String::new(),
        }))
    }

    async fn resolve_source_meta(
        &self,
        request: Request<ResolveSourceMetaRequest>,
    ) -> Result<Response<ResolveSourceMetaResponse>, Status> {
        self.note("resolve source meta", &request)
            .source_metas
            .push(request.get_ref().clone());
        let source = request.into_inner().source.unwrap();
        let identifier = self.policy.unwrap_or(&source.identifier).to_owned();
        let image = match identifier.strip_prefix("docker-image://") {
            None => None,
            Some(reference) => {
                let Some((digest, config)) = self.images.get(reference) else {
                    return Err(Status::unknown(format!("{reference}: not found")));
                };
                Some(ResolveSourceImageResponse {
                    digest: (*digest).to_owned(),
                    config: config.as_bytes().to_vec(),
                })
            }
        };
        Ok(Response::new(ResolveSourceMetaResponse {
            source: Some(pb::SourceOp {
                identifier,
                ..source
            }),
            image,
        }))
    }

    async fn new_container(
        &self,
        request: Request<NewContainerRequest>,
    ) -> Result<Response<NewContainerResponse>, Status> {
        let mounts = request.get_ref().mounts.iter();
        let mut secrets = mounts.filter_map(|mount| mount.secret_opt.as_ref());
        let id = secrets.next().map(|secret| secret.id.clone()).unwrap();
        drop(self.note(&format!("new container with {id}"), &request));
        match self.secrets.get(id.as_str()) {
            Some(status) if status.code() == tonic::Code::Ok => {
                Ok(Response::new(NewContainerResponse {}))
            }
            Some(status) => Err(status.clone()),
            None => Err(Status::unknown(format!("secret {id}: not found"))),
        }
    }

    async fn release_container(
        &self,
        request: Request<ReleaseContainerRequest>,
    ) -> Result<Response<ReleaseContainerResponse>, Status> {
        drop(self.note("release container", &request));
        Ok(Response::new(ReleaseContainerResponse {}))
    }

    async fn warn(&self, request: Request<WarnRequest>) -> Result<Response<WarnResponse>, Status> {
        self.note("warn", &request)
            .warnings
            .push(request.get_ref().clone());
        Ok(Response::new(WarnResponse {}))
    }

    async fn r#return(
        &self,
        request: Request<ReturnRequest>,
    ) -> Result<Response<ReturnResponse>, Status> {
        self.note("return", &request)
            .returns
            .push(request.get_ref().clone());
        Ok(Response::new(ReturnResponse {}))
    }

    async fn read_dir(
        &self,
        request: Request<ReadDirRequest>,
    ) -> Result<Response<ReadDirResponse>, Status> {
        let path = &request.get_ref().dir_path;
        drop(self.note(&format!("list {path}"), &request));
        let path = path.trim_start_matches('/');
        let prefix = match path {
            "" | "." => String::new(),
            path => format!("{path}/"),
        };
        if !prefix.is_empty() {
            self.file("open", path)?;
        }
        let entries = self.files.iter().filter_map(|(path, file)| {
            let name = path.strip_prefix(&prefix)?;
            let is_inside = !name.is_empty() && !name.contains('/');
            is_inside.then(|| file.status(name))
        });
        let entries = entries.collect();
        Ok(Response::new(ReadDirResponse { entries }))
    }

    async fn evaluate(
        &self,
        _: Request<EvaluateRequest>,
    ) -> Result<Response<EvaluateResponse>, Status> {
        Err(Status::unimplemented("evaluate"))
    }

    async fn inputs(&self, _: Request<InputsRequest>) -> Result<Response<InputsResponse>, Status> {
        let definitions = self.inputs.clone();
        Ok(Response::new(InputsResponse { definitions }))
    }
}
