//! What can be wrong with a plan, and how it is told.

mod fault;
mod hint;
mod kind;
mod list;
mod quote;
mod render;
#[cfg(test)]
mod snapshots;
mod suggestion;

use super::Span;
pub use fault::{NameFault, PathFault, PathUse, TestFault, UserFault};
pub(crate) use hint::{MAX_KNOWN, suggest_or_list};
pub use kind::{Excerpt, Part, ProblemKind, Severity};
pub(crate) use list::ProblemList;
pub use list::Problems;
#[cfg(feature = "frontend")]
pub(crate) use quote::is_visible;
pub(crate) use quote::quote;
pub use render::render;
pub(crate) use suggestion::suggest;

/// Something about a plan that its author should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether the plan can be built all the same.
    pub severity: Severity,
    /// What it is.
    pub kind: ProblemKind,
    /// Where in the file; `None` if it has no place there, or the plan was made in memory.
    pub span: Option<Span>,
}

impl Problem {
    pub(crate) fn new(kind: ProblemKind, span: Option<Span>) -> Self {
        Self {
            severity: kind.severity(),
            kind,
            span,
        }
    }

    /// What was found, and what was expected: one line, without the place.
    #[must_use]
    pub fn message(&self) -> String {
        self.kind.to_string()
    }

    /// What to do about it, one line, where that does not follow from the message.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.kind.hint()
    }
}
