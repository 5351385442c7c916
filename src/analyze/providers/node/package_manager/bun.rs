//! Bun, a runtime too, so it is installed as one.

use crate::analyze::parts::shell;
use crate::plan::Command;

/// bun cannot prune: <https://github.com/oven-sh/bun/issues/3605>.
pub(super) fn prune_command() -> Command {
    shell("rm -rf node_modules && bun install --production --ignore-scripts")
}
