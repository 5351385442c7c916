//! What the fields of a plan may hold: layers, filters, commands, caches and secret files.

use serde_json::{Value, json};

use super::terms::{described, mode, text};

pub(super) fn layer_text() -> Value {
    json!({
        "description": "`.` is the app's directory, `$name` the result of a step, `...` what was there before",
        "type": "string",
        "pattern": r"^(\.|\.\.\.|\$[\s\S]+)$",
    })
}

pub(super) fn base_text() -> Value {
    json!({
        "description": "`$name` is the result of a step",
        "type": "string",
        "pattern": r"^\$[\s\S]+$",
    })
}

/// A layer that is an image or a step, and all of it.
pub(super) fn base_object() -> Value {
    let unset = || json!({ "enum": [false, null] });
    let empty = || json!({ "type": ["array", "null"], "maxItems": 0 });
    json!({
        "type": "object",
        "properties": {
            "image": text("An image"),
            "step": text("A step, by name: its result"),
            "local": unset(),
            "spread": unset(),
            "include": empty(),
            "exclude": empty(),
        },
        "additionalProperties": false,
        "oneOf": [named("image"), named("step")],
    })
}

/// Requires a field with a name in it.
fn named(name: &str) -> Value {
    json!({ "required": [name], "properties": { name: { "type": "string", "minLength": 1 } } })
}

/// An object with just one source: a source that is empty or `false` is none.
pub(super) fn layer_object() -> Value {
    let set = |name: &str| json!({ "required": [name], "properties": { name: { "const": true } } });
    json!({
        "type": "object",
        "properties": {
            "image": text("An image"),
            "step": text("A step, by name: its result"),
            "local": { "description": "The app's directory", "type": ["boolean", "null"] },
            "spread": { "description": "What was there before", "type": ["boolean", "null"] },
            "include": included(),
            "exclude": excluded(),
        },
        "additionalProperties": false,
        "oneOf": [named("image"), named("step"), set("local"), set("spread")],
    })
}

pub(super) fn filter() -> Value {
    json!({
        "type": "object",
        "properties": { "include": included(), "exclude": excluded() },
        "additionalProperties": false,
    })
}

fn included() -> Value {
    described("strings", "Paths to take; relative ones are below /app")
}

fn excluded() -> Value {
    described(
        "strings",
        "What to leave out of them, in the syntax of .dockerignore",
    )
}

/// Which keys there are decides what a command is, so that each form allows its own alone.
pub(super) fn command() -> Value {
    let form = |description: &str, required: &[&str], properties: Value| {
        json!({
            "description": description,
            "type": "object",
            "required": required,
            "properties": properties,
            "additionalProperties": false,
        })
    };
    let custom_name = || text("What the build's progress shows");
    json!({
        "anyOf": [
            command_text(),
            form("Runs a program", &["cmd"], json!({
                "cmd": text("The command line; `sh -c '...'` asks for a shell"),
                "customName": custom_name(),
            })),
            form("Puts a directory in front of PATH", &["path"], json!({ "path": text("The directory") })),
            form("Copies files", &["src"], json!({
                "image": text("The image to copy from; without it, the app's directory"),
                "src": text("What to copy"),
                "dest": text("Where to"),
            })),
            form("Writes a file", &["path", "name"], json!({
                "path": text("The file"),
                "name": text("The asset of the step that is its content"),
                "mode": mode("Permission bits, as a decimal number: 493 is 0755"),
                "customName": custom_name(),
            })),
        ],
    })
}

fn command_text() -> Value {
    json!({
        "description": "A line of shell; or `COPY:src dest`, `PATH:directory`, `FILE:path asset`, `RUN#name:line`; `...` stands for the provider's commands",
        "type": "string",
        "pattern": r"\S",
        "anyOf": [
            { "not": { "pattern": r"^((RUN|FILE)(#[^:]*)?|PATH|COPY):" } },
            { "pattern": r"^(RUN(#[^:]*)?|PATH):\s*\S" },
            { "pattern": r"^(FILE(#[^:]*)?|COPY):\s*\S+\s+\S+\s*$" },
        ],
    })
}

pub(super) fn cache() -> Value {
    json!({
        "type": "object",
        "properties": {
            "directory": text("The directory; relative ones are below /app"),
            "type": {
                "description": "How builds at the same time use it: `shared` at once, `locked` one after the other",
                "enum": ["shared", "locked", "", null],
                "default": "shared",
            },
        },
        "additionalProperties": false,
    })
}

pub(super) fn secret_file() -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": text("The secret"),
            "path": text("Where the file is; `~/` is the home of root, other relative paths are below /app"),
            "mode": mode("Permission bits, as a decimal number; 0400 without it"),
        },
        "additionalProperties": false,
    })
}
