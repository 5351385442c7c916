//! Which steps a step builds on, directly or not.

use std::collections::BTreeSet;

use crate::plan::{LayerSource, ValidPlan};

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
    /// Computes the sets of all steps.
    pub(super) fn new(plan: &ValidPlan) -> Self {
        let steps = &plan.plan().steps;
        let words_per_step = steps.len().div_ceil(64);
        let mut ancestors = Self {
            words_per_step,
            bits: vec![0; words_per_step * steps.len()],
        };
        for &step in plan.order() {
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

/// A step and all steps that it builds on.
pub(super) fn needed_by(plan: &ValidPlan, step: usize) -> BTreeSet<usize> {
    let mut needed = BTreeSet::new();
    let mut waiting = vec![step];
    while let Some(step) = waiting.pop() {
        if needed.insert(step) {
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
pub(super) fn step_inputs(plan: &ValidPlan, step: usize) -> impl Iterator<Item = usize> {
    plan.plan()
        .steps
        .get(step)
        .into_iter()
        .flat_map(|step| step.inputs.iter())
        .filter_map(|input| match &input.source {
            LayerSource::Step(name) => plan.step_index(name),
            _ => None,
        })
}
