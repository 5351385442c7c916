//! Layers that hold the same files.

use super::{Finding, Rule};
use crate::convert::overlap;
use crate::plan::{Layer, LayerSource, Plan, Spanned, quote};

pub(super) fn check(plan: &Plan) -> impl Iterator<Item = Finding> {
    let steps = plan.steps.iter().map(|step| {
        let layers: Vec<_> = step.inputs.iter().collect();
        (format!("step {}", quote(&step.name)), layers)
    });
    let deploy = plan.deploy.base.iter().chain(&plan.deploy.inputs);
    let deploy = ("`deploy`".to_owned(), deploy.collect());
    steps
        .chain([deploy])
        .filter_map(|(owner, layers)| finding(&owner, &layers))
}

fn finding(owner: &str, layers: &[&Spanned<Layer>]) -> Option<Finding> {
    // The local tree is never merged, and so there is nothing to win.
    if layers
        .iter()
        .any(|layer| layer.source == LayerSource::Local)
    {
        return None;
    }
    let found = overlap(layers)?;
    let (first, second) = (layers.get(found.layers.0)?, layers.get(found.layers.1)?);
    let place = first
        .span
        .map_or_else(String::new, |span| format!(" at {}", span.start));
    Some(Finding {
        rule: Rule::OverlappingLayers,
        message: format!(
            "two inputs of {owner} overlap: {} is in {} of the other{place}, so they are copied one after the other",
            quote(&found.paths.1),
            quote(&found.paths.0),
        ),
        hint: Some("`exclude` in one of them what the other brings".to_owned()),
        span: second.span,
    })
}
