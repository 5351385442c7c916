//! Caches, and the steps that use them.

use std::collections::BTreeMap;

use super::Validator;
use super::path::{Tree, resolve};
use crate::plan::problem::Excerpt;
use crate::plan::{PathFault, PathUse, ProblemKind, Spanned, Step};

/// A number for the directory of each cache: caches in the same directory have the same number.
pub(super) type Directories<'p> = BTreeMap<&'p str, usize>;

impl<'p> Validator<'p> {
    pub(super) fn caches(&mut self) -> Directories<'p> {
        let mut numbers = BTreeMap::new();
        let mut directories = Directories::new();
        for (name, cache) in &self.plan.caches {
            if name.is_empty() {
                self.problem(ProblemKind::UnnamedCache, cache.span);
            }
            let resolved = match resolve(&cache.directory, Tree::Container) {
                Ok(names) if names.is_empty() => Err(PathFault::Root),
                other => other,
            };
            match resolved {
                Ok(names) => {
                    let next = numbers.len();
                    directories.insert(name.as_str(), *numbers.entry(names).or_insert(next));
                }
                Err(fault) => {
                    self.path_fault(PathUse::CacheDirectory, &cache.directory, fault, cache.span);
                }
            }
        }
        directories
    }

    pub(super) fn step_caches(&mut self, step: &Spanned<Step>, directories: &Directories<'p>) {
        let mut taken = BTreeMap::new();
        for name in &step.caches {
            let Some(cache) = self.plan.caches.get(name.as_str()) else {
                self.unknown_cache(step, name);
                continue;
            };
            let Some(directory) = directories.get(name.as_str()) else {
                continue;
            };
            let Some(first) = taken.insert(*directory, name) else {
                continue;
            };
            let (step, second) = (Excerpt::new(&step.name), Excerpt::new(name));
            let kind = if first == name {
                ProblemKind::RepeatedCache {
                    step,
                    cache: second,
                }
            } else {
                let directory = Excerpt::new(&cache.directory);
                ProblemKind::SharedDirectory {
                    step,
                    directory,
                    first: Excerpt::new(first),
                    second,
                }
            };
            self.problem(kind, name.span);
        }
    }

    fn unknown_cache(&mut self, step: &Spanned<Step>, cache: &Spanned<String>) {
        if cache.as_str() == "..." {
            self.problem(ProblemKind::Spread, cache.span);
            return;
        }
        let names = self.plan.caches.keys().map(String::as_str);
        let (suggestion, known) = self.meant(cache, names);
        let kind = ProblemKind::UnknownCache {
            step: Excerpt::new(&step.name),
            cache: Excerpt::new(cache),
            suggestion,
            known,
        };
        self.problem(kind, cache.span);
    }
}
