//! Node.js and Bun.
//!
//! Rules: <https://github.com/railwayapp/railpack/tree/v0.37.0/core/providers/node>,
//! <https://railpack.com/languages/node>.

mod browsers;
mod dev_engines;
mod frameworks;
mod install;
mod main_file;
mod manifest;
mod member;
mod node_modules;
mod nx;
mod package_json;
mod package_manager;
mod scripts;
mod site;
#[cfg(test)]
mod tests;
mod tools;
mod workspace;

use std::collections::BTreeMap;

use super::Provider;
use crate::analyze::app::App;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, local_layer, shell_word, step_layer, step_paths};
use crate::analyze::procfile;
use crate::analyze::steps::{CommandStep, MISE_INSTALLS, MISE_SHIMS};
use crate::analyze::workspace_member;
use crate::plan::Plan;
use frameworks::{Frameworks, Start};
#[cfg(feature = "frontend")]
pub(crate) use install::INSTALL_FILES;
use manifest::Manifest;
use nx::NxApp;
use package_json::PackageJson;
use package_manager::PackageManager;
pub(crate) use scripts::warn_of_configured_calls;
use workspace::{Package, Workspace};

/// Where build tools keep what makes their next run faster.
const NODE_MODULES_CACHE: &str = "/app/node_modules/.cache";
/// Where Corepack keeps the package managers that it installs.
const COREPACK_HOME: &str = "/opt/corepack";

const START_COMMAND_HELP: &str = "for a Node.js or Bun app these are looked at, in this order:
1. the script `start` in package.json
2. the file named by `main` in package.json
3. index.js, then index.ts
4. a framework whose server is known: Next.js, Nuxt, TanStack Start, SvelteKit
5. the app of Next.js in an Nx workspace

an app that is only files once it is built needs none: name their directory in RAILPACK_SPA_OUTPUT_DIR";

/// The provider of Node.js and Bun apps.
pub(super) struct NodeProvider;

impl Provider for NodeProvider {
    fn name(&self) -> &'static str {
        "node"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(Manifest::find(context.app, "")?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let node = Node::read(context, context.app)?;
        node.note_findings(context);
        node.install_tools(context)?;

        let mut install = CommandStep::new("install");
        install.inputs.push(step_layer(&context.mise.name));
        node.install_dependencies(context, &mut install)?;
        if node.frameworks.site.is_none() {
            node.install_browsers(context, &mut install);
        }

        let mut prune = CommandStep::new("prune");
        prune.inputs.push(step_layer(&install.name));
        let prunes = context.environment.flag("PRUNE_DEPS") || context.prunes_dependencies;
        if prunes && node.frameworks.site.is_none() {
            node.prune_dependencies(context, &mut prune);
        }

        let mut build = CommandStep::new("build");
        build.inputs.push(step_layer(&install.name));
        node.build(context, &mut build)?;

        let is_started = node.frameworks.site.is_none()
            && !context.is_beside
            && procfile::configured_start(context.config, node.app)?.is_none();
        node.warn_of_own_calls(context, is_started)?;
        if is_started && build.commands.is_empty() {
            node.warn_of_missing_main(context)?;
        }

        context.deploy.variables.extend(node.variables());
        if let Some(site) = &node.frameworks.site {
            node.deploy_site(context, site, &build)?;
            context.add_step(install);
            context.add_step(build);
            return Ok(());
        }
        context.deploy.start_command = node.start_command()?;
        if context.deploy.start_command.is_none() && context.config.deploy.start_command.is_none() {
            node.suggest_members(&mut context.messages);
        }
        let dependencies = if prunes { &prune.name } else { &build.name };
        let mut outputs = vec!["/root/.cache", "."];
        if node.uses_corepack() {
            // Corepack changes the tools that the step of mise has installed.
            outputs.extend([COREPACK_HOME, MISE_INSTALLS, MISE_SHIMS]);
        }
        context.deploy.inputs.extend(context.mise.layer());
        let install_folders = node.package_manager.install_folders();
        let install_folders: Vec<_> = install_folders.iter().map(String::as_str).collect();
        context.deploy.inputs.extend([
            step_paths(dependencies, &install_folders, &[]),
            step_paths(&build.name, &outputs, &["node_modules", ".yarn"]),
        ]);

        context.add_step(install);
        context.add_step(prune);
        context.add_step(build);
        Ok(())
    }

    fn amend(&self, plan: &mut Plan) {
        node_modules::drop_cache(plan, NODE_MODULES_CACHE);
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// An app of Node.js or Bun, or the part of another app that is one.
struct Node<'a> {
    app: &'a App,
    package_manager: PackageManager,
    workspace: Workspace,
    /// The package of the workspace that is the app, if it is not the one at the root.
    member: Option<Package>,
    /// Built and started where the root has no scripts for it.
    nx_app: Option<NxApp>,
    frameworks: Frameworks,
}

impl<'a> Node<'a> {
    fn read(context: &mut Context<'_>, app: &'a App) -> Result<Self, AnalyzeError> {
        let workspace = Workspace::read(app)?;
        workspace.warn_if_elsewhere(app, &mut context.messages)?;
        let package_manager = PackageManager::detect(app, &workspace.root, &mut context.messages)?;
        let member = workspace
            .choose(context.config.app_directory.as_ref())?
            .cloned();
        let root = &workspace.root.package_json;
        let needs_nx_app =
            member.is_none() && (root.script("build").is_none() || root.script("start").is_none());
        let nx_app = if needs_nx_app {
            NxApp::find(context, app, &workspace)?
        } else {
            None
        };
        let package = member.as_ref().unwrap_or(&workspace.root);
        let mut frameworks = Frameworks::find(context, app, package)?;
        if context.is_beside {
            // What is built is served by the app that it is a part of.
            frameworks.site = None;
        }
        let node = Self {
            app,
            package_manager,
            workspace,
            member,
            nx_app,
            frameworks,
        };
        if let Some(package) = &node.member {
            workspace_member::warn_of_files(context, app, &package.directory)?;
        }
        node.check_corepack()?;
        Ok(node)
    }

    /// The package that is the app.
    fn package(&self) -> &Package {
        self.member.as_ref().unwrap_or(&self.workspace.root)
    }

    /// The app's own `package.json`.
    fn package_json(&self) -> &PackageJson {
        &self.workspace.root.package_json
    }

    /// Refuses a `packageManager` that Corepack would refuse inside the build.
    fn check_corepack(&self) -> Result<(), AnalyzeError> {
        let Some(found) = &self.package_json().package_manager else {
            return Ok(());
        };
        let is_exact = self
            .package_json()
            .package_manager_parts()
            .is_some_and(|(_, version)| is_exact_version(version));
        if self.uses_corepack() && !is_exact {
            return Err(AnalyzeError::Value {
                place: self.workspace.root.place("packageManager"),
                found: found.clone(),
                expected: "a name and an exact version, as in `npm@11.4.2`".into(),
            });
        }
        Ok(())
    }

    /// Whether Corepack installs the package manager. Bun is a runtime too, and always a tool of mise; and Corepack reads
    /// `package.json` alone.
    fn uses_corepack(&self) -> bool {
        let package_json = self.package_json();
        package_json.package_manager.is_some()
            && self.package_manager != PackageManager::Bun
            && self.workspace.root.manifest == Manifest::Json
            && package_json
                .package_manager_parts()
                .is_none_or(|(name, _)| name == self.package_manager.program())
    }

    fn note_findings(&self, context: &mut Context<'_>) {
        let runtime = match self.frameworks.name {
            Some(framework) => framework,
            None if self.package_manager == PackageManager::Bun => "bun",
            None => "node",
        };
        context.note("nodeIsSPA", self.frameworks.site.is_some());
        context
            .metadata
            .insert("nodeRuntime".to_owned(), runtime.to_owned());
        context.metadata.insert(
            "nodePackageManager".to_owned(),
            self.package_manager.id().to_owned(),
        );
        context.note("nodeUsesCorepack", self.uses_corepack());
        context.messages.info(format!(
            "using the package manager {}",
            self.package_manager
        ));
        if !self.workspace.members.is_empty() {
            context.messages.info(format!(
                "found a workspace of {} packages",
                self.workspace.members.len()
            ));
        }
        if let Some(member) = &self.member {
            let text = format!("the app is {}", member.directory);
            context.messages.info(text);
        }
    }

    fn build(&self, context: &mut Context<'_>, step: &mut CommandStep) -> Result<(), AnalyzeError> {
        step.inputs.push(local_layer());
        if let Some(member) = &self.member {
            step.commands.extend(self.build_member(member)?);
        } else if self.package_json().script("build").is_some() {
            step.commands
                .push(exec(self.package_manager.run_script("build")));
        } else if let Some(nx_app) = &self.nx_app {
            step.commands.push(exec(nx_app.build_command()));
            step.variables
                .insert("NEXT_TELEMETRY_DISABLED".to_owned(), "1".to_owned());
        }
        for (name, value) in &self.frameworks.build_variables {
            step.variables
                .insert((*name).to_owned(), (*value).to_owned());
        }
        step.caches
            .push(context.caches.add("node-modules", NODE_MODULES_CACHE));
        let caches = Frameworks::add_caches(self.app, &self.workspace, &mut context.caches)?;
        step.caches.extend(caches);
        Ok(())
    }

    fn start_command(&self) -> Result<Option<String>, AnalyzeError> {
        if let Some(member) = &self.member {
            return Ok(self
                .start_member(member)?
                .or_else(|| self.start_framework()));
        }
        if self.package_json().script("start").is_some() {
            return Ok(Some(self.package_manager.run_script("start")));
        }
        let main = self
            .package_json()
            .main
            .as_deref()
            .filter(|main| !main.is_empty());
        let file = match main {
            Some(main) => Some(main),
            None => self.app.first_of(&["index.js", "index.ts"])?,
        };
        Ok(file
            .map(|file| self.package_manager.run_file(file))
            .or_else(|| self.start_framework())
            .or_else(|| self.nx_app.as_ref().map(NxApp::start_command)))
    }

    /// The command that starts the server of the app's framework.
    fn start_framework(&self) -> Option<String> {
        let line = match self.frameworks.start.as_ref()? {
            Start::Program(line) => self.package_manager.run_program(line),
            Start::Line(line) => line.clone(),
        };
        Some(match &self.member {
            Some(member) => format!("cd {} && {line}", shell_word(&member.directory)),
            None => line,
        })
    }

    /// The environment of the build and the app.
    fn variables(&self) -> BTreeMap<String, String> {
        [
            ("NODE_ENV", "production"),
            ("NPM_CONFIG_PRODUCTION", "false"),
            ("NPM_CONFIG_UPDATE_NOTIFIER", "false"),
            ("NPM_CONFIG_FUND", "false"),
            ("NPM_CONFIG_FETCH_RETRIES", "5"),
            ("CI", "true"),
        ]
        .iter()
        .chain(self.package_manager.variables())
        .chain(&self.frameworks.variables)
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
    }
}

/// Whether a version is one that Corepack takes: three numbers, or the address of an archive.
fn is_exact_version(version: &str) -> bool {
    let numbers = version.split('-').next().unwrap_or(version);
    let is_number = |part: &str| part.parse::<u32>().is_ok();
    version.starts_with("https://")
        || numbers.split('.').count() == 3 && numbers.split('.').all(is_number)
}
