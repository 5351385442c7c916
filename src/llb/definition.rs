//! A graph in the form that an engine takes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use prost::Message;

use super::capability::{self, CapabilitySet};
use super::draft::encode_inputs;
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
        &self,
        result: Output,
        files: &[SourceFile],
        engine: &CapabilitySet,
    ) -> pb::Definition {
        let ops = self.leading_to(result);
        let vertices = || ops.iter().map(|&op| &self.vertices[op]);
        let mut def: Vec<_> = vertices()
            .map(|vertex| vertex.encoded.bytes.clone())
            .collect();
        let metadata =
            vertices().map(|vertex| (vertex.digest.clone(), op_metadata(vertex).encode_to_vec()));
        let mut metadata = by_digest(metadata);
        let terminal = pb::Op {
            inputs: vec![pb::Input {
                digest: self.digest(result).to_owned(),
                index: i64::from(result.index),
            }],
            ..pb::Op::default()
        }
        .encode_to_vec();
        let terminal_metadata = pb::OpMetadata {
            caps: named(capabilities_of_terminal(vertices())),
            ..pb::OpMetadata::default()
        };
        metadata.insert(digest_of(&terminal), terminal_metadata.encode_to_vec());
        def.push(terminal.into());
        let source = (!files.is_empty()).then(|| pb::Source {
            locations: if knows_tag_order(engine) {
                let digests = self.tag_order_digests(&ops).into_iter();
                locations(
                    digests.map(|(op, digest)| (digest, &self.vertices[op])),
                    files.len(),
                )
            } else {
                let digests = vertices().map(|vertex| (vertex.digest.clone(), vertex));
                locations(digests, files.len())
            },
            infos: files.iter().map(source_info).collect(),
        });
        pb::Definition {
            def,
            metadata,
            source,
        }
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
            bytes.extend_from_slice(&encoded.bytes[encoded.body_start..]);
            bytes.extend_from_slice(&encoded.bytes[encoded.inputs_end..encoded.body_start]);
            digests.insert(op, digest_of(&bytes));
        }
        digests
    }

    /// What the ops that lead to `result` need of an engine.
    #[must_use]
    pub fn required_capabilities(&self, result: Output) -> BTreeSet<&'static str> {
        let ops = self.leading_to(result);
        let vertices = || ops.iter().map(|&op| &self.vertices[op]);
        let mut capabilities = capabilities_of_terminal(vertices());
        capabilities.extend(vertices().flat_map(|vertex| &vertex.capabilities));
        capabilities
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

/// The locations of ops by their digests.
fn locations<'a>(
    vertices: impl Iterator<Item = (String, &'a Vertex)>,
    files: usize,
) -> BTreeMap<String, Vec<u8>> {
    let places = vertices.map(|(digest, vertex)| {
        let places = places(&vertex.metadata.locations, files);
        (digest, places.encode_to_vec())
    });
    by_digest(places.filter(|(_, places)| !places.is_empty()))
}

/// A map by digests. They are sorted by their beginnings, which lie side by side, before the map sorts what then is in order:
/// in graphs of thousands of ops the time goes into memory that is far away.
fn by_digest<V>(values: impl Iterator<Item = (String, V)>) -> BTreeMap<String, V> {
    let mut values: Vec<_> = values.collect();
    values.sort_by_cached_key(|(digest, _)| {
        let hash = digest.bytes().skip(SHA256.len());
        hash.take(size_of::<u128>())
            .fold(0, |beginning, byte| beginning << 8 | u128::from(byte))
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

fn op_metadata(vertex: &Vertex) -> pb::OpMetadata {
    let metadata = &vertex.metadata;
    if let Some(imported) = &vertex.imported {
        return merged(imported, metadata);
    }
    pb::OpMetadata {
        ignore_cache: metadata.ignore_cache,
        description: metadata
            .name
            .iter()
            .map(|name| (CUSTOM_NAME.to_owned(), name.clone()))
            .collect(),
        export_cache: metadata.export_cache.map(|value| pb::ExportCache { value }),
        caps: named(vertex.capabilities.iter().copied()),
        progress_group: metadata
            .progress_group
            .as_ref()
            .map(|group| pb::ProgressGroup {
                id: group.id.clone(),
                name: group.name.clone(),
                weak: group.weak,
            }),
        linux_resources: None,
    }
}

fn named<'a>(capabilities: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, bool> {
    let ids = capabilities.into_iter();
    ids.map(|id| (id.to_owned(), true)).collect()
}

/// How many locations of an op are kept: a client shows the lines of each when the op fails.
const MAX_LOCATIONS: usize = 16;

/// Each location once, in the order they were added, up to [`MAX_LOCATIONS`].
fn places(locations: &[Location], files: usize) -> pb::Locations {
    let mut kept: Vec<&Location> = Vec::with_capacity(locations.len().min(MAX_LOCATIONS));
    let inside = locations
        .iter()
        .filter(|location| location.source_index < files);
    for location in inside {
        if kept.len() == MAX_LOCATIONS {
            break;
        }
        if !kept.contains(&location) {
            kept.push(location);
        }
    }
    let locations = kept
        .into_iter()
        .map(|location| pb::Location {
            source_index: i32::try_from(location.source_index).unwrap_or(i32::MAX),
            ranges: vec![range(location.range)],
        })
        .collect();
    pb::Locations { locations }
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
