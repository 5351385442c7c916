use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::plan::{
    Cache, CacheSharing, Command, CommandLine, CopyCommand, Deploy, ExecCommand, FileCommand,
    Filter, Healthcheck, ImageConfig, Layer, PathCommand, SecretFile, Step, parse,
};

fn text() -> impl Strategy<Value = String> {
    ".{0,8}"
}

fn some_text() -> impl Strategy<Value = String> {
    ".{1,8}"
}

fn spanned(text: impl Strategy<Value = String>) -> impl Strategy<Value = Spanned<String>> {
    text.prop_map(Spanned::from)
}

fn texts() -> impl Strategy<Value = Vec<Spanned<String>>> {
    vec(spanned(text()), 0..3)
}

fn map() -> impl Strategy<Value = BTreeMap<String, Spanned<String>>> {
    btree_map(text(), spanned(text()), 0..3)
}

fn layer() -> impl Strategy<Value = Spanned<Layer>> {
    let source = prop_oneof![
        some_text().prop_map(LayerSource::Image),
        some_text().prop_map(LayerSource::Step),
        Just(LayerSource::Local),
        Just(LayerSource::Spread),
    ];
    (source, texts(), texts()).prop_map(|(source, include, exclude)| {
        Layer {
            source,
            filter: Filter { include, exclude },
        }
        .into()
    })
}

fn command() -> impl Strategy<Value = Spanned<Command>> {
    let name = || option::of(some_text());
    let exec = (text(), name()).prop_map(|(cmd, custom_name)| ExecCommand { cmd, custom_name });
    let copy =
        (name(), text(), text()).prop_map(|(image, src, dest)| CopyCommand { image, src, dest });
    let file = (text(), text(), option::of(1_u32..), name()).prop_map(
        |(path, name, mode, custom_name)| FileCommand {
            path,
            name,
            mode,
            custom_name,
        },
    );
    let command = prop_oneof![
        exec.prop_map(Command::Exec),
        text().prop_map(|path| Command::Path(PathCommand { path })),
        copy.prop_map(Command::Copy),
        file.prop_map(Command::File),
    ];
    command.prop_map(Spanned::from)
}

fn secret_file() -> impl Strategy<Value = Spanned<SecretFile>> {
    let parts = (text(), text(), option::of(1_u32..));
    parts.prop_map(|(id, path, mode)| SecretFile { id, path, mode }.into())
}

fn step() -> impl Strategy<Value = Spanned<Step>> {
    let lists = (
        vec(layer(), 0..3),
        vec(command(), 0..4),
        texts(),
        vec(secret_file(), 0..3),
        texts(),
        texts(),
    );
    (spanned(text()), lists, map(), map()).prop_map(|(name, lists, assets, variables)| {
        let (inputs, commands, secrets, secret_files, ssh, caches) = lists;
        Step {
            name,
            inputs,
            commands,
            secrets,
            secret_files,
            ssh,
            assets,
            variables,
            caches,
        }
        .into()
    })
}

fn deploy() -> impl Strategy<Value = Spanned<Deploy>> {
    let start_command = option::of(command_line());
    let parts = (
        option::of(layer()),
        vec(layer(), 0..3),
        start_command,
        map(),
        texts(),
        image_config(),
    );
    parts.prop_map(|(base, inputs, start_command, variables, paths, config)| {
        Deploy {
            base,
            inputs,
            start_command,
            variables,
            paths,
            config,
        }
        .into()
    })
}

fn command_line() -> impl Strategy<Value = Spanned<CommandLine>> {
    let line = prop_oneof![
        some_text().prop_map(CommandLine::Shell),
        vec(text(), 0..3).prop_map(CommandLine::Words),
    ];
    line.prop_map(Spanned::from)
}

fn image_config() -> impl Strategy<Value = ImageConfig> {
    let some = || option::of(spanned(some_text()));
    let healthcheck = (
        option::of(command_line()),
        (some(), some(), some(), some()),
        option::of(any::<u32>()),
    );
    let healthcheck = healthcheck.prop_map(|(test, times, retries)| {
        let (interval, timeout, start_period, start_interval) = times;
        Spanned::from(Healthcheck {
            test,
            interval,
            timeout,
            start_period,
            start_interval,
            retries,
        })
    });
    let parts = (
        some(),
        map(),
        texts(),
        option::of(healthcheck),
        some(),
        texts(),
    );
    parts.prop_map(
        |(user, labels, exposed_ports, healthcheck, stop_signal, volumes)| ImageConfig {
            user,
            labels,
            exposed_ports,
            healthcheck,
            stop_signal,
            volumes,
        },
    )
}

fn cache() -> impl Strategy<Value = Spanned<Cache>> {
    let sharing = prop_oneof![Just(CacheSharing::Shared), Just(CacheSharing::Locked)];
    (text(), sharing).prop_map(|(directory, sharing)| Cache { directory, sharing }.into())
}

fn plan() -> impl Strategy<Value = Plan> {
    let caches = btree_map(text(), cache(), 0..3);
    let parts = (
        option::of(spanned(text())),
        vec(step(), 0..4),
        caches,
        texts(),
        deploy(),
        texts(),
    );
    parts.prop_map(|(syntax, steps, caches, secrets, deploy, exclude)| Plan {
        syntax,
        steps,
        caches,
        secrets,
        deploy,
        exclude,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(plan in plan()) {
        let json = plan.to_json();
        let parsed = parse(json.as_bytes()).unwrap();
        prop_assert_eq!(&parsed.plan, &plan);
        prop_assert_eq!(&parsed.warnings, &[]);
        prop_assert_eq!(parsed.plan.to_json(), json);
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "it shows a whole plan")]
fn writes_fields_in_the_reference_s_order_and_leaves_out_what_is_empty() {
    assert_eq!(Plan::default().to_json(), "{\n  \"deploy\": {}\n}\n");
    let source = r#"{
  "exclude": ["*.log"],
  "deploy": { "paths": ["/app/bin"], "variables": { "B": "2", "A": "1" }, "startCommand": "a && b > c", "inputs": ["$a"], "base": { "image": "debian" } },
  "secrets": ["TOKEN"],
  "caches": { "b": { "type": "locked", "directory": "/b" }, "a": { "directory": "/a" } },
  "steps": [{
    "caches": ["a"], "variables": { "V": "" }, "assets": { "conf": "<é\u0000\n\u2028>" }, "secrets": ["*"],
    "commands": [
      { "customName": "x", "cmd": "y" }, { "path": "p" }, { "dest": "", "src": "s", "image": "i" },
      { "customName": "f", "mode": 420, "name": "conf", "path": "/c" }
    ],
    "inputs": [{ "exclude": ["e"], "include": ["i"], "image": "debian" }, "."],
    "name": "a"
  }],
  "syntax": "example.com/frontend"
}"#;
    insta::assert_snapshot!(parse(source.as_bytes()).unwrap().plan.to_json(), @r#"
        {
          "syntax": "example.com/frontend",
          "steps": [
            {
              "name": "a",
              "inputs": [
                {
                  "image": "debian",
                  "include": [
                    "i"
                  ],
                  "exclude": [
                    "e"
                  ]
                },
                {
                  "local": true,
                  "include": [
                    "."
                  ]
                }
              ],
              "commands": [
                {
                  "cmd": "y",
                  "customName": "x"
                },
                {
                  "path": "p"
                },
                {
                  "image": "i",
                  "src": "s",
                  "dest": ""
                },
                {
                  "path": "/c",
                  "name": "conf",
                  "mode": 420,
                  "customName": "f"
                }
              ],
              "secrets": [
                "*"
              ],
              "assets": {
                "conf": "<é\u0000\n >"
              },
              "variables": {
                "V": ""
              },
              "caches": [
                "a"
              ]
            }
          ],
          "caches": {
            "a": {
              "directory": "/a",
              "type": "shared"
            },
            "b": {
              "directory": "/b",
              "type": "locked"
            }
          },
          "secrets": [
            "TOKEN"
          ],
          "deploy": {
            "base": {
              "image": "debian"
            },
            "inputs": [
              {
                "step": "a"
              }
            ],
            "startCommand": "a && b > c",
            "variables": {
              "A": "1",
              "B": "2"
            },
            "paths": [
              "/app/bin"
            ]
          },
          "exclude": [
            "*.log"
          ]
        }
        "#);
}
