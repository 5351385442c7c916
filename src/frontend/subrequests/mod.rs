//! Requests other than a build: `docker build --call`, `--check`.
//!
//! The answer is metadata only: `result.json` for programs, `result.txt` for people, as BuildKit's own frontend writes them:
//! <https://github.com/moby/buildkit/tree/v0.32.2/frontend/subrequests>.

mod describe;
mod lint;
mod location;
mod outline;
mod table;
mod targets;

use std::collections::BTreeMap;

use serde::Serialize;

use super::FrontendError;
use super::options::Options;
use crate::gateway::{BuildResult, Reference, References};
use crate::llb::SourceFile;
use crate::plan::is_visible;

/// Keys of the answer's metadata.
mod metadata_key {
    pub(super) const JSON: &str = "result.json";
    pub(super) const TEXT: &str = "result.txt";
    /// The version of the answer's form.
    pub(super) const VERSION: &str = "version";
    /// What `docker build` exits with.
    pub(super) const STATUS_CODE: &str = "result.statuscode";
}

/// A request other than a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subrequest {
    /// Which requests there are.
    Describe,
    /// What the build can be given.
    Outline,
    /// What can be built.
    Targets,
    /// What the author of the plan should know.
    Lint,
}

impl Subrequest {
    const ALL: [Self; 4] = [Self::Outline, Self::Targets, Self::Lint, Self::Describe];

    /// The request of this name.
    pub(super) fn named(name: &str) -> Result<Self, FrontendError> {
        let mut all = Self::ALL.into_iter();
        all.find(|request| request.name() == name)
            .ok_or_else(|| FrontendError::Subrequest(name.to_owned()))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Describe => "frontend.subrequests.describe",
            Self::Outline => "frontend.outline",
            Self::Targets => "frontend.targets",
            Self::Lint => "frontend.lint",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Describe => "List available subrequest types",
            Self::Outline => "List all parameters that the build of a plan supports",
            Self::Targets => "List the steps of a plan and its image",
            Self::Lint => "Check a plan",
        }
    }

    /// The answer, if it does not depend on the plan.
    pub(super) fn answer_without_plan(self) -> Option<BuildResult> {
        (self == Self::Describe).then(describe::answer)
    }

    /// Answers the request about the plan in `file`.
    pub(super) fn answer(
        self,
        file: &SourceFile,
        options: &Options,
    ) -> Result<BuildResult, FrontendError> {
        match self {
            Self::Describe => Ok(describe::answer()),
            Self::Outline => outline::answer(file, options),
            Self::Targets => targets::answer(file),
            Self::Lint => Ok(lint::answer(file)),
        }
    }
}

/// A text of the plan as clients may print it: nothing in it drives a terminal or hides other text.
pub(super) fn visible(text: &str) -> String {
    let visible = |character| {
        if is_visible(character) {
            character
        } else {
            char::REPLACEMENT_CHARACTER
        }
    };
    text.chars().map(visible).collect()
}

/// What names there are, as a hint.
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str> + Clone) -> String {
    /// More make no one wiser.
    const SHOWN: usize = 20;
    let more = if names.clone().nth(SHOWN).is_some() {
        ", ..."
    } else {
        ""
    };
    let shown: Vec<_> = names.take(SHOWN).map(visible).collect();
    format!("there are {}{more}", shown.join(", "))
}

/// An answer. All forms are of version 1.0.0 so far.
fn result(json: &impl Serialize, text: String) -> BuildResult {
    // Texts, numbers and lists of them always have a JSON form.
    let json = serde_json::to_vec_pretty(json).unwrap_or_default();
    BuildResult {
        references: References::Single(Reference::scratch()),
        metadata: BTreeMap::from([
            (metadata_key::JSON.to_owned(), json),
            (metadata_key::TEXT.to_owned(), text.into_bytes()),
            (metadata_key::VERSION.to_owned(), b"1.0.0".to_vec()),
        ]),
    }
}
