//! What users are told when the build itself fails.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::{Subject, assert_text, named, plan_errors};
use crate::harness::engine::{Engine, Output};
use crate::harness::private_engine::PrivateEngine;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::settings::settings;
use crate::harness::ticking::Ticking;
use crate::harness::unique::{unique_name, unique_token};

/// An engine that goes away is noticed within this time.
const LOSS_LIMIT: Duration = Duration::from_secs(30);
const START_LIMIT: Duration = Duration::from_secs(3 * 60);

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("failures")
        .on_both(named![
            a_command_that_fails_shows_its_lines_of_the_plan,
            a_program_that_does_not_exist,
            a_file_that_does_not_exist,
            an_image_that_does_not_exist,
        ])
        .on_buildkit(named![
            an_engine_that_goes_away_ends_the_build,
            a_client_that_goes_away_ends_the_command
        ])
        .trials
}

fn a_command_that_fails_shows_its_lines_of_the_plan(engine: &Engine) {
    let plan = PLAN.replace(
        "COMMANDS",
        r#"
      "echo before",
      {
        "cmd": "sh -c 'echo cannot compile >&2; exit 7'",
        "customName": "compile"
      },
      "echo after""#,
    );
    assert_text!(told_of(engine, &plan), @r#"
    ------
     > [build] compile:
    cannot compile
    ------
    rpk.json:7
    --------------------
       6 |           "echo before",
       7 | >>>       {
       8 | >>>         "cmd": "sh -c 'echo cannot compile >&2; exit 7'",
       9 | >>>         "customName": "compile"
      10 | >>>       },
      11 |           "echo after"]
    --------------------
    error: process "sh -c echo cannot compile >&2; exit 7" did not complete successfully: exit code: 7
    "#);
}

fn a_program_that_does_not_exist(engine: &Engine) {
    assert_text!(told_of(engine, &PLAN.replace("COMMANDS", r#"{ "cmd": "compile --all" }"#)), @r#"
    ------
     > [build] compile --all:
    runc run failed: unable to start container process: exec: "compile": executable file not found in $PATH
    ------
    rpk.json:5
    --------------------
       3 |         "name": "build",
       4 |         "inputs": [{ "image": "RUNTIME_IMAGE" }],
       5 | >>>     "commands": [{ "cmd": "compile --all" }]
       6 |       }],
       7 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: process "compile --all" did not complete successfully: exit code: 1
    "#);
}

fn a_file_that_does_not_exist(engine: &Engine) {
    assert_text!(told_of(engine, &PLAN.replace("COMMANDS", r#"{ "src": "missing.txt", "dest": "." }"#)), @r#"
    ------
     > [build] copy missing.txt to .:
    ------
    rpk.json:5
    --------------------
       3 |         "name": "build",
       4 |         "inputs": [{ "image": "RUNTIME_IMAGE" }],
       5 | >>>     "commands": [{ "src": "missing.txt", "dest": "." }]
       6 |       }],
       7 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: failed to compute cache key: failed to calculate checksum of ref REF: "/missing.txt": not found
    "#);
}

fn an_image_that_does_not_exist(engine: &Engine) {
    let image = format!("{}/{}:none", settings().registry(), unique_name());
    let plan = PLAN
        .replace("IMAGE", &image)
        .replace("COMMANDS", r#""true""#);
    let text = told_of(engine, &plan).replace(settings().registry(), "REGISTRY");
    assert_text!(text, @r#"
    ------
     > [internal] load metadata for REGISTRY/UNIQUE_NAME:none:
    ------
    rpk.json:4
    --------------------
       2 |       "steps": [{
       3 |         "name": "build",
       4 | >>>     "inputs": [{ "image": "REGISTRY/UNIQUE_NAME:none" }],
       5 |         "commands": ["true"]
       6 |       }],
    --------------------
    error: the image `REGISTRY/UNIQUE_NAME:none` cannot be resolved: REGISTRY/UNIQUE_NAME:none: not found
      hint: check its name, and that the engine can reach its registry and may read there
    "#);
}

/// A build that hangs is worse than one that fails.
fn an_engine_that_goes_away_ends_the_build(_: &Engine) {
    let mut engine = PrivateEngine::start();
    let token = unique_token();
    let project = Project::with_plan(&plan_of_commands(&[&format!("echo {token}; sleep 60")]));
    let mut build = project.build(&engine.engine()).start(&Output::Nothing);
    build.wait_for_stderr(&token, START_LIMIT);

    let stopped = Instant::now();
    engine.kill();
    let outcome = build.wait().failure();
    assert!(stopped.elapsed() < LOSS_LIMIT, "{outcome}");
    assert!(outcome.stderr.contains("error: failed to"), "{outcome}");
}

/// A command that runs on for nobody would keep the engine busy.
fn a_client_that_goes_away_ends_the_command(engine: &Engine) {
    let ticking = Ticking::new();
    let project = ticking.project();
    let mut build = project.build(engine).start(&Output::Nothing);
    ticking.wait_until_it_runs(&mut build);
    build.kill();
    drop(build.wait().failure());
    ticking.assert_stopped(engine);
}

/// A plan with places for an image and for commands; its lines are those that users see.
const PLAN: &str = r#"{
  "steps": [{
    "name": "build",
    "inputs": [{ "image": "IMAGE" }],
    "commands": [COMMANDS]
  }],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;

#[track_caller]
fn told_of(engine: &Engine, plan: &str) -> String {
    plan_errors::told_of(engine, plan.replace("IMAGE", &settings().runtime_image))
}
