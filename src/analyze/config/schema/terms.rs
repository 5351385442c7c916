//! The words that schemas are made of.

use serde_json::{Map, Value, json};

/// A text for a shell, or words without one.
pub(super) fn command_line(description: &str) -> Value {
    json!({
        "description": description,
        "type": ["string", "array", "null"],
        "items": { "type": "string" },
    })
}

pub(super) fn mode(description: &str) -> Value {
    json!({
        "description": description,
        "type": ["integer", "null"],
        "minimum": 0,
        "maximum": u32::MAX,
    })
}

/// A text that may be left out.
pub(super) fn text(description: &str) -> Value {
    json!({ "description": description, "type": ["string", "null"] })
}

/// One of the definitions, and what it is here.
pub(super) fn described(definition: &str, description: &str) -> Value {
    json!({ "description": description, "$ref": format!("#/$defs/{definition}") })
}

/// A list of one of the definitions.
pub(super) fn list(definition: &str, description: &str) -> Value {
    json!({
        "description": description,
        "type": ["array", "null"],
        "items": { "$ref": format!("#/$defs/{definition}") },
    })
}

/// One of the definitions by name.
pub(super) fn map(definition: &str, description: &str) -> Value {
    json!({
        "description": description,
        "type": ["object", "null"],
        "additionalProperties": { "$ref": format!("#/$defs/{definition}") },
    })
}

/// An object of these fields alone.
pub(super) fn object(names: &[&str], field: fn(&str) -> Option<Value>) -> Value {
    let properties: Map<_, _> = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), field(name)?)))
        .collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}
