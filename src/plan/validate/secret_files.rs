//! Secrets as files, and what they are in the way of.

use std::collections::BTreeMap;

use super::Validator;
use super::commands::PERMISSIONS;
use super::path::{Tree, resolve};
use crate::plan::problem::Excerpt;
use crate::plan::{PathFault, PathUse, ProblemKind, SecretFile, Spanned, Step};

/// Where commands run.
const WORKING_DIRECTORY: &str = "/app";

/// Where the build itself mounts files.
const OWN_DIRECTORY: &str = "/run/railpack";

/// What is mounted, by the names that its path is made of.
type Mounted<'p> = BTreeMap<Vec<&'p str>, &'p str>;

impl<'p> Validator<'p> {
    pub(super) fn secret_files(&mut self, step: &'p Spanned<Step>) {
        if step.secret_files.is_empty() {
            return;
        }
        let caches = step.caches.iter();
        let caches = caches.filter_map(|name| self.plan.caches.get(name.as_str()));
        let directories: Mounted<'_> = caches
            .map(|cache| cache.directory.as_str())
            .chain([WORKING_DIRECTORY])
            .filter_map(|path| Some((resolve(path, Tree::Container).ok()?, path)))
            .collect();
        let own = resolve(OWN_DIRECTORY, Tree::Container).unwrap_or_default();
        // None is inside another one, so that one is inside of its neighbour or of none.
        let mut files = Mounted::from([(own, OWN_DIRECTORY)]);
        let paths: Vec<_> = step
            .secret_files
            .iter()
            .map(|file| file.path_from_home())
            .collect();
        for (file, path) in step.secret_files.iter().zip(&paths) {
            self.secret_file(step, file);
            let names = match file_names(&file.path, path) {
                Ok(names) => names,
                Err(fault) => {
                    self.path_fault(PathUse::SecretFile, &file.path, fault, file.span);
                    continue;
                }
            };
            // A file may be inside a cache's directory, but not the other way round.
            let other = around(&files, &names)
                .or_else(|| inside(&files, &names))
                .or_else(|| inside(&directories, &names));
            if let Some(other) = other {
                let kind = ProblemKind::OverlappingSecretFile {
                    step: Excerpt::new(&step.name),
                    path: Excerpt::new(&file.path),
                    other: Excerpt::new(other),
                };
                self.problem(kind, file.span);
            } else {
                files.insert(names, &file.path);
            }
        }
    }

    /// What is wrong with a file by itself, but for its path.
    fn secret_file(&mut self, step: &Spanned<Step>, file: &Spanned<SecretFile>) {
        let is_declared = self.secrets.contains(file.id.as_str());
        if !is_declared && self.is_secret_name(&file.id, file.span) {
            let (suggestion, known) = self.meant(&file.id, self.secrets.iter().copied());
            let kind = ProblemKind::UndeclaredSecretFile {
                step: Excerpt::new(&step.name),
                secret: Excerpt::new(&file.id),
                suggestion,
                known,
            };
            self.problem(kind, file.span);
        }
        if let Some(mode) = file.mode.filter(|mode| mode & !PERMISSIONS != 0) {
            self.problem(ProblemKind::ModeBeyondPermissions { mode }, file.span);
        }
    }
}

/// What is mounted at a path or inside of it.
fn inside<'p>(mounted: &Mounted<'p>, names: &Vec<&str>) -> Option<&'p str> {
    let (other, path) = mounted.range(names.clone()..).next()?;
    other.starts_with(names).then_some(*path)
}

/// What is mounted at a path or around it.
fn around<'p>(mounted: &Mounted<'p>, names: &Vec<&str>) -> Option<&'p str> {
    let (other, path) = mounted.range(..=names.clone()).next_back()?;
    names.starts_with(other).then_some(*path)
}

/// The names that the path of a file is made of. `written` is the path of the plan, `path` has the home in place of `~`.
fn file_names<'p>(written: &str, path: &'p str) -> Result<Vec<&'p str>, PathFault> {
    if written.starts_with('~') && written == path {
        return Err(PathFault::OtherHome);
    }
    let names = resolve(path, Tree::Container)?;
    let last = written.rsplit('/').next();
    if written == "~" || matches!(last, Some("" | "." | "..")) {
        return Err(PathFault::Directory);
    }
    Ok(names)
}
