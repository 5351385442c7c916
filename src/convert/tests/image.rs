//! Environments, the image configuration, and what holds for whole conversions.

use super::*;

#[test]
fn environment_flows_along_inputs_into_commands_and_the_image() {
    let config =
        br#"{"config": {"Env": ["LANG=C", "PATH=/mise/shims:/usr/bin", "MISE=1"]}}"#.to_vec();
    let images = BTreeMap::from([(
        BUILDER.to_owned(),
        ResolvedImage {
            reference: format!("{BUILDER}@sha256:{}", "0".repeat(64)),
            config,
        },
    )]);
    let options = ConvertOptions {
        images,
        built_at: Some("7".to_owned()),
        ..modern()
    };
    let decoded = converted_with(
        r#"{"steps": [
             {"name": "tools", "inputs": [{"image": "builder"}], "variables": {"MISE": "2", "A": "tools"},
              "commands": [{"path": "/mise/shims"}, {"cmd": "mise install"}]},
             {"name": "install", "inputs": [{"step": "tools"}], "variables": {"A": "install"},
              "commands": [{"path": "/app/bin"}, {"cmd": "npm ci"}]},
             {"name": "build", "inputs": [{"step": "install"}, {"step": "tools", "include": ["/x"]}],
              "commands": [{"cmd": "npm run build"}]}],
            "deploy": {"base": {"image": "runtime"}, "startCommand": "node .", "paths": ["/deploy/bin"],
              "variables": {"B": "deploy"}, "inputs": [{"step": "build", "include": ["."]}]}}"#,
        &options,
    );
    assert_eq!(
        decoded.environment("[tools] mise install"),
        ["A=tools", "LANG=C", "MISE=2", "PATH=/mise/shims:/usr/bin"]
    );
    assert_eq!(
        decoded.environment("[build] npm run build"),
        [
            "A=install",
            "LANG=C",
            "MISE=2",
            "PATH=/app/bin:/mise/shims:/usr/bin"
        ]
    );
    assert_eq!(
        decoded.image_environment(),
        [
            "A=install",
            "B=deploy",
            "MISE=2",
            "PATH=/app/bin:/deploy/bin:/mise/shims:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "RAILPACK_BUILT_AT=7",
        ]
    );
    let root = decoded.input(decoded.exec("[tools] mise install").0, 0);
    assert_eq!(
        Decoded::source(root).identifier,
        format!("docker-image://{BUILDER}@sha256:{}", "0".repeat(64))
    );
}

#[test]
fn the_image_runs_its_start_command_through_bash() {
    let options = ConvertOptions {
        platform: "linux/arm/v7".parse().unwrap(),
        labels: BTreeMap::from([("team".to_owned(), "a".to_owned())]),
        ..modern()
    };
    let json = r#"{"deploy": {"base": {"image": "runtime"}, "startCommand": "node ."}}"#;
    let decoded = converted_with(json, &options);
    assert_eq!(
        decoded.config,
        serde_json::json!({
            "architecture": "arm", "os": "linux", "variant": "v7", "rootfs": {"type": "layers"},
            "config": {
                "Cmd": ["node ."], "Entrypoint": ["/bin/bash", "-c"], "Env": [], "Labels": {"team": "a"},
                "WorkingDir": "/app",
            },
        })
    );
    let without = converted(r#"{"deploy": {"base": {"image": "runtime"}}}"#);
    assert_eq!(
        without.config["config"]["Cmd"],
        serde_json::json!(["/bin/bash"])
    );
    assert_eq!(
        Decoded::source(decoded.result()).identifier,
        "docker-image://docker.io/library/runtime:latest"
    );
}

#[test]
fn an_engine_that_lacks_what_the_plan_needs_is_named_once() {
    let json = plan(
        r#"{"name": "last", "inputs": [{"image": "builder"}, {"image": "b", "include": ["/x"], "exclude": ["y"]}], "commands": [{"cmd": "a"}, {"cmd": "b"}]}"#,
    )
    .replacen('{', r#"{"secrets": ["TOKEN"], "#, 1);
    let old = ConvertOptions::new(
        "linux/amd64".parse().unwrap(),
        CapabilitySet::frozen_defaults(),
    );
    let errors = convert(&valid(&json), &old).unwrap_err();
    let texts = errors
        .iter()
        .map(|error| format!("{error}; {}", error.hint()))
        .collect::<Vec<_>>();
    assert_eq!(
        texts,
        [
            "this plan filters a layer by patterns, which this engine cannot do: it does not offer `file.copy.includeexcludepatterns`; use BuildKit 0.9 or newer",
            "this plan gives secrets to its commands, which this engine cannot do: it does not offer `exec.secretenv`; use BuildKit 0.10 or newer",
        ]
    );
}

#[test]
fn ops_point_at_the_lines_that_they_came_from() {
    let json = "{\"steps\": [\n{\"name\": \"last\",\n\"inputs\": [{\"image\": \"builder\"}],\n\"commands\": [\n{\"cmd\": \"make\"}]}],\n\"deploy\": {\"base\": {\"step\": \"last\"}, \"startCommand\": \"x\"}}";
    let source = SourceFile {
        filename: "rpk.json".to_owned(),
        data: json.as_bytes().to_vec(),
        language: "json".to_owned(),
    };
    let decoded = converted_with(
        json,
        &ConvertOptions {
            source: Some(source),
            ..modern()
        },
    );
    let source = decoded.definition.source.as_ref().unwrap();
    assert_eq!(source.infos[0].filename, "rpk.json");
    let line = |digest: &str| {
        source.locations[digest].locations[0].ranges[0]
            .start
            .unwrap()
            .line
    };
    assert_eq!(line(&decoded.names["[last] make"]), 5);
    let image = decoded.exec("[last] make").0.inputs[0].digest.clone();
    assert_eq!(line(&image), 3);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let json = plan(
        r#"{"name": "left", "inputs": [{"image": "builder"}], "variables": {"A": "1", "B": "2"}, "commands": [{"cmd": "make left"}]},
           {"name": "right", "inputs": [{"image": "builder"}, {"local": true, "include": ["."]}], "commands": [{"path": "/x"}, {"cmd": "make right"}]},
           {"name": "last", "inputs": [{"step": "left"}, {"step": "right", "include": ["/out"]}], "commands": [{"cmd": "make last"}]}"#,
    );
    let bytes = || {
        let conversion = convert(&valid(&json), &modern()).unwrap();
        (
            conversion.definition.encode_to_vec(),
            conversion.image_config,
        )
    };
    let first = bytes();
    for _ in 0..1_000 {
        assert_eq!(bytes(), first);
    }
}

#[test]
fn images_are_listed_once_with_registry_and_tag() {
    let json = plan(
        r#"{"name": "last", "inputs": [{"image": "builder"}, {"image": "library/builder:latest", "include": ["/x"]}],
            "commands": [{"image": "ghcr.io/a/b:1", "src": "/a", "dest": "/a"}]}"#,
    );
    assert_eq!(
        images(&valid(&json), None, &Contexts::default())
            .into_iter()
            .collect::<Vec<_>>(),
        [BUILDER, "ghcr.io/a/b:1"]
    );
}
