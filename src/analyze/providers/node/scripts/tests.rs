use crate::analyze::app::memory::Memory;
use crate::analyze::providers::node::package_manager::tests::{bare, warnings};
use crate::analyze::testing::plan;

/// What is told of missing scripts.
fn told(tree: Memory, variables: &[(&str, &str)]) -> String {
    let analysis = plan(tree.file("package-lock.json", "{}"), variables);
    let all = warnings(&analysis).into_iter();
    all.filter(|text| text.contains("runs the script"))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_script_that_is_run_and_not_there_is_told_with_its_place_and_those_that_are() {
    let package_json = r#"{
  "scripts": {
    "start": "npm run serve",
    "serve": "node . && npm run strat",
    "prebuild": "pnpm run clean",
    "build": "npm run compile && npm run build",
    "postinstall": "NODE_ENV=x npm run generate -- --all",
    "unused": "npm run nope"
  }
}"#;
    insta::assert_snapshot!(told(bare(package_json), &[]), @"
    package.json:7:20: npm runs the script `generate`, which package.json does not have; there is `build`, `postinstall`, `prebuild`, `serve`, `start`, `unused`
    package.json:6:14: npm runs the script `compile`, which package.json does not have; there is `build`, `postinstall`, `prebuild`, `serve`, `start`, `unused`
    package.json:5:17: pnpm runs the script `clean`, which package.json does not have; there is `build`, `postinstall`, `prebuild`, `serve`, `start`, `unused`
    package.json:4:14: npm runs the script `strat`, which package.json does not have; did you mean `start`?
    ");
    let site =
        r#"{"scripts": {"build": "npm run nope && vite build"}, "dependencies": {"vite": "7"}}"#;
    insta::assert_snapshot!(told(bare(site), &[]), @"package.json:1:23: npm runs the script `nope`, which package.json does not have; there is `build`");
    let only_start = bare(r#"{"scripts": {"start": "npm run nope"}}"#);
    insta::assert_snapshot!(told(only_start, &[]), @"package.json:1:23: npm runs the script `nope`, which package.json does not have; there is `start`");
}

#[test]
fn what_the_user_configures_is_looked_into_too() {
    let tree = || bare(r#"{"scripts": {"start": "x", "build": "npm run gone"}}"#);
    let variables = [
        ("RAILPACK_INSTALL_CMD", "npm install && npm run a"),
        ("RAILPACK_BUILD_CMD", "npm run b; echo 'npm run c'"),
        ("RAILPACK_START_CMD", "exec npm run d"),
    ];
    insta::assert_snapshot!(told(tree(), &variables), @"
    RAILPACK_BUILD_CMD: npm runs the script `b`, which package.json does not have; there is `build`, `start`
    RAILPACK_INSTALL_CMD: npm runs the script `a`, which package.json does not have; there is `build`, `start`
    RAILPACK_START_CMD: npm runs the script `d`, which package.json does not have; there is `build`, `start`
    ");
    let config = r#"{
  "steps": {
    "build": { "commands": ["...", "npm run biuld"] },
    "check": { "inputs": [{ "step": "build" }], "commands": [{ "cmd": "npm run check" }] }
  },
  "deploy": { "startCommand": ["npm", "run", "sart"] }
}"#;
    insta::assert_snapshot!(told(tree().file("railpack.json", config), &[]), @"
    package.json:1:37: npm runs the script `gone`, which package.json does not have; there is `build`, `start`
    railpack.json:3:36: npm runs the script `biuld`, which package.json does not have; did you mean `build`?
    railpack.json:4:62: npm runs the script `check`, which package.json does not have; there is `build`, `start`
    railpack.json:6:31: npm runs the script `sart`, which package.json does not have; did you mean `start`?
    ");
    insta::assert_snapshot!(told(tree().file("Procfile", "# all\nweb: npm run web"), &[]), @"
    package.json:1:37: npm runs the script `gone`, which package.json does not have; there is `build`, `start`
    Procfile:2: npm runs the script `web`, which package.json does not have; there is `build`, `start`
    ");
    let none = bare("{}").file("Procfile", "web: npm start");
    insta::assert_snapshot!(told(none, &[]), @"Procfile:1: npm runs the script `start`, which package.json does not have; there is none at all");
    let other = Memory::default()
        .file("package.json", "{}")
        .file("main.py", "");
    let other = other
        .file("requirements.txt", "")
        .file("Procfile", "web: npm run web");
    insta::assert_snapshot!(told(other, &[]), @"Procfile:1: npm runs the script `web`, which package.json does not have; there is none at all");
}

#[test]
fn the_package_that_is_the_app_has_scripts_of_its_own() {
    let tree = |file: &str, name: &str| {
        Memory::default()
            .file("package.json", r#"{"workspaces": ["apps/*"], "scripts": {"web": "x", "start": "npm run nope"}}"#)
            .file(file, "")
            .file("apps/web/package.json", format!(r#"{{"scripts": {{"build": "npm run web", "start": "x && npm run strat"}}{name}}}"#))
    };
    let variables = [("RAILPACK_APP_DIR", "apps/web")];
    let expected = told(tree("x", ""), &variables);
    insta::assert_snapshot!(expected, @"
    apps/web/package.json:1:23: npm runs the script `web`, which apps/web/package.json does not have; there is `build`, `start`
    apps/web/package.json:1:47: npm runs the script `strat`, which apps/web/package.json does not have; did you mean `start`?
    ");
    for file in ["pnpm-lock.yaml", "yarn.lock", "bun.lock"] {
        for name in ["", r#", "name": "@org/web""#] {
            assert_eq!(told(tree(file, name), &variables), expected, "{file}");
        }
    }
}

#[test]
fn what_may_work_is_not_told() {
    for tree in [
        bare(r#"{"scripts": {"start": "npm run a --if-present && cd x && npm run b"}}"#),
        bare(
            r#"{"scripts": {"start": "yarn run bin && bun run x.ts && npx y && npm run start:x || true", "x": ""}}"#,
        ),
        bare(
            r#"{"scripts": {"start": "npm run empty && npm run env", "empty": "", "nope": "npm run a"}}"#,
        ),
        bare(r#"{"scripts": {"start": ""}}"#)
            .file("server.js", "")
            .file("Procfile", "web: npm start"),
        bare(r#"{"scripts": {"start": "npm run start"}}"#),
        bare("{").file("main.py", "").file(
            "railpack.json",
            r#"{"provider": "python", "deploy": {"startCommand": "npm run a"}}"#,
        ),
        bare(r#"{"scripts": {"postinstall": "npm run a"}}"#)
            .file("requirements.txt", "")
            .file("main.py", ""),
        bare("{}").file("web/x", "").file(
            "railpack.json",
            r#"{"steps": {"build": {"commands": [{"src": "web", "dest": "."}, "npm run a"]}}}"#,
        ),
    ] {
        assert_eq!(told(tree, &[]), "");
    }
}

#[test]
fn many_calls_are_told_as_some() {
    let scripts: Vec<_> = (0..2000)
        .map(|number| {
            format!(
                r#""s{number}": "npm run s{} && npm run x{number}""#,
                number + 1
            )
        })
        .collect();
    let tree = bare(&format!(
        r#"{{"scripts": {{"start": "npm run s0", {}}}}}"#,
        scripts.join(", ")
    ));
    assert_eq!(told(tree, &[]).lines().count(), 10);
}
