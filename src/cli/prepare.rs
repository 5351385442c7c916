//! `railpack prepare`.
//!
//! Behaviour: <https://github.com/railwayapp/railpack/blob/v0.37.0/cli/prepare.go>. Unlike there, the plan is written before
//! anything is shown, so that what is shown is there.

use super::Session;
use super::arguments::PrepareArguments;
use super::build_result::BuildResult;
use super::error::CommandError;
use super::output::write_file;
use super::planning::plan_app;
use super::pretty::describe;

/// Plans an app, writes the files that the arguments name, and shows the result to a person.
pub(super) fn run(
    arguments: &PrepareArguments,
    session: &mut Session<'_>,
) -> Result<(), CommandError> {
    let planned = plan_app(&arguments.planning, session.verbose, session.variable);
    if let (Some(path), Ok(analysis)) = (&arguments.plan_out, &planned.outcome) {
        write_file(path, &analysis.plan.to_json())?;
    }
    // Behind the plan: who reads of success finds one.
    if let Some(path) = &arguments.info_out {
        write_file(path, &BuildResult::new(&planned).without_plan().to_json())?;
    }
    if !arguments.hide_pretty_plan {
        session.write(&describe(&planned, session.stdout_look))?;
    }
    let analysis = planned.outcome?;
    if arguments.show_plan {
        session.write(&analysis.plan.to_json())?;
    }
    Ok(())
}
