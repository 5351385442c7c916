//! Named contexts: what stands in for images and steps of a plan.

use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Subject, assert_text, named};
use crate::harness::command::Command;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, shell};
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;
use crate::harness::web::WebServer;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("contexts")
        .on_both(named![
            a_directory_stands_in_for_an_image_without_what_it_ignores,
            an_image_stands_in_for_an_image_with_its_environment,
            an_image_stands_in_for_a_step,
            a_downloaded_file_stands_in_for_an_image,
            a_name_that_the_plan_does_not_have_is_warned_about,
            railpack_build_offers_directories,
        ])
        .on_docker_20_10(named![
            a_directory_stands_in_for_an_image_without_what_it_ignores,
            an_image_stands_in_for_a_step,
            railpack_build_offers_directories,
        ])
        .on_buildkit(named![
            a_context_for_one_platform_goes_before_another,
            a_repository_stands_in_for_an_image,
            an_image_in_a_layout_stands_in_for_an_image,
            a_value_that_is_no_source,
            a_directory_that_is_not_offered,
        ])
        .on_docker(named![another_target_of_a_bake_file_stands_in_for_a_step])
        .trials
}

/// A step that takes `/file` of the image `assets` and prints it behind a token.
fn plan(token: &str) -> Value {
    json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": settings().runtime_image }],
            "commands": [
                { "image": "assets", "src": "/", "dest": "/app/assets" },
                shell(&format!("echo {token}; cat assets/*; ls -A assets")),
            ],
        }],
        "deploy": { "base": { "step": "build" }, "startCommand": "true" },
    })
}

/// A directory with a file, and one that is left out.
fn assets(token: &str) -> Project {
    Project::new()
        .file("file", format!("from {token}\n"))
        .file("left-out", "wrong\n")
        .file(".dockerignore", "left-out\n.dockerignore\n")
}

/// The context `name`, given in each client's words.
fn with_directory<'project>(
    build: Build<'project>,
    name: &str,
    directory: &Path,
) -> Build<'project> {
    let docker = format!("{name}={}", directory.display());
    let context = format!("context:{name}=local:{name}");
    build.options(
        ["--build-context", &docker],
        ["--opt", &context, "--local", &docker],
    )
}

fn with_source<'project>(build: Build<'project>, name: &str, source: &str) -> Build<'project> {
    let docker = format!("{name}={source}");
    let context = format!("context:{name}={source}");
    build.options(["--build-context", &docker], ["--opt", &context])
}

/// What the step prints whose name has the token in it.
#[track_caller]
fn printed(build: Build<'_>, token: &str) -> String {
    let outcome = build.raw_progress().run(&Output::Nothing).success();
    Progress::of(&outcome).log(token).to_owned()
}

fn a_directory_stands_in_for_an_image_without_what_it_ignores(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&plan(&token));
    let assets = assets(&token);
    let build = with_directory(project.build(engine), "assets", assets.context());
    assert_eq!(
        printed(build, &token),
        format!("{token}\nfrom {token}\nfile\n")
    );
}

fn a_context_for_one_platform_goes_before_another(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&plan(&token));
    let assets = assets(&token);
    let worker = Command::new("buildctl")
        .arguments(["debug", "workers", "--format", "{{json .}}"])
        .run()
        .success()
        .stdout_text();
    let worker: Value = serde_json::from_str(&worker).expect("it is JSON");
    let platform = &worker[0]["platforms"][0];
    let [os, architecture] =
        ["os", "architecture"].map(|key| platform[key].as_str().expect("it has it"));
    let here = format!("context:assets::{os}/{architecture}=local:here");
    let local = format!("here={}", assets.context().display());
    let build = project.build(engine).options(
        [],
        [
            "--opt",
            "context:assets=docker-image://scratch",
            "--opt",
            &here,
            "--local",
            &local,
        ],
    );
    assert_eq!(
        printed(build, &token),
        format!("{token}\nfrom {token}\nfile\n")
    );
}

fn railpack_build_offers_directories(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&plan(&token));
    let assets = assets(&token);
    let context = format!("assets={}", assets.context().display());
    let build = DirectBuild::of_project(engine, &project).options(["--build-context", &context]);
    let outcome = build.raw_progress().without_output().run().success();
    assert_eq!(
        Progress::of(&outcome).log(&token),
        format!("{token}\nfrom {token}\nfile\n")
    );
}

fn an_image_stands_in_for_an_image_with_its_environment(engine: &Engine) {
    let token = unique_token();
    let mut plan = plan(&token);
    plan["steps"][0]["inputs"] = json!([{ "image": "nowhere.invalid/base:1" }]);
    plan["steps"][0]["commands"] = json!([shell(&format!("echo {token}; cat /etc/os-release"))]);
    let project = Project::with_plan(&plan);
    let image = format!("docker-image://{}", settings().runtime_image);
    let build = with_source(project.build(engine), "nowhere.invalid/base:1", &image);
    let log = printed(build, &token);
    assert!(log.contains("ID=debian"), "{log}");
}

/// A plan that is built only if something stands in for its step `packages`, on whose result `script` runs.
fn plan_on_a_replaced_step(script: &str) -> Value {
    json!({
        "steps": [
            {
                "name": "packages",
                "inputs": [{ "image": "nowhere.invalid/base:1" }],
                "commands": [shell("exit 1")],
            },
            {
                "name": "build",
                "inputs": [{ "step": "packages" }],
                "commands": [shell(script)],
            },
        ],
        "deploy": { "base": { "step": "build" }, "startCommand": "true" },
    })
}

fn an_image_stands_in_for_a_step(engine: &Engine) {
    let token = unique_token();
    let plan = plan_on_a_replaced_step(&format!("echo {token}; cat /etc/os-release"));
    let project = Project::with_plan(&plan);
    let image = format!("docker-image://{}", settings().runtime_image);
    let log = printed(
        with_source(project.build(engine), "packages", &image),
        &token,
    );
    assert!(log.contains("ID=debian"), "{log}");
}

fn a_downloaded_file_stands_in_for_an_image(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    std::fs::write(server.path("download"), format!("from {token}\n")).unwrap();
    let project = Project::with_plan(&plan(&token));
    let build = with_source(project.build(engine), "assets", &server.url("download"));
    // BuildKit's own frontends call what was downloaded so.
    assert_eq!(
        printed(build, &token),
        format!("{token}\nfrom {token}\ncontext\n")
    );
}

fn a_repository_stands_in_for_an_image(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    let files = Project::new().file("folder/file", format!("from {token}\n"));
    let url = server.repository("assets.git", "main", files.context());
    let project = Project::with_plan(&plan(&token));
    let build = with_source(
        project.build(engine),
        "assets",
        &format!("{url}#main:folder"),
    );
    assert_eq!(
        printed(build, &token),
        format!("{token}\nfrom {token}\nfile\n")
    );
}

fn an_image_in_a_layout_stands_in_for_an_image(engine: &Engine) {
    let token = unique_token();
    let directory = tempfile::tempdir().expect("a directory can be made");
    let archive = directory.path().join("image.tar");
    let image = Project::with_plan(&json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": settings().runtime_image }],
            "variables": { "MADE_BY": token },
            "commands": [shell("true")],
        }],
        "deploy": {
            "base": { "step": "build" },
            "variables": { "MADE_BY": token },
            "startCommand": "true",
        },
    }));
    let output = Output::File("type=oci".to_owned(), archive.clone());
    image.build(engine).run(&output).success();
    Command::new("tar")
        .argument("-xf")
        .argument(&archive)
        .argument("-C")
        .argument(directory.path())
        .run()
        .success();
    let index = std::fs::read(directory.path().join("index.json")).expect("there is an index");
    let index: Value = serde_json::from_slice(&index).expect("it is JSON");
    let digest = index["manifests"][0]["digest"]
        .as_str()
        .expect("it has a digest");

    let shown = unique_token();
    let mut plan = plan(&shown);
    plan["steps"][0]["inputs"] = json!([{ "image": "nowhere.invalid/base:1" }]);
    plan["steps"][0]["commands"] = json!([shell(&format!("echo {shown} $MADE_BY"))]);
    let project = Project::with_plan(&plan);
    let context = format!("context:nowhere.invalid/base:1=oci-layout://layout@{digest}");
    let store = format!("layout={}", directory.path().display());
    let build = project
        .build(engine)
        .options([], ["--opt", &context, "--oci-layout", &store]);
    assert_eq!(printed(build, &shown), format!("{shown} {token}\n"));
}

fn another_target_of_a_bake_file_stands_in_for_a_step(engine: &Engine) {
    let token = unique_token();
    let plan = plan_on_a_replaced_step(&format!("echo {token} $MADE_BY; cat /made"));
    let project = Project::with_plan(&plan);
    let image = &settings().runtime_image;
    let dockerfile = format!("FROM {image}\nENV MADE_BY=bake\nRUN echo {token} >/made\n");
    let file = json!({ "target": {
        "base": { "context": project.context(), "dockerfile-inline": dockerfile, "output": ["type=cacheonly"] },
        "app": {
            "context": project.context(),
            "dockerfile": project.plan_path(),
            "args": { "BUILDKIT_SYNTAX": settings().frontend },
            "contexts": { "packages": "target:base" },
            "output": ["type=cacheonly"],
        },
    } });
    let bake = project.context().join("docker-bake.json");
    std::fs::write(&bake, file.to_string()).expect("a file can be written");
    let outcome = engine
        .docker([
            "buildx",
            "bake",
            "--builder",
            "default",
            "--progress",
            "rawjson",
            "--file",
        ])
        .argument(&bake)
        .argument("app")
        .run()
        .success();
    let log = Progress::of(&outcome)
        .log(&format!("{token} $MADE_BY"))
        .to_owned();
    assert_eq!(log, format!("{token} bake\n{token}\n"));
}

fn a_name_that_the_plan_does_not_have_is_warned_about(engine: &Engine) {
    let mut plan = plan(&unique_token());
    plan["steps"][0]["commands"] = json!([shell("true")]);
    let project = Project::with_plan(&plan);
    let image = format!("docker-image://{}", settings().runtime_image);
    let build = with_source(project.build(engine), "biuld", &image).raw_progress();
    let progress = Progress::of(&build.run(&Output::Nothing).success());
    assert_eq!(
        progress.warnings(),
        ["the build context `biuld` has no effect: the plan names neither an image nor a step so"]
    );
}

fn a_value_that_is_no_source(engine: &Engine) {
    let project = Project::with_plan(&plan("none"));
    let build = with_source(project.build(engine), "assets", "somewhere");
    assert_text!(told(&build.run(&Output::Nothing).failure()), @r"
    error: the build context `assets=somewhere` (`docker build --build-context`) cannot be used: it is no source
      hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY@DIGEST`, or the URL of a git repository or a file
    ");
}

fn a_directory_that_is_not_offered(engine: &Engine) {
    let project = Project::with_plan(&plan("none"));
    let build = with_source(project.build(engine), "assets", "local:elsewhere");
    let told = told(&build.run(&Output::Nothing).failure());
    let start = told.find("error: ").expect("there is an error");
    assert_text!(told.get(start..).unwrap_or_default(), @r#"
    error: NotFound: the build context `assets` (`docker build --build-context`) cannot be loaded: rpc error: code = NotFound desc = rpc error: code = NotFound desc = no access allowed to dir "elsewhere"
      hint: check what it names, and that the engine can reach it; a directory is offered by `docker build --build-context NAME=DIRECTORY`, and by `buildctl build` with `--local`
    "#);
}
