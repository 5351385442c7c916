//! Installing and pruning dependencies.

use super::manifest::Manifest;
use super::{COREPACK_HOME, NODE_MODULES_CACHE, Node};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{copy, copy_file, exec, local_layer, path, shell};
use crate::analyze::steps::CommandStep;

/// What package managers read when they install. Only these are copied for it, so that a change of the app's sources
/// alone installs nothing anew.
pub(crate) const INSTALL_FILES: &str = "**/{package.json,package.json5,package.yaml,package-lock.json,npm-shrinkwrap.json,pnpm-workspace.yaml,yarn.lock,pnpm-lock.yaml,bun.lockb,bun.lock,bunfig.toml,.yarn,.pnp.*,.yarnrc.yml,.yarnrc,.npmrc,.pnpmfile.cjs,.pnpmfile.mjs,.node-version,.nvmrc,patches,.pnpm-patches,prisma}";
/// Scripts that run while dependencies are installed, and may read anything of the app
/// (<https://docs.npmjs.com/cli/using-npm/scripts#life-cycle-operation-order>).
pub(super) const INSTALL_SCRIPTS: [&str; 7] = [
    "pnpm:devPreinstall",
    "preinstall",
    "install",
    "postinstall",
    "preprepare",
    "prepare",
    "postprepare",
];
/// With this file a package has native code of its own, which is compiled while dependencies are installed.
const NATIVE_BUILD_FILE: &str = "binding.gyp";
/// Variables that package managers read when they install.
const SECRET_PREFIXES: [&str; 6] = ["NODE", "NPM", "BUN", "PNPM", "YARN", "CI"];

impl Node<'_> {
    /// Makes a step install the dependencies.
    pub(super) fn install_dependencies(
        &self,
        context: &mut Context<'_>,
        step: &mut CommandStep,
    ) -> Result<(), AnalyzeError> {
        if self.app.has("node_modules")? {
            context.messages.warning("node_modules is part of the app; leave it out with .dockerignore, it is installed by the build");
        }
        step.variables.extend(self.variables());
        step.use_secrets_with_prefixes(context.environment, &SECRET_PREFIXES);
        step.commands.push(path("/app/node_modules/.bin"));
        if self.uses_corepack() {
            step.variables
                .insert("COREPACK_HOME".to_owned(), COREPACK_HOME.to_owned());
            step.commands.push(copy(Manifest::Json.file_name()));
            // Node.js 25 and newer come without Corepack.
            step.commands.push(shell(
                "npm i -g corepack@latest && corepack enable && corepack prepare --activate",
            ));
        }
        // Without dependencies nothing creates it, and the image takes node_modules from the step's result.
        step.commands
            .push(exec(format!("mkdir -p {NODE_MODULES_CACHE}")));

        let files = self.app.find_files(INSTALL_FILES)?;
        if self.installing_reads_sources(&files)? {
            step.inputs.push(local_layer());
            if context.environment.variable("CI").is_some() {
                step.secrets.push("*".to_owned());
            }
        } else {
            step.commands
                .extend(files.iter().map(|file| copy_file(file)));
            for path in self.more_install_paths(context)? {
                step.commands.push(copy_file(&path));
            }
        }
        self.package_manager.install(self, context, step)
    }

    /// Makes a step remove the development dependencies.
    pub(super) fn prune_dependencies(&self, context: &mut Context<'_>, step: &mut CommandStep) {
        context
            .messages
            .info("removing development dependencies from the image");
        step.secrets.clear();
        step.variables
            .insert("NPM_CONFIG_PRODUCTION".to_owned(), "true".to_owned());
        self.package_manager.prune(context, step);
    }

    /// Whether installing needs more than `files`, which are those that package managers read.
    fn installing_reads_sources(&self, files: &[String]) -> Result<bool, AnalyzeError> {
        let runs_script = |name: &&str| {
            self.workspace
                .packages()
                .any(|package| package.package_json.script(name).is_some())
        };
        if INSTALL_SCRIPTS.iter().any(runs_script) {
            return Ok(true);
        }
        for package in self.workspace.packages() {
            if self.app.has(&package.path(NATIVE_BUILD_FILE))? {
                return Ok(true);
            }
        }
        // Packages are linked from anywhere, not from workspaces alone.
        let mut manifests = files.iter().filter_map(|file| Manifest::of_path(file));
        Ok(manifests.any(|(directory, manifest)| {
            manifest
                .read(self.app, directory)
                .is_ok_and(|package_json| package_json.has_local_dependency())
        }))
    }

    /// The directories that package managers read, and what the user's patterns match.
    fn more_install_paths(&self, context: &mut Context<'_>) -> Result<Vec<String>, AnalyzeError> {
        let mut paths = self.app.find_directories(INSTALL_FILES)?;
        let Some(patterns) = context.setting_of_step("install", "NODE_INSTALL_PATTERNS") else {
            return Ok(paths);
        };
        let patterns: Vec<_> = patterns.value.split_whitespace().collect();
        context
            .messages
            .info(format!("installing reads {} too", patterns.join(" ")));
        for pattern in patterns {
            let pattern = format!("**/{pattern}");
            paths.extend(self.app.find_files(&pattern)?);
            paths.extend(self.app.find_directories(&pattern)?);
        }
        Ok(paths)
    }
}
