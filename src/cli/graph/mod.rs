//! A plan as a picture: SVG, written without a library, the same bytes for the same plan.
//!
//! [`from_plan`] reads from a plan what is shown, in terms of [`model`]; [`layout`] says where, [`drawing`] how. Rows are ranks:
//! a step stands below all steps that it builds on, so that those in one row can run at the same time.

mod drawing;
mod from_plan;
mod layout;
mod legend;
mod model;
mod style;
mod svg;
#[cfg(test)]
mod tests;
mod text;

use thiserror::Error;

use crate::plan::Plan;

/// The most steps, inputs and copies that are drawn. A picture of more shows nothing, and takes long.
const MAX_STEPS: usize = 300;
const MAX_FLOWS: usize = 3_000;
/// The most rows that all lines together may pass.
const MAX_PASSED_ROWS: usize = 20_000;

/// Draws a plan. `provider` is who made it.
pub(super) fn draw(plan: &Plan, provider: Option<&str>) -> Result<String, TooLarge> {
    let flows = plan
        .steps
        .iter()
        .map(|step| step.inputs.len() + step.commands.len());
    let flows = flows.sum::<usize>() + plan.deploy.inputs.len();
    let too_large = TooLarge {
        steps: plan.steps.len(),
        flows,
    };
    if plan.steps.len() > MAX_STEPS || flows > MAX_FLOWS {
        return Err(too_large);
    }
    let graph = from_plan::graph(plan);
    if graph.passed_rows() > MAX_PASSED_ROWS {
        return Err(too_large);
    }
    Ok(drawing::draw(&graph, provider))
}

/// A plan that no picture can show.
#[derive(Debug, Error)]
#[error(
    "the plan has {steps} steps with {flows} inputs and commands, and a picture shows at most {MAX_STEPS} steps with {MAX_FLOWS}"
)]
pub(super) struct TooLarge {
    steps: usize,
    flows: usize,
}
