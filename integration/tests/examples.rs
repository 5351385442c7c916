//! Every directory under `examples/`, as a user would build and run it: planned, built, loaded, run, asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use libtest_mimic::{Failed, Trial};

use crate::harness::case::{Case, Stop, read_cases};
use crate::harness::command::Command;
use crate::harness::container::Container;
use crate::harness::duration::timed;
use crate::harness::engine::{Build, Engine, Finding, OtherDocker, Output};
use crate::harness::http::wait_for_answer;
use crate::harness::image::Image;
use crate::harness::progress::Progress;
use crate::harness::project::PLAN_FILE;
use crate::harness::settings::{checkout, settings};

/// Long enough for a program of another architecture, under emulation.
const OUTPUT_LIMIT: Duration = Duration::from_secs(180);
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// The oldest engine that is built with. It copies where others merge: all examples on it need half an hour and 15 GB of disk. Those with
/// `oldEngine` are built in each run, the others when they are asked for: `-- docker-20.10 --ignored`.
const OLD: Engine = Engine::OtherDocker(OtherDocker::V20_10);

/// `examples/<directory>/<number of the case>/<engine>`, with `as-far-as-reachable` behind it where a build may end early. A directory that cannot be tested is a test that fails.
pub(crate) fn subject() -> Vec<Trial> {
    match directories(&checkout().join("examples")) {
        Ok(examples) => apart(examples)
            .iter()
            .flat_map(|example| trials_of(example))
            .collect(),
        Err(error) => vec![Trial::test("examples", move || Err(error.into()))],
    }
}

/// Those of one language spread evenly over all: side by side they would each download and compile what the next one finds in the
/// caches of the first.
fn apart(examples: Vec<PathBuf>) -> Vec<PathBuf> {
    let all = examples.len();
    let mut languages: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for example in examples {
        let name = name_of(&example);
        let language = name.split('-').next().unwrap_or_default();
        languages
            .entry(language.to_owned())
            .or_default()
            .push(example);
    }
    let mut placed = Vec::new();
    for examples in languages.into_values() {
        let size = examples.len();
        for (number, example) in examples.into_iter().enumerate() {
            placed.push(((2 * number + 1) * all / (2 * size), example));
        }
    }
    placed.sort();
    placed.into_iter().map(|(_, example)| example).collect()
}

fn name_of(example: &Path) -> String {
    let name = example.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn trials_of(example: &Path) -> Vec<Trial> {
    let name = format!("examples/{}", name_of(example));
    let cases = match read_cases(example) {
        Ok(cases) => cases,
        Err(problem) => return vec![Trial::test(name, move || Err(problem.into()))],
    };
    let mut trials = Vec::new();
    for (index, case) in cases.into_iter().enumerate() {
        if case.should_fail {
            let example = example.to_owned();
            trials.push(Trial::test(format!("{name}/{index}/plan"), move || {
                plan_fails(&example, &case)
            }));
            continue;
        }
        let engines = Engine::all().into_iter().chain([OLD]);
        for engine in engines {
            let is_asked_for = engine == OLD && !case.old_engine;
            let (example, case) = (example.to_owned(), case.clone());
            let ignored = case.is_skipped() || is_asked_for;
            let mut name = format!("{name}/{index}/{}", engine.name());
            if case.stops_at.is_some() {
                name.push_str("/as-far-as-reachable");
            }
            let trial = timed(name, move || builds_and_runs(&engine, &example, &case));
            trials.push(trial.with_ignored_flag(ignored));
        }
    }
    trials
}

fn plan_fails(example: &Path, case: &Case) -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    let outcome = plan(example, case, &directory.path().join(PLAN_FILE))
        .run()
        .failure();
    if outcome.stderr.contains("error: ") {
        Ok(())
    } else {
        Err(format!("says no error: {outcome}").into())
    }
}

fn builds_and_runs(engine: &Engine, example: &Path, case: &Case) -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    plan(example, case, &directory.path().join(PLAN_FILE))
        .run()
        .success();

    let mut build = Build::new(engine, example, directory.path(), Some(PLAN_FILE));
    if *engine == OLD {
        // It knows no `syntax` of a plan, and looks for that line.
        let file = directory.path().join(PLAN_FILE);
        let plan = std::fs::read_to_string(&file)?;
        std::fs::write(file, format!("# syntax={}\n{plan}", settings().frontend))?;
    }
    if matches!(engine, Engine::Docker | Engine::OtherDocker(_)) {
        build = build.finding(Finding::InPlan);
    }
    if let Some(platform) = &case.platform {
        build = build.platform(platform);
    }
    for (name, value) in &case.envs {
        build = build.secret(name, value);
    }
    let image = match &case.stops_at {
        None => build.image(),
        Some(stop) => match build_as_far_as_reachable(engine, build, stop)? {
            Some(image) => image,
            None => return Ok(()),
        },
    };

    let port = case.http_check.as_ref().map(|check| check.internal_port);
    let container = Container::start(&image, &case.envs, case.platform.as_deref(), port);
    if let Some(check) = &case.http_check {
        return Ok(wait_for_answer(&container, check, ANSWER_LIMIT)?);
    }
    let logs = container.wait_for_output(&case.expected_output, OUTPUT_LIMIT)?;
    if !case.stderr_allowed && !logs.stderr.is_empty() {
        return Err(format!(
            "the container prints on standard error, without `stderrAllowed`\n{logs}"
        )
        .into());
    }
    Ok(())
}

/// The image; none if the build ends where what it downloads cannot be reached, and says so. Any other failure is one.
fn build_as_far_as_reachable(
    engine: &Engine,
    build: Build<'_>,
    stop: &Stop,
) -> Result<Option<Image>, Failed> {
    let image = Image::of(engine);
    let outcome = build
        .raw_progress()
        .run(&Output::Image(image.name().to_owned()));
    if outcome.succeeded() {
        return Ok(Some(image));
    }
    let progress = Progress::of(&outcome);
    let failed = progress.failed();
    let is_expected = |name: &&str| stop.step.iter().any(|step| step == name);
    if failed.is_empty() || !failed.iter().all(is_expected) {
        let steps = &stop.step;
        return Err(format!("failed: {failed:?}, expected one of {steps:?}\n{outcome}").into());
    }
    let says_all = |line: &str| stop.says.iter().all(|text| line.contains(text));
    if !progress.lines().chain(outcome.stderr.lines()).any(says_all) {
        let says = &stop.says;
        return Err(format!("no line says {says:?}\n{outcome}").into());
    }
    Ok(None)
}

/// `railpack plan`, with what the case says.
fn plan(example: &Path, case: &Case, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_railpack"))
        .argument("plan")
        .argument(example);
    command = command.argument("--out").argument(out);
    for (name, value) in &case.envs {
        command = command
            .argument("--env")
            .argument(format!("{name}={value}"));
    }
    if let Some(file) = &case.config_file {
        command = command.argument("--config-file").argument(file);
    }
    command
}

/// The directories in another one, sorted by name.
pub(super) fn directories(parent: &Path) -> std::io::Result<Vec<PathBuf>> {
    let paths: std::io::Result<Vec<_>> =
        parent.read_dir()?.map(|entry| Ok(entry?.path())).collect();
    let mut directories: Vec<_> = paths?.into_iter().filter(|path| path.is_dir()).collect();
    directories.sort();
    Ok(directories)
}
