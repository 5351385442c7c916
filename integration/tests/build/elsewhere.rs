//! Apps that are not on this machine: the engine loads them, and this program reads or makes the plan all the same.

use std::path::Path;

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::command::Outcome;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::progress::Progress;
use crate::harness::project::{PLAN_FILE, Project, plan_of_commands, shell};
use crate::harness::settings::settings;
use crate::harness::unique::{unique_name, unique_token};
use crate::harness::web::WebServer;
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/elsewhere")
        .on_both(named![
            an_archive_without_a_plan_is_planned_as_the_arguments_say
        ])
        .on_buildkit(named![
            a_directory_of_a_repository_has_its_plan,
            a_plan_of_this_machine_goes_before_one_that_is_there,
            a_changed_secret_runs_its_step_again,
            what_the_plan_needs_and_is_not_given_is_told,
            an_app_that_is_not_there_is_told,
        ])
        .on_docker(named![the_image_is_named_after_the_repository])
        .trials
}

fn build(engine: &Engine, url: &str) -> DirectBuild {
    DirectBuild::of_directory(engine, Path::new(url)).raw_progress()
}

/// An app whose plan runs a script on its files.
fn app(script: &str, plan: impl FnOnce(&mut serde_json::Value)) -> Project {
    let mut value = plan_of_commands(&[]);
    value["steps"][0]["commands"] = json!([{ "src": ".", "dest": "." }, shell(script)]);
    value["deploy"]["startCommand"] = json!("true");
    plan(&mut value);
    Project::new()
        .file("file", "from elsewhere\n")
        .file(PLAN_FILE, value.to_string())
}

#[track_caller]
fn log(outcome: Outcome, token: &str) -> String {
    Progress::of(&outcome.success()).log(token).to_owned()
}

fn pack(directory: &Path, archive: &Path) {
    let tar = crate::harness::command::Command::new("tar").argument("-czf");
    let tar = tar.argument(archive).argument("-C").argument(directory);
    tar.argument(".").run().success();
}

fn an_archive_without_a_plan_is_planned_as_the_arguments_say(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    let files = Project::new().file("start.sh", "echo good morning");
    pack(files.context(), &server.path("app.tar.gz"));
    let settings = settings();
    let build = build(engine, &server.url("app.tar.gz")).options([
        "--builder-image",
        &settings.builder_image,
        "--runtime-image",
        &settings.runtime_image,
        "--build-cmd",
        &format!("echo {token}; echo $GREETING"),
        "--env",
        "GREETING=hello there",
        "--show-plan",
    ]);
    let outcome = build.without_output().run();
    let plan: serde_json::Value = serde_json::from_slice(&outcome.stdout).expect("the plan");
    assert_eq!(plan["secrets"], json!(["GREETING"]));
    assert!(!outcome.stdout_text().contains("hello there"));
    let log = log(outcome, &token);
    assert!(log.contains("hello there"), "{log}");
}

fn a_directory_of_a_repository_has_its_plan(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    let app = app(&format!("cat file; : {token}"), |_| {});
    let files = Project::new().file("other", "");
    for name in ["file", PLAN_FILE] {
        let text = std::fs::read(app.context().join(name)).unwrap();
        std::fs::create_dir_all(files.context().join("apps/web")).unwrap();
        std::fs::write(files.context().join("apps/web").join(name), text).unwrap();
    }
    let url = server.repository("app.git", "main", files.context());
    let outcome = build(engine, &format!("{url}#main:apps/web")).without_output();
    assert_eq!(log(outcome.run(), &token), "from elsewhere\n");
}

fn a_plan_of_this_machine_goes_before_one_that_is_there(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    let there = app("exit 1", |_| {});
    let url = server.repository("app.git", "main", there.context());
    let here = app(&format!("cat file; : {token}"), |_| {});
    let plan = here.context().join(PLAN_FILE).display().to_string();
    let outcome = build(engine, &url).options(["--plan", &plan]);
    let outcome = outcome.without_output().run();
    assert_eq!(log(outcome, &token), "from elsewhere\n");
}

fn a_changed_secret_runs_its_step_again(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    let app = app(&format!("printf %s $WORD | wc -c; : {token}"), |plan| {
        plan["secrets"] = json!(["WORD"]);
        plan["steps"][0]["secrets"] = json!(["*"]);
    });
    let url = server.repository("app.git", "main", app.context());
    let run = |word: &str| {
        let outcome = build(engine, &url)
            .secret("WORD", word)
            .without_output()
            .run();
        let progress = Progress::of(&outcome.success());
        (
            progress.is_cached(&token),
            progress.log(&token).trim().to_owned(),
        )
    };
    assert_eq!(run("four"), (false, "4".to_owned()));
    assert!(run("four").0);
    assert_eq!(run("seven77"), (false, "7".to_owned()));
    assert!(run("four").0);
}

fn what_the_plan_needs_and_is_not_given_is_told(engine: &Engine) {
    let server = WebServer::start();
    let secret = app("true", |plan| plan["secrets"] = json!(["WORD"]));
    let agent = app("true", |plan| plan["steps"][0]["ssh"] = json!(["deploy"]));
    let told = |app: &Project, name: &str| {
        let url = server.repository(name, "main", app.context());
        let build = build(engine, &url).options(["--progress", "plain"]);
        let told = build.without_output().run().failure().stderr;
        told.split_once("error: ")
            .map_or(String::new(), |(_, error)| error.to_owned())
    };
    assert_text!(told(&secret, "secret.git"), @r"
    the plan has secrets without a value: WORD
      hint: give them: `--env WORD=...`, or `--env WORD` for the value of this shell
    ");
    assert_text!(told(&agent, "agent.git"), @r"
    the plan asks for SSH agents that are not forwarded: deploy
      hint: forward that of this shell: `--ssh deploy`, or a key: `--ssh deploy=FILE`
    ");
}

fn an_app_that_is_not_there_is_told(engine: &Engine) {
    let server = WebServer::start();
    let url = server.url("app.tar.gz");
    let build = build(engine, &url).options(["--progress", "plain"]);
    let told = build.without_output().run().failure().stderr;
    let error = told
        .split_once("error: ")
        .map_or(String::new(), |(_, error)| error.replace(&url, "URL"));
    assert_text!(error, @r"
    the build context `URL` cannot be loaded: failed to load cache key: invalid response status 404
      hint: check its URL and that the engine can reach it; the secrets GIT_AUTH_TOKEN and GIT_AUTH_HEADER open private repositories
    ");
}

fn the_image_is_named_after_the_repository(engine: &Engine) {
    let server = WebServer::start();
    let name = unique_name();
    let app = app("true", |_| {});
    let archive = format!("{name}.tar.gz");
    pack(app.context(), &server.path(&archive));
    let build = build(engine, &server.url(&archive));
    build.command().run().success();
    engine.docker(["image", "inspect", &name]).run().success();
    engine.docker(["image", "rm", &name]).run().success();
}
