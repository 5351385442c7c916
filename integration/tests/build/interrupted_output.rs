//! Ctrl-C while a result is made of the steps, and goes where it belongs: the engine stops, and what is half there does not stay.

use std::time::Duration;

use libtest_mimic::Trial;

use super::interrupted::{interrupt, interrupt_while_it_asks, interrupt_within};
use super::phases::{
    Asked, Phase, a_cache_is_written, a_directory_is_written, an_archive_of_files_is_written,
    an_archive_of_the_image_is_written, docker_makes_the_image,
};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::history::Recorded;
use crate::harness::image::Image;
use crate::harness::project::plan_of_commands;
use crate::harness::proxy::Proxy;
use crate::harness::silent::Silent;
use crate::harness::unique::{unique_name, unique_token};
use crate::tests::{Subject, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/interrupted_output")
        .on_both(named![while_files_are_written])
        .on_buildkit(named![
            while_the_image_is_written,
            while_a_cache_is_written,
            while_a_cache_is_pushed,
        ])
        .on_docker(named![while_docker_makes_the_image])
        .on_docker_with_containerd(named![
            while_the_image_is_written,
            while_a_cache_is_written,
            while_a_cache_is_pushed,
            while_docker_makes_the_image,
        ])
        .trials
}

/// Thousands of files are removed within this time, also by a machine that runs many tests.
const LIMIT: Duration = Duration::from_secs(10);

/// A layer that Docker does not stop in is made within this time, also on a slow disk.
const LAYER_LIMIT: Duration = Duration::from_secs(120);

/// Presses Ctrl-C in a phase that a slow socket makes long.
#[track_caller]
fn assert_interrupted(engine: &Engine, phase: Phase) {
    let proxy = Proxy::slow(engine);
    let by = proxy.engine();
    let phase = phase(Asked::by(&by, engine));
    phase.recorded.assert_running();
    interrupt_within(phase.build, LIMIT);
    phase.place.assert_empty();
    phase.recorded.assert_stopped();
}

fn while_files_are_written(engine: &Engine) {
    assert_interrupted(engine, an_archive_of_files_is_written);
    assert_interrupted(engine, a_directory_is_written);
}

fn while_the_image_is_written(engine: &Engine) {
    assert_interrupted(engine, an_archive_of_the_image_is_written);
}

fn while_a_cache_is_written(engine: &Engine) {
    assert_interrupted(engine, a_cache_is_written);
}

fn while_a_cache_is_pushed(engine: &Engine) {
    let silent = Silent::start();
    let cache = format!("{}/{}:cache", silent.address(), unique_name());
    let recorded = Recorded::by(engine);
    let plan = plan_of_commands(&[&format!("echo {}", unique_token())]);
    let project = recorded.project(&plan);
    let build = DirectBuild::of_project(engine, &project).options(["--cache-to", &cache]);
    interrupt_while_it_asks(&silent, &recorded, build.without_output().start());
}

/// The classic image store does not stop in the middle of a layer, whoever asks for it: what it then has is a whole image.
fn while_docker_makes_the_image(engine: &Engine) {
    let image = Image::of(engine);
    let phase = docker_makes_the_image(Asked::by(engine, engine), image.name());
    interrupt(phase.build);
    let is_built = phase.recorded.is_built_within(LAYER_LIMIT);
    assert!(!is_built || *engine == Engine::Docker);
    let inspect = ["image", "inspect", image.name()];
    assert_eq!(engine.docker(inspect).succeeds(), is_built);
    if is_built {
        image.run_script("test -s /large").success();
    }
}
