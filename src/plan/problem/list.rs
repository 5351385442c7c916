//! Several problems at once.

use std::fmt;

use super::{Problem, ProblemKind, Severity};
use crate::plan::Span;

/// How many errors and how many warnings are kept; the others are counted. A damaged plan has a problem in every line.
const MAX_PROBLEMS: usize = 100;

/// Why a plan cannot be built: at least one error, and the warnings found on the way, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// All of them.
    #[must_use]
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }

    /// These and others found before, such as the warnings of [`parse()`](crate::plan::parse()), in the order of the file.
    #[must_use]
    pub fn with(mut self, others: Vec<Problem>) -> Self {
        self.0.extend(others);
        in_order_of_the_file(&mut self.0);
        self
    }
}

/// Stable: what has no place comes last, and problems of one place stay in the order they were found in.
fn in_order_of_the_file(problems: &mut [Problem]) {
    problems.sort_by_key(|problem| (problem.span.is_none(), problem.span));
}

impl fmt::Display for Problems {
    /// One line for each problem, with its position. [`render`](super::render()) shows the lines of the file too.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let line_feed = if index == 0 { "" } else { "\n" };
            write!(formatter, "{line_feed}{}: ", problem.severity)?;
            if let Some(span) = problem.span {
                write!(formatter, "{}: ", span.start)?;
            }
            write!(formatter, "{}", problem.kind)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

/// Collects problems. There is an end to what it keeps, of errors and of warnings.
#[derive(Debug, Default)]
pub(crate) struct ProblemList {
    errors: Kept,
    warnings: Kept,
}

impl ProblemList {
    pub(crate) fn add(&mut self, kind: ProblemKind, span: Option<Span>) {
        match kind.severity() {
            Severity::Error => self.errors.add(kind, span),
            Severity::Warning => self.warnings.add(kind, span),
        }
    }

    /// Whether one more problem is kept: if not, what takes time to tell need not be found out.
    pub(crate) fn keeps(&self, severity: Severity) -> bool {
        let kept = match severity {
            Severity::Error => &self.errors,
            Severity::Warning => &self.warnings,
        };
        kept.problems.len() < MAX_PROBLEMS
    }

    /// How many errors there are up to now.
    pub(crate) fn error_count(&self) -> usize {
        self.errors.problems.len() + self.errors.more
    }

    /// The warnings, or all problems if there are errors.
    pub(crate) fn finish(self) -> Result<Vec<Problem>, Problems> {
        let has_errors = !self.errors.problems.is_empty();
        let mut more = Vec::new();
        let mut problems = self.errors.finish(Severity::Error, &mut more);
        problems.extend(self.warnings.finish(Severity::Warning, &mut more));
        in_order_of_the_file(&mut problems);
        problems.extend(more);
        if has_errors {
            Err(Problems(problems))
        } else {
            Ok(problems)
        }
    }
}

#[derive(Debug, Default)]
struct Kept {
    problems: Vec<Problem>,
    more: usize,
}

impl Kept {
    fn add(&mut self, kind: ProblemKind, span: Option<Span>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem::new(kind, span));
        } else {
            self.more += 1;
        }
    }

    fn finish(self, severity: Severity, more: &mut Vec<Problem>) -> Vec<Problem> {
        if self.more > 0 {
            let kind = ProblemKind::More {
                severity,
                more: self.more,
            };
            more.push(Problem::new(kind, None));
        }
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::{parse, validate};

    #[test]
    fn what_was_odd_is_told_beside_what_is_wrong() {
        let parsed = parse(br#"{"Deploy": {}}"#).unwrap();
        let problems = validate(parsed.plan).unwrap_err().with(parsed.warnings);
        insta::assert_snapshot!(problems, @r"
        warning: 1:2: unknown field `Deploy`
        error: `deploy.base` is missing
        warning: `deploy.startCommand` is missing
        ");
    }
}
