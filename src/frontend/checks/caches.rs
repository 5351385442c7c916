//! Caches that no step uses.

use std::collections::BTreeSet;

use super::{Finding, Rule};
use crate::plan::{Plan, quote};

pub(super) fn check(plan: &Plan) -> impl Iterator<Item = Finding> {
    let used: BTreeSet<_> = plan
        .steps
        .iter()
        .flat_map(|step| step.caches.iter().map(|cache| cache.as_str()))
        .collect();
    let unused = plan
        .caches
        .iter()
        .filter(move |(name, _)| !used.contains(name.as_str()));
    unused.map(|(name, cache)| Finding {
        rule: Rule::UnusedCache,
        message: format!("no step uses cache {}", quote(name)),
        hint: Some("name it in `caches` of the steps that fill it, or remove it".to_owned()),
        span: cache.span,
    })
}
