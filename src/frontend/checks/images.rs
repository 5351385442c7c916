//! Images whose reference may mean another image tomorrow.

use std::collections::BTreeSet;

use super::{Finding, Rule};
use crate::plan::{Command, ImageReference, LayerSource, Plan, Span, quote};

/// The tag that stands for none.
const LATEST: &str = "latest";

/// Each image once, where the plan names it first.
pub(super) fn check(plan: &Plan) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let unpinned = images(plan).filter(|(image, _)| is_unpinned(image) && seen.insert(*image));
    unpinned
        .map(|(image, span)| Finding {
            rule: Rule::UnpinnedImage,
            message: format!(
                "image {} is another one whenever its registry says so",
                quote(image)
            ),
            hint: Some("give it a version as its tag, or a digest".to_owned()),
            span,
        })
        .collect()
}

fn images(plan: &Plan) -> impl Iterator<Item = (&str, Option<Span>)> {
    let inputs = plan.steps.iter().flat_map(|step| &step.inputs);
    let layers = inputs.chain(&plan.deploy.base).chain(&plan.deploy.inputs);
    let layers = layers.filter_map(|layer| match &layer.source {
        LayerSource::Image(image) => Some((image.as_str(), layer.span)),
        _ => None,
    });
    let commands = plan.steps.iter().flat_map(|step| &step.commands);
    let copies = commands.filter_map(|command| match &command.value {
        Command::Copy(copy) => Some((copy.image.as_deref()?, command.span)),
        _ => None,
    });
    layers.chain(copies)
}

/// A reference that cannot be read is an error, which is told elsewhere.
fn is_unpinned(image: &str) -> bool {
    ImageReference::parse(image).is_ok_and(|reference| {
        reference.digest().is_none() && reference.tag().is_none_or(|tag| tag == LATEST)
    })
}
