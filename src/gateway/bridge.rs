//! The bridge's calls, typed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::AsciiMetadataValue;
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::capabilities::capability;
use super::transport::MAX_MESSAGE_SIZE;
use super::{BuildResult, Capabilities, GatewayError, Reference, ReturnedError};
use crate::proto::gateway::llb_bridge_client::LlbBridgeClient;
use crate::proto::gateway::{
    CacheOptionsEntry, InputsRequest, PingRequest, ReturnRequest, SolveRequest,
};
use crate::proto::pb;

/// How long the engine may take to say what it can do.
const PING_TIMEOUT: Duration = Duration::from_secs(15);

/// On the daemon's own bridge, the header that names the build that a call belongs to.
/// <https://github.com/moby/buildkit/blob/v0.32.2/control/gateway/gateway.go>
const BUILD_ID_HEADER: &str = "buildkit-controlapi-buildid";

/// The engine's side of a build. Clones are cheap and share one connection.
#[derive(Clone)]
pub struct Bridge {
    client: LlbBridgeClient<Channel>,
    build_id: Option<AsciiMetadataValue>,
    capabilities: Arc<Capabilities>,
}

/// A cache to import into a solve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheImport {
    /// Where it is kept: `registry`, `local`, `gha`.
    pub kind: String,
    /// What that place needs to be told: `ref` of a registry.
    pub attributes: BTreeMap<String, String>,
}

impl Bridge {
    /// Asks the engine at the other end of `channel` what it can do.
    ///
    /// `build_id` is `None` on the connection that BuildKit gives to a frontend. On a connection to a daemon's own bridge
    /// it is the id of the build that the client has started there.
    pub async fn open(
        channel: Channel,
        build_id: Option<AsciiMetadataValue>,
    ) -> Result<Self, GatewayError> {
        let client = LlbBridgeClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE_SIZE)
            .max_encoding_message_size(MAX_MESSAGE_SIZE);
        let request = with_build_id(PingRequest {}, build_id.as_ref());
        let pong = tokio::time::timeout(PING_TIMEOUT, client.clone().ping(request))
            .await
            .unwrap_or_else(|_| Err(Status::deadline_exceeded("the engine does not answer")))
            .map_err(|status| GatewayError::new("ping", status))?;
        Ok(Self {
            client,
            build_id,
            capabilities: Arc::new(pong.into_inner().into()),
        })
    }

    /// What the engine can do.
    #[must_use]
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Solves a definition. Nothing runs before its files are asked for.
    pub async fn solve(
        &self,
        definition: pb::Definition,
        cache_imports: &[CacheImport],
    ) -> Result<Reference, GatewayError> {
        self.request_solve(definition, cache_imports, false).await
    }

    /// Solves a definition and runs it; on an engine that cannot be told to, as [`solve`](Self::solve).
    pub async fn evaluate(
        &self,
        definition: pb::Definition,
        cache_imports: &[CacheImport],
    ) -> Result<Reference, GatewayError> {
        let can_evaluate = self.capabilities.has(capability::EVALUATE);
        self.request_solve(definition, cache_imports, can_evaluate)
            .await
    }

    async fn request_solve(
        &self,
        definition: pb::Definition,
        cache_imports: &[CacheImport],
        evaluate: bool,
    ) -> Result<Reference, GatewayError> {
        const CALL: &str = "solve";
        let request = SolveRequest {
            definition: Some(definition),
            allow_result_return: true,
            allow_result_array_ref: true,
            cache_imports: cache_imports.iter().map(CacheOptionsEntry::from).collect(),
            evaluate,
            ..SolveRequest::default()
        };
        let response = self
            .client()
            .solve(self.request(request))
            .await
            .map_err(|status| GatewayError::new(CALL, status))?;
        Reference::from_response(response.into_inner()).ok_or_else(|| {
            GatewayError::new(
                CALL,
                Status::internal(
                    "the engine gave a result for several platforms to a single definition",
                ),
            )
        })
    }

    /// The build graphs that the client gave, by their keys; none on an engine that takes none.
    pub async fn inputs(&self) -> Result<BTreeMap<String, pb::Definition>, GatewayError> {
        if !self.capabilities.has(capability::INPUTS) {
            return Ok(BTreeMap::new());
        }
        let response = self.client().inputs(self.request(InputsRequest {})).await;
        let response = response.map_err(|status| GatewayError::new("inputs", status))?;
        Ok(response.into_inner().definitions)
    }

    /// Ends the build with a result. Nothing may be called after it.
    pub async fn return_result(&self, result: BuildResult) -> Result<(), GatewayError> {
        let ref_array = self.capabilities.has(capability::REF_ARRAY);
        self.end(ReturnRequest {
            result: Some(result.into_message(ref_array)),
            error: None,
        })
        .await
    }

    /// Ends the build with an error. Nothing may be called after it.
    pub async fn return_error(&self, error: ReturnedError) -> Result<(), GatewayError> {
        self.end(ReturnRequest {
            result: None,
            error: Some(error.0),
        })
        .await
    }

    async fn end(&self, request: ReturnRequest) -> Result<(), GatewayError> {
        let response = self.client().r#return(self.request(request)).await;
        response
            .map(drop)
            .map_err(|status| GatewayError::new("return", status))
    }

    /// The calls themselves; each needs a client of its own.
    pub(super) fn client(&self) -> LlbBridgeClient<Channel> {
        self.client.clone()
    }

    /// A call's message, with what says which build it belongs to.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        with_build_id(message, self.build_id.as_ref())
    }
}

impl From<&CacheImport> for CacheOptionsEntry {
    fn from(import: &CacheImport) -> Self {
        Self {
            r#type: import.kind.clone(),
            attrs: import.attributes.clone(),
        }
    }
}

fn with_build_id<T>(message: T, build_id: Option<&AsciiMetadataValue>) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(id) = build_id {
        request.metadata_mut().insert(BUILD_ID_HEADER, id.clone());
    }
    request
}

#[cfg(test)]
mod tests {
    use prost::Message as _;
    use tonic::Code;

    use super::*;
    use crate::gateway::References;
    use crate::gateway::testing::Engine;
    use crate::proto::gateway::result::Result as WireResult;
    use crate::proto::google::protobuf::Any;
    use crate::proto::google::rpc;

    fn result(reference: Reference) -> BuildResult {
        BuildResult {
            references: References::Single(reference),
            metadata: BTreeMap::from([("containerimage.config".to_owned(), b"{}".to_vec())]),
        }
    }

    #[tokio::test]
    async fn a_capability_counts_if_it_is_listed_and_enabled() {
        let bridge = Engine::new().open().await;
        let capabilities = bridge.capabilities();
        assert!(capabilities.llb().supports("mergeop"));
        assert!(!capabilities.llb().supports("disabled"));
        assert!(!capabilities.has("disabled"));
        assert_eq!(
            capabilities.default_platform(),
            Some(&"linux/amd64".parse().unwrap())
        );
    }

    #[tokio::test]
    async fn an_engine_without_lists_can_do_what_the_first_ones_could() {
        let engine = Engine {
            gateway: Vec::new(),
            llb: Vec::new(),
            ..Engine::new()
        };
        let bridge = engine.open().await;
        assert!(bridge.capabilities().has("readfile"));
        assert!(!bridge.capabilities().has(capability::REF_ARRAY));
        assert!(bridge.capabilities().llb().supports("exec.meta.base"));
        assert!(!bridge.capabilities().llb().supports("file.base"));
    }

    #[tokio::test]
    async fn a_result_comes_and_goes_in_the_newer_form() {
        let engine = Engine::new();
        let bridge = engine.open().await;
        let cache = CacheImport {
            kind: "registry".to_owned(),
            attributes: BTreeMap::from([("ref".to_owned(), "a:cache".to_owned())]),
        };
        let reference = bridge
            .solve(pb::Definition::default(), &[cache])
            .await
            .unwrap();
        bridge.return_result(result(reference)).await.unwrap();

        let calls = engine.calls();
        assert_eq!(calls.names, ["ping", "solve", "return"]);
        assert!(calls.solves[0].allow_result_return && calls.solves[0].allow_result_array_ref);
        assert_eq!(calls.solves[0].cache_imports[0].r#type, "registry");
        assert_eq!(calls.solves[0].cache_imports[0].attrs["ref"], "a:cache");
        let returned = calls.returns[0].result.as_ref().unwrap();
        assert!(
            matches!(&returned.result, Some(WireResult::Ref(reference)) if reference.id == "ref0")
        );
        assert_eq!(returned.metadata["containerimage.config"], b"{}");
        assert_eq!(calls.returns[0].error, None);
    }

    #[tokio::test]
    async fn a_result_comes_and_goes_in_the_older_form() {
        let engine = Engine::old();
        let bridge = engine.open().await;
        let reference = bridge.solve(pb::Definition::default(), &[]).await.unwrap();
        bridge.return_result(result(reference)).await.unwrap();
        let returned = engine.calls().returns[0].result.clone().unwrap().result;
        assert_eq!(returned, Some(WireResult::RefDeprecated("ref0".to_owned())));
    }

    #[tokio::test]
    async fn a_result_for_several_platforms_is_filed_under_their_ids() {
        for engine in [Engine::new(), Engine::old()] {
            let bridge = engine.open().await;
            let reference = bridge.solve(pb::Definition::default(), &[]).await.unwrap();
            let several = BuildResult {
                references: References::Platforms(BTreeMap::from([(
                    "linux/arm64".to_owned(),
                    reference,
                )])),
                metadata: BTreeMap::new(),
            };
            bridge.return_result(several).await.unwrap();
            let returned = engine.calls().returns[0].result.clone().unwrap().result;
            let id = match returned.unwrap() {
                WireResult::Refs(refs) => refs.refs["linux/arm64"].id.clone(),
                WireResult::RefsDeprecated(refs) => refs.refs["linux/arm64"].clone(),
                other => panic!("{other:?}"),
            };
            assert_eq!(id, "ref0");
        }
    }

    #[tokio::test]
    async fn scratch_is_a_ref_without_an_id() {
        let engine = Engine::new();
        engine
            .open()
            .await
            .return_result(result(Reference::scratch()))
            .await
            .unwrap();
        let returned = engine.calls().returns[0].result.clone().unwrap().result;
        assert!(matches!(returned, Some(WireResult::Ref(reference)) if reference.id.is_empty()));
    }

    #[tokio::test]
    async fn a_failed_solve_keeps_details_that_fill_many_headers() {
        let whole = rpc::Status {
            code: 2,
            message: "exit code: 1".to_owned(),
            details: vec![Any {
                type_url: "github.com/moby/buildkit/errdefs.Source+json".to_owned(),
                value: vec![b'x'; 1 << 20],
            }],
        };
        let status =
            Status::with_details(Code::Unknown, "exit code: 1", whole.encode_to_vec().into());
        let engine = Engine {
            solves: vec![status],
            ..Engine::new()
        };
        let bridge = engine.open().await;
        let error = bridge
            .solve(pb::Definition::default(), &[])
            .await
            .unwrap_err();
        bridge.return_error(error.into()).await.unwrap();
        assert_eq!(engine.calls().returns[0].error, Some(whole));
        assert_eq!(engine.calls().returns[0].result, None);
    }

    #[tokio::test]
    async fn calls_on_the_bridge_of_a_daemon_name_their_build() {
        let engine = Engine::new();
        let id = AsciiMetadataValue::from_static("build1");
        let bridge = Bridge::open(engine.start().await.0, Some(id))
            .await
            .unwrap();
        bridge.return_error(ReturnedError::new("no")).await.unwrap();
        assert_eq!(engine.calls().build_ids, ["build1", "build1"]);
    }

    #[tokio::test]
    async fn a_call_to_an_engine_that_is_gone_fails() {
        let engine = Engine::new();
        let (channel, carrier) = engine.start().await;
        let bridge = Bridge::open(channel, None).await.unwrap();
        carrier.abort();
        let error = bridge
            .solve(pb::Definition::default(), &[])
            .await
            .unwrap_err();
        assert!(!error.message().is_empty());
        let error = bridge.return_error(error.into()).await.unwrap_err();
        insta::assert_snapshot!(error, @"return: the connection to BuildKit is closed");
    }
}
