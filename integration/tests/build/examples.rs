//! Examples become images that run, with no frontend image and no plan of the caller's.

use libtest_mimic::Trial;

use crate::harness::command::Command;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::image::Image;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::settings::checkout;
use crate::harness::unique::unique_token;
use crate::tests::{Subject, named};

pub(super) fn subject() -> Vec<Trial> {
    let tests = named![
        a_script_becomes_an_image,
        an_app_with_packages_becomes_an_image
    ];
    Subject::new("build/examples")
        .on_both(tests)
        .on_both(named![
            a_label_is_in_the_image_and_what_dockerignore_names_is_not
        ])
        .on_docker_20_10(tests)
        .on_docker_with_containerd(named![a_script_becomes_an_image])
        .trials
}

/// What the image of [`script`] prints.
pub(super) const EVENING: &str = "good evening from evening.sh\n";

/// A build of the smallest example.
pub(super) fn script(engine: &Engine) -> DirectBuild {
    let build = DirectBuild::of_directory(engine, &checkout().join("examples/shell-script"));
    build.options(["--env", "RAILPACK_SHELL_SCRIPT=evening.sh"])
}

/// A new image is built by an engine, which `told` tells the client how to reach, and runs in Docker.
#[track_caller]
pub(super) fn assert_builds_and_runs(
    docker: &Engine,
    by: &Engine,
    told: impl FnOnce(Command) -> Command,
) {
    let token = unique_token();
    let mut plan = plan_of_commands(&[&format!("echo {token} > /seen")]);
    plan["deploy"]["startCommand"] = "cat /seen".into();
    let project = Project::with_plan(&plan);
    let image = Image::of(docker);
    let build = DirectBuild::of_project(by, &project);
    let build = build.options(["--name", image.name()]).command();
    told(build).run().success();
    assert_eq!(image.run().success().stdout_text(), format!("{token}\n"));
}

fn a_script_becomes_an_image(engine: &Engine) {
    let image = script(engine).image();
    assert_eq!(image.run().success().stdout_text(), EVENING);
}

fn an_app_with_packages_becomes_an_image(engine: &Engine) {
    let app = checkout().join("examples/node-npm");
    let image = DirectBuild::of_directory(engine, &app).image();
    let printed = image.run().success().stdout_text();
    assert!(printed.contains("hello from Node v22.22.0"), "{printed}");
}

fn a_label_is_in_the_image_and_what_dockerignore_names_is_not(engine: &Engine) {
    let app = tempfile::tempdir().unwrap();
    let files = [
        ("start.sh", "ls -A\n"),
        (".dockerignore", "*.log\n"),
        ("a.log", ""),
        ("a.txt", ""),
    ];
    for (name, content) in files {
        std::fs::write(app.path().join(name), content).unwrap();
    }
    let build = DirectBuild::of_directory(engine, app.path());
    let image = build.options(["--label", "harbour=a = b"]).image();
    let printed = image.run().success().stdout_text();
    assert!(printed.lines().any(|line| line == "a.txt"), "{printed}");
    assert!(!printed.contains("a.log"), "{printed}");
    assert_eq!(image.inspect()["Config"]["Labels"]["harbour"], "a = b");
}
