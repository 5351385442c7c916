//! What the author of a plan should know, though it can be built: `docker build --check`, and warnings during a build.
//!
//! Pure: the plan in, findings out. Each rule is described in `docs/checks.md`.

mod caches;
mod images;
mod layers;
mod rule;
mod users;

pub(super) use rule::Rule;

use crate::plan::{Problem, Span, ValidPlan};

/// Something that a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) rule: Rule,
    /// What was found, on one line.
    pub(super) message: String,
    /// What to do about it.
    pub(super) hint: Option<String>,
    /// Where in the plan's file.
    pub(super) span: Option<Span>,
}

/// Everything that the rules find in a plan, in the order of its lines. `problems` are those of reading it.
pub(super) fn check(plan: &ValidPlan, problems: &[Problem]) -> Vec<Finding> {
    let problems = problems.iter().chain(plan.warnings());
    let mut findings: Vec<_> = problems.map(Finding::from).collect();
    findings.extend(caches::check(plan.plan()));
    findings.extend(images::check(plan.plan()));
    findings.extend(layers::check(plan.plan()));
    findings.extend(users::check(plan.plan()));
    findings.sort_by_key(|finding| finding.span.map(|span| span.start));
    findings
}

impl From<&Problem> for Finding {
    fn from(problem: &Problem) -> Self {
        Self {
            rule: Rule::of(&problem.kind),
            message: problem.message(),
            hint: problem.hint(),
            span: problem.span,
        }
    }
}

#[cfg(test)]
mod tests;
