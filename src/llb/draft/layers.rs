//! Merge and diff ops.

use super::Draft;
use super::inputs::{NONE, count};
use crate::llb::capability;
use crate::llb::graph::Output;
use crate::proto::pb;

/// Lays `layers` over each other, the lowest first. Every layer is an input of its own, also one that comes twice.
pub(in crate::llb) fn merge(layers: Vec<Output>) -> Draft {
    let inputs = (0..layers.len())
        .map(|number| pb::MergeInput {
            input: count(number),
        })
        .collect();
    Draft {
        inputs: layers,
        body: pb::op::Op::Merge(pb::MergeOp { inputs }),
        platform: None,
        capabilities: Vec::from([capability::MERGE]),
    }
}

/// What turns `lower` into `upper`; `None` is scratch.
pub(in crate::llb) fn diff(lower: Output, upper: Option<Output>) -> Draft {
    let mut inputs = vec![lower];
    inputs.extend(upper);
    let upper = if upper.is_some() { 1 } else { NONE };
    Draft {
        inputs,
        body: pb::op::Op::Diff(pb::DiffOp {
            lower: Some(pb::LowerDiffInput { input: 0 }),
            upper: Some(pb::UpperDiffInput { input: upper }),
        }),
        platform: None,
        capabilities: Vec::from([capability::DIFF]),
    }
}
