//! `railpack plan`.

use std::io::{self, Write};

use thiserror::Error;

use super::arguments::PlanArguments;
use super::output::{self, WriteError};
use super::report::Report;
use crate::analyze::{
    Analysis, AnalyzeError, AnalyzeOptions, App, AppError, BaseImages, Directory, Environment,
    EnvironmentError, analyze,
};

/// Plans an app, and writes the plan where the arguments say.
pub(super) fn run(
    arguments: &PlanArguments,
    variable: &dyn Fn(&str) -> Option<String>,
    stdout: &mut dyn Write,
    report: &mut Report<'_>,
) -> Result<(), PlanError> {
    let names_and_values = arguments.variables.iter().map(String::as_str);
    let (environment, left_out) = Environment::from_arguments(names_and_values, variable)?;
    for name in left_out {
        report.warning(&format!("--env {name}: has no value, and is left out"));
    }
    let app = App::new(Directory::open(&arguments.directory)?);
    let analysis = analyze(
        &app,
        &environment,
        &options(arguments, &environment, variable),
    )?;
    tell(&analysis, report);

    let json = analysis.plan.to_json();
    let Some(path) = &arguments.out else {
        return stdout
            .write_all(json.as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(PlanError::Stdout);
    };
    output::write_file(path, &json)?;
    report.line(&format!("plan written to {}", path.display()));
    Ok(())
}

/// The options of an analysis: of each the flag, else the `--env` variable, else that of the process, else the default.
fn options(
    arguments: &PlanArguments,
    environment: &Environment,
    variable: &dyn Fn(&str) -> Option<String>,
) -> AnalyzeOptions {
    let image = |flag: &Option<String>, name: &str| {
        let given = environment.setting(name).map(|setting| setting.value);
        let inherited =
            || variable(&format!("RAILPACK_{name}")).filter(|value| !value.trim().is_empty());
        flag.clone().or(given).or_else(inherited)
    };
    let images = BaseImages::default();
    AnalyzeOptions {
        build_command: arguments.build_command.clone(),
        start_command: arguments.start_command.clone(),
        error_missing_start: arguments.error_missing_start,
        images: BaseImages {
            builder: image(&arguments.builder_image, "BUILDER_IMAGE").unwrap_or(images.builder),
            runtime: image(&arguments.runtime_image, "RUNTIME_IMAGE").unwrap_or(images.runtime),
        },
        frontend: image(&arguments.frontend, "FRONTEND"),
    }
}

/// Tells what was found: messages, then the tools and what asked for them.
fn tell(analysis: &Analysis, report: &mut Report<'_>) {
    for message in &analysis.messages {
        report.message(message);
    }
    for (name, package) in &analysis.packages {
        report.line(&format!(
            "package {name} {} ({})",
            package.version, package.origin
        ));
    }
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub(super) enum PlanError {
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Analyze(#[from] AnalyzeError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("cannot write the plan to standard output")]
    Stdout(#[source] io::Error),
}

impl PlanError {
    /// What to do about it, where the message does not say it already.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::App(error) => error.hint(),
            Self::Analyze(error) => error.hint(),
            Self::Environment(_) | Self::Write(_) | Self::Stdout(_) => None,
        }
    }
}
