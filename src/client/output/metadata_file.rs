//! `--metadata-file`: what the engine says of a result, as docker buildx writes it.
//!
//! <https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file>

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The file's text. What is JSON in base64 is written as that JSON.
pub(crate) fn metadata_json(metadata: &BTreeMap<String, String>) -> String {
    let values = metadata.iter().map(|(key, value)| {
        let value = decoded(value).unwrap_or_else(|| Value::String(value.clone()));
        (key.clone(), value)
    });
    let object = Value::Object(values.collect());
    format!("{object:#}\n")
}

fn decoded(value: &str) -> Option<Value> {
    let bytes = STANDARD.decode(value).ok()?;
    let json: Value = serde_json::from_slice(&bytes).ok()?;
    json.is_object().then_some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_json_in_base64_is_written_as_json() {
        let descriptor = STANDARD.encode(r#"{"mediaType":"m","size":5}"#);
        let metadata = [
            ("containerimage.descriptor", descriptor.as_str()),
            ("containerimage.digest", "sha256:00"),
            ("image.name", "abcd"),
        ];
        let metadata = metadata.map(|(key, value)| (key.to_owned(), value.to_owned()));
        insta::assert_snapshot!(metadata_json(&metadata.into()), @r#"
        {
          "containerimage.descriptor": {
            "mediaType": "m",
            "size": 5
          },
          "containerimage.digest": "sha256:00",
          "image.name": "abcd"
        }
        "#);
    }
}
