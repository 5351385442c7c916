//! Where the files of a context come from, as build graphs.

use crate::analyze::parse_ignore_file;
use crate::convert::Context;
use crate::frontend::FrontendError;
use crate::frontend::images::pinned;
use crate::frontend::options::{ContextSource, NamedContext, Options, without_credentials};
use crate::gateway::{Bridge, GatewayError, ImageRequest, OciLayoutRequest};
use crate::llb::{
    CapabilitySet, Differ, Graph, HttpSource, ImageSource, LocalSource, Metadata, OciLayoutSource,
    Platform, Source,
};
use crate::plan::ImageReference;
use crate::proto::pb;

/// What leaves out of a directory what its owner keeps out of builds.
const IGNORE_FILE: &str = ".dockerignore";

/// The most that is read of that, in bytes.
const IGNORE_FILE_LIMIT: u64 = 1 << 20;

/// The name of what was downloaded. BuildKit's own frontends call it so.
pub(super) const DOWNLOADED: &str = "context";

/// The key of an image's configuration in what is known of a build graph.
/// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/types.go>
const IMAGE_CONFIG: &str = "containerimage.config";

/// What loading needs to know beside the context.
pub(in crate::frontend) struct Loading<'a> {
    pub(in crate::frontend) bridge: &'a Bridge,
    pub(in crate::frontend) options: &'a Options,
    pub(in crate::frontend) capabilities: &'a CapabilitySet,
    /// The session of the build.
    pub(in crate::frontend) session: Option<&'a str>,
}

impl Loading<'_> {
    /// The files of a named context and, if they are an image, its configuration for `platform`.
    pub(super) async fn load(
        &self,
        context: &NamedContext,
        platform: &Platform,
    ) -> Result<Context, FrontendError> {
        let name = &context.name;
        let loaded = match &context.source {
            ContextSource::Scratch => Ok(Context::default()),
            ContextSource::Image(reference) => self.image(name, reference, platform).await,
            ContextSource::Local(local) => self.local(context, local).await,
            ContextSource::Git(git) => {
                let title = format!("[context {name}] {}", without_credentials(&git.url));
                Ok(self.files(Source::Git(git.clone()), title))
            }
            ContextSource::Http(url) => {
                let title = format!("[context {name}] {}", without_credentials(url));
                Ok(self.files(downloaded(url), title))
            }
            ContextSource::OciLayout { store, digest } => {
                self.oci_layout(name, store, digest, platform).await
            }
            ContextSource::Input(key) => return self.input(name, key).await,
        };
        loaded.map_err(|error| FrontendError::NamedContext {
            name: name.clone(),
            error,
        })
    }

    async fn image(
        &self,
        name: &str,
        reference: &str,
        platform: &Platform,
    ) -> Result<Context, GatewayError> {
        let request = ImageRequest {
            reference: reference.to_owned(),
            platform: platform.clone(),
            resolve_mode: self.options.resolve_mode,
            log_name: format!("[context {name}] load metadata for {reference}"),
        };
        let found = pinned(self.bridge.resolve_image(request).await?);
        let source = Source::Image(ImageSource {
            reference: found.reference,
            platform: platform.clone(),
            resolve_mode: self.options.resolve_mode,
            layer_limit: None,
        });
        Ok(Context {
            config: found.config,
            ..self.files(source, format!("[context {name}] {reference}"))
        })
    }

    async fn oci_layout(
        &self,
        name: &str,
        store: &str,
        digest: &str,
        platform: &Platform,
    ) -> Result<Context, GatewayError> {
        // The name is only shown.
        let reference = ImageReference::parse(name);
        let shown = reference
            .as_ref()
            .map_or("docker.io/library/context", |name| name.name());
        let reference = format!("{shown}@{digest}");
        let request = OciLayoutRequest {
            reference: reference.clone(),
            platform: platform.clone(),
            session: self.session.unwrap_or_default().to_owned(),
            store: store.to_owned(),
            log_name: format!("[context {name}] load metadata for {reference}"),
        };
        let config = self.bridge.resolve_oci_layout(request).await?;
        let source = Source::OciLayout(OciLayoutSource {
            reference,
            platform: platform.clone(),
            session: self.session.map(str::to_owned),
            store: Some(store.to_owned()),
            layer_limit: None,
        });
        Ok(Context {
            config,
            ..self.files(source, format!("[context {name}] OCI load from client"))
        })
    }

    /// A directory of the client's, without what its ignore file leaves out.
    async fn local(&self, context: &NamedContext, local: &str) -> Result<Context, GatewayError> {
        let key = match &context.platform {
            Some(platform) => format!("{}::{platform}", context.name),
            None => context.name.clone(),
        };
        let source = LocalSource {
            name: local.to_owned(),
            session: self.session_of(local),
            ..LocalSource::default()
        };
        let ignore_file = Source::Local(LocalSource {
            follow_paths: vec![IGNORE_FILE.to_owned()],
            shared_key_hint: Some(format!("context:{key}-{IGNORE_FILE}")),
            differ: Some(Differ::None),
            ..source.clone()
        });
        let title = format!("[context {}] load {IGNORE_FILE}", context.name);
        let ignore_file = self.files(ignore_file, title).definition;
        let tree = self.bridge.solve(ignore_file, &[]).await?;
        let text = self
            .bridge
            .read_file_start(&tree, IGNORE_FILE, IGNORE_FILE_LIMIT)
            .await?
            .unwrap_or_default();
        let source = Source::Local(LocalSource {
            shared_key_hint: Some(format!("context:{key}-{}", context.shared_key)),
            exclude_patterns: parse_ignore_file(&String::from_utf8_lossy(&text)),
            ..source
        });
        let title = format!("[context {}] load from client", context.name);
        Ok(self.files(source, title))
    }

    /// A build graph that the client gave.
    async fn input(&self, name: &str, key: &str) -> Result<Context, FrontendError> {
        let failed = |error| FrontendError::NamedContext {
            name: name.to_owned(),
            error,
        };
        let mut inputs = self.bridge.inputs().await.map_err(failed)?;
        let definition = inputs.remove(key);
        let definition = definition.ok_or_else(|| FrontendError::NoInput {
            name: name.to_owned(),
            key: key.to_owned(),
            inputs: inputs.into_keys().collect(),
        })?;
        let metadata = self.options.contexts.input_metadata.get(key);
        Ok(Context {
            definition,
            config: metadata
                .and_then(|text| image_config(text))
                .unwrap_or_default(),
        })
    }

    /// A source as a build graph.
    fn files(&self, source: Source, title: String) -> Context {
        Context {
            definition: definition(source, title, self.capabilities).0,
            config: Vec::new(),
        }
    }

    fn session_of(&self, local: &str) -> Option<String> {
        let own = self.options.local_sessions.get(local).cloned();
        own.or_else(|| self.session.map(str::to_owned))
    }
}

pub(super) fn downloaded(url: &str) -> Source {
    Source::Http(HttpSource {
        url: url.to_owned(),
        filename: Some(DOWNLOADED.to_owned()),
        ..HttpSource::default()
    })
}

/// A source as a build graph, and the digest by which the progress display knows it.
pub(super) fn definition(
    source: Source,
    title: String,
    capabilities: &CapabilitySet,
) -> (pb::Definition, String) {
    let mut graph = Graph::new();
    let metadata = Metadata {
        name: Some(title),
        ..Metadata::default()
    };
    let output = graph.source(source, metadata);
    let vertex = graph.vertex_digest(output, capabilities);
    (graph.definition(output, &[], capabilities), vertex)
}

/// The image's configuration in the metadata of a build graph: JSON whose values are base64, as Go writes bytes.
fn image_config(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;

    let metadata: std::collections::BTreeMap<String, String> = serde_json::from_str(text).ok()?;
    let config = metadata.get(IMAGE_CONFIG)?;
    base64::engine::general_purpose::STANDARD
        .decode(config)
        .ok()
}
