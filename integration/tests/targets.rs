//! Steps as images: `docker build --target`.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Subject, assert_text, named};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, shell};
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("targets")
        .on_both(named![
            a_step_is_an_image_and_nothing_behind_it_runs,
            the_image_is_a_target_too,
            a_target_that_is_not_there,
            railpack_build_builds_a_step,
        ])
        .trials
}

/// A plan of two steps, of which the second one cannot be built.
fn plan(token: &str) -> Value {
    json!({
        "steps": [
            {
                "name": "Tools",
                "inputs": [{ "image": settings().runtime_image }],
                "variables": { "MADE_BY": "tools" },
                "commands": [shell(&format!("echo {token} >tool"))],
            },
            {
                "name": "build",
                "inputs": [{ "step": "Tools" }],
                "commands": [shell("exit 1")],
            },
        ],
        "deploy": { "base": { "step": "Tools" }, "startCommand": "cat tool" },
    })
}

const SHOW: &str = "echo $MADE_BY $(cat tool)";

fn a_step_is_an_image_and_nothing_behind_it_runs(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&plan(&token));
    // In any case of letters, as names of stages.
    let build = project
        .build(engine)
        .options(["--target", "tools"], ["--opt", "target=tools"]);
    let image = build.image();
    let shown = image.run_script(SHOW).success().stdout_text();
    assert_eq!(shown, format!("tools {token}\n"));
    let inspected = image.inspect();
    assert_eq!(inspected["Config"]["Cmd"], json!(["/bin/bash"]));
    let progress = Progress::of(&build.raw_progress().run(&Output::Nothing).success());
    assert!(
        progress
            .vertexes()
            .all(|vertex| !vertex.name.contains("exit 1"))
    );
}

fn the_image_is_a_target_too(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&plan(&token));
    let build = project
        .build(engine)
        .options(["--target", "deploy"], ["--opt", "target=deploy"]);
    let image = build.image();
    assert_eq!(image.run().success().stdout_text(), format!("{token}\n"));
}

fn a_target_that_is_not_there(engine: &Engine) {
    let project = Project::with_plan(&plan("x"));
    let outcome = |target: &str| {
        let option = format!("target={target}");
        let build = project
            .build(engine)
            .options(["--target", target], ["--opt", &option]);
        told(&build.run(&Output::Nothing).failure())
    };
    assert_text!(outcome("biuld"), @r"
    error: the target `biuld` (`docker build --target`) is neither a step of the plan nor `deploy`
      hint: did you mean `build`?
    ");
    assert_text!(outcome("something"), @r"
    error: the target `something` (`docker build --target`) is neither a step of the plan nor `deploy`
      hint: there are Tools, build, deploy
    ");
}

fn railpack_build_builds_a_step(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&plan(&token));
    let build = DirectBuild::of_project(engine, &project).options(["--target", "Tools"]);
    let shown = build.image().run_script(SHOW).success().stdout_text();
    assert_eq!(shown, format!("tools {token}\n"));
}
