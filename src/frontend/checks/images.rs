//! Images whose reference may mean another image tomorrow.

use std::collections::BTreeSet;

use super::{Finding, Rule};
use crate::plan::{ImageReference, Plan, quote};

/// The tag that stands for none.
const LATEST: &str = "latest";

/// Each image once, where the plan names it first.
pub(super) fn check(plan: &Plan) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let unpinned = plan
        .images()
        .filter(|(image, _)| is_unpinned(image) && seen.insert(*image));
    unpinned
        .map(|(image, span)| Finding {
            rule: Rule::UnpinnedImage,
            message: format!(
                "image {} is another one whenever its registry says so",
                quote(image)
            ),
            hint: Some("give it a version as its tag, or a digest".to_owned()),
            span,
        })
        .collect()
}

/// A reference that cannot be read is an error, which is told elsewhere.
fn is_unpinned(image: &str) -> bool {
    ImageReference::parse(image).is_ok_and(|reference| {
        reference.digest().is_none() && reference.tag().is_none_or(|tag| tag == LATEST)
    })
}
