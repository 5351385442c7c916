//! `railpack plan`.

use std::path::Path;

use super::Session;
use super::arguments::PlanArguments;
use super::error::CommandError;
use super::output;
use super::planning::plan_app;

/// Plans an app, and writes the plan where the arguments say.
pub(super) fn run(
    arguments: &PlanArguments,
    session: &mut Session<'_>,
) -> Result<(), CommandError> {
    let planned = plan_app(&arguments.planning, session.verbose, session.variable);
    for message in &planned.messages {
        session.report.message(message);
    }
    let analysis = planned.outcome?;
    for (name, package) in &analysis.packages {
        session.report.line(&format!(
            "package {name} {} ({})",
            package.version, package.origin
        ));
    }
    let json = analysis.plan.to_json();
    match &arguments.out {
        None => session.write(&json),
        Some(path) => write(session, path, &json, "plan"),
    }
}

/// Writes a file and says so.
pub(super) fn write(
    session: &mut Session<'_>,
    path: &Path,
    content: &str,
    what: &str,
) -> Result<(), CommandError> {
    output::write_file(path, content)?;
    session
        .report
        .line(&format!("{what} written to {}", path.display()));
    Ok(())
}
