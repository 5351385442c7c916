//! The package manager of an app, and what differs between them.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/node/package_manager.go>.

mod bun;
mod detect;
mod lock_file;
mod npm;
mod pnpm;
#[cfg(test)]
pub(super) mod tests;
mod yarn_berry;
mod yarn_classic;

use std::fmt;

use super::Node;
use crate::analyze::caches::Caches;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, shell_word};
use crate::analyze::steps::CommandStep;
use yarn_berry::YarnBerry;

/// Where a dependency's files are, for all package managers but one.
const NODE_MODULES: &str = "/app/node_modules";

/// A package manager.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PackageManager {
    Npm,
    Pnpm,
    /// Yarn 1.
    YarnClassic,
    /// Yarn 2 and newer.
    YarnBerry(YarnBerry),
    Bun,
}

impl PackageManager {
    /// The name of its program.
    pub(super) fn program(&self) -> &'static str {
        match self {
            Self::Npm => "npm",
            Self::Pnpm => "pnpm",
            Self::YarnClassic | Self::YarnBerry(_) => "yarn",
            Self::Bun => "bun",
        }
    }

    /// Its name in the metadata, in the reference's spelling.
    pub(super) fn id(&self) -> &'static str {
        match self {
            Self::YarnClassic => "yarn1",
            Self::YarnBerry(_) => "yarnberry",
            Self::Npm | Self::Pnpm | Self::Bun => self.program(),
        }
    }

    /// The command that runs a script of `package.json`.
    pub(super) fn run_script(&self, script: &str) -> String {
        format!("{} run {script}", self.program())
    }

    /// The command that runs a file.
    pub(super) fn run_file(&self, file: &str) -> String {
        let runtime = match self {
            Self::Bun => "bun",
            // Node.js alone does not find the packages of Plug'n'Play.
            Self::YarnBerry(yarn) if !yarn.has_node_modules() => "yarn node",
            Self::Npm | Self::Pnpm | Self::YarnClassic | Self::YarnBerry(_) => "node",
        };
        format!("{runtime} {}", shell_word(file))
    }

    /// The command that runs a program of an installed package.
    pub(super) fn run_program(&self, line: &str) -> String {
        let runner = match self {
            Self::Pnpm => "pnpm exec",
            Self::Bun => "bunx",
            // What npx finds is in node_modules, and with Plug'n'Play there is none.
            Self::YarnBerry(yarn) if !yarn.has_node_modules() => "yarn run",
            Self::Npm | Self::YarnClassic | Self::YarnBerry(_) => "npx",
        };
        format!("{runner} {line}")
    }

    /// Where the installed packages are.
    pub(super) fn install_folders(&self) -> Vec<String> {
        match self {
            Self::YarnBerry(yarn) => yarn.install_folders(),
            Self::Npm | Self::Pnpm | Self::YarnClassic | Self::Bun => vec![NODE_MODULES.to_owned()],
        }
    }

    /// Variables that it reads, when it installs and when the app runs.
    pub(super) fn variables(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::YarnClassic => yarn_classic::VARIABLES,
            Self::Npm | Self::Pnpm | Self::YarnBerry(_) | Self::Bun => &[],
        }
    }

    /// Asks for the package manager itself, where mise or Corepack installs it.
    pub(super) fn request(
        &self,
        node: &Node<'_>,
        context: &mut Context<'_>,
    ) -> Result<(), AnalyzeError> {
        match self {
            // npm comes with Node.js, and Bun is requested as the runtime that it is.
            Self::Npm | Self::Bun => Ok(()),
            Self::Pnpm => pnpm::request(node, context),
            Self::YarnClassic => {
                yarn_classic::request(node, context);
                Ok(())
            }
            Self::YarnBerry(yarn) => {
                yarn.request(node, context);
                Ok(())
            }
        }
    }

    /// Makes a step install the dependencies; what the package manager reads is there already.
    pub(super) fn install(
        &self,
        node: &Node<'_>,
        context: &mut Context<'_>,
        step: &mut CommandStep,
    ) -> Result<(), AnalyzeError> {
        step.caches.push(self.add_cache(&mut context.caches));
        match self {
            Self::Npm => npm::install(node, context, step)?,
            Self::Pnpm => pnpm::install(node, context, step)?,
            Self::YarnClassic => step.commands.push(exec("yarn install --frozen-lockfile")),
            Self::YarnBerry(yarn) => step
                .commands
                .push(yarn.install_command(&mut context.messages)),
            Self::Bun => step.commands.push(exec("bun install --frozen-lockfile")),
        }
        Ok(())
    }

    /// Makes a step remove the development dependencies.
    pub(super) fn prune(&self, context: &mut Context<'_>, step: &mut CommandStep) {
        step.caches.push(self.add_cache(&mut context.caches));
        if let Some(setting) = context.setting_of_step(&step.name, "NODE_PRUNE_CMD") {
            step.commands.push(exec(setting.value));
            return;
        }
        let command = match self {
            Self::Npm => exec("npm prune --omit=dev --ignore-scripts"),
            Self::Pnpm => pnpm::prune_command(&context.packages),
            Self::YarnClassic => exec("yarn install --production=true"),
            Self::YarnBerry(yarn) => yarn.prune_command(&mut context.messages),
            Self::Bun => bun::prune_command(),
        };
        step.commands.push(command);
    }

    /// Adds the cache of downloaded packages, and gives its key.
    fn add_cache(&self, caches: &mut Caches) -> String {
        match self {
            Self::Npm => caches.add("npm-install", "/root/.npm"),
            Self::Pnpm => caches.add("pnpm-install", pnpm::STORE),
            Self::YarnClassic => caches.add_locked("yarn-install", "/usr/local/share/.cache/yarn"),
            Self::YarnBerry(yarn) => caches.add("yarn-install", &yarn.cache_folder()),
            Self::Bun => caches.add("bun-install", "/root/.bun/install/cache"),
        }
    }
}

impl fmt::Display for PackageManager {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::YarnClassic => "Yarn 1",
            Self::YarnBerry(_) => "Yarn 2 or newer",
            Self::Npm | Self::Pnpm | Self::Bun => self.program(),
        })
    }
}
