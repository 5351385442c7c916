//! Ctrl-C in each phase of a build: it ends at once, with nothing left running and nothing left behind.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::json;
use tempfile::TempDir;

use super::phases::{Asked, files_are_sent, wait_until};
use super::unwritten::program_that;
use crate::harness::command::{Command, Outcome, Running};
use crate::harness::direct::{DirectBuild, files};
use crate::harness::engine::Engine;
use crate::harness::history::Recorded;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::silent::Silent;
use crate::harness::unique::unique_name;
use crate::tests::{Subject, named};

/// A build ends within two seconds; a machine that runs many tests takes a little longer.
const LIMIT: Duration = Duration::from_secs(4);
/// An engine gives a TLS handshake that nobody answers ten seconds, also when nobody waits for it any more.
const HANGUP_LIMIT: Duration = Duration::from_secs(30);
const START_LIMIT: Duration = Duration::from_secs(3 * 60);

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
            while_the_image_is_pushed,
        ])
        .trials
}

/// Presses Ctrl-C.
#[track_caller]
pub(super) fn interrupt(build: Running) -> Outcome {
    interrupt_within(build, LIMIT)
}

#[track_caller]
pub(super) fn interrupt_within(mut build: Running, limit: Duration) -> Outcome {
    let interrupted = Instant::now();
    build.interrupt();
    let outcome = build.wait();
    assert_eq!(outcome.code(), Some(130), "{outcome}");
    let elapsed = interrupted.elapsed();
    assert!(elapsed < limit, "{elapsed:?} {outcome}");
    outcome
}

/// The engine wants nothing of the other side any more.
#[track_caller]
fn assert_hung_up(mut connection: TcpStream) {
    connection.set_read_timeout(Some(HANGUP_LIMIT)).unwrap();
    let mut request = Vec::new();
    match connection.read_to_end(&mut request) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
    }
}

/// Presses Ctrl-C once the engine asks a server that does not answer: it stops the build, and hangs up.
#[track_caller]
pub(super) fn interrupt_while_it_asks(silent: &Silent, recorded: &Recorded, build: Running) {
    let connection = silent.wait(START_LIMIT);
    recorded.assert_running();
    interrupt(build);
    recorded.assert_stopped();
    assert_hung_up(connection);
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
    let phase = files_are_sent(Asked::by(engine, engine));
    phase.recorded.assert_running();
    interrupt(phase.build);
    phase.place.assert_empty();
    phase.recorded.assert_stopped();
}

fn while_an_image_is_looked_up(engine: &Engine) {
    let silent = Silent::start();
    let image = format!("{}/{}:1", silent.address(), unique_name());
    let mut plan = plan_of_commands(&["true"]);
    plan["steps"][0]["inputs"] = json!([{ "image": image }]);
    let recorded = Recorded::by(engine);
    let project = recorded.project(&plan);
    let build = DirectBuild::of_project(engine, &project);
    interrupt_while_it_asks(&silent, &recorded, build.without_output().start());
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
    let recorded = Recorded::by(engine);
    let project = recorded.project(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--name", &name, "--push"]).command().start();
    let connection = silent.wait(START_LIMIT);
    interrupt(build);
    // Docker's classic image store pushes what is built, and keeps it.
    let is_built = *engine == Engine::Docker;
    assert_eq!(recorded.wait_until_built_or_stopped(), is_built);
    assert_hung_up(connection);
    engine.docker(["image", "rm", "--force", &name]).run();
}
