//! The images that a plan names.

use std::collections::BTreeSet;

use super::Contexts;
use super::ancestors::needed;
use super::sources::qualified;
use crate::plan::{Command, LayerSource, ValidPlan};

/// The images that a plan names, as fully qualified references: all of them, or those that the step `target` needs, but for
/// what `contexts` stand in for. Give what the registry says of them to [`convert`](super::convert) in
/// [`ConvertOptions::images`](super::ConvertOptions::images).
#[must_use]
pub fn images(plan: &ValidPlan, target: Option<&str>, contexts: &Contexts) -> BTreeSet<String> {
    let target = target.and_then(|target| plan.step_index(target));
    let replaced = contexts.replaced_steps(plan);
    let needed = needed(plan, target, &replaced);
    let plan = plan.plan();
    let steps = || {
        let steps = plan.steps.iter().enumerate();
        let steps = steps.filter(|(index, _)| needed.contains(index) && !replaced.contains(index));
        steps.map(|(_, step)| step)
    };
    let deploy = target.is_none().then_some(&plan.deploy);
    let copied = steps()
        .flat_map(|step| &step.commands)
        .filter_map(|command| match &command.value {
            Command::Copy(copy) => copy.image.as_deref(),
            _ => None,
        });
    let layers = steps()
        .flat_map(|step| &step.inputs)
        .chain(deploy.into_iter().flat_map(|deploy| &deploy.base))
        .chain(deploy.into_iter().flat_map(|deploy| &deploy.inputs));
    let layers = layers.filter_map(|layer| match &layer.source {
        LayerSource::Image(image) => Some(image.as_str()),
        _ => None,
    });
    let named = copied.chain(layers).map(qualified);
    named
        .filter(|image| !contexts.images.contains_key(image))
        .collect()
}
