//! One package of a workspace as the app: dependencies are installed for the whole workspace, and only this package, with
//! what it needs of the others, is built and started.

use std::collections::{BTreeMap, BTreeSet};

use super::frameworks::next;
use super::package_manager::PackageManager;
use super::workspace::{Package, Workspace};
use super::{Node, nx};
use crate::analyze::app::AppError;
use crate::analyze::config::Sourced;
use crate::analyze::error::AnalyzeError;
use crate::analyze::messages::Messages;
use crate::analyze::parts::{exec, shell, shell_word};
use crate::analyze::workspace_member;
use crate::plan::Command;

/// Tools that build a package and what it needs of the workspace, in the right order: the file and the dependency that
/// show them, and the command up to the package's name.
const TASK_RUNNERS: [(&str, &str, &str); 2] = [
    ("turbo.json", "turbo", "turbo run build --filter="),
    ("nx.json", "nx", "nx build "),
];
const INDEX_FILES: [&str; 2] = ["index.js", "index.ts"];

impl Workspace {
    /// The package in the directory that a setting names; `None` is the package at the root.
    pub(super) fn choose(
        &self,
        setting: Option<&Sourced<String>>,
    ) -> Result<Option<&Package>, AnalyzeError> {
        let Some(setting) = setting else {
            return Ok(None);
        };
        workspace_member::choose(
            setting,
            &self.members,
            |package| &package.directory,
            |package| Ok(package.name().map(str::to_owned)),
        )
    }

    /// The packages of the workspace that `package` depends on, each behind those that it depends on itself.
    fn needed_by<'a>(&'a self, package: &'a Package) -> Vec<&'a Package> {
        let names: BTreeMap<_, _> = self
            .members
            .iter()
            .filter_map(|member| Some((member.name()?, member)))
            .collect();
        // In the order of the directories once the last is taken first.
        let dependencies_of = |package: &Package| {
            let dependencies = package.package_json.dependency_names();
            let mut members: Vec<&Package> = dependencies
                .filter_map(|name| names.get(name).copied())
                .collect();
            members.sort_by(|one, other| other.directory.cmp(&one.directory));
            members
        };
        let mut needed = Vec::new();
        let mut seen = BTreeSet::from([package.directory.as_str()]);
        // A package, and how many of its dependencies have been looked at.
        let mut path = vec![(package, dependencies_of(package))];
        while let Some((package, dependencies)) = path.last_mut() {
            if let Some(dependency) = dependencies.pop() {
                if seen.insert(&dependency.directory) {
                    path.push((dependency, dependencies_of(dependency)));
                }
            } else {
                needed.push(*package);
                path.pop();
            }
        }
        // The package itself comes last.
        needed.pop();
        needed
    }
}

impl Node<'_> {
    /// The commands that build a package of the workspace, and before it what it needs of the others.
    pub(super) fn build_member(&self, member: &Package) -> Result<Vec<Command>, AppError> {
        for (file, dependency, line) in TASK_RUNNERS {
            if self.app.has(file)? && self.workspace.root.package_json.has_dependency(dependency) {
                let name = member.name().unwrap_or_else(|| member.directory_name());
                let line = format!("{line}{}", shell_word(name));
                return Ok(vec![exec(self.package_manager.run_program(&line))]);
            }
        }
        let mut packages = self.workspace.needed_by(member);
        packages.push(member);
        Ok(packages
            .into_iter()
            .filter(|package| package.package_json.script("build").is_some())
            .map(|package| self.run_member_script(package, "build"))
            .collect())
    }

    /// The command that starts a package of the workspace.
    pub(super) fn start_member(&self, member: &Package) -> Result<Option<String>, AppError> {
        if member.package_json.script("start").is_some() {
            return Ok(Some(self.member_script(member, "start")));
        }
        let mut file = member.package_json.main.as_deref();
        for index_file in INDEX_FILES {
            if file.is_none_or(str::is_empty) && self.app.has(&member.path(index_file))? {
                file = Some(index_file);
            }
        }
        let line = match file.filter(|file| !file.is_empty()) {
            Some(file) => self.package_manager.run_file(file),
            None if nx::is_next_app(self.app, member)? => {
                self.package_manager.run_program(next::START)
            }
            None => return Ok(None),
        };
        Ok(Some(format!(
            "cd {} && {line}",
            shell_word(&member.directory)
        )))
    }

    /// Tells who has not chosen a package which ones can be started.
    pub(super) fn suggest_members(&self, messages: &mut Messages) {
        let members: Vec<_> = self
            .workspace
            .members
            .iter()
            .filter(|member| member.package_json.script("start").is_some())
            .map(|member| member.directory.as_str())
            .collect();
        if !members.is_empty() {
            messages.suggestion(format!(
                "nothing at the root of the workspace can be started; choose a package with --app-dir: {}",
                members.join(", ")
            ));
        }
    }

    fn run_member_script(&self, member: &Package, script: &str) -> Command {
        let line = self.member_script(member, script);
        if line.starts_with("cd ") {
            shell(&line)
        } else {
            exec(line)
        }
    }

    /// The line that runs a script of a package, from the root of the workspace.
    fn member_script(&self, member: &Package, script: &str) -> String {
        let directory = shell_word(&member.directory);
        match &self.package_manager {
            PackageManager::Npm => format!("npm run {script} --workspace {directory}"),
            PackageManager::Pnpm => format!("pnpm --filter ./{directory} run {script}"),
            // `--filter` would write the package's name in front of every line of its output.
            PackageManager::Bun => format!("bun run --cwd {directory} {script}"),
            PackageManager::YarnClassic | PackageManager::YarnBerry(_) => match member.name() {
                Some(name) => format!("yarn workspace {} run {script}", shell_word(name)),
                None => format!("cd {directory} && yarn run {script}"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::{commands, package, plan, start_command, try_plan};
    use crate::analyze::{AnalyzeOptions, Environment, analyze};

    const WEB: [(&str, &str); 1] = [("RAILPACK_APP_DIR", "apps/web")];

    /// A workspace of which `apps/web` needs `packages/ui`, and that `packages/util`; `packages/old` is of no use.
    fn tree(root: &str) -> Memory {
        let package = |name: &str, rest: &str| {
            format!(r#"{{"name": "@org/{name}", "scripts": {{"build": "x"}}, {rest}}}"#)
        };
        Memory::default()
            .file(
                "package.json",
                format!(r#"{{"workspaces": ["apps/*", "packages/*"], {root}}}"#),
            )
            .file(
                "apps/web/package.json",
                r#"{"name": "@org/web", "scripts": {"build": "x", "start": "y"}, "dependencies": {"@org/ui": "*", "ms": "2"}}"#,
            )
            .file(
                "packages/ui/package.json",
                package("ui", r#""dependencies": {"@org/util": "*"}, "devDependencies": {"@org/web": "*", "@org/lint": "*"}"#),
            )
            .file("packages/util/package.json", package("util", r#""main": "x.js""#))
            .file("packages/lint/package.json", r#"{"name": "@org/lint"}"#)
            .file("packages/old/package.json", package("old", r#""main": """#))
    }

    #[test]
    fn a_package_is_built_behind_what_it_needs_and_started() {
        let plans: Vec<_> = [
            ("package-lock.json", "{}"),
            ("pnpm-lock.yaml", ""),
            ("yarn.lock", ""),
            (".yarnrc.yml", ""),
            ("bun.lock", ""),
        ]
        .into_iter()
        .map(|(file, content)| {
            let analysis = plan(tree(r#""name": "root""#).file(file, content), &WEB);
            let build = commands(&analysis, "build").join("\n");
            format!("{build}\n{}", start_command(&analysis).unwrap_or("none"))
        })
        .collect();
        insta::assert_snapshot!(plans.join("\n"), @"
        npm run build --workspace packages/util
        npm run build --workspace packages/ui
        npm run build --workspace apps/web
        npm run start --workspace apps/web
        pnpm --filter ./packages/util run build
        pnpm --filter ./packages/ui run build
        pnpm --filter ./apps/web run build
        pnpm --filter ./apps/web run start
        yarn workspace @org/util run build
        yarn workspace @org/ui run build
        yarn workspace @org/web run build
        yarn workspace @org/web run start
        yarn workspace @org/util run build
        yarn workspace @org/ui run build
        yarn workspace @org/web run build
        yarn workspace @org/web run start
        bun run --cwd packages/util build
        bun run --cwd packages/ui build
        bun run --cwd apps/web build
        bun run --cwd apps/web start
        ");
    }

    #[test]
    fn a_task_runner_builds_what_a_package_needs() {
        for (file, dependency, expected) in [
            (
                "turbo.json",
                "turbo",
                "npx turbo run build --filter=@org/web",
            ),
            ("nx.json", "nx", "npx nx build @org/web"),
        ] {
            let root = format!(r#""devDependencies": {{"{dependency}": "2"}}"#);
            let analysis = plan(tree(&root).file(file, "{}"), &WEB);
            assert_eq!(commands(&analysis, "build"), [expected]);
        }
    }

    #[test]
    fn a_package_without_scripts_is_started_by_its_file() {
        let member = |tree: Memory| {
            let analysis = plan(
                tree.file("package.json", r#"{"workspaces": ["my api"]}"#),
                &[("RAILPACK_APP_DIR", "./my api/")],
            );
            start_command(&analysis).map(str::to_owned)
        };
        let main = Memory::default().file("my api/package.json", r#"{"main": "src/a.js"}"#);
        assert_eq!(
            member(main).as_deref(),
            Some("cd 'my api' && node src/a.js")
        );
        let index = Memory::default()
            .file("my api/package.json", r#"{"main": ""}"#)
            .file("my api/index.ts", "");
        assert_eq!(
            member(index).as_deref(),
            Some("cd 'my api' && node index.ts")
        );
        let nothing = Memory::default()
            .file("my api/package.json", "{}")
            .file("index.js", "");
        assert_eq!(member(nothing), None);
        let next =
            Memory::default().file("my api/package.json", r#"{"dependencies": {"next": "16"}}"#);
        assert_eq!(
            member(next).as_deref(),
            Some("cd 'my api' && npx next start")
        );
    }

    #[test]
    fn the_versions_of_a_package_go_before_those_of_the_root() {
        let tree = Memory::default()
            .file(
                "package.json",
                r#"{"workspaces": ["a"], "engines": {"node": "18"}}"#,
            )
            .file(
                "a/package.json",
                r#"{"engines": {"node": "22"}, "scripts": {"start": "bun x.ts"}}"#,
            );
        let analysis = plan(tree, &[("RAILPACK_APP_DIR", "a")]);
        assert_eq!(
            package(&analysis, "node"),
            Some(("22", "a/package.json > engines > node"))
        );
        assert_eq!(
            package(&analysis, "bun"),
            Some(("latest", "railpack default"))
        );
    }

    #[test]
    fn who_has_to_choose_a_package_is_told_among_which() {
        let analysis = plan(tree(r#""scripts": {"build": "x"}"#), &[]);
        let texts = analysis
            .messages
            .iter()
            .map(|message| message.text.as_str());
        let texts: Vec<_> = texts.filter(|text| text.contains("--app-dir")).collect();
        insta::assert_snapshot!(texts.join("\n"), @"nothing at the root of the workspace can be started; choose a package with --app-dir: apps/web");
    }

    #[test]
    fn the_flag_says_the_same_and_other_providers_refuse_it() {
        let options = AnalyzeOptions {
            app_directory: Some("@org/web".to_owned()),
            ..AnalyzeOptions::default()
        };
        let app = tree(r#""name": "root""#).app();
        let analysis = analyze(&app, &Environment::default(), &options).unwrap();
        assert_eq!(
            start_command(&analysis),
            Some("npm run start --workspace apps/web")
        );
        let app = Memory::default().file("start.sh", "").app();
        let refused = analyze(&app, &Environment::default(), &options).unwrap_err();
        insta::assert_snapshot!(refused, @"found --app-dir `@org/web`: one package of a workspace as the app, for others than Node.js, Bun and Deno, is not supported yet");
    }

    #[test]
    fn a_directory_that_is_no_package_is_an_error_with_those_that_are() {
        let variables = [("RAILPACK_APP_DIR", "apps/wbe")];
        let error = try_plan(tree(r#""name": "root""#), &variables).unwrap_err();
        insta::assert_snapshot!(error, @"RAILPACK_APP_DIR: `apps/wbe` is not a package of the workspace; its packages are apps/web, packages/lint, packages/old, packages/ui, packages/util");
        let alone = Memory::default()
            .file("package.json", "{}")
            .file("web/x", "");
        let error = try_plan(alone, &[("RAILPACK_APP_DIR", "web")]).unwrap_err();
        insta::assert_snapshot!(error, @"RAILPACK_APP_DIR: `web` is not a package of the workspace; there is no workspace here");
    }
}
