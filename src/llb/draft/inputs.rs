//! Numbering of an op's inputs.

use std::collections::HashMap;

use crate::llb::graph::Output;

/// Stands for no input, and for no output. Zero would be the first one.
pub(super) const NONE: i64 = -1;

/// Inputs of an op, each once, numbered in order of appearance.
#[derive(Default)]
pub(super) struct Inputs {
    numbers: HashMap<Output, i64>,
    outputs: Vec<Output>,
}

impl Inputs {
    /// The number of an input, which is added if it is new; [`NONE`] for scratch.
    pub(super) fn number(&mut self, input: Option<Output>) -> i64 {
        let Some(input) = input else { return NONE };
        *self.numbers.entry(input).or_insert_with(|| {
            self.outputs.push(input);
            count(self.outputs.len() - 1)
        })
    }

    /// How many there are.
    pub(super) fn len(&self) -> i64 {
        count(self.outputs.len())
    }

    pub(super) fn into_outputs(self) -> Vec<Output> {
        self.outputs
    }
}

/// A count of things in memory as the messages carry it.
pub(super) fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
