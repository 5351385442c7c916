//! The companion's command line.
//!
//! The main function hands in the arguments, the process environment and the output streams, and exits with what
//! [`run`] gives. What a program may read goes to standard output, everything else to standard error.

mod arguments;
mod output;
mod plan;
mod report;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use report::Report;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// What was asked for is done.
    Success,
    /// It could not be done, and will not be the next time unless something changes.
    Failure,
    /// The arguments make no sense.
    Usage,
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(match status {
            ExitStatus::Success => 0,
            ExitStatus::Failure => 1,
            ExitStatus::Usage => 2,
        })
    }
}

/// What a run works with beside its arguments.
pub struct Surroundings<'a> {
    /// A variable of the process environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Where results go.
    pub stdout: &'a mut dyn Write,
    /// Where everything else goes.
    pub stderr: &'a mut dyn Write,
}

/// Runs the companion. `arguments` begin with the program's own name.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &mut Surroundings<'_>,
) -> ExitStatus {
    match Arguments::try_parse_from(arguments) {
        Ok(Arguments {
            command: Command::Plan(arguments),
        }) => {
            let mut report = Report::new(surroundings.stderr);
            match plan::run(
                &arguments,
                surroundings.variable,
                surroundings.stdout,
                &mut report,
            ) {
                Ok(()) => ExitStatus::Success,
                Err(error) => {
                    report.error(&error, error.hint());
                    ExitStatus::Failure
                }
            }
        }
        // Help and version come as errors too, and are what was asked for.
        Err(error) if error.use_stderr() => {
            // A closed error stream leaves nobody to tell.
            let _ = write!(surroundings.stderr, "{}", error.render());
            ExitStatus::Usage
        }
        Err(error) => match write!(surroundings.stdout, "{}", error.render()) {
            Ok(()) => ExitStatus::Success,
            Err(_) => ExitStatus::Failure,
        },
    }
}
