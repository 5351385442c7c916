//! Planning an app as the arguments say: what `plan`, `prepare` and `info` have in common.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use thiserror::Error;

use super::arguments::PlanningArguments;
use super::mise::Mise;
use crate::analyze::{
    Analysis, AnalyzeError, AnalyzeOptions, App, AppError, BaseImages, Directory, Environment,
    EnvironmentError, Level, Message, VersionLookup, analyze_telling, name_and_version,
};

/// The variable with which mise tells more in the build.
const MISE_VERBOSE: &str = "MISE_VERBOSE";

/// How planning an app ended, and what was found on the way.
pub(crate) struct Planned {
    pub(crate) outcome: Result<Analysis, PlanningError>,
    /// In the order in which they came up; those until the failure if there was one.
    pub(crate) messages: Vec<Message>,
}

/// Plans an app. `variable` gives the process environment; when `stop` is set nothing is waited for any more.
pub(crate) fn plan_app(
    arguments: &PlanningArguments,
    verbose: bool,
    variable: &dyn Fn(&str) -> Option<String>,
    stop: &Arc<AtomicBool>,
) -> Planned {
    let mut messages = Vec::new();
    let outcome = plan(arguments, verbose, variable, stop, &mut messages);
    messages.retain(|message| verbose || message.level != Level::Detail);
    Planned { outcome, messages }
}

fn plan(
    arguments: &PlanningArguments,
    verbose: bool,
    variable: &dyn Fn(&str) -> Option<String>,
    stop: &Arc<AtomicBool>,
    messages: &mut Vec<Message>,
) -> Result<Analysis, PlanningError> {
    let (environment, left_out) = environment(&arguments.variables, verbose, variable)?;
    messages.extend(left_out.into_iter().map(|name| Message {
        level: Level::Warning,
        text: format!("--env {name}: has no value, and is left out"),
    }));
    let app = App::new(Directory::open(&arguments.directory)?);
    let options = options(arguments, &environment, variable, stop);
    let (analysis, found) = analyze_telling(&app, &environment, &options);
    messages.extend(found);
    Ok(analysis?)
}

/// The variables of an analysis, whose values are the secrets of the build, and the names of those without a value.
pub(crate) fn environment(
    variables: &[String],
    verbose: bool,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(Environment, Vec<String>), EnvironmentError> {
    let names_and_values = variables.iter().map(String::as_str);
    let (mut environment, left_out) = Environment::from_arguments(names_and_values, variable)?;
    if verbose && environment.variable(MISE_VERBOSE).is_none() {
        environment.set(MISE_VERBOSE, "1");
    }
    Ok((environment, left_out))
}

/// The options of an analysis: of each the flag, else the `--env` variable, else that of the process, else the default.
pub(crate) fn options(
    arguments: &PlanningArguments,
    environment: &Environment,
    variable: &dyn Fn(&str) -> Option<String>,
    stop: &Arc<AtomicBool>,
) -> AnalyzeOptions {
    let image = |flag: &Option<String>, name: &str| {
        let given = environment.setting(name).map(|setting| setting.value);
        let inherited =
            || variable(&format!("RAILPACK_{name}")).filter(|value| !value.trim().is_empty());
        flag.clone().or(given).or_else(inherited)
    };
    AnalyzeOptions {
        build_command: arguments.build_command.clone(),
        start_command: arguments.start_command.clone(),
        app_directory: arguments.app_directory.clone(),
        config_file: arguments.config_file.clone(),
        error_missing_start: arguments.error_missing_start,
        images: BaseImages::chosen(|name| match name {
            "BUILDER_IMAGE" => image(&arguments.builder_image, name),
            _ => image(&arguments.runtime_image, name),
        }),
        previous: arguments
            .previous
            .iter()
            .map(|package| name_and_version(package))
            .collect(),
        lookup: Mise::find(&arguments.directory, variable, stop)
            .map(|mise| Arc::new(mise) as Arc<dyn VersionLookup + Send + Sync>),
        frontend: image(&arguments.frontend, "FRONTEND"),
    }
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub(crate) enum PlanningError {
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Analyze(#[from] AnalyzeError),
}

impl PlanningError {
    /// What to do about it, where the message does not say it already.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::App(error) => error.hint(),
            Self::Analyze(error) => error.hint(),
            Self::Environment(_) => None,
        }
    }

    /// Whether it says nothing about the app, so that the same call may work a little later.
    pub(crate) fn is_temporary(&self) -> bool {
        match self {
            Self::App(error) => error.is_temporary(),
            Self::Analyze(error) => error.is_temporary(),
            Self::Environment(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::ExitStatus;
    use crate::cli::testing::{app, railpack, text};

    #[test]
    fn an_image_is_the_flags_then_the_given_variables_then_the_process_variables() {
        let app = app();
        let process = [
            ("RAILPACK_BUILDER_IMAGE", "process-1"),
            ("RAILPACK_RUNTIME_IMAGE", "process-2"),
            ("RAILPACK_FRONTEND", "process-3"),
        ];
        let given = [
            "--env",
            "RAILPACK_RUNTIME_IMAGE=given-2",
            "--env",
            "RAILPACK_FRONTEND=given-3",
        ];
        let mut arguments = vec!["plan", text(app.path()), "--frontend", "flag-3"];
        arguments.extend(given);
        let plan = railpack(&arguments, &process).stdout;
        for image in ["process-1", "given-2"] {
            assert!(plan.contains(&format!("\"image\": \"{image}\"")), "{plan}");
        }
        assert!(plan.starts_with("{\n  \"syntax\": \"flag-3\""), "{plan}");
        assert!(
            !plan.contains("process-2") && !plan.contains("process-3") && !plan.contains("given-3")
        );
    }

    #[test]
    fn variables_of_the_process_count_only_when_they_are_named() {
        let app = app();
        let process = [("RAILPACK_START_CMD", "inherited"), ("TOKEN", "hidden")];
        let start = |arguments: &[&str]| {
            let mut all = vec!["plan", text(app.path())];
            all.extend(arguments);
            let ended = railpack(&all, &process);
            assert_eq!(ended.status, ExitStatus::Success, "{}", ended.stderr);
            assert!(!ended.stdout.contains("hidden") && !ended.stderr.contains("hidden"));
            crate::plan::parse(ended.stdout.as_bytes()).unwrap().plan
        };
        assert_eq!(
            start(&[]).deploy.start_command,
            Some("node index.js".into())
        );
        let plan = start(&["--env", "RAILPACK_START_CMD", "-e", "TOKEN"]);
        assert_eq!(plan.deploy.start_command, Some("inherited".into()));
        assert_eq!(plan.secrets, ["RAILPACK_START_CMD".into(), "TOKEN".into()]);
    }

    #[test]
    fn verbose_tells_why_and_reaches_mise() {
        let app = app();
        let arguments = [
            "plan",
            "--verbose",
            text(app.path()),
            "-e",
            "RAILPACK_PACKAGES=jq",
        ];
        let ended = railpack(&arguments, &[]);
        assert!(ended.stdout.contains("\"MISE_VERBOSE\": \"1\""));
        insta::assert_snapshot!(ended.stderr, @"
        not known to php, golang, java, rust, ruby, elixir, python, deno, dotnet, but to node
        detected node
        package-lock.json found, so npm it is
        suggestion: name the package manager and its version in package.json as `packageManager`
        using the package manager npm
        RAILPACK_PACKAGES is set, and taken into account
        package jq latest (RAILPACK_PACKAGES)
        package node 22.22.0 (package.json > engines > node)
        ");
        let by_variable = railpack(
            &["plan", text(app.path()), "-e", "RAILPACK_PACKAGES=jq"],
            &[("RAILPACK_VERBOSE", "true")],
        );
        assert_eq!(
            (by_variable.stdout, by_variable.stderr),
            (ended.stdout, ended.stderr)
        );
        let arguments = [
            "plan",
            "--verbose",
            text(app.path()),
            "-e",
            "MISE_VERBOSE=0",
        ];
        assert!(
            railpack(&arguments, &[])
                .stdout
                .contains("\"MISE_VERBOSE\": \"0\"")
        );
    }
}
