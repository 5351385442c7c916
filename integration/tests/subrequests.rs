//! Requests other than a build: `docker buildx build --call` and `--check`, and `requestid` of buildctl.

use libtest_mimic::Trial;
use serde_json::Value;

use super::{Subject, assert_text, named};
use crate::harness::command::Outcome;
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{PLAN_FILE, Project, plan_of_commands};

/// No image of it exists: nothing is looked up and nothing is built.
const PLAN: &str = r#"{
  "typo": true,
  "secrets": ["NPM_TOKEN"],
  "caches": { "npm": { "directory": "/root/.npm" }, "spare": { "directory": "/spare" } },
  "steps": [
    {
      "name": "install",
      "inputs": [{ "image": "example.com/builder" }],
      "commands": [{ "cmd": "npm ci" }],
      "caches": ["npm"],
      "secrets": ["OTHER"]
    }
  ],
  "deploy": {
    "base": { "image": "example.com/runtime:1" },
    "inputs": [
      { "step": "install", "include": ["/app"] },
      { "step": "install", "include": ["/app/dist"] }
    ],
    "startCommand": "node .", "user": "10001"
  }
}
"#;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("subrequests")
        .on_both(named![
            the_requests_are_described,
            the_outline_lists_what_a_build_can_be_given,
            the_targets_are_the_steps_and_the_image,
            a_check_tells_what_the_rules_find,
            a_check_of_a_plan_that_cannot_be_built_tells_why,
            builds_warn_of_what_is_wrong_and_give_no_advice,
        ])
        .on_docker(named![
            a_check_ends_with_the_code_of_its_result,
            a_check_is_told_as_json,
        ])
        .trials
}

/// Asks for something in each client's own words.
fn asked<'project>(project: &'project Project, engine: &Engine, request: &str) -> Build<'project> {
    let call = request.trim_start_matches("frontend.");
    let call = format!("--call={}", if call == "lint" { "check" } else { call });
    let id = format!("requestid={request}");
    project
        .build(engine)
        .options([call.as_str()], ["--opt", id.as_str()])
}

fn answer(engine: &Engine, plan: &str, request: &str) -> Outcome {
    let project = Project::new().plan_text(PLAN_FILE, plan);
    asked(&project, engine, request).run(&Output::Nothing)
}

/// What was printed, without the directory of the plan, which docker adds.
fn printed(outcome: &Outcome) -> String {
    let text = outcome.stdout_text();
    let lines = text.lines().map(|line| match line.rfind("/rpk.json:") {
        Some(at) => line.get(at + 1..).unwrap_or(line),
        None => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn the_requests_are_described(engine: &Engine) {
    let answer = answer(engine, PLAN, "frontend.subrequests.describe").success();
    assert_text!(printed(&answer), @"
    NAME                 VERSION DESCRIPTION
    outline              1.0.0   List all parameters that the build of a plan supports
    targets              1.0.0   List the steps of a plan and its image
    lint                 1.0.0   Check a plan
    subrequests.describe 1.0.0   List available subrequest types
    ");
}

fn the_outline_lists_what_a_build_can_be_given(engine: &Engine) {
    let answer = answer(engine, PLAN, "frontend.outline").success();
    let text = printed(&answer);
    for line in [
        "DESCRIPTION: built from example.com/builder:latest, example.com/runtime:1",
        "cache-key                               Keeps the cache mounts of builds with different keys apart",
        "NPM_TOKEN     ",
        "railpack-ca   ",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
}

fn the_targets_are_the_steps_and_the_image(engine: &Engine) {
    let answer = answer(engine, PLAN, "frontend.targets").success();
    assert_text!(printed(&answer), @"
    TARGET           DESCRIPTION
    install          npm ci
    deploy (default) the image, which starts node .
    ");
}

fn a_check_tells_what_the_rules_find(engine: &Engine) {
    let outcome = answer(engine, PLAN, "frontend.lint");
    let text = printed(&outcome);
    // Docker begins with how many there are.
    let found = text.find("WARNING:").map(|at| &text[at..]);
    assert_text!(found.unwrap_or_default(), @r#"
    WARNING: UnknownField - docs/checks.md#unknownfield
    unknown field `typo`
      hint: a plan has `steps`, `caches`, `secrets`, `deploy` and `exclude`; this is ignored
    rpk.json:2
    --------------------
       1 |     {
       2 | >>>   "typo": true,
       3 |       "secrets": ["NPM_TOKEN"],
       4 |       "caches": { "npm": { "directory": "/root/.npm" }, "spare": { "directory": "/spare" } },
    --------------------

    WARNING: UnusedCache - docs/checks.md#unusedcache
    no step uses cache `spare`
      hint: name it in `caches` of the steps that fill it, or remove it
    rpk.json:4
    --------------------
       2 |       "typo": true,
       3 |       "secrets": ["NPM_TOKEN"],
       4 | >>>   "caches": { "npm": { "directory": "/root/.npm" }, "spare": { "directory": "/spare" } },
       5 |       "steps": [
       6 |         {
    --------------------

    WARNING: UnpinnedImage - docs/checks.md#unpinnedimage
    image `example.com/builder` is another one whenever its registry says so
      hint: give it a version as its tag, or a digest
    rpk.json:8
    --------------------
       6 |         {
       7 |           "name": "install",
       8 | >>>       "inputs": [{ "image": "example.com/builder" }],
       9 |           "commands": [{ "cmd": "npm ci" }],
      10 |           "caches": ["npm"],
    --------------------

    WARNING: UndeclaredSecret - docs/checks.md#undeclaredsecret
    step `install` uses secret `OTHER`, which the list `secrets` does not name
      hint: add it to the list `secrets` beside `steps`, or the step will not see it
    rpk.json:11
    --------------------
       9 |           "commands": [{ "cmd": "npm ci" }],
      10 |           "caches": ["npm"],
      11 | >>>       "secrets": ["OTHER"]
      12 |         }
      13 |       ],
    --------------------

    WARNING: OverlappingLayers - docs/checks.md#overlappinglayers
    two inputs of `deploy` overlap: `/app/dist` is in `/app` of the other at 17:7, so they are copied one after the other
      hint: `exclude` in one of them what the other brings
    rpk.json:18
    --------------------
      16 |         "inputs": [
      17 |           { "step": "install", "include": ["/app"] },
      18 | >>>       { "step": "install", "include": ["/app/dist"] }
      19 |         ],
      20 |         "startCommand": "node .", "user": "10001"
    --------------------
    "#);
}

fn a_check_of_a_plan_that_cannot_be_built_tells_why(engine: &Engine) {
    let outcome = answer(engine, r#"{ "steps": 5 }"#, "frontend.lint");
    let text = format!("{outcome}");
    assert!(
        text.contains("`steps` must be a list, found a number"),
        "{text}"
    );
}

fn a_check_ends_with_the_code_of_its_result(engine: &Engine) {
    answer(engine, PLAN, "frontend.lint").failure();
    let plan = PLAN
        .replace("\"typo\": true,", "")
        .replace(", \"spare\": { \"directory\": \"/spare\" }", "")
        .replace("builder\"", "builder:1\"")
        .replace("OTHER", "NPM_TOKEN")
        .replace("[\"/app\"] }", "[\"/app\"], \"exclude\": [\"dist\"] }");
    let clean = answer(engine, &plan, "frontend.lint").success();
    assert_text!(printed(&clean), @"Check complete, no warnings found.");
}

fn a_check_is_told_as_json(engine: &Engine) {
    let project = Project::new().plan_text(PLAN_FILE, PLAN);
    let build = project
        .build(engine)
        .options(["--call=check,format=json"], []);
    let outcome = build.run(&Output::Nothing).failure();
    let results: Value = serde_json::from_str(&outcome.stdout_text()).unwrap();
    let warnings = results["warnings"].as_array().unwrap();
    let rules: Vec<_> = warnings
        .iter()
        .map(|warning| {
            let line = &warning["location"]["ranges"][0]["start"]["line"];
            format!("{}:{line}", warning["ruleName"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        rules,
        [
            "UnknownField:2",
            "UnusedCache:4",
            "UnpinnedImage:8",
            "UndeclaredSecret:11",
            "OverlappingLayers:18"
        ]
    );
}

fn builds_warn_of_what_is_wrong_and_give_no_advice(engine: &Engine) {
    let mut plan = plan_of_commands(&["true"]);
    plan["caches"] = serde_json::json!({ "spare": { "directory": "/spare" } });
    plan["deploy"]["startCommand"] = "true".into();
    let project = Project::with_plan(&plan);
    let build = project.build(engine).raw_progress();
    let progress = Progress::of(&build.run(&Output::Nothing).success());
    let warnings = progress.warnings();
    let rule = warnings
        .iter()
        .map(|warning| warning.split(" (").next().unwrap_or_default());
    assert_eq!(rule.collect::<Vec<_>>(), ["no step uses cache `spare`"]);
}
