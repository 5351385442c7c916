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

/// Options with an image `base` of this configuration.
fn on_base(config: &str) -> ConvertOptions {
    let reference = "docker.io/library/base:latest".to_owned();
    let resolved = ResolvedImage {
        reference: reference.clone(),
        config: config.as_bytes().to_vec(),
    };
    ConvertOptions {
        images: BTreeMap::from([(reference, resolved)]),
        ..modern()
    }
}

const BASE_CONFIG: &str = r#"{"config": {
  "User": "nonroot", "Labels": {"of": "base", "team": "base"}, "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
  "Volumes": {"/data": {}}, "Healthcheck": {"Test": ["CMD", "/check"], "Interval": 5000000000, "StartInterval": 7},
  "StopSignal": "SIGINT", "Entrypoint": ["/base"], "Cmd": ["base"], "WorkingDir": "/base", "OnBuild": ["RUN x"],
  "Shell": ["/bin/zsh"]
}}"#;

#[test]
fn the_image_inherits_the_configuration_of_its_base_but_for_what_it_runs_and_where() {
    let options = ConvertOptions {
        labels: BTreeMap::from([("team".to_owned(), "a".to_owned())]),
        ..on_base(BASE_CONFIG)
    };
    let expected = serde_json::json!({
        "Cmd": ["node ."], "Entrypoint": ["/bin/bash", "-c"], "Env": [], "WorkingDir": "/app",
        "ExposedPorts": {"53/udp": {}, "80/tcp": {}},
        "Healthcheck": {"Test": ["CMD", "/check"], "Interval": 5_000_000_000_u64, "StartInterval": 7},
        "Labels": {"of": "base", "team": "a"}, "StopSignal": "SIGINT", "User": "nonroot", "Volumes": {"/data": {}},
    });
    let of_image = r#"{"deploy": {"base": {"image": "base"}, "startCommand": "node ."}}"#;
    assert_eq!(
        converted_with(of_image, &options).config["config"],
        expected
    );
    // A step brings what the image that it starts from has; other inputs bring files alone.
    let of_step = r#"{"steps": [
         {"name": "first", "inputs": [{"image": "base"}], "commands": [{"cmd": "make"}]},
         {"name": "second", "inputs": [{"step": "first"}], "commands": [{"cmd": "make more"}]}],
        "deploy": {"base": {"step": "second"}, "startCommand": "node ."}}"#;
    let of_step = converted_with(of_step, &options);
    assert_eq!(of_step.config["config"], expected);
    assert_eq!(
        of_step.exec("[first] make").1.meta.as_ref().unwrap().user,
        ""
    );
    let elsewhere = r#"{"deploy": {"base": {"image": "runtime"}, "inputs": [{"image": "base", "include": ["/x"]}]}}"#;
    let elsewhere = &converted_with(elsewhere, &options).config["config"];
    assert_eq!(elsewhere["User"], serde_json::Value::Null);
    assert_eq!(elsewhere["Labels"], serde_json::json!({"team": "a"}));
}

#[test]
fn what_the_plan_says_of_the_configuration_goes_before_the_base_and_the_caller_before_both() {
    let options = ConvertOptions {
        labels: BTreeMap::from([("team".to_owned(), "caller".to_owned())]),
        ..on_base(BASE_CONFIG)
    };
    let json = r#"{"deploy": {"base": {"image": "base"}, "startCommand": "node .",
        "user": "10001:10001", "labels": {"of": "plan", "team": "plan", "org.opencontainers.image.title": "app"},
        "exposedPorts": ["8080", "53/udp"], "volumes": ["/app/data"], "stopSignal": "SIGTERM",
        "healthcheck": {"test": "curl -f localhost", "interval": "1m30s", "timeout": "500ms", "startPeriod": "2s", "startInterval": "1s", "retries": 2}}}"#;
    assert_eq!(
        converted_with(json, &options).config["config"],
        serde_json::json!({
            "Cmd": ["node ."], "Entrypoint": ["/bin/bash", "-c"], "Env": [], "WorkingDir": "/app",
            "ExposedPorts": {"53/udp": {}, "80/tcp": {}, "8080/tcp": {}},
            "Healthcheck": {
                "Test": ["CMD-SHELL", "curl -f localhost"], "Interval": 90_000_000_000_u64, "Timeout": 500_000_000,
                "StartPeriod": 2_000_000_000, "StartInterval": 1_000_000_000, "Retries": 2,
            },
            "Labels": {"of": "plan", "team": "caller", "org.opencontainers.image.title": "app"},
            "StopSignal": "SIGTERM", "User": "10001:10001", "Volumes": {"/app/data": {}, "/data": {}},
        })
    );
    let off = r#"{"deploy": {"base": {"image": "base"}, "healthcheck": {"test": ["NONE"]}}}"#;
    assert_eq!(
        converted_with(off, &options).config["config"]["Healthcheck"],
        serde_json::json!({"Test": ["NONE"]})
    );
}

#[test]
fn the_home_of_root_is_opened_for_another_user_that_needs_files_there() {
    let plan = |user: &str, include: &str| {
        format!(
            r#"{{"steps": [{{"name": "build", "inputs": [{{"image": "builder"}}], "commands": [{{"cmd": "make"}}]}}],
                "deploy": {{"base": {{"image": "runtime"}}, "inputs": [{{"step": "build", "include": ["{include}"]}}]{user}}}}}"#
        )
    };
    let user = r#", "user": "10001""#;
    let opened = converted(&plan(user, "/root/.cache"));
    let made = opened.actions("[deploy] make an open /root");
    let [pb::file_action::Action::Mkdir(made)] = made[..] else {
        panic!("{made:?}")
    };
    assert_eq!((made.path.as_str(), made.mode), ("/root", 0o755));
    let copies = opened.copies("[deploy] open /root");
    assert_eq!(
        (copies[0].src.as_str(), copies[0].dest.as_str()),
        ("/", "/")
    );
    assert_eq!(opened.result(), opened.named("[deploy] open /root"));
    for (user, include) in [
        ("", "/root/.cache"),
        (r#", "user": "root""#, "/root/.cache"),
        (user, "/rooted"),
        (user, "."),
    ] {
        let closed = converted(&plan(user, include));
        assert!(
            !closed.names.contains_key("[deploy] open /root"),
            "{user} {include}"
        );
    }
}

#[test]
fn words_are_run_without_a_shell() {
    let json = r#"{"deploy": {"base": {"image": "base"}, "startCommand": ["./server", "--name", "two words"]}}"#;
    assert_eq!(
        converted_with(
            json,
            &on_base(r#"{"config": {"Entrypoint": ["/base"], "Cmd": ["base"]}}"#)
        )
        .config["config"],
        serde_json::json!({"Cmd": ["./server", "--name", "two words"], "Env": [], "WorkingDir": "/app"})
    );
}

#[test]
fn the_history_of_the_base_is_that_of_its_layers_if_it_says_so() {
    let json = r#"{"deploy": {"base": {"image": "base"}}}"#;
    let whole = r#"{"history": [{"created_by": "a"}, {"created_by": "b", "empty_layer": true}], "rootfs": {"diff_ids": ["sha256:0"]}}"#;
    let conversion = convert(&valid(json), &on_base(whole)).unwrap();
    assert_eq!(conversion.base_config, whole.as_bytes());
    assert_eq!(
        Decoded::new(conversion).config["history"],
        serde_json::json!([{"created_by": "a"}, {"created_by": "b", "empty_layer": true}])
    );
    for config in [
        r#"{"history": [{"created_by": "a"}], "rootfs": {"diff_ids": []}}"#,
        r#"{"history": [{"created_by": "a"}]}"#,
        r#"{"history": null, "rootfs": {"diff_ids": ["sha256:0"]}}"#,
    ] {
        let conversion = convert(&valid(json), &on_base(config)).unwrap();
        assert!(conversion.base_config.is_empty());
        assert_eq!(
            Decoded::new(conversion).config.get("history"),
            None,
            "{config}"
        );
    }
}

#[test]
fn a_target_inherits_the_configuration_of_its_base_too() {
    let options = ConvertOptions {
        target: Some("first".to_owned()),
        ..on_base(BASE_CONFIG)
    };
    let json = r#"{"steps": [{"name": "first", "inputs": [{"image": "base"}], "commands": [{"cmd": "make"}]}],
        "deploy": {"base": {"step": "first"}}}"#;
    let config = &converted_with(json, &options).config["config"];
    assert_eq!(config["User"], "nonroot");
    assert_eq!(config["StopSignal"], "SIGINT");
}

#[test]
fn a_base_whose_configuration_says_nothing_brings_nothing() {
    let silent = r#"{"config": {"User": "", "Labels": null, "ExposedPorts": {}, "Volumes": null, "Healthcheck": null, "StopSignal": ""}}"#;
    let json = r#"{"deploy": {"base": {"image": "base"}}}"#;
    for config in ["", "{}", r#"{"config": null}"#, silent] {
        assert_eq!(
            converted_with(json, &on_base(config)).config["config"],
            serde_json::json!({"Cmd": ["/bin/bash"], "Entrypoint": ["/bin/bash", "-c"], "Env": [], "WorkingDir": "/app"}),
            "{config}"
        );
    }
    let errors = convert(&valid(json), &on_base(r#"{"config": {"User": 5}}"#)).unwrap_err();
    assert!(
        matches!(&errors[..], [ConvertError::ImageConfiguration { image, .. }] if image == "base"),
        "{errors:?}"
    );
}

#[test]
fn an_engine_that_lacks_what_the_plan_needs_is_named_once() {
    let json = plan(
        r#"{"name": "last", "inputs": [{"image": "builder"}, {"image": "b", "include": ["/x"], "exclude": ["*.y"]}], "commands": [{"cmd": "a"}, {"cmd": "b"}]}"#,
    )
    .replacen('{', r#"{"secrets": ["TOKEN", "my-token"], "#, 1);
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
            "this plan filters a layer by patterns with `*`, `?`, `[` or `!`, which this engine cannot do: it does not offer `file.copy.includeexcludepatterns`; use BuildKit 0.9 or newer",
            "this plan gives its commands a secret whose name no shell takes for a variable's, which this engine cannot do: it does not offer `exec.secretenv`; use BuildKit 0.10 or newer",
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
        let locations = pb::Locations::decode(&*source.locations[digest]).unwrap();
        locations.locations[0].ranges[0].start.unwrap().line
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
    // And in another process.
    insta::assert_snapshot!(digest(&first.0), @"sha256:d040144d14d14aff2ecd555c2745d70eb6d880921c6e77d3ec7acd2fbc850650");
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
