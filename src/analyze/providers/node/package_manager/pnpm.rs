//! pnpm.

use super::Node;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::packages::Packages;
use crate::analyze::parts::{exec, path};
use crate::analyze::steps::CommandStep;
use crate::plan::Command;

/// Where pnpm keeps what it downloads.
pub(super) const STORE: &str = "/opt/pnpm/store";
const HOME: &str = "/opt/pnpm";
const LOCK_FILE: &str = "pnpm-lock.yaml";
const DEFAULT_VERSION: &str = "9";
/// The version that introduced each version of the lock file. Newer ones kept the last.
const LOCK_FILE_VERSIONS: [(&str, &str); 5] = [
    ("5.3", "6"),
    ("5.4", "7"),
    ("6.0", "8"),
    ("6.1", "8"),
    ("9.0", "9"),
];

pub(super) fn request(node: &Node<'_>, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
    let mut lock_file = None;
    if node.app.has(LOCK_FILE)? {
        lock_file = version_of_lock_file(&node.app.read_text(LOCK_FILE)?);
        if lock_file.is_none() {
            context.messages.warning(format!(
                "{LOCK_FILE} does not say which pnpm wrote it, so pnpm {DEFAULT_VERSION} it is, unless package.json names another"
            ));
        }
    }
    let lock_file = lock_file.map(|version| (version, LOCK_FILE));
    node.request_package_manager(context, "pnpm", DEFAULT_VERSION, lock_file);
    Ok(())
}

pub(super) fn install(
    node: &Node<'_>,
    context: &mut Context<'_>,
    step: &mut CommandStep,
) -> Result<(), AnalyzeError> {
    for (name, value) in [("PNPM_HOME", HOME), ("PNPM_STORE_DIR", STORE)] {
        step.variables.insert(name.to_owned(), value.to_owned());
    }
    if !node.uses_corepack() {
        // Other than npm, pnpm comes without node-gyp, which compiles native modules. It adds programs only to a
        // directory that is in PATH.
        step.commands.extend(
            program_directories(&context.packages)
                .iter()
                .map(|directory| path(*directory)),
        );
        step.commands.push(exec("pnpm add -g node-gyp"));
    }
    if node.app.has(LOCK_FILE)? {
        step.commands
            .push(exec("pnpm install --frozen-lockfile --prefer-offline"));
    } else {
        context.messages.suggestion(format!(
            "add a {LOCK_FILE}, so that every build installs the same"
        ));
        step.commands.push(exec("pnpm install"));
    }
    Ok(())
}

pub(super) fn prune_command(packages: &Packages) -> Command {
    // https://github.com/pnpm/pnpm/releases/tag/v8.15.6
    let takes_ignore_scripts =
        version_numbers(packages).is_none_or(|version| version >= [8, 15, 6]);
    exec(if takes_ignore_scripts {
        "pnpm prune --prod --ignore-scripts"
    } else {
        "pnpm prune --prod"
    })
}

/// The version of pnpm that goes with a lock file.
fn version_of_lock_file(text: &str) -> Option<&'static str> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("lockfileVersion:"))?;
    let version = line.trim().trim_matches(['\'', '"']);
    LOCK_FILE_VERSIONS
        .iter()
        .find(|(lock_file, _)| *lock_file == version)
        .map(|(_, pnpm)| *pnpm)
}

/// Where pnpm puts the programs of packages that it installs globally: in `bin` since version 11.
fn program_directories(packages: &Packages) -> &'static [&'static str] {
    const BIN: &str = "/opt/pnpm/bin";
    match version_numbers(packages) {
        Some([(11..), ..]) => &[BIN],
        Some(_) => &[HOME],
        // Nobody knows yet which version mise will find.
        None => &[HOME, BIN],
    }
}

/// The version that mise installs, as far as it is known. What a prefix leaves open is taken to be the newest.
fn version_numbers(packages: &Packages) -> Option<[u32; 3]> {
    let version = packages.get("pnpm")?.version_for_mise();
    if version == "latest" {
        return Some([u32::MAX; 3]);
    }
    let plain = version.split(['-', '+']).next().unwrap_or(&version);
    let mut numbers = [u32::MAX; 3];
    for (number, part) in numbers.iter_mut().zip(plain.split('.')) {
        *number = part.parse().ok()?;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bare, install_folders, lines, tools, warnings};
    use crate::analyze::testing::{caches, package, plan, start_command, step};

    #[test]
    fn pnpm_has_a_store_and_node_gyp() {
        let tree = bare(r#"{"scripts": {"start": "x"}, "dependencies": {"ms": "2"}}"#)
            .file("pnpm-lock.yaml", "lockfileVersion: '9.0'\n")
            .file("pnpm-workspace.yaml", "")
            .file(".pnpmfile.cjs", "");
        let analysis = plan(tree, &[]);
        insta::assert_snapshot!(lines(&analysis, "install"), @"
        PATH /app/node_modules/.bin
        mkdir -p /app/node_modules/.cache
        COPY .pnpmfile.cjs .pnpmfile.cjs
        COPY package.json package.json
        COPY pnpm-lock.yaml pnpm-lock.yaml
        COPY pnpm-workspace.yaml pnpm-workspace.yaml
        PATH /opt/pnpm
        pnpm add -g node-gyp
        pnpm install --frozen-lockfile --prefer-offline
        ");
        let install = step(&analysis, "install");
        assert_eq!(install.variables["PNPM_STORE_DIR"].value, "/opt/pnpm/store");
        assert_eq!(install.variables["PNPM_HOME"].value, "/opt/pnpm");
        assert_eq!(caches(&analysis, "install"), ["pnpm-install"]);
        assert_eq!(
            analysis.plan.caches["pnpm-install"].directory,
            "/opt/pnpm/store"
        );
        assert_eq!(install_folders(&analysis), ["/app/node_modules"]);
        assert_eq!(start_command(&analysis), Some("pnpm run start"));
        assert_eq!(tools(&analysis), "[tools]\nnode = \"lts\"\npnpm = \"9\"");
        let without_lock_file = plan(bare(r#"{"engines": {"pnpm": "9"}}"#), &[]);
        assert!(lines(&without_lock_file, "install").ends_with("\npnpm install"));
    }

    #[test]
    fn the_pnpm_version_is_the_named_one_then_that_of_engines_then_that_of_the_lock_file() {
        for (lock_file, expected) in [
            ("lockfileVersion: 5.3\n", "6"),
            ("lockfileVersion: 5.4\n", "7"),
            ("lockfileVersion: '6.0'\n\nsettings:\n", "8"),
            ("lockfileVersion: 6.0\n", "8"),
            ("lockfileVersion: '6.1'\n", "8"),
            ("lockfileVersion: 9.0\n", "9"),
            ("---\nlockfileVersion: '9.0'\n", "9"),
        ] {
            let analysis = plan(bare("{}").file("pnpm-lock.yaml", lock_file), &[]);
            assert_eq!(
                package(&analysis, "pnpm"),
                Some((expected, "pnpm-lock.yaml"))
            );
        }
        let tree =
            |package_json| bare(package_json).file("pnpm-lock.yaml", "lockfileVersion: '6.0'\n");
        for (package_json, expected) in [
            (
                r#"{"engines": {"pnpm": "10"}}"#,
                ("10", "package.json > engines > pnpm"),
            ),
            (
                r#"{"engines": {"pnpm": "10"}, "devEngines": {"packageManager": {"name": "pnpm", "version": "^10.2"}}}"#,
                ("^10.2", "package.json > devEngines > packageManager"),
            ),
            (
                r#"{"engines": {"pnpm": "10"}, "packageManager": "pnpm@10.4.1"}"#,
                ("10.4.1", "package.json > packageManager"),
            ),
        ] {
            assert_eq!(
                package(&plan(tree(package_json), &[]), "pnpm"),
                Some(expected)
            );
        }
        let unknown = plan(
            bare("{}").file("pnpm-lock.yaml", "lockfileVersion: '99.0'\n"),
            &[],
        );
        assert_eq!(package(&unknown, "pnpm"), Some(("9", "railpack default")));
        insta::assert_snapshot!(warnings(&unknown)[0], @"pnpm-lock.yaml does not say which pnpm wrote it, so pnpm 9 it is, unless package.json names another");
    }

    #[test]
    fn pnpm_puts_global_programs_where_its_version_does() {
        for (version, expected) in [
            ("8.15.9", "PATH /opt/pnpm\n"),
            ("^10.33.0", "PATH /opt/pnpm\n"),
            ("11.5.x", "PATH /opt/pnpm/bin\n"),
            ("latest", "PATH /opt/pnpm/bin\n"),
            ("next-11", "PATH /opt/pnpm\nPATH /opt/pnpm/bin\n"),
        ] {
            let analysis = plan(
                bare(&format!(r#"{{"engines": {{"pnpm": "{version}"}}}}"#)),
                &[],
            );
            let lines = lines(&analysis, "install");
            assert!(
                lines.contains(&format!("{expected}pnpm add -g node-gyp")),
                "{version}: {lines}"
            );
        }
    }
}
