//! Installing and pruning dependencies.

use super::workspace::read_manifest;
use super::{COREPACK_HOME, JSON5_MANIFEST, MANIFEST, NODE_MODULES_CACHE, Node};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{copy, copy_file, exec, local_layer, path, shell};
use crate::analyze::steps::CommandStep;

/// What package managers read when they install. Only these are copied for it, so that a change of the app's sources
/// alone installs nothing anew.
const INSTALL_FILES: &str = "**/{package.json,package.json5,package-lock.json,npm-shrinkwrap.json,pnpm-workspace.yaml,yarn.lock,pnpm-lock.yaml,bun.lockb,bun.lock,bunfig.toml,.yarn,.pnp.*,.yarnrc.yml,.yarnrc,.npmrc,.pnpmfile.cjs,.pnpmfile.mjs,.node-version,.nvmrc,patches,.pnpm-patches,prisma}";
/// Scripts that run while dependencies are installed, and may read anything of the app
/// (<https://docs.npmjs.com/cli/using-npm/scripts#life-cycle-operation-order>).
const INSTALL_SCRIPTS: [&str; 7] = [
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
            step.commands.push(copy(MANIFEST));
            // Node.js 25 and newer come without Corepack.
            step.commands.push(shell(
                "npm i -g corepack@latest && corepack enable && corepack prepare --activate",
            ));
        }
        // Without dependencies nothing creates it, and the image takes node_modules from the step's result.
        step.commands
            .push(exec(format!("mkdir -p {NODE_MODULES_CACHE}")));

        if self.installing_reads_sources()? {
            step.inputs.push(local_layer());
            if context.environment.variable("CI").is_some() {
                step.secrets.push("*".to_owned());
            }
        } else {
            for file in self.install_files(context)? {
                step.commands.push(copy_file(&file));
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

    fn installing_reads_sources(&self) -> Result<bool, AnalyzeError> {
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
        for manifest in self
            .app
            .find_files(&format!("**/{{{MANIFEST},{JSON5_MANIFEST}}}"))?
        {
            let package_json = read_manifest(self.app, &manifest);
            if package_json.is_ok_and(|package_json| package_json.has_local_dependency()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn install_files(&self, context: &mut Context<'_>) -> Result<Vec<String>, AnalyzeError> {
        let mut files = self.app.find_files(INSTALL_FILES)?;
        files.extend(self.app.find_directories(INSTALL_FILES)?);
        let patterns = context.environment.list("NODE_INSTALL_PATTERNS");
        if !patterns.is_empty() {
            context
                .messages
                .info(format!("installing reads {} too", patterns.join(" ")));
        }
        for pattern in patterns {
            files.extend(self.app.find_files(&format!("**/{pattern}"))?);
        }
        Ok(files)
    }
}
