//! Apps that are only files once they are built, and are served by Caddy in place of a server of their own.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/node/spa.go>.

use super::source::Source;
use super::{angular, astro, create_react_app, expo, next, nuxt, react_router, svelte_kit, vite};
use crate::analyze::app::AppError;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::leads_out;
use crate::analyze::procfile::{self, PROCFILE};

/// Start commands that templates of frameworks come with, and that start no server worth a container: each of them is of
/// development, or has nothing to serve where there are only files.
const TEMPLATE_START_COMMANDS: [&str; 8] = [
    "astro dev",
    "expo start",
    "next start",
    "ng serve",
    "react-router-serve ./build/server/index.js",
    "react-scripts start",
    "vite",
    "vite dev",
];

/// What is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::analyze::providers::node) struct StaticSite {
    /// What made it, if that is known.
    pub(in crate::analyze::providers::node) framework: Option<&'static str>,
    /// The directory, from the app's on.
    pub(in crate::analyze::providers::node) output: String,
}

impl StaticSite {
    /// What is served of a package, if it needs no server of its own.
    pub(super) fn find(
        context: &mut Context<'_>,
        source: Source<'_>,
    ) -> Result<Option<Self>, AnalyzeError> {
        if context.environment.flag("NO_SPA") {
            return Ok(None);
        }
        let setting = context.environment.setting("SPA_OUTPUT_DIR");
        let found = find_output(context, source)?;
        if let Some(setting) = setting {
            let output = in_package(source, setting.value.clone());
            if leads_out(&output) {
                return Err(AnalyzeError::not_in_app(setting));
            }
            if let Some(origin) = start_command_origin(context, source)? {
                context.messages.warning(format!(
                    "{} makes the image hold the files of {} alone, and {origin} starts something else in it; take one of \
                     the two away",
                    setting.origin, setting.value
                ));
            }
            return Ok(Some(Self {
                framework: found.map(|(framework, _)| framework),
                output,
            }));
        }
        let Some((framework, output)) = found else {
            return Ok(None);
        };
        if has_start_command(context, source)? {
            context.messages.info(format!(
                "the build makes a static site ({framework}), but there is a start command, so the site is not served by Caddy"
            ));
            return Ok(None);
        }
        Ok(Some(Self {
            framework: Some(framework),
            output: in_package(source, output),
        }))
    }

    /// The directory that Caddy serves: the output as an absolute path.
    pub(in crate::analyze::providers::node) fn root(&self) -> String {
        match self.output.strip_prefix('/') {
            Some(path) => format!("/{}", without_detours(path)),
            None => format!("/{}", without_detours(&format!("app/{}", self.output))),
        }
    }
}

/// A path from the package's directory on, as one from the app's on.
fn in_package(source: Source<'_>, path: String) -> String {
    if path.starts_with('/') {
        path
    } else {
        in_app(source.package.path(&path))
    }
}

/// A path from the app's directory on, as the plan holds it.
fn in_app(path: String) -> String {
    if path.split('/').all(|name| name != "." && name != "..") {
        return path;
    }
    match without_detours(&path) {
        path if path.is_empty() => ".".to_owned(),
        path => path,
    }
}

/// A path without empty names, `.`, and `..` behind a name.
fn without_detours(path: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." if names.last().is_some_and(|last| *last != "..") => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.join("/")
}

/// The framework that makes files only, and the directory of these, from the package's on.
fn find_output(
    context: &Context<'_>,
    source: Source<'_>,
) -> Result<Option<(&'static str, String)>, AnalyzeError> {
    // React Router builds with Vite, and says itself what it is.
    if react_router::is_used(source)? {
        return Ok(if react_router::is_static(source)? {
            Some(("react-router", react_router::output(source)?))
        } else {
            None
        });
    }
    if vite::is_used(source)? {
        return Ok(Some(("vite", vite::output(source)?)));
    }
    if astro::is_static(source)? {
        return Ok(Some(("astro", astro::output(source)?)));
    }
    if next::is_static(source)? {
        return Ok(Some(("next", next::output(source)?)));
    }
    if create_react_app::is_used(source) {
        return Ok(Some(("cra", create_react_app::OUTPUT.to_owned())));
    }
    if angular::is_used(source)? {
        return Ok(angular::output(context, source)?.map(|output| ("angular", output)));
    }
    if expo::is_static(source)? {
        return Ok(Some(("expo", expo::OUTPUT.to_owned())));
    }
    if svelte_kit::is_static(source) {
        return Ok(Some(("sveltekit", svelte_kit::output(source)?)));
    }
    if nuxt::is_static(source) {
        return Ok(Some(("nuxt", nuxt::STATIC_OUTPUT.to_owned())));
    }
    Ok(None)
}

/// The user's setting of a start command other than Caddy, or the Procfile.
fn start_command_origin(
    context: &Context<'_>,
    source: Source<'_>,
) -> Result<Option<String>, AnalyzeError> {
    Ok(procfile::configured_start(context.config, source.app)?
        .filter(|(_, command)| !command.trim_start().starts_with("caddy "))
        .map(|(place, _)| place))
}

/// Whether the user, a Procfile or the script `start` says how a server is started.
fn has_start_command(context: &Context<'_>, source: Source<'_>) -> Result<bool, AppError> {
    if source.app.has(PROCFILE)? {
        return Ok(true);
    }
    let configured = context.config.deploy.start_command.as_ref();
    let configured = configured.map(|command| command.value.joined());
    Ok(configured
        .as_deref()
        .filter(|command| !command.is_empty())
        .or_else(|| source.script("start"))
        .is_some_and(|command| !TEMPLATE_START_COMMANDS.contains(&command.trim())))
}
