//! What users are told of a plan that cannot be built.

mod contents;
mod files;

use libtest_mimic::Trial;

use contents::{
    a_cache_that_does_not_exist, a_filter_on_the_first_input, a_step_that_does_not_exist,
    all_problems_are_told_at_once, an_asset_that_does_not_exist, an_unknown_cache_type,
    paths_that_leave_the_tree, steps_in_a_circle, two_steps_of_one_name,
};
use files::{
    a_binary_file, a_named_plan_that_is_not_there, a_plan_that_is_a_directory, a_truncated_plan,
    an_empty_plan, an_error_in_a_long_line, deep_nesting, twenty_megabytes_of_json,
};

use super::{Subject, named};
use crate::harness::engine::{Engine, Output};
use crate::harness::project::{PLAN_FILE, Project};
use crate::harness::redaction::told;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("plan_errors")
        .on_both(named![
            an_empty_plan,
            a_truncated_plan,
            a_binary_file,
            a_step_that_does_not_exist,
            steps_in_a_circle,
            two_steps_of_one_name,
            an_asset_that_does_not_exist,
            a_cache_that_does_not_exist,
            a_filter_on_the_first_input,
            an_unknown_cache_type,
            paths_that_leave_the_tree,
            all_problems_are_told_at_once,
            an_error_in_a_long_line,
            deep_nesting,
            twenty_megabytes_of_json,
        ])
        .on_buildkit(named![
            a_named_plan_that_is_not_there,
            a_plan_that_is_a_directory
        ])
        .trials
}

/// What the user is told of a plan that cannot be built.
#[track_caller]
pub(super) fn told_of(engine: &Engine, plan: impl AsRef<[u8]>) -> String {
    told(
        &Project::new()
            .plan_text(PLAN_FILE, plan)
            .build(engine)
            .run(&Output::Nothing)
            .failure(),
    )
}
