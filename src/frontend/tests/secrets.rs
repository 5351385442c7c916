//! Secrets that are hashed in the build.

use super::*;
use crate::convert::{Fingerprint, SecretsHash};
use crate::llb::{CapabilitySet, Exec, Graph, Metadata};

const SECRET_PLAN: &str = r#"{
  "secrets": ["TOKEN", "OTHER"],
  "steps": [
    {
      "name": "build",
      "inputs": [{ "image": "debian" }],
      "secrets": ["*"],
      "commands": [{ "cmd": "make" }]
    }
  ],
  "deploy": { "base": { "step": "build" }, "startCommand": "true" }
}
"#;

pub(super) fn own_image() -> SecretsHash {
    let mut graph = Graph::new();
    let result = graph.exec(Exec::default(), Metadata::default()).root();
    SecretsHash::Fingerprint(Fingerprint {
        image: graph.definition(result, &[], &CapabilitySet::frozen_defaults()),
        program: "/railpack-frontend".to_owned(),
        salt: "salt".to_owned(),
    })
}

/// Where the program writes which secrets have no value.
pub(super) const MISSING: &str = "/run/railpack/fingerprint/missing";

fn engine_with_secrets(missing: &str) -> Engine {
    let mut engine = engine(&[("rpk.json", SECRET_PLAN), (MISSING, missing)]);
    engine.llb.push("exec.secretenv");
    engine
}

pub(super) async fn build_with(
    engine: &Engine,
    secrets_hash: SecretsHash,
    options: &[(&str, &str)],
) {
    let request = Request {
        secrets_hash,
        ..request(options)
    };
    run(&engine.open().await, &request).await.unwrap();
}

/// The warnings: what they say, what to do, and the lines that they show.
pub(super) fn warnings(engine: &Engine) -> Vec<String> {
    let calls = engine.calls();
    let warnings = calls.warnings.iter().map(|warning| {
        let lines = warning.ranges.iter();
        let lines: Vec<_> = lines.map(|range| range.start.unwrap().line).collect();
        let detail = warning
            .detail
            .iter()
            .map(|line| String::from_utf8_lossy(line));
        let detail: Vec<_> = detail.collect();
        let short = String::from_utf8_lossy(&warning.short);
        format!("{short} | {} | {lines:?}", detail.join(" "))
    });
    warnings.collect()
}

#[tokio::test]
async fn the_secrets_are_hashed_while_images_are_looked_up() {
    let engine = engine_with_secrets("[]");
    build_with(&engine, own_image(), &[]).await;
    let names = engine.calls().names.clone();
    let place = |name: &str| names.iter().position(|call| call == name).unwrap();
    assert!(place(&format!("read {MISSING}")) < place("return"));
    let solves = names.iter().filter(|name| *name == "solve").count();
    assert_eq!(solves, 3);
    assert_eq!(warnings(&engine), [""; 0]);
    let hashing = &programs(&engine, 1)[1];
    assert_eq!(hashing[..2], ["/railpack-frontend", "fingerprint"]);
    assert!(programs(&engine, 2).contains(hashing));
}

/// The command lines in a definition.
pub(super) fn programs(engine: &Engine, solve: usize) -> Vec<Vec<String>> {
    let ops = ops(engine, solve).into_iter();
    let programs = ops.filter_map(|op| match op.op {
        Some(pb::op::Op::Exec(exec)) => Some(exec.meta?.args),
        _ => None,
    });
    programs.collect()
}

#[tokio::test]
async fn what_does_not_wait_for_the_hashes_is_run_meanwhile() {
    let evaluated = async |capabilities: &[&'static str], secrets_hash| {
        let mut engine = engine_with_secrets("[]");
        engine.gateway.extend(capabilities);
        build_with(&engine, secrets_hash, &[]).await;
        let calls = engine.calls();
        let evaluated = calls.solves.iter().map(|solve| solve.evaluate);
        evaluated.collect::<Vec<_>>()
    };
    let able = ["gateway.solve.evaluate"];
    assert_eq!(evaluated(&able, own_image()).await, [false, false, true]);
    assert_eq!(evaluated(&[], own_image()).await, [false; 3]);
    let given = SecretsHash::Given("1".to_owned());
    assert_eq!(evaluated(&able, given).await, [false; 2]);
}

#[tokio::test]
async fn a_secret_without_a_value_is_a_warning_with_its_line() {
    let engine = engine_with_secrets(r#"["TOKEN"]"#);
    build_with(&engine, own_image(), &[]).await;
    assert_eq!(
        warnings(&engine),
        [
            "secrets without a value: TOKEN (rpk.json:2) | commands find these variables empty; give values: \
             `--secret id=TOKEN,env=TOKEN` | [2]"
        ]
    );
    assert!(engine.calls().returns[0].result.is_some());
}

/// Also what the client itself knows to be missing.
#[tokio::test]
async fn a_secret_file_without_a_value_is_a_warning_with_its_line() {
    let plan = SECRET_PLAN.replace(
        r#""secrets": ["*"],"#,
        r#""secrets": ["*"], "secretFiles": [{ "id": "OTHER", "path": "~/.npmrc" }],"#,
    );
    let engine = |missing| {
        let mut engine = engine(&[("rpk.json", &plan), (MISSING, missing)]);
        engine.llb.push("exec.secretenv");
        engine
    };
    let told = [
        "secrets without a value: OTHER (rpk.json:2) | commands do not find these files; give them: `--secret id=OTHER,src=FILE` | [2]",
    ];
    let hashing = engine(r#"["OTHER"]"#);
    build_with(&hashing, own_image(), &[]).await;
    assert_eq!(warnings(&hashing), told);
    let direct = engine("[]");
    let request = Request {
        secrets_hash: SecretsHash::Given("1".to_owned()),
        missing_secrets: vec!["OTHER".to_owned()],
        ..request(&[])
    };
    run(&direct.open().await, &request).await.unwrap();
    assert_eq!(warnings(&direct), told);
    let both = engine(r#"["TOKEN","OTHER"]"#);
    build_with(&both, own_image(), &[]).await;
    assert_eq!(
        warnings(&both),
        [
            "secrets without a value: TOKEN, OTHER (rpk.json:2) | commands find these variables empty; give values: \
             `--secret id=TOKEN,env=TOKEN` commands do not find these files; give them: `--secret id=OTHER,src=FILE` | [2, 2]"
        ]
    );
}

#[tokio::test]
async fn a_hash_that_is_given_is_the_one_that_counts() {
    let engine = engine_with_secrets("[]");
    let options = [("build-arg:secrets-hash", "1")];
    build_with(&engine, own_image(), &options).await;
    assert_eq!(engine.calls().solves.len(), 2);
    assert_eq!(warnings(&engine), [""; 0]);
}

#[tokio::test]
async fn an_engine_that_does_not_say_what_the_frontend_is_is_told_of() {
    let engine = engine_with_secrets("[]");
    build_with(&engine, SecretsHash::Unknown, &[]).await;
    assert_eq!(
        warnings(&engine),
        [
            "steps that use secrets do not run again when a value changes: this engine does not say what image the frontend is | \
             give a text that changes with the secrets: `--build-arg secrets-hash=...`; or use BuildKit 0.10 or newer | []"
        ]
    );
    assert_eq!(engine.calls().solves.len(), 2);
}

#[tokio::test]
async fn hashing_that_fails_fails_the_build() {
    let mut engine = engine_with_secrets("[]");
    engine.solves = vec![Status::ok(""), Status::unknown("exit code: 1")];
    build_with(&engine, own_image(), &[]).await;
    let error = engine.calls().returns[0].error.clone().unwrap();
    assert_eq!(error.message, "exit code: 1");
}
