//! Whole runs.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::{ExitStatus, Surroundings, run};

/// How a run ended, and what it wrote to its two streams.
struct Ended {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

fn railpack(arguments: &[&str], process: &[(&str, &str)]) -> Ended {
    let variable = |name: &str| {
        let found = process.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut surroundings = Surroundings {
        variable: &variable,
        stdout: &mut stdout,
        stderr: &mut stderr,
    };
    let arguments = ["railpack"].iter().chain(arguments).map(OsString::from);
    let status = run(arguments, &mut surroundings);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended {
        status,
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

/// A directory with a small app.
fn app() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let manifest = r#"{"engines": {"node": "22.22.0"}, "main": "index.js"}"#;
    fs::write(directory.path().join("package.json"), manifest).unwrap();
    fs::write(directory.path().join("package-lock.json"), "{}").unwrap();
    directory
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_plan_alone_goes_to_standard_output() {
    let app = app();
    let ended = railpack(&["plan", text(app.path())], &[]);
    assert_eq!(ended.status, ExitStatus::Success);
    let plan = crate::plan::parse(ended.stdout.as_bytes()).unwrap().plan;
    assert_eq!(plan.deploy.start_command, Some("node index.js".into()));
    insta::assert_snapshot!(ended.stderr, @"
    detected node
    package-lock.json found, so npm it is
    suggestion: name the package manager and its version in package.json as `packageManager`
    using the package manager npm
    package node 22.22.0 (package.json > engines > node)
    ");
}

#[test]
fn a_plan_file_is_written_with_its_directories() {
    let app = app();
    let out = app.path().join("new/directory/rpk.json");
    let ended = railpack(&["plan", text(app.path()), "--out", text(&out)], &[]);
    assert_eq!(
        (ended.status, ended.stdout.as_str()),
        (ExitStatus::Success, "")
    );
    assert!(
        ended
            .stderr
            .ends_with(&format!("plan written to {}\n", out.display()))
    );
    let alone = railpack(&["plan", text(app.path())], &[]);
    assert_eq!(fs::read_to_string(&out).unwrap(), alone.stdout);
    assert_eq!(
        fs::read_dir(out.parent().unwrap()).unwrap().count(),
        1,
        "nothing else is left there"
    );
}

#[test]
fn a_plan_that_fails_leaves_the_file_as_it_was() {
    let app = app();
    let out = app.path().join("rpk.json");
    fs::write(&out, "before").unwrap();
    fs::write(app.path().join("package.json"), "{").unwrap();
    let ended = railpack(&["plan", text(app.path()), "--out", text(&out)], &[]);
    assert_eq!(ended.status, ExitStatus::Failure);
    insta::assert_snapshot!(ended.stderr, @"error: package.json:1:2: unterminated object");
    assert_eq!(fs::read_to_string(&out).unwrap(), "before");
}

#[test]
fn an_image_is_the_flags_then_the_given_variables_then_the_process_variables() {
    let app = app();
    let process = [
        ("RAILPACK_BUILDER_IMAGE", "process-1"),
        ("RAILPACK_RUNTIME_IMAGE", "process-2"),
        ("RAILPACK_FRONTEND", "process-3"),
    ];
    let given = [
        "--env",
        "RAILPACK_RUNTIME_IMAGE=given-2",
        "--env",
        "RAILPACK_FRONTEND=given-3",
    ];
    let mut arguments = vec!["plan", text(app.path()), "--frontend", "flag-3"];
    arguments.extend(given);
    let plan = railpack(&arguments, &process).stdout;
    for image in ["process-1", "given-2"] {
        assert!(plan.contains(&format!("\"image\": \"{image}\"")), "{plan}");
    }
    assert!(plan.starts_with("{\n  \"syntax\": \"flag-3\""), "{plan}");
    assert!(
        !plan.contains("process-2") && !plan.contains("process-3") && !plan.contains("given-3")
    );
}

#[test]
fn variables_of_the_process_count_only_when_they_are_named() {
    let app = app();
    let process = [("RAILPACK_START_CMD", "inherited"), ("TOKEN", "hidden")];
    let start = |arguments: &[&str]| {
        let mut all = vec!["plan", text(app.path())];
        all.extend(arguments);
        let ended = railpack(&all, &process);
        assert_eq!(ended.status, ExitStatus::Success, "{}", ended.stderr);
        assert!(!ended.stdout.contains("hidden") && !ended.stderr.contains("hidden"));
        crate::plan::parse(ended.stdout.as_bytes()).unwrap().plan
    };
    assert_eq!(
        start(&[]).deploy.start_command,
        Some("node index.js".into())
    );
    let plan = start(&["--env", "RAILPACK_START_CMD", "-e", "TOKEN"]);
    assert_eq!(plan.deploy.start_command, Some("inherited".into()));
    assert_eq!(plan.secrets, ["RAILPACK_START_CMD".into(), "TOKEN".into()]);
}

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
    insta::assert_snapshot!(told.join("---\n"), @r"
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
    ");
}

#[test]
fn arguments_that_make_no_sense_are_a_usage_error() {
    let ended = railpack(&["plan", "--build-command", "x"], &[]);
    assert_eq!(
        (ended.status, ended.stdout.as_str()),
        (ExitStatus::Usage, "")
    );
    insta::assert_snapshot!(ended.stderr, @"
    error: unexpected argument '--build-command' found

      tip: a similar argument exists: '--build-cmd'

    Usage: railpack plan --build-cmd <COMMAND> [DIRECTORY]

    For more information, try '--help'.
    ");
}

#[test]
fn help_and_version_go_to_standard_output() {
    let version = railpack(&["--version"], &[]);
    assert_eq!(version.status, ExitStatus::Success);
    assert_eq!(
        version.stdout,
        concat!("railpack ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let help = railpack(&["plan", "--help"], &[]);
    assert_eq!(
        (help.status, help.stderr.as_str()),
        (ExitStatus::Success, "")
    );
    insta::assert_snapshot!(help.stdout, @"
    Looks at an app and writes its build plan

    Usage: railpack plan [OPTIONS] [DIRECTORY]

    Arguments:
      [DIRECTORY]  The directory that holds the app [default: .]

    Options:
      -o, --out <FILE>             Write the plan to this file, whole or not at all; without it, to standard output
      -e, --env <NAME=VALUE>       Set a variable for the analysis; its name becomes a secret of the build. NAME alone takes the value of this process's environment
          --build-cmd <COMMAND>    The command that builds the app
          --start-cmd <COMMAND>    The command that the container runs
          --error-missing-start    Fail if no start command is found
          --frontend <IMAGE>       The frontend image for plain `docker build` to use [variable: `RAILPACK_FRONTEND`]
          --builder-image <IMAGE>  The image that the build's steps start from [variable: `RAILPACK_BUILDER_IMAGE`]
          --runtime-image <IMAGE>  The image that the app's image is laid over [variable: `RAILPACK_RUNTIME_IMAGE`]
      -h, --help                   Print help
    ");
}
