//! Package managers in the plans of small apps.

use super::super::tests::app;
use crate::analyze::Analysis;
use crate::analyze::app::memory::Memory;
pub(in super::super) use crate::analyze::testing::warnings;
use crate::analyze::testing::{commands, package, plan, start_command, step, try_plan};

/// The lines of a step's commands, joined.
pub(in super::super) fn lines(analysis: &Analysis, name: &str) -> String {
    commands(analysis, name).join("\n")
}

/// An app without a lock file.
pub(in super::super) fn bare(package_json: &str) -> Memory {
    Memory::default().file("package.json", package_json)
}

/// The tools that mise installs, as its configuration has them.
pub(in super::super) fn tools(analysis: &Analysis) -> String {
    let config = &step(analysis, "packages:mise").assets["generated-mise-toml"];
    let (tools, _) = config.split_once("\n\n").unwrap();
    tools.to_owned()
}

/// Where the image takes the dependencies from.
pub(in super::super) fn install_folders(analysis: &Analysis) -> Vec<&str> {
    let inputs = &analysis.plan.deploy.inputs;
    inputs[inputs.len() - 2]
        .filter
        .include
        .iter()
        .map(|path| path.value.as_str())
        .collect()
}

#[test]
fn a_manifest_that_only_pnpm_reads_is_installed_by_pnpm_and_named_in_messages() {
    let yaml = "engines: {node: 22, pnpm: '10'}\nscripts:\n  start: node .\ndevEngines:\n  runtime: {name: node, version: 24.8.0}\n";
    let analysis = plan(
        Memory::default()
            .file("package.yaml", yaml)
            .file("package-lock.json", "{}"),
        &[],
    );
    assert_eq!(start_command(&analysis), Some("pnpm run start"));
    assert_eq!(
        package(&analysis, "pnpm"),
        Some(("10", "package.yaml > engines > pnpm"))
    );
    assert_eq!(
        package(&analysis, "node"),
        Some(("24.8.0", "package.yaml > devEngines > runtime"))
    );
    assert!(lines(&analysis, "install").contains("COPY package.yaml package.yaml"));
    // mise does not read it, so nothing goes before the setting.
    let setting = [("RAILPACK_NODE_VERSION", "20.1.0")];
    let analysis = plan(Memory::default().file("package.yaml", yaml), &setting);
    assert_eq!(
        package(&analysis, "node"),
        Some(("20.1.0", "RAILPACK_NODE_VERSION"))
    );
    assert_eq!(warnings(&analysis), [""; 0]);
    let json5 = Memory::default().file("package.json5", "{packageManager: 'npm@11'}");
    let analysis = plan(json5, &[]);
    assert_eq!(analysis.metadata["nodePackageManager"], "npm");
    insta::assert_snapshot!(warnings(&analysis)[0], @"only pnpm reads package.json5, and it names another package manager");
}

#[test]
fn what_corepack_would_refuse_is_refused() {
    let errors: Vec<_> = ["npm", "pnpm@10", "pnpm@latest", "yarn@^4.1.0"]
        .map(|name| {
            let tree = bare(&format!(r#"{{"packageManager": "{name}"}}"#));
            try_plan(tree, &[]).unwrap_err().to_string()
        })
        .to_vec();
    insta::assert_snapshot!(errors.join("\n"), @"
    package.json > packageManager: found `npm`, expected a name and an exact version, as in `npm@11.4.2`
    package.json > packageManager: found `pnpm@10`, expected a name and an exact version, as in `npm@11.4.2`
    package.json > packageManager: found `pnpm@latest`, expected a name and an exact version, as in `npm@11.4.2`
    package.json > packageManager: found `yarn@^4.1.0`, expected a name and an exact version, as in `npm@11.4.2`
    ");
    for name in [
        "pnpm@10.4.1",
        "yarn@4.0.0-rc.1",
        "yarn@3.2.3+sha224.95",
        "bun@latest",
    ] {
        assert!(
            try_plan(bare(&format!(r#"{{"packageManager": "{name}"}}"#)), &[]).is_ok(),
            "{name}"
        );
    }
}

#[test]
fn corepack_installs_the_named_package_manager() {
    let analysis = plan(app(r#"{"packageManager": "npm@11.4.2"}"#), &[]);
    insta::assert_snapshot!(commands(&analysis, "install").join("\n"), @"
    PATH /app/node_modules/.bin
    COPY package.json package.json
    sh -c 'npm i -g corepack@latest && corepack enable && corepack prepare --activate'
    mkdir -p /app/node_modules/.cache
    COPY package-lock.json package-lock.json
    COPY package.json package.json
    npm install
    ");
    assert_eq!(
        step(&analysis, "install").variables["COREPACK_HOME"].value,
        "/opt/corepack"
    );
    assert!(
        step(&analysis, "packages:mise").assets["generated-mise-toml"].contains("corepack = true")
    );
    let outputs = &analysis.plan.deploy.inputs.last().unwrap().filter.include;
    let outputs: Vec<_> = outputs.iter().map(|path| path.value.as_str()).collect();
    assert_eq!(
        outputs,
        [
            "/root/.cache",
            ".",
            "/opt/corepack",
            "/mise/installs",
            "/mise/shims"
        ]
    );
}

#[test]
fn pruned_dependencies_come_from_a_step_of_their_own() {
    let variables = [("RAILPACK_PRUNE_DEPS", "1")];
    let npm = plan(app("{}"), &variables);
    assert_eq!(
        commands(&npm, "prune"),
        ["npm prune --omit=dev --ignore-scripts"]
    );
    let bun = plan(app("{}").file("bun.lockb", ""), &variables);
    assert_eq!(
        commands(&bun, "prune"),
        ["sh -c 'rm -rf node_modules && bun install --production --ignore-scripts'"]
    );
    let own = plan(
        app("{}"),
        &[
            ("RAILPACK_PRUNE_DEPS", "1"),
            ("RAILPACK_NODE_PRUNE_CMD", "./prune"),
        ],
    );
    assert_eq!(commands(&own, "prune"), ["./prune"]);
}

#[test]
fn each_package_manager_prunes_in_its_own_way() {
    let prune = |tree: Memory| plan(tree, &[("RAILPACK_PRUNE_DEPS", "1")]);
    let pnpm = |version: &str| bare(&format!(r#"{{"engines": {{"pnpm": "{version}"}}}}"#));
    for (tree, expected) in [
        (pnpm("8.15.5"), "pnpm prune --prod"),
        (pnpm("7"), "pnpm prune --prod"),
        (pnpm("8.15.6"), "pnpm prune --prod --ignore-scripts"),
        (pnpm("8"), "pnpm prune --prod --ignore-scripts"),
        (pnpm("next-11"), "pnpm prune --prod --ignore-scripts"),
        (
            bare("{}").file("yarn.lock", ""),
            "yarn install --production=true",
        ),
        (
            bare(r#"{"packageManager": "yarn@4.9.2"}"#),
            "yarn workspaces focus --production --all",
        ),
        (
            bare(r#"{"packageManager": "yarn@3.8.7"}"#),
            "yarn install --check-cache",
        ),
        (
            bare(r#"{"packageManager": "yarn@3.8.7"}"#)
                .file(".yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs", ""),
            "yarn workspaces focus --production --all",
        ),
        (
            bare("{}").file(".yarnrc.yml", "yarnPath: .yarn/releases/yarn-2.4.3.cjs\n"),
            "yarn install --check-cache",
        ),
    ] {
        let analysis = prune(tree);
        assert_eq!(commands(&analysis, "prune"), [expected]);
        assert_eq!(
            step(&analysis, "prune").variables["NPM_CONFIG_PRODUCTION"].value,
            "true"
        );
    }
    let told = prune(bare(r#"{"packageManager": "yarn@3.8.7"}"#));
    insta::assert_snapshot!(warnings(&told)[0], @"Yarn 2 and 3 remove development dependencies only with the plugin workspace-tools, which is not there, so they stay in the image");
}
