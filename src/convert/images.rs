//! The images that a plan names.

use std::collections::BTreeSet;

use super::Contexts;
use super::ancestors::needed;
use super::sources::qualified;
use crate::plan::ValidPlan;

/// The images that a plan names, as fully qualified references: all of them, or those that the step `target` needs, but for
/// what `contexts` stand in for. Give what the registry says of them to [`convert`](super::convert) in
/// [`ConvertOptions::images`](super::ConvertOptions::images).
#[must_use]
pub fn images(plan: &ValidPlan, target: Option<&str>, contexts: &Contexts) -> BTreeSet<String> {
    let target = target.and_then(|target| plan.step_index(target));
    let replaced = contexts.replaced_steps(plan);
    let needed = needed(plan, target, &replaced);
    let plan = plan.plan();
    let steps = plan.steps.iter().enumerate();
    let steps = steps.filter(|(index, _)| needed.contains(index) && !replaced.contains(index));
    let deploy = target.is_none().then(|| plan.deploy.images());
    let images = steps.flat_map(|(_, step)| step.images());
    let images = images.chain(deploy.into_iter().flatten());
    let named = images.map(|(image, _)| qualified(image));
    named
        .filter(|image| !contexts.images.contains_key(image))
        .collect()
}
