//! The configuration that the image gets.
//! <https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md>

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::base_config::BaseConfig;
use super::options::ConvertOptions;
use super::paths::APP_DIRECTORY;
use super::rfc3339::rfc3339;
use crate::plan::{CommandLine, Deploy, Healthcheck, Spanned, nanoseconds};

/// What runs a start command that is a text.
const SHELL: [&str; 2] = ["/bin/bash", "-c"];

/// What the container runs when the plan has no start command.
const DEFAULT_START_COMMAND: &str = "/bin/bash";

/// The image's configuration as JSON. The exporter adds layers, history and times.
pub(super) fn image_config(
    options: &ConvertOptions,
    deploy: &Deploy,
    base: &BaseConfig,
    environment: &BTreeMap<String, String>,
) -> Vec<u8> {
    let mut config = Map::new();
    let start_command = deploy.start_command.as_ref();
    let text = match start_command.map(|command| &command.value) {
        Some(CommandLine::Words(words)) => {
            // No entry point: `docker run <image> <command>` replaces the start command, as it does with a text.
            config.insert("Cmd".to_owned(), json!(words));
            None
        }
        Some(CommandLine::Shell(text)) => Some(text.as_str()),
        None => Some(DEFAULT_START_COMMAND),
    };
    if let Some(text) = text {
        config.insert("Cmd".to_owned(), json!([text]));
        config.insert("Entrypoint".to_owned(), json!(SHELL));
    }
    let variables = environment
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>();
    config.insert("Env".to_owned(), json!(variables));
    let own = &deploy.config;
    let texts = |own: &[Spanned<String>]| own.iter().map(|text| text.value.clone()).collect();
    let mut labels = base.labels.clone();
    labels.extend(
        own.labels
            .iter()
            .map(|(name, value)| (name.clone(), value.value.clone())),
    );
    labels.extend(options.labels.clone());
    let ports = own.exposed_ports.iter().map(|port| exposed(port)).collect();
    let healthcheck = own.healthcheck.as_ref().map(|own| healthcheck(own));
    let text = |own: &Option<Spanned<String>>, base: &Option<String>| {
        let own = own.as_ref().map(|own| own.value.clone());
        own.or_else(|| base.clone()).map(Value::String)
    };
    let fields = [
        ("ExposedPorts", set(&base.exposed_ports, ports)),
        (
            "Healthcheck",
            healthcheck.or_else(|| base.healthcheck.clone()),
        ),
        ("Labels", (!labels.is_empty()).then(|| json!(labels))),
        ("StopSignal", text(&own.stop_signal, &base.stop_signal)),
        ("User", text(&own.user, &base.user)),
        ("Volumes", set(&base.volumes, texts(&own.volumes))),
    ];
    for (name, value) in fields {
        config.extend(value.map(|value| (name.to_owned(), value)));
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
    if !base.history.is_empty() {
        image.insert("history".to_owned(), json!(base.history));
    }
    image.insert("os".to_owned(), json!(options.platform.os));
    image.insert("rootfs".to_owned(), json!({ "type": "layers" }));
    if !options.platform.variant.is_empty() {
        image.insert("variant".to_owned(), json!(options.platform.variant));
    }
    Value::Object(image).to_string().into_bytes()
}

/// A set as configurations write it; `None` if it is empty.
fn set(base: &[String], own: Vec<String>) -> Option<Value> {
    let members: Map<_, _> = base
        .iter()
        .cloned()
        .chain(own)
        .map(|member| (member, json!({})))
        .collect();
    (!members.is_empty()).then_some(Value::Object(members))
}

/// A port with its protocol, as the Dockerfile frontend writes it.
fn exposed(port: &str) -> String {
    if port.contains('/') {
        port.to_owned()
    } else {
        format!("{port}/tcp")
    }
}

/// A health check as Docker writes it: times in nanoseconds.
/// <https://github.com/moby/docker-image-spec/blob/v1.3.1/specs-go/v1/image.go>
fn healthcheck(own: &Healthcheck) -> Value {
    let mut fields = Map::new();
    let test = own.test.as_ref().map(|test| match &test.value {
        CommandLine::Shell(text) => json!(["CMD-SHELL", text]),
        CommandLine::Words(words) => json!(words),
    });
    fields.extend(test.map(|test| ("Test".to_owned(), test)));
    let [interval, timeout, start_period, start_interval] = own.times();
    let times = [
        ("Interval", interval),
        ("Timeout", timeout),
        ("StartPeriod", start_period),
        ("StartInterval", start_interval),
    ];
    for (name, (_, time)) in times {
        let time = time.and_then(|time| nanoseconds(time));
        fields.extend(time.map(|time| (name.to_owned(), json!(time))));
    }
    fields.extend(
        own.retries
            .map(|retries| ("Retries".to_owned(), json!(retries))),
    );
    Value::Object(fields)
}
