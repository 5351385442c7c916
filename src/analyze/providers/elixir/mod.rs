//! Elixir.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/elixir/elixir.go>,
//! <https://railpack.com/languages/elixir>.

mod mix_file;
#[cfg(test)]
mod tests;
mod versions;

use super::Provider;
use crate::analyze::app::AppError;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{copy_file, exec, local_layer, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use crate::plan::{Command, CopyCommand};
use mix_file::{MIX_FILE, MixFile};

/// A pattern for files in a directory that is not there matches nothing, and fails.
const CONFIG_DIRECTORY: &str = "config";
const LOCK_FILE: &str = "mix.lock";
/// Where Mix keeps Hex and rebar.
const MIX_HOME: &str = "/root/.mix";
/// The manifest of what Phoenix bundles for browsers.
const ASSETS_MANIFEST: &str = "assets/package.json";
/// Variables that change an installation.
const SECRET_PREFIXES: [&str; 4] = ["MIX", "ERL", "ELIXIR", "OTP"];
/// The environment of Mix, and of the app.
const VARIABLES: [(&str, &str); 7] = [
    ("LANG", "en_US.UTF-8"),
    ("LANGUAGE", "en_US:en"),
    ("LC_ALL", "en_US.UTF-8"),
    ("ELIXIR_ERL_OPTIONS", "+fnu"),
    ("MIX_ENV", "prod"),
    ("MIX_HOME", MIX_HOME),
    ("MIX_ARCHIVES", "/root/.mix/archives"),
];

const START_COMMAND_HELP: &str = "for an Elixir app the release is started that mix.exs names:
1. the first one in `releases: [name: ...]`
2. the app of `app: :name`";

/// The provider of Elixir apps.
pub(super) struct ElixirProvider;

impl Provider for ElixirProvider {
    fn name(&self) -> &'static str {
        "elixir"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(context.app.has(MIX_FILE)?)
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let mix_file = MixFile::read(context.app)?;
        if context.app.has(ASSETS_MANIFEST)? {
            return Err(AnalyzeError::Unsupported {
                what: "packages of Node.js for the assets of an Elixir app".to_owned(),
                found: ASSETS_MANIFEST.to_owned(),
            });
        }
        versions::request(context, &mix_file)?;
        context.mise.variables.extend(variables());

        let mut install = CommandStep::new("install");
        install.inputs.push(step_layer(&context.mise.name));
        install.use_secrets_with_prefixes(context.environment, &SECRET_PREFIXES);
        install.variables.extend(variables());
        let installed = add_installation(context, &mut install, &mix_file)?;

        let mut build = CommandStep::new("build");
        build.inputs.extend([
            step_layer(&context.mise.name),
            step_paths(&install.name, &installed, &[]),
        ]);
        build.variables.extend(variables());
        let has_config = context.app.has(CONFIG_DIRECTORY)?;
        add_build(&mut build, &mix_file, has_config);

        context.deploy.variables.extend(variables());
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &["_build/prod/rel"], &[]));
        context.deploy.start_command = mix_file
            .release()
            .map(|name| format!("/app/_build/prod/rel/{name}/bin/{name} start"));
        context.add_step(install);
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// Makes a step install the dependencies, and gives the paths that the build takes over.
fn add_installation(
    context: &mut Context<'_>,
    install: &mut CommandStep,
    mix_file: &MixFile,
) -> Result<Vec<&'static str>, AppError> {
    let has_lock = context.app.has(LOCK_FILE)?;
    let mut installed = vec!["deps", "_build", "config", MIX_FILE];
    install.commands.push(exec("mkdir -p config deps _build"));
    if mix_file.has_dependencies() {
        install
            .commands
            .extend(["mix local.hex --force", "mix local.rebar --force"].map(exec));
        if !has_lock {
            context.messages.suggestion(format!(
                "add a {LOCK_FILE}, so that every build installs the same"
            ));
        }
    }
    if has_lock {
        installed.push(LOCK_FILE);
    }
    if mix_file.has_dependencies() {
        installed.push(MIX_HOME);
    }
    let is_whole = mix_file.names_directories();
    if is_whole {
        install.inputs.push(local_layer());
        if context.app.has("apps")? {
            installed.push("apps");
        }
    } else {
        install.commands.push(copy_file(MIX_FILE));
        install
            .commands
            .extend(has_lock.then(|| copy_file(LOCK_FILE)));
    }
    install.commands.push(exec("mix deps.get --only prod"));
    if !is_whole && context.app.has(CONFIG_DIRECTORY)? {
        install.commands.extend(
            ["config/config.exs*", "config/prod.exs*"].map(|file| copy_into("config/", file)),
        );
    }
    install.commands.push(exec("mix deps.compile"));
    if mix_file.has_task("assets.setup") {
        install.commands.push(exec("mix assets.setup"));
    }
    Ok(installed)
}

/// Makes a step build the release.
fn add_build(build: &mut CommandStep, mix_file: &MixFile, has_config: bool) {
    if mix_file.names_directories() {
        build.inputs.push(local_layer());
    } else {
        build
            .commands
            .extend(["priv*", "lib*", "assets*"].map(|path| copy_into(".", path)));
        if has_config {
            build
                .commands
                .push(copy_into("config/", "config/runtime.exs*"));
        }
    }
    build.commands.push(exec("mix compile"));
    for task in ["assets.deploy", "ecto.deploy"] {
        if mix_file.has_task(task) {
            build.commands.push(exec(format!("mix {task}")));
        }
    }
    if !mix_file.names_directories() {
        build.commands.push(copy_into(".", "rel*"));
    }
    build.commands.push(exec("mix release"));
}

fn copy_into(directory: &str, pattern: &str) -> Command {
    Command::Copy(CopyCommand {
        image: None,
        src: pattern.to_owned(),
        dest: directory.to_owned(),
    })
}

fn variables() -> impl Iterator<Item = (String, String)> {
    VARIABLES
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
}
