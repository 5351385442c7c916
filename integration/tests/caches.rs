//! Cache mounts: directories that outlive a build.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Subject, named};
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::settings::settings;
use crate::harness::unique::{unique_name, unique_token};

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("caches")
        .on_both(named![
            a_cache_outlives_the_build,
            a_cache_is_not_part_of_the_image,
            cache_keys_separate_caches,
            namespaces_separate_caches,
            a_locked_cache_is_used_by_one_command_at_a_time,
        ])
        .trials
}

fn a_cache_outlives_the_build(engine: &Engine) {
    let (cache, token) = (unique_name(), unique_token());
    with_cache(&cache, &format!("echo {token} > /cache/left"))
        .build(engine)
        .run(&Output::Nothing)
        .success();
    let reads = with_cache(&cache, &format!("cat /cache/left; : {token}"));
    let build = reads
        .build(engine)
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    assert_eq!(Progress::of(&build).log(&token), format!("{token}\n"));
}

fn a_cache_is_not_part_of_the_image(engine: &Engine) {
    let project = with_cache(
        &unique_name(),
        &format!("echo {} > /cache/left", unique_token()),
    );
    let image = project.build(engine).image();
    assert_eq!(
        image
            .run_script("! [ -e /cache ] || ls -A /cache")
            .success()
            .stdout_text(),
        ""
    );
}

fn cache_keys_separate_caches(engine: &Engine) {
    assert_separates_caches(engine, "cache-key");
}

fn namespaces_separate_caches(engine: &Engine) {
    assert_separates_caches(engine, "BUILDKIT_CACHE_MOUNT_NS");
}

#[track_caller]
fn assert_separates_caches(engine: &Engine, argument: &str) {
    let (cache, token) = (unique_name(), unique_token());
    let build_with_key = |key: &str, script: &str| {
        let project = with_cache(&cache, script);
        let build = project
            .build(engine)
            .build_argument(argument, key)
            .raw_progress();
        Progress::of(&build.run(&Output::Nothing).success())
            .log(&token)
            .to_owned()
    };
    build_with_key("first", &format!("echo {token} > /cache/left"));
    assert_eq!(
        build_with_key("second", &format!("ls /cache; : second {token}")),
        ""
    );
    assert_eq!(
        build_with_key("first", &format!("ls /cache; : first {token}")),
        "left\n"
    );
}

/// A directory can be made by one only: the second command would fail if the first was not done.
fn a_locked_cache_is_used_by_one_command_at_a_time(engine: &Engine) {
    let cache = unique_name();
    let step = |name: &str| {
        json!({
            "name": name,
            "inputs": [{ "image": settings().runtime_image }],
            "commands": [shell(&format!("mkdir /cache/busy && sleep 1 && rmdir /cache/busy && touch /{name}"))],
            "caches": [cache],
        })
    };
    let project = Project::with_plan(&json!({
        "caches": caches(&cache, "locked"),
        "steps": [step("left"), step("right")],
        "deploy": {
            "base": { "image": settings().runtime_image },
            "inputs": [{ "step": "left", "include": ["/left"] }, { "step": "right", "include": ["/right"] }],
        },
    }));
    project.build(engine).run(&Output::Nothing).success();
}

/// A project of one command that sees a cache at `/cache`.
fn with_cache(cache: &str, script: &str) -> Project {
    let mut plan = plan_of_commands(&[script]);
    plan["caches"] = caches(cache, "shared");
    plan["steps"][0]["caches"] = json!([cache]);
    Project::with_plan(&plan)
}

fn caches(cache: &str, sharing: &str) -> Value {
    json!({ cache: { "directory": "/cache", "type": sharing } })
}
