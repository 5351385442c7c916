//! A package, as the files of the frameworks look at it.

use super::configuration::Configuration;
use crate::analyze::app::{App, AppError};
use crate::analyze::providers::node::workspace::Package;

/// A package and the app that holds it.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) app: &'a App,
    pub(super) package: &'a Package,
}

impl<'a> Source<'a> {
    pub(super) fn has_dependency(self, name: &str) -> bool {
        self.package.package_json.has_dependency(name)
    }

    pub(super) fn script(self, name: &str) -> Option<&'a str> {
        self.package.package_json.script(name)
    }

    pub(super) fn build_script(self) -> Option<&'a str> {
        self.script("build")
    }

    /// Whether the script `build` holds these words.
    pub(super) fn builds_with(self, words: &str) -> bool {
        self.build_script()
            .is_some_and(|script| script.to_lowercase().contains(words))
    }

    /// The path of a file of the package, if it is there.
    pub(super) fn file(self, name: &str) -> Result<Option<String>, AppError> {
        let path = self.package.path(name);
        Ok(self.app.has(&path)?.then_some(path))
    }

    pub(super) fn has_any_of(self, names: &[&str]) -> Result<bool, AppError> {
        for name in names {
            if self.app.has(&self.package.path(name))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The text of the first of these files that is there; without one, an empty text.
    pub(super) fn configuration(self, names: &[&str]) -> Result<Configuration, AppError> {
        for name in names {
            if let Some(path) = self.file(name)? {
                return Ok(Configuration::new(&self.app.read_text(&path)?));
            }
        }
        Ok(Configuration::default())
    }
}
