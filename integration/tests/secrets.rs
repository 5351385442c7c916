//! Secrets: there for the commands, and nowhere else.

use libtest_mimic::Trial;
use serde_json::json;

use super::{Subject, named};
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::secrecy::{HIDE, archive_with_provenance, hidden};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("secrets")
        .on_both(named![
            a_secret_reaches_the_command_and_nothing_of_the_image,
            a_secret_that_is_not_given_is_empty,
            secrets_hash_reruns_the_steps_with_secrets_only,
        ])
        // That engine has no secrets in variables: a program in front of the commands makes them.
        .on_docker_20_10(named![
            a_secret_reaches_the_command_and_nothing_of_the_image,
            a_secret_that_is_not_given_is_empty,
            secrets_hash_reruns_the_steps_with_secrets_only,
            a_secret_is_what_it_is_to_the_last_byte,
        ])
        .on_both(named![
            a_secret_is_what_it_is_to_the_last_byte,
            the_token_for_github_is_for_mise_install_alone,
        ])
        .on_buildkit(named![a_secret_is_not_in_the_provenance])
        .trials
}

/// The command writes the value in other letters, so that the image shows that it was there without holding it.
fn a_secret_reaches_the_command_and_nothing_of_the_image(engine: &Engine) {
    let value = unique_token();
    let project = hiding_project();
    let build = project.build(engine).secret("TOKEN", &value);
    let image = build.image();
    let seen = image
        .run_script("cat /app/seen; printenv TOKEN")
        .stdout_text();
    assert_eq!(seen, hidden(&value));

    let output = build.run(&Output::Nothing).success();
    let places = [
        ("build output", output.stdout_text() + &output.stderr),
        ("image config", image.inspect().to_string()),
        ("image history", image.history()),
        (
            "image layers",
            String::from_utf8_lossy(&image.save()).into_owned(),
        ),
    ];
    for (place, text) in &places {
        assert!(!text.contains(&value), "the value is in the {place}");
    }
    // The archive must be one that a search finds something in.
    assert!(places[3].1.contains(&hidden(&value)));
}

/// What installs tools is a program that says what it was given.
fn the_token_for_github_is_for_mise_install_alone(engine: &Engine) {
    let (token, installed, after) = (unique_token(), unique_token(), unique_token());
    let program =
        "printf '#!/bin/sh\\necho $GITHUB_TOKEN | rev\\n' > /bin/mise; chmod +x /bin/mise";
    let mut plan = plan_of_commands(&[
        program,
        &format!(": {after}; echo ${{GITHUB_TOKEN:-nothing}}"),
    ]);
    let install = json!({ "cmd": format!("mise install {installed}") });
    let commands = plan["steps"][0]["commands"].as_array_mut();
    commands.expect("a list").insert(1, install);
    let project = Project::with_plan(&plan);
    let build = project.build(engine).build_argument("github-token", &token);
    let progress = Progress::of(&build.clone().raw_progress().run(&Output::Nothing).success());
    let reversed: String = token.chars().rev().collect();
    assert_eq!(progress.log(&installed), format!("{reversed}\n"));
    assert_eq!(progress.log(&after), "nothing\n");
    let image = build.image();
    for text in [image.inspect().to_string(), image.history()] {
        assert!(!text.contains(&token), "the token is in the image");
    }
}

fn a_secret_is_not_in_the_provenance(engine: &Engine) {
    let value = unique_token();
    let project = hiding_project();
    let archive = archive_with_provenance(project.build(engine).secret("TOKEN", &value));
    assert!(archive.contains("/app/seen"));
    assert!(!archive.contains(&value));
}

fn a_secret_that_is_not_given_is_empty(engine: &Engine) {
    let token = unique_token();
    let mut plan = plan_of_commands(&[&format!("echo {token} ${{TOKEN:-nothing}}")]);
    plan["secrets"] = json!(["TOKEN"]);
    let build = Project::with_plan(&plan)
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    assert_eq!(
        Progress::of(&build).log(&token),
        format!("{token} nothing\n")
    );
}

/// Spaces, quotes, line ends and what a shell would expand.
fn a_secret_is_what_it_is_to_the_last_byte(engine: &Engine) {
    let token = unique_token();
    let value = format!(" {token} '\"\\ $HOME `id` $(id) %s *\n\n");
    let mut plan = plan_of_commands(&["printenv TOKEN > /app/seen"]);
    plan["secrets"] = json!(["TOKEN"]);
    plan["steps"][0]["secrets"] = json!(["TOKEN"]);
    let project = Project::with_plan(&plan);
    let image = project
        .build(engine)
        .secret("TOKEN", &value)
        .build_argument("secrets-hash", &token)
        .image();
    // `printenv` ends what it prints with one more line end.
    assert_eq!(
        image.run_script("cat /app/seen").stdout_text(),
        format!("{value}\n")
    );
}

fn secrets_hash_reruns_the_steps_with_secrets_only(engine: &Engine) {
    let token = unique_token();
    let project = two_steps(&token);
    let build = |hash: &str| {
        project
            .build(engine)
            .secret("FIRST", &token)
            .build_argument("secrets-hash", hash)
    };
    assert_eq!(reruns(build("1"), &token), (true, true));
    assert_eq!(reruns(build("2"), &token), (false, true));
    assert_eq!(reruns(build("1"), &token), (false, false));
}

/// `install` uses no secret, `build` uses the one named `FIRST`.
fn two_steps(token: &str) -> Project {
    Project::with_plan(&json!({
        "secrets": ["FIRST", "SECOND"],
        "steps": [
            {
                "name": "install",
                "secrets": [],
                "inputs": [{ "image": settings().runtime_image }],
                "commands": [shell(&format!("echo install {token}"))],
            },
            {
                "name": "build",
                "secrets": ["FIRST"],
                "inputs": [{ "step": "install" }],
                "commands": [shell(&format!("echo build {token}"))],
            },
        ],
        "deploy": { "base": { "step": "build" } },
    }))
}

/// Which of the two steps ran.
fn reruns(build: Build<'_>, token: &str) -> (bool, bool) {
    let progress = Progress::of(&build.raw_progress().run(&Output::Nothing).success());
    let ran = |step: &str| !progress.is_cached(&format!("echo {step} {token}"));
    (ran("install"), ran("build"))
}

fn hiding_project() -> Project {
    let script = format!("{HIDE} > /app/seen");
    // Another command each time, or the result would be that of another run with another value.
    let mut plan = plan_of_commands(&[&format!("{script}; : {}", unique_token())]);
    plan["secrets"] = json!(["TOKEN"]);
    plan["steps"][0]["secrets"] = json!(["TOKEN"]);
    Project::with_plan(&plan)
}
