//! A graph in the form that an engine takes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::take;

use prost::Message;

use super::capability::{self, CapabilitySet};
use super::draft::{Parts, encode_inputs};
use super::graph::{Graph, Output, SHA256, Vertex, digest_of};
use super::import::merged;
use super::{Location, Metadata, Range, SourceFile};
use crate::proto::pb;

/// Key of the description that progress displays show as a vertex's name.
/// <https://github.com/moby/buildkit/blob/v0.32.2/client/llb/state.go> (`WithCustomName`)
const CUSTOM_NAME: &str = "llb.customname";

impl Graph {
    /// The ops that lead to `result`, each after what it needs, and behind them the terminal that names the result.
    ///
    /// `files` are what the ops' locations point into; those that point outside are left out. Locations are filed under the
    /// digests by which `engine` knows the ops.
    #[must_use]
    pub fn definition(
        mut self,
        result: Output,
        files: &[SourceFile],
        engine: &CapabilitySet,
    ) -> pb::Definition {
        let ops = self.leading_to(result);
        let terminal = pb::Op {
            inputs: vec![pb::Input {
                digest: self.digest(result).to_owned(),
                index: i64::from(result.index),
            }],
            ..pb::Op::default()
        }
        .encode_to_vec();
        let terminal_metadata = pb::OpMetadata {
            caps: named(capabilities_of_terminal(self.vertices_of(&ops))),
            ..pb::OpMetadata::default()
        };
        let source = (!files.is_empty()).then(|| pb::Source {
            locations: self.locations(&ops, files.len(), engine),
            infos: files.iter().map(source_info).collect(),
        });

        // From here on parts of the ops are moved, not copied: plans have tens of thousands.
        let mut encoder = MetadataEncoder::new(&self.capability_sets);
        let vertices = &mut self.vertices;
        let metadata = ops.iter().map(|&op| {
            let vertex = &mut vertices[op];
            let metadata = encoder.encode(vertex);
            (take(&mut vertex.digest), metadata)
        });
        let mut metadata = by_digest(metadata);
        metadata.insert(digest_of(&terminal), terminal_metadata.encode_to_vec());
        let mut def = Vec::with_capacity(ops.len() + 1);
        def.extend(ops.iter().map(|&op| take(&mut vertices[op].encoded.bytes)));
        def.push(terminal.into());
        pb::Definition {
            def,
            metadata,
            source,
        }
    }

    /// The locations of ops by the digests by which `engine` knows them.
    fn locations(
        &self,
        ops: &[usize],
        files: usize,
        engine: &CapabilitySet,
    ) -> BTreeMap<String, Vec<u8>> {
        let mut tag_order = knows_tag_order(engine).then(|| self.tag_order_digests(ops));
        let mut scratch = Vec::new();
        by_digest(ops.iter().filter_map(|op| {
            let vertex = &self.vertices[*op];
            encode_locations(&vertex.metadata.locations, files, &mut scratch);
            (!scratch.is_empty()).then(|| {
                let digest = tag_order.as_mut().and_then(|digests| digests.remove(op));
                let digest = digest.unwrap_or_else(|| vertex.digest.clone());
                (digest, scratch.clone())
            })
        }))
    }

    /// The digest by which `engine` knows the op behind an output: its progress display, and so warnings and errors.
    #[must_use]
    pub fn vertex_digest(&self, output: Output, engine: &CapabilitySet) -> String {
        let tag_order = knows_tag_order(engine)
            .then(|| {
                self.tag_order_digests(&self.leading_to(output))
                    .remove(&output.op)
            })
            .flatten();
        tag_order.unwrap_or_else(|| self.digest(output).to_owned())
    }

    /// The digests of ops, each after what it needs, taken over them written by tag: engines from 0.11 to 0.16 re-marshal
    /// them so. The parts of an op are the same bytes in both orders, but for the digests of its inputs.
    fn tag_order_digests(&self, ops: &[usize]) -> HashMap<usize, String> {
        let mut digests = HashMap::<usize, String>::new();
        for &op in ops {
            let Vertex {
                encoded, inputs, ..
            } = &self.vertices[op];
            let digest = |op| digests.get(op).map_or("", String::as_str);
            let mut bytes = Vec::with_capacity(encoded.bytes.len());
            encode_inputs(
                inputs.iter().map(|input| (digest(&input.op), input.index)),
                &mut bytes,
            );
            let Parts {
                inputs_end,
                body_start,
            } = encoded.parts;
            bytes.extend_from_slice(&encoded.bytes[body_start..]);
            bytes.extend_from_slice(&encoded.bytes[inputs_end..body_start]);
            digests.insert(op, digest_of(&bytes));
        }
        digests
    }

    /// What the ops that lead to `result` need of an engine.
    #[must_use]
    pub fn required_capabilities(&self, result: Output) -> BTreeSet<&'static str> {
        let ops = self.leading_to(result);
        let mut capabilities = capabilities_of_terminal(self.vertices_of(&ops));
        let sets = self.vertices_of(&ops).map(|vertex| vertex.capabilities);
        for set in sets.collect::<BTreeSet<_>>() {
            capabilities.extend(&self.capability_sets[set]);
        }
        capabilities
    }

    fn vertices_of(&self, ops: &[usize]) -> impl Iterator<Item = &Vertex> {
        ops.iter().map(|&op| &self.vertices[op])
    }

    /// The ops that `result` needs with its own, in the order they were added: what an op needs was there before it.
    fn leading_to(&self, result: Output) -> Vec<usize> {
        let mut needed = vec![false; result.op + 1];
        needed[result.op] = true;
        for op in (0..=result.op).rev() {
            if needed[op] {
                for input in &self.vertices[op].inputs {
                    needed[input.op] = true;
                }
            }
        }
        (0..=result.op).filter(|&op| needed[op]).collect()
    }
}

/// What ops need of an engine beyond each by itself.
fn capabilities_of_terminal<'a>(
    vertices: impl IntoIterator<Item = &'a Vertex>,
) -> BTreeSet<&'static str> {
    let mut capabilities = BTreeSet::from([capability::CONSTRAINTS, capability::PLATFORM]);
    let (mut ignore_cache, mut description, mut export_cache) = (false, false, false);
    for Vertex { metadata, .. } in vertices {
        ignore_cache |= metadata.ignore_cache;
        description |= metadata.name.is_some();
        export_cache |= metadata.export_cache.is_some();
    }
    let used = [
        (ignore_cache, capability::META_IGNORE_CACHE),
        (description, capability::META_DESCRIPTION),
        (export_cache, capability::META_EXPORT_CACHE),
    ];
    capabilities.extend(used.into_iter().filter_map(|(used, id)| used.then_some(id)));
    capabilities
}

/// A map by digests. They are sorted by their beginnings, which lie side by side, before the map sorts what then is in order:
/// in graphs of thousands of ops the time goes into memory that is far away.
fn by_digest<V>(values: impl Iterator<Item = (String, V)>) -> BTreeMap<String, V> {
    let mut values: Vec<_> = values.collect();
    values.sort_by_cached_key(|(digest, _)| {
        let hash = digest.as_bytes().get(SHA256.len()..);
        let beginning = hash.and_then(<[u8]>::first_chunk);
        beginning.map(|beginning| u128::from_be_bytes(*beginning))
    });
    values.into_iter().collect()
}

impl Metadata {
    /// Adds what is said of an op that is there already: the first word on a matter stays, wishes and locations add up.
    pub(super) fn add(&mut self, other: Metadata) {
        self.ignore_cache |= other.ignore_cache;
        self.locations.extend(other.locations);
        self.name = self.name.take().or(other.name);
        self.progress_group = self.progress_group.take().or(other.progress_group);
        self.export_cache = self.export_cache.or(other.export_cache);
    }
}

/// Whether `engine` takes digests over ops that it has written anew by tag: so do those from 0.11 to 0.16. All others take
/// them over the bytes sent, or over the same bytes.
fn knows_tag_order(engine: &CapabilitySet) -> bool {
    let since_0_11 = engine.supports(capability::SOURCE_IMAGE_LAYER_LIMIT);
    let since_0_17 = engine.supports(capability::EXEC_VALID_EXIT_CODE);
    since_0_11 && !since_0_17
}

/// Encodes what is said of ops. One message serves for all of them.
struct MetadataEncoder {
    message: pb::OpMetadata,
    /// The field of capabilities as it is sent, for each set.
    capabilities: Vec<Vec<u8>>,
}

impl MetadataEncoder {
    fn new(capability_sets: &[Vec<&'static str>]) -> Self {
        let encoded = |set: &Vec<&'static str>| {
            let caps = named(set.iter().copied());
            pb::OpMetadata {
                caps,
                ..pb::OpMetadata::default()
            }
            .encode_to_vec()
        };
        Self {
            message: pb::OpMetadata::default(),
            capabilities: capability_sets.iter().map(encoded).collect(),
        }
    }

    /// What is said of an op, its fields in the order of their tags; takes the op's name away.
    fn encode(&mut self, vertex: &mut Vertex) -> Vec<u8> {
        let metadata = &mut vertex.metadata;
        if let Some(imported) = &vertex.imported {
            return merged(imported, metadata).encode_to_vec();
        }
        let Self {
            message,
            capabilities,
        } = self;
        message.ignore_cache = metadata.ignore_cache;
        message.export_cache = metadata.export_cache.map(|value| pb::ExportCache { value });
        match metadata.name.take() {
            None => message.description.clear(),
            Some(name) => match message.description.get_mut(CUSTOM_NAME) {
                Some(description) => *description = name,
                None => {
                    message.description.insert(CUSTOM_NAME.to_owned(), name);
                }
            },
        }
        let capabilities = &capabilities[vertex.capabilities];
        let mut bytes = Vec::with_capacity(message.encoded_len() + capabilities.len());
        message.encode_raw(&mut bytes);
        bytes.extend_from_slice(capabilities);
        if let Some(group) = metadata.progress_group.take() {
            let progress_group = Some(pb::ProgressGroup {
                id: group.id,
                name: group.name,
                weak: group.weak,
            });
            let message = pb::OpMetadata {
                progress_group,
                ..pb::OpMetadata::default()
            };
            message.encode_raw(&mut bytes);
        }
        bytes
    }
}

fn named<'a>(capabilities: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, bool> {
    let ids = capabilities.into_iter();
    ids.map(|id| (id.to_owned(), true)).collect()
}

/// How many locations of an op are kept: a client shows the lines of each when the op fails.
const MAX_LOCATIONS: usize = 16;

/// Writes a `pb.Locations`, in place of what is in `bytes`: each location once, in the order they were added, up to
/// [`MAX_LOCATIONS`].
fn encode_locations(locations: &[Location], files: usize, bytes: &mut Vec<u8>) {
    /// Number of the field `locations` in `pb.Locations`.
    const LOCATIONS: u32 = 1;

    bytes.clear();
    let mut kept = Vec::with_capacity(locations.len().min(MAX_LOCATIONS));
    let mut message = pb::Location {
        source_index: 0,
        ranges: vec![pb::Range::default()],
    };
    for location in locations {
        if kept.len() == MAX_LOCATIONS {
            break;
        }
        if location.source_index < files && !kept.contains(&location) {
            kept.push(location);
            message.source_index = i32::try_from(location.source_index).unwrap_or(i32::MAX);
            message.ranges.fill(range(location.range));
            prost::encoding::message::encode(LOCATIONS, &message, bytes);
        }
    }
}

fn range(range: Range) -> pb::Range {
    let position = |line, character| pb::Position {
        line: i32::try_from(line).unwrap_or(i32::MAX),
        character: i32::try_from(character).unwrap_or(i32::MAX),
    };
    pb::Range {
        start: Some(position(range.start_line, range.start_character)),
        end: Some(position(range.end_line, range.end_character)),
    }
}

fn source_info(file: &SourceFile) -> pb::SourceInfo {
    pb::SourceInfo {
        filename: file.filename.clone(),
        data: file.data.clone(),
        definition: None,
        language: file.language.clone(),
    }
}
