//! What the configuration of a base image says: the image inherits it, as with the Dockerfile frontend's `FROM`
//! (<https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerfile/dockerfile2llb/convert.go>).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The part of an image's configuration that an image on top of it inherits
/// (<https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md>; the health check is Docker's
/// (<https://github.com/moby/docker-image-spec/blob/v1.3.1/spec.md>)). Entry point, command and directory are the plan's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BaseConfig {
    pub(super) environment: BTreeMap<String, String>,
    pub(super) user: Option<String>,
    pub(super) labels: BTreeMap<String, String>,
    /// With the protocol or without, as it is written.
    pub(super) exposed_ports: Vec<String>,
    pub(super) volumes: Vec<String>,
    /// As it came: engines read more of it than one of them writes.
    pub(super) healthcheck: Option<Value>,
    pub(super) stop_signal: Option<String>,
    /// How the base's layers came to be, an entry each and some without a layer; empty if that is not what it says. Without it
    /// engines tell what they know themselves, which is less where the base was pulled than where it was built: the same
    /// image would be another one on another builder.
    pub(super) history: Vec<Value>,
    /// All of it, as it came; empty where there is no history.
    pub(super) whole: Vec<u8>,
}

impl BaseConfig {
    /// Reads the configuration of an image; an empty one says nothing.
    ///
    /// # Errors
    ///
    /// If it is not JSON, or not a configuration.
    pub(super) fn parse(config: &[u8]) -> Result<Self, serde_json::Error> {
        if config.is_empty() {
            return Ok(Self::default());
        }
        let image = serde_json::from_slice::<Image>(config)?;
        let history = image.told_history();
        let whole = if history.is_empty() {
            Vec::new()
        } else {
            config.to_vec()
        };
        let config = image.config.unwrap_or_default();
        let environment = config.env.unwrap_or_default();
        let environment = environment
            .iter()
            .filter_map(|variable| variable.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Ok(Self {
            environment,
            user: config.user.filter(|user| !user.is_empty()),
            labels: config.labels.unwrap_or_default(),
            exposed_ports: keys(config.exposed_ports),
            volumes: keys(config.volumes),
            healthcheck: config.healthcheck,
            stop_signal: config.stop_signal.filter(|signal| !signal.is_empty()),
            history,
            whole,
        })
    }
}

#[derive(Default, Deserialize)]
struct Image {
    config: Option<Config>,
    history: Option<Vec<Value>>,
    rootfs: Option<RootFilesystem>,
}

#[derive(Default, Deserialize)]
struct RootFilesystem {
    diff_ids: Option<Vec<Value>>,
}

impl Image {
    /// The history, if it has an entry for each layer: what engines take it for.
    fn told_history(&self) -> Vec<Value> {
        let history = self.history.clone().unwrap_or_default();
        let is_layer = |entry: &&Value| entry.get("empty_layer") != Some(&Value::Bool(true));
        let layers = self.rootfs.as_ref().and_then(|root| root.diff_ids.as_ref());
        if history.iter().filter(is_layer).count() == layers.map_or(0, Vec::len) {
            history
        } else {
            Vec::new()
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Config {
    env: Option<Vec<String>>,
    user: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    exposed_ports: Option<BTreeMap<String, Value>>,
    volumes: Option<BTreeMap<String, Value>>,
    healthcheck: Option<Value>,
    stop_signal: Option<String>,
}

/// Of a set, which is an object with empty values there.
fn keys(set: Option<BTreeMap<String, Value>>) -> Vec<String> {
    set.unwrap_or_default().into_keys().collect()
}
