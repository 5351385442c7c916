//! Whole builds against an engine in this process.

mod builds;
mod contexts;
mod errors;
mod lint;
mod planning;
mod requests;
mod secrets;
mod warnings;

use std::collections::BTreeMap;

use prost::Message as _;
use serde_json::Value;
use tonic::{Code, Status};

use super::{Request, run};
use crate::gateway::testing::{DIRECTORY, Engine, File};
use crate::llb::Platform;
use crate::plan::MAX_PLAN_SIZE;
use crate::proto::gateway::result::Result as WireResult;
use crate::proto::google::protobuf::Any;
use crate::proto::google::rpc;
use crate::proto::pb;

const PLAN: &str = r#"{
  "steps": [
    {
      "name": "Build",
      "inputs": [{ "image": "debian" }],
      "commands": [
        { "src": ".", "dest": "." },
        { "cmd": "make" }
      ]
    }
  ],
  "deploy": {
    "base": { "image": "docker.io/library/debian:latest" },
    "inputs": [{ "step": "Build", "include": ["/app"] }],
    "startCommand": "/app/run"
  }
}
"#;

const DEBIAN: &str = "docker.io/library/debian:latest";
const DEBIAN_CONFIG: &str =
    r#"{"architecture":"amd64","os":"linux","config":{"Env":["PATH=/opt/bin"]}}"#;

/// An engine whose client offers files, and whose registry has one image.
fn engine(files: &[(&'static str, &str)]) -> Engine {
    Engine {
        files: files
            .iter()
            .map(|(name, data)| (*name, File::new(data)))
            .collect(),
        images: BTreeMap::from([(DEBIAN, ("sha256:0123", DEBIAN_CONFIG))]),
        ..Engine::new()
    }
}

fn request(options: &[(&str, &str)]) -> Request {
    Request {
        options: options
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
        session: Some("session1".to_owned()),
        ..Request::default()
    }
}

async fn build(engine: &Engine, options: &[(&str, &str)]) {
    let bridge = engine.open().await;
    run(&bridge, &request(options)).await.unwrap();
}

/// The error that a build returned.
async fn error(engine: &Engine, options: &[(&str, &str)]) -> rpc::Status {
    build(engine, options).await;
    let returned = engine.calls().returns.pop().unwrap();
    assert_eq!(returned.result, None);
    returned.error.unwrap()
}

/// The places of files that an error shows: name and lines.
fn places(error: &rpc::Status) -> Vec<String> {
    let sources = error
        .details
        .iter()
        .filter(|detail| detail.type_url.ends_with("errdefs.Source+json"));
    sources
        .map(|detail| {
            let source: Value = serde_json::from_slice(&detail.value).unwrap();
            let range = &source["ranges"][0];
            let (start, end) = (&range["start"]["line"], &range["end"]["line"]);
            format!(
                "{}:{start}-{end}",
                source["info"]["filename"].as_str().unwrap()
            )
        })
        .collect()
}

/// The ops of the nth solve.
fn ops(engine: &Engine, solve: usize) -> Vec<pb::Op> {
    let definition = engine.calls().solves[solve].definition.clone().unwrap();
    let ops = definition.def.iter();
    ops.map(|op| pb::Op::decode(op.as_ref()).unwrap()).collect()
}

/// The sources of the nth solve: identifier and attributes.
fn sources(engine: &Engine, solve: usize) -> Vec<(String, BTreeMap<String, String>)> {
    let sources = ops(engine, solve).into_iter().filter_map(|op| match op.op {
        Some(pb::op::Op::Source(source)) => Some((source.identifier, source.attrs)),
        _ => None,
    });
    sources.collect()
}
