//! What the user asks for on top of what a provider makes: options, `RAILPACK_*` variables, `railpack.json`.
//!
//! The rules are the reference's (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/config/config.go>): a later
//! source wins, a list replaces an earlier list as a whole, maps are merged by key.

mod file;
mod merge;
mod origin;
mod schema;
mod sources;
mod spread;

use std::collections::BTreeMap;

use super::AnalyzeOptions;
use super::app::App;
use super::environment::Environment;
use super::error::AnalyzeError;
use super::messages::Messages;
use crate::plan::{
    Cache, Command, CommandLine, Filter, ImageConfig, Layer, SecretFile, Span, Spanned,
};
pub(crate) use file::ConfigFile;
pub(crate) use origin::{Origin, Sourced};
pub use schema::config_schema;
pub(crate) use spread::{SPREAD, is_spread_command, spread, spread_strings};

/// What the user asks for. Absent lists leave what the provider made as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    /// The providers that plan the app, in their order; never empty.
    pub(crate) providers: Option<Sourced<Vec<Spanned<String>>>>,
    /// The directory of the package of a workspace that is the app.
    pub(crate) app_directory: Option<Sourced<String>>,
    pub(crate) build_apt_packages: Option<Sourced<Vec<String>>>,
    pub(crate) steps: BTreeMap<String, StepConfig>,
    pub(crate) deploy: DeployConfig,
    /// Versions by tool.
    pub(crate) packages: BTreeMap<String, Sourced<String>>,
    pub(crate) caches: BTreeMap<String, Spanned<Cache>>,
    /// Names; those of all sources count.
    pub(crate) secrets: Vec<Spanned<String>>,
    pub(crate) exclude: Option<Vec<Spanned<String>>>,
    /// The file that the spans in this configuration are places of.
    pub(crate) file: Option<ConfigFile>,
}

/// What the user asks of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StepConfig {
    /// Where the file asks for it.
    pub(crate) span: Option<Span>,
    pub(crate) inputs: Option<Vec<Spanned<Layer>>>,
    pub(crate) commands: Option<Sourced<Vec<Spanned<Command>>>>,
    pub(crate) secrets: Option<Vec<Spanned<String>>>,
    pub(crate) secret_files: Option<Vec<Spanned<SecretFile>>>,
    pub(crate) ssh: Option<Vec<Spanned<String>>>,
    pub(crate) assets: BTreeMap<String, Spanned<String>>,
    pub(crate) variables: BTreeMap<String, Spanned<String>>,
    pub(crate) caches: Option<Vec<Spanned<String>>>,
    /// What of the step's result is in the image.
    pub(crate) deploy_outputs: Option<Vec<Spanned<Filter>>>,
}

/// What the user asks of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeployConfig {
    pub(crate) apt_packages: Option<Sourced<Vec<String>>>,
    pub(crate) base: Option<Spanned<Layer>>,
    pub(crate) inputs: Option<Vec<Spanned<Layer>>>,
    pub(crate) start_command: Option<Sourced<CommandLine>>,
    pub(crate) variables: BTreeMap<String, Spanned<String>>,
    pub(crate) paths: Option<Vec<Spanned<String>>>,
    /// Only the file has a say in it.
    pub(crate) config: ImageConfig,
}

impl Config {
    /// Everything the user asks for, in the order in which it counts: a variable wins over an option, the file over both.
    /// What is set and loses is told.
    pub(crate) fn gather(
        app: &App,
        options: &AnalyzeOptions,
        environment: &Environment,
        messages: &mut Messages,
    ) -> Result<Self, AnalyzeError> {
        let mut config = sources::from_options(options);
        config.merge(sources::from_environment(environment)?, messages);
        if let Some(file) = file::read(app, options, environment, messages)? {
            config.merge(file, messages);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests;
