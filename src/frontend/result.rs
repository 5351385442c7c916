//! What a build gives: one tree with its configuration, or one for each platform.

use std::collections::BTreeMap;

use serde_json::json;

use crate::gateway::{BuildResult, Reference, References};
use crate::llb::Platform;

/// Keys of a result's metadata.
mod metadata_key {
    /// JSON of the image's config; for one of several platforms its id follows, behind a slash.
    /// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/types.go>
    pub(super) const IMAGE_CONFIG: &str = "containerimage.config";
    /// JSON of the config of the base: its layers and history keep their times where those of others are set. For one of several
    /// platforms its id follows, behind a slash.
    /// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/types.go>
    pub(super) const BASE_CONFIG: &str = "containerimage.base.config";
    /// JSON of the platforms of the trees.
    /// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/containerimage/exptypes/types.go>
    pub(super) const PLATFORMS: &str = "refs.platforms";
    /// The time that the exporter gives everything, in seconds since 1970.
    /// <https://github.com/moby/buildkit/blob/v0.32.2/exporter/exptypes/keys.go>
    pub(super) const SOURCE_DATE_EPOCH: &str = "source.date.epoch";
}

/// The image of one platform.
pub(super) struct PlatformImage {
    pub(super) platform: Platform,
    pub(super) reference: Reference,
    /// Its configuration as JSON.
    pub(super) config: Vec<u8>,
    /// That of its base as JSON; empty if it is not known.
    pub(super) base_config: Vec<u8>,
}

/// The result of a build. Of several images, or with `is_index`, it is an index.
pub(super) fn result(
    images: Vec<PlatformImage>,
    is_index: bool,
    source_date_epoch: Option<i64>,
) -> BuildResult {
    let mut metadata = BTreeMap::new();
    if let Some(seconds) = source_date_epoch {
        let seconds = seconds.to_string().into_bytes();
        metadata.insert(metadata_key::SOURCE_DATE_EPOCH.to_owned(), seconds);
    }
    let images = match <[PlatformImage; 1]>::try_from(images) {
        Ok([image]) if !is_index => {
            metadata.insert(metadata_key::IMAGE_CONFIG.to_owned(), image.config);
            if !image.base_config.is_empty() {
                metadata.insert(metadata_key::BASE_CONFIG.to_owned(), image.base_config);
            }
            return BuildResult {
                references: References::Single(image.reference),
                metadata,
            };
        }
        Ok([image]) => vec![image],
        Err(images) => images,
    };
    let platforms = images.iter().map(|image| described(&image.platform));
    let platforms = json!({ "Platforms": platforms.collect::<Vec<_>>() });
    metadata.insert(
        metadata_key::PLATFORMS.to_owned(),
        platforms.to_string().into_bytes(),
    );
    let mut references = BTreeMap::new();
    for image in images {
        let id = image.platform.to_string();
        let key = format!("{}/{id}", metadata_key::IMAGE_CONFIG);
        metadata.insert(key, image.config);
        if !image.base_config.is_empty() {
            let key = format!("{}/{id}", metadata_key::BASE_CONFIG);
            metadata.insert(key, image.base_config);
        }
        references.insert(id, image.reference);
    }
    BuildResult {
        references: References::Platforms(references),
        metadata,
    }
}

/// A platform with its id, as exporters read it.
fn described(platform: &Platform) -> serde_json::Value {
    let mut fields = json!({ "architecture": platform.architecture, "os": platform.os });
    if !platform.variant.is_empty() {
        fields["variant"] = json!(platform.variant);
    }
    json!({ "ID": platform.to_string(), "Platform": fields })
}
