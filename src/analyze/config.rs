//! What the user asks for on top of what a provider makes: options, `RAILPACK_*` variables, `railpack.json`.
//!
//! The rules are the reference's (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/config/config.go>): a later
//! source wins, a list replaces an earlier list as a whole, maps are merged by key.

use std::collections::BTreeMap;

use super::environment::Environment;
use super::parts::{copy, shell};
use super::{AnalyzeOptions, packages};
use crate::plan::{Cache, Command, Filter, Layer};

/// In a list: what was there before.
pub(crate) const SPREAD: &str = "...";

/// What the user asks for. Absent lists leave what the provider made as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) build_apt_packages: Option<Vec<String>>,
    pub(crate) steps: BTreeMap<String, StepConfig>,
    pub(crate) deploy: DeployConfig,
    /// Versions by tool.
    pub(crate) packages: BTreeMap<String, String>,
    pub(crate) caches: BTreeMap<String, Cache>,
    /// Names; those of all sources count.
    pub(crate) secrets: Vec<String>,
    pub(crate) exclude: Option<Vec<String>>,
}

/// What the user asks of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StepConfig {
    pub(crate) inputs: Option<Vec<Layer>>,
    pub(crate) commands: Option<Vec<Command>>,
    pub(crate) secrets: Option<Vec<String>>,
    pub(crate) assets: BTreeMap<String, String>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) caches: Option<Vec<String>>,
    /// What of the step's result is in the image.
    pub(crate) deploy_outputs: Option<Vec<Filter>>,
}

/// What the user asks of the image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeployConfig {
    pub(crate) apt_packages: Option<Vec<String>>,
    pub(crate) base: Option<Layer>,
    pub(crate) inputs: Option<Vec<Layer>>,
    pub(crate) start_command: Option<String>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) paths: Option<Vec<String>>,
}

impl Config {
    /// Everything the user asks for, in the order in which it counts.
    pub(crate) fn gather(options: &AnalyzeOptions, environment: &Environment) -> Self {
        Self::from_options(options).merge(Self::from_environment(environment))
    }

    fn from_options(options: &AnalyzeOptions) -> Self {
        let mut config = Self::default();
        if let Some(command) = &options.build_command {
            config
                .steps
                .insert("build".to_owned(), StepConfig::running(command));
        }
        config
            .deploy
            .start_command
            .clone_from(&options.start_command);
        config
    }

    fn from_environment(environment: &Environment) -> Self {
        let mut config = Self::default();
        for (setting, step) in [("INSTALL_CMD", "install"), ("BUILD_CMD", "build")] {
            if let Some(command) = environment.setting(setting) {
                config
                    .steps
                    .insert(step.to_owned(), StepConfig::running(&command.value));
            }
        }
        config.deploy.start_command = environment
            .setting("START_CMD")
            .map(|setting| setting.value);
        config.packages = environment
            .list("PACKAGES")
            .iter()
            .map(|package| packages::name_and_version(package))
            .collect();
        config.build_apt_packages = some_unless_empty(environment.list("BUILD_APT_PACKAGES"));
        config.deploy.apt_packages = some_unless_empty(environment.list("DEPLOY_APT_PACKAGES"));
        config.secrets = environment.names().map(str::to_owned).collect();
        config
    }

    fn merge(mut self, later: Self) -> Self {
        for (name, step) in later.steps {
            self.steps.entry(name).or_default().merge(step);
        }
        self.build_apt_packages = later.build_apt_packages.or(self.build_apt_packages);
        self.deploy.merge(later.deploy);
        self.packages.extend(later.packages);
        self.caches.extend(later.caches);
        self.secrets.extend(later.secrets);
        self.exclude = later.exclude.or(self.exclude);
        self
    }
}

impl StepConfig {
    /// Runs one line of shell on the whole app, in place of what the provider does.
    fn running(line: &str) -> Self {
        Self {
            commands: Some(vec![copy("."), shell(line)]),
            secrets: Some(vec!["*".to_owned()]),
            ..Self::default()
        }
    }

    fn merge(&mut self, later: Self) {
        replace(&mut self.inputs, later.inputs);
        replace(&mut self.commands, later.commands);
        replace(&mut self.secrets, later.secrets);
        replace(&mut self.caches, later.caches);
        replace(&mut self.deploy_outputs, later.deploy_outputs);
        self.assets.extend(later.assets);
        self.variables.extend(later.variables);
    }
}

impl DeployConfig {
    fn merge(&mut self, later: Self) {
        replace(&mut self.apt_packages, later.apt_packages);
        replace(&mut self.base, later.base);
        replace(&mut self.inputs, later.inputs);
        replace(&mut self.start_command, later.start_command);
        replace(&mut self.paths, later.paths);
        self.variables.extend(later.variables);
    }
}

/// A list of the user's with each `...` replaced by what was there before; without a list, what was there before.
pub(crate) fn spread<T: Clone>(
    configured: Option<&[T]>,
    generated: Vec<T>,
    is_spread: fn(&T) -> bool,
) -> Vec<T> {
    let Some(configured) = configured else {
        return generated;
    };
    let mut result = Vec::new();
    for item in configured {
        if is_spread(item) {
            result.extend_from_slice(&generated);
        } else {
            result.push(item.clone());
        }
    }
    result
}

/// [`spread`] for lists of strings.
pub(crate) fn spread_strings(configured: Option<&[String]>, generated: Vec<String>) -> Vec<String> {
    spread(configured, generated, |item| item == SPREAD)
}

fn replace<T>(value: &mut Option<T>, later: Option<T>) {
    if later.is_some() {
        *value = later;
    }
}

fn some_unless_empty(list: Vec<String>) -> Option<Vec<String>> {
    if list.is_empty() { None } else { Some(list) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(options: &AnalyzeOptions, variables: &[(&str, &str)]) -> Config {
        let mut environment = Environment::default();
        for (name, value) in variables {
            environment.set(*name, *value);
        }
        Config::gather(options, &environment)
    }

    #[test]
    fn variables_ask_for_steps_packages_and_a_start_command() {
        let config = gathered(
            &AnalyzeOptions::default(),
            &[
                ("RAILPACK_INSTALL_CMD", "npm install"),
                ("RAILPACK_BUILD_CMD", "npm run build"),
                ("RAILPACK_START_CMD", "npm start"),
                ("RAILPACK_PACKAGES", "node@18 jq"),
                ("RAILPACK_BUILD_APT_PACKAGES", "build-essential  libssl-dev"),
                ("RAILPACK_DEPLOY_APT_PACKAGES", "libssl-dev"),
                ("TOKEN", "value"),
            ],
        );
        let expected = Config {
            build_apt_packages: Some(vec!["build-essential".to_owned(), "libssl-dev".to_owned()]),
            steps: BTreeMap::from([
                ("install".to_owned(), StepConfig::running("npm install")),
                ("build".to_owned(), StepConfig::running("npm run build")),
            ]),
            deploy: DeployConfig {
                apt_packages: Some(vec!["libssl-dev".to_owned()]),
                start_command: Some("npm start".to_owned()),
                ..DeployConfig::default()
            },
            packages: [("node", "18"), ("jq", "latest")]
                .map(|(name, version)| (name.to_owned(), version.to_owned()))
                .into(),
            secrets: [
                "RAILPACK_BUILD_APT_PACKAGES",
                "RAILPACK_BUILD_CMD",
                "RAILPACK_DEPLOY_APT_PACKAGES",
                "RAILPACK_INSTALL_CMD",
                "RAILPACK_PACKAGES",
                "RAILPACK_START_CMD",
                "TOKEN",
            ]
            .map(str::to_owned)
            .into(),
            ..Config::default()
        };
        assert_eq!(config, expected);
    }

    #[test]
    fn a_variable_wins_over_an_option() {
        let options = AnalyzeOptions {
            build_command: Some("option".to_owned()),
            start_command: Some("option".to_owned()),
            ..AnalyzeOptions::default()
        };
        let config = gathered(&options, &[("RAILPACK_BUILD_CMD", "variable")]);
        assert_eq!(config.steps["build"], StepConfig::running("variable"));
        assert_eq!(config.deploy.start_command.as_deref(), Some("option"));
    }

    #[test]
    fn a_later_source_replaces_lists_and_adds_to_maps() {
        let step = |command: &str, variable: &str| StepConfig {
            commands: Some(vec![shell(command)]),
            variables: BTreeMap::from([(variable.to_owned(), "1".to_owned())]),
            ..StepConfig::default()
        };
        let config = |step: StepConfig, secret: &str| Config {
            steps: BTreeMap::from([("build".to_owned(), step)]),
            secrets: vec![secret.to_owned()],
            ..Config::default()
        };
        let merged = config(step("a", "A"), "ONE").merge(config(step("b", "B"), "TWO"));
        let build = &merged.steps["build"];
        assert_eq!(build.commands, Some(vec![shell("b")]));
        assert_eq!(build.variables.keys().collect::<Vec<_>>(), ["A", "B"]);
        assert_eq!(merged.secrets, ["ONE", "TWO"]);
    }
}
