//! Definitions decoded and looked at op by op.

mod certificates;
mod contexts;
mod image;
mod layers;
mod sandbox;
mod secret_files;
mod secrets;
mod ssh;
mod steps;

use std::collections::BTreeMap;

use prost::Message as _;

use super::*;
use crate::llb::{CapabilitySet, SourceFile, capability};
use crate::plan::{ValidPlan, parse, validate};
use crate::proto::pb;

const BUILDER: &str = "docker.io/library/builder:latest";

/// A decoded definition.
struct Decoded {
    ops: BTreeMap<String, pb::Op>,
    names: BTreeMap<String, String>,
    definition: pb::Definition,
    config: serde_json::Value,
}

impl Decoded {
    fn new(conversion: Conversion) -> Self {
        let definition = conversion.definition;
        let decoded = definition
            .def
            .iter()
            .map(|bytes| (digest(bytes), pb::Op::decode(bytes.as_ref()).unwrap()));
        let names = definition.metadata.iter().filter_map(|(digest, metadata)| {
            let metadata = pb::OpMetadata::decode(&**metadata).unwrap();
            let name = metadata.description.get("llb.customname").cloned();
            name.map(|name| (name, digest.clone()))
        });
        Self {
            ops: decoded.collect(),
            names: names.collect(),
            config: serde_json::from_slice(&conversion.image_config).unwrap(),
            definition,
        }
    }

    /// The op whose name in the progress display this is.
    fn named(&self, name: &str) -> &pb::Op {
        let digest = self
            .names
            .get(name)
            .unwrap_or_else(|| panic!("no op `{name}` among {:#?}", self.names.keys()));
        &self.ops[digest]
    }

    fn exec(&self, name: &str) -> (&pb::Op, &pb::ExecOp) {
        match &self.named(name).op {
            Some(pb::op::Op::Exec(exec)) => (self.named(name), exec),
            other => panic!("`{name}` is no exec: {other:?}"),
        }
    }

    fn environment(&self, name: &str) -> Vec<String> {
        self.exec(name).1.meta.as_ref().unwrap().env.clone()
    }

    fn actions(&self, name: &str) -> Vec<&pb::file_action::Action> {
        match &self.named(name).op {
            Some(pb::op::Op::File(file)) => file
                .actions
                .iter()
                .filter_map(|action| action.action.as_ref())
                .collect(),
            other => panic!("`{name}` is no file op: {other:?}"),
        }
    }

    fn copies(&self, name: &str) -> Vec<&pb::FileActionCopy> {
        let copies = self.actions(name).into_iter().map(|action| match action {
            pb::file_action::Action::Copy(copy) => copy,
            other => panic!("no copy: {other:?}"),
        });
        copies.collect()
    }

    /// The op that an input of another one is.
    fn input(&self, op: &pb::Op, index: usize) -> &pb::Op {
        &self.ops[&op.inputs[index].digest]
    }

    fn source(op: &pb::Op) -> &pb::SourceOp {
        match &op.op {
            Some(pb::op::Op::Source(source)) => source,
            other => panic!("no source: {other:?}"),
        }
    }

    fn result(&self) -> &pb::Op {
        let terminal = pb::Op::decode(self.definition.def.last().unwrap().as_ref()).unwrap();
        &self.ops[&terminal.inputs[0].digest]
    }

    fn image_environment(&self) -> Vec<&str> {
        self.config["config"]["Env"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|entry| entry.as_str())
            .collect()
    }
}

fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    ring::digest::digest(&ring::digest::SHA256, bytes)
        .as_ref()
        .iter()
        .fold("sha256:".to_owned(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn valid(json: &str) -> ValidPlan {
    let parsed = parse(json.as_bytes()).unwrap_or_else(|problems| panic!("{problems:?}"));
    validate(parsed.plan).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn modern() -> ConvertOptions {
    let capabilities = [
        capability::MERGE,
        capability::FILE_COPY_INCLUDE_EXCLUDE_PATTERNS,
        capability::EXEC_SECRET_ENVIRONMENT,
    ];
    ConvertOptions::new(
        "linux/amd64".parse().unwrap(),
        capabilities.into_iter().collect(),
    )
}

fn converted_with(json: &str, options: &ConvertOptions) -> Decoded {
    Decoded::new(convert(&valid(json), options).unwrap_or_else(|errors| panic!("{errors:?}")))
}

fn converted(json: &str) -> Decoded {
    converted_with(json, &modern())
}

/// A plan with these steps, whose image is that of the step `last`.
fn plan(steps: &str) -> String {
    format!(
        r#"{{"steps": [{steps}], "deploy": {{"base": {{"step": "last"}}, "startCommand": "true"}}}}"#
    )
}
