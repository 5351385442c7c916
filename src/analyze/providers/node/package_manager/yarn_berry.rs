//! Yarn 2 and newer.
//!
//! Rules: <https://yarnpkg.com/configuration/yarnrc>.

use serde::Deserialize;

use super::{NODE_MODULES, Node};
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::messages::Messages;
use crate::analyze::parts::exec;
use crate::analyze::providers::node::package_json::PackageJson;
use crate::plan::Command;

const SETTINGS_FILE: &str = ".yarnrc.yml";
const DEFAULT_VERSION: &str = "2";
const LOCK_FILE: &str = "yarn.lock";
/// Where Yarn keeps what it needs in the app: its own program, plugins, and the packages if it is told to.
const APP_FOLDER: &str = "/app/.yarn";
/// The packages that are in the app's repository, for installations without a network ("zero installs").
const CHECKED_IN_PACKAGES: &str = ".yarn/cache/*.zip";
const GLOBAL_FOLDER: &str = "/root/.yarn";
/// The plugin that knows `yarn workspaces focus`, which Yarn 4 knows by itself.
const WORKSPACE_TOOLS: &str = ".yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs";

/// How an app uses Yarn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct YarnBerry {
    settings: Settings,
    /// The major version that runs in the end, if anything tells it.
    major: Option<u32>,
    has_lock_file: bool,
    /// The major version that wrote the lock file.
    lock_file: Option<u32>,
    has_checked_in_packages: bool,
    has_workspace_tools: bool,
}

/// What planning reads of `.yarnrc.yml`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(default, rename_all = "camelCase")]
struct Settings {
    node_linker: Option<String>,
    global_folder: Option<String>,
    yarn_path: Option<String>,
    enable_global_cache: Option<bool>,
}

impl YarnBerry {
    pub(super) fn read(app: &App, package_json: &PackageJson) -> Result<Self, AppError> {
        let settings: Settings = if app.has(SETTINGS_FILE)? {
            app.read_yaml(SETTINGS_FILE)?
        } else {
            Settings::default()
        };
        let has_lock_file = app.has(LOCK_FILE)?;
        let lock_file = if has_lock_file {
            version_of_lock_file(&app.read_text(LOCK_FILE)?)
        } else {
            None
        };
        let named = package_json
            .named_package_manager("yarn")
            .map(|(version, _)| version);
        let version = settings
            .yarn_path
            .as_deref()
            .and_then(version_of_program)
            .or(named)
            .or(package_json.engine("yarn"));
        Ok(Self {
            major: version.and_then(major).or(lock_file),
            has_lock_file,
            lock_file,
            has_checked_in_packages: !app.find_files(CHECKED_IN_PACKAGES)?.is_empty(),
            has_workspace_tools: app.has(WORKSPACE_TOOLS)?,
            settings,
        })
    }

    /// Whether packages are linked into `node_modules`, and not resolved by Plug'n'Play.
    pub(super) fn has_node_modules(&self) -> bool {
        matches!(
            self.settings.node_linker.as_deref(),
            Some("node-modules" | "pnpm")
        )
    }

    pub(super) fn install_folders(&self) -> Vec<String> {
        let mut folders = vec![APP_FOLDER.to_owned(), self.global_folder()];
        if self.has_node_modules() {
            folders.push(NODE_MODULES.to_owned());
        }
        folders
    }

    /// The folder to mount a cache at. With Plug'n'Play an app runs out of the archives in `.yarn/cache`, so these have
    /// to be in the image; then it is the folder where Yarn keeps a copy of them for the next installation.
    pub(super) fn cache_folder(&self) -> String {
        let uses_global_cache = self
            .settings
            .enable_global_cache
            .unwrap_or(self.major >= Some(4));
        if self.has_node_modules() || self.has_checked_in_packages || uses_global_cache {
            format!("{APP_FOLDER}/cache")
        } else {
            match self.settings.global_folder {
                Some(_) => format!("{}/cache", self.global_folder()),
                None => format!("{GLOBAL_FOLDER}/berry/cache"),
            }
        }
    }

    pub(super) fn request(&self, node: &Node<'_>, context: &mut Context<'_>) {
        let version = self.lock_file.map(|major| major.to_string());
        let lock_file = version.as_deref().map(|version| (version, LOCK_FILE));
        node.request_package_manager(context, "yarn", DEFAULT_VERSION, lock_file);
    }

    pub(super) fn install_command(&self, messages: &mut Messages) -> Command {
        if self.has_lock_file {
            return exec("yarn install --check-cache");
        }
        messages.suggestion(format!(
            "add a {LOCK_FILE}, so that every build installs the same"
        ));
        // Where `CI` is set Yarn refuses to write a lock file.
        exec("yarn install --no-immutable")
    }

    pub(super) fn prune_command(&self, messages: &mut Messages) -> Command {
        if matches!(self.major, Some(2 | 3)) && !self.has_workspace_tools {
            messages.warning(
                "Yarn 2 and 3 remove development dependencies only with the plugin workspace-tools, which is not there, \
                 so they stay in the image",
            );
            return exec("yarn install --check-cache");
        }
        exec("yarn workspaces focus --production --all")
    }

    fn global_folder(&self) -> String {
        match self.settings.global_folder.as_deref() {
            None => GLOBAL_FOLDER.to_owned(),
            Some(folder) if folder.starts_with('/') => folder.to_owned(),
            Some(folder) => match folder.strip_prefix("~/") {
                Some(folder) => format!("/root/{folder}"),
                None => format!("/app/{}", folder.trim_start_matches("./")),
            },
        }
    }
}

/// The major version of Yarn that wrote a lock file.
fn version_of_lock_file(text: &str) -> Option<u32> {
    let mut metadata = text.lines().skip_while(|line| *line != "__metadata:");
    let line = metadata.find_map(|line| line.trim().strip_prefix("version:"))?;
    let version: u32 = line.trim().parse().ok()?;
    Some(match version {
        ..=4 => 2,
        5..=6 => 3,
        _ => 4,
    })
}

/// The version of `.yarn/releases/yarn-3.8.7.cjs`.
fn version_of_program(path: &str) -> Option<&str> {
    let (_, name) = path.rsplit_once('/')?;
    name.strip_prefix("yarn-")?.strip_suffix(".cjs")
}

/// The major version at the start of a version or range.
fn major(version: &str) -> Option<u32> {
    let digits = version.trim_start_matches(|character: char| !character.is_ascii_digit());
    digits
        .split(|character: char| !character.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bare, install_folders, lines, tools};
    use crate::analyze::testing::{package, plan};

    #[test]
    fn yarn_takes_its_packages_from_where_its_settings_put_them() {
        const IN_APP: &str = "/app/.yarn/cache";
        for (settings, extra, folders, cache) in [
            (
                "",
                ".yarn/cache/ms.zip",
                &["/app/.yarn", "/root/.yarn"][..],
                IN_APP,
            ),
            (
                "",
                "x",
                &["/app/.yarn", "/root/.yarn"],
                "/root/.yarn/berry/cache",
            ),
            (
                "nodeLinker: node-modules\n",
                "x",
                &["/app/.yarn", "/root/.yarn", "/app/node_modules"],
                IN_APP,
            ),
            (
                "nodeLinker: \"pnpm\" # c\n",
                "x",
                &["/app/.yarn", "/root/.yarn", "/app/node_modules"],
                IN_APP,
            ),
            (
                "nodeLinker: pnp\nglobalFolder: /opt/yarn\n",
                "x",
                &["/app/.yarn", "/opt/yarn"],
                "/opt/yarn/cache",
            ),
            (
                "globalFolder: ./.yarn/global\n",
                "x",
                &["/app/.yarn", "/app/.yarn/global"],
                "/app/.yarn/global/cache",
            ),
            (
                "globalFolder: ~/y\n",
                "x",
                &["/app/.yarn", "/root/y"],
                "/root/y/cache",
            ),
            (
                "enableGlobalCache: true\n",
                "x",
                &["/app/.yarn", "/root/.yarn"],
                IN_APP,
            ),
            (
                "yarnPath: .yarn/releases/yarn-4.1.0.cjs\n",
                "x",
                &["/app/.yarn", "/root/.yarn"],
                IN_APP,
            ),
        ] {
            let tree = bare("{}").file(".yarnrc.yml", settings).file(extra, "");
            let analysis = plan(tree, &[]);
            assert_eq!(install_folders(&analysis), folders, "{settings}");
            assert_eq!(
                analysis.plan.caches["yarn-install"].directory, cache,
                "{settings}"
            );
            assert!(lines(&analysis, "install").ends_with("\nyarn install --no-immutable"));
        }
        let locked = plan(bare("{}").file("yarn.lock", "\n__metadata:\n"), &[]);
        assert!(lines(&locked, "install").ends_with("\nyarn install --check-cache"));
    }

    #[test]
    fn the_yarn_version_is_the_named_one_then_that_of_engines_then_that_of_the_lock_file() {
        let lock_file =
            |version: u32| format!("# x\n\n__metadata:\n  version: {version}\n  cacheKey: 1\n");
        for (version, expected) in [(4, "2"), (5, "3"), (6, "3"), (8, "4")] {
            let tree = bare("{}").file("yarn.lock", lock_file(version));
            assert_eq!(
                package(&plan(tree, &[]), "yarn"),
                Some((expected, "yarn.lock"))
            );
        }
        let engines = bare(r#"{"engines": {"yarn": "4.1.0"}}"#).file("yarn.lock", lock_file(6));
        assert_eq!(
            package(&plan(engines, &[]), "yarn"),
            Some(("4.1.0", "package.json > engines > yarn"))
        );
        let named = plan(
            bare(r#"{"engines": {"yarn": "4"}, "packageManager": "yarn@4.9.2"}"#),
            &[],
        );
        assert_eq!(
            package(&named, "yarn"),
            Some(("4.9.2", "package.json > packageManager"))
        );
        assert_eq!(tools(&named), "[tools]\nnode = \"lts\"");
        let nothing = plan(bare("{}").file(".yarnrc.yml", ""), &[]);
        assert_eq!(package(&nothing, "yarn"), Some(("2", "railpack default")));
    }
}
