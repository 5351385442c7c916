//! What an image says of itself: what it was made of and how (provenance), and what is in it (SBOM).

use libtest_mimic::Trial;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::remote_contexts::{self, app_with_plan, pack};
use super::{Subject, named};
use crate::harness::command::Command;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::image::push_image;
use crate::harness::oci_archive::{Attested, attested};
use crate::harness::project::{PLAN_FILE, Project, shell};
use crate::harness::secrecy::HIDE;
use crate::harness::settings::settings;
use crate::harness::unique::{unique_name, unique_token};
use crate::harness::web::WebServer;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("attestations")
        .on_buildkit(named![
            provenance_names_the_image_and_what_it_is_made_of,
            provenance_names_the_repository_or_the_archive_of_the_app,
            full_provenance_has_the_plan_and_no_secret,
            a_scanner_sees_what_is_in_the_image,
            each_platform_has_attestations_of_its_own,
            railpack_build_attests,
            options_that_make_no_sense_are_errors,
        ])
        .trials
}

const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
const SBOM: &str = "https://spdx.dev/Document";

/// The attestations of a build, for each of its platforms.
#[track_caller]
fn attestations<const N: usize>(build: Build<'_>, name: &str, options: [&str; N]) -> Vec<Attested> {
    let build = options
        .iter()
        .fold(build, |build, option| build.options([], ["--opt", option]));
    let file = NamedTempFile::new().unwrap();
    let output = Output::File(format!("type=oci,name={name}"), file.path().to_owned());
    build.run(&output).success();
    attested(file.path())
}

/// A step that runs something, and the runtime image twice.
fn project() -> Project {
    let image = json!({ "image": settings().runtime_image });
    Project::with_plan(&json!({
        "secrets": ["TOKEN"],
        "steps": [{
            "name": "build",
            "inputs": [image],
            "secrets": ["*"],
            "commands": [shell(&format!("{HIDE} > /app/seen; echo built > /app/made"))],
        }],
        "deploy": { "base": image, "inputs": [{ "step": "build", "include": ["made"] }], "startCommand": "true" },
    }))
}

/// The digest of an image in the registry, as the engine finds it.
#[track_caller]
fn digest(attested: &Attested, image: &str) -> String {
    let (name, tag) = image.rsplit_once(':').expect("the image has a tag");
    let package = format!("pkg:docker/{}@{tag}", name.replace(':', "%3A"));
    let provenance = &attested.statement(PROVENANCE)["predicate"];
    let materials = &provenance["buildDefinition"]["resolvedDependencies"];
    let materials = materials.as_array().expect("there are materials").iter();
    let found: Vec<_> = materials
        .filter(|material| {
            let uri = material["uri"].as_str().unwrap_or_default();
            uri.split('?').next() == Some(&package)
        })
        .collect();
    let [material] = found.as_slice() else {
        panic!("{package} is no material: {provenance:#}")
    };
    let digest = material["digest"]["sha256"].as_str();
    digest.expect("a material has a digest").to_owned()
}

/// The image that a statement is about.
#[track_caller]
fn assert_is_about(attested: &Attested, kind: &str, name: &str) {
    let subjects = attested.statement(kind)["subject"].as_array().cloned();
    let [subject] = subjects.as_deref().unwrap_or_default() else {
        panic!("{:#}", attested.statement(kind))
    };
    let architecture = &attested.architecture;
    let package = format!("pkg:docker/{name}@latest?platform=linux%2F{architecture}");
    assert_eq!(subject["name"], package);
    let digest = subject["digest"]["sha256"].as_str().unwrap();
    assert_eq!(format!("sha256:{digest}"), attested.digest);
}

fn provenance_names_the_image_and_what_it_is_made_of(engine: &Engine) {
    let name = unique_name();
    let project = project();
    let build = project.build(engine).secret("TOKEN", &unique_token());
    let attested = attestations(build, &name, ["attest:provenance=mode=min"]);
    let [attested] = attested.as_slice() else {
        panic!("{attested:#?}")
    };
    assert_is_about(attested, PROVENANCE, &name);
    assert_eq!(digest(attested, &settings().runtime_image).len(), 64);
    // The program that hashes secrets is the frontend.
    assert_eq!(digest(attested, &settings().frontend).len(), 64);
    let text = attested.statement(PROVENANCE).to_string();
    assert!(!text.contains("/app/made"), "{text}");
}

fn full_provenance_has_the_plan_and_no_secret(engine: &Engine) {
    let value = unique_token();
    let project = project();
    let build = project.build(engine).secret("TOKEN", &value);
    let attested = attestations(build, &unique_name(), ["attest:provenance=mode=max"]);
    let statement = attested[0].statement(PROVENANCE);
    let text = statement.to_string();
    assert!(text.contains("/app/made") && !text.contains(&value));
    let metadata = &statement["predicate"]["runDetails"]["metadata"]["buildkit_metadata"];
    let source = &metadata["source"]["infos"][0];
    assert_eq!(source["filename"], PLAN_FILE);
    let plan = std::fs::read(project.plan_path()).unwrap();
    assert_eq!(source["data"], base64(&plan));
    let request = &statement["predicate"]["buildDefinition"]["externalParameters"]["request"];
    assert_eq!(
        request["secrets"],
        json!([{ "id": "TOKEN", "optional": true }])
    );
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

/// With what they were when they were loaded: the commit, and the digest of the file.
fn provenance_names_the_repository_or_the_archive_of_the_app(engine: &Engine) {
    let server = WebServer::start();
    let token = unique_token();
    let app = app_with_plan(&token);
    let repository = server.repository("app.git", "main", app.context());
    let git_directory = format!("--git-dir={}", server.path("app.git").display());
    let commit = Command::new("git").arguments([&git_directory, "rev-parse", "main"]);
    let commit = commit.run().success().stdout_text();
    let archive = server.path("app.tar");
    pack(app.context(), &archive, "--format=ustar");
    let sum = Command::new("sha256sum").argument(&archive);
    let sum = sum.run().success().stdout_text();
    let sum = sum.split(' ').next().unwrap();
    for (context, kind, digest) in [
        (format!("{repository}#main"), "sha1", commit.trim()),
        (server.url("app.tar"), "sha256", sum),
    ] {
        let file = NamedTempFile::new().unwrap();
        let output = format!("type=oci,name={token},dest={}", file.path().display());
        let options = ["--opt", "attest:provenance=mode=max", "--output", &output];
        remote_contexts::build(engine, &context, &options)
            .run()
            .success();
        let attested = attested(file.path());
        let provenance = &attested[0].statement(PROVENANCE)["predicate"];
        let materials = &provenance["buildDefinition"]["resolvedDependencies"];
        let mut all = materials.as_array().unwrap().iter();
        let is_app = |material: &&Value| material["uri"] == *context;
        let material = all.find(is_app);
        let material =
            material.unwrap_or_else(|| panic!("{context} is no material: {materials:#}"));
        assert_eq!(material["digest"][kind], *digest, "{materials:#}");
    }
}

/// A scanner whose document is named after a file of what it scans.
fn push_scanner(file: &str) -> String {
    let script = format!(
        "name=$(basename $BUILDKIT_SCAN_SOURCE); seen=$(cat $BUILDKIT_SCAN_SOURCE/{file}); \
         printf '{{\\\"_type\\\":\\\"https://in-toto.io/Statement/v0.1\\\",\\\"predicateType\\\":\\\"{SBOM}\\\",\\\"predicate\\\":\
         {{\\\"spdxVersion\\\":\\\"SPDX-2.3\\\",\\\"SPDXID\\\":\\\"SPDXRef-DOCUMENT\\\",\\\"name\\\":\\\"%s\\\"}}}}' \
         \\\"$seen\\\" > $BUILDKIT_SCAN_DESTINATION/$name.spdx.json"
    );
    let dockerfile = format!(
        "FROM {}\nENTRYPOINT [\"/bin/sh\", \"-ec\", \"{script}\"]\n",
        settings().runtime_image
    );
    push_image(&dockerfile, "linux/amd64")
}

fn a_scanner_sees_what_is_in_the_image(engine: &Engine) {
    let name = unique_name();
    let generator = format!("attest:sbom=generator={}", push_scanner("app/made"));
    let project = project();
    let build = project.build(engine).secret("TOKEN", &unique_token());
    let attested = attestations(build, &name, [&generator]);
    let [attested] = attested.as_slice() else {
        panic!("{attested:#?}")
    };
    assert_is_about(attested, SBOM, &name);
    assert_eq!(attested.statement(SBOM)["predicate"]["name"], "built");
}

/// Copies only: nothing that runs, so that no emulation is needed.
fn each_platform_has_attestations_of_its_own(engine: &Engine) {
    let dockerfile = "ARG TARGETARCH\nFROM scratch AS amd64\nCOPY empty /amd64\nFROM scratch AS arm64\nCOPY empty /arm64\nFROM $TARGETARCH\n";
    let base = push_image(dockerfile, "linux/amd64,linux/arm64");
    let project = Project::with_plan(&json!({
        "steps": [{
            "name": "copy",
            "inputs": [{ "image": base }],
            "commands": [{ "src": "made", "dest": "made" }],
        }],
        "deploy": { "base": { "step": "copy" }, "startCommand": "true" },
    }));
    let project = project.file("made", "of both");
    let name = unique_name();
    let generator = format!("attest:sbom=generator={}", push_scanner("app/made"));
    let build = project.build(engine).platform("linux/amd64,linux/arm64");
    let attested = attestations(build, &name, ["attest:provenance=mode=max", &generator]);
    let architectures = attested.iter().map(|each| each.architecture.as_str());
    assert_eq!(architectures.collect::<Vec<_>>(), ["amd64", "arm64"]);
    for each in &attested {
        assert_is_about(each, PROVENANCE, &name);
        assert_is_about(each, SBOM, &name);
        assert_eq!(each.statement(SBOM)["predicate"]["name"], "of both");
        let materials = each.statement(PROVENANCE).to_string();
        let own = format!("@latest?platform=linux%2F{}", each.architecture);
        assert!(materials.contains(&own), "{materials}");
    }
}

fn railpack_build_attests(engine: &Engine) {
    let name = unique_name();
    let scanner = format!("type=sbom,generator={}", push_scanner("app/made"));
    let file = NamedTempFile::new().unwrap();
    let project = project();
    let build = DirectBuild::of_project(engine, &project).secret("TOKEN", &unique_token());
    let build = build.options(["--attest", "type=provenance,mode=max", "--attest", &scanner]);
    let output = format!("type=oci,name={name},dest={}", file.path().display());
    build
        .options(["--output", &output])
        .command()
        .run()
        .success();
    let attested = attested(file.path());
    assert_eq!(attested[0].statement(SBOM)["predicate"]["name"], "built");
    assert_eq!(digest(&attested[0], &settings().runtime_image).len(), 64);
    assert_is_about(&attested[0], PROVENANCE, &name);
}

/// By the engine, which reads them itself.
fn options_that_make_no_sense_are_errors(engine: &Engine) {
    let project = project();
    for (option, told) in [
        ("attest:sbom=generator=", "sbom generator cannot be empty"),
        (
            "attest:signature=",
            "unknown attestation type \"signature\"",
        ),
        ("attest:provenance=mode=most", "invalid mode \"most\""),
        (
            "attest:provenance=version=v9",
            "invalid provenance SLSA version: v9",
        ),
    ] {
        let file = NamedTempFile::new().unwrap();
        let build = project.build(engine).options([], ["--opt", option]);
        let output = Output::File("type=oci".to_owned(), file.path().to_owned());
        let stderr = build.run(&output).failure().stderr;
        assert!(stderr.contains(told), "{option}: {stderr}");
    }
}
