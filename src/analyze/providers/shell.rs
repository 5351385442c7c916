//! Shell scripts.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/shell/shell.go>,
//! <https://railpack.com/languages/shell>.

use super::Provider;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, local_layer, shell_word, step_layer, step_paths};
use crate::analyze::steps::CommandStep;

/// The setting `RAILPACK_SHELL_SCRIPT`.
const SCRIPT_SETTING: &str = "SHELL_SCRIPT";
const DEFAULT_SCRIPT: &str = "start.sh";
/// Shells that the image has.
const SHELLS: [&str; 2] = ["sh", "bash"];
/// Shells that a Debian package of the same name installs.
const PACKAGED_SHELLS: [&str; 4] = ["zsh", "fish", "ksh", "mksh"];
/// Other names of `sh`, and what it is in the image.
const PLAIN_SHELLS: [&str; 2] = ["dash", "ash"];

const START_COMMAND_HELP: &str = "a shell script is looked for in this order:
1. the file that the variable RAILPACK_SHELL_SCRIPT names
2. start.sh";

/// The provider of shell scripts.
pub(super) struct ShellProvider;

impl Provider for ShellProvider {
    fn name(&self) -> &'static str {
        "shell"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(find_script(context)?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let script = find_script(context)?.unwrap_or_else(|| DEFAULT_SCRIPT.to_owned());
        let interpreter = Interpreter::of(&context.app.read_text(&script)?);
        context
            .messages
            .info(format!("running {script} with {}", interpreter.name));
        context.metadata.insert(
            "detectedShellInterpreter".to_owned(),
            interpreter.name.clone(),
        );
        if PACKAGED_SHELLS.contains(&interpreter.name.as_str()) {
            context.deploy.add_apt_packages(&[&interpreter.name]);
        } else if !interpreter.is_shell() {
            context.messages.warning(format!(
                "{script} is a script for {}, which is no shell that Railpack installs; name it in RAILPACK_PACKAGES or \
                 RAILPACK_DEPLOY_APT_PACKAGES",
                interpreter.name
            ));
        }
        context.deploy.start_command = Some(interpreter.command(&script));

        let mut base = context.mise.name.clone();
        // What `RAILPACK_INSTALL_CMD` does is there for the build.
        if context.config.steps.contains_key("install") {
            let mut install = CommandStep::new("install");
            install.inputs.extend([step_layer(&base), local_layer()]);
            base.clone_from(&install.name);
            context.add_step(install);
        }
        let mut build = CommandStep::new("build");
        build.inputs.extend([step_layer(&base), local_layer()]);
        build
            .commands
            .push(exec(format!("chmod +x {}", shell_word(&script))));

        context.deploy.inputs.extend(context.mise.layer());
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &["."], &[]));
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// The script that the container runs. A script that the user names has to be there.
fn find_script(context: &Context<'_>) -> Result<Option<String>, AnalyzeError> {
    let Some(setting) = context.environment.setting(SCRIPT_SETTING) else {
        let is_there = context.app.has(DEFAULT_SCRIPT)?;
        return Ok(is_there.then(|| DEFAULT_SCRIPT.to_owned()));
    };
    if context.app.has(&setting.value)? {
        Ok(Some(setting.value))
    } else {
        Err(AnalyzeError::Value {
            place: setting.origin,
            found: setting.value,
            expected: "a file of the app".into(),
        })
    }
}

/// What runs a script.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Interpreter {
    name: String,
    /// What the script's first line passes to it.
    options: Vec<String>,
}

impl Interpreter {
    /// What a script's first line names (`#!/bin/bash -e`, `#!/usr/bin/env -S bash -e`), else `sh`.
    fn of(script: &str) -> Self {
        let first_line = script.lines().next().unwrap_or_default();
        let mut words = first_line
            .strip_prefix("#!")
            .unwrap_or_default()
            .split_whitespace()
            .peekable();
        let mut program = words.next().unwrap_or("sh");
        if file_name(program) == "env" {
            let is_of_env =
                |word: &&str| word.starts_with('-') || word.contains('=') && !word.contains('/');
            while words.next_if(is_of_env).is_some() {}
            program = words.next().unwrap_or("sh");
        }
        let name = match file_name(program) {
            "" => "sh",
            name if PLAIN_SHELLS.contains(&name) => "sh",
            name => name,
        };
        Self {
            name: name.to_owned(),
            options: words.map(str::to_owned).collect(),
        }
    }

    fn is_shell(&self) -> bool {
        let name = self.name.as_str();
        SHELLS.contains(&name) || PACKAGED_SHELLS.contains(&name)
    }

    /// The command line that runs a script. One for something else than a shell is left to the kernel, which reads its first line.
    fn command(&self, script: &str) -> String {
        if !self.is_shell() {
            let path = if script.contains('/') {
                script.to_owned()
            } else {
                format!("./{script}")
            };
            return shell_word(&path).into_owned();
        }
        let mut words = vec![self.name.as_str().into()];
        words.extend(self.options.iter().map(|option| shell_word(option)));
        words.push(shell_word(script));
        words.join(" ")
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::{commands, plan, start_command, step, try_plan};

    #[test]
    fn the_first_line_names_the_interpreter() {
        for (first_line, expected) in [
            ("#!/bin/bash", "bash s.sh"),
            ("#! /bin/bash -eu", "bash -eu s.sh"),
            ("#!/usr/bin/env bash", "bash s.sh"),
            ("#!/usr/bin/env -S A=1 bash -e", "bash -e s.sh"),
            ("#!/bin/sh", "sh s.sh"),
            ("#!/bin/dash", "sh s.sh"),
            ("#!/usr/local/bin/zsh", "zsh s.sh"),
            ("#!/usr/bin/env fish", "fish s.sh"),
            ("#!/usr/bin/env python3", "./s.sh"),
            ("#!/usr/bin/env", "sh s.sh"),
            ("#!", "sh s.sh"),
            ("echo", "sh s.sh"),
            ("", "sh s.sh"),
        ] {
            let command = Interpreter::of(&format!("{first_line}\necho")).command("s.sh");
            assert_eq!(command, expected, "{first_line}");
        }
    }

    #[test]
    fn a_shell_that_the_image_lacks_is_installed() {
        let analysis = plan(Memory::default().file("start.sh", "#!/bin/zsh"), &[]);
        let json = analysis.plan.to_json();
        insta::assert_snapshot!(json.replace(env!("CARGO_PKG_VERSION"), "[version]"), @r#"
        {
          "steps": [
            {
              "name": "packages:mise",
              "inputs": [
                {
                  "image": "ghcr.io/railwayapp/railpack-builder:mise-2026.8.6"
                }
              ]
            },
            {
              "name": "build",
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
                  "cmd": "chmod +x start.sh"
                }
              ],
              "secrets": [
                "*"
              ]
            },
            {
              "name": "packages:apt:runtime",
              "inputs": [
                {
                  "image": "ghcr.io/railwayapp/railpack-runtime:mise-2026.8.6"
                }
              ],
              "commands": [
                {
                  "cmd": "sh -c 'apt-get update && apt-get install -y zsh'",
                  "customName": "install apt packages: zsh"
                }
              ],
              "caches": [
                "apt",
                "apt-lists"
              ]
            }
          ],
          "caches": {
            "apt": {
              "directory": "/var/cache/apt",
              "type": "locked"
            },
            "apt-lists": {
              "directory": "/var/lib/apt/lists",
              "type": "locked"
            }
          },
          "deploy": {
            "base": {
              "step": "packages:apt:runtime"
            },
            "inputs": [
              {
                "step": "build",
                "include": [
                  "."
                ]
              }
            ],
            "startCommand": "zsh start.sh",
            "variables": {
              "RAILPACK_VERSION": "[version]"
            }
          }
        }
        "#);
        assert_eq!(analysis.metadata["detectedShellInterpreter"], "zsh");
    }

    #[test]
    fn an_install_command_comes_before_the_build() {
        let tree = Memory::default().file("start.sh", "");
        let analysis = plan(tree, &[("RAILPACK_INSTALL_CMD", "make")]);
        assert_eq!(commands(&analysis, "install"), ["COPY . .", "sh -c 'make'"]);
        assert_eq!(
            step(&analysis, "build").inputs,
            [step_layer("install").into(), local_layer().into()]
        );
    }

    #[test]
    fn a_script_that_is_named_has_to_be_there() {
        let tree = || {
            Memory::default()
                .file("start.sh", "")
                .file("bin/my run", "")
        };
        let named = plan(tree(), &[("RAILPACK_SHELL_SCRIPT", "bin/my run")]);
        assert_eq!(start_command(&named), Some("sh 'bin/my run'"));
        let missing = try_plan(tree(), &[("RAILPACK_SHELL_SCRIPT", "run.sh")]);
        insta::assert_snapshot!(missing.unwrap_err(), @"RAILPACK_SHELL_SCRIPT: found `run.sh`, expected a file of the app");
    }
}
