//! Who runs the image.

use super::{Finding, Rule};
use crate::plan::{Plan, is_root};

/// What the base image says is not known here: it may name another user too.
pub(super) fn check(plan: &Plan) -> Option<Finding> {
    let user = plan.deploy.config.user.as_ref();
    let message = match user {
        Some(user) if is_root(user) => "the image is run by root",
        Some(_) => return None,
        None => "`deploy` names no user, so that root runs the image unless its base names another",
    };
    let hint = "name one in `deploy.user`, for example `10001`; files of the app stay root's, and readable";
    Some(Finding {
        rule: Rule::RootUser,
        message: message.to_owned(),
        hint: Some(hint.to_owned()),
        span: user.map_or(plan.deploy.span, |user| user.span),
    })
}
