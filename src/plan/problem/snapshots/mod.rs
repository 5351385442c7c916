//! Every problem as a user sees it.

mod commands;
mod deploy;
mod graph;
mod parsing;
mod secret_files;
mod shared;

use crate::plan::{parse, render, validate};

/// The problems of a file: its errors, or its warnings if it has none.
fn told(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let source = String::from_utf8_lossy(bytes);
    let (plan, mut warnings) = match parse(bytes) {
        Ok(parsed) => (parsed.plan, parsed.warnings),
        Err(problems) => return render(problems.as_slice(), "rpk.json", &source),
    };
    match validate(plan) {
        Ok(valid) => warnings.extend_from_slice(valid.warnings()),
        Err(problems) => warnings = problems.as_slice().to_vec(),
    }
    render(&warnings, "rpk.json", &source)
}

/// A plan with one step, of which one field is given.
fn with_step(field: &str) -> String {
    let inputs = if field.contains("\"inputs\"") {
        ""
    } else {
        "\"inputs\": [{ \"image\": \"debian\" }],\n      "
    };
    format!(
        r#"{{
  "steps": [
    {{
      "name": "build",
      {inputs}{field}
    }}
  ],
  "deploy": {{
    "base": {{ "image": "debian" }},
    "inputs": [{{ "step": "build", "include": ["."] }}],
    "startCommand": "./app"
  }}
}}
"#
    )
}

/// A plan with one command.
fn with_command(command: &str) -> String {
    with_step(&format!("\"commands\": [{command}]"))
}

/// A plan without steps, of which some fields of `deploy` are given.
fn with_deploy(fields: &str) -> String {
    format!("{{\n  \"deploy\": {{ {fields} }}\n}}\n")
}

const BASE: &str = r#""base": { "image": "debian" }, "startCommand": "./app""#;

#[test]
fn what_is_right_has_no_problems() {
    assert_eq!(told(with_command("\"make\"")), "");
    assert_eq!(told(with_deploy(BASE)), "");
}

#[test]
fn shows_lines_harmlessly() {
    // Tabs and characters that a terminal would act on are shown as blanks, so that carets stand where they belong.
    insta::assert_snapshot!(told("{\n\t\"\u{1b}[2J\u{202e}日\": 1, \"deploy\": [] }"), @r#"
    error: rpk.json:2:3: this is not JSON: U+001B must be escaped in a string
      2 |  " [2J 日": 1, "deploy": [] }
        |   ^
    "#);
    // Long lines are cut around the place, and a place that goes on over several lines ends with the first.
    let long = format!(
        "{{ \"exclude\": [{}5] }}",
        "\"some/long/path/name\", ".repeat(20)
    );
    insta::assert_snapshot!(told(long), @r#"
    error: rpk.json:1:475: `exclude[20]` must be a string, found a number
      1 | ...long/path/name", "some/long/path/name", 5] }
        |                                            ^
    "#);
    insta::assert_snapshot!(told(format!("{{ \"secrets\": [\"{}=\"] }}", "S".repeat(300))), @r#"
    error: rpk.json:1:15: `SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS...` cannot be the name of a secret: it has `=`
      1 | { "secrets": ["SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS...
        |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

    error: rpk.json: `deploy.base` is missing
      hint: name the image that the final image starts from, for example `"base": {"image": "debian:trixie-slim"}`

    warning: rpk.json: `deploy.startCommand` is missing
      hint: without one the container starts a shell
    "#);
    insta::assert_snapshot!(told("{ \"steps\": [\n    [\n      1\n    ]\n] }"), @"
    error: rpk.json:2:5: `steps[0]` must be an object, found a list
      2 |     [
        |     ^
    ");
}
