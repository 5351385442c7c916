//! Secrets: there for the commands, and nowhere else; a changed value reruns the steps that use it.

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::redaction::told;
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/secrets")
        .on_both(named![
            a_secret_reaches_the_command_and_nothing_of_the_image,
            a_changed_value_reruns_the_steps_with_secrets_only,
            a_secret_without_a_value_is_told,
        ])
        // That engine has no secrets in variables: a program in front of the commands makes them.
        .on_docker_20_10(named![
            a_secret_reaches_the_command_and_nothing_of_the_image,
            a_changed_value_reruns_the_steps_with_secrets_only,
            an_engine_without_secrets_in_variables_refuses_names_that_no_shell_takes,
        ])
        .trials
}

/// The command writes the value in other letters, so that the image shows that it was there without holding it.
fn a_secret_reaches_the_command_and_nothing_of_the_image(engine: &Engine) {
    let value = unique_token();
    let script = "printf %s $TOKEN | tr 0123456789abcdef ghijklmnopqrstuv > /app/seen";
    let mut plan = plan_of_commands(&[&format!("{script}; : {}", unique_token())]);
    plan["secrets"] = json!(["TOKEN"]);
    plan["steps"][0]["secrets"] = json!(["TOKEN"]);
    let project = Project::with_plan(&plan);
    let build = || DirectBuild::of_project(engine, &project).secret("TOKEN", &value);
    let image = build().image();
    let seen = image
        .run_script("cat /app/seen; printenv TOKEN")
        .stdout_text();
    assert_eq!(seen, hidden(&value));

    let directory = tempfile::tempdir().unwrap();
    let llb = directory.path().join("llb");
    let dump = build().options(["--dump-llb", llb.to_str().unwrap()]);
    dump.command().run().success();
    let output = build().without_output().run().success();
    let places = [
        ("build output", output.stdout_text() + &output.stderr),
        ("definition", read(&llb)),
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
    // Both must be such that a search finds something in them.
    assert!(places[1].1.contains("/app/seen"));
    assert!(places[4].1.contains(&hidden(&value)));
}

fn a_changed_value_reruns_the_steps_with_secrets_only(engine: &Engine) {
    let token = unique_token();
    let step = |name: &str, secrets: &[&str], input| {
        json!({
            "name": name,
            "secrets": secrets,
            "inputs": [input],
            "commands": [shell(&format!("echo {name} {token}"))],
        })
    };
    let image = json!({ "image": settings().runtime_image });
    let project = Project::with_plan(&json!({
        "secrets": ["FIRST"],
        "steps": [step("install", &[], image), step("build", &["FIRST"], json!({ "step": "install" }))],
        "deploy": { "base": { "step": "build" } },
    }));
    let ran = |value: &str| {
        let build = DirectBuild::of_project(engine, &project).secret("FIRST", value);
        let outcome = build.raw_progress().without_output().run().success();
        let progress = Progress::of(&outcome);
        ["install", "build"].map(|name| !progress.is_cached(&format!("echo {name} {token}")))
    };
    assert_eq!(ran("1"), [true, true]);
    assert_eq!(ran("1"), [false, false]);
    assert_eq!(ran("2"), [false, true]);
    assert_eq!(ran("1"), [false, false]);
}

fn a_secret_without_a_value_is_told(engine: &Engine) {
    let mut plan = plan_of_commands(&["true"]);
    plan["secrets"] = json!(["FIRST", "SECOND"]);
    let project = Project::with_plan(&plan);
    let build = DirectBuild::of_project(engine, &project).without_output();
    assert_text!(build.run().failure().stderr, @r"
    error: the plan has secrets without a value: FIRST, SECOND
    hint: give them: `--env FIRST=...`, or `--env FIRST` for the value of this shell
    ");
}

/// BuildKit has them since 0.10.
fn an_engine_without_secrets_in_variables_refuses_names_that_no_shell_takes(engine: &Engine) {
    let mut plan = plan_of_commands(&["true"]);
    plan["secrets"] = json!(["my-token"]);
    plan["steps"][0]["secrets"] = json!(["my-token"]);
    let project = Project::with_plan(&plan);
    let build = DirectBuild::of_project(engine, &project).secret("my-token", "value");
    let outcome = build.without_output().run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(told(&outcome), @r"
    error: rpk.json:13:9: this plan gives its commands a secret whose name no shell takes for a variable's, which this engine cannot do: it does not offer `exec.secretenv`
      hint: use BuildKit 0.10 or newer
    ");
}

/// A hexadecimal text in the letters that the command writes.
fn hidden(value: &str) -> String {
    let shift = |digit: char| {
        let digit = digit.to_digit(16)?;
        char::from_digit(digit + 16, 36)
    };
    value.chars().filter_map(shift).collect()
}

fn read(file: &std::path::Path) -> String {
    String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned()
}
