//! What the engine answers.

use tonic::{Request, Response, Status};

use super::Engine;
use crate::proto::apicaps::ApiCap;
use crate::proto::gateway::llb_bridge_server::LlbBridge;
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
