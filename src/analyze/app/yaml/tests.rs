//! Tests of reading YAML.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Instant;

use serde::Deserialize;

use super::*;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Workspace {
    packages: Option<Vec<String>>,
    node_version: Option<String>,
    shared: bool,
    linker: Linker,
    catalog: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Linker {
    #[default]
    Hoisted,
    Isolated,
}

fn problem(text: &str) -> String {
    match parse::<Workspace>("pnpm-workspace.yaml", text) {
        Ok(read) => format!("read as {read:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_file_is_read_into_a_type() {
    let text = "# packages\npackages:\n  - 'packages/*'\n  - \"!**/test/**\"\n  - tools\nnodeVersion: 18.10\nshared: true\n\
                linker: isolated\nother: {a: [1, .5, ~]}\ncatalog: &all\n  react: ^18.2.0\n  vite: 5\n---\nsecond: document\n";
    insta::assert_debug_snapshot!(parse::<Workspace>("x", text).unwrap(), @r#"
    Workspace {
        packages: Some(
            [
                "packages/*",
                "!**/test/**",
                "tools",
            ],
        ),
        node_version: Some(
            "18.10",
        ),
        shared: true,
        linker: Isolated,
        catalog: {
            "react": "^18.2.0",
            "vite": "5",
        },
    }
    "#);
    assert_eq!(
        parse::<serde_json::Value>("x", text).unwrap()["other"]["a"].to_string(),
        "[1,0.5,null]"
    );
}

#[test]
fn a_file_of_comments_is_an_empty_mapping() {
    for text in ["", "\n", "# nothing\n", "---\n", "~", "{}"] {
        assert!(
            parse::<Workspace>("x", text).unwrap().packages.is_none(),
            "{text:?}"
        );
    }
    assert!(
        parse::<Workspace>("x", "packages:\n")
            .unwrap()
            .packages
            .is_none()
    );
}

#[test]
fn an_alias_stands_for_its_anchor() {
    let text = "one: &x [a, b]\ntwo: *x\n";
    let read: BTreeMap<String, Vec<String>> = parse("x", text).unwrap();
    assert_eq!(read["two"], ["a", "b"]);
}

#[test]
fn what_cannot_be_read_says_where_and_why() {
    let problems = [
        "packages: 5",
        "packages:\n  - a\n  - [b]\n",
        "packages:\n  - a\n  -\n",
        "shared: yes",
        "linker: pnp",
        "- a\n- b\n",
        "text",
        "a: 1\na: 2\n",
        "? [a]\n: b\n",
        "packages:\n  - a\n - b\n",
        "packages: [a\nb: c",
        "a: *unknown",
        "a: &x [*x]",
        "a: \"x",
        "a:\n\t- b",
        "%YAML 3.0\n---\na: b",
    ]
    .map(|text| format!("{text:?}\n  {}", problem(text)));
    insta::assert_snapshot!(problems.join("\n"), @r#"
    "packages: 5"
      pnpm-workspace.yaml:1:11: invalid type: integer `5`, expected a sequence
    "packages:\n  - a\n  - [b]\n"
      pnpm-workspace.yaml:3:5: invalid type: sequence, expected a string
    "packages:\n  - a\n  -\n"
      pnpm-workspace.yaml:3:4: invalid type: unit value, expected a string
    "shared: yes"
      pnpm-workspace.yaml:1:9: invalid type: string "yes", expected a boolean
    "linker: pnp"
      pnpm-workspace.yaml:1:9: unknown variant `pnp`, expected `hoisted` or `isolated`
    "- a\n- b\n"
      pnpm-workspace.yaml:1:1: invalid type: sequence, expected an object
    "text"
      pnpm-workspace.yaml:1:1: invalid type: string "text", expected an object
    "a: 1\na: 2\n"
      pnpm-workspace.yaml:2:1: duplicate key `a`
    "? [a]\n: b\n"
      pnpm-workspace.yaml:1:3: a list or mapping as key, expected a word
    "packages:\n  - a\n - b\n"
      pnpm-workspace.yaml:3:2: while parsing a block mapping, did not find expected key
    "packages: [a\nb: c"
      pnpm-workspace.yaml:2:2: illegal placement of ':' indicator
    "a: *unknown"
      pnpm-workspace.yaml:1:4: while parsing node, found unknown anchor
    "a: &x [*x]"
      pnpm-workspace.yaml:1:8: an alias inside what it stands for
    "a: \"x"
      pnpm-workspace.yaml:1:4: while scanning a quoted scalar, found unexpected end of stream
    "a:\n\t- b"
      pnpm-workspace.yaml:2:2: tabs disallowed within this context (block indentation)
    "%YAML 3.0\n---\na: b"
      read as Workspace { packages: None, node_version: None, shared: false, linker: Hoisted, catalog: {} }
    "#);
}

#[test]
fn neither_aliases_nor_depth_nor_size_blow_up() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        let _ = writeln!(laughs, "a{level}: &a{level} [{before}]");
    }
    let mut chain = "a0: &a0 [x]\n".to_owned();
    for level in 1..10_000 {
        let _ = writeln!(chain, "a{level}: &a{level} [*a{}]", level - 1);
    }
    let mut indented = String::new();
    for level in 0..2_000 {
        let _ = writeln!(indented, "{}a:", " ".repeat(level));
    }
    let started = Instant::now();
    let problems = [
        ("laughs", laughs.clone()),
        ("chain of anchors", chain),
        ("brackets", "[".repeat(100_000)),
        ("braces", "{".repeat(100_000)),
        ("dashes", "- ".repeat(50_000)),
        ("question marks", "? ".repeat(50_000)),
        ("indented", indented),
        ("commas", format!("a: [{}]", "x,".repeat(1_000_001))),
    ]
    .map(|(name, text)| {
        let error = parse::<serde_json::Value>("x.yaml", &text).unwrap_err();
        format!("{name}: {error}")
    });
    insta::assert_snapshot!(problems.join("\n"), @"
    laughs: x.yaml:1:19: aliases make more than 1000000 values of this file
    chain of anchors: x.yaml:128:14: lists and mappings are nested more than 128 levels deep
    brackets: x.yaml:1:256: recursion limit exceeded
    braces: x.yaml:1:256: recursion limit exceeded
    dashes: x.yaml:1:257: lists and mappings are nested more than 128 levels deep
    question marks: x.yaml:1:257: lists and mappings are nested more than 128 levels deep
    indented: x.yaml:129:129: lists and mappings are nested more than 128 levels deep
    commas: x.yaml:1:2000003: holds more than 1000000 values
    ");
    // What nobody asks for is not repeated.
    assert!(
        parse::<Workspace>("x.yaml", &laughs)
            .unwrap()
            .packages
            .is_none()
    );
    assert!(started.elapsed().as_secs() < 60);
}
