//! A plan without what nothing refers to.

use std::collections::{BTreeMap, BTreeSet};

use crate::plan::{Layer, LayerSource, Plan, Spanned};

/// Drops the steps that the image needs neither directly nor through another step.
pub(crate) fn drop_unreferenced_steps(plan: &mut Plan) {
    let steps: BTreeMap<_, _> = plan
        .steps
        .iter()
        .map(|step| (step.name.as_str(), step))
        .collect();
    let mut referenced = BTreeSet::new();
    let deploy = &plan.deploy;
    let mut open: Vec<_> = deploy
        .base
        .iter()
        .chain(&deploy.inputs)
        .filter_map(step_of)
        .collect();
    while let Some(name) = open.pop() {
        if referenced.insert(name.to_owned())
            && let Some(step) = steps.get(name)
        {
            open.extend(step.inputs.iter().filter_map(step_of));
        }
    }
    plan.steps
        .retain(|step| referenced.contains(&step.name.value));
}

fn step_of(layer: &Spanned<Layer>) -> Option<&str> {
    match &layer.source {
        LayerSource::Step(name) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::parts::{image_layer, step_layer};
    use crate::plan::{Deploy, Step};

    #[test]
    fn only_what_the_image_needs_stays_circles_included() {
        let step = |name: &str, inputs: &[&str]| {
            let inputs = inputs
                .iter()
                .map(|input| step_layer(input).into())
                .collect();
            Spanned::from(Step {
                name: name.into(),
                inputs,
                ..Step::default()
            })
        };
        let deploy = Deploy {
            base: Some(image_layer("base").into()),
            inputs: vec![step_layer("build").into()],
            ..Deploy::default()
        };
        let mut plan = Plan {
            steps: vec![
                step("install", &["tools"]),
                step("prune", &["install"]),
                step("build", &["install", "missing"]),
                step("tools", &["build"]),
            ],
            deploy: deploy.into(),
            ..Plan::default()
        };
        drop_unreferenced_steps(&mut plan);
        let names: Vec<_> = plan
            .steps
            .iter()
            .map(|step| step.name.value.as_str())
            .collect();
        assert_eq!(names, ["install", "build", "tools"]);
    }
}
