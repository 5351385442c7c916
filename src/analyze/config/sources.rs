//! What options and variables ask for.

use super::{Config, Origin, Sourced, StepConfig};
use crate::analyze::environment::{Environment, Setting};
use crate::analyze::parts::{copy, shell};
use crate::analyze::{AnalyzeError, AnalyzeOptions, packages};
use crate::plan::Spanned;

pub(super) fn from_options(options: &AnalyzeOptions) -> Config {
    let mut config = Config::default();
    if let Some(command) = given(options.build_command.as_ref()) {
        config.steps.insert(
            "build".to_owned(),
            StepConfig::running(command, Origin::Flag("--build-cmd")),
        );
    }
    config.app_directory = given(options.app_directory.as_ref())
        .map(|directory| Sourced::new(directory.clone(), Origin::Flag("--app-dir")));
    config.deploy.start_command = given(options.start_command.as_ref())
        .map(|command| Sourced::new(command.as_str().into(), Origin::Flag("--start-cmd")));
    config
}

/// An empty command asks for nothing: platforms hand in every flag.
fn given(command: Option<&String>) -> Option<&String> {
    command.filter(|command| !command.trim().is_empty())
}

pub(super) fn from_environment(environment: &Environment) -> Result<Config, AnalyzeError> {
    let mut config = Config::default();
    for (name, step) in [("INSTALL_CMD", "install"), ("BUILD_CMD", "build")] {
        if let Some(Setting { value, origin }) = environment.setting(name) {
            let running = StepConfig::running(&value, Origin::Variable(origin));
            config.steps.insert(step.to_owned(), running);
        }
    }
    config.app_directory = environment
        .setting("APP_DIR")
        .map(|Setting { value, origin }| Sourced::new(value, Origin::Variable(origin)));
    config.deploy.start_command = environment
        .setting("START_CMD")
        .map(|Setting { value, origin }| Sourced::new(value.into(), Origin::Variable(origin)));
    if let Some(packages) = list(environment, "PACKAGES") {
        for package in packages.value {
            if !packages::is_name_and_version(&package) {
                return Err(AnalyzeError::Value {
                    place: packages.origin.to_string(),
                    found: package,
                    expected: "a tool, or a tool and its version, as in `node@22`".into(),
                });
            }
            let (name, version) = packages::name_and_version(&package);
            let version = Sourced::new(version, packages.origin.clone());
            config.packages.insert(name, version);
        }
    }
    config.build_apt_packages = list(environment, "BUILD_APT_PACKAGES");
    config.deploy.apt_packages = list(environment, "DEPLOY_APT_PACKAGES");
    config.secrets = environment.names().map(Spanned::from).collect();
    Ok(config)
}

/// The words of a setting; `None` if there is none.
fn list(environment: &Environment, name: &str) -> Option<Sourced<Vec<String>>> {
    let origin = environment.setting(name)?.origin;
    Some(Sourced::new(
        environment.list(name),
        Origin::Variable(origin),
    ))
}

impl StepConfig {
    /// Runs one line of shell on the whole app, in place of what the provider does.
    pub(crate) fn running(line: &str, origin: Origin) -> Self {
        let commands = vec![copy(".").into(), shell(line).into()];
        Self {
            commands: Some(Sourced::new(commands, origin)),
            secrets: Some(vec!["*".into()]),
            ..Self::default()
        }
    }
}
