//! Which steps a step builds on, directly or not.

use std::collections::BTreeSet;

use crate::plan::{Layer, LayerSource, Spanned, ValidPlan};

/// For every step the set of steps that it builds on, as one row of bits.
///
/// The time and memory are quadratic, with a factor of 1/64 and 1/8 byte: [`MAX_STEPS`](crate::plan::MAX_STEPS) bounds
/// them to 50 MB. Only plans in which inputs disagree about the environment need it.
#[derive(Debug)]
pub(super) struct Ancestors {
    words_per_step: usize,
    bits: Vec<u64>,
}

impl Ancestors {
    /// Computes the sets of all steps; those in `replaced` are not built, and so build on nothing.
    pub(super) fn new(plan: &ValidPlan, replaced: &BTreeSet<usize>) -> Self {
        let steps = &plan.plan().steps;
        let words_per_step = steps.len().div_ceil(64);
        let mut ancestors = Self {
            words_per_step,
            bits: vec![0; words_per_step * steps.len()],
        };
        for &step in plan.order().iter().filter(|step| !replaced.contains(step)) {
            for parent in step_inputs(plan, step) {
                ancestors.add(step, parent);
            }
        }
        ancestors
    }

    /// What any of these steps builds on.
    pub(super) fn union(&self, steps: impl IntoIterator<Item = usize>) -> StepSet {
        let mut union = vec![0; self.words_per_step];
        for step in steps {
            let row = self.bits.iter().skip(step * self.words_per_step);
            for (word, bits) in union.iter_mut().zip(row) {
                *word |= bits;
            }
        }
        StepSet(union)
    }

    /// Adds a parent and all that it builds on.
    fn add(&mut self, step: usize, parent: usize) {
        let (target, source) = (step * self.words_per_step, parent * self.words_per_step);
        for word in 0..self.words_per_step {
            let inherited = self.bits.get(source + word).copied().unwrap_or_default();
            if let Some(bits) = self.bits.get_mut(target + word) {
                *bits |= inherited;
            }
        }
        if let Some(bits) = self.bits.get_mut(target + parent / 64) {
            *bits |= 1 << (parent % 64);
        }
    }
}

/// The steps that are looked at for the step `target` or, without one, for the image. Steps in `replaced` are not built, and
/// what only they build on is not looked at.
pub(super) fn needed(
    plan: &ValidPlan,
    target: Option<usize>,
    replaced: &BTreeSet<usize>,
) -> BTreeSet<usize> {
    let mut waiting = match target {
        Some(target) => vec![target],
        // All of them, though none may need some: what is wrong with those is told too.
        None if replaced.is_empty() => return plan.order().iter().copied().collect(),
        None => {
            let deploy = &plan.plan().deploy;
            let layers = deploy.base.iter().chain(&deploy.inputs);
            layers.filter_map(|layer| step_of(plan, layer)).collect()
        }
    };
    let mut needed = BTreeSet::new();
    while let Some(step) = waiting.pop() {
        if needed.insert(step) && !replaced.contains(&step) {
            waiting.extend(step_inputs(plan, step));
        }
    }
    needed
}

/// A set of steps.
#[derive(Debug)]
pub(super) struct StepSet(Vec<u64>);

impl StepSet {
    /// Whether a step is in it.
    pub(super) fn contains(&self, step: usize) -> bool {
        self.0
            .get(step / 64)
            .is_some_and(|word| word >> (step % 64) & 1 == 1)
    }
}

/// The steps among a step's inputs, in order, repeated as often as they are named.
fn step_inputs(plan: &ValidPlan, step: usize) -> impl Iterator<Item = usize> {
    plan.plan()
        .steps
        .get(step)
        .into_iter()
        .flat_map(|step| step.inputs.iter())
        .filter_map(|input| step_of(plan, input))
}

/// The step that each layer names; none where it is something else.
pub(super) fn steps_of(plan: &ValidPlan, layers: &[&Spanned<Layer>]) -> Vec<Option<usize>> {
    let steps = layers.iter().map(|layer| step_of(plan, layer));
    steps.collect()
}

fn step_of(plan: &ValidPlan, layer: &Layer) -> Option<usize> {
    match &layer.source {
        LayerSource::Step(name) => plan.step_index(name),
        _ => None,
    }
}
