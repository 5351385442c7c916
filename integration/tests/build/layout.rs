//! Directories in OCI's layout: caches, and images.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::unwritten::with_small_disk;
use crate::harness::command::Outcome;
use crate::harness::direct::{DirectBuild, files};
use crate::harness::engine::{Engine, Output};
use crate::harness::private_engine::PrivateEngine;
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::redaction::told;
use crate::harness::unique::unique_token;
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/layout")
        .on_buildkit(named![
            a_cache_in_a_directory_is_for_any_engine_and_client,
            a_cache_of_another_client_is_imported,
            a_build_that_fails_leaves_no_cache,
            a_cache_that_does_not_fit_leaves_nothing,
            a_cache_that_is_not_there_is_told,
            an_image_is_written_and_built_from,
        ])
        .on_docker(named![a_cache_that_docker_cannot_write_is_told])
        .on_docker_with_containerd(named![an_image_is_written_and_built_from])
        .trials
}

fn project(token: &str) -> Project {
    Project::with_plan(&plan_of_commands(&[&format!("echo {token} > /seen")]))
}

fn import(directory: &Path) -> String {
    format!("type=local,src={}", directory.display())
}

fn export(directory: &Path) -> String {
    format!("type=local,dest={},mode=max", directory.display())
}

#[track_caller]
fn assert_cached(token: &str, outcome: &Outcome) {
    let progress = Progress::of(outcome);
    assert!(progress.is_cached(&format!("echo {token} >")), "{outcome}");
}

fn a_cache_in_a_directory_is_for_any_engine_and_client(_: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let cache = directory.path().join("cache");
    let token = unique_token();
    let project = project(&token);
    let first = PrivateEngine::start();
    let build = DirectBuild::of_project(&first.engine(), &project);
    let build = build.options(["--cache-to", &export(&cache)]);
    build.without_output().run().success();
    drop(first);

    let second = PrivateEngine::start();
    let build = DirectBuild::of_project(&second.engine(), &project).raw_progress();
    let build = build.options(["--cache-from", &import(&cache)]);
    assert_cached(&token, &build.without_output().run().success());
    drop(second);

    let third = PrivateEngine::start();
    let engine = third.engine();
    let build = project.build(&engine).raw_progress();
    let build = build.options([], ["--import-cache", &import(&cache)]);
    assert_cached(&token, &build.run(&Output::Nothing).success());
}

fn a_cache_of_another_client_is_imported(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let cache = directory.path().join("cache");
    let token = unique_token();
    let project = project(&token);
    let build = project.build(engine);
    let build = build.options([], ["--export-cache", &export(&cache)]);
    build.run(&Output::Nothing).success();

    let private = PrivateEngine::start();
    let build = DirectBuild::of_project(&private.engine(), &project).raw_progress();
    let build = build.options(["--cache-from", &import(&cache)]);
    // The same directory is read and written, as on runners that keep one.
    let build = build.options(["--cache-to", &export(&cache)]);
    assert_cached(&token, &build.without_output().run().success());
    let index: Value =
        serde_json::from_slice(&fs::read(cache.join("index.json")).unwrap()).unwrap();
    assert_eq!(index["manifests"].as_array().unwrap().len(), 1, "{index}");
}

fn a_build_that_fails_leaves_no_cache(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    // The engine finds it out when the cache is written already, or at the same time.
    let missing = "type=image,name=localhost:1/missing,push=true";
    let build = DirectBuild::of_project(engine, &project)
        .options(["--cache-to", &export(&directory.path().join("cache"))])
        .options(["--output", missing]);
    let outcome = build.command().run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_eq!(files(directory.path()), [] as [std::path::PathBuf; 0]);
}

fn a_cache_that_does_not_fit_leaves_nothing(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let script = format!(
        "head -c 3000000 /dev/urandom > /large; : {}",
        unique_token()
    );
    let project = Project::with_plan(&plan_of_commands(&[&script]));
    let command = DirectBuild::of_project(engine, &project)
        .options(["--cache-to", &export(&directory.path().join("cache"))])
        .without_output();
    let outcome = with_small_disk(command, directory.path());
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert_eq!(outcome.stdout_text(), "");
    let line = outcome.stderr.lines().last().unwrap_or_default();
    let line = line.replace(directory.path().to_str().unwrap(), "DIRECTORY");
    assert_text!(
        line,
        @"error: cannot write `DIRECTORY/cache`: No space left on device (os error 28)"
    );
}

fn a_cache_that_is_not_there_is_told(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(engine, &project)
        .options(["--cache-from", &import(&directory.path().join("cache"))]);
    let outcome = build.without_output().run().success();
    let line = outcome.stderr.lines().next().unwrap_or_default();
    let line = line.replace(directory.path().to_str().unwrap(), "DIRECTORY");
    assert_text!(line, @"warning: there is no OCI layout in `DIRECTORY/cache`; building without this cache");
}

fn a_cache_that_docker_cannot_write_is_told(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(engine, &project)
        .options(["--cache-to", &export(&directory.path().join("cache"))]);
    let outcome = build.without_output().run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(told(&outcome), @r#"
    error: unknown cache exporter: "local"
    hint: switch Docker to its containerd image store, or build with a buildkitd: `--builder`; `type=inline` puts the cache into the image
    "#);
    assert_eq!(files(directory.path()), [] as [std::path::PathBuf; 0]);
}

fn an_image_is_written_and_built_from(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let layout = directory.path().join("image");
    let token = unique_token();
    let output = format!("type=oci,tar=false,dest={}", layout.display());
    let project = project(&token);
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--name", "harbour:1", "--output", &output]);
    build.command().run().success();

    let shown = unique_token();
    let plan = json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": "nowhere.invalid/base:1" }],
            "commands": [shell(&format!("cat /seen; : {shown}"))],
        }],
        "deploy": { "base": { "step": "build" }, "startCommand": "true" },
    });
    let project = Project::with_plan(&plan);
    let context = format!("nowhere.invalid/base:1=oci-layout://{}:1", layout.display());
    let build = DirectBuild::of_project(engine, &project).raw_progress();
    let build = build
        .options(["--build-context", &context])
        .without_output();
    let progress = Progress::of(&build.run().success());
    assert_eq!(progress.log(&shown), format!("{token}\n"));
}
