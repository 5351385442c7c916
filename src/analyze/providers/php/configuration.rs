//! The files that configure FrankenPHP and PHP, and what starts them: the app's own, else Railpack's.

use std::collections::BTreeMap;

use crate::analyze::app::AppError;
use crate::analyze::caddy::word;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::procfile::PROCFILE;
use crate::analyze::template::{TemplateValue, render};

pub(super) const CADDYFILE: &str = "Caddyfile";
pub(super) const PHP_INI: &str = "php.ini";
pub(super) const START_SCRIPT: &str = "start-container.sh";

const INDEX: &str = "index.php";
const PUBLIC_DIRECTORY: &str = "public";
/// Where the app is in the image.
const APP_DIRECTORY: &str = "/app";
const ROOT_SETTING: &str = "PHP_ROOT_DIR";
/// What stands for the directory in Railpack's own `Caddyfile`.
const ROOT_PLACE: &str = "{root}";

/// The files by name, as they are in the image.
pub(super) fn files(
    context: &mut Context<'_>,
    is_laravel: bool,
) -> Result<BTreeMap<&'static str, String>, AnalyzeError> {
    let root = root(context, is_laravel)?;
    let values = BTreeMap::from([
        ("RAILPACK_PHP_ROOT_DIR", TemplateValue::Text(root.clone())),
        ("IS_LARAVEL", TemplateValue::Flag(is_laravel)),
    ]);
    let caddyfile = include_str!("Caddyfile").replace(ROOT_PLACE, &word(&root));
    let own = [
        (CADDYFILE, caddyfile),
        (PHP_INI, include_str!("php.ini").to_owned()),
        (START_SCRIPT, include_str!("start-container.sh").to_owned()),
    ];
    let mut files = BTreeMap::new();
    for (name, default) in own {
        let text = if context.app.has(name)? {
            context.messages.info(format!("using the app's {name}"));
            render(name, &context.app.read_text(name)?, &values)?
        } else {
            default
        };
        files.insert(name, text);
    }
    Ok(files)
}

/// The directory that is served.
fn root(context: &mut Context<'_>, is_laravel: bool) -> Result<String, AppError> {
    let app = context.app;
    let public_index = format!("{PUBLIC_DIRECTORY}/{INDEX}");
    let setting = context.environment.setting(ROOT_SETTING);
    let root = match &setting {
        Some(setting) => setting.value.clone(),
        None if is_laravel || !app.has(INDEX)? && app.has(&public_index)? => {
            format!("{APP_DIRECTORY}/{PUBLIC_DIRECTORY}")
        }
        None => APP_DIRECTORY.to_owned(),
    };
    let inside = match root.strip_prefix(APP_DIRECTORY) {
        Some(inside) => Some(inside.trim_matches('/')),
        None if root.starts_with('/') => None,
        None => Some(root.trim_start_matches("./").trim_matches('/')),
    };
    let Some(inside) = inside else {
        return Ok(root);
    };
    let index = match inside {
        "" | "." => INDEX.to_owned(),
        directory => format!("{directory}/{INDEX}"),
    };
    let is_configured = app.has(CADDYFILE)? || app.has(START_SCRIPT)?;
    let is_started_otherwise =
        context.config.deploy.start_command.is_some() || app.has(PROCFILE)?;
    if !is_configured && !is_started_otherwise && !app.has(&index)? {
        let origin = setting.map_or_else(String::new, |setting| format!("{}: ", setting.origin));
        context.messages.warning(format!(
            "{origin}{index} was not found, so that files are all that {root} serves; RAILPACK_{ROOT_SETTING} names the directory that holds {INDEX}"
        ));
    }
    Ok(root)
}
