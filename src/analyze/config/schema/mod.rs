//! The JSON schema of `railpack.json`, with which editors complete and check it.
//!
//! It allows what [`file`](super::file) reads without a word: a test compares the two. The names of the fields are the
//! parser's own lists. The dialect is <https://json-schema.org/draft/2020-12/schema>.

#[cfg(test)]
mod tests;
#[cfg(test)]
mod validator;

use serde_json::{Map, Value, json};

use super::file::{DEPLOY_FIELDS, FIELDS, STEP_FIELDS};
use crate::analyze::providers;
use crate::plan::HEALTHCHECK_FIELDS;

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema, indented by two spaces, with a line feed at the end.
#[must_use]
pub fn config_schema() -> String {
    // A value is always shown as JSON, indented if so asked.
    format!("{:#}\n", schema())
}

fn schema() -> Value {
    let mut schema = object(&FIELDS, root_field);
    let more = json!({
        "$schema": DIALECT,
        "title": "railpack.json",
        "description": "How Railpack builds an app",
        "$defs": {
            "strings": { "type": ["array", "null"], "items": { "type": "string" } },
            "stringMap": { "type": ["object", "null"], "additionalProperties": { "type": "string" } },
            "filter": filter(),
            "layer": { "anyOf": [layer_text(), layer_object()] },
            "layers": { "type": ["array", "null"], "items": { "$ref": "#/$defs/layer" } },
            "command": command(),
            "step": object(&STEP_FIELDS, step_field),
            "cache": cache(),
            "secretFile": secret_file(),
        },
    });
    if let (Value::Object(schema), Value::Object(more)) = (&mut schema, more) {
        schema.extend(more);
    }
    schema
}

fn root_field(name: &str) -> Option<Value> {
    Some(match name {
        "$schema" => text("Where this file's schema is, for editors"),
        "provider" => provider(),
        "buildAptPackages" => described(
            "strings",
            "Debian packages for the build; `...` stands for those that the app is known to need",
        ),
        "packages" => described(
            "stringMap",
            "Tools that mise installs, each with its version; they count before any other version",
        ),
        "steps" => map(
            "step",
            "The build's steps by name: those that the provider makes, changed, or new ones",
        ),
        "deploy" => {
            let mut deploy = object(&DEPLOY_FIELDS, deploy_field);
            if let Value::Object(deploy) = &mut deploy {
                deploy.insert("type".to_owned(), json!(["object", "null"]));
                deploy.insert("description".to_owned(), json!("The image"));
            }
            deploy
        }
        "caches" => map(
            "cache",
            "Directories that are kept between builds, by the name under which steps use them",
        ),
        "secrets" => described("strings", "Names of secrets of the build"),
        "exclude" => described(
            "strings",
            "What of the app's directory is not sent to the build, in the syntax of .dockerignore",
        ),
        _ => return None,
    })
}

fn step_field(name: &str) -> Option<Value> {
    Some(match name {
        "name" => text("Ignored: the key is the step's name"),
        "inputs" => described(
            "layers",
            "What the step starts from: the first is its file system, the others are laid over it",
        ),
        "commands" => list(
            "command",
            "What the step does, in order; `...` stands for the provider's commands",
        ),
        "secrets" => described("strings", "Secrets that the commands get; `*` is all"),
        "secretFiles" => list(
            "secretFile",
            "Secrets that the commands find as files, and rerun for",
        ),
        "ssh" => described(
            "strings",
            "SSH agents of the client that the commands can ask, by id; most clients call theirs `default`",
        ),
        "assets" => described(
            "stringMap",
            "Contents of files that commands write, by name",
        ),
        "variables" => described("stringMap", "Environment of the commands and of the image"),
        "caches" => described("strings", "Names of the caches that the commands see"),
        "deployOutputs" => list(
            "filter",
            "What of the step's result is in the image; without it, the app's directory",
        ),
        _ => return None,
    })
}

fn deploy_field(name: &str) -> Option<Value> {
    Some(match name {
        "base" => json!({
            "description": "What the image starts from",
            "anyOf": [
                base_text(),
                base_object(),
                { "type": "object", "maxProperties": 0 },
                { "type": "null" },
            ],
        }),
        "inputs" => described("layers", "What is laid over the base, in order"),
        "startCommand" => command_line(
            "What the container runs: a line of shell, or a program and its arguments, which need no shell in the image",
        ),
        "variables" => described("stringMap", "Environment of the image"),
        "paths" => described("strings", "Directories in front of the image's PATH"),
        "user" => text("Who runs the image: `user`, `uid`, `user:group` or `uid:gid`"),
        "labels" => described("stringMap", "Labels of the image"),
        "exposedPorts" => described(
            "strings",
            "Ports that the app listens on: `8080`, `8080/tcp`, `53/udp`",
        ),
        "healthcheck" => {
            let mut healthcheck = object(&HEALTHCHECK_FIELDS, healthcheck_field);
            if let Value::Object(healthcheck) = &mut healthcheck {
                healthcheck.insert("type".to_owned(), json!(["object", "null"]));
                let description = "How engines find out whether the app works";
                healthcheck.insert("description".to_owned(), json!(description));
            }
            healthcheck
        }
        "stopSignal" => text("The signal that asks the app to end, such as SIGTERM"),
        "volumes" => described(
            "strings",
            "Directories whose content outlives a container: absolute paths",
        ),
        "aptPackages" => described(
            "strings",
            "Debian packages in the image; `...` stands for those that the app is known to need",
        ),
        _ => return None,
    })
}

fn healthcheck_field(name: &str) -> Option<Value> {
    Some(match name {
        "test" => command_line(
            "A line of shell; or a list that begins with `CMD` (a program and its arguments follow), `CMD-SHELL` (a line of shell) or `NONE` (no check)",
        ),
        "interval" => text("Time between two tests, as in 1m30s"),
        "timeout" => text("How long a test may take"),
        "startPeriod" => text("How long the app may take to start"),
        "startInterval" => text("Time between two tests while the app starts"),
        "retries" => json!({
            "description": "After how many failures in a row the container is unhealthy",
            "type": ["integer", "null"],
            "minimum": 0,
            "maximum": u32::MAX,
        }),
        _ => return None,
    })
}

fn provider() -> Value {
    let names = providers::ALL.iter().map(|provider| provider.name());
    let names: Vec<_> = names.collect();
    json!({
        "description": "Who plans the app, in place of the first that knows it; several make one image, in their order",
        "anyOf": [
            { "enum": names },
            { "type": "array", "items": { "enum": names } },
            { "type": "null" },
        ],
    })
}

fn layer_text() -> Value {
    json!({
        "description": "`.` is the app's directory, `$name` the result of a step, `...` what was there before",
        "type": "string",
        "pattern": r"^(\.|\.\.\.|\$[\s\S]+)$",
    })
}

fn base_text() -> Value {
    json!({
        "description": "`$name` is the result of a step",
        "type": "string",
        "pattern": r"^\$[\s\S]+$",
    })
}

/// A layer that is an image or a step, and all of it.
fn base_object() -> Value {
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
fn layer_object() -> Value {
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

fn filter() -> Value {
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
fn command() -> Value {
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

fn cache() -> Value {
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

/// A text for a shell, or words without one.
fn command_line(description: &str) -> Value {
    json!({
        "description": description,
        "type": ["string", "array", "null"],
        "items": { "type": "string" },
    })
}

fn secret_file() -> Value {
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

fn mode(description: &str) -> Value {
    json!({
        "description": description,
        "type": ["integer", "null"],
        "minimum": 0,
        "maximum": u32::MAX,
    })
}

/// A text that may be left out.
fn text(description: &str) -> Value {
    json!({ "description": description, "type": ["string", "null"] })
}

/// One of the definitions, and what it is here.
fn described(definition: &str, description: &str) -> Value {
    json!({ "description": description, "$ref": format!("#/$defs/{definition}") })
}

/// A list of one of the definitions.
fn list(definition: &str, description: &str) -> Value {
    json!({
        "description": description,
        "type": ["array", "null"],
        "items": { "$ref": format!("#/$defs/{definition}") },
    })
}

/// One of the definitions by name.
fn map(definition: &str, description: &str) -> Value {
    json!({
        "description": description,
        "type": ["object", "null"],
        "additionalProperties": { "$ref": format!("#/$defs/{definition}") },
    })
}

/// An object of these fields alone.
fn object(names: &[&str], field: fn(&str) -> Option<Value>) -> Value {
    let properties: Map<_, _> = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), field(name)?)))
        .collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}
