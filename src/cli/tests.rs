//! Whole runs: what all commands have in common.

use std::ffi::OsString;
use std::fs;

use super::testing::{app, railpack, text, told};
use super::{ExitStatus, Surroundings, run};

#[test]
fn mistakes_are_told_with_what_to_do() {
    let app = app();
    let empty = tempfile::tempdir().unwrap();
    fs::write(empty.path().join("a\u{1b}[2Jb"), "").unwrap();
    let runs = [
        railpack(&["plan", "no/such/directory"], &[]),
        railpack(&["plan", text(empty.path())], &[]),
        railpack(&["plan", text(app.path()), "--env", "=x"], &[]),
        railpack(
            &[
                "plan",
                text(app.path()),
                "--builder-image=Not An Image",
                "--env=RAILPACK_NODE_NPM_INSTALL=npm 'ci",
            ],
            &[],
        ),
        railpack(
            &[
                "plan",
                text(app.path()),
                "--env",
                "EMPTY=",
                "--out",
                text(app.path()),
            ],
            &[],
        ),
    ];
    assert!(
        runs.iter()
            .all(|ended| ended.status == ExitStatus::Failure && ended.stdout.is_empty())
    );
    let told: Vec<_> = runs
        .iter()
        .map(|ended| ended.stderr.replace(text(app.path()), "[app]"))
        .collect();
    insta::assert_snapshot!(told.join("---\n"), @r#"
    error: no/such/directory: not found
    ---
    error: no provider knows this app

    providers: php, golang, java, rust, ruby, elixir, python, deno, dotnet, node, gleam, cpp, staticfile, shell

    the app holds:
    ./
    └── a\u{1b}[2Jb
    hint: say what to run with --build-cmd and --start-cmd, or plan the directory that holds the app
    ---
    error: --env: `` cannot be the name of a variable, expected `NAME=VALUE` or `NAME` with letters, digits, `_`, `+`, `-` and `.`
    ---
    detected node
    package-lock.json found, so npm it is
    suggestion: name the package manager and its version in package.json as `packageManager`
    using the package manager npm
    error: the plan cannot be built
    error: `Not An Image` is not the name of an image: `Not An Image` has upper-case letters
    error: the command line `npm 'ci` cannot be split into words: the quote ' at character 5 is never closed
    ---
    warning: --env EMPTY: has no value, and is left out
    detected node
    package-lock.json found, so npm it is
    suggestion: name the package manager and its version in package.json as `packageManager`
    using the package manager npm
    package node 22.22.0 (package.json > engines > node)
    error: cannot write [app]
      caused by: Is a directory (os error 21)
    hint: name the file in it too
    "#);
}

/// A stream that nobody reads any more.
struct Closed;

impl std::io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_standard_output_is_a_quiet_failure() {
    let app = app();
    for arguments in [
        vec!["plan", text(app.path())],
        vec!["prepare", text(app.path())],
        vec!["info", text(app.path())],
        vec!["--help"],
    ] {
        let mut stderr = Vec::new();
        let mut surroundings = Surroundings {
            variable: &|_| None,
            stdout: &mut Closed,
            stderr: &mut stderr,
            stdout_is_terminal: false,
            stderr_is_terminal: false,
            stop: std::sync::Arc::default(),
        };
        let all = ["railpack"].iter().chain(&arguments).map(OsString::from);
        assert_eq!(run(all, &mut surroundings), ExitStatus::Failure);
        let stderr = String::from_utf8(stderr).unwrap();
        assert!(!stderr.contains("error"), "{stderr}");
    }
}

#[test]
fn the_schema_of_the_configuration_is_json() {
    let ended = railpack(&["schema"], &[]);
    assert_eq!(
        (ended.status, ended.stderr.as_str()),
        (ExitStatus::Success, "")
    );
    let schema: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(schema["properties"]["provider"]["description"].is_string());
    assert!(ended.stdout.ends_with("}\n"));
}

#[test]
fn odd_arguments_are_told() {
    let app = app();
    let file = app.path().join("package.json");
    let below_a_file = file.join("info.txt");
    let runs = [
        vec!["info", text(&file)],
        vec!["info", text(app.path()), "--out", text(&below_a_file)],
        vec!["info", text(app.path()), "--graph", text(app.path())],
        vec![
            "prepare",
            text(app.path()),
            "--plan-out",
            "/proc/version/plan",
        ],
        vec!["info", text(app.path()), "--format", "xml"],
        vec!["plan", text(app.path()), "--out", "a", "--out", "b"],
        vec!["info", text(app.path()), "--start-cmd"],
        vec!["plan", text(app.path()), "another"],
        vec!["make", text(app.path())],
        vec!["--verbose"],
        vec![],
    ];
    let endings: Vec<_> = runs
        .iter()
        .map(|arguments| {
            let ended = railpack(arguments, &[]);
            let first: Vec<_> = ended
                .stderr
                .lines()
                .take_while(|line| !line.starts_with("Usage"))
                .collect();
            format!("{:?}\n{}\n", ended.status, first.join("\n").trim_end())
        })
        .collect();
    insta::assert_snapshot!(told(&endings.join("---\n"), &app), @"
    Failure
    error: [app]/package.json: is not a directory
    ---
    Failure
    error: cannot make the directory [app]/package.json
      caused by: File exists (os error 17)
    hint: a file is where a directory has to be
    ---
    Failure
    error: cannot write [app]
      caused by: Is a directory (os error 21)
    hint: name the file in it too
    ---
    Failure
    error: cannot make the directory /proc/version
      caused by: File exists (os error 17)
    hint: a file is where a directory has to be
    ---
    Usage
    error: invalid value 'xml' for '--format <FORMAT>'
      [possible values: pretty, json]

    For more information, try '--help'.
    ---
    Usage
    error: the argument '--out <FILE>' cannot be used multiple times
    ---
    Usage
    error: a value is required for '--start-cmd <COMMAND>' but none was supplied

    For more information, try '--help'.
    ---
    Usage
    error: unexpected argument 'another' found
    ---
    Usage
    error: unrecognized subcommand 'make'
    ---
    Usage
    error: 'railpack' requires a subcommand but one was not provided
      [subcommands: build, b, plan, prepare, p, info, i, schema, completion, help]
    ---
    Usage
    Plans container images: looks at an app's source tree and writes a build plan
    ");
}
