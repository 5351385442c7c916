//! What one client has built the other one does not build again.

use std::sync::{Mutex, PoisonError};

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::command::Outcome;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::settings::settings;
use crate::harness::unique::{unique_name, unique_token};
use crate::tests::{Subject, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/cache")
        .on_both(named![
            what_the_engines_own_client_has_built_is_cached,
            what_this_client_has_built_is_cached_for_the_engines_own,
            a_changed_file_is_sent_and_seen,
            no_cache_reruns_the_steps,
        ])
        .on_docker_20_10(named![
            what_the_engines_own_client_has_built_is_cached,
            what_this_client_has_built_is_cached_for_the_engines_own,
            a_changed_file_is_sent_and_seen,
        ])
        .on_docker_with_containerd(named![
            what_the_engines_own_client_has_built_is_cached,
            what_this_client_has_built_is_cached_for_the_engines_own,
        ])
        .on_buildkit(named![a_cache_in_a_registry_is_exported_and_imported])
        .trials
}

/// A step that copies the app, so that the key of each file counts, and one that runs behind it.
fn project(token: &str) -> Project {
    let mut plan = plan_of_commands(&[&format!("echo {token}")]);
    let commands = plan["steps"][0]["commands"].as_array_mut();
    commands
        .unwrap()
        .insert(0, json!({ "src": ".", "dest": "." }));
    Project::with_plan(&plan)
        .file("greeting", token)
        .file("folder/empty", "")
        .file("folder/deep/file.txt", "text")
}

/// Has the engine build on the base image once, for one test at a time. Builds that were the first of an engine, and pulled that image
/// at the same time, were seen not to find each other's results.
fn pull_base_image(engine: &Engine) {
    static PULLING: Mutex<()> = Mutex::new(());
    let _alone = PULLING.lock().unwrap_or_else(PoisonError::into_inner);
    let command = format!("echo {}", unique_token());
    let project = Project::with_plan(&plan_of_commands(&[&command]));
    let direct = DirectBuild::of_project(engine, &project);
    direct.without_output().run().success();
}

fn what_the_engines_own_client_has_built_is_cached(engine: &Engine) {
    pull_base_image(engine);
    let token = unique_token();
    let project = project(&token);
    project.build(engine).run(&Output::Nothing).success();
    let direct = DirectBuild::of_project(engine, &project).raw_progress();
    assert_cached(&token, &direct.without_output().run().success());
}

fn what_this_client_has_built_is_cached_for_the_engines_own(engine: &Engine) {
    pull_base_image(engine);
    let token = unique_token();
    let project = project(&token);
    let direct = DirectBuild::of_project(engine, &project).raw_progress();
    let first = direct.without_output().run().success();
    assert!(!Progress::of(&first).is_cached(&format!("echo {token}")));
    let build = project.build(engine).raw_progress();
    assert_cached(&token, &build.run(&Output::Nothing).success());
}

/// What else came from the cache tells where two builds part.
#[track_caller]
fn assert_cached(token: &str, outcome: &Outcome) {
    let progress = Progress::of(outcome);
    assert!(progress.is_cached(&format!("echo {token}")), "{outcome}");
}

fn a_changed_file_is_sent_and_seen(engine: &Engine) {
    pull_base_image(engine);
    let token = unique_token();
    let mut plan = plan_of_commands(&[&format!("cat greeting; : {token}")]);
    let commands = plan["steps"][0]["commands"].as_array_mut();
    commands
        .unwrap()
        .insert(0, json!({ "src": ".", "dest": "." }));
    let mut project = Project::with_plan(&plan);
    for greeting in ["one", "two", "three"] {
        project = project.file("greeting", greeting);
        let direct = DirectBuild::of_project(engine, &project).raw_progress();
        let progress = Progress::of(&direct.without_output().run().success());
        assert_eq!(progress.log(&token), greeting);
    }
}

fn no_cache_reruns_the_steps(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    let direct = || DirectBuild::of_project(engine, &project).raw_progress();
    direct().without_output().run().success();
    let again = direct().options(["--no-cache"]).without_output();
    let progress = Progress::of(&again.run().success());
    assert!(!progress.is_cached(&format!("echo {token}")));
}

fn a_cache_in_a_registry_is_exported_and_imported(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    let cache = format!("{}/{}:cache", settings().registry(), unique_name());
    let to = format!("type=registry,ref={cache},mode=max");
    let direct = || DirectBuild::of_project(engine, &project).raw_progress();
    let first = direct().options(["--cache-to", &to]).without_output();
    first.run().success();
    let second = direct().options(["--cache-from", &cache]).without_output();
    let outcome = second.run().success();
    let importing = format!("importing cache manifest from {cache}");
    assert!(outcome.stderr.contains(&importing), "{outcome}");
}
