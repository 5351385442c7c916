//! Looking up the images of a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tokio::task::JoinSet;

use super::FrontendError;
use super::options::Options;
use super::plan_file::PlanFile;
use super::warnings::Warnings;
use crate::convert::{Contexts, ResolvedImage};
use crate::gateway::{Bridge, GatewayError, ImageMetadata, ImageRequest};
use crate::llb::Platform;
use crate::plan::{ImageReference, Plan, Span, ValidPlan};

/// How many images are looked up at once.
const CONCURRENCY: usize = 8;

/// Looks up all `images` of a platform, several at once; gives what was found, by reference as it is in `images`.
pub(super) async fn resolve_images(
    bridge: &Bridge,
    images: BTreeSet<String>,
    options: &Options,
    platform: &Platform,
    plan: &ValidPlan,
    file: &PlanFile,
) -> Result<BTreeMap<String, ResolvedImage>, FrontendError> {
    let mut waiting = images.into_iter();
    let mut running = JoinSet::new();
    let mut resolved = BTreeMap::new();
    loop {
        while running.len() < CONCURRENCY
            && let Some(image) = waiting.next()
        {
            let request = ImageRequest {
                reference: image.clone(),
                platform: platform.clone(),
                resolve_mode: options.resolve_mode,
                log_name: log_name(&image, platform, options.is_multi_platform),
            };
            let bridge = bridge.clone();
            running.spawn(async move { (image, bridge.resolve_image(request).await) });
        }
        match running.join_next().await {
            None => return Ok(resolved),
            // Nothing here cancels a lookup, and a panic ends the whole process.
            Some(Err(_)) => {}
            Some(Ok((image, Ok(found)))) => {
                resolved.insert(image, pinned(found));
            }
            Some(Ok((image, Err(error)))) => return Err(failed(image, error, plan.plan(), file)),
        }
    }
}

fn log_name(image: &str, platform: &Platform, is_multi_platform: bool) -> String {
    if is_multi_platform {
        format!("[{platform} internal] load metadata for {image}")
    } else {
        format!("[internal] load metadata for {image}")
    }
}

/// The image by its digest, so that what is built is what was looked up. Images that are in no registry have none.
pub(super) fn pinned(found: ImageMetadata) -> ResolvedImage {
    let reference = match found.digest {
        Some(digest) if !found.reference.contains('@') => format!("{}@{digest}", found.reference),
        _ => found.reference,
    };
    ResolvedImage {
        reference,
        config: found.config,
    }
}

fn failed(image: String, error: GatewayError, plan: &Plan, file: &PlanFile) -> FrontendError {
    FrontendError::Image {
        spans: spans(plan, &image),
        file: Box::new(file.source.clone()),
        image,
        error,
    }
}

/// Warns of what the configurations of images, and of what stands in for them, say that the build does not honour.
///
/// Another platform: an index is refused that does not have the one that is built for; an image alone is taken as it is, as the
/// Dockerfile frontend takes it (<https://docs.docker.com/reference/build-checks/invalid-base-image-platform/>), for on an
/// engine that emulates its processor it may well be what is wanted. `ONBUILD`
/// (<https://docs.docker.com/reference/dockerfile/#onbuild>): a plan has no Dockerfile that it could stand in.
pub(super) async fn warn_of_configs(
    warnings: &Warnings<'_>,
    images: &BTreeMap<String, ResolvedImage>,
    contexts: &Contexts,
    expected: &Platform,
    plan: &Plan,
) {
    let replaced = contexts.images.iter();
    let replaced = replaced.map(|(image, context)| (image, &context.config));
    let images = images.iter().map(|(image, found)| (image, &found.config));
    for (image, config) in images.chain(replaced) {
        // The conversion tells of what is none.
        let config: Value = serde_json::from_slice(config).unwrap_or_default();
        let platform = platform_of(&config).filter(|actual| {
            (&actual.os, &actual.architecture) != (&expected.os, &expected.architecture)
        });
        let platform = platform.map(|actual| {
            (
                format!("is for {actual}, and the build for {expected}"),
                format!("name an image for {expected}, or build for {actual}"),
            )
        });
        let triggers = config.pointer("/config/OnBuild").and_then(Value::as_array);
        let triggers = triggers.filter(|triggers| !triggers.is_empty()).map(|_| {
            (
                "has `ONBUILD` instructions, which are not run".to_owned(),
                "do what they do in commands of the plan".to_owned(),
            )
        });
        for (says, hint) in platform.into_iter().chain(triggers) {
            let short = format!("the image `{image}` {says}");
            let spans = spans(plan, image);
            warnings
                .show_at(&spans, &short, vec![hint], String::new())
                .await;
        }
    }
}

/// What the configuration of an image says of its platform; `None` if nothing.
/// <https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md#properties>
fn platform_of(config: &Value) -> Option<Platform> {
    let word = |key| config.get(key)?.as_str().filter(|word| !word.is_empty());
    Some(Platform::normalized(word("os")?, word("architecture")?, ""))
}

/// Where a plan names an image.
fn spans(plan: &Plan, image: &str) -> Vec<Span> {
    plan.images()
        .filter(|(name, _)| {
            ImageReference::parse(name).is_ok_and(|reference| reference.to_string() == image)
        })
        .filter_map(|(_, span)| span)
        .collect()
}
