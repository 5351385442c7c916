//! A registry that wants a password: images go there and come from there with the login that docker knows.

use libtest_mimic::Trial;
use serde_json::json;

use super::programs::{with_programs, write_program};
use crate::harness::command::Outcome;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::image::docker;
use crate::harness::private_registry::{PASSWORD, PrivateRegistry, USER};
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::token_registry::{TOKEN, TokenRegistry};
use crate::harness::unique::unique_token;
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/registry")
        .on_both(named![
            an_image_is_pushed_and_built_from_with_a_login,
            a_base_without_the_right_login_is_told,
        ])
        .on_buildkit(named![
            a_push_without_the_right_login_is_told,
            a_login_in_a_variable_goes_before_that_of_the_file,
            a_login_of_a_credential_helper_is_taken,
            a_registry_token_is_given_to_the_registry,
        ])
        .on_docker(named![a_push_by_docker_without_the_right_login_is_told])
        .trials
}

/// Builds an image that prints a text, and pushes it.
fn push(
    engine: &Engine,
    name: &str,
    text: &str,
    password: &str,
    registry: &PrivateRegistry,
) -> Outcome {
    let mut plan = plan_of_commands(&[&format!("echo {text} > /seen")]);
    plan["deploy"]["startCommand"] = "cat /seen".into();
    let login = registry.login(password);
    let project = Project::with_plan(&plan);
    let outcome = DirectBuild::of_project(engine, &project)
        .options(["--name", name, "--push"])
        .command()
        .variable("DOCKER_CONFIG", login.path())
        .run();
    // Docker's classic image store keeps it.
    docker(["image", "rm", "--force", name]).run();
    assert!(
        !outcome.to_string().contains(password),
        "the password is shown"
    );
    outcome
}

/// Builds from an image, and prints the file that is in it.
fn build_from(
    engine: &Engine,
    base: &str,
    password: Option<&str>,
    registry: &PrivateRegistry,
) -> Outcome {
    let plan = json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": base }],
            "commands": ["cat /seen"],
        }],
        "deploy": { "base": { "step": "build" }, "startCommand": "true" },
    });
    let login = password.map(|password| registry.login(password));
    let empty = tempfile::tempdir().unwrap();
    let configuration = login.as_ref().unwrap_or(&empty);
    let project = Project::with_plan(&plan);
    let outcome = DirectBuild::of_project(engine, &project)
        .without_output()
        .variable("DOCKER_CONFIG", configuration.path())
        .run();
    let is_shown = password.is_some_and(|password| outcome.to_string().contains(password));
    assert!(!is_shown, "the password is shown");
    outcome
}

fn an_image_is_pushed_and_built_from_with_a_login(engine: &Engine) {
    let registry = PrivateRegistry::start();
    let (name, token) = (registry.unique_name(), unique_token());
    push(engine, &name, &token, PASSWORD, &registry).success();
    let outcome = build_from(engine, &name, Some(PASSWORD), &registry).success();
    assert!(outcome.stderr.contains(&token), "{outcome}");
}

fn a_login_in_a_variable_goes_before_that_of_the_file(engine: &Engine) {
    let registry = PrivateRegistry::start();
    let name = registry.unique_name();
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let (wrong, right) = (registry.login("ebb-and-flow"), registry.login(PASSWORD));
    let text = std::fs::read_to_string(right.path().join("config.json")).unwrap();
    DirectBuild::of_project(engine, &project)
        .options(["--name", &name, "--push"])
        .command()
        .variable("DOCKER_CONFIG", wrong.path())
        .variable("DOCKER_AUTH_CONFIG", text)
        .run()
        .success();
}

fn a_login_of_a_credential_helper_is_taken(engine: &Engine) {
    let registry = PrivateRegistry::start();
    let (name, host) = (registry.unique_name(), registry.host());
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let directory = tempfile::tempdir().unwrap();
    let configuration = json!({ "credHelpers": { host: "harbour" } });
    let file = directory.path().join("config.json");
    std::fs::write(file, configuration.to_string()).unwrap();
    let login = json!({ "ServerURL": host, "Username": USER, "Secret": PASSWORD });
    let script = format!(r#"[ "$1 $(cat)" = "get {host}" ] && echo '{login}'"#);
    write_program(directory.path(), "docker-credential-harbour", &script);
    let build = DirectBuild::of_project(engine, &project).options(["--name", &name, "--push"]);
    let build = build.command().variable("DOCKER_CONFIG", directory.path());
    let outcome = with_programs(build, directory.path()).run().success();
    assert!(
        !outcome.to_string().contains(PASSWORD),
        "the password is shown"
    );
}

fn a_registry_token_is_given_to_the_registry(engine: &Engine) {
    let registry = TokenRegistry::start();
    let base = registry.name_of(&settings().runtime_image);
    let build = |token: &str| {
        let project = Project::with_plan(&json!({
            "steps": [{ "name": "build", "inputs": [{ "image": base }], "commands": ["true"] }],
            "deploy": { "base": { "step": "build" }, "startCommand": "true" },
        }));
        let login = registry.login(token);
        let build = DirectBuild::of_project(engine, &project).without_output();
        let outcome = build.variable("DOCKER_CONFIG", login.path()).run();
        assert!(!outcome.to_string().contains(token), "the token is shown");
        outcome
    };
    let outcome = build("ebb-and-flow");
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert!(outcome.stderr.contains("401 Unauthorized"), "{outcome}");
    build(TOKEN).success();
}

fn a_base_without_the_right_login_is_told(engine: &Engine) {
    let registry = PrivateRegistry::start();
    let name = registry.unique_name();
    for password in [None, Some("ebb-and-flow")] {
        let outcome = build_from(engine, &name, password, &registry);
        assert_eq!(outcome.code(), Some(1), "{outcome}");
        let text = told(&outcome).replace(registry.host(), "REGISTRY");
        assert_text!(text, @r#"
        rpk.json:14
        --------------------
          13 |           "inputs": [
          14 | >>>         {
          15 | >>>           "image": "REGISTRY/UNIQUE_NAME:1"
          16 | >>>         }
          17 |           ],
        --------------------
        error: the image `REGISTRY/UNIQUE_NAME:1` cannot be resolved: unexpected status from HEAD request to http://REGISTRY/v2/UNIQUE_NAME/manifests/1: 401 Unauthorized
          hint: check its name, and that the engine can reach its registry and may read there
        hint: log in to the registry with `docker login`: the engine gets what Docker's config.json has
        "#);
    }
}

/// What is said of a push with a wrong password.
fn told_of_a_wrong_password(engine: &Engine) -> String {
    let registry = PrivateRegistry::start();
    let name = registry.unique_name();
    let outcome = push(engine, &name, &unique_token(), "ebb-and-flow", &registry);
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    told(&outcome).replace(registry.host(), "REGISTRY")
}

fn a_push_without_the_right_login_is_told(engine: &Engine) {
    assert_text!(told_of_a_wrong_password(engine), @r"
    error: failed to push REGISTRY/UNIQUE_NAME:1: unexpected status from HEAD request to http://REGISTRY/v2/UNIQUE_NAME/blobs/DIGEST: 401 Unauthorized
    hint: log in to the registry with `docker login`: the engine gets what Docker's config.json has
    ");
}

fn a_push_by_docker_without_the_right_login_is_told(engine: &Engine) {
    assert_text!(told_of_a_wrong_password(engine), @r"
    unauthorized: authentication required
    error: the image is in Docker, but `docker push REGISTRY/UNIQUE_NAME:1` failed (exit status: 1)
    hint: docker has said above why; `docker login` logs in to the registry
    ");
}
