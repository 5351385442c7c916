//! What builds on what.

use std::slice;

use super::{Validator, name_span};
use crate::plan::problem::Excerpt;
use crate::plan::{Layer, LayerSource, ProblemKind, Severity, Spanned};

/// How many steps of a cycle a message names.
const MAX_CYCLE_NAMES: usize = 8;

/// A step that another builds on, and which of its inputs says so.
struct Edge<'p> {
    step: usize,
    input: &'p Spanned<Layer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    /// On the way to the step that is being visited, at this place.
    Active(usize),
    Done,
}

/// Going through the steps depth first, with a stack of its own: a chain of steps may be as long as the plan.
struct Walk<'e, 'p> {
    edges: &'e [Vec<Edge<'p>>],
    states: Vec<State>,
    /// The steps from a root to the one that is being visited, and which of their edges are left.
    way: Vec<(usize, slice::Iter<'e, Edge<'p>>)>,
    /// The steps that were left.
    order: Vec<usize>,
}

impl<'e, 'p> Walk<'e, 'p> {
    fn new(edges: &'e [Vec<Edge<'p>>]) -> Self {
        let states = vec![State::New; edges.len()];
        Self {
            edges,
            states,
            way: Vec::new(),
            order: Vec::with_capacity(edges.len()),
        }
    }

    /// Visits a step, but only once.
    fn enter(&mut self, step: usize) {
        let state = self.states.get_mut(step);
        if let (Some(state @ State::New), Some(edges)) = (state, self.edges.get(step)) {
            *state = State::Active(self.way.len());
            self.way.push((step, edges.iter()));
        }
    }

    fn leave(&mut self, step: usize) {
        if let Some(state) = self.states.get_mut(step) {
            *state = State::Done;
        }
        self.order.push(step);
        self.way.pop();
    }
}

impl<'p> Validator<'p> {
    /// All steps, each behind those that it builds on.
    pub(super) fn order(&mut self) -> Vec<usize> {
        let plan = self.plan;
        let edges: Vec<_> = plan
            .steps
            .iter()
            .map(|step| self.edges(&step.inputs))
            .collect();
        let mut walk = Walk::new(&edges);
        for root in 0..edges.len() {
            walk.enter(root);
            while let Some((step, rest)) = walk.way.last_mut() {
                let Some(edge) = rest.next() else {
                    let step = *step;
                    walk.leave(step);
                    continue;
                };
                if let Some(State::Active(place)) = walk.states.get(edge.step) {
                    let cycle = walk.way.iter().skip(*place).map(|(step, _)| *step);
                    self.cycle(cycle, edge.input);
                } else {
                    walk.enter(edge.step);
                }
            }
        }
        let order = walk.order;
        self.unused(&edges);
        order
    }

    fn edges(&self, inputs: &'p [Spanned<Layer>]) -> Vec<Edge<'p>> {
        let edge = |input: &'p Spanned<Layer>| {
            let LayerSource::Step(name) = &input.source else {
                return None;
            };
            Some(Edge {
                step: *self.indexes.get(name.as_str())?,
                input,
            })
        };
        inputs.iter().filter_map(edge).collect()
    }

    fn cycle(&mut self, steps: impl ExactSizeIterator<Item = usize>, input: &Spanned<Layer>) {
        let count = if self.problems.keeps(Severity::Error) {
            MAX_CYCLE_NAMES
        } else {
            0
        };
        let more = steps.len().saturating_sub(count);
        let steps = steps
            .take(count)
            .filter_map(|step| self.plan.steps.get(step));
        let steps = steps.map(|step| Excerpt::new(&step.name)).collect();
        self.problem(ProblemKind::Cycle { steps, more }, input.span);
    }

    /// Tells which steps the final image does not need. Not if there are errors: a wrong name makes many steps unused.
    fn unused(&mut self, edges: &[Vec<Edge<'p>>]) {
        if self.problems.error_count() > 0 {
            return;
        }
        let deploy = &self.plan.deploy;
        let mut waiting = self.edges(&deploy.inputs);
        waiting.extend(self.edges(deploy.base.as_slice()));
        let mut waiting: Vec<usize> = waiting.iter().map(|edge| edge.step).collect();
        let mut is_used = vec![false; edges.len()];
        while let Some(step) = waiting.pop() {
            if let (Some(used @ false), Some(edges)) = (is_used.get_mut(step), edges.get(step)) {
                *used = true;
                waiting.extend(edges.iter().map(|edge| edge.step));
            }
        }
        for (step, is_used) in self.plan.steps.iter().zip(is_used) {
            if !is_used {
                self.problem(
                    ProblemKind::UnusedStep {
                        step: Excerpt::new(&step.name),
                    },
                    name_span(step),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{Deploy, Filter, Layer, LayerSource, Plan, ProblemKind, Step, validate};

    fn layer(source: LayerSource) -> Layer {
        Layer {
            source,
            filter: Filter::default(),
        }
    }

    fn step(name: &str, inputs: &[&str]) -> Step {
        let image = layer(LayerSource::Image("debian".to_owned()));
        let steps = inputs
            .iter()
            .map(|name| layer(LayerSource::Step((*name).to_owned())));
        let inputs = std::iter::once(image)
            .chain(steps)
            .map(Into::into)
            .collect();
        Step {
            name: name.into(),
            inputs,
            ..Step::default()
        }
    }

    fn plan(steps: Vec<Step>) -> Plan {
        let base = Some(layer(LayerSource::Image("debian".to_owned())).into());
        let deploy = Deploy {
            base,
            ..Deploy::default()
        }
        .into();
        Plan {
            steps: steps.into_iter().map(Into::into).collect(),
            deploy,
            ..Plan::default()
        }
    }

    fn order(steps: &[(&str, &[&str])]) -> Vec<String> {
        let steps = steps
            .iter()
            .map(|(name, inputs)| step(name, inputs))
            .collect();
        let valid = validate(plan(steps)).unwrap();
        let name = |index: &usize| valid.plan().steps[*index].name.value.clone();
        valid.order().iter().map(name).collect()
    }

    #[test]
    fn puts_steps_behind_those_they_build_on() {
        assert_eq!(
            order(&[("a", &[]), ("b", &["a"]), ("c", &["a"])]),
            ["a", "b", "c"]
        );
        assert_eq!(
            order(&[("c", &["b", "a"]), ("b", &["a"]), ("a", &[])]),
            ["a", "b", "c"]
        );
        assert_eq!(
            order(&[("d", &[]), ("c", &["a", "a"]), ("a", &[])]),
            ["d", "a", "c"]
        );
    }

    #[test]
    fn knows_the_index_of_every_step() {
        let valid = validate(plan(vec![step("b", &["a"]), step("a", &[])])).unwrap();
        assert_eq!(
            [
                valid.step_index("a"),
                valid.step_index("b"),
                valid.step_index("c")
            ],
            [Some(1), Some(0), None]
        );
    }

    #[test]
    fn a_chain_may_be_as_long_as_the_plan() {
        let count = 10_000;
        let name = |number: usize| format!("step{number}");
        let chain = |end: usize| {
            (0..count)
                .map(|number| step(&name(number), &[&name((number + 1) % end)]))
                .collect()
        };
        let problems = validate(plan(chain(count))).unwrap_err();
        let [problem] = problems
            .as_slice()
            .iter()
            .filter(|problem| matches!(problem.kind, ProblemKind::Cycle { .. }))
            .collect::<Vec<_>>()[..]
        else {
            panic!("{problems}")
        };
        assert!(matches!(
            problem.kind,
            ProblemKind::Cycle { more: 9_992, .. }
        ));

        let mut steps: Vec<Step> = chain(count);
        steps.pop();
        steps.push(step(&name(count - 1), &[]));
        let valid = validate(plan(steps)).unwrap();
        assert!(valid.order().iter().copied().eq((0..count).rev()));
    }
}
