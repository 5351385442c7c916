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

/// What was attested about an image of the archive.
#[derive(Debug)]
pub(crate) struct Attested {
    pub(crate) architecture: String,
    /// The image's.
    pub(crate) digest: String,
    /// <https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md>
    statements: Vec<Value>,
}

impl Attested {
    /// The one statement with predicates of this type.
    #[track_caller]
    pub(crate) fn statement(&self, predicate_type: &str) -> &Value {
        let is_meant = |statement: &&Value| statement["predicateType"] == predicate_type;
        let found: Vec<_> = self.statements.iter().filter(is_meant).collect();
        match found.as_slice() {
            [statement] => statement,
            _ => panic!(
                "there is not one {predicate_type} in {:#?}",
                self.statements
            ),
        }
    }
}

/// What was attested about each image, in the order of the images.
/// <https://github.com/moby/buildkit/blob/v0.32.2/docs/attestations/attestation-storage.md>
#[track_caller]
pub(crate) fn attested(archive: &Path) -> Vec<Attested> {
    let index = json(&file(archive, "index.json"));
    let index = json(&blob(archive, &index["manifests"][0]["digest"]));
    let manifests = index["manifests"].as_array().expect("there is an index");
    let annotation = |manifest: &Value, name: &str| {
        manifest["annotations"][format!("vnd.docker.reference.{name}")].clone()
    };
    let attestations = manifests
        .iter()
        .filter(|manifest| annotation(manifest, "type") == "attestation-manifest");
    let attestations = attestations.map(|attestation| {
        let digest = annotation(attestation, "digest");
        let mut images = manifests.iter();
        let image = images.find(|image| image["digest"] == digest);
        let image = image.expect("it is about an image of the index");
        let architecture = image["platform"]["architecture"].as_str();
        let manifest = json(&blob(archive, &attestation["digest"]));
        let layers = manifest["layers"].as_array().expect("it has layers").iter();
        Attested {
            architecture: architecture.expect("an image has one").to_owned(),
            digest: digest.as_str().expect("a digest is text").to_owned(),
            statements: layers
                .map(|layer| json(&blob(archive, &layer["digest"])))
                .collect(),
        }
    });
    attestations.collect()
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

/// The names in a layer, which is compressed or not: what a builder has is exported as it is.
fn listed(layer: &[u8]) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    std::fs::write(file.path(), layer).expect("a file can be written");
    let tar = Command::new("tar").arguments(["--list", "--file"]);
    let names = tar.argument(file.path()).run().success().stdout_text();
    names.lines().map(str::to_owned).collect()
}
