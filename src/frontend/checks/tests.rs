//! What each rule finds.

use super::*;
use crate::plan::{parse, validate};

const PLAN: &str = r#"{
  "typo": 1,
  "secrets": ["TOKEN"],
  "caches": {
    "used": { "directory": "/a" },
    "unused": { "directory": "/b" }
  },
  "steps": [
    {
      "name": "build",
      "inputs": [
        { "image": "debian" },
        { "image": "alpine:3.20", "include": ["/etc", "/lib"] },
        { "step": "base", "include": ["/etc/apk", "/usr"] }
      ],
      "commands": [{ "cmd": "make" }, { "image": "debian", "src": "/x", "dest": "/y" }],
      "caches": ["used", "used"],
      "secrets": ["OTHER"]
    },
    {
      "name": "base",
      "inputs": [{ "image": "example.com/base@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }]
    },
    { "name": "spare", "inputs": [{ "image": "example.com:5000/spare:latest" }] }
  ],
  "deploy": {
    "base": { "image": "debian:13" },
    "inputs": [
      { "step": "build", "include": ["/app"] },
      { "step": "base", "include": ["/app/cache"] }
    ]
  }
}
"#;

fn findings(text: &str) -> Vec<Finding> {
    let parsed = parse(text.as_bytes()).unwrap();
    check(&validate(parsed.plan).unwrap(), &parsed.warnings)
}

fn told(findings: &[Finding]) -> String {
    let lines = findings.iter().map(|finding| {
        let line = finding.span.map_or(0, |span| span.start.line);
        let hint = finding.hint.as_deref().unwrap_or("-");
        format!(
            "{line} {}: {}\n    {hint}",
            finding.rule.name(),
            finding.message
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_rule_finds_what_it_is_about() {
    insta::assert_snapshot!(told(&findings(PLAN)), @"
    2 UnknownField: unknown field `typo`
        a plan has `steps`, `caches`, `secrets`, `deploy` and `exclude`; this is ignored
    6 UnusedCache: no step uses cache `unused`
        name it in `caches` of the steps that fill it, or remove it
    12 UnpinnedImage: image `debian` is another one whenever its registry says so
        give it a version as its tag, or a digest
    14 OverlappingLayers: two inputs of step `build` overlap: `/etc/apk` is in `/etc` of the other at 13:9, so they are copied one after the other
        `exclude` in one of them what the other brings
    17 RepeatedCache: step `build` names cache `used` twice
        -
    18 UndeclaredSecret: step `build` uses secret `OTHER`, which the list `secrets` does not name
        add it to the list `secrets` beside `steps`, or the step will not see it
    24 UnusedStep: no step and no part of `deploy` uses step `spare`
        it is not run; if it should be, make it an input of `deploy` or of another step
    24 UnpinnedImage: image `example.com:5000/spare:latest` is another one whenever its registry says so
        give it a version as its tag, or a digest
    26 MissingStartCommand: `deploy.startCommand` is missing
        without one the container starts a shell
    26 RootUser: `deploy` names no user, so that root runs the image unless its base names another
        name one in `deploy.user`, for example `10001`; files of the app stay root's, and readable
    30 OverlappingLayers: two inputs of `deploy` overlap: `/app/cache` is in `/app` of the other at 29:7, so they are copied one after the other
        `exclude` in one of them what the other brings
    ");
}

#[test]
fn a_plan_in_order_has_no_findings() {
    let plan = r#"{
      "caches": { "npm": { "directory": "/npm" } },
      "steps": [{ "name": "build", "inputs": [{ "image": "node:22" }], "caches": ["npm"] }],
      "deploy": {
        "base": { "image": "debian:13" },
        "inputs": [
          { "step": "build", "include": ["/app"], "exclude": ["node_modules"] },
          { "step": "build", "include": ["/app/node_modules"] }
        ],
        "startCommand": "node",
        "user": "railpack"
      }
    }"#;
    assert_eq!(told(&findings(plan)), "");
}

#[test]
fn the_page_describes_every_rule() {
    let page = include_str!("../../../docs/checks.md");
    for rule in Rule::ALL {
        assert!(
            page.contains(&format!("\n## {}\n", rule.name())),
            "{}",
            rule.name()
        );
        assert!(
            page.contains(&format!("\n{}.\n", rule.description())),
            "{}",
            rule.description()
        );
        assert!(
            rule.url()
                .ends_with(&format!("#{}", rule.name().to_lowercase()))
        );
    }
    assert_eq!(page.matches("\n## ").count(), Rule::ALL.len());
}
