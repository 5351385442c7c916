//! Package managers in the plans of small apps.

use super::super::tests::{app, caches, commands, package, plan, start_command, step, try_plan};
use crate::analyze::Analysis;
use crate::analyze::app::memory::Memory;

/// The lines of a step's commands, joined.
fn lines(analysis: &Analysis, name: &str) -> String {
    commands(analysis, name).join("\n")
}

/// An app without a lock file.
fn bare(package_json: &str) -> Memory {
    Memory::default().file("package.json", package_json)
}

/// The tools that mise installs, as its configuration has them.
fn tools(analysis: &Analysis) -> String {
    let config = &step(analysis, "packages:mise").assets["generated-mise-toml"];
    let (tools, _) = config.split_once("\n\n").unwrap();
    tools.to_owned()
}

fn warnings(analysis: &Analysis) -> Vec<&str> {
    analysis
        .messages
        .iter()
        .filter(|message| message.level == crate::analyze::Level::Warning)
        .map(|message| message.text.as_str())
        .collect()
}

/// Where the image takes the dependencies from.
fn install_folders(analysis: &Analysis) -> Vec<&str> {
    let inputs = &analysis.plan.deploy.inputs;
    inputs[inputs.len() - 2]
        .filter
        .include
        .iter()
        .map(|path| path.value.as_str())
        .collect()
}

#[test]
fn the_package_manager_is_the_named_one_then_that_of_the_files_then_that_of_engines() {
    for (tree, expected) in [
        (
            bare(r#"{"packageManager": "npm@11.4.2"}"#).file("yarn.lock", ""),
            "npm",
        ),
        (
            bare(r#"{"packageManager": "pnpm@10.4.1+sha512.ab"}"#).file("bun.lock", ""),
            "pnpm",
        ),
        (bare(r#"{"packageManager": " yarn@1.22.22 "}"#), "yarn1"),
        (bare(r#"{"packageManager": "yarn@4.9.2"}"#), "yarnberry"),
        (
            bare(r#"{"packageManager": "bun@1.3.1"}"#).file("pnpm-lock.yaml", ""),
            "bun",
        ),
        (
            bare(
                r#"{"packageManager": "pnpm@10.4.1", "devEngines": {"packageManager": {"name": "npm"}}}"#,
            ),
            "pnpm",
        ),
        (
            bare(r#"{"devEngines": {"packageManager": {"name": "pnpm", "version": "^10"}}}"#)
                .file("yarn.lock", ""),
            "pnpm",
        ),
        (
            bare(
                r#"{"devEngines": {"packageManager": [{"name": "vlt"}, {"name": "yarn", "version": "1.x"}]}}"#,
            ),
            "yarn1",
        ),
        (
            bare(r#"{"devEngines": {"packageManager": {"name": "yarn"}}}"#).file("yarn.lock", ""),
            "yarn1",
        ),
        (
            bare("{}")
                .file("pnpm-lock.yaml", "")
                .file("bun.lock", "")
                .file("yarn.lock", ""),
            "pnpm",
        ),
        (
            bare("{}").file("bun.lockb", "").file("yarn.lock", ""),
            "bun",
        ),
        (
            bare("{}").file("bun.lock", "").file(".yarnrc.yml", ""),
            "bun",
        ),
        (
            bare("{}").file(".yarnrc.yml", "").file("yarn.lock", ""),
            "yarnberry",
        ),
        (
            bare("{}").file("yarn.lock", "# yarn lockfile v1\n"),
            "yarn1",
        ),
        (
            bare("{}").file("yarn.lock", "\n__metadata:\n  version: 8\n"),
            "yarnberry",
        ),
        (
            bare(r#"{"engines": {"pnpm": " ", "bun": "1", "yarn": "1"}}"#),
            "bun",
        ),
        (bare(r#"{"engines": {"pnpm": "9", "bun": "1"}}"#), "pnpm"),
        (bare(r#"{"engines": {"yarn": "^1.22"}}"#), "yarn1"),
        (bare(r#"{"engines": {"yarn": ">=2"}}"#), "yarnberry"),
        (
            bare(r#"{"engines": {"yarn": "1"}}"#).file("package-lock.json", "{}"),
            "yarn1",
        ),
        (bare("{}"), "npm"),
    ] {
        assert_eq!(plan(tree, &[]).metadata["nodePackageManager"], expected);
    }
}

#[test]
fn a_package_manager_that_nobody_knows_is_passed_over() {
    let analysis = plan(
        bare(r#"{"packageManager": "vlt@1.0.0"}"#).file("yarn.lock", ""),
        &[],
    );
    insta::assert_snapshot!(warnings(&analysis)[0], @"package.json > packageManager names vlt, which is not a package manager that is known here; looking on for one that is");
    assert_eq!(analysis.metadata.get("nodeUsesCorepack"), None);
    assert!(lines(&analysis, "install").ends_with("yarn install --frozen-lockfile"));
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
fn pnpm_has_a_store_and_node_gyp() {
    let tree = bare(r#"{"scripts": {"start": "x"}, "dependencies": {"ms": "2"}}"#)
        .file("pnpm-lock.yaml", "lockfileVersion: '9.0'\n")
        .file("pnpm-workspace.yaml", "")
        .file(".pnpmfile.cjs", "");
    let analysis = plan(tree, &[]);
    insta::assert_snapshot!(lines(&analysis, "install"), @"
    PATH /app/node_modules/.bin
    mkdir -p /app/node_modules/.cache
    COPY .pnpmfile.cjs .pnpmfile.cjs
    COPY package.json package.json
    COPY pnpm-lock.yaml pnpm-lock.yaml
    COPY pnpm-workspace.yaml pnpm-workspace.yaml
    PATH /opt/pnpm
    pnpm add -g node-gyp
    pnpm install --frozen-lockfile --prefer-offline
    ");
    let install = step(&analysis, "install");
    assert_eq!(install.variables["PNPM_STORE_DIR"].value, "/opt/pnpm/store");
    assert_eq!(install.variables["PNPM_HOME"].value, "/opt/pnpm");
    assert_eq!(caches(&analysis, "install"), ["pnpm-install"]);
    assert_eq!(
        analysis.plan.caches["pnpm-install"].directory,
        "/opt/pnpm/store"
    );
    assert_eq!(install_folders(&analysis), ["/app/node_modules"]);
    assert_eq!(start_command(&analysis), Some("pnpm run start"));
    assert_eq!(tools(&analysis), "[tools]\nnode = \"lts\"\npnpm = \"9\"");
    let without_lock_file = plan(bare(r#"{"engines": {"pnpm": "9"}}"#), &[]);
    assert!(lines(&without_lock_file, "install").ends_with("\npnpm install"));
}

#[test]
fn the_pnpm_version_is_the_named_one_then_that_of_engines_then_that_of_the_lock_file() {
    for (lock_file, expected) in [
        ("lockfileVersion: 5.3\n", "6"),
        ("lockfileVersion: 5.4\n", "7"),
        ("lockfileVersion: '6.0'\n\nsettings:\n", "8"),
        ("lockfileVersion: 6.0\n", "8"),
        ("lockfileVersion: '6.1'\n", "8"),
        ("lockfileVersion: 9.0\n", "9"),
        ("---\nlockfileVersion: '9.0'\n", "9"),
    ] {
        let analysis = plan(bare("{}").file("pnpm-lock.yaml", lock_file), &[]);
        assert_eq!(
            package(&analysis, "pnpm"),
            Some((expected, "pnpm-lock.yaml"))
        );
    }
    let tree = |package_json| bare(package_json).file("pnpm-lock.yaml", "lockfileVersion: '6.0'\n");
    for (package_json, expected) in [
        (
            r#"{"engines": {"pnpm": "10"}}"#,
            ("10", "package.json > engines > pnpm"),
        ),
        (
            r#"{"engines": {"pnpm": "10"}, "devEngines": {"packageManager": {"name": "pnpm", "version": "^10.2"}}}"#,
            ("^10.2", "package.json > devEngines > packageManager"),
        ),
        (
            r#"{"engines": {"pnpm": "10"}, "packageManager": "pnpm@10.4.1"}"#,
            ("10.4.1", "package.json > packageManager"),
        ),
    ] {
        assert_eq!(
            package(&plan(tree(package_json), &[]), "pnpm"),
            Some(expected)
        );
    }
    let unknown = plan(
        bare("{}").file("pnpm-lock.yaml", "lockfileVersion: '99.0'\n"),
        &[],
    );
    assert_eq!(package(&unknown, "pnpm"), Some(("9", "railpack default")));
    insta::assert_snapshot!(warnings(&unknown)[0], @"pnpm-lock.yaml does not say which pnpm wrote it, so pnpm 9 it is, unless package.json names another");
}

#[test]
fn pnpm_puts_global_programs_where_its_version_does() {
    for (version, expected) in [
        ("8.15.9", "PATH /opt/pnpm\n"),
        ("^10.33.0", "PATH /opt/pnpm\n"),
        ("11.5.x", "PATH /opt/pnpm/bin\n"),
        ("latest", "PATH /opt/pnpm/bin\n"),
        ("next-11", "PATH /opt/pnpm\nPATH /opt/pnpm/bin\n"),
    ] {
        let analysis = plan(
            bare(&format!(r#"{{"engines": {{"pnpm": "{version}"}}}}"#)),
            &[],
        );
        let lines = lines(&analysis, "install");
        assert!(
            lines.contains(&format!("{expected}pnpm add -g node-gyp")),
            "{version}: {lines}"
        );
    }
}

#[test]
fn yarn_1_is_told_that_development_dependencies_are_wanted() {
    let analysis = plan(
        bare(r#"{"scripts": {"start": "x"}}"#).file("yarn.lock", ""),
        &[],
    );
    insta::assert_snapshot!(lines(&analysis, "install"), @"
    PATH /app/node_modules/.bin
    mkdir -p /app/node_modules/.cache
    COPY package.json package.json
    COPY yarn.lock yarn.lock
    yarn install --frozen-lockfile
    ");
    assert_eq!(
        step(&analysis, "install").variables["YARN_PRODUCTION"].value,
        "false"
    );
    assert_eq!(
        analysis.plan.deploy.variables["YARN_PRODUCTION"].value,
        "false"
    );
    assert_eq!(
        lines(&analysis, "packages:apt:build"),
        "sh -c 'apt-get update && apt-get install -y gpg tar'"
    );
    assert_eq!(tools(&analysis), "[tools]\nnode = \"lts\"\nyarn = \"1\"");
    let cache = &analysis.plan.caches["yarn-install"];
    assert_eq!(cache.directory, "/usr/local/share/.cache/yarn");
    assert_eq!(cache.sharing, crate::plan::CacheSharing::Locked);
    assert_eq!(start_command(&analysis), Some("yarn run start"));
}

#[test]
fn yarn_takes_its_packages_from_where_its_settings_put_them() {
    const IN_APP: &str = "/app/.yarn/cache";
    for (settings, extra, folders, cache) in [
        (
            "",
            ".yarn/cache/ms.zip",
            &["/app/.yarn", "/root/.yarn"][..],
            IN_APP,
        ),
        (
            "",
            "x",
            &["/app/.yarn", "/root/.yarn"],
            "/root/.yarn/berry/cache",
        ),
        (
            "nodeLinker: node-modules\n",
            "x",
            &["/app/.yarn", "/root/.yarn", "/app/node_modules"],
            IN_APP,
        ),
        (
            "nodeLinker: \"pnpm\" # c\n",
            "x",
            &["/app/.yarn", "/root/.yarn", "/app/node_modules"],
            IN_APP,
        ),
        (
            "nodeLinker: pnp\nglobalFolder: /opt/yarn\n",
            "x",
            &["/app/.yarn", "/opt/yarn"],
            "/opt/yarn/cache",
        ),
        (
            "globalFolder: ./.yarn/global\n",
            "x",
            &["/app/.yarn", "/app/.yarn/global"],
            "/app/.yarn/global/cache",
        ),
        (
            "globalFolder: ~/y\n",
            "x",
            &["/app/.yarn", "/root/y"],
            "/root/y/cache",
        ),
        (
            "enableGlobalCache: true\n",
            "x",
            &["/app/.yarn", "/root/.yarn"],
            IN_APP,
        ),
        (
            "yarnPath: .yarn/releases/yarn-4.1.0.cjs\n",
            "x",
            &["/app/.yarn", "/root/.yarn"],
            IN_APP,
        ),
    ] {
        let tree = bare("{}").file(".yarnrc.yml", settings).file(extra, "");
        let analysis = plan(tree, &[]);
        assert_eq!(install_folders(&analysis), folders, "{settings}");
        assert_eq!(
            analysis.plan.caches["yarn-install"].directory, cache,
            "{settings}"
        );
        assert!(lines(&analysis, "install").ends_with("\nyarn install --no-immutable"));
    }
    let locked = plan(bare("{}").file("yarn.lock", "\n__metadata:\n"), &[]);
    assert!(lines(&locked, "install").ends_with("\nyarn install --check-cache"));
}

#[test]
fn the_yarn_version_is_the_named_one_then_that_of_engines_then_that_of_the_lock_file() {
    let lock_file =
        |version: u32| format!("# x\n\n__metadata:\n  version: {version}\n  cacheKey: 1\n");
    for (version, expected) in [(4, "2"), (5, "3"), (6, "3"), (8, "4")] {
        let tree = bare("{}").file("yarn.lock", lock_file(version));
        assert_eq!(
            package(&plan(tree, &[]), "yarn"),
            Some((expected, "yarn.lock"))
        );
    }
    let engines = bare(r#"{"engines": {"yarn": "4.1.0"}}"#).file("yarn.lock", lock_file(6));
    assert_eq!(
        package(&plan(engines, &[]), "yarn"),
        Some(("4.1.0", "package.json > engines > yarn"))
    );
    let named = plan(
        bare(r#"{"engines": {"yarn": "4"}, "packageManager": "yarn@4.9.2"}"#),
        &[],
    );
    assert_eq!(
        package(&named, "yarn"),
        Some(("4.9.2", "package.json > packageManager"))
    );
    assert_eq!(tools(&named), "[tools]\nnode = \"lts\"");
    let nothing = plan(bare("{}").file(".yarnrc.yml", ""), &[]);
    assert_eq!(package(&nothing, "yarn"), Some(("2", "railpack default")));
}

#[test]
fn what_mise_follows_in_the_app_goes_before_a_setting() {
    let package_json = r#"{"engines": {"node": "18"}, "devEngines": {"runtime": {"name": "node", "version": "24.8.0"}}}"#;
    let analysis = plan(bare(package_json), &[("RAILPACK_NODE_VERSION", "22")]);
    assert_eq!(
        package(&analysis, "node"),
        Some(("24.8.0", "package.json > devEngines > runtime"))
    );
    insta::assert_snapshot!(warnings(&analysis)[1], @"RAILPACK_NODE_VERSION has no effect: package.json > devEngines > runtime asks for 24.8.0, and mise follows it in the app's directory; change it there");
}

#[test]
fn a_development_engine_that_cannot_be_read_says_where() {
    let errors: Vec<_> = [
        r#"{"runtime": 5}"#,
        r#"{"runtime": {"version": "1"}}"#,
        r#"{"packageManager": [{"name": 1}]}"#,
    ]
    .map(|engines| {
        let tree = bare(&format!("{{\n  \"devEngines\": {engines}\n}}"));
        try_plan(tree, &[]).unwrap_err().to_string()
    })
    .to_vec();
    insta::assert_snapshot!(errors.join("\n"), @"
    package.json:2:29: invalid type: integer `5`, expected an object with `name` and `version`, or a list of them
    package.json:2:29: missing field `name`
    package.json:2:46: invalid type: integer `1`, expected a string
    ");
    assert!(
        try_plan(
            bare(r#"{"devEngines": {"runtime": null, "packageManager": null}}"#),
            &[]
        )
        .is_ok()
    );
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
