//! A plan without what nothing refers to.

use std::collections::BTreeSet;

use crate::plan::{Layer, LayerSource, Plan, Spanned};

/// Drops the steps that the image needs neither directly nor through another step.
pub(crate) fn drop_unreferenced_steps(plan: &mut Plan) {
    let mut referenced = BTreeSet::new();
    let mut open: Vec<String> = plan
        .deploy
        .base
        .iter()
        .chain(&plan.deploy.inputs)
        .filter_map(step_of)
        .collect();
    while let Some(name) = open.pop() {
        if let Some(step) = plan.steps.iter().find(|step| step.name.value == name) {
            open.extend(
                step.inputs
                    .iter()
                    .filter_map(step_of)
                    .filter(|input| !referenced.contains(input)),
            );
        }
        referenced.insert(name);
    }
    plan.steps
        .retain(|step| referenced.contains(&step.name.value));
}

fn step_of(layer: &Spanned<Layer>) -> Option<String> {
    match &layer.source {
        LayerSource::Step(name) => Some(name.clone()),
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
