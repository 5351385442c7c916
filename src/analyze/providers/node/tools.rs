//! Which tools an app needs, and in which versions.

use std::iter;

use toml::Value;

use super::Node;
use super::manifest::Manifest;
use super::package_manager::PackageManager;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::procfile;

const DEFAULT_NODE_VERSION: &str = "lts";
const DEFAULT_BUN_VERSION: &str = "latest";
const NODE_VERSION: &str = "NODE_VERSION";
const BUN_VERSION: &str = "BUN_VERSION";
/// The settings of the runtimes' versions.
const VERSION_SETTINGS: [(&str, &str); 2] = [("node", NODE_VERSION), ("bun", BUN_VERSION)];
/// The way to the field with the runtimes that developers use.
const DEV_ENGINES_RUNTIME: &str = "devEngines > runtime";

impl Node<'_> {
    /// Installs the runtimes and the package manager that the app needs.
    pub(super) fn install_tools(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let needs_bun = self.needs_bun(context)?;
        if needs_bun {
            context
                .messages
                .info("Bun runs this app or one of its scripts");
            self.request_runtime(context, "bun", DEFAULT_BUN_VERSION, BUN_VERSION);
        }
        if self.needs_node(needs_bun) {
            self.request_runtime(context, "node", DEFAULT_NODE_VERSION, NODE_VERSION);
            // Node.js 25 needs it; for the others it does no harm.
            context.deploy.add_apt_packages(&["libatomic1"]);
        }
        self.package_manager.request(self, context)?;
        if self.uses_corepack() {
            context
                .mise
                .settings
                .insert("node.corepack".to_owned(), Value::from(true));
        }
        context
            .mise
            .follow_app(context.app, &mut context.packages)?;
        for (tool, setting) in VERSION_SETTINGS {
            warn_of_setting_without_effect(context, tool, setting);
        }
        if let [first, ..] = context.mise.config_files() {
            let text = format!(
                "{first} is read by mise inside the build; a version in it wins over the plan's"
            );
            context.messages.info(text);
        }
        Ok(())
    }

    /// Installs a runtime in the version that `package.json` makes mise follow, else that of the setting, else that of
    /// `engines`, else its default version.
    fn request_runtime(
        &self,
        context: &mut Context<'_>,
        tool: &str,
        default_version: &str,
        setting: &str,
    ) {
        context
            .mise
            .install(&mut context.packages, tool, default_version);
        self.request_engine(context, tool);
        if let Some(member) = &self.member
            && let Some(version) = member.package_json.engine(tool)
        {
            let origin = member.place(&format!("engines > {tool}"));
            context.packages.request(tool, version, &origin);
        }
        if let Some(setting) = context.environment.setting(setting) {
            context
                .packages
                .request(tool, &setting.value, &setting.origin);
        }
        if let Some((version, field)) = self.version_that_mise_follows(tool) {
            let origin = self.workspace.root.place(field);
            context.packages.request(tool, version, &origin);
        }
    }

    /// Installs a package manager, or leaves that to Corepack: in the version that `package.json` names, else that of
    /// `engines`, else the one that goes with the lock file, else its default version.
    pub(super) fn request_package_manager(
        &self,
        context: &mut Context<'_>,
        tool: &str,
        default_version: &str,
        lock_file: Option<(&str, &str)>,
    ) {
        context.packages.default_to(tool, default_version);
        if let Some((version, origin)) = lock_file {
            context.packages.request(tool, version, origin);
        }
        self.request_engine(context, tool);
        if let Some((version, field)) = self.package_json().named_package_manager(tool) {
            let origin = self.workspace.root.place(field);
            context.packages.request(tool, version, &origin);
        }
        if !self.uses_corepack() {
            context
                .mise
                .install(&mut context.packages, tool, default_version);
        }
    }

    /// What the manifest at the root asks for: in `engines`, and, before that, in `devEngines`.
    fn request_engine(&self, context: &mut Context<'_>, tool: &str) {
        let root = &self.workspace.root;
        let engines = root.package_json.engine(tool);
        let engines = engines.map(|version| (version, format!("engines > {tool}")));
        let developers = root.package_json.dev_engines.runtime(tool);
        let developers = developers.map(|version| (version, DEV_ENGINES_RUNTIME.to_owned()));
        if let Some((version, field)) = developers.or(engines) {
            context.packages.request(tool, version, &root.place(&field));
        }
    }

    /// The version that mise asks for wherever it runs in the app, whatever the plan says, and the field that makes it do so
    /// (<https://mise.jdx.dev/configuration.html#idiomatic-version-files>).
    fn version_that_mise_follows(&self, tool: &str) -> Option<(&str, &'static str)> {
        let package_json = self.package_json();
        if self.workspace.root.manifest != Manifest::Json {
            return None;
        }
        if let Some(version) = package_json.dev_engines.runtime(tool) {
            return Some((version, DEV_ENGINES_RUNTIME));
        }
        if self.package_manager == PackageManager::Bun && tool == "bun" {
            return package_json.named_package_manager(tool);
        }
        None
    }

    fn needs_bun(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        if self.package_manager == PackageManager::Bun || self.scripts().any(runs_bun) {
            return Ok(true);
        }
        let start = procfile::configured_start(context.config, self.app)?;
        Ok(start.is_some_and(|(_, command)| runs_bun(&command)))
    }

    /// The lines of the scripts of the package at the root, and of the one that is the app.
    fn scripts(&self) -> impl Iterator<Item = &str> {
        let member = self.member.iter().map(|member| &member.package_json);
        iter::once(self.package_json())
            .chain(member)
            .flat_map(|package_json| package_json.scripts.values())
            .map(String::as_str)
    }

    fn needs_node(&self, needs_bun: bool) -> bool {
        self.package_manager != PackageManager::Bun
            || self.package_json().package_manager.is_some()
            || self.scripts().any(|script| script.contains("node"))
            // Packages that compile something while they are installed do it with node-gyp.
            || needs_bun && !(self.package_json().dependencies.is_empty() && self.package_json().dev_dependencies.is_empty())
    }
}

/// Warns of the setting of a runtime's version where a file that mise follows decides. What the user fixed in another way
/// is told with all other versions.
fn warn_of_setting_without_effect(context: &mut Context<'_>, tool: &str, setting: &str) {
    let Some(package) = context.packages.get(tool) else {
        return;
    };
    if context.packages.is_fixed(tool) {
        return;
    }
    let Some(setting) = context.environment.setting(setting) else {
        return;
    };
    if package.origin == setting.origin || package.version == setting.value {
        return;
    }
    let text = format!(
        "{} has no effect: {} asks for {}, and mise follows it in the app's directory; change it there",
        setting.origin, package.origin, package.version
    );
    context.messages.warning(text);
}

/// Whether a line of shell calls `bun` or `bunx` with an argument.
fn runs_bun(line: &str) -> bool {
    line.split_inclusive(|character: char| character.is_whitespace() || ";&|".contains(character))
        .any(|word| {
            word.ends_with(char::is_whitespace) && matches!(word.trim_end(), "bun" | "bunx")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_bun_are_recognized() {
        for line in [
            "bun run x",
            "tsc && bun x",
            "bunx tsc",
            "a;bun b",
            "a|bunx b",
        ] {
            assert!(runs_bun(line), "{line}");
        }
        for line in [
            "bundle exec",
            "npm i bun",
            "rebun x",
            "./bun x",
            "bun;ls",
            "",
        ] {
            assert!(!runs_bun(line), "{line}");
        }
    }
}
