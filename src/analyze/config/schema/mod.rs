//! The JSON schema of `railpack.json`, with which editors complete and check it.
//!
//! It allows what [`file`](super::file) reads without a word: a test compares the two. The names of the fields are the
//! parser's own lists. The dialect is <https://json-schema.org/draft/2020-12/schema>.

mod definitions;
mod terms;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod validator;

use serde_json::{Value, json};

use super::file::{DEPLOY_FIELDS, FIELDS, STEP_FIELDS};
use crate::analyze::providers;
use crate::plan::HEALTHCHECK_FIELDS;
use definitions::{
    base_object, base_text, cache, command, filter, layer_object, layer_text, secret_file,
};
use terms::{command_line, described, list, map, object, text};

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
