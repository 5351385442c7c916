//! What users are told when there is no image, and what is left then.

use std::path::Path;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use crate::harness::command::Running;
use crate::harness::direct::{DirectBuild, files};
use crate::harness::engine::Engine;
use crate::harness::private_engine::PrivateEngine;
use crate::harness::project::{PLAN_FILE, Project, plan_of_commands};
use crate::harness::proxy::Proxy;
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::ticking::Ticking;
use crate::harness::unique::unique_token;
use crate::tests::{Subject, assert_text, named};

/// An engine that goes away is noticed within this time, and so is Ctrl-C.
const LIMIT: Duration = Duration::from_secs(10);
const START_LIMIT: Duration = Duration::from_secs(3 * 60);

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/failures")
        .on_both(named![
            a_command_that_fails_shows_its_lines_of_the_plan,
            what_is_wrong_in_a_plan_is_told_at_once,
            a_target_that_is_not_there_is_told,
            an_interrupted_build_leaves_nothing,
            a_connection_that_breaks_ends_the_build_on_both_sides,
        ])
        .on_docker_20_10(named![
            what_is_wrong_in_a_plan_is_told_at_once,
            an_interrupted_build_leaves_nothing,
            a_connection_that_breaks_ends_the_build_on_both_sides,
        ])
        .on_buildkit(named![
            an_engine_that_goes_away_ends_the_build,
            an_engine_that_is_not_there_is_told,
        ])
        .trials
}

fn a_command_that_fails_shows_its_lines_of_the_plan(engine: &Engine) {
    let plan = r#"{
  "steps": [{
    "name": "build",
    "inputs": [{ "image": "IMAGE" }],
    "commands": [
      "echo before",
      { "cmd": "sh -c 'echo cannot compile >&2; exit 7'", "customName": "compile" }
    ]
  }],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    let plan = plan.replace("IMAGE", &settings().runtime_image);
    let project = Project::new().plan_text(PLAN_FILE, plan);
    let build = DirectBuild::of_project(engine, &project).without_output();
    let outcome = build.run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(told(&outcome), @r#"
    ------
     > [build] compile:
    cannot compile
    ------
    rpk.json:7
    --------------------
       5 |         "commands": [
       6 |           "echo before",
       7 | >>>       { "cmd": "sh -c 'echo cannot compile >&2; exit 7'", "customName": "compile" }
       8 |         ]
       9 |       }],
    --------------------
    error: process "sh -c echo cannot compile >&2; exit 7" did not complete successfully: exit code: 7
    "#);
}

fn what_is_wrong_in_a_plan_is_told_at_once(engine: &Engine) {
    let plan = r#"{
  "steps": [{ "name": "a", "inputs": [{ "step": "b" }] }],
  "deploy": { "base": { "step": "c" } }
}"#;
    let project = Project::new().plan_text(PLAN_FILE, plan);
    let build = DirectBuild::of_project(engine, &project).without_output();
    assert_text!(told(&build.run().failure()), @r#"
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:2:39: step `a` uses step `b`, which does not exist
      2 |   "steps": [{ "name": "a", "inputs": [{ "step": "b" }] }],
        |                                       ^^^^^^^^^^^^^^^
      hint: there is `a`
    warning: rpk.json:3:13: `deploy.startCommand` is missing
      3 |   "deploy": { "base": { "step": "c" } }
        |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: without one the container starts a shell
    error: rpk.json:3:23: `deploy` uses step `c`, which does not exist
      3 |   "deploy": { "base": { "step": "c" } }
        |                       ^^^^^^^^^^^^^^^
      hint: there is `a`
    "#);
}

fn a_target_that_is_not_there_is_told(engine: &Engine) {
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(engine, &project).options(["--target", "x"]);
    assert_text!(told(&build.without_output().run().failure()), @r"
    error: the target `x` (`docker build --target`) is neither a step of the plan nor `deploy`
      hint: there are build, deploy
    ");
}

fn an_interrupted_build_leaves_nothing(engine: &Engine) {
    let ticking = Ticking::new();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("files.tar");
    let project = ticking.project();
    let mut build = DirectBuild::of_project(engine, &project)
        .file("tar", &file)
        .start();
    ticking.wait_until_it_runs(&mut build);
    let interrupted = Instant::now();
    build.interrupt();
    let outcome = build.wait();
    assert_eq!(outcome.code(), Some(130), "{outcome}");
    assert!(interrupted.elapsed() < LIMIT, "{outcome}");
    assert_eq!(files(directory.path()), [] as [std::path::PathBuf; 0]);
    ticking.assert_stopped(engine);
}

fn a_connection_that_breaks_ends_the_build_on_both_sides(engine: &Engine) {
    let proxy = Proxy::to(engine);
    let ticking = Ticking::new();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("files.tar");
    let project = ticking.project();
    let mut build = DirectBuild::of_project(&proxy.engine(), &project)
        .file("tar", &file)
        .start();
    ticking.wait_until_it_runs(&mut build);
    let broken = Instant::now();
    proxy.cut();
    assert_ends_without_its_engine(build, broken, directory.path());
    ticking.assert_stopped(engine);
}

/// The build that lost its engine at that time ends soon, says so, and leaves no file.
#[track_caller]
fn assert_ends_without_its_engine(build: Running, since: Instant, directory: &Path) {
    let outcome = build.wait();
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert!(since.elapsed() < LIMIT, "{outcome}");
    assert!(
        outcome
            .stderr
            .contains("error: the connection to the engine broke during the build"),
        "{outcome}"
    );
    assert_eq!(files(directory), [] as [std::path::PathBuf; 0]);
}

fn an_engine_that_goes_away_ends_the_build(_: &Engine) {
    let mut engine = PrivateEngine::start();
    let token = unique_token();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("files.tar");
    let project = Project::with_plan(&plan_of_commands(&[&format!("echo {token}; sleep 60")]));
    let mut build = DirectBuild::of_project(&engine.engine(), &project)
        .file("tar", &file)
        .start();
    build.wait_for_stderr(&format!(" {token}\n"), START_LIMIT);
    let stopped = Instant::now();
    engine.kill();
    assert_ends_without_its_engine(build, stopped, directory.path());
}

fn an_engine_that_is_not_there_is_told(_: &Engine) {
    let engine = Engine::BuildKit {
        address: Some("unix:///nonexistent/buildkitd.sock".to_owned()),
    };
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let outcome = DirectBuild::of_project(&engine, &project)
        .without_output()
        .run();
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert_text!(outcome.stderr, @r"
    error: no engine to build with answers:
      unix:///nonexistent/buildkitd.sock (--builder): it cannot be reached: No such file or directory (os error 2)
    hint: start it, or name another one with `--builder`
    ");
}
