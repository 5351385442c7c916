//! The whole analysis.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::app::App;
use super::config::Config;
use super::context::Context;
use super::environment::Environment;
use super::error::AnalyzeError;
use super::finish::finish;
use super::images::BaseImages;
use super::lookup::VersionLookup;
use super::messages::{Message, Messages};
use super::packages::RequestedPackage;
use super::procfile;
use super::providers;
use super::together;
use super::validate::validate;
use crate::plan::{ImageReference, Plan, Spanned};

/// The image's variable that says which version of Railpack planned it.
const VERSION_VARIABLE: &str = "RAILPACK_VERSION";

/// What the caller asks of an analysis.
#[derive(Clone, Debug, Default)]
pub struct AnalyzeOptions {
    /// A line of shell that the step `build` runs, in place of what the provider makes of it.
    pub build_command: Option<String>,
    /// What the container runs, in place of what the provider finds.
    pub start_command: Option<String>,
    /// The directory of the package of a workspace that is the app; by default the one at the root.
    pub app_directory: Option<String>,
    /// The configuration file, relative to the app; by default `railpack.json`, if there is one.
    pub config_file: Option<String>,
    /// Whether it is an error if nothing says what the container runs. Otherwise it is a warning.
    pub error_missing_start: bool,
    /// The images that the plan starts from.
    pub images: BaseImages,
    /// The versions that the app was built with before, by tool. They go before defaults.
    pub previous: BTreeMap<String, String>,
    /// Who knows which versions are published; without, mise chooses in the build.
    pub lookup: Option<Arc<dyn VersionLookup + Send + Sync>>,
    /// The frontend image that the plan names, so that plain `docker build` finds it.
    pub frontend: Option<String>,
}

/// A plan, and how it came about.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The plan.
    pub plan: Plan,
    /// The providers that planned the app, in their order; none if all commands are the user's.
    pub providers: Vec<&'static str>,
    /// The tools and the versions that were asked for.
    pub packages: BTreeMap<String, RequestedPackage>,
    /// What was found out about the app, by name (<https://railpack.com/reference/cli>, `info`).
    pub metadata: BTreeMap<String, String>,
    /// What to tell the user.
    pub messages: Vec<Message>,
}

/// Looks at an app and plans its image.
///
/// The same app, environment and options give the same plan, to the byte.
pub fn analyze(
    app: &App,
    environment: &Environment,
    options: &AnalyzeOptions,
) -> Result<Analysis, AnalyzeError> {
    run(app, environment, options, Messages::default())
}

/// [`analyze`], which also gives what was found until an analysis failed.
pub fn analyze_telling(
    app: &App,
    environment: &Environment,
    options: &AnalyzeOptions,
) -> (Result<Analysis, AnalyzeError>, Vec<Message>) {
    let messages = Messages::default();
    let analysis = run(app, environment, options, messages.clone());
    (analysis, messages.to_vec())
}

fn run(
    app: &App,
    environment: &Environment,
    options: &AnalyzeOptions,
    messages: Messages,
) -> Result<Analysis, AnalyzeError> {
    let frontend = frontend(options)?;
    let config = Config::gather(app, options, environment, &mut messages.clone())?;
    let mut context = Context::new(app, environment, &config, &options.images)?;
    context.messages = messages;
    context.packages.set_previous(&options.previous);
    let providers = providers::choose(&mut context)?;
    let names: Vec<_> = providers.iter().map(|provider| provider.name()).collect();
    if !names.is_empty() {
        context
            .metadata
            .insert("providers".to_owned(), names.join(","));
    }
    if let Some(directory) = &config.app_directory
        && !names.iter().any(|name| matches!(*name, "deno" | "node"))
    {
        return Err(AnalyzeError::Unsupported {
            what: "one package of a workspace as the app, for others than Node.js, Bun and Deno,"
                .to_owned(),
            found: format!("{} `{}`", directory.origin, directory.value),
        });
    }
    together::plan(&mut context, &providers)?;
    procfile::plan(&mut context)?;
    providers::warn_of_configured_calls(&mut context)?;

    let lookup = options.lookup.as_deref();
    let lookup = lookup.map(|lookup| lookup as &dyn VersionLookup);
    context.packages.resolve(lookup, &mut context.messages)?;
    let mut finished = finish(context)?;
    finished.plan.syntax = frontend.map(Spanned::from);
    let version = Spanned::from(env!("CARGO_PKG_VERSION"));
    finished
        .plan
        .deploy
        .variables
        .insert(VERSION_VARIABLE.to_owned(), version);
    for provider in &providers {
        provider.amend(&mut finished.plan);
    }
    validate(
        &finished.plan,
        app,
        &config,
        &providers,
        options,
        &mut finished.messages,
    )?;

    for (directory, reason) in app.unreadable_directories() {
        finished
            .messages
            .warning(format!("{directory}: {reason}; taken as empty"));
    }
    for setting in environment.used_settings() {
        finished
            .messages
            .detail(format!("{setting} is set, and taken into account"));
    }
    for setting in environment.unused_settings() {
        finished.messages.warning(format!(
            "{setting} is set, but nothing in this plan depends on it"
        ));
    }
    Ok(Analysis {
        plan: finished.plan,
        providers: names,
        packages: finished.packages,
        metadata: finished.metadata,
        messages: finished.messages.to_vec(),
    })
}

/// The frontend image that the plan names. An empty one is none: platforms hand in every flag.
fn frontend(options: &AnalyzeOptions) -> Result<Option<&str>, AnalyzeError> {
    let frontend = options.frontend.as_deref().map(str::trim);
    let Some(image) = frontend.filter(|image| !image.is_empty()) else {
        return Ok(None);
    };
    match ImageReference::parse(image) {
        Ok(_) => Ok(Some(image)),
        Err(error) => Err(AnalyzeError::Value {
            place: "--frontend or RAILPACK_FRONTEND".to_owned(),
            found: image.to_owned(),
            expected: format!("the name of an image ({error})").into(),
        }),
    }
}

#[cfg(test)]
mod tests;
