//! An engine for tests: the server's side of the bridge, on an in-process stream.

mod bridge;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tonic::codegen::tokio_stream;
use tonic::transport::{Channel, Server};
use tonic::{Request, Status};

use super::{Bridge, connect};
use crate::proto::gateway::llb_bridge_server::LlbBridgeServer;
use crate::proto::gateway::{
    ResolveImageConfigRequest, ResolveSourceMetaRequest, ReturnRequest, SolveRequest, WarnRequest,
};
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
