//! Options that the frontend cannot honour are refused or warned about.

use libtest_mimic::Trial;
use serde_json::Value;

use super::{Subject, assert_text, named};
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::redaction::told;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("options")
        .on_both(named![an_unknown_build_argument_is_warned_about,])
        // docker knows no other options than its own, and looks at some of those by itself.
        .on_buildkit(named![
            a_malformed_platform,
            a_platform_that_is_not_linux,
            a_malformed_source_date_epoch,
            an_unknown_option_is_warned_about,
        ])
        .trials
}

fn a_malformed_platform(engine: &Engine) {
    assert_text!(told_of(engine, "platform=linux/amd64/v1/what"), @r#"error: failed to parse target platform linux/amd64/v1/what: "linux/amd64/v1/what": cannot parse platform specifier: invalid argument"#);
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
