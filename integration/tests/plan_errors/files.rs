//! Files that are no plan, or none that can be read.

use std::fmt::Write as _;

use super::told_of;
use crate::harness::engine::{Engine, Output};
use crate::harness::project::Project;
use crate::harness::redaction::told;
use crate::tests::assert_text;

pub(super) fn a_named_plan_that_is_not_there(engine: &Engine) {
    let project = Project::new().plan_text("other.json", "{}");
    std::fs::remove_file(project.plan_path()).unwrap();
    assert_text!(told(&project.build(engine).run(&Output::Nothing).failure()), @r"
    error: no build plan: the local `dockerfile` has no file `other.json`
      hint: write one with `railpack plan`; name it with `docker build --file` if it has another name or is in another directory
    ");
}

pub(super) fn a_plan_that_is_a_directory(engine: &Engine) {
    let project = Project::new().plan_text("rpk.json/file", "{}");
    assert_text!(told(&project.build_without_filename(engine).run(&Output::Nothing).failure()), @r"
    error: the build plan `rpk.json` is not a file
      hint: name the file that `railpack plan` wrote with `docker build --file`
    ");
}

pub(super) fn an_empty_plan(engine: &Engine) {
    assert_text!(told_of(engine, ""), @r"
    rpk.json:1
    --------------------
       1 | >>> 
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:1:1: the file is empty
      1 | 
        | ^
      hint: `railpack plan` writes a plan
    ");
}

pub(super) fn a_truncated_plan(engine: &Engine) {
    assert_text!(told_of(engine, "{\n  \"steps\": [\n    { \"name\": \"build\","), @r#"
    rpk.json:3
    --------------------
       1 |     {
       2 |       "steps": [
       3 | >>>     { "name": "build",
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:3:5: the object that begins here is never closed: the file ends before
      3 |     { "name": "build",
        |     ^^^^^^^^^^^^^^^^^^
      hint: was the file cut off?
    "#);
}

pub(super) fn a_binary_file(engine: &Engine) {
    assert_text!(told_of(engine, b"GIF89a\xff\xfe\n\x80\x81"), @r"
    rpk.json:1
    --------------------
       1 | >>> GIF89a��
       2 |     ��
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:1:7: the file is not UTF-8 text
      1 | GIF89a��
        |       ^
      hint: is this the right file? A plan is a JSON text
    ");
}

pub(super) fn deep_nesting(engine: &Engine) {
    let lines = |bracket: &str| format!("{bracket}\n").repeat(100_000);
    let plan = format!("{{\"steps\":\n{}{}}}", lines("["), lines("]"));
    assert_text!(told_of(engine, plan), @r"
    rpk.json:65
    --------------------
      63 |     [
      64 |     [
      65 | >>> [
      66 |     [
      67 |     [
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:65:1: lists and objects are nested more than 64 deep
      65 | [
         | ^
      hint: is this the right file? `railpack plan` writes a plan
    ");
}

/// A terminal is not flooded by a plan without line breaks.
pub(super) fn an_error_in_a_long_line(engine: &Engine) {
    let mut plan = String::from(r#"{"steps":["#);
    for number in 0..1000 {
        write!(
            plan,
            r#"{{"name":"step-{number}","inputs":[{{"image":"debian"}}]}},"#
        )
        .unwrap();
    }
    plan.push_str(
        r#"{"name":"last","inputs":[{"step":"step-1000"}]}],"deploy":{"base":{"step":"last"}}}"#,
    );
    assert_text!(told_of(engine, plan), @r#"
    rpk.json:1
    --------------------
       1 | >>> {"steps":[{"name":"step-0","inputs":[{"image":"debian"}]},{"name":"step-1","inputs":[{"image":"debian"}]},{"name":"step-2","inputs":[{"image":"debian"}]},{"name":"step-3","inputs":[{"image":"debian"}]...
    --------------------
    error: the build plan `rpk.json` cannot be built:
    error: rpk.json:1:49926: step `last` uses step `step-1000`, which does not exist
      1 | ...e":"debian"}]},{"name":"last","inputs":[{"step":"step-1000"}]}],"deploy":{"base":{"step":"last"}}}
        |                                            ^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `step-100`?
    warning: rpk.json:1:49959: `deploy.startCommand` is missing
      1 | ...puts":[{"step":"step-1000"}]}],"deploy":{"base":{"step":"last"}}}
        |                                            ^^^^^^^^^^^^^^^^^^^^^^^^
      hint: without one the container starts a shell
    "#);
}

/// More than any plan has, and more than the engine passes on at once.
pub(super) fn twenty_megabytes_of_json(engine: &Engine) {
    let mut plan = String::from("{\"steps\": [\n");
    let mut number = 0;
    while plan.len() < 20 << 20 {
        writeln!(
            plan,
            "{{ \"name\": \"step-{number}\", \"inputs\": [{{ \"image\": \"debian\" }}] }},"
        )
        .unwrap();
        number += 1;
    }
    plan.push_str("{ \"name\": \"last\", \"inputs\": [{ \"image\": \"debian\" }] }]}");
    assert_text!(told_of(engine, plan), @r"
    error: the build plan `rpk.json` has 20971623 bytes, more than the 8388608 that are read
      hint: name the file that `railpack plan` wrote with `docker build --file`
    ");
}
