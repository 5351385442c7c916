//! Options that the frontend cannot honour are refused or warned about.

use libtest_mimic::Trial;
use serde_json::Value;

use super::{Subject, assert_text, named};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::redaction::told;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("options")
        .on_both(named![
            an_unknown_build_argument_is_warned_about,
            railpack_build_refuses_what_is_malformed,
        ])
        // docker knows no other options than its own, and looks at some of those by itself.
        .on_buildkit(named![
            what_the_engine_refuses_itself,
            a_platform_that_is_not_linux,
            a_malformed_source_date_epoch,
            an_unknown_option_is_warned_about,
        ])
        .trials
}

/// What engines read themselves to run the frontend in, they refuse themselves: no frontend has been started then.
/// <https://github.com/moby/buildkit/blob/v0.32.2/frontend/gateway/gateway.go>
fn what_the_engine_refuses_itself(engine: &Engine) {
    let options = [
        "platform=linux/amd64/v1/what",
        "ulimit=nofile",
        "shm-size=64m",
        "force-network-mode=bridge",
        "add-hosts=database",
        "image-resolve-mode=sometimes",
        "multi-platform=maybe",
        "cache-imports=[{",
    ];
    let texts = options.map(|option| told_of(engine, option));
    assert_text!(texts.join("\n"), @r#"
    error: failed to parse target platform linux/amd64/v1/what: "linux/amd64/v1/what": cannot parse platform specifier: invalid argument
    error: failed to parse ulimit: invalid ulimit argument: nofile
    error: failed to parse shm size: strconv.ParseInt: parsing "64m": invalid syntax
    error: invalid netmode bridge
    error: failed to parse additional hosts: invalid key-value pair database
    error: invalid image-resolve-mode: sometimes
    error: invalid boolean value for multi-platform: maybe
    error: failed to unmarshal cache-imports ("[{"): unexpected end of JSON input
    "#);
}

/// Where no engine is before it, the frontend's own code tells what was found and what to do.
fn railpack_build_refuses_what_is_malformed(engine: &Engine) {
    let options = [
        ["--platform", "linux/amd64/v1/what"],
        ["--ulimit", "nofile"],
        ["--shm-size", "much"],
        ["--network", "bridge"],
        ["--add-host", "database"],
    ];
    let project = Project::with_plan(&plan_that_starts_something());
    let texts = options.map(|option| {
        let build = DirectBuild::of_project(engine, &project).options(option);
        told(&build.without_output().run().failure())
    });
    assert_text!(texts.join("\n"), @r"
    error: platform `linux/amd64/v1/what`: more than os/architecture/variant; write it like `linux/arm/v7`
      hint: name one as `linux/amd64` or `linux/arm64`: `docker build --platform linux/amd64`
    error: the option `ulimit` (`docker build --ulimit`) is `nofile`: `name=soft` or `name=soft:hard` is expected
      hint: give `--ulimit nofile=1024` or `--ulimit nofile=1024:4096`
    error: --shm-size much: it is not a size
      hint: give a whole number of bytes, or with a unit: `64m`, `1g`
    error: the option `force-network-mode` (`docker build --network`) is `bridge`: a build has no such network
      hint: give `default`, `none` or `host`
    error: --add-host database: it has no address
      hint: give a name and its address, as `--add-host db.example.com:192.0.2.1`
    ");
}

fn a_platform_that_is_not_linux(engine: &Engine) {
    assert_text!(told_of(engine, "platform=windows/amd64"), @r"
    error: the platform `windows/amd64` is not supported: plans make Linux images
      hint: name one as `linux/amd64` or `linux/arm64`: `docker build --platform linux/amd64`
    ");
}

fn an_unknown_option_is_warned_about(engine: &Engine) {
    let project = Project::with_plan(&plan_that_starts_something());
    let build = project
        .build(engine)
        .options([], ["--opt", "from-the-future=1"])
        .raw_progress();
    let progress = Progress::of(&build.run(&Output::Nothing).success());
    assert_eq!(
        progress.warnings(),
        ["the option `from-the-future` is not known and has no effect"]
    );
}

fn a_malformed_source_date_epoch(engine: &Engine) {
    let project = Project::with_plan(&plan_that_starts_something());
    let build = project
        .build(engine)
        .build_argument("SOURCE_DATE_EPOCH", "yesterday");
    assert_text!(told(&build.run(&Output::Nothing).failure()), @r"
    error: the build argument `SOURCE_DATE_EPOCH` is `yesterday`, which is not a time
      hint: give the whole seconds since 1970, as `date +%s` prints them
    ");
}

fn an_unknown_build_argument_is_warned_about(engine: &Engine) {
    let project = Project::with_plan(&plan_that_starts_something());
    let build = project
        .build(engine)
        .build_argument("SOMETHING_ELSE", "1")
        .raw_progress();
    let progress = Progress::of(&build.run(&Output::Nothing).success());
    assert_eq!(
        progress.warnings(),
        ["One or more build-args were not consumed: SOMETHING_ELSE"]
    );
}

fn plan_that_starts_something() -> Value {
    let mut plan = plan_of_commands(&["true"]);
    plan["deploy"]["startCommand"] = Value::from("true");
    plan
}

#[track_caller]
fn told_of(engine: &Engine, option: &str) -> String {
    let project = Project::with_plan(&plan_that_starts_something());
    told(
        &project
            .build(engine)
            .options([], ["--opt", option])
            .run(&Output::Nothing)
            .failure(),
    )
}
