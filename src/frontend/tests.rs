//! Whole builds against an engine in this process.

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
        default_platform: None,
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

#[tokio::test]
async fn a_plan_becomes_an_image() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let options = [
        (
            "cache-imports",
            r#"[{"Type":"registry","Attrs":{"ref":"a:cache"}}]"#,
        ),
        ("label:a", "b"),
        ("build-arg:SOURCE_DATE_EPOCH", "1700000000"),
        ("image-resolve-mode", "pull"),
        ("build-arg:https_proxy", "http://proxy:3128"),
    ];
    build(&engine, &options).await;

    {
        let calls = engine.calls();
        assert_eq!(
            calls.names,
            [
                "ping",
                "solve",
                "stat rpk.json",
                "read rpk.json",
                "resolve source meta",
                "solve",
                "return"
            ]
        );
        assert_eq!(calls.source_metas[0].resolve_mode, "pull");
        assert_eq!(
            calls.source_metas[0]
                .platform
                .as_ref()
                .unwrap()
                .architecture,
            "amd64"
        );
        assert_eq!(calls.solves[0].cache_imports, []);
        assert_eq!(calls.solves[1].cache_imports[0].attrs["ref"], "a:cache");

        let source = calls.solves[1]
            .definition
            .as_ref()
            .unwrap()
            .source
            .as_ref()
            .unwrap();
        assert_eq!(source.infos[0].filename, "rpk.json");
        assert_eq!(source.infos[0].data, PLAN.as_bytes());

        let result = calls.returns[0].result.as_ref().unwrap();
        assert!(
            matches!(&result.result, Some(WireResult::Ref(reference)) if reference.id == "ref1")
        );
        assert_eq!(result.metadata["source.date.epoch"], b"1700000000");
        let config: Value =
            serde_json::from_slice(&result.metadata["containerimage.config"]).unwrap();
        assert_eq!(config["architecture"], "amd64");
        assert_eq!(config["config"]["Labels"]["a"], "b");
    }
    let proxies = ops(&engine, 1).into_iter().filter_map(|op| match op.op {
        Some(pb::op::Op::Exec(exec)) => exec.meta?.proxy_env,
        _ => None,
    });
    let proxies: Vec<_> = proxies.map(|proxy| proxy.https_proxy).collect();
    assert_eq!(proxies, ["http://proxy:3128"]);
    let file = sources(&engine, 0);
    assert_eq!(file[0].0, "local://dockerfile");
    assert_eq!(file[0].1["local.session"], "session1");
    assert_eq!(
        file[0].1["local.followpaths"],
        r#"["rpk.json","railpack-plan.json"]"#
    );
    let sources: BTreeMap<_, _> = sources(&engine, 1).into_iter().collect();
    let image = format!("docker-image://{DEBIAN}@sha256:0123");
    assert_eq!(sources[&image]["image.resolvemode"], "pull");
    assert_eq!(sources["local://context"]["local.session"], "session1");
}

#[tokio::test]
async fn an_old_engine_builds_too() {
    let engine = Engine {
        files: BTreeMap::from([("rpk.json", File::new(PLAN))]),
        images: BTreeMap::from([(DEBIAN, ("sha256:0123", DEBIAN_CONFIG))]),
        ..Engine::old()
    };
    build(&engine, &[("build-arg:UNUSED", "x")]).await;
    let calls = engine.calls();
    assert_eq!(
        calls.names,
        [
            "ping",
            "solve",
            "stat rpk.json",
            "read rpk.json",
            "resolve image config",
            "solve",
            "return"
        ]
    );
    let result = calls.returns[0].result.as_ref().unwrap();
    assert_eq!(
        result.result,
        Some(WireResult::RefDeprecated("ref1".to_owned()))
    );
}

#[tokio::test]
async fn the_plan_is_read_from_where_the_user_says() {
    let plan = format!("# syntax=example.com/frontend\n{PLAN}");
    let files = [
        ("railpack-plan.json", PLAN),
        ("deploy/plan.json", plan.as_str()),
    ];
    let default = engine(&files);
    build(&default, &[]).await;
    assert_eq!(
        default.calls().names[2..5],
        [
            "stat rpk.json",
            "stat railpack-plan.json",
            "read railpack-plan.json"
        ]
    );

    let named = engine(&files);
    let options = [
        ("filename", "deploy/plan.json"),
        ("dockerfilekey", "plans"),
        ("local-sessionid:plans", "session2"),
        ("local-sessionid:context", "session3"),
    ];
    build(&named, &options).await;
    assert_eq!(
        named.calls().names[2..4],
        ["stat deploy/plan.json", "read deploy/plan.json"]
    );
    let (identifier, attributes) = &sources(&named, 0)[0];
    assert_eq!(identifier, "local://plans");
    assert_eq!(attributes["local.session"], "session2");
    let context = sources(&named, 1)
        .into_iter()
        .find(|(identifier, _)| identifier == "local://context");
    assert_eq!(context.unwrap().1["local.session"], "session3");
}

#[tokio::test]
async fn the_platform_is_the_users_then_the_processes_then_the_engines() {
    let arm: Platform = "linux/arm64".parse().unwrap();
    for (asked, default, expected) in [
        (Some("linux/s390x"), Some(arm.clone()), "s390x"),
        (None, Some(arm), "arm64"),
        (None, None, "amd64"),
    ] {
        let engine = engine(&[("rpk.json", PLAN)]);
        let options = asked.map(|platform| ("platform".to_owned(), platform.to_owned()));
        let request = Request {
            options: options.into_iter().collect(),
            session: None,
            default_platform: default,
        };
        run(&engine.open().await, &request).await.unwrap();
        let asked = engine.calls().source_metas[0].platform.clone().unwrap();
        assert_eq!(asked.architecture, expected);
    }
}

#[tokio::test]
async fn a_plan_that_is_not_there_is_told_with_where_it_was_looked_for() {
    let mut engine = engine(&[]);
    let missing = error(&engine, &[]).await;
    insta::assert_snapshot!(missing.message, @r"
    no build plan: the local `dockerfile` has no file `rpk.json` or `railpack-plan.json`
      hint: write one with `railpack plan`; name it with `docker build --file` if it has another name or is in another directory
    ");
    let missing = error(&engine, &[("filename", "deploy/plan.json")]).await;
    insta::assert_snapshot!(missing.message, @r"
    no build plan: the local `dockerfile` has no file `deploy/plan.json`
      hint: write one with `railpack plan`; name it with `docker build --file` if it has another name or is in another directory
    ");

    let directory = File {
        mode: DIRECTORY | 0o755,
        ..File::new("")
    };
    engine.files.insert("rpk.json", directory);
    let directory = error(&engine, &[]).await;
    insta::assert_snapshot!(directory.message, @r"
    the build plan `rpk.json` is not a file
      hint: name the file that `railpack plan` wrote with `docker build --file`
    ");

    let size = i64::try_from(MAX_PLAN_SIZE).unwrap() + 1;
    engine.files.insert(
        "rpk.json",
        File {
            size,
            ..File::new("")
        },
    );
    let large = error(&engine, &[]).await;
    insta::assert_snapshot!(large.message, @r"
    the build plan `rpk.json` has 8388609 bytes, more than the 8388608 that are read
      hint: name the file that `railpack plan` wrote with `docker build --file`
    ");
}

#[tokio::test]
async fn a_local_that_is_not_offered_is_told_with_how_to_offer_it() {
    let engine = Engine {
        solves: vec![Status::unknown("no local sources enabled")],
        ..engine(&[])
    };
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r"
    the build plan cannot be read from the local `dockerfile`: no local sources enabled
      hint: offer the plan's directory under this name: `docker build` does, `buildctl build` with `--local dockerfile=<directory>`
    ");
}

#[tokio::test]
async fn a_wrong_plan_is_told_with_its_lines() {
    let plan = PLAN
        .replace(r#""cmd": "make""#, r#""cmd": 5"#)
        .replace("startCommand", "startComand");
    let engine = engine(&[("rpk.json", &plan)]);
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r#"
    the build plan `rpk.json` cannot be built:

    error: rpk.json:8:18: `steps[0].commands[1].cmd` must be a string, found a number
      8 |         { "cmd": 5 }
        |                  ^

    warning: rpk.json:15:5: unknown field `startComand` in `deploy`
      15 |     "startComand": "/app/run"
         |     ^^^^^^^^^^^^^
      hint: did you mean `startCommand`?
    "#);
    assert_eq!(places(&error), ["rpk.json:8-8"]);
    assert_eq!(engine.calls().names.last().unwrap(), "return");
}

#[tokio::test]
async fn what_does_not_fit_together_is_told_with_its_lines() {
    let plan = PLAN.replace(r#""step": "Build""#, r#""step": "Biuld""#);
    let engine = engine(&[("rpk.json", &plan)]);
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r#"
    the build plan `rpk.json` cannot be built:

    error: rpk.json:14:16: `deploy` uses step `Biuld`, which does not exist
      14 |     "inputs": [{ "step": "Biuld", "include": ["/app"] }],
         |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      hint: did you mean `Build`?
    "#);
    assert_eq!(places(&error), ["rpk.json:14-14"]);
}

#[tokio::test]
async fn an_error_carries_no_more_of_a_plan_than_clients_take() {
    let commands = vec![r#"{ "cmd": 5 }"#; 50].join(",\n");
    let plan = PLAN.replace(r#"{ "cmd": "make" }"#, &commands);
    let small = error(&engine(&[("rpk.json", &plan)]), &[]).await;
    assert_eq!(places(&small).len(), 10);

    let large = format!("{}{plan}", "#\n".repeat(1 << 18));
    let large = error(&engine(&[("rpk.json", &large)]), &[]).await;
    assert_eq!(places(&large).len(), 1);
    assert!(
        large.message.contains("rpk.json:262152:"),
        "{}",
        large.message
    );
}

#[tokio::test]
async fn an_image_that_is_not_found_is_told_with_where_the_plan_names_it() {
    let plan = PLAN.replace("\"debian\"", "\"debain\"");
    let engine = engine(&[("rpk.json", &plan)]);
    let error = error(&engine, &[]).await;
    insta::assert_snapshot!(error.message, @r"
    the image `docker.io/library/debain:latest` cannot be resolved: docker.io/library/debain:latest: not found
      hint: check its name, and that the engine can reach its registry and may read there
    ");
    assert_eq!(places(&error), ["rpk.json:5-5"]);
}

#[tokio::test]
async fn a_failed_solve_is_returned_as_it_came() {
    let whole = rpc::Status {
        code: 2,
        message: "process \"make\" did not complete successfully: exit code: 2".to_owned(),
        details: vec![Any {
            type_url: "github.com/moby/buildkit/errdefs.Vertex+json".to_owned(),
            value: br#"{"digest":"sha256:00"}"#.to_vec(),
        }],
    };
    let failed = Status::with_details(
        Code::Unknown,
        whole.message.clone(),
        whole.encode_to_vec().into(),
    );
    let engine = Engine {
        solves: vec![Status::ok(""), failed],
        ..engine(&[("rpk.json", PLAN)])
    };
    assert_eq!(error(&engine, &[]).await, whole);
}

#[tokio::test]
async fn a_request_that_is_not_known_is_answered_in_buildkits_words() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let error = error(&engine, &[("requestid", "frontend.outline")]).await;
    assert_eq!(error.message, "unsupported request frontend.outline");
    assert_eq!(
        error.details[0].type_url,
        "github.com/moby/buildkit/errdefs.Subrequest+json"
    );
    assert_eq!(error.details[0].value, br#"{"name":"frontend.outline"}"#);
    assert_eq!(engine.calls().names, ["ping", "return"]);
}

#[tokio::test]
async fn wrong_options_are_told_before_anything_is_read() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let one = error(&engine, &[("target", "x")]).await;
    insta::assert_snapshot!(one.message, @r"
    the option `target` (`docker build --target`) is not supported yet
      hint: build without `--target`
    ");
    let two = error(&engine, &[("target", "x"), ("platform", "linux")]).await;
    insta::assert_snapshot!(two.message, @r"
    2 options cannot be honoured:

    error: platform `linux`: no known architecture; write it like `linux/amd64`
      hint: name one as `linux/amd64` or `linux/arm64`: `docker build --platform linux/amd64`
    error: the option `target` (`docker build --target`) is not supported yet
      hint: build without `--target`
    ");
    assert_eq!(engine.calls().names, ["ping", "return", "ping", "return"]);
}

#[tokio::test]
async fn warnings_are_shown_beside_the_reading_of_the_plan() {
    let plan = PLAN.replace(
        "\"startCommand\"",
        "\"startComand\": \"x\", \"startCommand\"",
    );
    let engine = engine(&[("rpk.json", &plan)]);
    let options = [("build-arg:UNUSED", "x"), ("no-cache", "build,test")];
    build(&engine, &options).await;

    let calls = engine.calls();
    assert_eq!(
        calls.names[3..8],
        [
            "read rpk.json",
            "warn",
            "warn",
            "warn",
            "resolve source meta"
        ]
    );
    let texts: Vec<_> = calls
        .warnings
        .iter()
        .map(|warning| String::from_utf8_lossy(&warning.short))
        .collect();
    insta::assert_snapshot!(texts.join("\n"), @r"
    One or more build-args were not consumed: UNUSED
    the option `no-cache` names the step `test`, which the plan does not have
    unknown field `startComand` in `deploy` (rpk.json:15)
    ");
    assert_eq!(calls.warnings[0].info, None);
    let warning = &calls.warnings[2];
    assert_eq!(warning.info.as_ref().unwrap().filename, "rpk.json");
    assert_eq!(warning.ranges[0].start.unwrap().line, 15);

    let read = calls.solves[0].definition.as_ref().unwrap();
    assert!(read.metadata.contains_key(&warning.digest));
    // The other step's name was written in another case.
    let ignored = calls.solves[1].definition.as_ref().unwrap();
    assert!(
        ignored
            .metadata
            .values()
            .any(|metadata| metadata.ignore_cache)
    );
}

#[tokio::test]
async fn the_definition_is_the_same_each_time() {
    let definition = async || {
        let engine = engine(&[("rpk.json", PLAN)]);
        build(&engine, &[("label:a", "1"), ("label:b", "2")]).await;
        let calls = engine.calls();
        let definition = calls.solves[1].definition.as_ref().unwrap().encode_to_vec();
        (definition, calls.returns[0].encode_to_vec())
    };
    let first = definition().await;
    for _ in 0..10 {
        assert_eq!(definition().await, first);
    }
}

#[tokio::test]
async fn a_build_whose_engine_goes_away_ends() {
    let engine = engine(&[("rpk.json", PLAN)]);
    let (channel, carrier) = engine.start().await;
    let bridge = crate::gateway::Bridge::open(channel, None).await.unwrap();
    carrier.abort();
    let error = run(&bridge, &request(&[])).await.unwrap_err();
    insta::assert_snapshot!(error, @"return: the connection to BuildKit is closed");
}
