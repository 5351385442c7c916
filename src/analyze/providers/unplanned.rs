//! Languages that are recognized and not planned yet, so that no other provider takes their apps for its own.

use super::Provider;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;

/// A language that is recognized by its files.
pub(super) struct Unplanned {
    pub(super) name: &'static str,
    pub(super) files: &'static [&'static str],
    pub(super) patterns: &'static [&'static str],
}

impl Unplanned {
    fn find(&self, context: &Context<'_>) -> Result<Option<String>, AnalyzeError> {
        if let Some(file) = context.app.first_of(self.files)? {
            return Ok(Some(file.to_owned()));
        }
        for pattern in self.patterns {
            if let Some(file) = context.app.find_files(pattern)?.into_iter().next() {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }
}

impl Provider for Unplanned {
    fn name(&self) -> &'static str {
        self.name
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(self.find(context)?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let found = self.find(context)?.unwrap_or_default();
        Err(AnalyzeError::Unsupported {
            what: format!("the provider {}", self.name),
            found,
        })
    }
}
