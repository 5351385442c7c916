//! What an archive in OCI's layout holds, as `--output type=oci` writes it.
//! <https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md>

use std::path::Path;

use serde_json::Value;

use super::command::Command;

/// An image in the archive, for one platform.
#[derive(Debug)]
pub(crate) struct OciImage {
    pub(crate) architecture: String,
    pub(crate) manifest: Value,
    pub(crate) config: Value,
}

/// The images of the archive's one index, without what was attested about them.
#[track_caller]
pub(crate) fn images(archive: &Path) -> Vec<OciImage> {
    let index = json(&file(archive, "index.json"));
    let index = json(&blob(archive, &index["manifests"][0]["digest"]));
    let manifests = index["manifests"].as_array().expect("there is an index");
    let images = manifests
        .iter()
        .filter(|manifest| manifest["platform"]["os"] == "linux");
    images
        .map(|image| {
            let architecture = image["platform"]["architecture"].as_str();
            let manifest = json(&blob(archive, &image["digest"]));
            OciImage {
                architecture: architecture.expect("an image has one").to_owned(),
                config: json(&blob(archive, &manifest["config"]["digest"])),
                manifest,
            }
        })
        .collect()
}

impl OciImage {
    /// The names of the files in its layers, the lowest first.
    #[track_caller]
    pub(crate) fn files(&self, archive: &Path) -> Vec<String> {
        let layers = self.manifest["layers"].as_array();
        let layers = layers.expect("an image has layers").iter();
        layers
            .flat_map(|layer| listed(&blob(archive, &layer["digest"])))
            .collect()
    }
}

/// A blob by its digest.
#[track_caller]
pub(crate) fn blob(archive: &Path, digest: &Value) -> Vec<u8> {
    let digest = digest.as_str().expect("a digest is text");
    file(archive, &format!("blobs/{}", digest.replace(':', "/")))
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("it is JSON")
}

fn file(archive: &Path, path: &str) -> Vec<u8> {
    let tar = Command::new("tar").arguments(["--extract", "--to-stdout", "--file"]);
    tar.argument(archive).argument(path).run().success().stdout
}

/// The names in a layer.
fn listed(layer: &[u8]) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(file.path(), layer).expect("a file can be written");
    let tar = Command::new("tar").arguments(["--list", "--gzip", "--file"]);
    let names = tar.argument(file.path()).run().success().stdout_text();
    names.lines().map(str::to_owned).collect()
}
