//! One member of a workspace as the app: which one, and files in its directory that would count at the root, and do not
//! count there.

use super::app::{App, AppError};
use super::config::Sourced;
use super::context::Context;
use super::error::AnalyzeError;

/// Their names, and what there is to do about one beside moving it.
const FILES: [(&str, &str); 11] = [
    (".bun-version", ""),
    (".mise.toml", ""),
    (".node-version", ""),
    (".nvmrc", ""),
    (".tool-versions", ""),
    ("Caddyfile", ""),
    ("Caddyfile.template", ""),
    ("Procfile", ", or say what to start with --start-cmd"),
    ("Staticfile", ""),
    ("mise.toml", ""),
    ("railpack.json", ", or name it with --config-file"),
];

/// The member that a setting names by its directory or by its name; `None` is the app at the root.
pub(crate) fn choose<'a, Member>(
    setting: &Sourced<String>,
    members: &'a [Member],
    directory: impl Fn(&Member) -> &str,
    name: impl Fn(&Member) -> Result<Option<String>, AppError>,
) -> Result<Option<&'a Member>, AnalyzeError> {
    let wanted = setting.value.trim_start_matches("./").trim_matches('/');
    if ["", "."].contains(&wanted) {
        return Ok(None);
    }
    for member in members {
        if directory(member) == wanted || name(member)?.as_deref() == Some(&*setting.value) {
            return Ok(Some(member));
        }
    }
    Err(AnalyzeError::NotInWorkspace {
        origin: setting.origin.to_string(),
        found: setting.value.clone(),
        members: members
            .iter()
            .map(|member| directory(member).to_owned())
            .collect(),
    })
}

/// Warns of files in the directory of the package that is the app: who put them there expects that they do something.
pub(crate) fn warn_of_files(
    context: &mut Context<'_>,
    app: &App,
    directory: &str,
) -> Result<(), AppError> {
    let config = context.config;
    let Some(chosen) = &config.app_directory else {
        return Ok(());
    };
    for (file, or_else) in FILES {
        let path = format!("{directory}/{file}");
        // The user may name a configuration there, and then it is read.
        let is_read = config
            .file
            .as_ref()
            .is_some_and(|file| file.has_name(&path));
        if is_read || !app.has(&path)? {
            continue;
        }
        context.messages.warning(format!(
            "{path} is not read for the plan: with {}, configuration is read from the root of the workspace; move it there{or_else}",
            chosen.origin
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::{plan, warnings};

    #[test]
    fn files_of_the_package_that_are_not_read_are_told() {
        let tree = || {
            Memory::default()
                .file("package.json", r#"{"workspaces": ["apps/*"]}"#)
                .file("package-lock.json", "{}")
                .file("apps/web/package.json", r#"{"scripts": {"start": "x"}}"#)
                .file("apps/api/Procfile", "web: x")
                .file("Procfile", "web: y")
        };
        let told = |tree: Memory, variables: &[_]| {
            let variables = [&[("RAILPACK_APP_DIR", "apps/web")], variables].concat();
            warnings(&plan(tree, &variables)).join("\n")
        };
        assert_eq!(told(tree(), &[]), "");
        let all =
            |tree, (file, _): &(&str, &str)| Memory::file(tree, &format!("apps/web/{file}"), "");
        let nothing_of_all = tree().file("x", "");
        insta::assert_snapshot!(told(FILES.iter().fold(nothing_of_all, all), &[]), @"
        apps/web/.bun-version is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/.mise.toml is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/.node-version is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/.nvmrc is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/.tool-versions is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/Caddyfile is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/Caddyfile.template is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/Procfile is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there, or say what to start with --start-cmd
        apps/web/Staticfile is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/mise.toml is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there
        apps/web/railpack.json is not read for the plan: with RAILPACK_APP_DIR, configuration is read from the root of the workspace; move it there, or name it with --config-file
        ");
        let config = tree().file("apps/web/railpack.json", "{}");
        let named = [("RAILPACK_CONFIG_FILE", "apps/web/railpack.json")];
        assert_eq!(told(config, &named), "");
        let at_the_root = tree().file("apps/web/.nvmrc", "20");
        assert_eq!(warnings(&plan(at_the_root, &[])).join("\n"), "");
    }
}
