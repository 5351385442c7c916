//! A graph in the form that an engine takes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use prost::Message;

use super::capability::{self, CapabilitySet};
use super::draft::encode_inputs;
use super::graph::{Graph, Output, Vertex, digest_of};
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
        let vertices = || self.leading_to(result).map(|(_, vertex)| vertex);
        let mut definition = pb::Definition {
            def: vertices()
                .map(|vertex| vertex.encoded.bytes.clone())
                .collect(),
            // Collecting sorts once, where inserting one by one would look for each one's place.
            metadata: vertices()
                .map(|vertex| (vertex.digest.clone(), op_metadata(vertex)))
                .collect(),
            source: None,
        };
        let terminal = pb::Op {
            inputs: vec![pb::Input {
                digest: self.digest(result).to_owned(),
                index: i64::from(result.index),
            }],
            ..pb::Op::default()
        }
        .encode_to_vec();
        let terminal_metadata = pb::OpMetadata {
            caps: named(&self.capabilities_of_terminal(result)),
            ..pb::OpMetadata::default()
        };
        definition
            .metadata
            .insert(digest_of(&terminal), terminal_metadata);
        definition.def.push(terminal.into());
        if !files.is_empty() {
            definition.source = Some(pb::Source {
                locations: self.locations(result, files.len(), engine),
                infos: files.iter().map(source_info).collect(),
            });
        }
        definition
    }

    /// The locations of the ops that lead to `result`, by the digests that `engine` knows.
    fn locations(
        &self,
        result: Output,
        files: usize,
        engine: &CapabilitySet,
    ) -> BTreeMap<String, pb::Locations> {
        let mut tag_order_digests = knows_tag_order(engine).then(|| self.tag_order_digests(result));
        self.leading_to(result)
            .filter_map(|(op, vertex)| {
                let places = places(&vertex.metadata.locations, files);
                let digest = match &mut tag_order_digests {
                    Some(digests) => digests.remove(&op)?,
                    None => vertex.digest.clone(),
                };
                (!places.locations.is_empty()).then_some((digest, places))
            })
            .collect()
    }

    /// The digest by which `engine` knows the op behind an output: its progress display, and so warnings and errors.
    #[must_use]
    pub fn vertex_digest(&self, output: Output, engine: &CapabilitySet) -> String {
        let tag_order = knows_tag_order(engine)
            .then(|| self.tag_order_digests(output).remove(&output.op))
            .flatten();
        tag_order.unwrap_or_else(|| self.digest(output).to_owned())
    }

    /// The digests of the ops that lead to `result`, taken over them written by tag: engines from 0.11 to 0.16 re-marshal
    /// them so. The parts of an op are the same bytes in both orders, but for the digests of its inputs.
    fn tag_order_digests(&self, result: Output) -> HashMap<usize, String> {
        let mut digests = HashMap::<usize, String>::new();
        for (
            op,
            Vertex {
                encoded, inputs, ..
            },
        ) in self.leading_to(result)
        {
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
        let mut capabilities = self.capabilities_of_terminal(result);
        capabilities.extend(
            self.leading_to(result)
                .flat_map(|(_, vertex)| &vertex.capabilities),
        );
        capabilities
    }

    /// What is needed of an engine beyond single ops.
    fn capabilities_of_terminal(&self, result: Output) -> BTreeSet<&'static str> {
        let mut capabilities = BTreeSet::from([capability::CONSTRAINTS, capability::PLATFORM]);
        for (_, Vertex { metadata, .. }) in self.leading_to(result) {
            let used = [
                (metadata.ignore_cache, capability::META_IGNORE_CACHE),
                (metadata.name.is_some(), capability::META_DESCRIPTION),
                (
                    metadata.export_cache.is_some(),
                    capability::META_EXPORT_CACHE,
                ),
            ];
            capabilities.extend(used.into_iter().filter_map(|(used, id)| used.then_some(id)));
        }
        capabilities
    }

    /// The ops that `result` needs with its own, in the order they were added: what an op needs was there before it.
    fn leading_to(&self, result: Output) -> impl Iterator<Item = (usize, &Vertex)> {
        let mut needed = vec![false; result.op + 1];
        needed[result.op] = true;
        for op in (0..=result.op).rev() {
            if needed[op] {
                for input in &self.vertices[op].inputs {
                    needed[input.op] = true;
                }
            }
        }
        self.vertices
            .iter()
            .enumerate()
            .zip(needed)
            .filter_map(|(vertex, needed)| needed.then_some(vertex))
    }
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
        caps: named(&vertex.capabilities),
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

fn named(capabilities: &BTreeSet<&str>) -> BTreeMap<String, bool> {
    capabilities
        .iter()
        .map(|id| ((*id).to_owned(), true))
        .collect()
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
            ranges: location.ranges.iter().map(range).collect(),
        })
        .collect();
    pb::Locations { locations }
}

fn range(range: &Range) -> pb::Range {
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
