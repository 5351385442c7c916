//! Pictures.

use std::fmt::Write;

use super::draw;
use crate::plan::{Plan, parse};

fn plan(json: &str) -> Plan {
    parse(json.as_bytes()).unwrap().plan
}

/// What is written in a picture, without where and how.
fn texts(picture: &str) -> String {
    let elements = regex::Regex::new("<text[^>]*>([^<]*)</text>").unwrap();
    let found = elements.captures_iter(picture);
    let texts: Vec<_> = found.map(|found| found[1].to_owned()).collect();
    texts.join("\n")
}

const SMALL: &str = r#"{
  "steps": [
    {"name": "packages", "inputs": [{"image": "ghcr.io/example/a-builder-with-a-long-name:2026.8"}], "commands": [
      {"path": "/mise/shims"},
      {"path": "/etc/mise.toml", "name": "config"},
      {"cmd": "mise install", "customName": "install node"}
    ], "assets": {"config": "token = 'an asset'"}},
    {"name": "build", "inputs": [{"step": "packages"}, {"local": true, "include": ["."]}], "commands": [
      {"src": "/bin/tool", "dest": "/bin/tool", "image": "tools"},
        {"src": "package.json", "dest": "app/"},
      {"cmd": "sh -c 'a command that is longer than the box is wide'"}
    ], "secrets": ["*"], "caches": ["npm"], "variables": {"A": "a value"}}
  ],
  "caches": {"npm": {"directory": "/root/.npm"}},
  "secrets": ["TOKEN"],
  "deploy": {
    "base": {"image": "debian:13"},
    "inputs": [
      {"step": "packages", "include": ["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h"]},
      {"step": "build", "include": ["/app/node_modules"]},
      {"step": "build", "include": ["."], "exclude": ["node_modules"]}
    ],
    "startCommand": "./app", "paths": ["/app/bin"], "variables": {"B": "another value"},
    "user": "railpack", "exposedPorts": ["8080", "53/udp"], "volumes": ["/data"], "stopSignal": "SIGINT",
    "healthcheck": {"test": ["CMD", "./healthy"]}, "labels": {"team": "a value"}
  }
}"#;

/// A plan of `count` steps that each build on two others.
fn many_steps(count: usize) -> String {
    let mut steps = Vec::new();
    for step in 0..count {
        let mut json = format!("{{\"name\": \"step-{step}\", \"inputs\": [");
        let inputs = match step {
            0..5 => r#"{"image": "debian:13"}"#.to_owned(),
            _ => format!(
                r#"{{"step": "step-{}"}}, {{"step": "step-{}", "include": ["/out"]}}"#,
                step / 2 - 1,
                step - 4
            ),
        };
        let _ = write!(
            json,
            "{inputs}], \"commands\": [\"make part-{step}\"], \"caches\": [\"make\"]}}"
        );
        steps.push(json);
    }
    let inputs: Vec<_> = (count - 4..count)
        .map(|step| format!(r#"{{"step": "step-{step}", "include": ["/out/{step}"]}}"#))
        .collect();
    format!(
        r#"{{"steps": [{}], "caches": {{"make": {{"directory": "/cache"}}}},
        "deploy": {{"base": {{"image": "debian:13"}}, "inputs": [{}], "startCommand": "./app"}}}}"#,
        steps.join(",\n"),
        inputs.join(", ")
    )
}

#[test]
fn a_picture_shows_steps_layers_caches_and_secrets_by_name() {
    let plan = plan(SMALL);
    let picture = draw(&plan, Some("node")).unwrap();
    insta::assert_snapshot!(texts(&picture), @"
    Build plan, node: 2 steps
    packages
    PATH
    /mise/shims
    write
    /etc/mise.toml
    $
    install node
    build
    copy
    /bin/tool from tools, package.js…
    $
    sh -c &#39;a command that is longer tha…
    npm
    all secrets
    ghcr.io/exam…r-with-a-long-name:2026.8
    the app&#39;s directory
    tools
    base
    debian:13
    all files
    layer 1
    packages
    /a
    /b
    /c
    /d
    /e
    /f
    and 2 more
    layer 2
    build
    /app/node_modules
    /app
    without node_modules
    image
    $
    ./app
    PATH
    /app/bin
    variables
    B
    user
    railpack
    ports
    8080, 53/udp
    volumes
    /data
    healthy if
    [&quot;CMD&quot;, &quot;./healthy&quot;]
    stop by
    SIGINT
    labels
    team
    debian:13
    an image
    the app&#39;s directory
    a step
    a step whose files land in the image
    starts from it
    its files are laid over that
    a command copies from it
    lands in the image
    one row: can run at the same time
    a cache, kept between builds
    a secret, by name
    ");
    for (whole, is_there) in [
        (
            "<title>sh -c &#39;a command that is longer than the box is wide&#39;</title>",
            true,
        ),
        (
            "<title>ghcr.io/example/a-builder-with-a-long-name:2026.8</title>",
            true,
        ),
        (
            "<title>copy /bin/tool from tools\ncopy package.json to app/</title>",
            true,
        ),
        ("<title>cache npm: /root/.npm</title>", true),
        ("<title>secrets: TOKEN</title>", true),
        ("a value", false),
        ("another value", false),
        ("an asset", false),
    ] {
        assert_eq!(picture.contains(whole), is_there, "{whole}");
    }
    assert_eq!(draw(&plan, Some("node")).unwrap(), picture);
}

#[test]
fn nothing_in_a_plan_is_markup() {
    let hostile = r#"</text></svg><script>alert(\"1\")</script>&amp;\u001b]\n\u202e"#;
    let json = format!(
        r#"{{"steps": [{{"name": "{hostile}", "inputs": [{{"image": "{hostile}"}}], "commands": [{{"cmd": "{hostile}"}}],
        "caches": ["{hostile}"], "secrets": ["{hostile}"]}}], "secrets": ["{hostile}"],
        "deploy": {{"inputs": [{{"step": "{hostile}", "include": ["{hostile}"]}}], "startCommand": "{hostile}"}}}}"#
    );
    let picture = draw(&plan(&json), Some("<b>")).unwrap();
    assert_eq!(picture.matches("</svg>").count(), 1);
    assert!(!picture.contains("<script") && !picture.contains("<b>"));
    assert!(!picture.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn a_plan_that_cannot_be_built_is_drawn_as_far_as_it_goes() {
    let circle = r#"{"steps": [
        {"name": "a", "inputs": [{"step": "b"}, {"step": "nothing"}, "..."]},
        {"name": "b", "inputs": [{"step": "a"}]}, {"name": "b"}
      ], "deploy": {"inputs": [{"step": "a"}]}}"#;
    for json in ["{}", circle] {
        assert!(
            draw(&plan(json), None).unwrap().ends_with("</svg>\n"),
            "{json}"
        );
    }
}

#[test]
fn a_plan_of_many_steps_is_drawn_and_one_of_too_many_is_refused() {
    let lines = |count| {
        draw(&plan(&many_steps(count)), None).map(|picture| picture.matches("marker-end").count())
    };
    // One of the steps builds twice on the same one; the image has five layers, and the legend shows three arrows.
    assert_eq!(lines(300).unwrap(), 5 + 295 * 2 - 1 + 5 + 3);
    insta::assert_snapshot!(lines(301).unwrap_err(), @"the plan has 301 steps with 902 inputs and commands, and a picture shows at most 300 steps with 3000");
    let mut wide = plan(&many_steps(30));
    let input = wide.steps[9].inputs[1].clone();
    wide.steps[9]
        .inputs
        .extend(std::iter::repeat_n(input, 5_000));
    insta::assert_snapshot!(draw(&wide, None).unwrap_err(), @"the plan has 30 steps with 5089 inputs and commands, and a picture shows at most 300 steps with 3000");
}
