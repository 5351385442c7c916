//! What is built once is not built again.

use libtest_mimic::Trial;
use serde_json::json;

use super::{Subject, named};
use crate::harness::case::architecture;
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::image::{push_image, push_image_as};
use crate::harness::private_engine::PrivateEngine;
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::settings::settings;
use crate::harness::unique::{unique_name, unique_token};

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("layer_cache")
        .on_both(named![
            a_second_build_runs_nothing,
            the_same_build_gives_the_same_image,
            a_changed_file_reruns_only_what_uses_it,
            no_cache_reruns_the_steps,
        ])
        .on_buildkit(named![
            a_cache_from_a_registry_serves_an_engine_that_built_nothing
        ])
        // buildkitd has no images of its own: it asks in each build.
        .on_docker(named![an_image_that_docker_has_is_asked_for_with_pull])
        .trials
}

fn a_second_build_runs_nothing(engine: &Engine) {
    let token = unique_token();
    let mut plan = plan_of_commands(&[&format!("echo {token}"), "cat greeting > seen"]);
    plan["steps"][0]["commands"]
        .as_array_mut()
        .unwrap()
        .insert(1, json!({ "src": ".", "dest": "." }));
    let project = Project::with_plan(&plan).file("greeting", &token);

    let build = project.build(engine).raw_progress();
    let first = Progress::of(&build.run(&Output::Nothing).success());
    assert!(!first.is_cached(&format!("echo {token}")));

    let second = Progress::of(&build.run(&Output::Nothing).success());
    let ran: Vec<_> = second
        .vertexes()
        .filter(|vertex| !vertex.cached && !is_looked_at(&vertex.name))
        .collect();
    assert!(ran.is_empty(), "not cached: {ran:#?}");
}

/// Sources are looked at in each build: local files are compared, and a tag may have moved.
fn is_looked_at(name: &str) -> bool {
    ["[internal] ", "resolve ", "docker-image://", "load "]
        .iter()
        .any(|start| name.starts_with(start))
}

fn the_same_build_gives_the_same_image(engine: &Engine) {
    let mut plan = plan_of_commands(&[&format!("echo {}", unique_token())]);
    plan["steps"][0]["commands"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "src": ".", "dest": "." }));
    plan["deploy"]["startCommand"] = json!("true");
    plan["deploy"]["variables"] = json!({ "Z": "1", "A": "2", "M": "3" });
    let project = Project::with_plan(&plan).file("greeting", "hello");
    // The exporter notes the time of the build, unless it is told one.
    let epoch = project
        .build(engine)
        .build_argument("SOURCE_DATE_EPOCH", "1700000000");
    let (first, second) = (epoch.image().inspect(), epoch.image().inspect());
    assert_eq!(first["Id"], second["Id"]);
    assert_eq!(first["Created"], "2023-11-14T22:13:20Z");
}

fn a_changed_file_reruns_only_what_uses_it(engine: &Engine) {
    let token = unique_token();
    let plan = json!({
        "steps": [
            {
                "name": "install",
                "inputs": [{ "image": settings().runtime_image }],
                "commands": [{ "src": "lock", "dest": "lock" }, shell(&format!("echo install {token}"))],
            },
            {
                "name": "build",
                "inputs": [{ "step": "install" }],
                "commands": [{ "src": ".", "dest": "." }, shell(&format!("echo build {token}"))],
            },
        ],
        "deploy": { "base": { "step": "build" } },
    });
    let project = Project::with_plan(&plan)
        .file("lock", &token)
        .file("source", "1");
    project.build(engine).run(&Output::Nothing).success();
    let project = project.file("source", "2");
    let progress = Progress::of(
        &project
            .build(engine)
            .raw_progress()
            .run(&Output::Nothing)
            .success(),
    );
    assert!(progress.is_cached(&format!("echo install {token}")));
    assert!(!progress.is_cached(&format!("echo build {token}")));
}

fn no_cache_reruns_the_steps(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&plan_of_commands(&[&format!("echo {token}")]));
    project.build(engine).run(&Output::Nothing).success();
    let again = project
        .build(engine)
        .no_cache()
        .raw_progress()
        .run(&Output::Nothing)
        .success();
    let progress = Progress::of(&again);
    assert!(!progress.is_cached(&token));
    assert_eq!(progress.log(&token), format!("{token}\n"));
}

fn a_cache_from_a_registry_serves_an_engine_that_built_nothing(engine: &Engine) {
    let token = unique_token();
    let project = Project::with_plan(&json!({
        "steps": [
            {
                "name": "install",
                "inputs": [{ "image": settings().runtime_image }],
                "commands": [shell(&format!("echo install {token} > /installed"))],
            },
            {
                "name": "build",
                "inputs": [{ "step": "install" }],
                "commands": [{ "src": ".", "dest": "." }, shell(&format!("echo build {token} > built"))],
            },
        ],
        "deploy": {
            "base": { "image": settings().runtime_image },
            "inputs": [{ "step": "install", "include": ["/installed"] }, { "step": "build", "include": ["/app"] }],
        },
    }));
    let project = project.file("source", &token);
    let reference = format!("{}/{}", settings().registry(), unique_name());
    let export = format!("type=registry,ref={reference},mode=max");
    let import = format!("type=registry,ref={reference}");
    project
        .build(engine)
        .options([], ["--export-cache", &export])
        .run(&Output::Nothing)
        .success();

    let fresh = PrivateEngine::start();
    let build = project
        .build(&fresh.engine())
        .options([], ["--import-cache", &import])
        .raw_progress();
    let progress = Progress::of(&build.run(&Output::Nothing).success());
    assert!(progress.is_cached(&format!("echo install {token}")));
    assert!(progress.is_cached(&format!("echo build {token}")));
}

fn an_image_that_docker_has_is_asked_for_with_pull(engine: &Engine) {
    let platform = format!("linux/{}", architecture());
    let dockerfile = |base| format!("FROM {}\nENV BASE={base}\n", settings().runtime_image);
    let base = push_image(&dockerfile("before"), &platform);
    engine.docker(["image", "pull", &base]).run().success();
    push_image_as(&base, &dockerfile("after"), &platform);
    let mut plan = plan_of_commands(&["true"]);
    plan["deploy"] = json!({ "base": { "image": base }, "startCommand": "true" });
    let project = Project::with_plan(&plan);
    let environment = |build: Build<'_>| build.image().inspect()["Config"]["Env"].to_string();
    let as_it_is = environment(project.build(engine));
    let pulled = environment(project.build(engine).options(["--pull"], []));
    engine.docker(["image", "rm", &base]).run().success();
    assert!(as_it_is.contains("BASE=before"), "{as_it_is}");
    assert!(pulled.contains("BASE=after"), "{pulled}");
}
