//! The schema and the parser agree.

use std::fs;
use std::path::Path;

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde_json::{Value, json};

use super::super::file;
use super::validator::Validator;
use super::{deploy_field, root_field, schema, step_field};
use crate::analyze::app::memory::Memory;
use crate::analyze::config::file::{DEPLOY_FIELDS, FIELDS, STEP_FIELDS};
use crate::analyze::messages::{Level, Messages};
use crate::analyze::{AnalyzeOptions, Environment};

/// Whether the parser takes a configuration, and has nothing to say about it.
fn is_read(config: &Value) -> bool {
    let app = Memory::default()
        .file("railpack.json", config.to_string())
        .app();
    let (options, environment) = (AnalyzeOptions::default(), Environment::default());
    let mut messages = Messages::default();
    let read = file::read(&app, &options, &environment, &mut messages);
    let is_warning = |level| matches!(level, Level::Warning | Level::Deprecation);
    read.is_ok()
        && messages
            .to_vec()
            .iter()
            .all(|message| !is_warning(message.level))
}

fn validator() -> Validator {
    Validator::new(schema())
}

/// A configuration with every field, and every form of what has several.
fn everything() -> Value {
    json!({
        "$schema": "https://example.com/schema.json",
        "provider": "node",
        "buildAptPackages": ["...", "git"],
        "packages": { "node": "22" },
        "steps": {
            "build": {
                "name": "build",
                "inputs": [
                    { "image": "debian:13" },
                    { "step": "install", "include": ["dist"], "exclude": ["*.map"] },
                    { "local": true },
                    { "spread": true },
                    ".",
                    "...",
                    "$install"
                ],
                "commands": [
                    "npm run build",
                    "COPY:a b",
                    "PATH:/opt/bin",
                    "FILE#Configure:/etc/a config",
                    { "cmd": "make", "customName": "Make" },
                    { "path": "/opt/bin" },
                    { "src": "a", "dest": "b", "image": "debian:13" },
                    { "path": "/etc/a", "name": "config", "mode": 493, "customName": "Configure" }
                ],
                "secrets": ["*"],
                "secretFiles": [{ "id": "npmrc", "path": "~/.npmrc", "mode": 256 }],
                "ssh": ["default"],
                "assets": { "config": "a = b" },
                "variables": { "A": "1" },
                "caches": ["npm"],
                "deployOutputs": [{ "include": ["dist"], "exclude": ["*.map"] }]
            }
        },
        "deploy": {
            "base": { "image": "debian:13" },
            "inputs": ["..."],
            "startCommand": "npm start",
            "variables": { "B": "2" },
            "paths": ["/app/bin"],
            "aptPackages": ["git"],
            "user": "railpack",
            "labels": { "team": "a" },
            "exposedPorts": ["8080"],
            "healthcheck": {
                "test": ["CMD", "./healthy"],
                "interval": "30s",
                "timeout": "3s",
                "startPeriod": "1m",
                "startInterval": "1s",
                "retries": 3
            },
            "stopSignal": "SIGINT",
            "volumes": ["/app/data"]
        },
        "caches": { "npm": { "directory": "/root/.npm", "type": "locked" } },
        "secrets": ["TOKEN"],
        "exclude": ["*.log"]
    })
}

/// The places of all values in a value, as JSON pointers.
fn places(value: &Value, place: &str, found: &mut Vec<String>) {
    found.push(place.to_owned());
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                places(value, &format!("{place}/{name}"), found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                places(value, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_field_is_described() {
    for name in FIELDS {
        assert!(root_field(name).is_some(), "{name}");
    }
    for name in STEP_FIELDS {
        assert!(step_field(name).is_some(), "{name}");
    }
    for name in DEPLOY_FIELDS {
        assert!(deploy_field(name).is_some(), "{name}");
    }
    let everything = everything();
    assert!(validator().allows(&everything) && is_read(&everything));
    let object = everything.as_object().unwrap();
    assert!(FIELDS.iter().all(|name| object.contains_key(*name)));
}

#[test]
fn the_schema_allows_what_the_parser_reads() {
    let validator = validator();
    let everything = everything();
    let mut all = Vec::new();
    places(&everything, "", &mut all);
    // A provider's name is also a text that is a command, and no layer.
    let values = [
        json!(null),
        json!(true),
        json!(false),
        json!(1),
        json!(-1),
        json!("node"),
        json!([]),
        json!(["node"]),
        json!({}),
        json!({ "step": "node" }),
    ];
    for place in &all {
        for value in &values {
            let mut config = everything.clone();
            *config.pointer_mut(place).unwrap() = value.clone();
            assert_eq!(
                validator.allows(&config),
                is_read(&config),
                "{place}: {value}"
            );
        }
        for added in ["unknown", "cmd", "src", "path", "name", "image", "step"] {
            let mut config = everything.clone();
            if let Value::Object(object) = config.pointer_mut(place).unwrap() {
                object.insert(added.to_owned(), json!("node"));
            }
            assert_eq!(
                validator.allows(&config),
                is_read(&config),
                "{place}: with {added}"
            );
        }
        let (parent, name) = place.rsplit_once('/').unwrap_or_default();
        let mut config = everything.clone();
        if let Some(Value::Object(object)) = config.pointer_mut(parent) {
            object.remove(name);
        }
        assert_eq!(
            validator.allows(&config),
            is_read(&config),
            "without {place}"
        );
    }
}

#[test]
fn the_schema_allows_the_texts_that_the_parser_reads() {
    let validator = validator();
    let texts = [
        "",
        " ",
        ".",
        "..",
        "...",
        "....",
        "$",
        "$a",
        "$a\nb",
        "a",
        "RUN:",
        "RUN: ",
        "RUN:a",
        "RUN#:a",
        "RUN#a b:c:d",
        "RUN#a",
        "run:",
        "PATH:",
        "PATH:a",
        "PATH#a:",
        "PATH#a:b",
        "COPY:",
        "COPY:a",
        "COPY:a b",
        "COPY:a b c",
        "COPY: a  b ",
        "COPY#a:b",
        "FILE:a",
        "FILE:a b",
        "FILE#a:b",
        "FILE#a:b c",
        "FILE#a#b:c d",
        " COPY:a",
        "a\nb",
    ];
    for text in texts {
        for config in [
            json!({ "steps": { "a": { "commands": [text] } } }),
            json!({ "steps": { "a": { "inputs": [text] } } }),
            json!({ "deploy": { "base": text } }),
            json!({ "caches": { "a": { "type": text } } }),
        ] {
            assert_eq!(validator.allows(&config), is_read(&config), "{config}");
        }
    }
}

/// The configurations of the examples, whatever they are called.
#[test]
fn the_schema_allows_the_configurations_of_the_examples() {
    let validator = validator();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for example in fs::read_dir(root).unwrap() {
        for file in fs::read_dir(example.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy();
            if !name.starts_with("railpack") || path.extension() != Some("json".as_ref()) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let options = ParseOptions::default();
            // Some show what is said of a file that is no JSON.
            let Ok(config) = parse_to_serde_value::<Value>(&text, &options) else {
                continue;
            };
            assert!(validator.allows(&config), "{}", path.display());
        }
    }
}
