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
        stdout_is_terminal: false,
        stderr_is_terminal: false,
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
    insta::assert_snapshot!(ended.stderr, @"
    detected node
    error: package.json:1:2: unterminated object
    ");
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

/// What a run told, without what differs from run to run.
fn told(text: &str, app: &tempfile::TempDir) -> String {
    text.replace(self::text(app.path()), "[app]")
        .replace(env!("CARGO_PKG_VERSION"), "[version]")
}

#[test]
fn info_describes_all_that_is_known() {
    let app = app();
    let arguments = ["info", text(app.path()), "--env", "TOKEN=hidden"];
    let ended = railpack(&arguments, &[]);
    assert_eq!(
        (ended.status, ended.stderr.as_str()),
        (ExitStatus::Success, "")
    );
    insta::assert_snapshot!(told(&ended.stdout, &app), @"
    Railpack [version]

    Provider
      node

    Found
      detected node
      package-lock.json found, so npm it is
      using the package manager npm

    Packages
      node  22.22.0  package.json > engines > node

    Steps
      packages:mise
        on         ghcr.io/railwayapp/railpack-builder:mise-2026.8.6
        PATH       /mise/shims
        write      /etc/mise/config.toml
        run        install mise packages: node
        variables  MISE_CACHE_DIR, MISE_CONFIG_DIR, MISE_DATA_DIR, MISE_INSTALLS_DIR, MISE_SHIMS_DIR
      install
        on         packages:mise
        PATH       /app/node_modules/.bin
        run        mkdir -p /app/node_modules/.cache
        copy       package-lock.json, package.json
        run        npm install
        caches     npm-install (/root/.npm)
        variables  CI, NODE_ENV, NPM_CONFIG_FETCH_RETRIES, NPM_CONFIG_FUND, NPM_CONFIG_PRODUCTION, NPM_CONFIG_UPDATE_NOTIFIER
      build
        on         install
        with       the app's directory
        caches     node-modules (/app/node_modules/.cache)
        secrets    all
      packages:apt:runtime
        on         ghcr.io/railwayapp/railpack-runtime:mise-2026.8.6
        run        install apt packages: libatomic1
        caches     apt (/var/cache/apt), apt-lists (/var/lib/apt/lists)

    Image
      on         packages:apt:runtime
      with       packages:mise (/mise/shims, /mise/installs, /usr/local/bin/mise, /etc/mise/config.toml, /root/.local/state/mise)
      with       build (/app/node_modules)
      with       build (/root/.cache, . without node_modules, .yarn)
      variables  CI, NODE_ENV, NPM_CONFIG_FETCH_RETRIES, NPM_CONFIG_FUND, NPM_CONFIG_PRODUCTION, NPM_CONFIG_UPDATE_NOTIFIER, RAILPACK_VERSION
      start      node index.js

    Secrets
      TOKEN

    Metadata
      nodePackageManager  npm
      nodeRuntime         node
      providers           node

    Notes
      suggestion: name the package manager and its version in package.json as `packageManager`
    ");
}

#[test]
fn info_tells_which_versions_the_build_chooses() {
    let app = app();
    fs::write(
        app.path().join("package.json"),
        r#"{"engines": {"node": ">=20 <23"}}"#,
    )
    .unwrap();
    let arguments = [
        "info",
        text(app.path()),
        "--env",
        "RAILPACK_PACKAGES=jq@1.8.1",
    ];
    let described = railpack(&arguments, &[]).stdout;
    let packages: Vec<_> = described
        .lines()
        .skip_while(|line| *line != "Packages")
        .take_while(|line| !line.is_empty())
        .collect();
    insta::assert_snapshot!(packages.join("\n"), @"
    Packages
      jq    1.8.1  RAILPACK_PACKAGES
      node  22     package.json > engines > node (>=20 <23), the newest, chosen in the build
    ");
}

#[test]
fn colour_changes_no_word() {
    let app = app();
    let plain = railpack(&["info", text(app.path())], &[]).stdout;
    let coloured = railpack(&["info", text(app.path())], &[("FORCE_COLOR", "1")]).stdout;
    assert!(coloured.contains('\u{1b}'));
    let codes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
    assert_eq!(codes.replace_all(&coloured, ""), plain);
    let out = app.path().join("info.txt");
    let arguments = ["info", text(app.path()), "--out", text(&out)];
    railpack(&arguments, &[("FORCE_COLOR", "1")]);
    assert_eq!(fs::read_to_string(out).unwrap(), plain);
}

#[test]
fn info_for_programs_has_the_names_that_platforms_read() {
    let app = app();
    let arguments = ["info", text(app.path()), "--format", "json"];
    let ended = railpack(&arguments, &[]);
    assert_eq!(
        (ended.status, ended.stderr.as_str()),
        (ExitStatus::Success, "")
    );
    let mut info: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    let plan = info.as_object_mut().unwrap().remove("plan").unwrap();
    let alone = railpack(&["plan", text(app.path())], &[]).stdout;
    assert_eq!(
        plan,
        serde_json::from_str::<serde_json::Value>(&alone).unwrap()
    );
    let rest = serde_json::to_string_pretty(&info).unwrap();
    insta::assert_snapshot!(told(&rest, &app), @r#"
    {
      "detectedProviders": [
        "node"
      ],
      "logs": [
        {
          "DocsPath": "",
          "Level": "info",
          "Msg": "detected node"
        },
        {
          "DocsPath": "",
          "Level": "info",
          "Msg": "package-lock.json found, so npm it is"
        },
        {
          "DocsPath": "",
          "Level": "suggestion",
          "Msg": "name the package manager and its version in package.json as `packageManager`"
        },
        {
          "DocsPath": "",
          "Level": "info",
          "Msg": "using the package manager npm"
        }
      ],
      "metadata": {
        "nodePackageManager": "npm",
        "nodeRuntime": "node",
        "providers": "node"
      },
      "railpackVersion": "[version]",
      "resolvedPackages": {
        "node": {
          "name": "node",
          "requestedVersion": "22.22.0",
          "resolvedVersion": "22.22.0",
          "source": "package.json > engines > node"
        }
      },
      "success": true
    }
    "#);
}

#[test]
fn an_analysis_that_fails_is_still_told_to_programs() {
    let app = app();
    fs::remove_file(app.path().join("package.json")).unwrap();
    let info = app.path().join("out/info.json");
    let plan = app.path().join("out/rpk.json");
    let arguments = [
        "prepare",
        text(app.path()),
        "--env=EMPTY=",
        "--info-out",
        text(&info),
        "--plan-out",
        text(&plan),
    ];
    let ended = railpack(&arguments, &[]);
    assert_eq!(ended.status, ExitStatus::Failure);
    assert!(!plan.exists());
    let both = format!(
        "{}---\n{}---\n{}",
        ended.stdout,
        ended.stderr,
        fs::read_to_string(info).unwrap()
    );
    insta::assert_snapshot!(told(&both, &app), @r#"
    Railpack [version]

    Notes
      warning: --env EMPTY: has no value, and is left out
    ---
    error: no provider knows this app

    providers: php, golang, java, rust, ruby, elixir, python, deno, dotnet, node, gleam, cpp, staticfile, shell

    the app holds:
    ./
    └── package-lock.json
    hint: say what to run with --build-cmd and --start-cmd, or plan the directory that holds the app
    ---
    {
      "railpackVersion": "[version]",
      "logs": [
        {
          "Level": "warn",
          "Msg": "--env EMPTY: has no value, and is left out",
          "DocsPath": ""
        },
        {
          "Level": "error",
          "Msg": "no provider knows this app\n\nproviders: php, golang, java, rust, ruby, elixir, python, deno, dotnet, node, gleam, cpp, staticfile, shell\n\nthe app holds:\n./\n└── package-lock.json\nhint: say what to run with --build-cmd and --start-cmd, or plan the directory that holds the app",
          "DocsPath": ""
        }
      ],
      "success": false
    }
    "#);
}

#[test]
fn prepare_writes_both_files_and_describes_the_plan() {
    let app = app();
    let directory = tempfile::tempdir().unwrap();
    let plan = directory.path().join("plan/rpk.json");
    let info = directory.path().join("info/info.json");
    let arguments = [
        "prepare",
        text(app.path()),
        "--plan-out",
        text(&plan),
        "--info-out",
        text(&info),
    ];
    let ended = railpack(&arguments, &[]);
    assert_eq!(
        (ended.status, ended.stderr.as_str()),
        (ExitStatus::Success, "")
    );
    assert_eq!(
        ended.stdout,
        railpack(&["info", text(app.path())], &[]).stdout
    );
    let alone = railpack(&["plan", text(app.path())], &[]).stdout;
    assert_eq!(fs::read_to_string(plan).unwrap(), alone);
    let info: serde_json::Value = serde_json::from_str(&fs::read_to_string(info).unwrap()).unwrap();
    assert_eq!((&info["success"], info.get("plan")), (&true.into(), None));

    let arguments = ["p", text(app.path()), "--hide-pretty-plan", "--show-plan"];
    assert_eq!(railpack(&arguments, &[]).stdout, alone);
}

#[test]
fn verbose_tells_why_and_reaches_mise() {
    let app = app();
    let arguments = [
        "plan",
        "--verbose",
        text(app.path()),
        "-e",
        "RAILPACK_PACKAGES=jq",
    ];
    let ended = railpack(&arguments, &[]);
    assert!(ended.stdout.contains("\"MISE_VERBOSE\": \"1\""));
    insta::assert_snapshot!(ended.stderr, @"
    not known to php, golang, java, rust, ruby, elixir, python, deno, dotnet, but to node
    detected node
    package-lock.json found, so npm it is
    suggestion: name the package manager and its version in package.json as `packageManager`
    using the package manager npm
    RAILPACK_PACKAGES is set, and taken into account
    package jq latest (RAILPACK_PACKAGES)
    package node 22.22.0 (package.json > engines > node)
    ");
    let by_variable = railpack(
        &["plan", text(app.path()), "-e", "RAILPACK_PACKAGES=jq"],
        &[("RAILPACK_VERBOSE", "true")],
    );
    assert_eq!(
        (by_variable.stdout, by_variable.stderr),
        (ended.stdout, ended.stderr)
    );
    let arguments = [
        "plan",
        "--verbose",
        text(app.path()),
        "-e",
        "MISE_VERBOSE=0",
    ];
    assert!(
        railpack(&arguments, &[])
            .stdout
            .contains("\"MISE_VERBOSE\": \"0\"")
    );
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
fn each_shell_completes_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "pwsh"] {
        let ended = railpack(&["completion", shell], &[]);
        assert_eq!(
            (ended.status, ended.stderr.as_str()),
            (ExitStatus::Success, "")
        );
        for word in [
            "plan",
            "prepare",
            "info",
            "schema",
            "completion",
            "error-missing-start",
        ] {
            assert!(ended.stdout.contains(word), "{shell} {word}");
        }
    }
    let ended = railpack(&["completion", "tcsh"], &[]);
    assert_eq!(ended.status, ExitStatus::Usage);
    insta::assert_snapshot!(ended.stderr, @"
    error: invalid value 'tcsh' for '<SHELL>'
      [possible values: bash, zsh, fish, powershell]

      tip: a similar value exists: 'zsh'

    For more information, try '--help'.
    ");
}

#[test]
fn a_picture_goes_where_the_arguments_say() {
    let app = app();
    let (picture, other) = (app.path().join("plan.svg"), app.path().join("other.svg"));
    let described = railpack(&["info", text(app.path())], &[]).stdout;
    let ended = railpack(&["info", text(app.path()), "--graph", text(&picture)], &[]);
    assert_eq!(
        (ended.status, ended.stdout),
        (ExitStatus::Success, described)
    );
    let picture = fs::read_to_string(picture).unwrap();
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert_eq!(
        railpack(&["info", text(app.path()), "--graph"], &[]).stdout,
        picture
    );
    let ended = railpack(
        &["info", text(app.path()), "--graph", "--out", text(&other)],
        &[],
    );
    assert_eq!(
        (ended.status, ended.stdout.as_str()),
        (ExitStatus::Success, "")
    );
    assert_eq!(fs::read_to_string(other).unwrap(), picture);

    fs::write(app.path().join("package.json"), "{").unwrap();
    let ended = railpack(&["info", text(app.path()), "--graph"], &[]);
    assert_eq!(
        (ended.status, ended.stdout.as_str()),
        (ExitStatus::Failure, "")
    );
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
        vec!["build", text(app.path())],
        vec!["--verbose"],
        vec![],
    ];
    let told: Vec<_> = runs
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
    insta::assert_snapshot!(self::told(&told.join("---\n"), &app), @"
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
    error: unrecognized subcommand 'build'
    ---
    Usage
    error: 'railpack' requires a subcommand but one was not provided
      [subcommands: plan, prepare, p, info, i, schema, completion, help]
    ---
    Usage
    Plans container images: looks at an app's source tree and writes a build plan
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
      -o, --out <FILE>               Write the plan to this file, whole or not at all; without it, to standard output
      -e, --env <NAME=VALUE>         Set a variable for the analysis; its name becomes a secret of the build. NAME alone takes the value of this process's environment
          --previous <TOOL@VERSION>  The version of a tool that the app was built with before; it goes before Railpack's default
          --build-cmd <COMMAND>      The command that builds the app
          --start-cmd <COMMAND>      The command that the container runs
          --app-dir <PACKAGE>        The package of a workspace that is the app, by its directory below DIRECTORY or its name; by default the one at the root [`--env` variable: `RAILPACK_APP_DIR`]
          --config-file <FILE>       The configuration file, relative to DIRECTORY; by default railpack.json, if there is one [`--env` variable: `RAILPACK_CONFIG_FILE`]
          --error-missing-start      Fail if no start command is found
          --frontend <IMAGE>         The frontend image for plain `docker build` to use [variable: `RAILPACK_FRONTEND`]
          --builder-image <IMAGE>    The image that the build's steps start from [variable: `RAILPACK_BUILDER_IMAGE`]
          --runtime-image <IMAGE>    The image that the app's image is laid over [variable: `RAILPACK_RUNTIME_IMAGE`]
      -h, --help                     Print help
          --verbose                  Tell more of what was decided and why, and let mise do so in the build [variable: `RAILPACK_VERBOSE`]
    ");
}
