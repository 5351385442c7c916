//! `railpack info`.

use super::Session;
use super::arguments::{Format, InfoArguments};
use super::build_result::BuildResult;
use super::error::CommandError;
use super::graph;
use super::plan::write;
use super::planning::{Planned, plan_app};
use super::pretty::{Look, describe, section};

/// Plans an app and writes what is known about it.
pub(super) fn run(
    arguments: &InfoArguments,
    session: &mut Session<'_>,
) -> Result<(), CommandError> {
    let planned = plan_app(&arguments.planning, session.verbose, session.variable);
    let picture = match (&arguments.graph, &planned.outcome) {
        (Some(_), Ok(analysis)) => {
            let providers = analysis.providers.join(", ");
            let providers = (!providers.is_empty()).then_some(providers.as_str());
            Some(graph::draw(&analysis.plan, providers)?)
        }
        _ => None,
    };
    let (what, text) = match (&arguments.graph, picture) {
        (Some(Some(file)), Some(picture)) => {
            write(session, file, &picture, "graph")?;
            ("info", text(arguments, &planned, session))
        }
        (Some(None), Some(picture)) => ("graph", picture),
        // No picture shows that there is no plan.
        (Some(None), None) => {
            planned.outcome?;
            return Ok(());
        }
        _ => ("info", text(arguments, &planned, session)),
    };
    match &arguments.out {
        None => session.write(&text)?,
        Some(path) => write(session, path, &text, what)?,
    }
    planned.outcome?;
    Ok(())
}

/// What is known, for a person or for programs.
fn text(arguments: &InfoArguments, planned: &Planned, session: &Session<'_>) -> String {
    if arguments.format == Format::Json {
        return BuildResult::new(planned).to_json();
    }
    let look = match arguments.out {
        None => session.stdout_look,
        Some(_) => Look::PLAIN,
    };
    let mut text = describe(planned, look);
    if let (true, Ok(analysis)) = (arguments.show_plan, &planned.outcome) {
        text.push_str(&section("Plan", look));
        text.push_str(&analysis.plan.to_json());
    }
    text
}
