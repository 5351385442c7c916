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
        .setting_of_step(&step.name, "NODE_NPM_INSTALL")
        .map_or("npm install".to_owned(), |setting| setting.value);
    step.commands.push(exec(command));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bare, lines, warnings};
    use crate::analyze::testing::plan;

    #[test]
    fn settings_of_a_step_whose_commands_the_user_replaces_have_no_effect() {
        let settings = [
            ("RAILPACK_NODE_NPM_INSTALL", "npm ci"),
            ("RAILPACK_NODE_INSTALL_PATTERNS", "x y"),
            ("RAILPACK_NODE_PRUNE_CMD", "npm prune"),
            ("RAILPACK_PRUNE_DEPS", "1"),
        ];
        let told = |config: &str, more: &[_]| {
            let tree = bare(r#"{"scripts": {"start": "x"}}"#)
                .file("package-lock.json", "{}")
                .file("railpack.json", config);
            let analysis = plan(tree, &[&settings, more].concat());
            assert_eq!(
                lines(&analysis, "install").contains("npm ci"),
                config.contains("...")
            );
            warnings(&analysis).join("\n")
        };
        insta::assert_snapshot!(told("{}", &[("RAILPACK_INSTALL_CMD", "npm install -f")]), @"
        RAILPACK_NODE_INSTALL_PATTERNS has no effect: RAILPACK_INSTALL_CMD says what the step `install` runs
        RAILPACK_NODE_NPM_INSTALL has no effect: RAILPACK_INSTALL_CMD says what the step `install` runs
        ");
        let replaced = r#"{"steps": {"prune": {"commands": ["rm x"]}, "install": {"commands": ["npm install -f"]}}}"#;
        insta::assert_snapshot!(told(replaced, &[]), @"
        RAILPACK_NODE_INSTALL_PATTERNS has no effect: railpack.json:1:69 says what the step `install` runs
        RAILPACK_NODE_NPM_INSTALL has no effect: railpack.json:1:69 says what the step `install` runs
        RAILPACK_NODE_PRUNE_CMD has no effect: railpack.json:1:34 says what the step `prune` runs
        ");
        let added = r#"{"steps": {"prune": {"commands": ["...", "rm x"]}, "install": {"commands": ["y", "..."]}}}"#;
        insta::assert_snapshot!(told(added, &[]), @"");
    }
}
