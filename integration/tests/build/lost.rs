//! An engine that goes away, or the way to it, while files go there or results come from there: it is told at once, what is half
//! there does not stay, and the engine does not work on.

use std::time::{Duration, Instant};

use libtest_mimic::Trial;

use super::phases::{
    Asked, InPhase, Phase, a_cache_is_written, a_directory_is_written, a_step_runs,
    an_archive_of_files_is_written, an_archive_of_the_image_is_written, docker_makes_the_image,
    files_are_sent, the_image_is_loaded, wait_until,
};
use super::programs::write_program;
use crate::harness::command::{Command, Outcome};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, OtherDocker};
use crate::harness::history::Recorded;
use crate::harness::image::Image;
use crate::harness::private_docker::PrivateDocker;
use crate::harness::private_engine::PrivateEngine;
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::proxy::Proxy;
use crate::harness::unique::{unique_name, unique_token};
use crate::tests::{Subject, named};

/// A build ends within this time.
const LIMIT: Duration = Duration::from_secs(10);

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/lost")
        .on_both(named![
            a_connection_that_breaks_while_files_are_sent,
            a_connection_that_breaks_while_files_are_written,
        ])
        .on_docker_20_10(named![
            a_connection_that_breaks_while_files_are_sent,
            a_connection_that_breaks_while_files_are_written,
            a_docker_that_is_killed_in_each_phase,
        ])
        .on_buildkit(named![
            a_connection_that_breaks_while_the_image_is_written,
            a_connection_that_breaks_while_a_cache_is_written,
            a_connection_that_breaks_while_the_image_is_loaded,
            an_engine_that_is_killed_in_each_phase,
        ])
        .on_docker(named![a_docker_that_is_killed_in_each_phase])
        .trials
}

/// Takes the engine away, and sees the build end.
#[track_caller]
fn assert_lost(phase: InPhase, lose: impl FnOnce()) -> Outcome {
    let since = Instant::now();
    lose();
    let outcome = phase.build.wait();
    let elapsed = since.elapsed();
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert!(elapsed < LIMIT, "{elapsed:?} {outcome}");
    let lines: Vec<_> = outcome.stderr.lines().rev().take(2).collect();
    let [hint, error] = lines.as_slice() else {
        panic!("{outcome}");
    };
    assert!(
        error.starts_with("error: the connection to the engine broke during the build"),
        "{outcome}"
    );
    assert_eq!(
        *hint, "hint: build again when the engine is back; what it has cached is not lost",
        "{outcome}"
    );
    phase.place.assert_empty();
    outcome
}

/// Cuts the connection to one of the engines that all tests share.
#[track_caller]
fn assert_cut(engine: &Engine, phase: Phase) {
    let proxy = Proxy::slow(engine);
    let by = proxy.engine();
    let phase = phase(Asked::by(&by, engine));
    if *engine == Engine::OtherDocker(OtherDocker::V20_10) {
        assert_lost(phase, || proxy.cut());
        return;
    }
    let recorded = phase.recorded.clone();
    recorded.assert_running();
    assert_lost(phase, || proxy.cut());
    recorded.assert_stopped();
}

fn a_connection_that_breaks_while_files_are_sent(engine: &Engine) {
    assert_cut(engine, files_are_sent);
}

fn a_connection_that_breaks_while_files_are_written(engine: &Engine) {
    assert_cut(engine, an_archive_of_files_is_written);
    assert_cut(engine, a_directory_is_written);
}

fn a_connection_that_breaks_while_the_image_is_written(engine: &Engine) {
    assert_cut(engine, an_archive_of_the_image_is_written);
}

fn a_connection_that_breaks_while_a_cache_is_written(engine: &Engine) {
    assert_cut(engine, a_cache_is_written);
}

fn a_connection_that_breaks_while_the_image_is_loaded(engine: &Engine) {
    let proxy = Proxy::slow(engine);
    let by = proxy.engine();
    let recorded = assert_load_lost(Asked::by(&by, engine), || proxy.cut());
    recorded.assert_stopped();
}

/// The program that loads the image is ended too, and has no image.
#[track_caller]
fn assert_load_lost(asked: Asked<'_>, lose: impl FnOnce()) -> Recorded {
    let programs = tempfile::tempdir().unwrap();
    let process = programs.path().join("process");
    let path = std::env::var("PATH").unwrap();
    let script = format!(
        "echo $$ > {}; PATH='{path}' exec docker \"$@\"",
        process.display()
    );
    write_program(programs.path(), "docker", &script);
    let image = Image::of(asked.engine);
    let phase = the_image_is_loaded(asked, image.name(), programs.path());
    let process = std::fs::read_to_string(process).unwrap();
    let recorded = phase.recorded.clone();
    assert_lost(phase, lose);
    wait_until("the program still loads", || {
        let process = Command::new("kill").arguments(["-0", process.trim()]);
        !process.succeeds()
    });
    let inspect = ["image", "inspect", image.name()];
    image.engine().docker(inspect).run().failure();
    recorded
}

fn an_engine_that_is_killed_in_each_phase(_: &Engine) {
    let mut private = PrivateEngine::start();
    let engine = private.engine();
    let kept = Kept::build(&engine, None);
    let phases: [Phase; 3] = [
        a_step_runs,
        files_are_sent,
        an_archive_of_the_image_is_written,
    ];
    for phase in phases {
        let proxy = Proxy::slow(&engine);
        let by = proxy.engine();
        let phase = phase(Asked::by(&by, &engine));
        phase.recorded.assert_running();
        assert_lost(phase, || private.kill());
        private.start_again();
    }
    let proxy = Proxy::slow(&engine);
    let by = proxy.engine();
    assert_load_lost(Asked::by(&by, &engine), || private.kill());
    private.start_again();
    assert!(kept.is_cached(&engine));
}

fn a_docker_that_is_killed_in_each_phase(engine: &Engine) {
    let mut private = PrivateDocker::like(engine);
    let image = private.load();
    let engine = private.engine();
    let kept = Kept::build(&engine, Some(&image));
    let name = unique_name();
    let makes_the_image = |asked: Asked<'_>| docker_makes_the_image(asked, &name);
    let phases: [&dyn Fn(Asked<'_>) -> InPhase; 4] = [
        &a_step_runs,
        &files_are_sent,
        &an_archive_of_files_is_written,
        &makes_the_image,
    ];
    for phase in phases {
        let proxy = Proxy::slow(&engine);
        let by = proxy.engine();
        let asked = Asked {
            image: Some(&image),
            ..Asked::by(&by, &engine)
        };
        assert_lost(phase(asked), || private.kill());
        private.start_again();
    }
    assert!(kept.is_cached(&engine));
    let images = private.docker(["image", "ls", "--quiet", &name]);
    assert_eq!(images.run().success().stdout_text(), "");
}

/// A step that has run once.
struct Kept {
    project: Project,
    token: String,
}

impl Kept {
    #[track_caller]
    fn build(engine: &Engine, image: Option<&str>) -> Self {
        let token = unique_token();
        let mut plan = plan_of_commands(&[&format!("echo {token}")]);
        if let Some(image) = image {
            plan["steps"][0]["inputs"][0]["image"] = image.into();
        }
        let kept = Self {
            project: Project::with_plan(&plan),
            token,
        };
        assert!(!kept.is_cached(engine));
        kept
    }

    #[track_caller]
    fn is_cached(&self, engine: &Engine) -> bool {
        let build = DirectBuild::of_project(engine, &self.project).raw_progress();
        let outcome = build.without_output().run().success();
        Progress::of(&outcome).is_cached(&self.token)
    }
}
