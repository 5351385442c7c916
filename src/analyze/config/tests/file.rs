//! What `railpack.json` asks for.

use super::*;

#[test]
fn the_file_replaces_lists_and_adds_to_maps() {
    let memory = Memory::default().file(
        "railpack.json",
        r#"{"steps": {"build": {"variables": {"A": "1"}}, "extra": {}}, "secrets": ["ONE"]}"#,
    );
    let variables = [("RAILPACK_BUILD_CMD", "make"), ("TWO", "2")];
    let (config, _) = gather(memory, &AnalyzeOptions::default(), &variables).unwrap();
    let build = &config.steps["build"];
    assert_eq!(build.variables["A"], "1".into());
    assert_eq!(build.commands.as_ref().unwrap().value.len(), 2);
    assert!(config.steps.contains_key("extra"));
    assert_eq!(
        config.secrets,
        ["RAILPACK_BUILD_CMD", "TWO", "ONE"].map(Spanned::from)
    );
}

#[test]
fn every_field_of_the_file_is_read() {
    let (config, told) = from_file(
        r#"{
  // A comment, and commas at the end.
  "$schema": "https://schema.railpack.com",
  "provider": ["python", "node"],
  "buildAptPackages": ["...", "git"],
  "packages": { "jq": "1.7", },
  "steps": {
    "build": {
      "name": "build",
      "inputs": [{ "image": "debian" }, "...", "$install", "."],
      "commands": ["...", { "path": "/opt/bin" }, "npm run build"],
      "secrets": ["TOKEN"],
      "assets": { "a": "b" },
      "variables": { "A": "1" },
      "caches": ["npm"],
      "deployOutputs": [{ "include": ["dist"], "exclude": ["*.map"] }],
    },
  },
  "deploy": {
    "base": { "image": "debian" },
    "inputs": ["..."],
    "startCommand": "node .",
    "variables": { "B": "2" },
    "paths": ["/opt/bin"],
    "aptPackages": ["curl"],
    "user": "railpack",
    "labels": { "team": "a" },
    "exposedPorts": ["8080"],
    "healthcheck": { "test": ["CMD", "true"], "interval": "1s", "timeout": "2s", "startPeriod": "3s", "startInterval": "4s", "retries": 5 },
    "stopSignal": "SIGINT",
    "volumes": ["/data"],
  },
  "caches": { "npm": { "directory": "/root/.npm", "type": "locked" } },
  "secrets": ["TOKEN"],
  "exclude": ["*.log"],
}
"#,
    );
    assert_eq!(told, "using the configuration in railpack.json");
    let providers = config.providers.unwrap();
    assert_eq!(providers.value, ["python".into(), "node".into()]);
    assert_eq!(providers.origin.to_string(), "railpack.json:4:16");
    assert_eq!(config.build_apt_packages.unwrap().value, ["...", "git"]);
    assert_eq!(config.packages["jq"].value, "1.7");
    let build = &config.steps["build"];
    let lengths = (
        build.inputs.as_ref().unwrap().len(),
        build.commands.as_ref().unwrap().value.len(),
        build.secrets.as_ref().unwrap().len(),
        build.assets.len(),
        build.variables.len(),
        build.caches.as_ref().unwrap().len(),
    );
    assert_eq!(lengths, (4, 3, 1, 1, 1, 1));
    let output = &build.deploy_outputs.as_ref().unwrap()[0];
    assert_eq!(output.include, ["dist".into()]);
    assert_eq!(output.exclude, ["*.map".into()]);
    assert!(config.deploy.base.is_some());
    assert_eq!(config.deploy.inputs.unwrap().len(), 1);
    assert_eq!(config.deploy.start_command.unwrap().value, "node .".into());
    assert_eq!(config.deploy.variables["B"], "2".into());
    assert_eq!(config.deploy.paths.unwrap(), ["/opt/bin".into()]);
    assert_eq!(config.deploy.apt_packages.unwrap().value, ["curl"]);
    let image = config.deploy.config;
    assert_eq!(image.user, Some("railpack".into()));
    assert_eq!(image.labels["team"], "a".into());
    assert_eq!(image.exposed_ports, ["8080".into()]);
    let healthcheck = image.healthcheck.unwrap();
    let times = healthcheck.times().map(|(_, time)| time.unwrap().as_str());
    assert_eq!(times, ["1s", "2s", "3s", "4s"]);
    let test = CommandLine::Words(vec!["CMD".to_owned(), "true".to_owned()]);
    assert_eq!(
        (
            healthcheck.test.as_ref().map(|test| &test.value),
            healthcheck.retries
        ),
        (Some(&test), Some(5))
    );
    assert_eq!(image.stop_signal, Some("SIGINT".into()));
    assert_eq!(image.volumes, ["/data".into()]);
    assert_eq!(config.caches["npm"].sharing, CacheSharing::Locked);
    assert_eq!(config.secrets, ["TOKEN".into()]);
    assert_eq!(config.exclude.unwrap(), ["*.log".into()]);
}

#[test]
fn what_is_empty_in_the_file_asks_for_nothing() {
    let (mut config, _) = from_file(
        r#"{"provider": "", "deploy": {"startCommand": "", "base": {}}, "steps": null, "packages": {}}"#,
    );
    config.file = None;
    assert_eq!(config, Config::default());
    let (config, _) = from_file(r#"{"provider": [], "deploy": {"aptPackages": []}}"#);
    assert_eq!(config.providers, None);
    assert!(config.deploy.apt_packages.unwrap().value.is_empty());
}

#[test]
fn unknown_fields_are_told_and_ignored() {
    let (_, told) = from_file(
        "{\n  \"aptPackages\": [],\n  \"deploy\": { \"startCmd\": \"x\", \"startcommand\": \"x\" },\n  \"steps\": { \"build\": { \"cmds\": [] } }\n}",
    );
    insta::assert_snapshot!(told, @r#"
    using the configuration in railpack.json
    railpack.json:2:3: unknown field `aptPackages`; it is ignored; there is `provider`, `buildAptPackages`, `packages`, `steps`, `deploy`, `caches`, `secrets`, `exclude`, ...
    railpack.json:3:15: unknown field `startCmd` in `deploy`; it is ignored; there is `base`, `inputs`, `startCommand`, `variables`, `paths`, `user`, `labels`, `exposedPorts`, ...
    railpack.json:3:32: unknown field `startcommand` in `deploy`; it is ignored; did you mean `startCommand`?
    railpack.json:4:25: unknown field `cmds` in `steps["build"]`; it is ignored; there is `name`, `inputs`, `commands`, `secrets`, `secretFiles`, `ssh`, `assets`, `variables`, ...
    "#);
}

#[test]
fn what_is_wrong_in_the_file_is_told_with_its_place() {
    insta::assert_snapshot!(problems("{\n  \"steps\": {\n    \"commands\": [\"npm install\"]\n  },\n  \"invalid\": json syntax here\n}"), @r#"
    railpack.json is not a configuration of Railpack
    error: railpack.json:5:14: this is not JSON: unexpected word
      5 |   "invalid": json syntax here
        |              ^^^^
    "#);
    insta::assert_snapshot!(problems("{\n  \"steps\": {\n    \"commands\": [\"npm install\"]\n  },\n  \"provider\": 5, // five\n  \"packages\": { \"node\": 22 }\n}"), @r#"
    railpack.json is not a configuration of Railpack
    error: railpack.json:3:17: `steps["commands"]` must be an object, found a list
      3 |     "commands": ["npm install"]
        |                 ^^^^^^^^^^^^^^^

    error: railpack.json:5:15: `provider` must be a string or a list of strings, found a number
      5 |   "provider": 5, // five
        |               ^

    error: railpack.json:6:25: `packages["node"]` must be a string, found a number
      6 |   "packages": { "node": 22 }
        |                         ^^
    "#);
    insta::assert_snapshot!(problems("{ \"steps\": { \"build\": { \"inputs\": [\"install\"], \"commands\": [\"COPY:a\", {\"run\": \"x\"}] } } }"), @r#"
    railpack.json is not a configuration of Railpack
    error: railpack.json:1:36: `install` is no layer
      1 | { "steps": { "build": { "inputs": ["install"], "commands": ["COPY:a", {"run": "x"}] } } }
        |                                    ^^^^^^^^^
      hint: write `$install` for a step, `{"image": "install"}` for an image, `.` for the local tree

    error: railpack.json:1:61: a command of the form `COPY:src dest` has two words behind its colon, found 1
      1 | { "steps": { "build": { "inputs": ["install"], "commands": ["COPY:a", {"run": "x"}] } } }
        |                                                             ^^^^^^^^

    error: railpack.json:1:71: this object is no command: it has none of `cmd`, `path` and `src`
      1 | { "steps": { "build": { "inputs": ["install"], "commands": ["COPY:a", {"run": "x"}] } } }
        |                                                                       ^^^^^^^^^^^^
      hint: `cmd` runs a program, `path` extends PATH, `src` and `dest` copy, `path` and `name` write a file
    "#);
    insta::assert_snapshot!(problems("[]"), @"
    railpack.json is not a configuration of Railpack
    error: railpack.json:1:1: the file must be an object, found a list
      1 | []
        | ^^
    ");
    insta::assert_snapshot!(problems("// nothing\n"), @"
    railpack.json is not a configuration of Railpack
    error: railpack.json:1:1: the file must be an object, found nothing
      1 | // nothing
        | ^^^^^^^^^^
    ");
    insta::assert_snapshot!(problems("# a comment\n{}"), @"
    railpack.json is not a configuration of Railpack
    error: railpack.json:1:1: this is not JSON: comments begin with `//`
      1 | # a comment
        | ^
    ");
}

#[test]
fn the_file_may_have_another_name() {
    let memory = || {
        Memory::default()
            .file("railpack.json", r#"{"provider": "deno"}"#)
            .file("deploy/a.json", r#"{"provider": "php"}"#)
            .file("b.json", r#"{"provider": "java"}"#)
    };
    let options = |file: &str| AnalyzeOptions {
        config_file: Some(file.to_owned()),
        ..AnalyzeOptions::default()
    };
    let provider = |options: &AnalyzeOptions, variables: &[(&str, &str)]| {
        let (config, _) = gather(memory(), options, variables).unwrap();
        config.providers.unwrap().value[0].value.clone()
    };
    assert_eq!(provider(&options("./deploy/a.json"), &[]), "php");
    assert_eq!(provider(&options(""), &[]), "deno");
    let variables = [("RAILPACK_CONFIG_FILE", "b.json")];
    assert_eq!(provider(&options("deploy/a.json"), &variables), "java");

    let problem = |options: &AnalyzeOptions, variables: &[(&str, &str)]| {
        let error = gather(memory(), options, variables).unwrap_err();
        let cause = error.source().unwrap();
        format!(
            "{error}\n  caused by: {cause}\nhint: {}",
            error.hint().unwrap()
        )
    };
    insta::assert_snapshot!(problem(&options("c.json"), &[]), @"
    --config-file: cannot read the configuration file
      caused by: c.json: not found
    hint: its path is relative to the app's directory, and leads to a file inside
    ");
    let variables = [("RAILPACK_CONFIG_FILE", "../x.json")];
    insta::assert_snapshot!(problem(&options(""), &variables), @"
    RAILPACK_CONFIG_FILE: cannot read the configuration file
      caused by: ../x.json: leads out of the app's directory, and only what is inside is read
    hint: its path is relative to the app's directory, and leads to a file inside
    ");
}
