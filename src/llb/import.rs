//! Definitions that somebody else made, taken into a graph.

use std::collections::{BTreeMap, HashMap};

use prost::Message as _;
use prost::encoding::{DecodeContext, decode_key, skip_field};

use super::draft::{Encoded, Parts};
use super::graph::{Graph, Output, Vertex, digest_of, sha256};
use super::{Metadata, capability};
use crate::proto::pb;

/// Fields of `pb.Op`: what it needs, and where it runs.
const INPUTS: u32 = 1;
const CONSTRAINTS: [u32; 2] = [10, 11];

impl Graph {
    /// Takes in the ops of a definition, byte for byte, and gives its result. A definition without ops is scratch: `None`.
    ///
    /// What it says of source files is not taken over: locations are those of this graph.
    ///
    /// # Errors
    ///
    /// If an op cannot be decoded, needs one that is not there, or nothing names the result.
    pub fn import(&mut self, definition: &pb::Definition) -> Result<Option<Output>, ImportError> {
        let Some((terminal, ops)) = definition.def.split_last() else {
            return Ok(None);
        };
        let decode = |bytes: &[u8]| pb::Op::decode(bytes).map_err(ImportError::Decode);
        let terminal = decode(terminal)?;
        let [result, ..] = terminal.inputs.as_slice() else {
            return Err(ImportError::NoResult);
        };
        // The order says nothing: what an op needs may stand behind it.
        let mut waiting = BTreeMap::new();
        for bytes in ops {
            waiting.insert(digest_of(bytes), (bytes, decode(bytes)?));
        }
        let mut known = HashMap::new();
        let mut stack = vec![result.digest.clone()];
        while let Some(digest) = stack.last().cloned() {
            if known.contains_key(&digest) {
                stack.pop();
                continue;
            }
            let Some((bytes, op)) = waiting.get(&digest) else {
                return Err(ImportError::MissingOp { digest });
            };
            let missing = op
                .inputs
                .iter()
                .map(|input| &input.digest)
                .filter(|digest| !known.contains_key(*digest));
            let missing: Vec<_> = missing.cloned().collect();
            if missing.is_empty() {
                let inputs = op.inputs.iter().map(|input| output(&known, input));
                let vertex = Vertex {
                    encoded: split(bytes).map_err(ImportError::Decode)?,
                    digest: digest.clone(),
                    inputs: inputs.collect::<Result<_, _>>()?,
                    capabilities: self.capability_set(Vec::new()),
                    metadata: Metadata::default(),
                    imported: imported(definition, &digest)?.map(Box::new),
                };
                let hash = sha256(bytes);
                let op = self.find(&hash).unwrap_or_else(|| self.push(hash, vertex));
                known.insert(digest, op);
                stack.pop();
            } else {
                // An op cannot need itself: it would hold its own digest.
                stack.extend(missing);
            }
        }
        output(&known, result).map(Some)
    }
}

fn output(known: &HashMap<String, usize>, input: &pb::Input) -> Result<Output, ImportError> {
    let missing = || ImportError::MissingOp {
        digest: input.digest.clone(),
    };
    Ok(Output {
        op: *known.get(&input.digest).ok_or_else(missing)?,
        index: u32::try_from(input.index).map_err(|_| missing())?,
    })
}

/// Finds the parts of an op's bytes. Bytes in the order of tags have where it runs behind what it does, and count as having
/// no part for that: written anew by tag they are the same.
fn split(bytes: &prost::bytes::Bytes) -> Result<Encoded, prost::DecodeError> {
    let position = |rest: &&[u8]| bytes.len() - rest.len();
    let mut rest: &[u8] = bytes;
    let (mut inputs_end, mut body_start) = (0, 0);
    while !rest.is_empty() {
        let (tag, wire_type) = decode_key(&mut rest)?;
        skip_field(wire_type, tag, &mut rest, DecodeContext::default())?;
        if tag == INPUTS && body_start == inputs_end {
            inputs_end = position(&rest);
        } else if !CONSTRAINTS.contains(&tag) {
            break;
        }
        body_start = position(&rest);
    }
    Ok(Encoded {
        bytes: bytes.clone(),
        parts: Parts {
            inputs_end,
            body_start,
        },
    })
}

/// What a definition says of one of its ops.
fn imported(
    definition: &pb::Definition,
    digest: &str,
) -> Result<Option<pb::OpMetadata>, ImportError> {
    let metadata = definition.metadata.get(digest);
    let metadata = metadata.map(|bytes| pb::OpMetadata::decode(bytes.as_slice()));
    metadata.transpose().map_err(ImportError::Decode)
}

/// What is said of an imported op: what came with it, and what was said since.
pub(super) fn merged(imported: &pb::OpMetadata, metadata: &Metadata) -> pb::OpMetadata {
    let mut merged = imported.clone();
    merged.ignore_cache |= metadata.ignore_cache;
    if metadata.ignore_cache {
        let cap = capability::META_IGNORE_CACHE.to_owned();
        merged.caps.insert(cap, true);
    }
    merged
}

/// Why a definition cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Something in it is no op.
    #[error("an op cannot be decoded: {0}")]
    Decode(#[source] prost::DecodeError),
    /// An op that another one needs is not there.
    #[error("the op {digest} is missing")]
    MissingOp {
        /// Its digest.
        digest: String,
    },
    /// Its last op names no result.
    #[error("the last op names no result")]
    NoResult,
}
