//! Whether a plan can be what the user wanted.

use super::app::{App, AppError};
use super::config::Config;
use super::error::AnalyzeError;
use super::generate::AnalyzeOptions;
use super::messages::Messages;
use super::providers::{ALL, Provider};
use crate::plan::{self, Plan, Problem, ProblemKind};

/// Refuses a plan that does nothing, one that runs nothing unless that is allowed, and one that cannot be built.
pub(crate) fn validate(
    plan: &Plan,
    app: &App,
    config: &Config,
    providers: &[&dyn Provider],
    options: &AnalyzeOptions,
    messages: &mut Messages,
) -> Result<(), AnalyzeError> {
    if plan.steps.iter().all(|step| step.commands.is_empty()) {
        let providers = ALL.iter().map(|provider| provider.name()).collect();
        return Err(AnalyzeError::NoProvider {
            providers,
            entries: root_entries(app)?,
        });
    }
    if plan.deploy.start_command.is_none() {
        let missing = AnalyzeError::NoStartCommand {
            help: providers
                .iter()
                .find_map(|provider| provider.start_command_help()),
        };
        if options.error_missing_start {
            return Err(missing);
        }
        messages.warning(missing.to_string());
    }
    let file = config.file.as_ref();
    let valid = plan::validate(plan.clone()).map_err(|problems| AnalyzeError::Plan {
        shown: file.map_or_else(|| problems.to_string(), |file| file.show(&problems)),
        problems,
    })?;
    // That nothing is started has been told already, and with more to say.
    let is_news = |warning: &&Problem| warning.kind != ProblemKind::MissingStartCommand;
    for warning in valid.warnings().iter().filter(is_news) {
        messages.warning(file.map_or_else(|| warning.message(), |file| file.describe(warning)));
    }
    Ok(())
}

fn root_entries(app: &App) -> Result<Vec<String>, AppError> {
    let mut entries: Vec<_> = app
        .find_directories("*")?
        .into_iter()
        .map(|name| format!("{name}/"))
        .collect();
    entries.extend(app.find_files("*")?);
    Ok(entries)
}
