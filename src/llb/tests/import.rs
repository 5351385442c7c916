//! Definitions of other graphs.

use std::collections::BTreeSet;

use prost::Message as _;

use super::everything::Everything;
use super::pieces::{base, make_file};
use crate::llb::{CapabilitySet, Graph, Metadata, Output, capability};
use crate::proto::pb;

fn definition(graph: &Graph, result: Output) -> pb::Definition {
    graph
        .clone()
        .definition(result, &[], &CapabilitySet::default())
}

/// A definition with an op of every kind.
fn everything() -> pb::Definition {
    let everything = Everything::new();
    definition(&everything.graph, everything.top())
}

fn refusal(definition: &pb::Definition) -> String {
    Graph::new().import(definition).unwrap_err().to_string()
}

#[test]
fn a_definition_comes_out_as_it_went_in() {
    let given = everything();
    let mut graph = Graph::new();
    let top = graph.import(&given).unwrap().unwrap();
    let again = definition(&graph, top);
    let ops = |definition: &pb::Definition| {
        let (terminal, ops) = definition.def.split_last().unwrap();
        (terminal.clone(), BTreeSet::from_iter(ops.to_vec()))
    };
    assert_eq!(ops(&again), ops(&given));
    let terminal = graph.digest(top).to_owned();
    assert_eq!(again.metadata[&terminal], given.metadata[&terminal]);
}

#[test]
fn the_order_of_the_ops_says_nothing() {
    let mut given = everything();
    let count = given.def.len() - 1;
    given.def[..count].reverse();
    let mut graph = Graph::new();
    let top = graph.import(&given).unwrap().unwrap();
    assert_eq!(definition(&graph, top).def.len(), count + 1);
}

#[test]
fn engines_that_write_ops_anew_know_them_by_the_same_digests() {
    let everything = Everything::new();
    let top = everything.top();
    let engine = CapabilitySet::from_iter([capability::SOURCE_IMAGE_LAYER_LIMIT]);
    let mut graph = Graph::new();
    let imported = graph.import(&definition(&everything.graph, top));
    assert_eq!(
        graph.vertex_digest(imported.unwrap().unwrap(), &engine),
        everything.graph.vertex_digest(top, &engine)
    );
}

#[test]
fn an_op_that_is_there_already_is_one_op() {
    let mut graph = Graph::new();
    let base = base(&mut graph);
    let given = definition(&graph, base);
    assert_eq!(graph.import(&given).unwrap(), Some(base));
}

#[test]
fn a_wish_reaches_an_imported_op() {
    let add = |graph: &mut Graph, ignore_cache| {
        let metadata = Metadata {
            ignore_cache,
            ..Metadata::default()
        };
        graph.file(None, vec![make_file("/a")], metadata)
    };
    let mut other = Graph::new();
    let file = add(&mut other, false);
    let mut graph = Graph::new();
    let imported = graph.import(&definition(&other, file)).unwrap().unwrap();
    assert_eq!(add(&mut graph, true), imported);
    let digest = graph.digest(imported).to_owned();
    let metadata = &definition(&graph, imported).metadata[&digest];
    assert!(pb::OpMetadata::decode(&**metadata).unwrap().ignore_cache);
}

#[test]
fn nothing_is_scratch() {
    assert_eq!(
        Graph::new().import(&pb::Definition::default()).unwrap(),
        None
    );
}

#[test]
fn what_is_no_definition_is_refused() {
    let mut graph = Graph::new();
    let base = base(&mut graph);
    let file = graph.file(Some(base), vec![make_file("/a")], Metadata::default());
    let given = definition(&graph, file);

    let mut no_terminal = given.clone();
    no_terminal.def.pop();
    no_terminal.def.remove(1);
    assert_eq!(refusal(&no_terminal), "the last op names no result");

    let mut no_input = given.clone();
    no_input.def.remove(0);
    let digest = graph.digest(base);
    assert_eq!(refusal(&no_input), format!("the op {digest} is missing"));

    let mut broken = given;
    broken.def[0] = vec![0xff; 3].into();
    let told = refusal(&broken);
    assert!(told.starts_with("an op cannot be decoded: "), "{told}");
}
