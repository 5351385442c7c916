//! Whole plans of small apps.

use crate::analyze::Level;
use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{caches, commands, package, plan, start_command, try_plan};

const PACKAGE: &str = "[package]\nname = \"shop\"\nedition = \"2021\"\n";
const MAIN: (&str, &str) = ("src/main.rs", "fn main() {}\n");

fn app(files: &[(&str, &str)]) -> Memory {
    files.iter().fold(Memory::default(), |tree, (path, text)| {
        tree.file(path, text)
    })
}

/// What is built, and what is started.
fn built(files: &[(&str, &str)], variables: &[(&str, &str)]) -> String {
    let analysis = plan(app(files), variables);
    let start = start_command(&analysis).unwrap_or("nothing");
    format!(
        "{}\nstarts {start}",
        commands(&analysis, "build").join("\n")
    )
}

fn refused(files: &[(&str, &str)], variables: &[(&str, &str)]) -> String {
    let error = try_plan(app(files), variables).unwrap_err();
    match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    }
}

#[test]
fn dependencies_are_compiled_on_their_own_with_an_empty_program() {
    let manifest = format!("{PACKAGE}[lib]\nname = \"shop\"\n");
    let files = [
        ("Cargo.toml", manifest.as_str()),
        ("Cargo.lock", ""),
        MAIN,
        ("src/lib.rs", ""),
    ];
    let analysis = plan(app(&files), &[]);
    insta::assert_snapshot!(commands(&analysis, "install").join("\n"), @"
    COPY Cargo.toml* .
    COPY Cargo.lock* .
    mkdir -p src
    FILE src/main.rs
    FILE src/lib.rs
    cargo build --release
    cargo clean --release --package shop
    rm -rf src
    ");
    assert_eq!(
        caches(&analysis, "install"),
        ["cargo_registry", "cargo_git"]
    );
    assert_eq!(caches(&analysis, "build"), caches(&analysis, "install"));
    assert_eq!(
        analysis.plan.deploy.variables["ROCKET_ADDRESS"].value,
        "0.0.0.0"
    );
}

#[test]
fn dependencies_are_not_compiled_alone_where_cargo_reads_more_of_the_app() {
    for more in [
        "build = \"build.rs\"\n",
        "default-run = \"other\"\n",
        "[[bin]]\nname = \"other\"\n",
        "[lib]\npath = \"lib/all.rs\"\n",
        "[[bench]]\nname = \"speed\"\nharness = false\n",
        "[dependencies]\ndb = { path = \"db\" }\n",
        "[patch.crates-io]\ndb = { path = \"db\" }\n",
        "[workspace]\n",
    ] {
        let manifest = format!("{PACKAGE}{more}");
        let files = [
            ("Cargo.toml", manifest.as_str()),
            MAIN,
            ("src/bin/other.rs", ""),
        ];
        let install = commands(&plan(app(&files), &[]), "install");
        assert_eq!(
            install,
            ["COPY Cargo.toml* .", "COPY Cargo.lock* ."],
            "{more}"
        );
    }
}

#[test]
fn each_program_is_built_and_one_is_started() {
    let one = [("Cargo.toml", PACKAGE), MAIN];
    let several = [
        ("Cargo.toml", PACKAGE),
        MAIN,
        ("src/bin/b.rs", ""),
        ("src/bin/a/main.rs", ""),
        ("src/bin/a/more.rs", ""),
    ];
    let manifest = format!(
        "{PACKAGE}default-run = \"till\"\n[[bin]]\nname = \"till\"\npath = \"src/main.rs\"\n[[bin]]\nname = \"extra\"\nrequired-features = [\"x\"]\n"
    );
    let renamed = [("Cargo.toml", manifest.as_str()), MAIN];
    let target = ("Cargo.toml", PACKAGE);
    let wasm = (
        ".cargo/config.toml",
        "[build]\ntarget = \"wasm32-wasip1\"\n",
    );
    insta::assert_snapshot!([
        built(&one, &[]),
        built(&several, &[]),
        built(&several, &[("RAILPACK_RUST_BIN", "b")]),
        built(&renamed, &[]),
        built(&[target, MAIN, wasm], &[]),
    ].join("\n---\n"), @"
    mkdir -p bin
    cargo build --release
    cp target/release/shop bin
    starts ./bin/shop
    ---
    mkdir -p bin
    cargo build --release
    cp target/release/shop bin
    cp target/release/a bin
    cp target/release/b bin
    starts ./bin/shop
    ---
    mkdir -p bin
    cargo build --release
    cp target/release/shop bin
    cp target/release/a bin
    cp target/release/b bin
    starts ./bin/b
    ---
    mkdir -p bin
    cargo build --release
    cp target/release/till bin
    starts ./bin/till
    ---
    mkdir -p bin
    rustup target add wasm32-wasip1
    cargo build --release
    cp target/wasm32-wasip1/release/shop.wasm bin
    starts ./bin/shop.wasm
    ");
    let told = plan(app(&several), &[]).messages;
    let mut told = told
        .iter()
        .filter(|message| message.level == Level::Suggestion);
    insta::assert_snapshot!(told.next().unwrap().text, @"shop has several programs; RAILPACK_RUST_BIN or `default-run` in Cargo.toml says which one is started: shop, a, b");
}

#[test]
fn a_package_of_a_workspace_is_built() {
    let library = ("crates/types/Cargo.toml", "[package]\nname = \"types\"\n");
    let library_file = ("crates/types/src/lib.rs", "");
    let web = ("crates/web/Cargo.toml", "[package]\nname = \"web\"\n");
    let web_file = ("crates/web/src/main.rs", "");
    let worker = (
        "worker/Cargo.toml",
        "[package]\nname = \"worker\"\n[[bin]]\nname = \"work\"\npath = \"work.rs\"\n",
    );
    let members = [library, library_file, web, web_file, worker];
    let workspace = |text: &str, variables: &[(&str, &str)]| {
        built(
            &[&[("Cargo.toml", text)], members.as_slice()].concat(),
            variables,
        )
    };
    let all = "[workspace]\nmembers = [\"crates/*\", \"worker\"]\n";
    let with_root = format!("{PACKAGE}{all}");
    let root = [
        &[("Cargo.toml", with_root.as_str()), MAIN],
        members.as_slice(),
    ]
    .concat();
    insta::assert_snapshot!([
        workspace(all, &[]),
        workspace(all, &[("RAILPACK_CARGO_WORKSPACE", "worker")]),
        workspace(&format!("{all}default-members = [\"worker\"]\n"), &[]),
        workspace(&format!("{all}exclude = [\"crates/web\"]\n"), &[]),
        built(&root, &[]),
    ].join("\n---\n"), @"
    mkdir -p bin
    cargo build --release --package web
    cp target/release/web bin
    starts ./bin/web
    ---
    mkdir -p bin
    cargo build --release --package worker
    cp target/release/work bin
    starts ./bin/work
    ---
    mkdir -p bin
    cargo build --release --package worker
    cp target/release/work bin
    starts ./bin/work
    ---
    mkdir -p bin
    cargo build --release --package worker
    cp target/release/work bin
    starts ./bin/work
    ---
    mkdir -p bin
    cargo build --release
    cp target/release/shop bin
    starts ./bin/shop
    ");
}

#[test]
fn what_cannot_be_built_says_what_was_looked_for() {
    let manifest = |text| [("Cargo.toml", text), MAIN];
    insta::assert_snapshot!([
        refused(&[("Cargo.toml", PACKAGE), ("src/lib.rs", "")], &[]),
        refused(&[("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n"), ("a/Cargo.toml", PACKAGE)], &[]),
        refused(&[("Cargo.toml", "[workspace]\nmembers = [\"a\"]\n")], &[]),
        refused(&manifest(PACKAGE), &[("RAILPACK_RUST_BIN", "till")]),
        refused(&manifest(PACKAGE), &[("RAILPACK_CARGO_WORKSPACE", "web")]),
        refused(&manifest("[package]\nname = 5\n"), &[]),
        refused(&manifest("[package\n"), &[]),
        refused(&manifest("[package]\nversion = \"1.0.0\"\n"), &[]),
        refused(&manifest("[package]\nname = \"a\"\nedition = \"2022\"\n"), &[]),
        refused(&manifest("[package]\nname = \"a\"\nrust-version = \"new\"\n"), &[]),
    ].join("\n---\n"), @r#"
    found nothing to build

    looked for:
    - src/main.rs, src/bin and [[bin]] of the package in Cargo.toml
    hint: add a program, or say what to build and to start with RAILPACK_BUILD_CMD and RAILPACK_START_CMD
    ---
    found nothing to build

    looked for:
    - src/main.rs, src/bin and [[bin]] of the package in Cargo.toml
    - the same of the packages of the workspace
    hint: add a program, or say what to build and to start with RAILPACK_BUILD_CMD and RAILPACK_START_CMD
    ---
    a/Cargo.toml: not found
    ---
    RAILPACK_RUST_BIN: found `till`, expected a program of shop: shop
    ---
    RAILPACK_CARGO_WORKSPACE: found `web`, expected the name of a package with a program; the workspace has none
    ---
    Cargo.toml:2:8: invalid type: integer `5`, expected a string
    ---
    Cargo.toml:1:9: unclosed table, expected `]`
    ---
    Cargo.toml: found `[package] without a name`, expected a name, as in `name = "shop"`
    ---
    Cargo.toml > edition: found `2022`, expected an edition of Rust: 2015, 2018, 2021 or 2024
    ---
    Cargo.toml > rust-version: found `new`, expected a version of Rust, such as 1.85
    "#);
}

#[test]
fn the_version_is_of_mise_then_of_the_setting_then_of_the_files_of_rust() {
    let version = |files: &[(&str, &str)], variables: &[(&str, &str)]| {
        let files = [files, &[MAIN]].concat();
        let analysis = plan(app(&files), variables);
        let (version, origin) = package(&analysis, "rust").unwrap();
        format!("{version} ({origin})")
    };
    let edition = ("Cargo.toml", PACKAGE);
    let manifest = format!("{PACKAGE}rust-version = \"1.87\"\n");
    let minimum = ("Cargo.toml", manifest.as_str());
    let file = (".rust-version", "1.86.0\n");
    let toolchain = ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.88.0\"\n");
    let channel = ("rust-toolchain.toml", "[toolchain]\nchannel = \"stable\"\n");
    let setting = [("RAILPACK_RUST_VERSION", "1.90")];
    insta::assert_snapshot!([
        version(&[minimum, toolchain, (".tool-versions", "rust 1.91.0\n")], &setting),
        version(&[minimum, toolchain], &setting),
        version(&[minimum, file, toolchain], &[]),
        version(&[minimum, file, channel], &[]),
        version(&[edition, file], &[]),
        version(&[edition, ("rust-toolchain", "1.70.0\n")], &[]),
        version(&[edition], &[]),
        version(&[("Cargo.toml", "[package]\nname = \"a\"\n")], &[]),
    ].join("\n"), @"
    1.91.0 (.tool-versions)
    1.88.0 (rust-toolchain.toml)
    1.88.0 (rust-toolchain.toml)
    stable (rust-toolchain.toml)
    1.86.0 (.rust-version)
    1.70.0 (rust-toolchain)
    1.84.0 (Cargo.toml > edition)
    1.89 (railpack default)
    ");
}
