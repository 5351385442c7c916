//! What users are told when the build itself fails.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::json;

use super::{Subject, assert_text, named};
use crate::harness::engine::{Engine, Output};
use crate::harness::private_engine::PrivateEngine;
use crate::harness::progress::Progress;
use crate::harness::project::{PLAN_FILE, Project, plan_of_commands, shell};
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::unique::{unique_name, unique_token};

/// An engine that goes away is noticed within this time.
const LOSS_LIMIT: Duration = Duration::from_secs(30);
const START_LIMIT: Duration = Duration::from_secs(60);

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

/// A command that runs on for nobody would keep the engine busy. It writes the time into a cache as long as it lives, each
/// time as a whole file: it may be killed at any moment.
fn a_client_that_goes_away_ends_the_command(engine: &Engine) {
    let (cache, token) = (unique_name(), unique_token());
    let plan = |script: &str| {
        let mut plan = plan_of_commands(&[]);
        plan["caches"] = json!({ &cache: { "directory": "/cache" } });
        plan["steps"][0]["caches"] = json!([cache]);
        plan["steps"][0]["commands"] = json!([shell(script)]);
        Project::with_plan(&plan)
    };
    let project = plan(&format!(
        "for _ in $(seq 600); do date +%s%N > /cache/new; mv /cache/new /cache/time; echo {token} | rev; sleep 0.1; done"
    ));
    let mut build = project.build(engine).start(&Output::Nothing);
    let printed: String = token.chars().rev().collect();
    build.wait_for_stderr(&printed, START_LIMIT);
    build.kill();
    drop(build.wait().failure());

    std::thread::sleep(Duration::from_secs(2));
    let project = plan(&format!(
        "cat /cache/time; sleep 1; cat /cache/time; : {token}"
    ));
    let outcome = project
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    let progress = Progress::of(&outcome);
    let times: Vec<_> = progress.log(&token).lines().collect();
    assert_eq!(times.len(), 2, "{times:?}");
    assert!(times[0].parse::<u64>().is_ok(), "{times:?}");
    assert_eq!(times[0], times[1], "the command still runs");
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
    let plan = plan.replace("IMAGE", &settings().runtime_image);
    told(
        &Project::new()
            .plan_text(PLAN_FILE, plan)
            .build(engine)
            .run(&Output::Nothing)
            .failure(),
    )
}
