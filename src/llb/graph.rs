//! The graph: an append-only, content-addressed set of ops.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use prost::bytes::Bytes;
use ring::digest;

use super::draft::{self, Draft, Encoded};
use super::{Exec, FileAction, Location, MakeDirectory, Metadata, Source};
use crate::proto::pb;

/// Prefix of digests.
pub(super) const SHA256: &str = "sha256:";

/// One output of an op in a [`Graph`]. Only meaningful for the graph that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Output {
    pub(super) op: usize,
    pub(super) index: u32,
}

/// Ops, each once, that only ever refer to earlier ones.
///
/// The inputs of an op are known when it is added, and so its bytes and digest are made there and then: no walk of the
/// graph ever recurses, however deep it is. Equal ops are one op; what is said of them beside their definition adds up.
///
/// An [`Output`] must come from the same graph; one of another graph names another op here, or panics.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(super) vertices: Vec<Vertex>,
    by_hash: HashMap<[u8; 32], usize, BuildHasherDefault<FirstBytes>>,
    /// What ops need of the engine, each set once: they are few, and ops are many.
    pub(super) capability_sets: Vec<Vec<&'static str>>,
    /// Where an op is encoded before it is known whether it is there already.
    scratch: Vec<u8>,
}

/// An op in the graph.
#[derive(Clone, Debug)]
pub(super) struct Vertex {
    pub(super) encoded: Encoded,
    /// Of the bytes.
    pub(super) digest: String,
    /// What it needs.
    pub(super) inputs: Vec<Output>,
    /// Which of the graph's sets of capabilities it needs of the engine.
    pub(super) capabilities: usize,
    pub(super) metadata: Metadata,
    /// What came with it from another graph.
    pub(super) imported: Option<Box<pb::OpMetadata>>,
}

/// The outputs of an exec.
#[derive(Clone, Debug)]
pub struct ExecOutputs {
    op: usize,
    numbers: BTreeMap<String, u32>,
    root: u32,
}

impl Graph {
    /// A graph without ops.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A graph without ops that has room for `ops` of them. More can be added.
    #[must_use]
    pub fn with_capacity(ops: usize) -> Self {
        Self {
            vertices: Vec::with_capacity(ops),
            by_hash: HashMap::with_capacity_and_hasher(ops, BuildHasherDefault::default()),
            ..Self::default()
        }
    }

    /// Adds a source.
    pub fn source(&mut self, source: Source, metadata: Metadata) -> Output {
        self.first_output(draft::source(source), metadata)
    }

    /// Adds an exec.
    pub fn exec(&mut self, exec: Exec, metadata: Metadata) -> ExecOutputs {
        let (draft, numbers) = draft::exec(exec);
        ExecOutputs {
            op: self.insert(draft, metadata),
            numbers: numbers.by_destination,
            root: numbers.root,
        }
    }

    /// Adds a chain of changes to `base`; `None` is scratch. Gives what the last one leaves.
    ///
    /// With no actions it is `base` itself, or an empty tree.
    pub fn file(
        &mut self,
        base: Option<Output>,
        mut actions: Vec<FileAction>,
        metadata: Metadata,
    ) -> Output {
        if actions.is_empty() {
            if let Some(base) = base {
                return base;
            }
            actions.push(FileAction::MakeDirectory(MakeDirectory {
                path: "/".to_owned(),
                mode: 0o755,
                make_parents: false,
                owner: None,
                timestamp: None,
            }));
        }
        self.first_output(draft::file(base, actions), metadata)
    }

    /// Lays trees over each other, the lowest first; `None` is scratch.
    ///
    /// Scratch adds nothing and is dropped. A single layer is itself; without any the result is scratch.
    pub fn merge(&mut self, layers: &[Option<Output>], metadata: Metadata) -> Option<Output> {
        let layers: Vec<Output> = layers.iter().flatten().copied().collect();
        match layers.as_slice() {
            [] => None,
            [layer] => Some(*layer),
            _ => Some(self.first_output(draft::merge(layers), metadata)),
        }
    }

    /// What turns `lower` into `upper`; `None` is scratch.
    ///
    /// From scratch that is `upper` itself.
    pub fn diff(
        &mut self,
        lower: Option<Output>,
        upper: Option<Output>,
        metadata: Metadata,
    ) -> Option<Output> {
        let Some(lower) = lower else { return upper };
        Some(self.first_output(draft::diff(lower, upper), metadata))
    }

    /// Says of the op behind an output that it came from one more place, as if it had been added once more.
    pub fn add_location(&mut self, output: Output, location: Location) {
        self.vertices[output.op].metadata.locations.push(location);
    }

    /// The digest of the op behind an output, `sha256:...`: that of the bytes sent, by which engines since 0.17 know it.
    #[must_use]
    pub fn digest(&self, output: Output) -> &str {
        &self.vertices[output.op].digest
    }

    fn first_output(&mut self, draft: Draft, metadata: Metadata) -> Output {
        Output {
            op: self.insert(draft, metadata),
            index: 0,
        }
    }

    fn insert(&mut self, draft: Draft, metadata: Metadata) -> usize {
        let input = |input: &Output| (&*self.vertices[input.op].digest, input.index);
        let inputs = draft.inputs.iter().map(input);
        let parts = draft::encode(&draft.body, draft.platform, inputs, &mut self.scratch);
        let hash = sha256(&self.scratch);
        if let Some(op) = self.find(&hash) {
            self.vertices[op].metadata.add(metadata);
            return op;
        }
        let vertex = Vertex {
            encoded: Encoded {
                bytes: Bytes::copy_from_slice(&self.scratch),
                parts,
            },
            digest: spelled(&hash),
            inputs: draft.inputs,
            capabilities: self.capability_set(draft.capabilities),
            metadata,
            imported: None,
        };
        self.push(hash, vertex)
    }

    /// The number of a set of capabilities.
    pub(super) fn capability_set(&mut self, capabilities: Vec<&'static str>) -> usize {
        let sets = &mut self.capability_sets;
        let known = sets.iter().position(|set| *set == capabilities);
        known.unwrap_or_else(|| {
            sets.push(capabilities);
            sets.len() - 1
        })
    }

    /// The place of the op whose bytes have this hash, if it is there already.
    pub(super) fn find(&self, hash: &[u8; 32]) -> Option<usize> {
        self.by_hash.get(hash).copied()
    }

    /// Adds an op that is not there yet under the hash of its bytes; gives its place.
    pub(super) fn push(&mut self, hash: [u8; 32], vertex: Vertex) -> usize {
        let op = self.vertices.len();
        self.by_hash.insert(hash, op);
        self.vertices.push(vertex);
        op
    }
}

impl ExecOutputs {
    /// The root file system as the program left it.
    #[must_use]
    pub fn root(&self) -> Output {
        Output {
            op: self.op,
            index: self.root,
        }
    }

    /// What the program left in the bind mount at `destination`; `None` if nothing written there is kept.
    #[must_use]
    pub fn mount(&self, destination: &str) -> Option<Output> {
        let index = *self.numbers.get(destination)?;
        Some(Output { op: self.op, index })
    }
}

/// A hash of SHA-256 is spread evenly already: its first bytes say where it belongs.
#[derive(Clone, Debug, Default)]
struct FirstBytes(u64);

impl Hasher for FirstBytes {
    fn write(&mut self, hash: &[u8]) {
        if let Some(first) = hash.first_chunk() {
            self.0 = u64::from_ne_bytes(*first);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The digest of an op's bytes.
pub(super) fn digest_of(bytes: &[u8]) -> String {
    spelled(&sha256(bytes))
}

/// The SHA-256 hash of bytes.
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// A digest in its usual spelling.
fn spelled(hash: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";

    let mut digest = String::with_capacity(SHA256.len() + 2 * hash.len());
    digest.push_str(SHA256);
    for byte in hash {
        digest.push(char::from(DIGITS[usize::from(byte >> 4)]));
        digest.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    digest
}
