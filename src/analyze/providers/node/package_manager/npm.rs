//! npm, which comes with Node.js.

use super::Node;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::exec;
use crate::analyze::steps::CommandStep;

/// The lock files of npm.
const LOCK_FILES: [&str; 2] = ["package-lock.json", "npm-shrinkwrap.json"];

pub(super) fn install(
    node: &Node<'_>,
    context: &mut Context<'_>,
    step: &mut CommandStep,
) -> Result<(), AnalyzeError> {
    if node.app.first_of(&LOCK_FILES)?.is_none() {
        context
            .messages
            .suggestion("add a package-lock.json, so that every build installs the same");
    }
    // `npm ci` refuses a lock file that does not fit package.json, which many apps have without knowing.
    let command = context
        .environment
        .setting("NODE_NPM_INSTALL")
        .map_or("npm install".to_owned(), |setting| setting.value);
    step.commands.push(exec(command));
    Ok(())
}
