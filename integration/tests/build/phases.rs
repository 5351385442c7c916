//! Builds that are in a certain phase, for what happens to them there.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::programs::with_programs;
use crate::harness::command::{Command, Running};
use crate::harness::direct::{DirectBuild, files};
use crate::harness::engine::Engine;
use crate::harness::history::Recorded;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

/// Enough for an engine that other tests keep busy.
const START_LIMIT: Duration = Duration::from_secs(3 * 60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// More than an engine takes while one looks, and of no size on the disk.
const ENDLESS: u64 = 4 << 30;

/// Takes a Docker seconds to put into its store.
const HUGE: &str = "2G";

/// Takes long over a slow socket, and a moment to make. Nothing makes it smaller.
const LARGE: &str = "16M";

/// Where the result of a build goes, and what is in that directory in the end.
#[derive(Debug)]
pub(super) struct Place(TempDir);

/// A build that is in its phase.
pub(super) struct InPhase {
    pub(super) build: Running,
    pub(super) place: Place,
    pub(super) recorded: Recorded,
    // What is read while it builds.
    _project: Project,
}

/// Who is asked to build, and of which image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'engine> {
    /// How the engine is reached.
    pub(super) by: &'engine Engine,
    /// Who knows of the build.
    pub(super) engine: &'engine Engine,
    /// What steps run in, if it is not what plans usually run in.
    pub(super) image: Option<&'engine str>,
}

impl<'engine> Asked<'engine> {
    pub(super) fn by(by: &'engine Engine, engine: &'engine Engine) -> Self {
        Self {
            by,
            engine,
            image: None,
        }
    }
}

/// A phase of a build.
pub(super) type Phase = fn(Asked<'_>) -> InPhase;

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory can be made"))
    }

    fn result(&self) -> PathBuf {
        self.0.path().join("result")
    }

    /// Nothing is under the result's name, or beside it.
    #[track_caller]
    pub(super) fn assert_empty(&self) {
        assert_eq!(files(self.0.path()), [] as [PathBuf; 0]);
    }
}

/// A command runs.
pub(super) fn a_step_runs(asked: Asked<'_>) -> InPhase {
    let token = unique_token();
    let plan = plan_of_commands(&[&format!("echo {token}; sleep 60")]);
    let wait = |phase: &mut InPhase| {
        phase
            .build
            .wait_for_stderr(&format!(" {token}\n"), START_LIMIT);
    };
    start(
        asked,
        plan,
        |_| {},
        |build, place| build.file("tar", &place.result()),
        wait,
    )
}

/// The app is on its way to the engine.
pub(super) fn files_are_sent(asked: Asked<'_>) -> InPhase {
    let mut plan = plan_of_commands(&["true"]);
    plan["steps"][0]["commands"] = json!([{ "src": ".", "dest": "." }]);
    let prepare = |app: &Path| {
        let file = fs::File::create(app.join(format!("large-{}", unique_token())));
        file.unwrap().set_len(ENDLESS).unwrap();
    };
    let wait = |phase: &mut InPhase| {
        let sent = "transferring context: ";
        phase.build.wait_for_stderr(sent, START_LIMIT);
    };
    start(
        asked,
        plan,
        prepare,
        |build, place| build.file("tar", &place.result()),
        wait,
    )
}

/// The image's files are on their way into an archive. The engine is to be reached by a slow socket.
pub(super) fn an_archive_of_files_is_written(asked: Asked<'_>) -> InPhase {
    start_writing(asked, "tar")
}

/// The image is on its way into an archive. The engine is to be reached by a slow socket.
pub(super) fn an_archive_of_the_image_is_written(asked: Asked<'_>) -> InPhase {
    start_writing(asked, "oci")
}

/// The image's files are on their way into a directory. The engine is to be reached by a slow socket.
pub(super) fn a_directory_is_written(asked: Asked<'_>) -> InPhase {
    start_writing(asked, "local")
}

fn start_writing(asked: Asked<'_>, kind: &str) -> InPhase {
    let output = |build: DirectBuild, place: &Place| build.file(kind, &place.result());
    start(asked, large(), |_| {}, output, wait_until_it_is_written)
}

/// A cache is on its way into a directory. The engine is to be reached by a slow socket.
pub(super) fn a_cache_is_written(asked: Asked<'_>) -> InPhase {
    let output = |build: DirectBuild, place: &Place| {
        let cache = format!("type=local,dest={},mode=max", place.result().display());
        build.options(["--cache-to", &cache]).without_output()
    };
    start(asked, large(), |_| {}, output, wait_until_it_is_written)
}

/// The image is on its way into the local engine, by this `docker` among others. The engine is to be reached by a slow socket.
pub(super) fn the_image_is_loaded(asked: Asked<'_>, name: &str, programs: &Path) -> InPhase {
    let output = |build: DirectBuild, _: &Place| {
        let build = build.options(["--name", name]).command();
        with_programs(build, programs)
    };
    let wait = |phase: &mut InPhase| {
        phase.build.wait_for_stderr("sending tarball", START_LIMIT);
    };
    start(asked, large(), |_| {}, output, wait)
}

/// Docker puts the image together in its store, under this name.
pub(super) fn docker_makes_the_image(asked: Asked<'_>, name: &str) -> InPhase {
    let script = format!("truncate -s {HUGE} /large; : {}", unique_token());
    let plan = plan_of_commands(&[&script]);
    let wait = |phase: &mut InPhase| {
        phase.build.wait_for_stderr("exporting layers", START_LIMIT);
    };
    start(
        asked,
        plan,
        |_| {},
        |build, _| build.options(["--name", name]).command(),
        wait,
    )
}

/// A plan with a large result, which no build before had.
fn large() -> Value {
    let token = unique_token();
    plan_of_commands(&[&format!("head -c {LARGE} /dev/urandom > /large; : {token}")])
}

fn wait_until_it_is_written(phase: &mut InPhase) {
    let place = phase.place.0.path();
    phase
        .build
        .wait_until("has written nothing", START_LIMIT, |_| size(place) > 0);
}

/// Bytes of all files in a directory.
fn size(directory: &Path) -> u64 {
    let sizes = files(directory)
        .into_iter()
        .map(|file| match file.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&file),
            Ok(metadata) => metadata.len(),
            // It has got another name meanwhile.
            Err(_) => 0,
        });
    sizes.sum()
}

#[track_caller]
pub(super) fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + START_LIMIT;
    while !condition() {
        assert!(Instant::now() < deadline, "{what}");
        sleep(POLL_INTERVAL);
    }
}

/// Starts a build, and waits until it is in its phase.
#[track_caller]
fn start(
    asked: Asked<'_>,
    mut plan: Value,
    prepare: impl FnOnce(&Path),
    output: impl FnOnce(DirectBuild, &Place) -> Command,
    wait: impl FnOnce(&mut InPhase),
) -> InPhase {
    let image = asked.image.unwrap_or(&settings().runtime_image);
    plan["steps"][0]["inputs"][0]["image"] = image.into();
    let recorded = Recorded::by(asked.engine);
    let project = recorded.project(&plan);
    prepare(project.context());
    let place = Place::new();
    let build = DirectBuild::of_project(asked.by, &project);
    let mut phase = InPhase {
        build: output(build, &place).start(),
        place,
        recorded,
        _project: project,
    };
    wait(&mut phase);
    phase
}
