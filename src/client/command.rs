//! `railpack build`, from its arguments to its exit code.

use std::ffi::OsString;

use clap::Parser as _;

use super::progress::Mode;
use super::settings::{Settings, UsageProblem};
use super::story::Story;
use crate::cli::{BuildCommand, ExitStatus, Surroundings, VERBOSE_VARIABLE, is_on};

/// Variable with the way to show progress: docker's.
const PROGRESS_VARIABLE: &str = "BUILDKIT_PROGRESS";

/// Builds an image as the arguments say. `arguments` begin with the program's own name.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &mut Surroundings<'_>,
) -> ExitStatus {
    let arguments = match BuildCommand::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return surroundings.not_parsed(&error),
    };
    let checked = Settings::read(&arguments, surroundings.variable);
    let settings = match checked {
        Ok(settings) => settings,
        Err(problems) => return unusable(&problems, surroundings),
    };
    let variable = surroundings.variable;
    let mut story = Story {
        is_verbose: arguments.display.verbose
            || variable(VERBOSE_VARIABLE).is_some_and(|value| is_on(&value)),
        mode: mode(&arguments, variable),
        arguments,
        settings,
        surroundings,
    };
    match story.tell() {
        Ok(()) => ExitStatus::Success,
        Err(error) => {
            story.explain(&error);
            error.exit_status()
        }
    }
}

/// All that makes no sense.
fn unusable(problems: &[UsageProblem], surroundings: &mut Surroundings<'_>) -> ExitStatus {
    for problem in problems {
        // A closed error stream leaves nobody to tell.
        let _ = writeln!(surroundings.stderr, "{problem}");
    }
    ExitStatus::Usage
}

/// How progress is shown. A word of the environment that is none is none of this program's business.
fn mode(arguments: &BuildCommand, variable: &dyn Fn(&str) -> Option<String>) -> Mode {
    if arguments.display.quiet {
        return Mode::Quiet;
    }
    let given = arguments.display.progress.clone();
    // Given ones have been checked.
    let mode = given.or_else(|| variable(PROGRESS_VARIABLE));
    mode.and_then(|mode| mode.parse().ok()).unwrap_or_default()
}
