//! Whole plans of small apps.

use crate::analyze::Level;
use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{commands, package, plan, start_command, step, try_plan, warnings};

const MODULE: (&str, &str) = ("go.mod", "module example.com/a\n\ngo 1.24\n");
const PROGRAM: &str = "package main\n\nfunc main() {}\n";

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

fn built(files: &[(&str, &str)], variables: &[(&str, &str)]) -> String {
    commands(&plan(app(files), variables), "build").join("\n")
}

fn refused(files: &[(&str, &str)], variables: &[(&str, &str)]) -> String {
    let error = try_plan(app(files), variables).unwrap_err();
    match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    }
}

#[test]
fn modules_are_downloaded_with_nothing_but_what_names_them() {
    let files = [
        MODULE,
        ("go.sum", ""),
        ("main.go", PROGRAM),
        ("tools/go.mod", "module example.com/tools\n"),
    ];
    let analysis = plan(app(&files), &[]);
    insta::assert_snapshot!(commands(&analysis, "install").join("\n"), @"
    PATH /go/bin
    COPY go.mod go.mod
    COPY go.sum go.sum
    COPY tools/go.mod tools/go.mod
    go mod download
    ");
    let install = step(&analysis, "install");
    assert_eq!(install.inputs.len(), 1);
    assert_eq!(install.variables["CGO_ENABLED"].value, "0");
    assert_eq!(start_command(&analysis), Some("./out"));
}

#[test]
fn a_directory_of_the_programs_name_is_not_in_its_way() {
    let analysis = plan(app(&[MODULE, ("main.go", PROGRAM), ("out/x.txt", "")]), &[]);
    insta::assert_snapshot!(commands(&analysis, "build").join("\n"), @r#"go build -ldflags="-w -s" -o railpack-out"#);
    assert_eq!(start_command(&analysis), Some("./railpack-out"));
    let file = plan(app(&[MODULE, ("main.go", PROGRAM), ("out", "")]), &[]);
    assert_eq!(start_command(&file), Some("./out"));
}

#[test]
fn checked_in_modules_are_not_downloaded() {
    let files = [MODULE, ("vendor/modules.txt", ""), ("main.go", PROGRAM)];
    assert_eq!(
        commands(&plan(app(&files), &[]), "install"),
        ["PATH /go/bin"]
    );
}

#[test]
fn the_program_is_found_where_it_is() {
    let library = ("shop.go", "package shop\n");
    let server = ("cmd/server/main.go", PROGRAM);
    let worker = ("cmd/worker/run.go", PROGRAM);
    let notes = ("cmd/internal/notes.go", "package internal\n");
    let root = ("main.go", PROGRAM);
    let workspace = ("go.work", "go 1.24\n\nuse (\n\t./api\n\t./shared\n)\n");
    let members = [
        ("api/go.mod", "module api\n"),
        ("api/main.go", PROGRAM),
        ("shared/go.mod", "module shared\n"),
    ];
    let in_workspace = [[workspace].as_slice(), &members].concat();
    insta::assert_snapshot!([
        built(&[MODULE, root, server], &[]),
        built(&[MODULE, library, worker, server, notes], &[]),
        built(&[MODULE, root, worker, server], &[("RAILPACK_GO_BIN", "worker")]),
        built(&in_workspace, &[]),
        built(&[MODULE, root, ("a b/x.go", PROGRAM)], &[("RAILPACK_GO_WORKSPACE_MODULE", "./a b/")]),
        built(&[root], &[]),
    ].join("\n"), @r#"
    go build -ldflags="-w -s" -o out
    go build -ldflags="-w -s" -o out ./cmd/server
    go build -ldflags="-w -s" -o out ./cmd/worker
    go build -ldflags="-w -s" -o out ./api
    go build -ldflags="-w -s" -o out './a b'
    go build -ldflags="-w -s" -o out main.go
    "#);
}

#[test]
fn several_commands_are_told() {
    let files = [
        MODULE,
        ("cmd/b/main.go", PROGRAM),
        ("cmd/a/main.go", PROGRAM),
        ("cmd/c/main.go", PROGRAM),
    ];
    let analysis = plan(app(&files), &[]);
    let mut told = analysis.messages.iter();
    let told = told
        .find(|message| message.level == Level::Suggestion)
        .unwrap();
    insta::assert_snapshot!(told.text, @"building cmd/a; RAILPACK_GO_BIN chooses another: b, c");
}

#[test]
fn what_cannot_be_built_says_what_was_looked_for() {
    let server = ("services/web/main.go", PROGRAM);
    let library = ("shop.go", "package shop\n");
    let none = ("go.work", "use ./api\nuse ../other\n");
    insta::assert_snapshot!([
        refused(&[MODULE, library, server], &[]),
        refused(&[MODULE], &[("RAILPACK_GO_BIN", "x")]),
        refused(&[MODULE, ("cmd/a/main.go", PROGRAM)], &[("RAILPACK_GO_BIN", "../a")]),
        refused(&[MODULE, server], &[("RAILPACK_GO_WORKSPACE_MODULE", "web")]),
        refused(&[none], &[]),
        refused(&[none, ("api/go.mod", "")], &[]),
        refused(&[("go.mod", "module a\n\ngo one\n"), ("main.go", PROGRAM)], &[]),
    ].join("\n---\n"), @"
    found nothing to build

    looked for:
    - a file of `package main` in the app's directory
    - a directory below cmd with a file of `package main`
    hint: name the directory of the program in RAILPACK_GO_WORKSPACE_MODULE: services/web
    ---
    RAILPACK_GO_BIN: found `x`, expected the name of a directory below cmd
    ---
    RAILPACK_GO_BIN: found `../a`, expected the name of a directory below cmd: a
    ---
    RAILPACK_GO_WORKSPACE_MODULE: found `web`, expected a directory of the app that holds a program: services/web
    ---
    go.work:1:5: found `./api`, expected a directory of the app that holds a go.mod
    ---
    go.work:2:5: found `../other`, expected a directory of the app that holds a go.mod
    ---
    go.mod:3:4: found `one`, expected a version of Go, such as 1.25
    ");
}

#[test]
fn a_build_command_needs_no_program_to_be_found() {
    let analysis = plan(app(&[MODULE]), &[("RAILPACK_BUILD_CMD", "make")]);
    assert_eq!(commands(&analysis, "build").last().unwrap(), "sh -c 'make'");
}

#[test]
fn the_version_is_of_mise_then_of_the_setting_then_of_the_toolchain_then_of_the_module() {
    let version = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let files = [files, &[("main.go", PROGRAM)]].concat();
        let analysis = plan(app(&files), variables);
        let (version, origin) = package(&analysis, "go").unwrap();
        let mut line = format!("{version} ({origin})");
        for warning in warnings(&analysis) {
            line = format!("{line}; {warning}");
        }
        line
    };
    let setting = [("RAILPACK_GO_VERSION", "1.22")];
    let toolchain = ("go.mod", "go 1.24.0\ntoolchain go1.25.3\n");
    let tools = ("mise.toml", "[tools]\ngo = \"1.26.1\"\n");
    insta::assert_snapshot!([
        version(&[MODULE, tools], &setting),
        version(&[MODULE], &setting),
        version(&[toolchain], &[]),
        version(&[MODULE], &[]),
        version(&[("go.work", "go 1.23.4\n")], &[]),
        version(&[("go.mod", "module a\n"), (".go-version", "go1.25.1\n")], &[]),
        version(&[], &[]),
    ].join("\n"), @"
    1.26.1 (mise.toml); mise.toml sets go to 1.26.1, so RAILPACK_GO_VERSION does not count
    1.22 (RAILPACK_GO_VERSION)
    1.25.3 (go.mod > toolchain)
    1.24 (go.mod > go)
    1.23.4 (go.work > go)
    1.25.1 (.go-version)
    1.25 (railpack default)
    ");
}

#[test]
fn mise_is_told_of_a_version_that_it_would_not_take() {
    let variable = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let files = [files, &[("main.go", PROGRAM)]].concat();
        let analysis = plan(app(&files), variables);
        let install = step(&analysis, "install");
        let value = install.variables.get("MISE_GO_VERSION");
        value.map(|value| value.value.clone())
    };
    let setting = [("RAILPACK_GO_VERSION", "1.22")];
    let toolchain = ("go.mod", "go 1.24.0\ntoolchain go1.25.3\n");
    let tools = ("mise.toml", "[tools]\ngo = \"1.26.1\"\n");
    assert_eq!(variable(&[MODULE], &setting).as_deref(), Some("1.22"));
    assert_eq!(variable(&[toolchain], &[]).as_deref(), Some("1.25.3"));
    assert_eq!(variable(&[MODULE], &[]), None);
    assert_eq!(variable(&[MODULE, tools], &setting), None);
    assert_eq!(variable(&[], &setting), None);
}

#[test]
fn code_in_c_needs_a_compiler() {
    let files = [MODULE, ("main.go", PROGRAM)];
    let analysis = plan(app(&files), &[("CGO_ENABLED", "1")]);
    assert!(
        !step(&analysis, "install")
            .variables
            .contains_key("CGO_ENABLED")
    );
    let apt = |name| commands(&analysis, name).join(" ");
    insta::assert_snapshot!(apt("packages:apt:build"), @"sh -c 'apt-get update && apt-get install -y g++ gcc libc6-dev'");
    insta::assert_snapshot!(apt("packages:apt:runtime"), @"sh -c 'apt-get update && apt-get install -y libc6'");
    assert_eq!(analysis.metadata["goCGO"], "true");
}
