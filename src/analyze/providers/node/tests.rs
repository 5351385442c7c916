//! Whole plans of small apps.

use crate::analyze::app::memory::Memory;
use crate::analyze::testing::{caches, commands, package, plan, start_command, step, try_plan};
use crate::analyze::{AnalyzeError, AnalyzeOptions, Environment, analyze};

pub(super) fn app(package_json: &str) -> Memory {
    Memory::default()
        .file("package.json", package_json)
        .file("package-lock.json", "{}")
}

#[test]
fn the_start_command_is_the_script_then_main_then_an_index_file() {
    for (tree, expected) in [
        (
            app(r#"{"scripts": {"start": "x"}, "main": "m.js"}"#).file("index.js", ""),
            Some("npm run start"),
        ),
        (
            app(r#"{"scripts": {"start": ""}, "main": "src/m.js"}"#).file("index.js", ""),
            Some("node src/m.js"),
        ),
        (
            app(r#"{"main": "my server.js"}"#),
            Some("node 'my server.js'"),
        ),
        (
            app(r#"{"main": null}"#)
                .file("index.ts", "")
                .file("index.js", ""),
            Some("node index.js"),
        ),
        (
            app("{}").file("bun.lock", "").file("index.ts", ""),
            Some("bun index.ts"),
        ),
        (
            app("{}").file(".yarnrc.yml", "").file("index.js", ""),
            Some("yarn node index.js"),
        ),
        (app("{}").file("src/index.js", ""), None),
    ] {
        assert_eq!(start_command(&plan(tree, &[])), expected);
    }
}

#[test]
fn an_app_without_a_start_command_is_told_where_it_is_looked_for() {
    let analysis = plan(app(r#"{"scripts": {"build": "tsc"}}"#), &[]);
    insta::assert_snapshot!(analysis.messages.last().unwrap().text, @"
    no start command found

    for a Node.js or Bun app these are looked at, in this order:
    1. the script `start` in package.json
    2. the file named by `main` in package.json
    3. index.js, then index.ts
    4. a framework whose server is known: Next.js, Nuxt, TanStack Start, SvelteKit
    5. the app of Next.js in an Nx workspace

    an app that is only files once it is built needs none: name their directory in RAILPACK_SPA_OUTPUT_DIR
    ");
    let options = AnalyzeOptions {
        error_missing_start: true,
        ..AnalyzeOptions::default()
    };
    let refused = analyze(&app("{}").app(), &Environment::default(), &options);
    assert!(matches!(refused, Err(AnalyzeError::NoStartCommand { .. })));
}

#[test]
fn the_node_version_is_the_settings_then_that_of_engines_then_the_default() {
    let engines = r#"{"engines": {"node": ">=20 <23"}}"#;
    let setting = [("RAILPACK_NODE_VERSION", "22.1.0")];
    assert_eq!(
        package(&plan(app(engines), &setting), "node"),
        Some(("22.1.0", "RAILPACK_NODE_VERSION"))
    );
    let analysis = plan(app(engines), &[]);
    assert_eq!(
        package(&analysis, "node"),
        Some((">=20 <23", "package.json > engines > node"))
    );
    let config = &step(&analysis, "packages:mise").assets["generated-mise-toml"];
    assert!(
        config.starts_with("[tools]\nnode = \"22\"\n"),
        "{}",
        config.value
    );
    assert_eq!(
        package(&plan(app("{}"), &[]), "node"),
        Some(("lts", "railpack default"))
    );
}

#[test]
fn node_is_there_when_bun_needs_it() {
    let has_node = |package_json: &str| {
        plan(app(package_json).file("bun.lock", ""), &[])
            .packages
            .contains_key("node")
    };
    assert!(!has_node("{}"));
    assert!(has_node(r#"{"dependencies": {"ms": "2"}}"#));
    assert!(has_node(r#"{"devDependencies": {"ms": "2"}}"#));
    assert!(has_node(r#"{"scripts": {"test": "node --test"}}"#));
    assert!(has_node(r#"{"packageManager": "bun@1.3.1"}"#));
}

#[test]
fn bun_is_there_when_a_script_or_the_start_command_runs_it() {
    let has_bun = |package_json: &str, variables: &[_]| {
        plan(app(package_json), variables)
            .packages
            .contains_key("bun")
    };
    assert!(!has_bun("{}", &[]));
    assert!(has_bun(
        r#"{"scripts": {"build": "tsc && bun run x"}}"#,
        &[]
    ));
    assert!(has_bun("{}", &[("RAILPACK_START_CMD", "bun index.ts")]));
    let with_procfile = |procfile: &str, variables: &[_]| {
        plan(app("{}").file("Procfile", procfile), variables)
            .packages
            .contains_key("bun")
    };
    assert!(with_procfile("web: bun x.ts", &[]));
    assert!(!with_procfile("web: node x.js\nother: bun x.ts", &[]));
    let start = [("RAILPACK_START_CMD", "node x.js")];
    assert!(!with_procfile("web: bun x.ts", &start));
}

#[test]
fn installing_copies_only_what_the_package_manager_reads() {
    let tree = app("{}")
        .file("index.js", "")
        .file("packages/b/package.json", "{}")
        .file("packages/a/package.json", "{}")
        .file("packages/[id]/package.json", "{}")
        .file("prisma/schema.prisma", "")
        .file("web/.npmrc", "")
        .file("node_modules/x/package.json", "{}");
    insta::assert_snapshot!(commands(&plan(tree, &[]), "install").join("\n"), @r"
    PATH /app/node_modules/.bin
    mkdir -p /app/node_modules/.cache
    COPY package-lock.json package-lock.json
    COPY package.json package.json
    COPY packages/\[id]/package.json packages/[id]/package.json
    COPY packages/a/package.json packages/a/package.json
    COPY packages/b/package.json packages/b/package.json
    COPY web/.npmrc web/.npmrc
    COPY prisma prisma
    npm install
    ");
}

#[test]
fn configured_patterns_are_copied_too() {
    let tree = app("{}")
        .file("a/turbo.json", "")
        .file("turbo.json", "")
        .file("a/x/y", "");
    let analysis = plan(tree, &[("RAILPACK_NODE_INSTALL_PATTERNS", "turbo.json  x")]);
    let commands = commands(&analysis, "install");
    assert!(commands.contains(&"COPY turbo.json turbo.json".to_owned()));
    assert!(commands.contains(&"COPY a/turbo.json a/turbo.json".to_owned()));
    assert!(commands.contains(&"COPY a/x a/x".to_owned()));
}

#[test]
fn installing_sees_the_whole_app_if_it_runs_scripts_or_links_directories() {
    let member = r#"{"workspaces": ["a"], "scripts": {}}"#;
    for tree in [
        app(r#"{"scripts": {"postinstall": "patch-package"}}"#),
        app(member).file("a/package.json", r#"{"scripts": {"prepare": "x"}}"#),
        app("{}").file(
            "tools/x/package.json",
            r#"{"devDependencies": {"y": "file:../y"}}"#,
        ),
        app(r#"{"optionalDependencies": {"y": "./y.tgz"}}"#),
        app("{}").file("x/package.json5", "{dependencies: {y: '../y'}}"),
        app(r#"{"scripts": {"install": "make"}}"#),
        app(member)
            .file("a/package.json", "{}")
            .file("a/binding.gyp", ""),
    ] {
        let analysis = plan(tree, &[]);
        let install = step(&analysis, "install");
        assert_eq!(install.inputs.len(), 2);
        assert!(
            commands(&analysis, "install")
                .iter()
                .all(|command| !command.starts_with("COPY"))
        );
    }
}

#[test]
fn a_broken_manifest_that_is_no_part_of_the_app_changes_nothing() {
    let tree = app("{}").file("test/fixtures/package.json", "{ broken");
    assert!(commands(&plan(tree, &[]), "install").contains(&"npm install".to_owned()));
}

#[test]
fn a_step_that_removes_node_modules_has_no_cache_in_it() {
    let analysis = plan(
        app("{}"),
        &[("RAILPACK_BUILD_CMD", "npm ci && npm run build")],
    );
    assert!(caches(&analysis, "build").is_empty());
    assert_eq!(caches(&analysis, "install"), ["npm-install"]);
    assert_eq!(
        caches(&plan(app("{}"), &[("RAILPACK_BUILD_CMD", "make")]), "build"),
        ["node-modules"]
    );
}

#[test]
fn secrets_of_the_package_managers_rerun_the_installation() {
    let variables = [
        ("NPM_TOKEN", "a"),
        ("NODE_AUTH", "b"),
        ("OTHER", "c"),
        ("BUNDLE", "d"),
    ];
    let analysis = plan(app("{}"), &variables);
    let names: Vec<_> = step(&analysis, "install")
        .secrets
        .iter()
        .map(|name| name.value.as_str())
        .collect();
    assert_eq!(names, ["BUNDLE", "NODE_AUTH", "NPM_TOKEN"]);
    let names: Vec<_> = step(&analysis, "build")
        .secrets
        .iter()
        .map(|name| name.value.as_str())
        .collect();
    assert_eq!(names, ["*"]);
}

#[test]
fn a_manifest_that_cannot_be_read_says_why_and_where() {
    let trees = [
        Memory::default().file("package.json", "{\n  \"main\": \"a\"\n  \"x\": 1\n}"),
        Memory::default().file(
            "package.json",
            "{\n  \"scripts\": {\n    \"start\": 5\n  }\n}",
        ),
        Memory::default().file("package.json", "{\n  \"workspaces\": [1]\n}"),
        Memory::default().file(
            "package.json",
            "{\n  \"workspaces\": {\"packages\": \"a\"}\n}",
        ),
        Memory::default().file("package.json", "{\n  \"workspaces\": 5\n}"),
        Memory::default().file("package.json", "[]"),
        Memory::default().file("package.json", ""),
        Memory::default().file("package.json", b"{\n  \"main\": \"\xff\"\n}"),
        Memory::default().file("package.json/x", ""),
        Memory::default().link("package.json", "package.json"),
        Memory::default().link("package.json", "../package.json"),
        Memory::default().special("package.json"),
        Memory::default()
            .file("package.json", "{}")
            .forbidden("package.json"),
    ];
    let errors: Vec<_> = trees
        .into_iter()
        .map(|tree| try_plan(tree, &[]).unwrap_err().to_string())
        .collect();
    insta::assert_snapshot!(errors.join("\n"), @r#"
    package.json:2:14: expected comma
    package.json:3:14: invalid type: integer `5`, expected a string
    package.json:2:18: invalid type: integer `1`, expected a string
    package.json:2:30: invalid type: string "a", expected a sequence
    package.json:2:17: invalid type: integer `5`, expected a list of patterns, or an object that holds one as `packages`
    package.json:1:1: invalid type: sequence, expected an object
    package.json:1:1: is empty, expected a JSON object
    package.json:2:12: is not UTF-8 text
    package.json: is a directory, expected a file
    package.json: is a link that leads to itself, or through more than 40 links
    package.json: leads out of the app's directory, and only what is inside is read
    package.json: is neither a file nor a directory, expected a file
    package.json: permission denied
    "#);
}

#[test]
fn null_is_as_good_as_nothing() {
    let manifest = r#"{"scripts": null, "dependencies": null, "engines": null, "workspaces": null, "packageManager": null}"#;
    assert_eq!(
        start_command(&plan(app(manifest).file("index.js", ""), &[])),
        Some("node index.js")
    );
}
