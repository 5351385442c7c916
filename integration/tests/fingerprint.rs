//! Steps that use secrets run again for another value, and for nothing else: with nothing to pass.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Subject, named};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::image::Image;
use crate::harness::private_engine::PrivateEngine;
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::secrecy::{HIDE, archive_with_provenance, exported_cache, hidden};
use crate::harness::settings::settings;
use crate::harness::unique::{unique_name, unique_token};

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("fingerprint")
        .on_both(named![
            a_value_gets_its_own_image_and_runs_once,
            a_value_gets_its_own_image_and_runs_once_with_this_client,
            a_step_reruns_for_its_own_secrets_only,
            a_secret_that_is_not_offered_is_a_warning,
            a_hash_that_is_given_hides_the_values,
        ])
        .on_docker_with_containerd(named![a_value_gets_its_own_image_and_runs_once])
        .on_buildkit(named![
            a_cache_in_a_registry_knows_the_values_and_does_not_tell_them,
            no_value_is_in_the_provenance,
        ])
        .trials
}

/// Uses a secret in one step; behind it are a step, a copy, a merge and a command in what was merged. All write what they
/// have seen, in other letters, so that the image shows it without holding it.
fn project(token: &str) -> Project {
    let seen = format!("{HIDE} > seen");
    let step = |name: &str, secrets: &[&str], inputs: Value, script: &str| {
        json!({
            "name": name,
            "secrets": secrets,
            "inputs": inputs,
            "commands": [shell(&format!("{script}; echo {name} {token}"))],
        })
    };
    let image = json!({ "image": settings().runtime_image });
    Project::with_plan(&json!({
        "secrets": ["TOKEN"],
        "steps": [
            step("install", &[], json!([image]), "true"),
            step("use", &["TOKEN"], json!([{ "step": "install" }]), &seen),
            step("follow", &[], json!([{ "step": "use" }]), "cp seen followed"),
            step(
                "merge",
                &[],
                json!([{ "step": "install" }, { "step": "use", "include": ["seen"] }, { "step": "follow", "include": ["followed"] }]),
                "cat seen followed > merged",
            ),
        ],
        "deploy": {
            "base": image,
            "inputs": [
                { "step": "use", "include": ["seen"] },
                { "step": "follow", "include": ["followed"] },
                { "step": "merge", "include": ["merged"] },
            ],
        },
    }))
}

/// The steps of [`project`] behind the one without secrets.
const BEHIND: [&str; 3] = ["use", "follow", "merge"];

/// The values of three builds, of a length that no other text has by chance, and the order in which they are built with.
fn values() -> ([String; 3], [usize; 7]) {
    ([(); 3].map(|()| unique_token()), [0, 0, 1, 0, 1, 2, 0])
}

/// Builds with each value in turn. `build` gives the progress and the image.
fn follow_the_values(token: &str, build: impl Fn(&str) -> (Progress, Image)) {
    let (values, order) = values();
    for (turn, number) in order.into_iter().enumerate() {
        let (progress, image) = build(&values[number]);
        let is_new = !order[..turn].contains(&number);
        let ran = |step: &&str| !progress.is_cached(&format!("echo {step} {token}"));
        let expected: &[&str] = if is_new { &BEHIND } else { &[] };
        let rerun: Vec<_> = BEHIND.into_iter().filter(ran).collect();
        assert_eq!(rerun, expected, "turn {turn}, value {number}");
        assert_eq!(ran(&"install"), turn == 0, "turn {turn}");
        if !is_new {
            assert_all_cached(&progress, turn);
        }
        let seen = image.run_script("cat /app/seen /app/followed /app/merged");
        let expected = hidden(&values[number]).repeat(4);
        assert_eq!(seen.stdout_text(), expected, "turn {turn}");
    }
}

/// Nothing that the plan asks for has run: commands, copies and merges come from the cache.
#[track_caller]
fn assert_all_cached(progress: &Progress, turn: usize) {
    let is_of_plan = |name: &str| {
        let mut steps = ["install", "use", "follow", "merge", "deploy"].into_iter();
        steps.any(|step| name.starts_with(&format!("[{step}]")))
    };
    let ran: Vec<_> = progress
        .vertexes()
        .filter(|vertex| !vertex.cached && is_of_plan(&vertex.name))
        .collect();
    assert!(ran.is_empty(), "turn {turn}: {ran:#?}");
}

fn a_value_gets_its_own_image_and_runs_once(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    follow_the_values(&token, |value| {
        let image = Image::of(engine);
        let build = project.build(engine).secret("TOKEN", value).raw_progress();
        let outcome = build.run(&Output::Image(image.name().to_owned()));
        (Progress::of(&outcome.success()), image)
    });
}

fn a_value_gets_its_own_image_and_runs_once_with_this_client(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    follow_the_values(&token, |value| {
        let build = || DirectBuild::of_project(engine, &project).secret("TOKEN", value);
        let progress = build().raw_progress().without_output().run().success();
        (Progress::of(&progress), build().image())
    });
}

fn a_step_reruns_for_its_own_secrets_only(engine: &Engine) {
    let token = unique_token();
    let step = |name: &str, secrets: &[&str]| {
        json!({
            "name": name,
            "secrets": secrets,
            "inputs": [{ "image": settings().runtime_image }],
            "commands": [shell(&format!("echo {name} {token} > /{name}"))],
        })
    };
    let included = ["none", "first", "second", "all"]
        .map(|name| json!({ "step": name, "include": [format!("/{name}")] }));
    let project = Project::with_plan(&json!({
        "secrets": ["FIRST", "SECOND"],
        "steps": [step("none", &[]), step("first", &["FIRST"]), step("second", &["SECOND"]), step("all", &["*"])],
        "deploy": {
            "base": { "image": settings().runtime_image },
            "inputs": included,
        },
    }));
    let ran = |first: &str, second: &str| {
        let build = project.build(engine).raw_progress();
        let build = build.secret("FIRST", first).secret("SECOND", second);
        let progress = Progress::of(&build.run(&Output::Nothing).success());
        let direct = DirectBuild::of_project(engine, &project).raw_progress();
        let direct = direct.secret("FIRST", first).secret("SECOND", second);
        direct.without_output().run().success();
        let mut steps = vec!["none", "first", "second", "all"];
        steps.retain(|step| !progress.is_cached(&format!("echo {step} {token}")));
        steps
    };
    assert_eq!(ran("1", "1"), ["none", "first", "second", "all"]);
    assert_eq!(ran("1", "2"), ["second", "all"]);
    assert_eq!(ran("2", "2"), ["first", "all"]);
    assert_eq!(ran("2", "1"), ["all"]);
    assert_eq!(ran("1", "1"), [""; 0]);
}

fn a_secret_that_is_not_offered_is_a_warning(engine: &Engine) {
    let token = unique_token();
    let mut plan = plan_of_commands(&[&format!("echo {token} ${{SECOND:-nothing}}")]);
    plan["secrets"] = json!(["FIRST", "SECOND"]);
    plan["steps"][0]["secrets"] = json!(["*"]);
    let project = Project::with_plan(&plan);
    let warnings = |build: Build<'_>| {
        let outcome = build.raw_progress().run(&Output::Nothing).success();
        let warnings = Progress::of(&outcome).warnings().to_vec();
        let is_told = |warning: &String| warning.starts_with("secrets ");
        warnings.into_iter().filter(is_told).collect::<Vec<_>>()
    };
    let build = || project.build(engine).secret("FIRST", "1");
    let told = ["secrets without a value: SECOND (rpk.json:9)"];
    assert_eq!(warnings(build()), told);
    // And each time.
    assert_eq!(warnings(build()), told);
    assert_eq!(warnings(build().secret("SECOND", "2")), [""; 0]);
}

/// The caller's own text is what counts, and no program is run for it.
fn a_hash_that_is_given_hides_the_values(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    let ran = |value: &str| {
        let build = project.build(engine).secret("TOKEN", value);
        let build = build.build_argument("secrets-hash", "1").raw_progress();
        let progress = Progress::of(&build.run(&Output::Nothing).success());
        let mut names = progress.vertexes().map(|vertex| vertex.name.as_str());
        assert!(names.all(|name| !name.contains("hash the secrets")));
        !progress.is_cached(&format!("echo use {token}"))
    };
    assert!(ran("1"));
    assert!(!ran("2"));
}

fn a_cache_in_a_registry_knows_the_values_and_does_not_tell_them(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    let ([value, other, _], _) = values();
    let reference = format!("{}/{}", settings().registry(), unique_name());
    let export = format!("type=registry,ref={reference},mode=max");
    let import = format!("type=registry,ref={reference}");
    let exporting = project.build(engine).secret("TOKEN", &value);
    let exporting = exporting.options([], ["--export-cache", &export]);
    let log = exporting.run(&Output::Nothing).success();
    assert!(!(log.stdout_text() + &log.stderr).contains(&value));

    let fresh = PrivateEngine::start();
    let ran = |value: &str| {
        let build = project.build(&fresh.engine()).secret("TOKEN", value);
        let build = build.options([], ["--import-cache", &import]);
        let progress = build.raw_progress().run(&Output::Nothing).success();
        let progress = Progress::of(&progress);
        BEHIND.map(|step| !progress.is_cached(&format!("echo {step} {token}")))
    };
    assert_eq!(ran(&value), [false; 3]);
    assert_eq!(ran(&other), [true; 3]);
    assert_eq!(ran(&value), [false; 3]);

    // The same cache as files, in which a search finds something.
    let blobs = exported_cache(project.build(engine).secret("TOKEN", &value));
    assert!(blobs.iter().any(|blob| blob.contains(&hidden(&value))));
    assert!(blobs.iter().all(|blob| !blob.contains(&value)));
}

fn no_value_is_in_the_provenance(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    let ([value, ..], _) = values();
    let archive = archive_with_provenance(project.build(engine).secret("TOKEN", &value));
    assert!(archive.contains("/run/railpack/fingerprint"));
    assert!(archive.contains(&hidden(&value)));
    assert!(!archive.contains(&value));
}
