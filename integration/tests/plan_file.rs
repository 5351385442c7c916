//! Where the plan is found, and how it names its frontend.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::{Subject, assert_text, named};
use crate::harness::engine::{Build, Engine, Finding, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{PLAN_FILE, Project, plan_of_commands};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("plan_file")
        .on_both(named![
            a_plan_of_any_name_is_built,
            a_plan_may_start_with_comment_lines,
            what_may_be_a_mistake_is_warned_about
        ])
        .on_buildkit(named![
            rpk_json_is_found_without_its_name,
            railpack_plan_json_is_found_without_its_name,
            rpk_json_comes_before_railpack_plan_json,
        ])
        .on_docker(named![
            docker_finds_the_frontend_by_the_syntax_of_the_plan,
            docker_finds_the_frontend_by_a_syntax_line
        ])
        .on_docker_20_10(named![
            a_plan_of_any_name_is_built,
            // Not by the plan's own `syntax`, which BuildKit reads since 0.11.
            docker_finds_the_frontend_by_a_syntax_line,
        ])
        .on_docker_with_containerd(named![docker_finds_the_frontend_by_a_syntax_line])
        .trials
}

fn a_plan_of_any_name_is_built(engine: &Engine) {
    let (plan, token) = plan_with_token();
    let project = Project::new().plan_text("plans/other.name", plan.to_string());
    assert_builds(&project, engine, &token);
}

fn a_plan_may_start_with_comment_lines(engine: &Engine) {
    let (plan, token) = plan_with_token();
    let text = format!(
        "# syntax={}\n// made by hand\n\n{plan:#}\n",
        settings().frontend
    );
    assert_builds(&Project::new().plan_text(PLAN_FILE, text), engine, &token);
}

fn what_may_be_a_mistake_is_warned_about(engine: &Engine) {
    let (mut plan, token) = plan_with_token();
    plan["$schema"] = Value::from("https://schema.railpack.com");
    plan["fromTheFuture"] = Value::from(1);
    plan["steps"][0]["varaibles"] = json!({ "A": "1" });
    let project = Project::with_plan(&plan);
    let build = project.build(engine).raw_progress();
    let progress = Progress::of(&build.run(&Output::Nothing).success());
    assert_eq!(progress.log(&token), format!("{token}\n"));
    assert_text!(progress.warnings().join("\n"), @r"
    `deploy.startCommand` is missing (rpk.json:3)
    unknown field `fromTheFuture` (rpk.json:8)
    unknown field `varaibles` in `steps[0]` (rpk.json:23)
    ");
}

fn rpk_json_is_found_without_its_name(engine: &Engine) {
    let (plan, token) = plan_with_token();
    assert_is_found(
        &Project::new().plan_text("rpk.json", plan.to_string()),
        engine,
        &token,
    );
}

fn railpack_plan_json_is_found_without_its_name(engine: &Engine) {
    let (plan, token) = plan_with_token();
    assert_is_found(
        &Project::new().plan_text("railpack-plan.json", plan.to_string()),
        engine,
        &token,
    );
}

fn rpk_json_comes_before_railpack_plan_json(engine: &Engine) {
    let (plan, token) = plan_with_token();
    let project = Project::new()
        .plan_text("railpack-plan.json", "{")
        .plan_text("rpk.json", plan.to_string());
    assert_is_found(&project, engine, &token);
}

fn docker_finds_the_frontend_by_the_syntax_of_the_plan(engine: &Engine) {
    let (mut plan, token) = plan_with_token();
    plan["syntax"] = Value::from(settings().frontend.as_str());
    assert_names_its_frontend(&Project::with_plan(&plan), engine, &token);
}

fn docker_finds_the_frontend_by_a_syntax_line(engine: &Engine) {
    let (plan, token) = plan_with_token();
    let text = format!("# syntax={}\n{plan}", settings().frontend);
    assert_names_its_frontend(&Project::new().plan_text(PLAN_FILE, text), engine, &token);
}

/// A plan whose one command prints a token.
fn plan_with_token() -> (Value, String) {
    let token = unique_token();
    (plan_of_commands(&[&format!("echo {token}")]), token)
}

#[track_caller]
fn assert_builds(project: &Project, engine: &Engine, token: &str) {
    assert_prints(project.build(engine), token);
}

#[track_caller]
fn assert_is_found(project: &Project, engine: &Engine, token: &str) {
    assert_prints(project.build_without_filename(engine), token);
}

#[track_caller]
fn assert_names_its_frontend(project: &Project, engine: &Engine, token: &str) {
    assert_prints(project.build(engine).finding(Finding::InPlan), token);
}

#[track_caller]
fn assert_prints(build: Build<'_>, token: &str) {
    let outcome = build.raw_progress().run(&Output::Nothing).success();
    assert_eq!(Progress::of(&outcome).log(token), format!("{token}\n"));
}
