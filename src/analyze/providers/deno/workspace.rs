//! One member of a workspace as the app (<https://docs.deno.com/runtime/fundamentals/workspaces>).

use serde_json::Value;

use super::CONFIG_FILES;
use crate::analyze::app::{App, AppError};
use crate::analyze::config::Sourced;
use crate::analyze::error::AnalyzeError;
use crate::analyze::workspace_member;

/// The directory of the member that a setting names by its directory or name; `None` is the app at the root.
/// `root` is the configuration there.
pub(super) fn choose(
    app: &App,
    root: &Value,
    setting: Option<&Sourced<String>>,
) -> Result<Option<String>, AnalyzeError> {
    let Some(setting) = setting else {
        return Ok(None);
    };
    let members = members(app, root)?;
    let chosen = workspace_member::choose(
        setting,
        &members,
        |directory| directory,
        |directory| name(app, directory),
    );
    Ok(chosen?.cloned())
}

/// The directories of the members: `workspace` is a list of patterns, or an object that holds one.
fn members(app: &App, root: &Value) -> Result<Vec<String>, AppError> {
    let workspace = root.get("workspace");
    let patterns = workspace.and_then(|workspace| workspace.get("members").or(Some(workspace)));
    let patterns = patterns.and_then(Value::as_array).into_iter().flatten();
    let mut members = Vec::new();
    let patterns = patterns.filter_map(Value::as_str);
    // What a pattern with `!` leaves out may be chosen all the same.
    for pattern in patterns.filter(|pattern| !pattern.starts_with('!')) {
        let pattern = pattern.trim_start_matches("./").trim_matches('/');
        for file in app.find_files(&format!("{pattern}/*.json*"))? {
            if let Some((directory, name)) = file.rsplit_once('/')
                && (CONFIG_FILES.contains(&name) || name == "package.json")
            {
                members.push(directory.to_owned());
            }
        }
    }
    members.sort();
    members.dedup();
    Ok(members)
}

/// The name of the member in a directory, if its configuration says one.
fn name(app: &App, directory: &str) -> Result<Option<String>, AppError> {
    let files = CONFIG_FILES.map(|file| format!("{directory}/{file}"));
    let Some(file) = app.first_of(&files.each_ref().map(String::as_str))? else {
        return Ok(None);
    };
    let config = app.read_deno_json(file)?;
    Ok(config
        .get("name")
        .and_then(Value::as_str)
        .map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::{commands, plan, start_command, try_plan};

    fn tree(workspace: &str) -> Memory {
        Memory::default()
            .file("deno.json", format!("{{\"workspace\": {workspace}}}"))
            .file("main.ts", "")
            .file("apps/web/deno.jsonc", "// web\n{ name: '@org/web' }")
            .file("apps/web/server.ts", "")
            .file("apps/my api/deno.json", "")
            .file("apps/my api/main.js", "")
            .file("lib/package.json", "{}")
            .file("other/deno.json", "{}")
    }

    #[test]
    fn a_member_is_named_by_its_directory_or_name() {
        let planned = |workspace: &str, member: &str| {
            let analysis = plan(tree(workspace), &[("RAILPACK_APP_DIR", member)]);
            let build = commands(&analysis, "build").join("\n");
            format!("{build}\n{}", start_command(&analysis).unwrap_or("none"))
        };
        let all = r#"["./apps/*", "lib/"]"#;
        let plans = [
            "apps/web",
            "./apps/web/",
            "@org/web",
            "apps/my api",
            "lib",
            ".",
        ]
        .map(|member| planned(all, member));
        insta::assert_snapshot!(plans.join("\n"), @r"
        sh -c 'cd apps/web && deno cache server.ts'
        cd apps/web && deno run --allow-all server.ts
        sh -c 'cd apps/web && deno cache server.ts'
        cd apps/web && deno run --allow-all server.ts
        sh -c 'cd apps/web && deno cache server.ts'
        cd apps/web && deno run --allow-all server.ts
        sh -c 'cd '\''apps/my api'\'' && deno cache main.js'
        cd 'apps/my api' && deno run --allow-all main.js

        none
        deno cache main.ts
        deno run --allow-all main.ts
        ");
        let object = r#"{"members": ["apps/web"]}"#;
        assert_eq!(planned(object, "apps/web"), plans[0]);
    }

    #[test]
    fn a_directory_that_is_no_member_is_an_error_with_those_that_are() {
        let error = |workspace: &str| {
            let variables = [("RAILPACK_APP_DIR", "other")];
            try_plan(tree(workspace), &variables)
                .unwrap_err()
                .to_string()
        };
        insta::assert_snapshot!(error(r#"["./apps/*", "lib", "!x", "../y", 1]"#), @"RAILPACK_APP_DIR: `other` is not a package of the workspace; its packages are apps/my api, apps/web, lib");
        insta::assert_snapshot!(error("null"), @"RAILPACK_APP_DIR: `other` is not a package of the workspace; there is no workspace here");
    }

    #[test]
    fn files_of_the_member_that_are_not_read_are_told() {
        let tree = tree(r#"["apps/web"]"#).file("apps/web/Procfile", "web: x");
        let analysis = plan(tree, &[("RAILPACK_APP_DIR", "apps/web")]);
        let texts = analysis
            .messages
            .iter()
            .map(|message| message.text.as_str());
        let texts: Vec<_> = texts.filter(|text| text.contains("not read")).collect();
        insta::assert_snapshot!(texts.join("\n"), @"apps/web/Procfile is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there, or say what to start with --start-cmd");
    }
}
