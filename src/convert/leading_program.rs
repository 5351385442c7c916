//! Shell programs in front of commands: they prepare what engines have no other way for, and run their arguments.

use super::commands::{FIXED_TIME, NANOSECONDS};
use super::converter::Converter;
use crate::llb::{Access, ContentCache, Exec, FileAction, MakeFile, Metadata, Mount, MountKind};

const SHELL: &str = "/bin/sh";

const FILE_MODE: u32 = 0o644;

/// Such a program.
pub(super) struct LeadingProgram {
    /// Where commands have it: a directory for it alone.
    pub(super) directory: &'static str,
    /// Its name there.
    pub(super) file: &'static str,
    /// What the progress display calls the making of it.
    pub(super) title: String,
    pub(super) text: String,
}

impl Converter<'_> {
    /// Puts a program in front of a command. As a file, and no argument, because the engine shows the arguments of a command that
    /// fails.
    pub(super) fn led_by(&mut self, program: LeadingProgram, exec: Exec) -> Exec {
        let LeadingProgram {
            directory,
            file,
            title,
            text,
        } = program;
        let action = FileAction::MakeFile(MakeFile {
            path: format!("/{file}"),
            mode: FILE_MODE,
            data: text.into_bytes(),
            owner: None,
            timestamp: Some(FIXED_TIME * NANOSECONDS),
        });
        let metadata = Metadata {
            name: Some(title),
            ..Metadata::default()
        };
        let mut mounts = exec.mounts;
        mounts.push(Mount {
            destination: directory.to_owned(),
            kind: MountKind::Bind {
                input: Some(self.graph.file(None, vec![action], metadata)),
                selector: None,
                access: Access::ReadOnly,
                content_cache: ContentCache::Default,
            },
        });
        let program = [SHELL.to_owned(), format!("{directory}/{file}")];
        Exec {
            args: program.into_iter().chain(exec.args).collect(),
            mounts,
            ..exec
        }
    }
}
