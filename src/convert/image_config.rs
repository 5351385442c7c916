//! Image configurations: what base images bring along, and what the image gets.
//! <https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md>

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::options::ConvertOptions;
use super::paths::APP_DIRECTORY;
use super::rfc3339::rfc3339;
use crate::plan::Deploy;

/// What the container runs when the plan has no start command.
const DEFAULT_START_COMMAND: &str = "/bin/bash";

/// The environment in the configuration of a base image.
///
/// # Errors
///
/// If it is not JSON, or not a configuration.
pub(super) fn base_environment(
    config: &[u8],
) -> Result<BTreeMap<String, String>, serde_json::Error> {
    #[derive(Default, Deserialize)]
    struct Image {
        config: Option<Config>,
    }

    #[derive(Default, Deserialize)]
    struct Config {
        #[serde(rename = "Env")]
        environment: Option<Vec<String>>,
    }

    if config.is_empty() {
        return Ok(BTreeMap::new());
    }
    let image = serde_json::from_slice::<Image>(config)?;
    let variables = image
        .config
        .unwrap_or_default()
        .environment
        .unwrap_or_default();
    Ok(variables
        .iter()
        .filter_map(|variable| variable.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// The image's configuration as JSON. The exporter adds layers, history and times.
pub(super) fn image_config(
    options: &ConvertOptions,
    deploy: &Deploy,
    environment: &BTreeMap<String, String>,
) -> Vec<u8> {
    let start_command = deploy
        .start_command
        .as_ref()
        .map_or(DEFAULT_START_COMMAND, |command| command.as_str());
    let mut config = Map::new();
    config.insert("Cmd".to_owned(), json!([start_command]));
    config.insert("Entrypoint".to_owned(), json!(["/bin/bash", "-c"]));
    let variables = environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>();
    config.insert("Env".to_owned(), json!(variables));
    if !options.labels.is_empty() {
        config.insert("Labels".to_owned(), json!(options.labels));
    }
    config.insert("WorkingDir".to_owned(), json!(APP_DIRECTORY));

    let mut image = Map::new();
    image.insert(
        "architecture".to_owned(),
        json!(options.platform.architecture),
    );
    image.insert("config".to_owned(), Value::Object(config));
    if let Some(created) = options.source_date_epoch.and_then(rfc3339) {
        // Most exporters set it themselves; that of Docker's classic image store does not.
        image.insert("created".to_owned(), json!(created));
    }
    image.insert("os".to_owned(), json!(options.platform.os));
    image.insert("rootfs".to_owned(), json!({ "type": "layers" }));
    if !options.platform.variant.is_empty() {
        image.insert("variant".to_owned(), json!(options.platform.variant));
    }
    Value::Object(image).to_string().into_bytes()
}
