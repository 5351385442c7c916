//! Results that cannot be put where they belong: a full disk, a loader that fails, programs that are missing.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use libtest_mimic::Trial;
use tempfile::TempDir;

use crate::harness::command::{Command, Outcome};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::unique::unique_name;
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/unwritten")
        .on_both(named![
            a_file_that_does_not_fit_leaves_nothing,
            a_directory_that_does_not_fit_leaves_nothing,
        ])
        .on_buildkit(named![
            an_image_that_cannot_be_loaded_is_told,
            a_loader_that_reads_nothing_is_told,
            a_machine_without_a_loader_is_told,
            a_companion_alone_says_what_it_needs,
        ])
        .trials
}

fn project() -> Project {
    Project::with_plan(&plan_of_commands(&["true"]))
}

/// A program and its arguments, run with a disk of one megabyte at `$0`; then what is on it.
const WITH_SMALL_DISK: &str =
    r#"mount -t tmpfs -o size=1m tmpfs "$0" && "$@"; code=$?; find "$0" -mindepth 1; exit $code"#;

/// Runs it where only it sees that disk, as a user who may mount one.
pub(super) fn with_small_disk(command: Command, directory: &Path) -> Outcome {
    let words = [
        "--map-root-user",
        "--mount",
        "--",
        "sh",
        "-c",
        WITH_SMALL_DISK,
    ];
    let [user, mount, end, shell, option, script] = words;
    let directory = directory.to_str().unwrap();
    command
        .run_by([
            "unshare", user, mount, end, shell, option, script, directory,
        ])
        .run()
}

fn a_file_that_does_not_fit_leaves_nothing(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let project = project();
    let command =
        DirectBuild::of_project(engine, &project).file("tar", &directory.path().join("files.tar"));
    let outcome = with_small_disk(command, directory.path());
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert_eq!(outcome.stdout_text(), "");
    assert_text!(
        last_line(&outcome, directory.path()),
        @"error: cannot write `DIRECTORY/files.tar`: No space left on device (os error 28)"
    );
}

fn a_directory_that_does_not_fit_leaves_nothing(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let project = project();
    let command =
        DirectBuild::of_project(engine, &project).file("local", &directory.path().join("files"));
    let outcome = with_small_disk(command, directory.path());
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert_eq!(outcome.stdout_text(), "");
    assert_text!(
        last_line(&outcome, directory.path()),
        @"error: cannot write `DIRECTORY/files`: No space left on device (os error 28)"
    );
}

fn last_line(outcome: &Outcome, directory: &Path) -> String {
    let line = outcome.stderr.lines().last().unwrap_or_default();
    line.replace(directory.to_str().unwrap(), "DIRECTORY")
}

/// A directory in which `docker` is this script, for a `PATH`.
fn docker_that(script: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    program_that(directory.path(), "docker", script);
    directory
}

/// Makes a program of a script.
pub(super) fn program_that(directory: &Path, name: &str, script: &str) {
    let program = directory.join(name);
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Builds an image for the local engine, with these programs and those of the system.
fn loaded_by(engine: &Engine, script: &str) -> Outcome {
    let programs = docker_that(script);
    let path = format!("{}:/usr/bin:/bin", programs.path().display());
    let project = project();
    DirectBuild::of_project(engine, &project)
        .options(["--name", &unique_name()])
        .command()
        .variable("PATH", path)
        .run()
}

fn an_image_that_cannot_be_loaded_is_told(engine: &Engine) {
    let outcome = loaded_by(engine, "cat >/dev/null; echo no space left >&2; exit 3");
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(ending(&outcome), @r"
    error: `docker load` failed (exit status: 3): no space left
    hint: write the image to a file with `--output type=docker,dest=image.tar`, or push it with `--push`
    ");
}

fn a_loader_that_reads_nothing_is_told(engine: &Engine) {
    let outcome = loaded_by(
        engine,
        "echo Cannot connect to the Docker daemon >&2; exit 1",
    );
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(ending(&outcome), @r"
    error: `docker load` failed (exit status: 1): Cannot connect to the Docker daemon
    hint: write the image to a file with `--output type=docker,dest=image.tar`, or push it with `--push`
    ");
}

fn a_machine_without_a_loader_is_told(engine: &Engine) {
    let empty = tempfile::tempdir().unwrap();
    let project = project();
    let outcome = DirectBuild::of_project(engine, &project)
        .command()
        .variable("PATH", empty.path())
        .run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(outcome.stderr, @r"
    error: there is no docker, podman, nerdctl on PATH to load the image into
    hint: write the image to a file with `--output type=docker,dest=image.tar`, or push it with `--push`
    ");
}

/// The lines from the error on.
fn ending(outcome: &Outcome) -> &str {
    let start = outcome.stderr.find("error: ").unwrap_or_default();
    &outcome.stderr[start..]
}

/// `railpack` finds the program that builds beside itself or on `PATH`.
fn a_companion_alone_says_what_it_needs(_: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let alone = directory.path().join("railpack");
    fs::copy(env!("CARGO_BIN_EXE_railpack"), &alone).unwrap();
    let run = || {
        let command = Command::new(&alone).arguments(["build", "--version"]);
        command.variable("PATH", directory.path()).run()
    };
    let outcome = run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    let told = outcome
        .stderr
        .replace(directory.path().to_str().unwrap(), "DIRECTORY");
    assert_text!(told, @r"
    error: `railpack build` needs the program railpack-frontend, which is neither in DIRECTORY nor on PATH
    hint: put it beside railpack: both are in one archive
    ");

    let program = directory.path().join("railpack-frontend");
    symlink(env!("CARGO_BIN_EXE_railpack-frontend"), program).unwrap();
    run().success();
}
