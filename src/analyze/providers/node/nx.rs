//! Nx (<https://nx.dev>), whose workspaces often hold no scripts: Nx infers what building an app means.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/node/nx.go>.

use super::frameworks::next;
use super::workspace::{Package, Workspace};
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::parts::shell_word;

const SETTINGS_FILE: &str = "nx.json";
/// The setting `RAILPACK_NX_APP`.
const APP_SETTING: &str = "NX_APP";

/// The app of an Nx workspace that is built and started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NxApp {
    /// What Nx calls it.
    project: String,
    directory: String,
}

impl NxApp {
    /// The app that a setting names, else the only one that there is.
    pub(super) fn find(
        context: &mut Context<'_>,
        app: &App,
        workspace: &Workspace,
    ) -> Result<Option<Self>, AppError> {
        let uses_nx = workspace
            .packages()
            .any(|package| package.package_json.has_dependency("nx"));
        if !uses_nx || !app.has(SETTINGS_FILE)? {
            return Ok(None);
        }
        let mut packages = Vec::new();
        for package in workspace.packages() {
            if is_next_app(app, package)? {
                packages.push(package);
            }
        }
        let names: Vec<_> = packages
            .iter()
            .map(|package| project_name(package))
            .collect();
        let names = names.join(", ");
        let setting = context.environment.setting(APP_SETTING);
        let found = match (&setting, packages.as_slice()) {
            (_, []) => None,
            (None, [package]) => Some(*package),
            (None, _) => {
                context.messages.warning(format!(
                    "the Nx workspace holds several apps of Next.js: {names}; choose one with RAILPACK_{APP_SETTING}"
                ));
                None
            }
            (Some(setting), packages) => {
                let chosen = packages
                    .iter()
                    .find(|package| is_called(package, &setting.value));
                if chosen.is_none() {
                    context.messages.warning(format!(
                        "{} is `{}`, and no app of Next.js in the Nx workspace has this name; there is {names}",
                        setting.origin, setting.value
                    ));
                }
                chosen.copied()
            }
        };
        Ok(found.map(|package| Self {
            project: project_name(package).to_owned(),
            directory: package.directory.clone(),
        }))
    }

    /// The command that builds it.
    pub(super) fn build_command(&self) -> String {
        format!("nx build {}", shell_word(&self.project))
    }

    /// The command that starts it, without Nx, which is a development dependency.
    pub(super) fn start_command(&self) -> String {
        if self.directory.is_empty() {
            next::START.to_owned()
        } else {
            format!("cd {} && {}", shell_word(&self.directory), next::START)
        }
    }
}

/// Whether a package is an app of Next.js. The package at the root often lists Next.js for all the others.
pub(super) fn is_next_app(app: &App, package: &Package) -> Result<bool, AppError> {
    for file in next::CONFIG_FILES {
        if app.has(&package.path(file))? {
            return Ok(true);
        }
    }
    let package_json = &package.package_json;
    let builds_next = package_json
        .script("build")
        .is_some_and(|script| script.contains("next build"));
    Ok(package_json.has_dependency("next") && (builds_next || !package.directory.is_empty()))
}

/// What Nx calls a package.
fn project_name(package: &Package) -> &str {
    package.name().unwrap_or_else(|| package.directory_name())
}

/// Whether a package is meant by a name: its own, with or without scope, or its directory's, with or without parents.
fn is_called(package: &Package, name: &str) -> bool {
    let own_name = package.name().unwrap_or_default();
    let name_without_scope = own_name.rsplit('/').next().unwrap_or(own_name);
    [
        own_name,
        name_without_scope,
        &package.directory,
        package.directory_name(),
    ]
    .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::{BaseImages, Environment, Message};

    fn tree(apps: &[&str]) -> Memory {
        let mut tree = Memory::default()
            .file(
                "package.json",
                r#"{"name": "root", "workspaces": ["apps/*"], "dependencies": {"next": "16"}, "devDependencies": {"nx": "22"}}"#,
            )
            .file("nx.json", "{}");
        for app in apps {
            let package_json =
                format!(r#"{{"name": "@org/{app}", "dependencies": {{"next": "16"}}}}"#);
            tree = tree.file(&format!("apps/{app}/package.json"), package_json);
        }
        tree
    }

    fn find(tree: Memory, setting: Option<&str>) -> (Option<NxApp>, Vec<Message>) {
        let app = tree.app();
        let mut environment = Environment::default();
        if let Some(setting) = setting {
            environment.set("RAILPACK_NX_APP", setting);
        }
        let config = crate::analyze::config::Config::default();
        let images = BaseImages::default();
        let mut context = Context::new(&app, &environment, &config, &images).unwrap();
        let workspace = Workspace::read(&app).unwrap();
        let found = NxApp::find(&mut context, &app, &workspace).unwrap();
        (found, context.messages.to_vec())
    }

    #[test]
    fn the_only_app_is_built_by_nx_and_started_without_it() {
        let app = find(tree(&["web"]), None).0.unwrap();
        assert_eq!(app.build_command(), "nx build @org/web");
        assert_eq!(app.start_command(), "cd apps/web && next start");
        let root = find(tree(&[]).file("next.config.mjs", ""), None).0.unwrap();
        assert_eq!(root.build_command(), "nx build root");
        assert_eq!(root.start_command(), "next start");
    }

    #[test]
    fn a_setting_chooses_by_any_name() {
        for name in ["@org/docs", "docs", "apps/docs"] {
            let app = find(tree(&["web", "docs"]), Some(name)).0.unwrap();
            assert_eq!(app.project, "@org/docs", "{name}");
        }
    }

    #[test]
    fn who_has_to_choose_is_told_among_what() {
        let texts: Vec<_> = [None, Some("shop")]
            .into_iter()
            .map(|setting| {
                let (app, messages) = find(tree(&["web", "docs"]), setting);
                assert_eq!(app, None);
                messages[0].text.clone()
            })
            .collect();
        insta::assert_snapshot!(texts.join("\n"), @"
        the Nx workspace holds several apps of Next.js: @org/docs, @org/web; choose one with RAILPACK_NX_APP
        RAILPACK_NX_APP is `shop`, and no app of Next.js in the Nx workspace has this name; there is @org/docs, @org/web
        ");
    }

    #[test]
    fn without_nx_there_is_no_app_of_it() {
        let next = r#"{"dependencies": {"next": "16"}, "scripts": {"build": "next build"}}"#;
        let plain = Memory::default().file("package.json", next);
        assert_eq!(find(plain.file("nx.json", "{}"), None).0, None);
        assert_eq!(find(tree(&[]), None).0, None);
    }
}
