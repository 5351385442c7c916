//! Builds without a plan: the frontend looks at the app and plans it.

use std::fs::File;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::Value;

use super::examples::directories;
use super::{Subject, assert_text, named};
use crate::harness::command::Command;
use crate::harness::engine::{Build, Engine, Finding, Output};
use crate::harness::progress::{Progress, decoded};
use crate::harness::project::{PLAN_FILE, Project};
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("planning")
        .on_both(named![
            an_app_without_a_plan_is_built_and_runs,
            the_plan_is_that_of_railpack_plan,
            the_plan_is_that_of_railpack_plan_also_of_what_is_deep_in_the_app,
            the_plan_is_that_of_railpack_plan_also_of_what_is_searched_for,
            an_engine_that_lists_no_names_makes_the_same_plan,
            an_app_that_is_loaded_while_it_is_planned_is_loaded_once,
            an_app_that_nobody_knows,
            a_manifest_that_is_wrong,
        ])
        .on_docker(named![every_example_has_the_plan_of_railpack_plan])
        .trials
}

/// A setting of planning.
const SCRIPT: &str = "RAILPACK_SHELL_SCRIPT";

/// Bytes of a file that takes longer to transfer than its app to plan.
const LARGE: u64 = 256 << 20;

/// A script that the names at the root say nothing of.
const DEEP_SCRIPT: &str = "scripts/of/the/night.sh";

/// An app of shell scripts, and something that is left out of the build.
fn app(token: &str) -> Project {
    Project::new()
        .file("start.sh", "echo good morning")
        .file("evening.sh", format!("echo good evening {token}"))
        .file(DEEP_SCRIPT, "echo good night")
        .file("node_modules/evening.sh", "echo wrong")
        .file("secret.txt", "not for the build")
        .file(".dockerignore", "secret.txt\n")
}

/// A build of an app without a plan: buildctl offers no file, docker one that only names the frontend.
fn planned<'project>(project: &'project Project, engine: &Engine) -> Build<'project> {
    let build = match engine {
        Engine::BuildKit { .. } => project.build_without_filename(engine),
        Engine::Docker | Engine::OtherDocker(_) => project.build(engine).finding(Finding::InPlan),
    };
    let settings = settings();
    build
        .build_argument("RAILPACK_BUILDER_IMAGE", &settings.builder_image)
        .build_argument("RAILPACK_RUNTIME_IMAGE", &settings.runtime_image)
}

/// The file that docker needs to find the frontend by itself.
fn with_syntax_line(project: Project, engine: &Engine) -> Project {
    match engine {
        Engine::BuildKit { .. } => project,
        Engine::Docker | Engine::OtherDocker(_) => {
            let line = format!("# syntax={}\n", settings().frontend);
            project.plan_text(PLAN_FILE, line)
        }
    }
}

fn an_app_without_a_plan_is_built_and_runs(engine: &Engine) {
    let token = unique_token();
    let project = with_syntax_line(app(&token), engine);
    let build = planned(&project, engine);
    let image = build.build_argument(SCRIPT, "evening.sh").image();
    let printed = image.run().success().stdout_text();
    assert_eq!(printed, format!("good evening {token}\n"));
    let files = image.run_script("ls /app").success().stdout_text();
    assert!(!files.contains("secret.txt"), "{files}");
}

fn the_plan_is_that_of_railpack_plan(engine: &Engine) {
    assert_plans_script(engine, "evening.sh", |build| build);
}

fn the_plan_is_that_of_railpack_plan_also_of_what_is_deep_in_the_app(engine: &Engine) {
    assert_plans_script(engine, DEEP_SCRIPT, |build| build);
}

fn an_engine_that_lists_no_names_makes_the_same_plan(engine: &Engine) {
    assert_plans_script(engine, "evening.sh", |build| {
        let name = "RAILPACK_DISABLE_CAPABILITIES";
        build.build_argument(name, "source.local.metadatatransfer")
    });
}

/// Of an app in JavaScript the engine searches for what package managers read.
fn the_plan_is_that_of_railpack_plan_also_of_what_is_searched_for(engine: &Engine) {
    let token = unique_token();
    // The version is one that examples have.
    let manifest = format!(r#"{{ "main": "{token}.js", "engines": {{ "node": "22.22.0" }} }}"#);
    let app = Project::new()
        .file("package.json", manifest)
        .file(&format!("{token}.js"), "console.log(1)")
        .file("lib/.npmrc", "")
        .file("lib/package.json", "{}")
        .file("lib/deep/.pnp.data.json", "{}")
        .file("lib/deep/patches/a.patch", "")
        .file("lib/deep/prisma", "")
        .file("lib/node_modules/a/package.json", "{}")
        .file("lib/yarn.lock.txt", "");
    let steps = assert_makes_the_same_plan(engine, app, &[], |build| build);
    let expected = "[install] copy lib/.npmrc, copy lib/deep/.pnp.data.json, copy lib/deep/prisma, copy lib/package.json, copy package.json, copy lib/deep/patches";
    assert!(steps.iter().any(|step| step == expected), "{steps:#?}");
}

/// A check gives the plan that the frontend made, with long lines cut, if there is something to warn of: an image without a tag.
fn every_example_has_the_plan_of_railpack_plan(engine: &Engine) {
    const IMAGES: [&str; 2] = ["RAILPACK_BUILDER_IMAGE", "RAILPACK_RUNTIME_IMAGE"];
    let project = with_syntax_line(Project::new(), engine);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut different = Vec::new();
    for example in directories(&examples).unwrap() {
        let build = Build::new(engine, &example, project.plan_directory(), Some(PLAN_FILE));
        let build = build.finding(Finding::InPlan);
        let build = IMAGES
            .into_iter()
            .fold(build, |build, name| build.build_argument(name, "debian"));
        let build = build.options(["--call=check,format=json"], []);
        let checked = build.run(&Output::Nothing).failure();
        let checked: Value = serde_json::from_str(&checked.stdout_text()).unwrap();
        let shown = decoded(checked["sources"][0]["data"].as_str().unwrap());
        let images = IMAGES.map(|name| format!("--env={name}=debian"));
        let plan = Command::new(env!("CARGO_BIN_EXE_railpack")).argument("plan");
        let plan = plan.argument(&example).arguments(&images).run().success();
        // The frontend is no part of a plan that it has made itself.
        let plan = plan.stdout_text();
        let lines = plan
            .lines()
            .filter(|line| !line.starts_with("  \"syntax\": "));
        let is_shown = |(line, shown): (&str, &str)| {
            shown == line
                || shown
                    .strip_suffix("...")
                    .is_some_and(|start| line.starts_with(start))
        };
        let is_same = lines.clone().count() == shown.lines().count();
        if !is_same || !lines.zip(shown.lines()).all(is_shown) {
            different.push(format!("{}\n{shown}", example.display()));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[track_caller]
fn assert_plans_script(engine: &Engine, script: &str, change: impl Fn(Build<'_>) -> Build<'_>) {
    let setting = [(SCRIPT, script)];
    assert_makes_the_same_plan(engine, app(&unique_token()), &setting, change);
}

/// What was built without a plan is in the cache of the build of the plan that `railpack plan` makes of the same app. Gives the
/// names of the steps.
#[track_caller]
fn assert_makes_the_same_plan(
    engine: &Engine,
    app: Project,
    given: &[(&str, &str)],
    change: impl Fn(Build<'_>) -> Build<'_>,
) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let plan = directory.path().join(PLAN_FILE);
    let images = [
        ("RAILPACK_BUILDER_IMAGE", settings().builder_image.as_str()),
        ("RAILPACK_RUNTIME_IMAGE", settings().runtime_image.as_str()),
    ];
    let variables = images.iter().chain(given);
    let variables =
        variables.flat_map(|(name, value)| ["--env".to_owned(), format!("{name}={value}")]);
    Command::new(env!("CARGO_BIN_EXE_railpack"))
        .argument("plan")
        .argument(app.context())
        .argument("--out")
        .argument(&plan)
        .arguments(variables)
        .run()
        .success();

    let project = with_syntax_line(app, engine);
    let build = given
        .iter()
        .fold(planned(&project, engine), |build, (name, value)| {
            build.build_argument(name, value)
        });
    let build = change(build).raw_progress();
    build.run(&Output::Nothing).success();
    let of_plan = Build::new(engine, project.context(), directory.path(), Some(PLAN_FILE));
    let outcome = of_plan.raw_progress().run(&Output::Nothing).success();
    let progress = Progress::of(&outcome);
    let steps: Vec<_> = progress
        .vertexes()
        .filter(|vertex| vertex.name.starts_with('[') && !vertex.name.starts_with("[internal]"))
        .map(|vertex| (vertex.name.as_str(), vertex.cached))
        .collect();
    assert!(!steps.is_empty());
    assert!(steps.iter().all(|(_, cached)| *cached), "{steps:#?}");
    let names = steps.iter().map(|(name, _)| (*name).to_owned());
    names.collect()
}

/// The transfer of a large app goes on when its plan is there. What reads the app is no part of this: `secrets-hash` has nothing
/// else run in the frontend's time.
fn an_app_that_is_loaded_while_it_is_planned_is_loaded_once(engine: &Engine) {
    let project = with_syntax_line(app(&unique_token()), engine);
    let large = File::create(project.context().join("large")).unwrap();
    large.set_len(LARGE).unwrap();
    let build = planned(&project, engine).build_argument(SCRIPT, "evening.sh");
    let build = build.build_argument("secrets-hash", &unique_token());
    let outcome = build.raw_progress().run(&Output::Nothing).success();
    assert!(!Progress::of(&outcome).is_given_up("load the app's tree"));
}

fn an_app_that_nobody_knows(engine: &Engine) {
    let project = with_syntax_line(Project::new().file("main.zig", ""), engine);
    let reason = reason(&project, engine);
    let start = "error: there is no build plan, and this app cannot be planned: no provider knows this app\n";
    assert!(reason.starts_with(start), "{reason}");
    assert!(reason.contains("main.zig"), "{reason}");
}

fn a_manifest_that_is_wrong(engine: &Engine) {
    let project = Project::new().file("package.json", "{\n  \"a\": ]\n}");
    let project = with_syntax_line(project, engine);
    assert_text!(reason(&project, engine), @r"
    error: there is no build plan, and this app cannot be planned: package.json:2:8: unexpected close bracket
      hint: settings of planning are build arguments here: `--build-arg RAILPACK_START_CMD=...`
    ");
}

/// Why nothing is built, without the line that chose the frontend, which Docker shows with every error.
#[track_caller]
fn reason(project: &Project, engine: &Engine) -> String {
    let told = told(&planned(project, engine).run(&Output::Nothing).failure());
    let start = told.find("error: ").expect("there is an error");
    told.get(start..).unwrap_or_default().to_owned()
}
