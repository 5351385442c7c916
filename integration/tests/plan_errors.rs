//! What users are told of a plan that cannot be built.

use std::fmt::Write as _;

use libtest_mimic::Trial;

use super::{Subject, assert_text, named};
use crate::harness::engine::{Engine, Output};
use crate::harness::project::{PLAN_FILE, Project};
use crate::harness::redaction::told;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("plan_errors")
        .on_both(named![
            an_empty_plan,
            a_truncated_plan,
            a_binary_file,
            a_step_that_does_not_exist,
            steps_in_a_circle,
            two_steps_of_one_name,
            an_asset_that_does_not_exist,
            a_cache_that_does_not_exist,
            a_filter_on_the_first_input,
            an_unknown_cache_type,
            paths_that_leave_the_tree,
            all_problems_are_told_at_once,
            an_error_in_a_long_line,
            deep_nesting,
            twenty_megabytes_of_json,
        ])
        .on_buildkit(named![
            a_named_plan_that_is_not_there,
            a_plan_that_is_a_directory
        ])
        .trials
}

fn a_named_plan_that_is_not_there(engine: &Engine) {
    let project = Project::new().plan_text("other.json", "{}");
    std::fs::remove_file(project.plan_path()).unwrap();
    assert_text!(told(&project.build(engine).run(&Output::Nothing).failure()), @r"
    error: no build plan: the local `dockerfile` has no file `other.json`
      hint: write one with `railpack plan`; name it with `docker build --file` if it has another name or is in another directory
    ");
}

fn a_plan_that_is_a_directory(engine: &Engine) {
    let project = Project::new().plan_text("rpk.json/file", "{}");
    assert_text!(told(&project.build_without_filename(engine).run(&Output::Nothing).failure()), @r"
    error: the build plan `rpk.json` is not a file
      hint: name the file that `railpack plan` wrote with `docker build --file`
    ");
}

fn an_empty_plan(engine: &Engine) {
    assert_text!(told_of(engine, ""), @r"
    rpk.json:1
    --------------------
       1 | >>> 
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:1:1: the file is empty
      1 | 
        | ^
      hint: `railpack plan` writes a plan
    ");
}

fn a_truncated_plan(engine: &Engine) {
    assert_text!(told_of(engine, "{\n  \"steps\": [\n    { \"name\": \"build\","), @r#"
    rpk.json:3
    --------------------
       1 |     {
       2 |       "steps": [
       3 | >>>     { "name": "build",
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:3:5: the object that begins here is never closed: the file ends before
      3 |     { "name": "build",
        |     ^^^^^^^^^^^^^^^^^^
      hint: was the file cut off?
    "#);
}

fn a_binary_file(engine: &Engine) {
    assert_text!(told_of(engine, b"GIF89a\xff\xfe\n\x80\x81"), @r"
    rpk.json:1
    --------------------
       1 | >>> GIF89a��
       2 |     ��
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:1:7: the file is not UTF-8 text
      1 | GIF89a��
        |       ^
      hint: is this the right file? A plan is a JSON text
    ");
}

fn a_step_that_does_not_exist(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "install", "inputs": [{ "image": "debian" }], "commands": ["true"] },
    { "name": "build", "inputs": [{ "step": "instal" }], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:4
    --------------------
       2 |       "steps": [
       3 |         { "name": "install", "inputs": [{ "image": "debian" }], "commands": ["true"] },
       4 | >>>     { "name": "build", "inputs": [{ "step": "instal" }], "commands": ["true"] }
       5 |       ],
       6 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:4:35: step `build` uses step `instal`, which does not exist
      4 |     { "name": "build", "inputs": [{ "step": "instal" }], "commands": ["true"] }
        |                                   ^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `install`?
    "#);
}

fn steps_in_a_circle(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "hen", "inputs": [{ "step": "egg" }], "commands": ["true"] },
    { "name": "egg", "inputs": [{ "step": "hen" }], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "egg" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:4
    --------------------
       2 |       "steps": [
       3 |         { "name": "hen", "inputs": [{ "step": "egg" }], "commands": ["true"] },
       4 | >>>     { "name": "egg", "inputs": [{ "step": "hen" }], "commands": ["true"] }
       5 |       ],
       6 |       "deploy": { "base": { "step": "egg" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:4:33: steps build on each other in a circle: `hen` on `egg` on `hen`
      4 |     { "name": "egg", "inputs": [{ "step": "hen" }], "commands": ["true"] }
        |                                 ^^^^^^^^^^^^^^^^^
      hint: take one of these inputs away: a step needs what is built before it
    "#);
}

fn two_steps_of_one_name(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["true"] },
    { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["false"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:4
    --------------------
       2 |       "steps": [
       3 |         { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["true"] },
       4 | >>>     { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["false"] }
       5 |       ],
       6 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:4:15: step `build` is there twice, the first time at 3:15
      4 |     { "name": "build", "inputs": [{ "image": "debian" }], "commands": ["false"] }
        |               ^^^^^^^
      hint: rename one of them
    "#);
}

fn an_asset_that_does_not_exist(engine: &Engine) {
    let plan = r#"{
  "steps": [{
    "name": "build",
    "inputs": [{ "image": "debian" }],
    "assets": { "Caddyfile": ":80" },
    "commands": [{ "path": "/Caddyfile", "name": "caddyfile" }]
  }],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:6
    --------------------
       4 |         "inputs": [{ "image": "debian" }],
       5 |         "assets": { "Caddyfile": ":80" },
       6 | >>>     "commands": [{ "path": "/Caddyfile", "name": "caddyfile" }]
       7 |       }],
       8 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:6:18: step `build` has no asset `caddyfile`
      6 |     "commands": [{ "path": "/Caddyfile", "name": "caddyfile" }]
        |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `Caddyfile`?
    "#);
}

fn a_cache_that_does_not_exist(engine: &Engine) {
    let plan = r#"{
  "caches": { "npm-install": { "directory": "/root/.npm" } },
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:4
    --------------------
       2 |       "caches": { "npm-install": { "directory": "/root/.npm" } },
       3 |       "steps": [
       4 | >>>     { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
       5 |       ],
       6 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:4:70: step `build` uses cache `npm`, which does not exist
      4 |     { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
        |                                                                      ^^^^^
      hint: there is `npm-install`
    "#);
}

fn a_filter_on_the_first_input(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian", "include": ["/etc"] }], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:3
    --------------------
       1 |     {
       2 |       "steps": [
       3 | >>>     { "name": "build", "inputs": [{ "image": "debian", "include": ["/etc"] }], "commands": ["true"] }
       4 |       ],
       5 |       "deploy": { "base": { "step": "build" }, "startCommand": "true" }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:3:68: the first input of step `build` cannot have `include` or `exclude`
      3 | ...uts": [{ "image": "debian", "include": ["/etc"] }], "commands": ["true"] }
        |                                            ^^^^^^
      hint: the first input is taken whole: move the filter to a second input
    "#);
}

fn an_unknown_cache_type(engine: &Engine) {
    let plan = r#"{
  "caches": { "npm": { "directory": "/root/.npm", "type": "private" } },
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:2
    --------------------
       1 |     {
       2 | >>>   "caches": { "npm": { "directory": "/root/.npm", "type": "private" } },
       3 |       "steps": [
       4 |         { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["true"] }
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:2:59: unknown cache type `private`
      2 |   "caches": { "npm": { "directory": "/root/.npm", "type": "private" } },
        |                                                           ^^^^^^^^^
      hint: a cache is `shared` or `locked`
    "#);
}

fn paths_that_leave_the_tree(engine: &Engine) {
    let plan = r#"{
  "steps": [{
    "name": "build",
    "inputs": [{ "image": "debian" }],
    "commands": [{ "src": "../../etc/passwd", "dest": "passwd" }, { "src": "a", "dest": "../../../b" }]
  }],
  "deploy": {
    "base": { "image": "debian" },
    "inputs": [{ "step": "build", "include": ["../etc"] }],
    "startCommand": "true"
  }
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:5
    --------------------
       3 |         "name": "build",
       4 |         "inputs": [{ "image": "debian" }],
       5 | >>>     "commands": [{ "src": "../../etc/passwd", "dest": "passwd" }, { "src": "a", "dest": "../../../b" }]
       6 |       }],
       7 |       "deploy": {
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:5:18: the `src` of the copy leaves its tree with `..`: `../../etc/passwd`
      5 |     "commands": [{ "src": "../../etc/passwd", "dest": "passwd" }, { "src": "a", "dest": "../../../b"...
        |                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root
    error: rpk.json:5:67: the `dest` of the copy leaves its tree with `..`: `../../../b`
      5 | ..."../../etc/passwd", "dest": "passwd" }, { "src": "a", "dest": "../../../b" }]
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: relative paths are below `/app`, those of the local tree below its root
    "#);
}

fn all_problems_are_told_at_once(engine: &Engine) {
    let plan = r#"{
  "steps": [
    { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["echo '"] }
  ],
  "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
  "sekrets": []
}"#;
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:5
    --------------------
       3 |         { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["echo '"] }
       4 |       ],
       5 | >>>   "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
       6 |       "sekrets": []
       7 |     }
    --------------------
    rpk.json:3
    --------------------
       1 |     {
       2 |       "steps": [
       3 | >>>     { "name": "build", "inputs": [{ "image": "debian" }], "caches": ["npm"], "commands": ["echo '"] }
       4 |       ],
       5 |       "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:3:70: step `build` uses cache `npm`, which does not exist
      3 | ...s": [{ "image": "debian" }], "caches": ["npm"], "commands": ["echo '"] }
        |                                            ^^^^^
      hint: there is none at all
    error: rpk.json:5:23: `deploy` uses step `biuld`, which does not exist
      5 |   "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
        |                       ^^^^^^^^^^^^^^^^^^^
      hint: did you mean `build`?
    error: rpk.json:5:83: `A=B` cannot be the name of a variable: it has `=`
      5 |   "deploy": { "base": { "step": "biuld" }, "startCommand": "true", "variables": { "A=B": "1" } },
        |                                                                                   ^^^^^^^^^^
    warning: rpk.json:6:3: unknown field `sekrets`
      6 |   "sekrets": []
        |   ^^^^^^^^^
      hint: did you mean `secrets`?
    "#);
}

fn deep_nesting(engine: &Engine) {
    let lines = |bracket: &str| format!("{bracket}\n").repeat(100_000);
    let plan = format!("{{\"steps\":\n{}{}}}", lines("["), lines("]"));
    assert_text!(told_of(engine, plan), @r"
    rpk.json:65
    --------------------
      63 |     [
      64 |     [
      65 | >>> [
      66 |     [
      67 |     [
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:65:1: lists and objects are nested more than 64 deep
      65 | [
         | ^
      hint: is this the right file? `railpack plan` writes a plan
    ");
}

/// A terminal is not flooded by a plan without line breaks.
fn an_error_in_a_long_line(engine: &Engine) {
    let mut plan = String::from(r#"{"steps":["#);
    for number in 0..1000 {
        write!(
            plan,
            r#"{{"name":"step-{number}","inputs":[{{"image":"debian"}}]}},"#
        )
        .unwrap();
    }
    plan.push_str(
        r#"{"name":"last","inputs":[{"step":"step-1000"}]}],"deploy":{"base":{"step":"last"}}}"#,
    );
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:1
    --------------------
       1 | >>> {"steps":[{"name":"step-0","inputs":[{"image":"debian"}]},{"name":"step-1","inputs":[{"image":"debian"}]},{"name":"step-2","inputs":[{"image":"debian"}]},{"name":"step-3","inputs":[{"image":"debian"}]...
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:1:49926: step `last` uses step `step-1000`, which does not exist
      1 | ...e":"debian"}]},{"name":"last","inputs":[{"step":"step-1000"}]}],"deploy":{"base":{"step":"last"}}}
        |                                            ^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `step-100`?
    warning: rpk.json:1:49959: `deploy.startCommand` is missing
      1 | ...puts":[{"step":"step-1000"}]}],"deploy":{"base":{"step":"last"}}}
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^
      hint: without one the container starts a shell
    "#);
}

/// More than any plan has, and more than the engine passes on at once.
fn twenty_megabytes_of_json(engine: &Engine) {
    let mut plan = String::from("{\"steps\": [\n");
    let mut number = 0;
    while plan.len() < 20 << 20 {
        writeln!(
            plan,
            "{{ \"name\": \"step-{number}\", \"inputs\": [{{ \"image\": \"debian\" }}] }},"
        )
        .unwrap();
        number += 1;
    }
    plan.push_str("{ \"name\": \"last\", \"inputs\": [{ \"image\": \"debian\" }] }]}");
    assert_text!(told_of(engine, plan), @r"
    error: the build plan `rpk.json` has 20971623 bytes, more than the 8388608 that are read
      hint: name the file that `railpack plan` wrote with `docker build --file`
    ");
}

/// What the user is told of a plan that cannot be built.
#[track_caller]
fn told_of(engine: &Engine, plan: impl AsRef<[u8]>) -> String {
    told(
        &Project::new()
            .plan_text(PLAN_FILE, plan)
            .build(engine)
            .run(&Output::Nothing)
            .failure(),
    )
}
