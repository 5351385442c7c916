//! Images for other platforms than the engine's.

use std::path::Path;

use libtest_mimic::Trial;
use serde_json::json;

use super::{Subject, assert_text, named};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, Output};
use crate::harness::image::{Image, push_image};
use crate::harness::oci_archive;
use crate::harness::progress::Progress;
use crate::harness::project::{PLAN_FILE, Project};
use crate::harness::redaction::told;
use crate::harness::settings::settings;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("platforms")
        .on_both(named![
            the_platform_decides_about_images_and_config,
            a_platform_that_the_image_does_not_have,
            an_image_of_another_platform_is_warned_of,
            commands_run_on_another_platform_under_emulation,
        ])
        .on_docker_with_containerd(named![one_index_runs_on_each_of_its_platforms])
        .on_buildkit(named![
            several_platforms_make_one_index,
            railpack_build_makes_one_index,
            an_archive_for_docker_holds_one_platform,
        ])
        .trials
}

fn the_platform_decides_about_images_and_config(engine: &Engine) {
    let project = project_that_copies();
    for (platform, architecture) in [("linux/amd64", "amd64"), ("linux/arm64", "arm64")] {
        let image = project.build(engine).platform(platform).image();
        let inspected = image.inspect();
        assert_eq!(inspected["Os"], "linux");
        assert_eq!(inspected["Architecture"], architecture);
        // The image of the right platform was taken: each holds a file named after its own.
        let archive = String::from_utf8_lossy(&image.save()).into_owned();
        for name in ["amd64", "arm64"] {
            assert_eq!(
                archive.contains(&format!("only-{name}")),
                name == architecture,
                "{platform}"
            );
        }
    }
}

fn several_platforms_make_one_index(engine: &Engine) {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    let build = project_that_copies();
    let build = build.build(engine).platform("linux/amd64,linux/arm64");
    let output = Output::File("type=oci".to_owned(), file.path().to_owned());
    build.run(&output).success();
    assert_holds_both(file.path());
}

fn railpack_build_makes_one_index(engine: &Engine) {
    let file = tempfile::NamedTempFile::new().expect("a file can be made");
    let project = project_that_copies();
    DirectBuild::of_project(engine, &project)
        .options(["--platform", "linux/amd64,linux/arm64"])
        .file("oci", file.path())
        .run()
        .success();
    assert_holds_both(file.path());
}

/// `uname -m` of a platform.
fn machine(platform: &str) -> &'static str {
    match platform {
        "linux/amd64" => "x86_64",
        "linux/arm64" => "aarch64",
        other => panic!("{other} is not tested"),
    }
}

/// A project that writes down which machine it was built on, and prints that.
fn project_that_runs() -> Project {
    let image = |name: &str| std::env::var(name).expect("integration/up sets it");
    Project::with_plan(&json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": image("RAILPACK_BUSYBOX_IMAGE") }],
            "commands": [{ "cmd": "sh -c 'uname -m > machine'" }],
        }],
        "deploy": { "base": { "step": "build" } },
    }))
}

fn emulated_platform() -> String {
    std::env::var("RAILPACK_EMULATED_PLATFORM").expect("integration/up sets it")
}

fn commands_run_on_another_platform_under_emulation(engine: &Engine) {
    let platform = emulated_platform();
    let image = project_that_runs()
        .build(engine)
        .platform(&platform)
        .image();
    assert_runs(engine, &image, &platform);
}

fn one_index_runs_on_each_of_its_platforms(engine: &Engine) {
    let project = project_that_runs();
    let image = DirectBuild::of_project(engine, &project)
        .options(["--platform", "linux/amd64,linux/arm64"])
        .image();
    for platform in ["linux/amd64", "linux/arm64"] {
        assert_runs(engine, &image, platform);
    }
}

/// The image was built on that platform, and runs there. Without a shell: under emulation busybox's does not find its applets.
#[track_caller]
fn assert_runs(engine: &Engine, image: &Image, platform: &str) {
    let run = ["run", "--rm", "--platform", platform, "--entrypoint=cat"];
    let run = engine.docker(run).arguments([image.name(), "machine"]);
    let outcome = run.run().success();
    assert_eq!(outcome.stdout_text(), format!("{}\n", machine(platform)));
}

fn an_archive_for_docker_holds_one_platform(engine: &Engine) {
    let project = project_that_copies();
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--platform", "linux/amd64,linux/arm64"]);
    assert_text!(told(&build.command().run().failure()), @r"
    error: several platforms make an index, and what is to be made of it holds one platform only
    hint: push it with `--push`, or write it with `--output type=oci,dest=FILE`; Docker's containerd image store takes it too
    ");
}

/// The archive has an image for each platform, each with its own configuration and files.
#[track_caller]
fn assert_holds_both(archive: &Path) {
    let mut architectures = Vec::new();
    for image in oci_archive::images(archive) {
        assert_eq!(image.config["architecture"], image.architecture);
        assert_eq!(image.config["config"]["Cmd"], json!(["cat greeting"]));
        let names = image.files(archive).join("\n");
        let own = format!("only-{}", image.architecture);
        assert!(names.contains(&own), "{names}");
        assert_eq!(names.matches("only-").count(), 1, "{names}");
        assert!(names.contains("app/greeting"), "{names}");
        architectures.push(image.architecture);
    }
    assert_eq!(architectures, ["amd64", "arm64"]);
}

/// Copies only: nothing that runs, so that no emulation is needed.
fn project_that_copies() -> Project {
    let base = push_image_of_two_platforms();
    let project = Project::with_plan(&json!({
        "steps": [{
            "name": "copy",
            "inputs": [{ "image": base }],
            "commands": [{ "src": "greeting", "dest": "greeting" }],
        }],
        "deploy": { "base": { "step": "copy" }, "startCommand": "cat greeting" },
    }));
    project.file("greeting", "hello")
}

fn a_platform_that_the_image_does_not_have(engine: &Engine) {
    let plan = format!(
        r#"{{
  "steps": [{{
    "name": "copy",
    "inputs": [{{ "image": "{}" }}],
    "commands": [{{ "src": ".", "dest": "." }}]
  }}],
  "deploy": {{ "base": {{ "step": "copy" }}, "startCommand": "true" }}
}}"#,
        push_image_of_two_platforms()
    );
    let project = Project::new().plan_text(PLAN_FILE, plan);
    let outcome = project
        .build(engine)
        .platform("linux/riscv64")
        .run(&Output::Nothing)
        .failure();
    assert_text!(told(&outcome).replace(settings().registry(), "REGISTRY"), @r#"
    ------
     > [internal] load metadata for REGISTRY/UNIQUE_NAME:latest:
    ------
    rpk.json:4
    --------------------
       2 |       "steps": [{
       3 |         "name": "copy",
       4 | >>>     "inputs": [{ "image": "REGISTRY/UNIQUE_NAME" }],
       5 |         "commands": [{ "src": ".", "dest": "." }]
       6 |       }],
    --------------------
    error: the image `REGISTRY/UNIQUE_NAME:latest` cannot be resolved: no match for platform in manifest: not found
      hint: check its name, and that the engine can reach its registry and may read there
    "#);
}

/// An index is asked for a platform and may have none of it. An image that is no index is given whatever is asked for.
fn an_image_of_another_platform_is_warned_of(engine: &Engine) {
    let base = push_image("FROM scratch\nCOPY empty /empty\n", "linux/amd64");
    let project = Project::with_plan(&json!({
        "steps": [{
            "name": "copy",
            "inputs": [{ "image": base }],
            "commands": [{ "src": ".", "dest": "." }],
        }],
        "deploy": { "base": { "step": "copy" }, "startCommand": "true" },
    }));
    let build = project.build(engine).platform("linux/riscv64");
    let outcome = build.raw_progress().run(&Output::Nothing).success();
    let warnings = Progress::of(&outcome).warnings().join("\n");
    assert_text!(warnings.replace(&base, "IMAGE"), @"the image `IMAGE:latest` is for linux/amd64, and the build for linux/riscv64 (rpk.json:17)");
}

/// A small image for two platforms: each holds a file named after its own.
fn push_image_of_two_platforms() -> String {
    let dockerfile = "ARG TARGETARCH\n\
                      FROM scratch AS amd64\nCOPY empty /only-amd64\n\
                      FROM scratch AS arm64\nCOPY empty /only-arm64\n\
                      FROM $TARGETARCH\n";
    push_image(dockerfile, "linux/amd64,linux/arm64")
}
