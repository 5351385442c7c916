//! Builds whose app is no directory of the client's: repositories, archives, a plan behind a URL.

use std::path::Path;

use libtest_mimic::Trial;
use serde_json::json;

use super::{Subject, assert_text, named};
use crate::harness::command::{Command, Outcome};
use crate::harness::engine::Engine;
use crate::harness::progress::Progress;
use crate::harness::project::{PLAN_FILE, Project, plan_of_commands, shell};
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;
use crate::harness::web::WebServer;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("remote_contexts")
        .on_both(named![
            an_archive_has_the_app_and_its_plan,
            an_archive_without_a_plan_is_planned,
            a_file_that_is_no_archive_is_the_plan,
            an_archive_that_is_not_there,
        ])
        .on_buildkit(named![
            a_branch_of_a_repository_has_the_app_and_its_plan,
            a_directory_of_a_repository_is_planned,
            a_directory_of_an_archive_is_the_app,
            a_plan_of_the_client_for_an_app_elsewhere,
            a_host_that_does_not_answer,
        ])
        .on_docker(named![an_archive_on_standard_input])
        .on_docker_20_10(named![
            a_file_that_is_no_archive_is_the_plan,
            an_archive_on_standard_input,
            an_old_engine_cannot_leave_files_of_an_archive_out,
        ])
        .trials
}

/// A build of what is behind a URL, or on standard input, with the client's own options behind it.
pub(super) fn build(engine: &Engine, context: &str, options: &[&str]) -> Command {
    let settings = settings();
    let arguments = [
        ("RAILPACK_BUILDER_IMAGE", &settings.builder_image),
        ("RAILPACK_RUNTIME_IMAGE", &settings.runtime_image),
    ];
    let arguments = arguments.map(|(name, value)| format!("{name}={value}"));
    match engine {
        Engine::BuildKit { .. } => {
            let command = Command::new("buildctl")
                .arguments(["build", "--progress", "rawjson", "--frontend=gateway.v0"])
                .argument("--opt")
                .argument(format!("source={}", settings.frontend))
                .argument("--opt")
                .argument(format!("context={context}"));
            let command = arguments.iter().fold(command, |command, argument| {
                command
                    .argument("--opt")
                    .argument(format!("build-arg:{argument}"))
            });
            command.arguments(options)
        }
        Engine::Docker | Engine::OtherDocker(_) => {
            let command = engine
                .docker(["buildx", "build", "--builder", "default"])
                .arguments(["--progress", "rawjson", "--output", "type=cacheonly"])
                .argument("--build-arg")
                .argument(format!("BUILDKIT_SYNTAX={}", settings.frontend));
            let command = arguments.iter().fold(command, |command, argument| {
                command.argument("--build-arg").argument(argument)
            });
            command.arguments(options).argument(context)
        }
    }
}

/// An app whose plan leaves a file out and prints another one behind a token.
pub(super) fn app_with_plan(token: &str) -> Project {
    app_without(&["*.log"], token)
}

fn app_without(patterns: &[&str], token: &str) -> Project {
    let mut plan = plan_of_commands(&[]);
    plan["steps"][0]["commands"] = json!([
        { "src": ".", "dest": "." },
        shell(&format!("echo {token}; cat file; ls")),
    ]);
    plan["exclude"] = json!(patterns);
    plan["deploy"]["startCommand"] = json!("true");
    Project::new()
        .file("file", format!("from {token}\n"))
        .file("left-out.log", "")
        .file(PLAN_FILE, plan.to_string())
}

/// What the plan of [`app_with_plan`] prints.
fn expected(token: &str) -> String {
    format!("{token}\nfrom {token}\nfile\n{PLAN_FILE}\n")
}

/// An app of shell scripts, without a plan, and something that is left out.
fn app_without_plan() -> Project {
    Project::new()
        .file("start.sh", "echo good morning")
        .file("secret.txt", "not for the build")
        .file(".dockerignore", "secret.txt\n")
}

/// Packs a directory, with a program that makes smaller what tar writes.
pub(super) fn pack(directory: &Path, archive: &Path, option: &str) {
    Command::new("tar")
        .argument(option)
        .argument("-cf")
        .argument(archive)
        .argument("-C")
        .argument(directory)
        .argument(".")
        .run()
        .success();
}

#[track_caller]
fn log(outcome: Outcome, token: &str) -> String {
    Progress::of(&outcome.success()).log(token).to_owned()
}

fn an_archive_has_the_app_and_its_plan(engine: &Engine) {
    let server = WebServer::start();
    for (name, option) in [("app.tar", "--format=ustar"), ("app.tar.gz", "--gzip")] {
        let token = unique_token();
        pack(app_with_plan(&token).context(), &server.path(name), option);
        let outcome = build(engine, &server.url(name), &[]).run();
        assert_eq!(log(outcome, &token), expected(&token), "{name}");
    }
}

fn an_archive_without_a_plan_is_planned(engine: &Engine) {
    let server = WebServer::start();
    pack(
        app_without_plan().context(),
        &server.path("app.tar.gz"),
        "--gzip",
    );
    let outcome = build(engine, &server.url("app.tar.gz"), &[]).run();
    let progress = Progress::of(&outcome.success());
    progress.vertex("load the app's tree");
}

fn a_file_that_is_no_archive_is_the_plan(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    let mut plan = plan_of_commands(&[&format!("echo {token}")]);
    plan["deploy"]["startCommand"] = json!("true");
    std::fs::write(server.path("plan"), plan.to_string()).unwrap();
    let outcome = build(engine, &server.url("plan"), &[]).run();
    assert_eq!(log(outcome, &token), format!("{token}\n"));
}

fn an_archive_that_is_not_there(engine: &Engine) {
    let server = WebServer::start();
    let url = server.url("app.tar.gz");
    let outcome = build(engine, &url, &["--progress", "plain"])
        .run()
        .failure();
    let told = told(&outcome).replace(&url, "URL");
    let start = told.find("error: ").expect("there is an error");
    assert_text!(told.get(start..).unwrap_or_default(), @r"
    error: the build context `URL` cannot be loaded: failed to load cache key: invalid response status 404
      hint: check its URL and that the engine can reach it; the secrets GIT_AUTH_TOKEN and GIT_AUTH_HEADER open private repositories
    ");
}

fn an_archive_on_standard_input(engine: &Engine) {
    let token = unique_token();
    let directory = tempfile::tempdir().expect("a directory can be made");
    let archive = directory.path().join("app.tar");
    pack(
        app_without(&[], &token).context(),
        &archive,
        "--format=ustar",
    );
    let (_, outcome) = Command::new("cat")
        .argument(&archive)
        .pipe_into(build(engine, "-", &[]));
    assert_eq!(
        log(outcome, &token),
        format!("{token}\nfrom {token}\nfile\nleft-out.log\n{PLAN_FILE}\n")
    );
}

fn an_old_engine_cannot_leave_files_of_an_archive_out(engine: &Engine) {
    let server = WebServer::start();
    let app = app_with_plan("token");
    pack(app.context(), &server.path("app.tar"), "--format=ustar");
    let outcome = build(engine, &server.url("app.tar"), &["--progress", "plain"]).run();
    let told = told(&outcome.failure());
    let start = told.find("rpk.json:").expect("the plan is shown");
    assert_text!(told.get(start..).unwrap_or_default(), @r"
    rpk.json:1:70: this plan leaves files of the build context out, which this engine cannot do: it does not offer `file.copy.includeexcludepatterns`
      hint: use BuildKit 0.9 or newer
    ");
}

fn a_branch_of_a_repository_has_the_app_and_its_plan(engine: &Engine) {
    let server = WebServer::start();
    for (number, reference) in ["#release", "?branch=release", ""].iter().enumerate() {
        let token = unique_token();
        let name = format!("{number}.git");
        let url = server.repository(&name, "release", app_with_plan(&token).context());
        let outcome = build(engine, &format!("{url}{reference}"), &[]).run();
        assert_eq!(log(outcome, &token), expected(&token), "{reference}");
    }
}

fn a_directory_of_a_repository_is_planned(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    let files = Project::new()
        .file("package.json", "this is no JSON")
        .file("app/start.sh", format!("echo {token}"));
    let url = server.repository("app.git", "main", files.context());
    let outcome = build(engine, &format!("{url}#main:app"), &[]).run();
    outcome.success();
}

fn a_directory_of_an_archive_is_the_app(engine: &Engine) {
    let server = WebServer::start();
    let files = Project::new()
        .file("package.json", "this is no JSON")
        .file("app/start.sh", "echo good morning");
    pack(files.context(), &server.path("app.tar"), "--format=ustar");
    let url = server.url("app.tar");
    let outcome = build(engine, &url, &["--opt", "contextsubdir=app"]).run();
    outcome.success();
    build(engine, &url, &[]).run().failure();
}

fn a_plan_of_the_client_for_an_app_elsewhere(engine: &Engine) {
    let token = unique_token();
    let server = WebServer::start();
    let app = app_with_plan(&token);
    let directory = tempfile::tempdir().expect("a directory can be made");
    std::fs::rename(
        app.context().join(PLAN_FILE),
        directory.path().join(PLAN_FILE),
    )
    .unwrap();
    let url = server.repository("app.git", "main", app.context());
    let local = format!("dockerfile={}", directory.path().display());
    let options = ["--opt", "dockerfilekey=dockerfile", "--local", &local];
    let outcome = build(engine, &url, &options).run();
    assert_eq!(
        log(outcome, &token),
        format!("{token}\nfrom {token}\nfile\n")
    );
}

fn a_host_that_does_not_answer(engine: &Engine) {
    // Nothing listens at a port that was just given back.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://user:tide-and-time@{address}/app.git");
    let outcome = build(engine, &url, &["--progress", "plain"])
        .run()
        .failure();
    assert!(!outcome.stderr.contains("tide-and-time"), "{outcome}");
    let told = told(&outcome);
    let start = told.find("error: ").expect("there is an error");
    let told = told.get(start..).unwrap_or_default();
    let lines: Vec<_> = told.lines().collect();
    // What git says of it is git's own.
    let [error, hint] = lines.as_slice() else {
        panic!("{told}")
    };
    let expected =
        format!("error: the build context `http://{address}/app.git` cannot be loaded: ");
    assert!(error.starts_with(&expected), "{told}");
    assert_text!(hint, @"  hint: check its URL and that the engine can reach it; the secrets GIT_AUTH_TOKEN and GIT_AUTH_HEADER open private repositories");
}
