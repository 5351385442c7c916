//! Secrets as variables of commands.
//!
//! Engines since BuildKit 0.10 set them. For older ones they are files in memory, and a program in front of each command makes
//! variables of them. No value is an argument or part of the program.

use std::collections::BTreeSet;

use super::converter::Converter;
use super::leading_program::LeadingProgram;
use super::secrets::{SECRET_FILE_MODE, secret, secret_mount};
use crate::llb::{Exec, Mount, MountKind, capability};
use crate::plan::Span;

/// Where the secrets are, in memory, each under its name.
const DIRECTORY: &str = "/run/railpack/secret-variables";

/// Makes the variables and runs its arguments. Needs `cat` beside the shell's own commands.
const PROGRAM: &str = include_str!("secret_variables.sh");

impl Converter<'_> {
    /// Gives a command all secrets of the plan that are variables: which ones a command reads is not known, only (from the step)
    /// which ones it must run again for. One that the client does not offer is empty.
    pub(super) fn with_secret_variables(&mut self, exec: Exec, span: Option<Span>) -> Exec {
        let secrets = self.plan.plan().secrets.iter().map(|name| name.as_str());
        let names: Vec<_> = secrets
            .filter(|name| !self.secret_sets.is_file(name))
            .collect();
        if names.is_empty() {
            return exec;
        }
        let engine = &self.options.capabilities;
        if engine.supports(capability::EXEC_SECRET_ENVIRONMENT) {
            return Exec {
                secret_environment: names.into_iter().map(secret).collect(),
                ..exec
            };
        }
        if !names.iter().all(|name| is_shell_name(name)) {
            self.require(
                capability::EXEC_SECRET_ENVIRONMENT,
                "0.10",
                "gives its commands a secret whose name no shell takes for a variable's",
                span,
            );
            return exec;
        }
        // Each once: there is one file for each.
        let names: BTreeSet<_> = names.into_iter().collect();
        let mut mounts = exec.mounts;
        mounts.extend(mounts_of(&names));
        let exec = Exec { mounts, ..exec };
        let names: Vec<_> = names.into_iter().collect();
        let program = LeadingProgram {
            directory: "/run/railpack/secret-variables-program",
            file: "give",
            title: "[internal] program that makes variables of secrets".to_owned(),
            text: format!("railpack_names='{}'\n{PROGRAM}", names.join(" ")),
        };
        self.led_by(program, exec)
    }
}

/// Whether a shell takes a name for that of a variable.
/// <https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap03.html#tag_03_216>
fn is_shell_name(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn mounts_of(names: &BTreeSet<&str>) -> Vec<Mount> {
    let mount = |destination: String, kind| Mount { destination, kind };
    // So that no file of a secret's name is left in the layer.
    let mut mounts = vec![mount(DIRECTORY.to_owned(), MountKind::Tmpfs { size: None })];
    let secrets = names.iter().map(|name| {
        let kind = secret_mount(name, SECRET_FILE_MODE);
        mount(format!("{DIRECTORY}/{name}"), kind)
    });
    mounts.extend(secrets);
    mounts
}
