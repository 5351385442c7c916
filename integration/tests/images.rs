//! The project's own images, as `docker-bake.hcl` makes them. What is compiled for them is taken from where the tests have
//! it: the frontend, of this machine's architecture only.

use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Subject, named};
use crate::harness::command::Command;
use crate::harness::engine::Engine;
use crate::harness::image::Image;
use crate::harness::oci_archive;
use crate::harness::settings::checkout;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("images")
        .on_docker(named![
            a_laptop_gets_the_frontend_in_its_docker,
            a_release_is_of_both_platforms_and_attested,
        ])
        .on_buildkit(named![the_frontend_is_released_for_both_platforms])
        .trials
}

fn a_laptop_gets_the_frontend_in_its_docker(engine: &Engine) {
    let binaries = Binaries::new();
    let image = Image::of(engine);
    let tags = format!("frontend-local.tags={}", image.name());
    let bake = engine.docker(["buildx", "bake", "frontend-local"]);
    bake.arguments(["--set", &tags, "--set", &binaries.of("frontend-local")])
        .variable(ENTITLEMENTS, "0")
        .directory(&checkout())
        .run()
        .success();
    assert_is_frontend(&image.inspect()["Config"]);
}

/// Bake asks before it reads a directory outside the checkout.
const ENTITLEMENTS: &str = "BUILDX_BAKE_ENTITLEMENTS_FS";

fn a_release_is_of_both_platforms_and_attested(engine: &Engine) {
    let bake = engine.docker(["buildx", "bake", "release", "--print"]);
    let bake = bake
        .variable("REGISTRY", "registry.example.com/owner")
        .variable("VERSION", "1.2.3")
        .directory(&checkout());
    let bake: Value = serde_json::from_slice(&bake.run().success().stdout).expect("it is JSON");
    for image in ["frontend", "builder", "runtime"] {
        let target = &bake["target"][format!("{image}-release")];
        let name = format!("registry.example.com/owner/railpack-{image}");
        assert_eq!(
            target["tags"],
            json!([format!("{name}:1.2.3"), format!("{name}:latest")])
        );
        assert_eq!(target["platforms"], json!(["linux/amd64", "linux/arm64"]));
        assert_eq!(
            target["attest"],
            json!([{ "type": "provenance", "mode": "max" }, { "type": "sbom" }])
        );
    }
}

fn the_frontend_is_released_for_both_platforms(_: &Engine) {
    let binaries = Binaries::new();
    let builders = tempfile::tempdir().expect("a directory can be made");
    let buildx = |words: &[&str]| {
        Command::new("docker")
            .argument("buildx")
            .arguments(words)
            .variable("BUILDX_CONFIG", builders.path())
            .variable(ENTITLEMENTS, "0")
            .directory(&checkout())
    };
    let address = std::env::var("BUILDKIT_HOST").expect("the settings were checked");
    buildx(&["create", "--name", "remote", "--driver", "remote", &address])
        .run()
        .success();
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    let output = format!(
        "frontend-release.output=type=oci,dest={}",
        file.path().display()
    );
    // The image that looks for packages comes from a public registry.
    let bake = buildx(&["bake", "frontend-release", "--builder=remote"]);
    bake.argument("--sbom=false")
        .arguments(["--set", &output, "--set", &binaries.of("frontend-release")])
        .run()
        .success();
    let images = oci_archive::images(file.path());
    let architectures = images.iter().map(|image| &*image.architecture);
    assert_eq!(architectures.collect::<Vec<_>>(), ["amd64", "arm64"]);
    for image in &images {
        assert_eq!(image.config["architecture"], image.architecture);
        assert_is_frontend(&image.config["config"]);
        assert_eq!(image.files(file.path()), ["railpack-frontend"]);
    }
}

/// BuildKit can run it, and knows what it may be asked for.
#[track_caller]
fn assert_is_frontend(config: &Value) {
    assert_eq!(config["Entrypoint"], json!(["/railpack-frontend"]));
    let label = |name: &str| config["Labels"][format!("moby.buildkit.frontend.{name}")].clone();
    assert_eq!(label("network.none"), "true");
    assert_eq!(
        label("caps"),
        "moby.buildkit.frontend.contexts,moby.buildkit.frontend.gitquerystring,\
         moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests"
    );
}

/// What stands in for the stage `binaries`: a directory with the frontend of the tests.
struct Binaries(TempDir);

impl Binaries {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let image = directory.path().join("image");
        std::fs::create_dir(&image).expect("a directory can be made");
        let program = env!("CARGO_BIN_EXE_railpack-frontend");
        std::fs::copy(program, image.join("railpack-frontend")).expect("a file can be copied");
        Self(directory)
    }

    /// The setting of a target of the bake file that puts them in its place.
    fn of(&self, target: &str) -> String {
        format!("{target}.contexts.binaries={}", self.0.path().display())
    }
}
