//! What steps do.

use super::Validator;
use super::path::{Tree, resolve};
use crate::plan::problem::Excerpt;
use crate::plan::{
    Command, CopyCommand, ExecCommand, FileCommand, PathFault, PathUse, ProblemKind, Span, Spanned,
    Step, split_words,
};

/// All permission bits. BuildKit takes no others for the files that it writes.
pub(super) const PERMISSIONS: u32 = 0o777;

impl Validator<'_> {
    pub(super) fn command(&mut self, step: &Spanned<Step>, command: &Spanned<Command>) {
        match &command.value {
            Command::Exec(exec) => self.exec_command(exec, command.span),
            Command::Path(path) => self.search_path(&path.path, command.span),
            Command::Copy(copy) => self.copy_command(copy, command.span),
            Command::File(file) => self.file_command(step, file, command.span),
        }
    }

    fn exec_command(&mut self, exec: &ExecCommand, span: Option<Span>) {
        if exec.is_spread() {
            return self.problem(ProblemKind::Spread, span);
        }
        if exec.cmd.contains('\0') {
            return self.problem(ProblemKind::NulInCommand, span);
        }
        match split_words(&exec.cmd) {
            Err(error) => {
                let command = Excerpt::new(&exec.cmd);
                self.problem(ProblemKind::UnsplittableCommand { command, error }, span);
            }
            Ok(words) if words.first().is_none_or(String::is_empty) => {
                self.problem(ProblemKind::EmptyCommand, span);
            }
            Ok(_) => {}
        }
    }

    fn copy_command(&mut self, copy: &CopyCommand, span: Option<Span>) {
        if let Some(image) = &copy.image {
            self.image(image, span);
        }
        self.pattern(PathUse::CopySource, &copy.src, Tree::Root, span);
        if copy.dest.is_empty() {
            self.problem(ProblemKind::CopyWithoutDest, span);
        } else {
            self.path(PathUse::CopyDestination, &copy.dest, Tree::Container, span);
        }
    }

    fn file_command(&mut self, step: &Spanned<Step>, file: &FileCommand, span: Option<Span>) {
        let last = file.path.rsplit('/').next();
        let is_directory = matches!(last, Some("" | "." | ".."));
        match resolve(&file.path, Tree::Container) {
            Err(fault) => self.path_fault(PathUse::File, &file.path, fault, span),
            Ok(_) if is_directory => {
                self.path_fault(PathUse::File, &file.path, PathFault::Directory, span);
            }
            Ok(_) => {}
        }
        if !step.assets.contains_key(&file.name) {
            let names = step.assets.keys().map(String::as_str);
            let (suggestion, known) = self.meant(&file.name, names);
            let kind = ProblemKind::UnknownAsset {
                step: Excerpt::new(&step.name),
                asset: Excerpt::new(&file.name),
                suggestion,
                known,
            };
            self.problem(kind, span);
        }
        if let Some(mode) = file.mode.filter(|mode| mode & !PERMISSIONS != 0) {
            self.problem(ProblemKind::ModeBeyondPermissions { mode }, span);
        }
    }
}
