//! Secrets as variables of commands.
//!
//! Engines since BuildKit 0.10 set them. For older ones they are files in memory, and a program in front of each command makes
//! variables of them. No value is an argument or part of the program.

use std::collections::BTreeSet;

use super::commands::{FIXED_TIME, NANOSECONDS};
use super::converter::Converter;
use super::secrets::{SECRET_FILE_MODE, secret, secret_mount};
use crate::llb::{
    Access, ContentCache, Exec, FileAction, MakeFile, Metadata, Mount, MountKind, Output,
    capability,
};
use crate::plan::Span;

/// Where the secrets are, in memory, each under its name.
const DIRECTORY: &str = "/run/railpack/secret-variables";

/// Where the program is that makes variables of them.
const PROGRAM_DIRECTORY: &str = "/run/railpack/secret-variables-program";

const PROGRAM_FILE: &str = "give";

const PROGRAM_MODE: u32 = 0o644;

const SHELL: &str = "/bin/sh";

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
        let program = self.program_for(&names);
        let mut mounts = exec.mounts;
        mounts.extend(mounts_of(&names, program));
        let program = [
            SHELL.to_owned(),
            format!("{PROGRAM_DIRECTORY}/{PROGRAM_FILE}"),
        ];
        Exec {
            args: program.into_iter().chain(exec.args).collect(),
            mounts,
            ..exec
        }
    }

    fn program_for(&mut self, names: &BTreeSet<&str>) -> Output {
        let names: Vec<_> = names.iter().copied().collect();
        let names = names.join(" ");
        let program = format!("railpack_names='{names}'\n{PROGRAM}");
        let file = FileAction::MakeFile(MakeFile {
            path: format!("/{PROGRAM_FILE}"),
            mode: PROGRAM_MODE,
            data: program.into_bytes(),
            owner: None,
            timestamp: Some(FIXED_TIME * NANOSECONDS),
        });
        let metadata = Metadata {
            name: Some("[internal] program that makes variables of secrets".to_owned()),
            ..Metadata::default()
        };
        self.graph.file(None, vec![file], metadata)
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

fn mounts_of(names: &BTreeSet<&str>, program: Output) -> Vec<Mount> {
    let mount = |destination: String, kind| Mount { destination, kind };
    let program = MountKind::Bind {
        input: Some(program),
        selector: None,
        access: Access::ReadOnly,
        content_cache: ContentCache::Default,
    };
    let mut mounts = vec![
        // So that no file of a secret's name is left in the layer.
        mount(DIRECTORY.to_owned(), MountKind::Tmpfs { size: None }),
        mount(PROGRAM_DIRECTORY.to_owned(), program),
    ];
    let secrets = names.iter().map(|name| {
        let kind = secret_mount(name, SECRET_FILE_MODE);
        mount(format!("{DIRECTORY}/{name}"), kind)
    });
    mounts.extend(secrets);
    mounts
}
