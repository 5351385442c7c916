//! Ops on their way into a graph: everything is decided but the digests of the inputs.
//!
//! What a well-formed op looks like is what the Go client writes, so that equal graphs have equal digests in both.
//! <https://github.com/moby/buildkit/tree/v0.32.2/client/llb>

mod attribute;
mod exec;
mod file;
mod git;
mod inputs;
mod layers;
mod mounts;
mod path;
mod source;

use std::collections::BTreeSet;

use prost::Message;

use super::graph::Output;
use crate::proto::pb;

pub(super) use exec::exec;
pub(super) use file::file;
pub(super) use layers::{diff, merge};
pub(super) use source::source;

/// An op before it has a digest.
pub(super) struct Draft {
    /// What it needs, in the order that its body counts them.
    pub(super) inputs: Vec<Output>,
    /// What it does.
    pub(super) body: pb::op::Op,
    /// Where it runs, if that matters.
    pub(super) platform: Option<pb::Platform>,
    /// What it needs of the engine.
    pub(super) capabilities: BTreeSet<&'static str>,
}

/// The bytes of an op as they are sent: inputs, then where it runs, then what it does. Engines since 0.17 re-marshal an op
/// in this order, the oneof last, before they take its digest.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) bytes: Vec<u8>,
    /// Where the inputs end.
    pub(super) inputs_end: usize,
    /// Where what it does begins.
    pub(super) body_start: usize,
}

/// The op's bytes, given its inputs with their digests.
pub(super) fn encode(
    body: pb::op::Op,
    platform: Option<pb::Platform>,
    inputs: Vec<pb::Input>,
) -> Encoded {
    let mut bytes = encode_inputs(inputs);
    let inputs_end = bytes.len();
    let constraints = pb::Op {
        platform,
        // Empty, but there: so the Go client writes it.
        constraints: Some(pb::WorkerConstraints::default()),
        ..pb::Op::default()
    };
    bytes.extend(constraints.encode_to_vec());
    let body_start = bytes.len();
    let body = pb::Op {
        op: Some(body),
        ..pb::Op::default()
    };
    bytes.extend(body.encode_to_vec());
    Encoded {
        bytes,
        inputs_end,
        body_start,
    }
}

/// The part of an op's bytes that names its inputs.
pub(super) fn encode_inputs(inputs: Vec<pb::Input>) -> Vec<u8> {
    pb::Op {
        inputs,
        ..pb::Op::default()
    }
    .encode_to_vec()
}
