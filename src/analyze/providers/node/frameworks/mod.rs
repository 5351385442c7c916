//! What frameworks ask for beyond installing, building and starting: caches, variables, a start command, or to be served as files.
//!
//! Rules: the files of the frameworks in
//! <https://github.com/railwayapp/railpack/tree/v0.37.0/core/providers/node>. What tells a framework is its dependency, its
//! command in the script `build`, or its configuration, which is read as text: nothing of the app is run.

mod angular;
mod astro;
mod caches;
mod configuration;
mod create_react_app;
mod expo;
pub(super) mod next;
mod nuxt;
mod react_router;
mod source;
mod static_site;
mod svelte_kit;
mod tanstack_start;
#[cfg(test)]
mod tests;
mod vite;

use super::workspace::Package;
use crate::analyze::app::App;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use source::Source;
pub(super) use static_site::StaticSite;

/// What the frameworks of the app ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct Frameworks {
    /// What is served, if the app is only files once it is built.
    pub(super) site: Option<StaticSite>,
    /// What makes the app, for who asks; `None` where it is no framework that is known.
    pub(super) name: Option<&'static str>,
    /// How the app is started, if nothing else says it.
    pub(super) start: Option<Start>,
    pub(super) build_variables: Vec<(&'static str, &'static str)>,
    /// Of installing, and of the app when it runs.
    pub(super) variables: Vec<(&'static str, &'static str)>,
}

/// How a framework's server is started, in the directory of its package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A program of a package, which the package manager finds or downloads.
    Program(&'static str),
    Line(String),
}

impl Frameworks {
    /// Looks for the frameworks of a package.
    pub(super) fn find(
        context: &mut Context<'_>,
        app: &App,
        package: &Package,
    ) -> Result<Self, AnalyzeError> {
        let source = Source { app, package };
        let site = StaticSite::find(context, source)?;
        let name = match &site {
            Some(site) => Some(site.framework.unwrap_or("static")),
            None => server_name(source)?,
        };
        let mut frameworks = Self {
            site,
            name,
            ..Self::default()
        };
        if next::is_used(source) && source.build_script().is_some() {
            frameworks
                .build_variables
                .push(("NEXT_TELEMETRY_DISABLED", "1"));
        }
        if astro::is_used(source)? && !astro::is_static(source)? {
            // By default only the container itself could reach the server.
            frameworks.variables.push(("HOST", "0.0.0.0"));
        }
        if frameworks.site.is_none() {
            frameworks.add_server(context, source)?;
        }
        Ok(frameworks)
    }

    /// What a framework asks for whose server is started.
    fn add_server(
        &mut self,
        context: &mut Context<'_>,
        source: Source<'_>,
    ) -> Result<(), AnalyzeError> {
        if svelte_kit::is_used(source) && svelte_kit::chooses_adapter(source) {
            context.messages.info(
                "SvelteKit chooses its adapter by where it is built; it is made to choose the one for Node.js",
            );
            self.build_variables.push(svelte_kit::NODE_ADAPTER);
        }
        self.start = if nuxt::is_used(source) {
            Some(Start::Line(nuxt::START.to_owned()))
        } else if tanstack_start::is_used(source) {
            if source.script("start").is_none() {
                context.messages.suggestion(tanstack_start::SUGGESTION);
            }
            Some(Start::Program(tanstack_start::START))
        } else if next::is_used(source) && source.builds_with("next build") {
            Some(Start::Program(next::START))
        } else {
            svelte_kit::start(source)?.map(Start::Line)
        };
        Ok(())
    }
}

/// The framework of an app that is a server.
fn server_name(source: Source<'_>) -> Result<Option<&'static str>, AnalyzeError> {
    Ok(if next::is_used(source) {
        Some("next")
    } else if nuxt::is_used(source) {
        Some("nuxt")
    } else if source.has_dependency(REMIX) {
        Some("remix")
    } else if tanstack_start::is_used(source) {
        Some("tanstack-start")
    } else if vite::is_used(source)? {
        Some("vite")
    } else if react_router::is_used(source)? {
        Some("react-router")
    } else if astro::is_used(source)? {
        Some("astro")
    } else {
        None
    })
}

/// The dependency that tells Remix (<https://v2.remix.run>).
const REMIX: &str = "@remix-run/node";
