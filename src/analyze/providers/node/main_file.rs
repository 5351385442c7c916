//! `main` of `package.json`, where it says what the container runs.

use super::Node;
use super::install::INSTALL_SCRIPTS;
use crate::analyze::app::AppError;
use crate::analyze::context::Context;
use crate::plan::quote;

/// What Node.js and Bun try behind the name of a file (<https://nodejs.org/api/modules.html#all-together>). Of a directory
/// nothing more is looked at.
const ENDINGS: [&str; 10] = [
    "", ".js", ".json", ".node", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".mts",
];

impl Node<'_> {
    /// Warns of a `main` that names no file, if the container starts it and nothing that the build runs may make it. There is
    /// no script `build`, and no command of the user's to start.
    pub(super) fn warn_of_missing_main(&self, context: &mut Context<'_>) -> Result<(), AppError> {
        let package = self.package();
        let Some(main) = package.package_json.main.as_deref() else {
            return Ok(());
        };
        let has_script = |name: &&str| package.package_json.script(name).is_some();
        if main.is_empty()
            || main.starts_with('/')
            || has_script(&"start")
            || INSTALL_SCRIPTS.iter().any(has_script)
            || context
                .config
                .steps
                .values()
                .any(|step| step.commands.is_some())
        {
            return Ok(());
        }
        for ending in ENDINGS {
            if self.app.has(&package.path(&format!("{main}{ending}")))? {
                return Ok(());
            }
        }
        let manifest = package.manifest.path(&package.directory);
        let place = self.app.place_in_json(&manifest, &["main"])?;
        context.messages.warning(format!(
            "{place}: found {}, expected a file of the app: the container starts it; name another one, or add a script `start`",
            quote(main)
        ));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::analyze::app::memory::Memory;
    use crate::analyze::providers::node::package_manager::tests::{bare, warnings};
    use crate::analyze::testing::plan;

    fn told(tree: Memory, variables: &[(&str, &str)]) -> String {
        let analysis = plan(tree.file("package-lock.json", "{}"), variables);
        warnings(&analysis).join("\n")
    }

    #[test]
    fn a_main_that_names_no_file_is_told_with_its_place() {
        let tree = || bare("{\n  \"main\": \"dist/server.js\"\n}").file("index.js", "");
        insta::assert_snapshot!(told(tree(), &[]), @"package.json:2:11: found `dist/server.js`, expected a file of the app: the container starts it; name another one, or add a script `start`");
        let workspace = tree()
            .file("package.json", r#"{"workspaces": ["api"]}"#)
            .file("api/package.json", r#"{"main": "./x"}"#)
            .file("x.js", "");
        insta::assert_snapshot!(told(workspace, &[("RAILPACK_APP_DIR", "api")]), @"api/package.json:1:10: found `./x`, expected a file of the app: the container starts it; name another one, or add a script `start`");
    }

    #[test]
    fn a_main_that_is_there_or_may_be_made_or_is_not_started_is_not_told() {
        let main = |rest: &str| bare(&format!(r#"{{"main": "lib/a"{rest}}}"#));
        for tree in [
            main("").file("lib/a", ""),
            main("").file("lib/a.js", ""),
            main("").file("lib/a/index.js", ""),
            main(r#", "scripts": {"build": "tsc"}"#),
            main(r#", "scripts": {"prepare": "tsc"}"#),
            main(r#", "scripts": {"start": "node x"}"#),
            main("").file("Procfile", "web: node x"),
            main("").file(
                "railpack.json",
                r#"{"steps": {"x": {"commands": ["tsc"]}}}"#,
            ),
            bare(r#"{"main": "/app/x.js"}"#),
        ] {
            assert_eq!(told(tree, &[]), "");
        }
        for variable in ["RAILPACK_START_CMD", "RAILPACK_BUILD_CMD"] {
            assert_eq!(told(main(""), &[(variable, "x")]), "");
        }
    }
}
