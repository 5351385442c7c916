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
