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

use prost::Message;
use prost::bytes::Bytes;

use super::graph::Output;
use crate::proto::pb;

pub(super) use exec::exec;
pub(super) use file::file;
pub(crate) use git::percent_decode;
pub(super) use layers::{diff, merge};
pub(super) use source::source;
pub(crate) use source::source_op;

/// An op before it has a digest.
pub(super) struct Draft {
    /// What it needs, in the order that its body counts them.
    pub(super) inputs: Vec<Output>,
    /// What it does.
    pub(super) body: pb::op::Op,
    /// Where it runs, if that matters.
    pub(super) platform: Option<pb::Platform>,
    /// What it needs of the engine; the same may come twice.
    pub(super) capabilities: Vec<&'static str>,
}

/// The bytes of an op as they are sent: inputs, then where it runs, then what it does. Engines since 0.17 re-marshal an op
/// in this order, the oneof last, before they take its digest.
#[derive(Clone, Debug)]
pub(super) struct Encoded {
    /// Shared with the definitions that the op is part of.
    pub(super) bytes: Bytes,
    pub(super) parts: Parts,
}

/// Where the parts of an op's bytes are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parts {
    /// Where the inputs end.
    pub(super) inputs_end: usize,
    /// Where what it does begins.
    pub(super) body_start: usize,
}

/// Writes the op's bytes, given the digests of its inputs and which of their outputs are meant, in place of what is in `bytes`.
pub(super) fn encode<'a>(
    body: &pb::op::Op,
    platform: Option<pb::Platform>,
    inputs: impl IntoIterator<Item = (&'a str, u32)>,
    bytes: &mut Vec<u8>,
) -> Parts {
    let constraints = pb::Op {
        platform,
        // Empty, but there: so the Go client writes it.
        constraints: Some(pb::WorkerConstraints::default()),
        ..pb::Op::default()
    };
    bytes.clear();
    encode_inputs(inputs, bytes);
    let inputs_end = bytes.len();
    constraints.encode_raw(bytes);
    let body_start = bytes.len();
    body.encode(bytes);
    Parts {
        inputs_end,
        body_start,
    }
}

/// Adds the part of an op's bytes that names its inputs.
pub(super) fn encode_inputs<'a>(
    inputs: impl IntoIterator<Item = (&'a str, u32)>,
    bytes: &mut Vec<u8>,
) {
    /// Number of the field `inputs` in `pb.Op`.
    const INPUTS: u32 = 1;

    // One message for all of them: plans have very many inputs.
    let mut input = pb::Input::default();
    for (digest, index) in inputs {
        input.digest.clear();
        input.digest.push_str(digest);
        input.index = i64::from(index);
        prost::encoding::message::encode(INPUTS, &input, bytes);
    }
}
