//! Rust.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/rust/rust.go>,
//! <https://railpack.com/languages/rust>.

mod manifest;
#[cfg(test)]
mod tests;
mod versions;
mod workspace;

use serde::Deserialize;
use toml::Value;

use super::Provider;
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, file, local_layer, shell_word, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use crate::plan::{Command, CopyCommand};
use manifest::{MANIFEST, Manifest};
use workspace::Chosen;

/// Cargo's settings for an app (<https://doc.rust-lang.org/cargo/reference/config.html>).
const CARGO_CONFIG: &str = ".cargo/config.toml";
/// Caches of what Cargo downloads. One step at a time may use them: Cargo's own lock is in a directory that each container has
/// for itself. What it compiles is in the layers of the steps; in a cache for all, files older than the last build would pass
/// for unchanged.
const CACHES: [(&str, &str); 2] = [
    ("cargo_registry", "/root/.cargo/registry"),
    ("cargo_git", "/root/.cargo/git"),
];
/// A program that does nothing, in whose place the app's comes: with it the dependencies are compiled.
const EMPTY_PROGRAM: &str = "fn main() { }";
/// Makes a server of Rocket reachable from outside of the container.
const ROCKET_ADDRESS: (&str, &str) = ("ROCKET_ADDRESS", "0.0.0.0");

const START_COMMAND_HELP: &str = "for a Rust app these are looked at, in this order:
1. RAILPACK_CARGO_WORKSPACE, the package of the workspace, and RAILPACK_RUST_BIN, its program
2. `default-run` in Cargo.toml
3. src/main.rs, if there are several programs; else the only one";

/// The provider of Rust apps.
pub(super) struct RustProvider;

impl Provider for RustProvider {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(context.app.has(MANIFEST)?)
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let manifest = Manifest::read(context.app, "")?;
        versions::request(context, &manifest)?;
        let chosen = workspace::choose(context, &manifest)?;
        let target = Target::read(context.app)?;

        let mut install = CommandStep::new("install");
        install.inputs.push(step_layer(&context.mise.name));
        let caches: Vec<_> = CACHES
            .iter()
            .map(|(name, directory)| context.caches.add_locked(name, directory))
            .collect();
        install.caches.clone_from(&caches);
        install
            .commands
            .extend(["Cargo.toml*", "Cargo.lock*"].map(copy_here));
        install.commands.extend(target.install());
        if chosen.member.is_none() && !manifest.names_files() {
            compile_dependencies(&mut install, &manifest);
        }

        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&install.name), local_layer()]);
        build.caches = caches;
        build.commands.push(exec("mkdir -p bin"));
        build.commands.extend(target.install());
        build.commands.extend(build_commands(&chosen, &target));

        let (name, value) = ROCKET_ADDRESS;
        context
            .deploy
            .variables
            .insert(name.to_owned(), value.to_owned());
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &["."], &["target"]));
        context.deploy.start_command = chosen.start.map(|program| {
            let program = format!("./bin/{program}{}", target.suffix());
            shell_word(&program).into_owned()
        });
        context.add_step(install);
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// Copies what matches into the step's directory.
fn copy_here(pattern: &str) -> Command {
    Command::Copy(CopyCommand {
        image: None,
        src: pattern.to_owned(),
        dest: ".".to_owned(),
    })
}

/// Compiles the dependencies for the build, which starts from this step, with an empty program in place of the app's.
fn compile_dependencies(step: &mut CommandStep, manifest: &Manifest) {
    let mut files = vec!["main.rs"];
    if manifest.names_library() {
        files.push("lib.rs");
    }
    step.commands.push(exec("mkdir -p src"));
    for name in files {
        step.assets
            .insert(name.to_owned(), EMPTY_PROGRAM.to_owned());
        step.commands
            .push(file(&format!("src/{name}"), name, "compile dependencies"));
    }
    step.commands.push(exec("cargo build --release"));
    // Cargo compares times, and the app's files may be older than the empty program.
    if let Some(package) = &manifest.package {
        step.commands.push(exec(format!(
            "cargo clean --release --package {}",
            shell_word(&package.name)
        )));
    }
    step.commands.push(exec("rm -rf src"));
}

fn build_commands(chosen: &Chosen, target: &Target) -> Vec<Command> {
    if chosen.programs.is_empty() {
        return Vec::new();
    }
    let mut line = "cargo build --release".to_owned();
    if let Some(member) = &chosen.member {
        line = format!("{line} --package {}", shell_word(member));
    }
    let mut commands = vec![exec(line)];
    for program in &chosen.programs {
        let path = format!(
            "target/{}release/{program}{}",
            target.directory(),
            target.suffix()
        );
        commands.push(exec(format!("cp {} bin", shell_word(&path))));
    }
    commands
}

/// The platform that Cargo compiles for, where the app's own settings name one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Target(Option<String>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CargoConfig {
    build: BuildConfig,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BuildConfig {
    target: Option<Value>,
}

impl Target {
    fn read(app: &App) -> Result<Self, AppError> {
        if !app.has(CARGO_CONFIG)? {
            return Ok(Self::default());
        }
        let target = app.read_toml::<CargoConfig>(CARGO_CONFIG)?.build.target;
        Ok(Self(
            target.and_then(|target| Some(target.as_str()?.to_owned())),
        ))
    }

    /// Installs the standard library for it.
    fn install(&self) -> Option<Command> {
        let target = self.0.as_deref()?;
        Some(exec(format!("rustup target add {}", shell_word(target))))
    }

    /// Where Cargo puts what it compiles for it, below `target`.
    fn directory(&self) -> String {
        self.0
            .as_ref()
            .map_or_else(String::new, |target| format!("{target}/"))
    }

    fn suffix(&self) -> &'static str {
        match &self.0 {
            Some(target) if target.starts_with("wasm32") => ".wasm",
            _ => "",
        }
    }
}
