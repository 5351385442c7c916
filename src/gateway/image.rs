//! Looking images up.

use tonic::{Code, Status};

use super::capabilities::capability;
use super::{Bridge, GatewayError};
use crate::llb::{Platform, ResolveMode};
use crate::proto::gateway::{ResolveImageConfigRequest, ResolveSourceMetaRequest};
use crate::proto::pb;

/// Scheme of image sources.
const IMAGE_SCHEME: &str = "docker-image://";

/// Which image is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRequest {
    /// A fully qualified reference.
    pub reference: String,
    /// The platform whose config is asked for.
    pub platform: Platform,
    /// How the reference becomes a digest; `None` is the engine's choice.
    pub resolve_mode: Option<ResolveMode>,
    /// What the progress display shows.
    pub log_name: String,
}

/// An image, as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageMetadata {
    /// The reference, which the engine's policy may have changed.
    pub reference: String,
    /// Digest of the manifest or index; `None` for an image that is in no registry.
    pub digest: Option<String>,
    /// JSON of the image's config.
    pub config: Vec<u8>,
}

impl Bridge {
    /// Looks an image up in its registry, or in what the engine has.
    pub async fn resolve_image(&self, image: ImageRequest) -> Result<ImageMetadata, GatewayError> {
        const CALL: &str = "resolve image";
        let mode = resolve_mode_name(image.resolve_mode).to_owned();
        let failed = |status| GatewayError::new(CALL, status);
        if !self.capabilities().has(capability::SOURCE_META_RESOLVER) {
            let request = ResolveImageConfigRequest {
                r#ref: image.reference.clone(),
                platform: Some(pb::Platform::from(&image.platform)),
                resolve_mode: mode,
                log_name: image.log_name,
                ..ResolveImageConfigRequest::default()
            };
            let response = self
                .client()
                .resolve_image_config(self.request(request))
                .await
                .map_err(failed)?
                .into_inner();
            return Ok(ImageMetadata {
                reference: not_empty(response.r#ref).unwrap_or(image.reference),
                digest: not_empty(response.digest),
                config: response.config,
            });
        }
        let request = ResolveSourceMetaRequest {
            source: Some(pb::SourceOp {
                identifier: format!("{IMAGE_SCHEME}{}", image.reference),
                ..pb::SourceOp::default()
            }),
            platform: Some(pb::Platform::from(&image.platform)),
            log_name: image.log_name,
            resolve_mode: mode,
            image: None,
        };
        let response = self
            .client()
            .resolve_source_meta(self.request(request))
            .await
            .map_err(failed)?
            .into_inner();
        let identifier = response.source.map(|source| source.identifier);
        let reference = match &identifier {
            None => Some(image.reference.as_str()),
            Some(identifier) => identifier.strip_prefix(IMAGE_SCHEME),
        };
        match (reference, response.image) {
            (Some(reference), Some(found)) => Ok(ImageMetadata {
                reference: reference.to_owned(),
                digest: not_empty(found.digest),
                config: found.config,
            }),
            _ => Err(failed(Status::new(
                Code::FailedPrecondition,
                format!(
                    "the engine's source policy replaces {} by {}, which is not an image",
                    image.reference,
                    identifier.as_deref().unwrap_or("nothing")
                ),
            ))),
        }
    }
}

fn not_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// <https://github.com/moby/buildkit/blob/v0.32.2/solver/pb/attr.go>
fn resolve_mode_name(mode: Option<ResolveMode>) -> &'static str {
    match mode {
        None | Some(ResolveMode::Default) => "default",
        Some(ResolveMode::Pull) => "pull",
        Some(ResolveMode::Local) => "local",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::gateway::testing::Engine;

    fn image(reference: &str) -> ImageRequest {
        ImageRequest {
            reference: reference.to_owned(),
            platform: "linux/arm64".parse().unwrap(),
            resolve_mode: Some(ResolveMode::Local),
            log_name: "load metadata".to_owned(),
        }
    }

    #[tokio::test]
    async fn an_image_is_resolved_by_the_call_that_the_engine_has() {
        let images = BTreeMap::from([
            ("docker.io/library/a:1", ("sha256:00", "{}")),
            ("local:1", ("", "{}")),
        ]);
        for engine in [
            Engine {
                images: images.clone(),
                ..Engine::new()
            },
            Engine {
                images,
                ..Engine::old()
            },
        ] {
            let bridge = engine.open().await;
            let found = bridge
                .resolve_image(image("docker.io/library/a:1"))
                .await
                .unwrap();
            let expected = ImageMetadata {
                reference: "docker.io/library/a:1".to_owned(),
                digest: Some("sha256:00".to_owned()),
                config: b"{}".to_vec(),
            };
            assert_eq!(found, expected);
            assert_eq!(
                bridge.resolve_image(image("local:1")).await.unwrap().digest,
                None
            );
            let error = bridge.resolve_image(image("b:1")).await.unwrap_err();
            assert_eq!(error.to_string(), "resolve image: b:1: not found");

            let calls = engine.calls();
            let asked: Vec<_> = if calls.image_configs.is_empty() {
                let request = |request: &ResolveSourceMetaRequest| {
                    let identifier = request.source.as_ref().unwrap().identifier.clone();
                    (
                        identifier,
                        request.platform.clone(),
                        request.resolve_mode.clone(),
                        request.log_name.clone(),
                    )
                };
                calls.source_metas.iter().map(request).collect()
            } else {
                let request = |request: &ResolveImageConfigRequest| {
                    let identifier = format!("docker-image://{}", request.r#ref);
                    (
                        identifier,
                        request.platform.clone(),
                        request.resolve_mode.clone(),
                        request.log_name.clone(),
                    )
                };
                calls.image_configs.iter().map(request).collect()
            };
            let (identifier, platform, mode, log_name) = &asked[0];
            assert_eq!(identifier, "docker-image://docker.io/library/a:1");
            assert_eq!(platform.as_ref().unwrap().architecture, "arm64");
            assert_eq!(
                (mode.as_str(), log_name.as_str()),
                ("local", "load metadata")
            );
        }
    }

    #[tokio::test]
    async fn a_source_policy_may_give_another_image_but_nothing_else() {
        let images = BTreeMap::from([("mirror/a:1", ("sha256:00", "{}"))]);
        let policy = Some("docker-image://mirror/a:1");
        let engine = Engine {
            images,
            policy,
            ..Engine::new()
        };
        let found = engine
            .open()
            .await
            .resolve_image(image("a:1"))
            .await
            .unwrap();
        assert_eq!(found.reference, "mirror/a:1");

        let engine = Engine {
            policy: Some("https://example.com/a.tar"),
            ..Engine::new()
        };
        let error = engine
            .open()
            .await
            .resolve_image(image("a:1"))
            .await
            .unwrap_err();
        insta::assert_snapshot!(error, @"resolve image: the engine's source policy replaces a:1 by https://example.com/a.tar, which is not an image");
    }
}
