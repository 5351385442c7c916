//! Yarn 1.

use super::Node;
use crate::analyze::context::Context;

/// Without it Yarn 1 takes `NODE_ENV` to mean that development dependencies are not wanted.
pub(super) const VARIABLES: &[(&str, &str)] = &[("YARN_PRODUCTION", "false")];
const DEFAULT_VERSION: &str = "1";

pub(super) fn request(node: &Node<'_>, context: &mut Context<'_>) {
    // mise unpacks a signed archive.
    context
        .mise
        .apt_packages
        .extend(["tar", "gpg"].map(str::to_owned));
    node.request_package_manager(context, "yarn", DEFAULT_VERSION, None);
}
