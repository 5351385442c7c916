//! `railpack info`.

use super::Session;
use super::arguments::{Format, InfoArguments};
use super::build_result::BuildResult;
use super::error::CommandError;
use super::plan::write;
use super::planning::plan_app;
use super::pretty::{Look, describe, section};

/// Plans an app and writes what is known about it.
pub(super) fn run(
    arguments: &InfoArguments,
    session: &mut Session<'_>,
) -> Result<(), CommandError> {
    let planned = plan_app(&arguments.planning, session.verbose, session.variable);
    let look = match arguments.out {
        None => session.stdout_look,
        Some(_) => Look::PLAIN,
    };
    let mut text = match arguments.format {
        Format::Json => BuildResult::new(&planned).to_json(),
        Format::Pretty => describe(&planned, look),
    };
    if let (Format::Pretty, true, Ok(analysis)) =
        (arguments.format, arguments.show_plan, &planned.outcome)
    {
        text.push_str(&section("Plan", look));
        text.push_str(&analysis.plan.to_json());
    }
    match &arguments.out {
        None => session.write(&text)?,
        Some(path) => write(session, path, &text, "info")?,
    }
    planned.outcome?;
    Ok(())
}
