//! The package manager of an app, and what differs between them.

use std::fmt;

use super::package_json::PackageJson;
use crate::analyze::app::App;
use crate::analyze::caches::Caches;
use crate::analyze::environment::Environment;
use crate::analyze::error::AnalyzeError;
use crate::analyze::messages::Messages;
use crate::analyze::parts::{exec, shell, shell_word};
use crate::plan::Command;

/// A package manager whose apps can be planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PackageManager {
    Npm,
    Bun,
}

/// Lock and configuration files that tell a package manager, in the order in which they count.
const FILES: [(&str, &str); 6] = [
    ("pnpm-lock.yaml", "pnpm"),
    ("bun.lockb", "bun"),
    ("bun.lock", "bun"),
    (".yarnrc.yml", "yarn"),
    (".yarnrc.yaml", "yarn"),
    ("yarn.lock", "yarn"),
];
/// The `engines` that tell a package manager, in the order in which they count.
const ENGINES: [&str; 3] = ["pnpm", "bun", "yarn"];

impl PackageManager {
    /// The package manager that `packageManager` names, else the one of the files, else the one of `engines`, else npm.
    pub(super) fn detect(
        app: &App,
        package_json: &PackageJson,
        messages: &mut Messages,
    ) -> Result<Self, AnalyzeError> {
        if let Some((name, _)) = package_json.package_manager_parts() {
            return Self::named(name, "`packageManager` in package.json");
        }
        for (file, name) in FILES {
            if app.has(file)? {
                return Self::named(name, file);
            }
        }
        for name in ENGINES {
            if package_json.engine(name).is_some() {
                return Self::named(name, &format!("`engines.{name}` in package.json"));
            }
        }
        if app.has("package-lock.json")? {
            messages.info("package-lock.json found, so npm it is");
        } else {
            messages.warning("nothing tells the package manager, so npm it is; add a package-lock.json to install the same every time");
        }
        messages.suggestion(
            "name the package manager and its version in package.json as `packageManager`",
        );
        Ok(Self::Npm)
    }

    fn named(name: &str, found: &str) -> Result<Self, AnalyzeError> {
        match name {
            "npm" => Ok(Self::Npm),
            "bun" => Ok(Self::Bun),
            _ => Err(AnalyzeError::Unsupported {
                what: format!("the package manager {name}"),
                found: found.to_owned(),
            }),
        }
    }

    /// The command that runs a script of `package.json`.
    pub(super) fn run_script(self, script: &str) -> String {
        format!("{self} run {script}")
    }

    /// The command that runs a file.
    pub(super) fn run_file(self, file: &str) -> String {
        let runtime = match self {
            Self::Npm => "node",
            Self::Bun => "bun",
        };
        format!("{runtime} {}", shell_word(file))
    }

    /// Adds the cache of downloaded packages, and gives its key.
    pub(super) fn add_cache(self, caches: &mut Caches) -> String {
        match self {
            Self::Npm => caches.add("npm-install", "/root/.npm"),
            Self::Bun => caches.add("bun-install", "/root/.bun/install/cache"),
        }
    }

    /// The command that installs the dependencies.
    pub(super) fn install_command(self, environment: &Environment) -> Command {
        match self {
            // `npm ci` refuses a lock file that does not fit package.json, which many apps have without knowing.
            Self::Npm => exec(
                environment
                    .setting("NODE_NPM_INSTALL")
                    .map_or("npm install".to_owned(), |setting| setting.value),
            ),
            Self::Bun => exec("bun install --frozen-lockfile"),
        }
    }

    /// The command that removes development dependencies.
    pub(super) fn prune_command(self, environment: &Environment) -> Command {
        if let Some(setting) = environment.setting("NODE_PRUNE_CMD") {
            return exec(setting.value);
        }
        match self {
            Self::Npm => exec("npm prune --omit=dev --ignore-scripts"),
            // bun cannot prune: https://github.com/oven-sh/bun/issues/3605
            Self::Bun => shell("rm -rf node_modules && bun install --production --ignore-scripts"),
        }
    }
}

impl fmt::Display for PackageManager {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Npm => "npm",
            Self::Bun => "bun",
        })
    }
}
