//! Deno.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/deno/deno.go>,
//! <https://railpack.com/languages/deno>.

mod workspace;

use serde_json::Value;

use super::Provider;
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, local_layer, shell, shell_word, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use crate::analyze::workspace_member;

const DENO: &str = "deno";
const DEFAULT_VERSION: &str = "2";
/// Files that tell Deno; it reads the first that is there.
const CONFIG_FILES: [&str; 2] = ["deno.json", "deno.jsonc"];
/// Where an app starts, in the order in which it counts.
const MAIN_FILES: [&str; 4] = ["main.ts", "main.js", "main.mjs", "main.mts"];
/// Where Deno keeps the modules that it has downloaded.
const CACHE: &str = "/root/.cache";

const START_COMMAND_HELP: &str = "for a Deno app these are looked at, in this order:
1. main.ts, main.js, main.mjs, main.mts
2. the first .ts, .js, .mjs or .mts file in the directory nearest to the app's own, tests and declarations left out";

/// The provider of Deno apps.
pub(super) struct DenoProvider;

impl Provider for DenoProvider {
    fn name(&self) -> &'static str {
        DENO
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(context.app.first_of(&CONFIG_FILES)?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let config = match context.app.first_of(&CONFIG_FILES)? {
            Some(file) => context.app.read_deno_json(file)?,
            None => Value::Null,
        };
        let directory = context.config.app_directory.as_ref();
        let member = workspace::choose(context.app, &config, directory)?;
        if let Some(directory) = &member {
            context.messages.info(format!("the app is {directory}"));
            workspace_member::warn_of_files(context, context.app, directory)?;
        }
        context
            .mise
            .install(&mut context.packages, DENO, DEFAULT_VERSION);
        context.follow_files_then_setting(DENO, "DENO_VERSION")?;

        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&context.mise.name), local_layer()]);
        if let Some(main_file) = find_main_file(context.app, member.as_deref())? {
            context
                .messages
                .info(format!("the app starts in {main_file}"));
            let main_file = shell_word(&main_file);
            let cache = format!("deno cache {main_file}");
            let run = format!("deno run --allow-all {main_file}");
            let (cache, run) = match &member {
                Some(member) => {
                    // Deno finds the workspace above the directory.
                    let directory = shell_word(member);
                    let cache = shell(&format!("cd {directory} && {cache}"));
                    (cache, format!("cd {directory} && {run}"))
                }
                None => (exec(cache), run),
            };
            build.commands.push(cache);
            context.deploy.start_command = Some(run);
        }

        context.deploy.inputs.extend(context.mise.layer());
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &[".", CACHE], &[]));
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// The file in which the app starts, seen from its directory.
fn find_main_file(app: &App, directory: Option<&str>) -> Result<Option<String>, AppError> {
    let directory = directory.map_or_else(String::new, |directory| format!("{directory}/"));
    for file in MAIN_FILES {
        if app.has(&format!("{directory}{file}"))? {
            return Ok(Some(file.to_owned()));
        }
    }
    let files = app.find_files(&format!("{directory}**/*.{{ts,js,mjs,mts}}"))?;
    let depth = |file: &String| file.matches('/').count();
    let main_file = files
        .into_iter()
        .filter(|file| is_program(file))
        .min_by_key(depth);
    Ok(main_file.and_then(|file| Some(file.strip_prefix(&directory)?.to_owned())))
}

/// Whether a file may be what an app runs: no test (<https://docs.deno.com/runtime/reference/cli/test>), and no declaration of
/// types.
fn is_program(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut parts = name.rsplit('.').skip(1);
    let kind = parts.next().unwrap_or(name);
    !(kind.ends_with("_test") || matches!(kind, "test" | "d"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::{Analysis, testing};

    fn plan(tree: Memory, variables: &[(&str, &str)]) -> Analysis {
        testing::plan(tree.file("deno.jsonc", ""), variables)
    }

    #[test]
    fn the_main_file_is_named_so_or_the_first_that_can_be_run() {
        let files = |paths: &[&str]| {
            let tree = paths
                .iter()
                .fold(Memory::default(), |tree, path| tree.file(path, ""));
            find_main_file(&tree.app(), None).unwrap()
        };
        assert_eq!(
            files(&["main.js", "main.mts", "a.ts"]).as_deref(),
            Some("main.js")
        );
        assert_eq!(
            files(&[
                "a/b.ts",
                "server.ts",
                "a_test.ts",
                "a.test.js",
                "types.d.ts",
                "x.tsx"
            ])
            .as_deref(),
            Some("server.ts")
        );
        assert_eq!(
            files(&["src/deep/a.ts", "tests/b.ts"]).as_deref(),
            Some("tests/b.ts")
        );
        assert_eq!(files(&["readme.md"]), None);
    }

    #[test]
    fn a_configuration_that_deno_cannot_read_is_an_error_with_its_place() {
        let read = |file: &str, text: &str| {
            let tree = Memory::default().file("main.ts", "").file(file, text);
            testing::try_plan(tree, &[]).map(drop)
        };
        let problems = [
            ("deno.json", "{\n  \"tasks\": {\n    \"dev\": \n"),
            ("deno.json", "{\n  \"tasks\": {}\n}}"),
            ("deno.jsonc", "// tasks\n{ \"tasks\": ] }"),
            ("deno.jsonc", "[]"),
        ]
        .map(|(file, text)| read(file, text).unwrap_err().to_string());
        insta::assert_snapshot!(problems.join("\n"), @"
        deno.json:2:12: unexpected end of input
        deno.json:3:2: text cannot contain more than one JSON value
        deno.jsonc:2:12: unexpected close bracket
        deno.jsonc:1:1: invalid type: sequence, expected an object
        ");
        for text in [
            " \n",
            "// nothing yet\n",
            "// all\n{ tasks: { dev: 'deno run main.ts', } /* none */ imports: {} }",
        ] {
            read("deno.json", text).unwrap();
        }
        let other = Memory::default().file("main.ts", "").file("deno.json", "");
        plan(other.file("deno.jsonc", "{"), &[]);
    }

    #[test]
    fn modules_are_downloaded_in_the_build() {
        let analysis = plan(Memory::default().file("my app.ts", ""), &[]);
        let json = analysis.plan.to_json();
        let (_, build) = json.split_once("\"name\": \"build\"").unwrap();
        insta::assert_snapshot!(build.replace(env!("CARGO_PKG_VERSION"), "[version]"), @r#"
        ,
              "inputs": [
                {
                  "step": "packages:mise"
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
                  "cmd": "deno cache 'my app.ts'"
                }
              ],
              "secrets": [
                "*"
              ]
            }
          ],
          "deploy": {
            "base": {
              "image": "ghcr.io/railwayapp/railpack-runtime:mise-2026.8.6"
            },
            "inputs": [
              {
                "step": "packages:mise",
                "include": [
                  "/mise/shims",
                  "/mise/installs",
                  "/usr/local/bin/mise",
                  "/etc/mise/config.toml",
                  "/root/.local/state/mise"
                ]
              },
              {
                "step": "build",
                "include": [
                  ".",
                  "/root/.cache"
                ]
              }
            ],
            "startCommand": "deno run --allow-all 'my app.ts'",
            "variables": {
              "RAILPACK_VERSION": "[version]"
            }
          }
        }
        "#);
    }

    #[test]
    fn the_version_is_the_settings_else_that_of_the_apps_files_else_the_default() {
        let version = |tree: Memory, variables: &[(&str, &str)]| {
            let analysis = plan(tree.file("main.ts", ""), variables);
            analysis.packages[DENO].version.clone()
        };
        let with_file = || Memory::default().file(".deno-version", "2.9.2\n");
        let setting = [("RAILPACK_DENO_VERSION", "1.41")];
        assert_eq!(version(Memory::default(), &[]), "2");
        assert_eq!(version(with_file(), &[]), "2.9.2");
        assert_eq!(version(with_file(), &setting), "1.41");
        let analysis = plan(with_file().file("main.ts", ""), &setting);
        let variables = &testing::step(&analysis, "packages:mise").variables;
        assert_eq!(variables["MISE_DENO_VERSION"].value, "1.41");
    }
}
