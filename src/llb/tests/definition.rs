//! Definitions as a whole.

use std::collections::{BTreeMap, BTreeSet};

use prost::Message;

use super::everything::Everything;
use super::pieces::{base, make_file, ops, run};
use crate::llb::graph::digest_of;
use crate::llb::{
    CapabilitySet, Graph, LocalSource, Location, Metadata, ProgressGroup, Range, Source,
    SourceFile, capability,
};
use crate::proto::pb;

fn location(source_index: usize, line: u32) -> Location {
    Location {
        source_index,
        range: Range {
            start_line: line,
            start_character: 3,
            end_line: line + 1,
            end_character: 4,
        },
    }
}

fn file(filename: &str) -> SourceFile {
    SourceFile {
        filename: filename.into(),
        data: b"{}".into(),
        language: "json".into(),
    }
}

#[test]
fn a_definition_is_closed_ordered_and_ends_in_its_terminal() {
    let everything = Everything::new();
    let top = everything.top();
    let definition = everything
        .graph
        .clone()
        .definition(top, &[], &CapabilitySet::default());
    let digests: Vec<String> = definition
        .def
        .iter()
        .map(|bytes| digest_of(bytes))
        .collect();
    let mut ops = ops(&definition);
    let terminal = ops.pop().unwrap();
    assert_eq!(
        terminal,
        pb::Op {
            inputs: vec![pb::Input {
                digest: everything.graph.digest(top).into(),
                index: 0
            }],
            ..pb::Op::default()
        }
    );
    for (index, op) in ops.iter().enumerate() {
        assert!(op.op.is_some());
        for input in &op.inputs {
            assert!(
                digests[..index].contains(&input.digest),
                "an input comes first"
            );
        }
    }
    let described: BTreeSet<&String> = definition.metadata.keys().collect();
    assert_eq!(described, digests.iter().collect());
    assert_eq!(definition.source, None);
    // alpine, local, oci layout, the exec that uses everything, diff, merge, exec: nothing that top does not need.
    assert_eq!(ops.len(), 7);
}

#[test]
fn every_build_of_a_graph_gives_the_same_bytes() {
    let files = [file("rpk.json")];
    let definition = || {
        let mut everything = Everything::new();
        let outputs: Vec<_> = everything
            .outputs
            .iter()
            .map(|(_, output)| Some(*output))
            .collect();
        let all = everything
            .graph
            .merge(&outputs, Metadata::default())
            .unwrap();
        everything
            .graph
            .definition(all, &files, &CapabilitySet::default())
            .encode_to_vec()
    };
    let first = definition();
    for _ in 1..1000 {
        assert!(first == definition());
    }
}

#[test]
fn a_hundred_thousand_ops_in_a_chain_are_no_trouble() {
    const LENGTH: usize = 100_000;
    let mut graph = Graph::new();
    let mut tree = None;
    for number in 0..LENGTH {
        let metadata = Metadata {
            locations: vec![location(0, 1)],
            ..Metadata::default()
        };
        tree = Some(graph.file(tree, vec![make_file(&format!("/{number}"))], metadata));
    }
    let engine = CapabilitySet::from_iter([capability::SOURCE_IMAGE_LAYER_LIMIT]);
    let definition = graph.definition(tree.unwrap(), &[file("rpk.json")], &engine);
    assert_eq!(definition.def.len(), LENGTH + 1);
    assert_eq!(definition.source.unwrap().locations.len(), LENGTH);
}

#[test]
fn the_oneof_comes_last_in_an_ops_bytes() {
    let everything = Everything::new();
    let definition =
        everything
            .graph
            .clone()
            .definition(everything.top(), &[], &CapabilitySet::default());
    for bytes in &definition.def[..definition.def.len() - 1] {
        let tags = top_level_tags(bytes);
        let (last, others) = tags.split_last().unwrap();
        assert!((2..=8).contains(last), "{tags:?}");
        assert!(
            others.is_sorted() && others.iter().all(|tag| [1, 10, 11].contains(tag)),
            "{tags:?}"
        );
    }
}

/// Field numbers of a message made of length-delimited fields.
fn top_level_tags(mut bytes: &[u8]) -> Vec<u32> {
    let mut tags = Vec::new();
    while !bytes.is_empty() {
        let (tag, wire_type) = prost::encoding::decode_key(&mut bytes).unwrap();
        assert_eq!(wire_type, prost::encoding::WireType::LengthDelimited);
        let length = prost::encoding::decode_varint(&mut bytes).unwrap();
        bytes = &bytes[usize::try_from(length).unwrap()..];
        tags.push(tag);
    }
    tags
}

/// What engines from 0.11 to 0.16 do with a definition: every op is decoded and written again by tag, which changes the
/// digests of those that use it.
#[test]
fn locations_are_filed_under_the_digests_that_the_engine_knows() {
    let mut everything = Everything::new();
    let metadata = Metadata {
        locations: vec![location(0, 7)],
        ..Metadata::default()
    };
    let base = everything.output("image");
    let exec = everything
        .graph
        .exec(run(&["false"], Some(base)), metadata.clone());
    let upper = everything
        .graph
        .file(Some(exec.root()), vec![make_file("/x")], metadata);
    let definition =
        everything
            .graph
            .clone()
            .definition(upper, &[file("rpk.json")], &CapabilitySet::default());

    let mut by_tag = BTreeMap::new();
    for bytes in &definition.def {
        let mut op = pb::Op::decode(bytes.as_ref()).unwrap();
        for input in &mut op.inputs {
            input.digest.clone_from(&by_tag[&input.digest]);
        }
        by_tag.insert(digest_of(bytes), digest_of(&op.encode_to_vec()));
    }

    let engine = |capabilities: &[&str]| capabilities.iter().copied().collect::<CapabilitySet>();
    for (engine, knows_tag_order) in [
        (engine(&[]), false),
        (engine(&[capability::SOURCE_IMAGE_LAYER_LIMIT]), true),
        (
            engine(&[
                capability::SOURCE_IMAGE_LAYER_LIMIT,
                capability::EXEC_VALID_EXIT_CODE,
            ]),
            false,
        ),
    ] {
        let known = [exec.root(), upper].map(|output| {
            let digest = everything.graph.digest(output);
            assert_ne!(digest, by_tag[digest]);
            let known = everything.graph.vertex_digest(output, &engine);
            let expected = if knows_tag_order {
                &by_tag[digest]
            } else {
                digest
            };
            assert_eq!(known, expected);
            known
        });
        let definition = everything
            .graph
            .clone()
            .definition(upper, &[file("rpk.json")], &engine);
        let locations = definition.source.unwrap().locations;
        assert_eq!(
            locations.into_keys().collect::<BTreeSet<_>>(),
            BTreeSet::from(known)
        );
    }
}

#[test]
fn locations_point_into_the_files_given_and_come_once() {
    let mut graph = Graph::new();
    let add = |graph: &mut Graph, locations: Vec<Location>| {
        let source = LocalSource {
            name: "context".into(),
            ..LocalSource::default()
        };
        graph.source(
            Source::Local(source),
            Metadata {
                locations,
                ..Metadata::default()
            },
        )
    };
    let output = add(&mut graph, vec![location(1, 9), location(0, 2)]);
    add(
        &mut graph,
        vec![location(0, 2), location(2, 1), location(0, 3)],
    );
    let definition = graph.clone().definition(
        output,
        &[file("rpk.json"), file("other.json")],
        &CapabilitySet::default(),
    );
    let source = definition.source.unwrap();
    let expected = |source_index, line| pb::Location {
        source_index,
        ranges: vec![pb::Range {
            start: Some(pb::Position { line, character: 3 }),
            end: Some(pb::Position {
                line: line + 1,
                character: 4,
            }),
        }],
    };
    assert_eq!(
        pb::Locations::decode(&*source.locations[graph.digest(output)])
            .unwrap()
            .locations,
        [expected(1, 9), expected(0, 2), expected(0, 3)]
    );
    assert_eq!(source.infos.len(), 2);
    assert_eq!(
        source.infos[0],
        pb::SourceInfo {
            filename: "rpk.json".into(),
            data: b"{}".into(),
            definition: None,
            language: "json".into()
        }
    );
}

#[test]
fn an_op_added_twice_is_one_vertex_and_what_is_said_of_it_adds_up() {
    let mut graph = Graph::new();
    let group = |id: &str| ProgressGroup {
        id: id.into(),
        name: format!("group {id}"),
        weak: true,
    };
    let base = base(&mut graph);
    let mut add = |metadata| graph.file(Some(base), vec![make_file("/x")], metadata);
    let first = add(Metadata {
        name: Some("first".into()),
        ..Metadata::default()
    });
    let second = add(Metadata {
        name: Some("second".into()),
        ignore_cache: true,
        progress_group: Some(group("1")),
        export_cache: Some(false),
        ..Metadata::default()
    });
    let third = add(Metadata {
        progress_group: Some(group("2")),
        export_cache: Some(true),
        ..Metadata::default()
    });
    assert_eq!(first, second);
    assert_eq!(first, third);
    let definition = graph
        .clone()
        .definition(first, &[], &CapabilitySet::default());
    assert_eq!(definition.def.len(), 3);
    let metadata = |digest: &str| pb::OpMetadata::decode(&*definition.metadata[digest]).unwrap();
    assert_eq!(
        metadata(graph.digest(first)),
        pb::OpMetadata {
            ignore_cache: true,
            description: BTreeMap::from([("llb.customname".into(), "first".into())]),
            export_cache: Some(pb::ExportCache { value: false }),
            caps: BTreeMap::from([("file.base".into(), true)]),
            progress_group: Some(pb::ProgressGroup {
                id: "1".into(),
                name: "group 1".into(),
                weak: true
            }),
            linux_resources: None,
        }
    );
    let terminal = definition.def.last().unwrap();
    let capabilities = metadata(&digest_of(terminal)).caps.into_keys();
    assert_eq!(
        capabilities.collect::<Vec<_>>(),
        [
            "constraints",
            "meta.description",
            "meta.exportcache",
            "meta.ignorecache",
            "platform"
        ]
    );
}
