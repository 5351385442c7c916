//! Providers: the analysis of one language each.

mod cpp;
mod deno;
mod dotnet;
mod elixir;
mod gleam;
mod golang;
mod java;
mod node;
mod php;
mod playwright;
mod python;
mod ruby;
mod rust;
mod shell;
mod staticfile;

use super::context::Context;
use super::error::AnalyzeError;
use crate::plan::{Plan, suggest};
use cpp::CppProvider;
use deno::DenoProvider;
use dotnet::DotnetProvider;
use elixir::ElixirProvider;
use gleam::GleamProvider;
use golang::GoProvider;
use java::JavaProvider;
use node::NodeProvider;
pub(crate) use node::warn_of_configured_calls;
use php::PhpProvider;
use python::PythonProvider;
use ruby::RubyProvider;
use rust::RustProvider;
use shell::ShellProvider;
use staticfile::StaticfileProvider;

/// What providers search whole apps for.
#[cfg(feature = "frontend")]
pub(super) mod searched {
    pub(crate) use super::golang::MODULE_FILES;
    pub(crate) use super::node::INSTALL_FILES;
    pub(crate) use super::php::COMPOSER_FILES;
    pub(crate) use super::python::{DJANGO_FILES, SEARCHED_MANIFESTS as PYTHON_MANIFESTS};
}

/// Knows the apps of one language and plans them.
pub(crate) trait Provider: Sync {
    /// Its name, in the reference's spelling.
    fn name(&self) -> &'static str;

    /// Whether the app is one of this language.
    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError>;

    /// Adds what the app needs to the context.
    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError>;

    /// The provider that plans an app beside this one where the app needs both, as the front end of a server does. Not
    /// asked if the user names several providers.
    fn beside(
        &self,
        _context: &Context<'_>,
    ) -> Result<Option<&'static dyn Provider>, AnalyzeError> {
        Ok(None)
    }

    /// Brings what it planned and what those behind it planned together, where a step needs what two of them make. Only the
    /// first of several providers is asked.
    fn unite(&self, _context: &mut Context<'_>, _others: &[&'static str]) {}

    /// Changes the finished plan, in which the user's configuration is visible.
    fn amend(&self, _plan: &mut Plan) {}

    /// Where the provider looks for a start command, for an app without one.
    fn start_command_help(&self) -> Option<&'static str> {
        None
    }
}

/// All providers. The first that detects an app plans it, so the order is part of the behaviour
/// (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/provider.go>).
pub(crate) static ALL: [&dyn Provider; 14] = [
    &PhpProvider,
    &GoProvider,
    &JavaProvider,
    &RustProvider,
    &RubyProvider,
    &ElixirProvider,
    &PythonProvider,
    &DenoProvider,
    &DotnetProvider,
    &NodeProvider,
    &GleamProvider,
    &CppProvider,
    &StaticfileProvider,
    &ShellProvider,
];

/// The providers that plan the app: those that the user names, else the first that knows it.
pub(crate) fn choose(
    context: &mut Context<'_>,
) -> Result<Vec<&'static dyn Provider>, AnalyzeError> {
    let Some(configured) = &context.config.providers else {
        let provider = detect(context)?;
        let name = provider.map(Provider::name);
        context.messages.detail(asked(name));
        if let Some(name) = name {
            context.messages.info(format!("detected {name}"));
        }
        let Some(provider) = provider else {
            return Ok(Vec::new());
        };
        return with_beside(context, provider);
    };
    let mut providers: Vec<&'static dyn Provider> = Vec::new();
    for name in &configured.value {
        let place = match (&context.config.file, name.span) {
            (Some(file), Some(span)) => format!("{}:{}", file.name, span.start),
            _ => configured.origin.to_string(),
        };
        let provider = named(name, &place)?;
        if providers
            .iter()
            .any(|other| other.name() == provider.name())
        {
            context.messages.warning(format!(
                "{place}: the provider {} is named twice",
                provider.name()
            ));
            continue;
        }
        context
            .messages
            .info(format!("provider {}, as {place} says", provider.name()));
        providers.push(provider);
    }
    match providers[..] {
        [only] => with_beside(context, only),
        _ => Ok(providers),
    }
}

/// A provider, and the one that plans the app beside it.
fn with_beside(
    context: &mut Context<'_>,
    provider: &'static dyn Provider,
) -> Result<Vec<&'static dyn Provider>, AnalyzeError> {
    let beside = provider.beside(context)?;
    if let Some(beside) = beside {
        context
            .messages
            .info(format!("and {} beside it", beside.name()));
    }
    Ok([provider].into_iter().chain(beside).collect())
}

/// The provider of this name, in any case of letters.
fn named(name: &str, place: &str) -> Result<&'static dyn Provider, AnalyzeError> {
    let found = ALL
        .into_iter()
        .find(|provider| provider.name().eq_ignore_ascii_case(name.trim()));
    found.ok_or_else(|| {
        let known: Vec<_> = ALL.iter().map(|provider| provider.name()).collect();
        AnalyzeError::UnknownProvider {
            place: place.to_owned(),
            name: name.to_owned(),
            suggestion: meant(name).or_else(|| suggest(name, known.iter().copied())),
            known,
        }
    })
}

/// The provider of a language or tool that is known under another name.
fn meant(name: &str) -> Option<&'static str> {
    Some(match name.trim().to_lowercase().as_str() {
        "go" => "golang",
        "js" | "javascript" | "typescript" | "nodejs" | "node.js" | "bun" | "npm" => "node",
        "py" | "django" | "uv" => "python",
        "c++" | "c" => "cpp",
        "csharp" | "c#" | ".net" => "dotnet",
        "static" | "html" => "staticfile",
        "sh" | "bash" => "shell",
        "laravel" => "php",
        "rails" => "ruby",
        "phoenix" => "elixir",
        "kotlin" | "gradle" | "maven" => "java",
        _ => return None,
    })
}

/// The first provider that knows the app.
fn detect(context: &Context<'_>) -> Result<Option<&'static dyn Provider>, AnalyzeError> {
    for provider in ALL {
        if provider.detect(context)? {
            return Ok(Some(provider));
        }
    }
    Ok(None)
}

/// Which providers were asked until one knew the app, for who wonders.
fn asked(found: Option<&str>) -> String {
    let mut names: Vec<_> = ALL.iter().map(|provider| provider.name()).collect();
    if let Some(position) = found.and_then(|found| names.iter().position(|name| *name == found)) {
        names.truncate(position);
    }
    match (found, names.is_empty()) {
        (Some(found), true) => format!("{found} was asked first, and knows the app"),
        (Some(found), false) => format!("not known to {}, but to {found}", names.join(", ")),
        (None, _) => format!("not known to {}", names.join(", ")),
    }
}
