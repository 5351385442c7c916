//! Looking up images in OCI layouts that the client offers.

use tonic::{Code, Status};

use super::capabilities::capability;
use super::{Bridge, GatewayError};
use crate::llb::{OciLayoutSource, Platform, Source, source_op};
use crate::proto::gateway::{ResolveImageConfigRequest, ResolveSourceMetaRequest};
use crate::proto::pb;

/// Number of the resolver for layouts.
/// <https://github.com/moby/buildkit/blob/v0.32.2/client/llb/sourceresolver/types.go>
const OCI_LAYOUT: i32 = 1;

/// Which image is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OciLayoutRequest {
    /// A fully qualified reference with a digest, which alone is looked for.
    pub reference: String,
    /// The platform whose config is asked for.
    pub platform: Platform,
    /// The session that offers the layout.
    pub session: String,
    /// The layout's id there.
    pub store: String,
    /// What the progress display shows.
    pub log_name: String,
}

impl Bridge {
    /// Looks an image up in a layout that the client offers; gives the JSON of its config.
    pub async fn resolve_oci_layout(
        &self,
        image: OciLayoutRequest,
    ) -> Result<Vec<u8>, GatewayError> {
        let failed = |status| GatewayError::new("resolve image", status);
        let platform = Some(pb::Platform::from(&image.platform));
        if !self.capabilities().has(capability::SOURCE_META_RESOLVER) {
            let request = ResolveImageConfigRequest {
                r#ref: image.reference,
                platform,
                log_name: image.log_name,
                resolver_type: OCI_LAYOUT,
                session_id: image.session,
                store_id: image.store,
                ..ResolveImageConfigRequest::default()
            };
            let request = self.request(request);
            let response = self.client().resolve_image_config(request).await;
            return Ok(response.map_err(failed)?.into_inner().config);
        }
        let source = Source::OciLayout(OciLayoutSource {
            reference: image.reference,
            platform: image.platform,
            session: Some(image.session),
            store: Some(image.store),
            layer_limit: None,
        });
        let request = ResolveSourceMetaRequest {
            source: source_op(source),
            platform,
            log_name: image.log_name,
            ..ResolveSourceMetaRequest::default()
        };
        let request = self.request(request);
        let response = self.client().resolve_source_meta(request).await;
        match response.map_err(failed)?.into_inner().image {
            Some(found) => Ok(found.config),
            None => Err(failed(Status::new(
                Code::FailedPrecondition,
                "the engine found no image there",
            ))),
        }
    }
}
