//! The same inputs give the same image, wherever and whenever it is built.

use libtest_mimic::Trial;
use serde_json::json;

use super::{Subject, named};
use crate::harness::engine::{Engine, Output};
use crate::harness::private_engine::PrivateEngine;
use crate::harness::project::{Project, shell};
use crate::harness::settings::settings;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("reproducible")
        .on_buildkit(named![
            the_same_inputs_give_the_same_image_again_and_on_another_builder
        ])
        .trials
}

/// The base was built by the first engine and is pulled by the second.
fn the_same_inputs_give_the_same_image_again_and_on_another_builder(engine: &Engine) {
    let first = digest(&project(), engine);
    assert_eq!(digest(&project(), engine), first);
    let other = PrivateEngine::start();
    assert_eq!(digest(&project(), &other.engine()), first);
}

/// With all that writes files: assets, commands, copies, and layers that are merged. Its own files are new each time.
fn project() -> Project {
    let runtime = json!({ "image": settings().runtime_image });
    let plan = json!({
        "steps": [
            {
                "name": "tools",
                "inputs": [runtime],
                "assets": { "config": "a = 1\n" },
                "commands": [
                    { "path": "/etc/tool.conf", "name": "config" },
                    shell("mkdir -p /opt/tool && echo tool > /opt/tool/program && ln -s program /opt/tool/link"),
                ],
            },
            {
                "name": "build",
                "inputs": [{ "step": "tools" }, { "local": true, "include": ["."] }],
                "commands": [shell("cp greeting built && chmod 700 built && mkdir -p /root/.cache/tool")],
            },
            {
                "name": "copied",
                "inputs": [runtime],
                "commands": [{ "src": "greeting", "dest": "copied/" }],
            },
        ],
        "deploy": {
            "base": runtime,
            "inputs": [
                { "step": "tools", "include": ["/opt/tool", "/etc/tool.conf"] },
                { "step": "build", "include": ["/app/built", "/root/.cache"] },
                { "step": "copied", "include": ["/app/copied"] },
            ],
            "startCommand": "cat built",
            "user": "10001",
        },
    });
    Project::with_plan(&plan).file("greeting", "hello")
}

/// The digest of the image, built from nothing.
fn digest(project: &Project, engine: &Engine) -> String {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let layout = directory.path().join("layout");
    let exporter = "type=oci,rewrite-timestamp=true,tar=false".to_owned();
    let build = project.build(engine).no_cache();
    let build = build.build_argument("SOURCE_DATE_EPOCH", "1700000000");
    build.run(&Output::File(exporter, layout.clone())).success();
    let index = std::fs::read_to_string(layout.join("index.json")).expect("there is an index");
    let index: serde_json::Value = serde_json::from_str(&index).expect("it is JSON");
    let digest = index["manifests"][0]["digest"].as_str();
    digest.expect("it names the image").to_owned()
}
