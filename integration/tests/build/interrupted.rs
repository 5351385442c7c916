//! Ctrl-C in each phase of a build: it ends at once, with nothing left running and nothing left behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::json;
use tempfile::TempDir;

use super::unwritten::program_that;
use crate::harness::command::{Command, Outcome, Running};
use crate::harness::direct::{DirectBuild, files};
use crate::harness::engine::Engine;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::silent::Silent;
use crate::harness::unique::{unique_name, unique_token};
use crate::tests::{Subject, named};

/// A build ends within two seconds; a machine that runs many tests takes a little longer.
const LIMIT: Duration = Duration::from_secs(4);
const START_LIMIT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/interrupted")
        .on_buildkit(named![
            while_an_engine_is_looked_for,
            while_the_app_is_planned,
            a_plan_that_is_not_built,
            while_the_image_is_loaded,
        ])
        .on_both(named![
            while_files_are_sent,
            while_an_image_is_looked_up,
            while_a_file_is_written,
            while_the_image_is_pushed,
        ])
        .trials
}

/// Presses Ctrl-C.
#[track_caller]
fn interrupt(mut build: Running) -> Outcome {
    let interrupted = Instant::now();
    build.interrupt();
    let outcome = build.wait();
    assert_eq!(outcome.code(), Some(130), "{outcome}");
    let elapsed = interrupted.elapsed();
    assert!(elapsed < LIMIT, "{elapsed:?} {outcome}");
    outcome
}

#[track_caller]
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + START_LIMIT;
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        sleep(POLL_INTERVAL);
    }
}

/// A program on `PATH` that writes its process id into a file once it has begun, and then never ends.
struct Endless {
    programs: TempDir,
    file: PathBuf,
}

impl Endless {
    /// `first` is what it does first.
    fn named(name: &str, first: &str) -> Self {
        let programs = tempfile::tempdir().unwrap();
        let file = programs.path().join("process");
        let script = format!("{first}; echo $$ > {}; exec sleep 600", file.display());
        program_that(programs.path(), name, &script);
        Self { programs, file }
    }

    fn path(&self) -> String {
        format!("{}:/usr/bin:/bin", self.programs.path().display())
    }

    /// The process id, once it has begun.
    #[track_caller]
    fn process(&self) -> String {
        let read = || fs::read_to_string(&self.file).unwrap_or_default();
        wait_until("the program does not begin", || read().ends_with('\n'));
        read().trim().to_owned()
    }
}

#[track_caller]
fn assert_ends(process: &str) {
    wait_until("the program still runs", || {
        !Command::new("kill").arguments(["-0", process]).succeeds()
    });
}

fn while_an_engine_is_looked_for(_: &Engine) {
    let silent = Silent::start();
    let engine = Engine::BuildKit {
        address: Some(format!("tcp://{}", silent.address())),
    };
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(&engine, &project).without_output();
    let build = build.start();
    let _connection = silent.wait(START_LIMIT);
    let outcome = interrupt(build);
    assert_eq!(outcome.stderr, "error: interrupted\n");
}

fn while_the_app_is_planned(engine: &Engine) {
    let app = tempfile::tempdir().unwrap();
    let manifest = json!({ "engines": { "node": ">=18" }, "main": "index.js" });
    fs::write(app.path().join("package.json"), manifest.to_string()).unwrap();
    let mise = Endless::named("mise", ":");
    let temporary = tempfile::tempdir().unwrap();
    let build = DirectBuild::of_directory(engine, app.path()).without_output();
    let build = build
        .variable("PATH", mise.path())
        .variable("TMPDIR", temporary.path())
        .start();
    let process = mise.process();
    let outcome = interrupt(build);
    assert_eq!(outcome.stderr, "error: interrupted\n");
    assert_ends(&process);
    assert_eq!(files(temporary.path()), [] as [PathBuf; 0]);
}

/// `railpack plan`, `prepare` and `info` end in the same way, whoever asks for it.
fn a_plan_that_is_not_built(_: &Engine) {
    let app = tempfile::tempdir().unwrap();
    let manifest = json!({ "engines": { "node": ">=18" }, "main": "index.js" });
    fs::write(app.path().join("package.json"), manifest.to_string()).unwrap();
    for (command, signal) in [("plan", "-INT"), ("prepare", "-TERM"), ("info", "-HUP")] {
        let mise = Endless::named("mise", ":");
        let temporary = tempfile::tempdir().unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_railpack")).argument(command);
        let run = run
            .argument(app.path())
            .variable("PATH", mise.path())
            .variable("TMPDIR", temporary.path())
            .start();
        let process = mise.process();
        assert!(!files(temporary.path()).is_empty(), "mise has a directory");
        let outcome = run.end_by(signal);
        assert_eq!(outcome.code(), Some(130), "{outcome}");
        assert_eq!(outcome.stderr, "error: interrupted\n");
        assert_eq!(outcome.stdout_text(), "");
        assert_ends(&process);
        assert_eq!(files(temporary.path()), [] as [PathBuf; 0]);
    }
}

fn while_files_are_sent(engine: &Engine) {
    let mut plan = plan_of_commands(&["true"]);
    plan["steps"][0]["commands"] = json!([{ "src": ".", "dest": "." }]);
    let project = Project::with_plan(&plan).file("large", unique_token());
    let large = project.context().join("large");
    let large = fs::File::options().write(true).open(large).unwrap();
    large.set_len(4 << 30).unwrap();
    let build = DirectBuild::of_project(engine, &project);
    let mut build = build.without_output().start();
    build.wait_for_stderr("transferring context: ", START_LIMIT);
    interrupt(build);
}

fn while_an_image_is_looked_up(engine: &Engine) {
    let silent = Silent::start();
    let image = format!("{}/{}:1", silent.address(), unique_name());
    let mut plan = plan_of_commands(&["true"]);
    plan["steps"][0]["inputs"] = json!([{ "image": image }]);
    let project = Project::with_plan(&plan);
    let build = DirectBuild::of_project(engine, &project);
    let build = build.without_output().start();
    let _connection = silent.wait(START_LIMIT);
    interrupt(build);
}

fn while_a_file_is_written(engine: &Engine) {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("truncate -s 4G /large; : {}", unique_token());
    let project = Project::with_plan(&plan_of_commands(&[&script]));
    let build = DirectBuild::of_project(engine, &project);
    let build = build
        .file("tar", &directory.path().join("files.tar"))
        .start();
    wait_until("nothing is written", || size(directory.path()) > 0);
    interrupt(build);
    assert_eq!(files(directory.path()), [] as [PathBuf; 0]);
}

/// Bytes of the files in a directory.
fn size(directory: &Path) -> u64 {
    let sizes = files(directory).into_iter();
    sizes
        .filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum()
}

fn while_the_image_is_loaded(engine: &Engine) {
    let docker = Endless::named("docker", "cat > /dev/null");
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--name", &unique_name()]).command();
    let build = build.variable("PATH", docker.path()).start();
    let process = docker.process();
    interrupt(build);
    assert_ends(&process);
}

fn while_the_image_is_pushed(engine: &Engine) {
    let silent = Silent::start();
    let name = format!("{}/{}:1", silent.address(), unique_name());
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--name", &name, "--push"]).command().start();
    let _connection = silent.wait(START_LIMIT);
    interrupt(build);
    // Docker's classic image store keeps it.
    engine.docker(["image", "rm", "--force", &name]).run();
}
