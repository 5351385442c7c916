//! A buildkitd that is reached through a program: in a container, in a pod, on another machine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use libtest_mimic::Trial;

use super::examples::{EVENING, script};
use crate::harness::command::Command;
use crate::harness::daemon::Daemon;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, with_host};
use crate::harness::image::Image;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::unique::{unique_name, unique_token};
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/programs")
        // Not on the main one, which may run in a root of its own: its `exec` then enters that of the machine.
        .on_docker_with_containerd(named![a_buildkitd_in_a_container_builds])
        .on_docker(named![
            a_container_that_is_not_there_is_told,
            docker_behind_ssh_builds,
        ])
        .on_buildkit(named![
            a_buildkitd_behind_ssh_builds,
            a_program_that_is_not_there_is_told,
        ])
        .trials
}

/// A buildkitd in a container of docker's, which removes itself.
fn start_buildkitd(docker: &Engine, name: &str) -> Daemon {
    let image = std::env::var("RAILPACK_BUILDKIT_IMAGE");
    let image = image.expect("RAILPACK_BUILDKIT_IMAGE is set by integration/up");
    let daemon = Daemon::container(docker, name, &["--privileged".to_owned()], &image, &[]);
    let ready = docker.docker(["exec", name, "buildctl", "debug", "workers"]);
    daemon.wait_until(|_| ready.succeeds().then_some(()));
    daemon
}

/// Programs that stand for those that are not here: each hands its words to docker, and so reaches the same container. A
/// word that is missing or too much ends in an error of docker's.
const STAND_INS: [(&str, &str); 3] = [
    ("podman", r#"exec docker "$@""#),
    (
        "nerdctl",
        r#"[ "$1" = --namespace=n ] && shift && exec docker "$@""#,
    ),
    (
        "kubectl",
        r#"[ "$1 $2 $3 $4 $5" = "--context=c --namespace=n exec --container=b -i" ] && [ "$7" = -- ] || exit 9
pod=$6; shift 7; exec docker exec -i "$pod" "$@""#,
    ),
];

/// As ssh does: its words are a line for the shell of the other machine.
const SSH: &str = r#"[ "$1 $2 $3" = "-o BatchMode=yes -T" ] || exit 9
while [ "$1" != -- ]; do shift; done; [ "$2" = builder.example.com ] || exit 9; shift 2; exec sh -c "$*""#;

pub(super) fn write_program(directory: &Path, name: &str, script: &str) {
    let file = directory.join(name);
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Has a command find programs in a directory first.
pub(super) fn with_programs(command: Command, directory: &Path) -> Command {
    let path = std::env::var("PATH").unwrap();
    command.variable("PATH", format!("{}:{path}", directory.display()))
}

fn at(address: &str) -> Engine {
    Engine::BuildKit {
        address: Some(address.to_owned()),
    }
}

fn a_buildkitd_in_a_container_builds(docker: &Engine) {
    let name = unique_name();
    let _buildkitd = start_buildkitd(docker, &name);
    let engine = at(&format!("docker-container://{name}"));
    let image = Image::of(docker);
    let build = script(&engine).options(["--name", image.name()]);
    with_host(build.command(), docker.docker_host())
        .run()
        .success();
    assert_eq!(image.run().success().stdout_text(), EVENING);

    let programs = tempfile::tempdir().unwrap();
    for (program, script) in STAND_INS {
        write_program(programs.path(), program, script);
    }
    for address in [
        format!("podman-container://{name}"),
        format!("nerdctl-container://{name}?namespace=n"),
        format!("kube-pod://{name}?context=c&namespace=n&container=b"),
    ] {
        let build = script(&at(&address)).without_output();
        let build = with_host(build, docker.docker_host());
        let outcome = with_programs(build, programs.path()).run().success();
        assert!(outcome.stderr.contains("CACHED"), "{outcome}");
    }
}

fn a_container_that_is_not_there_is_told(_: &Engine) {
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let engine = at("docker-container://railpack-nonexistent");
    let outcome = DirectBuild::of_project(&engine, &project)
        .without_output()
        .run();
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert_text!(outcome.stderr, @r"
    error: no engine to build with answers:
      docker exec -i railpack-nonexistent buildctl dial-stdio (--builder): Error response from daemon: No such container: railpack-nonexistent
    ");
}

fn a_buildkitd_behind_ssh_builds(_: &Engine) {
    let programs = tempfile::tempdir().unwrap();
    write_program(programs.path(), "ssh", SSH);
    let token = unique_token();
    let project = Project::with_plan(&plan_of_commands(&[&format!("echo {token}")]));
    let build = DirectBuild::of_project(&at("ssh://builder.example.com"), &project);
    let outcome = with_programs(build.without_output(), programs.path()).run();
    assert!(outcome.success().stderr.contains(&token));
}

/// Docker's own program makes the connection there.
fn docker_behind_ssh_builds(engine: &Engine) {
    let programs = tempfile::tempdir().unwrap();
    let there = std::env::var("DOCKER_HOST").unwrap();
    let script = format!("DOCKER_HOST={there}; export DOCKER_HOST\n{SSH}");
    write_program(programs.path(), "ssh", &script);
    let token = unique_token();
    let project = Project::with_plan(&plan_of_commands(&[&format!("echo {token}")]));
    let build = DirectBuild::of_project(engine, &project).without_output();
    let build = build.variable("DOCKER_HOST", "ssh://builder.example.com");
    let outcome = with_programs(build, programs.path()).run();
    assert!(outcome.success().stderr.contains(&token));
}

fn a_program_that_is_not_there_is_told(_: &Engine) {
    let empty = tempfile::tempdir().unwrap();
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let outcome = DirectBuild::of_project(&at("kube-pod://builder"), &project)
        .without_output()
        .variable("PATH", empty.path())
        .run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(outcome.stderr, @r"
    error: no engine to build with answers:
      kubectl exec -i builder -- buildctl dial-stdio (--builder): the program `kubectl` is not on PATH
    hint: install kubectl, or reach the engine by another scheme
    ");
}
