//! Which tools an app needs, and in which versions.

use toml::Value;

use super::Node;
use super::package_manager::PackageManager;
use crate::analyze::context::Context;

const DEFAULT_NODE_VERSION: &str = "lts";
const DEFAULT_BUN_VERSION: &str = "latest";
/// The setting `RAILPACK_BUN_VERSION`.
const BUN_VERSION: &str = "BUN_VERSION";

impl Node<'_> {
    /// Installs the runtimes that the app needs.
    pub(super) fn install_tools(&self, context: &mut Context<'_>) {
        let needs_bun = self.needs_bun(context);
        if needs_bun {
            context
                .messages
                .info("Bun runs this app or one of its scripts");
            self.request(context, "bun", DEFAULT_BUN_VERSION);
            request_setting(context, "bun", BUN_VERSION);
            self.request_package_manager(context);
        }
        if self.needs_node(needs_bun) {
            self.request(context, "node", DEFAULT_NODE_VERSION);
            request_setting(context, "node", "NODE_VERSION");
            // Node.js 25 needs it; for the others it does no harm.
            context.deploy.add_apt_packages(&["libatomic1"]);
        }
        if self.uses_corepack() {
            context
                .mise
                .settings
                .insert("node.corepack".to_owned(), Value::from(true));
        }
        if let [first, ..] = context.mise.config_files() {
            let text = format!(
                "{first} is read by mise inside the build; a version in it wins over the plan's"
            );
            context.messages.info(text);
        }
    }

    /// Installs a tool in the version of `engines`, else in its default version.
    fn request(&self, context: &mut Context<'_>, tool: &str, default_version: &str) {
        context
            .mise
            .install(&mut context.packages, tool, default_version);
        if let Some(version) = self.package_json().engine(tool) {
            context
                .packages
                .request(tool, version, &format!("package.json > engines > {tool}"));
        }
    }

    /// What `packageManager` names goes before all: mise reads it wherever it runs in the app, and asks for no other.
    fn request_package_manager(&self, context: &mut Context<'_>) {
        const ORIGIN: &str = "package.json > packageManager";

        if self.package_manager != PackageManager::Bun {
            return;
        }
        let Some((_, version)) = self.package_json().package_manager_parts() else {
            return;
        };
        context.packages.request("bun", version, ORIGIN);
        if let Some(setting) = context.environment.setting(BUN_VERSION)
            && setting.value != version
        {
            let text = format!(
                "{} has no effect: {ORIGIN} asks for {version}, and mise follows it in the app's directory; \
                 change it there",
                setting.origin
            );
            context.messages.warning(text);
        }
    }

    fn needs_bun(&self, context: &Context<'_>) -> bool {
        self.package_manager == PackageManager::Bun
            || self
                .package_json()
                .scripts
                .values()
                .any(|script| runs_bun(script))
            || context
                .config
                .deploy
                .start_command
                .as_deref()
                .is_some_and(runs_bun)
    }

    fn needs_node(&self, needs_bun: bool) -> bool {
        self.package_manager != PackageManager::Bun
            || self.package_json().package_manager.is_some()
            || self.package_json().scripts.values().any(|script| script.contains("node"))
            // Packages that compile something while they are installed do it with node-gyp.
            || needs_bun && !(self.package_json().dependencies.is_empty() && self.package_json().dev_dependencies.is_empty())
    }
}

/// Asks for the version that a setting names, if it is set.
fn request_setting(context: &mut Context<'_>, tool: &str, name: &str) {
    if let Some(setting) = context.environment.setting(name) {
        context
            .packages
            .request(tool, &setting.value, &setting.origin);
    }
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
