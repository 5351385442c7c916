//! The companion's command line.
//!
//! The main function hands in the arguments, the process environment and the output streams, and exits with what
//! [`run`] gives. What a program may read goes to standard output, everything else to standard error.

mod arguments;
pub(crate) mod build_arguments;
mod build_result;
mod completion;
mod error;
mod graph;
mod hand_over;
mod info;
mod interrupt;
mod mise;
mod output;
mod plan;
mod planning;
mod prepare;
mod pretty;
mod report;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser;

use crate::analyze::config_schema;
pub(crate) use arguments::PlanningArguments;
use arguments::{Arguments, Command};
use error::CommandError;
pub use interrupt::listen;
use planning::Planned;
pub(crate) use planning::plan_app;
#[cfg(not(feature = "client"))]
use {pretty::Look, report::Report};

#[cfg(feature = "client")]
pub(crate) use {
    build_arguments::{
        BuildArguments, BuildCommand, EngineArguments, OutputArguments, SandboxArguments,
    },
    output::{WriteError, write_file},
    planning::{PlanningError, environment, options},
    pretty::{Look, describe, is_coloured},
    report::Report,
};

/// The variable that stands for `--verbose`.
pub(crate) const VERBOSE_VARIABLE: &str = "RAILPACK_VERBOSE";

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// What was asked for is done.
    Success,
    /// It could not be done, and will not be the next time unless something changes.
    Failure,
    /// The arguments make no sense.
    Usage,
    /// It could not be done for a reason that says nothing about the app: the same call may work a little later. The
    /// number is the reference's (`EX_TEMPFAIL`); platforms retry on it.
    Temporary,
    /// The user wanted no more.
    Interrupted,
}

impl ExitStatus {
    /// The exit code of a process.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Temporary => 75,
            // What shells make of Ctrl-C.
            Self::Interrupted => 130,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
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
    /// Whether a person looks at `stdout` in a terminal.
    pub stdout_is_terminal: bool,
    /// Whether a person looks at `stderr` in a terminal.
    pub stderr_is_terminal: bool,
    /// Set when the user wants no more.
    pub stop: Arc<AtomicBool>,
}

impl Surroundings<'_> {
    /// Tells why arguments were not parsed. Help and version come as errors too, and are what was asked for.
    pub(crate) fn not_parsed(&mut self, error: &clap::Error) -> ExitStatus {
        if error.use_stderr() {
            // A closed error stream leaves nobody to tell.
            let _ = write!(self.stderr, "{}", error.render());
            return ExitStatus::Usage;
        }
        let written = write!(self.stdout, "{}", error.render());
        match written.and_then(|()| self.stdout.flush()) {
            Ok(()) => ExitStatus::Success,
            Err(_) => ExitStatus::Failure,
        }
    }
}

/// What a command works with.
struct Session<'a> {
    verbose: bool,
    variable: &'a dyn Fn(&str) -> Option<String>,
    stdout: &'a mut dyn Write,
    stdout_look: Look,
    report: Report<'a>,
    stop: &'a Arc<AtomicBool>,
}

impl Session<'_> {
    /// Plans an app, unless the user wants no more.
    fn plan(&self, arguments: &PlanningArguments) -> Result<Planned, CommandError> {
        let planned = plan_app(arguments, self.verbose, self.variable, self.stop);
        if self.stop.load(Ordering::Relaxed) {
            return Err(CommandError::Interrupted);
        }
        Ok(planned)
    }

    /// Writes to standard output.
    fn write(&mut self, text: &str) -> Result<(), CommandError> {
        self.stdout
            .write_all(text.as_bytes())
            .and_then(|()| self.stdout.flush())
            .map_err(CommandError::Stdout)
    }
}

/// Runs the companion. `arguments` begin with the program's own name.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &mut Surroundings<'_>,
) -> ExitStatus {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => return surroundings.not_parsed(&error),
    };
    let variable = surroundings.variable;
    let stderr_look = Look::new(surroundings.stderr_is_terminal, variable);
    let mut session = Session {
        verbose: arguments.verbose || variable(VERBOSE_VARIABLE).is_some_and(|value| is_on(&value)),
        variable,
        stdout: surroundings.stdout,
        stdout_look: Look::new(surroundings.stdout_is_terminal, variable),
        report: Report::new(surroundings.stderr, stderr_look),
        stop: &surroundings.stop,
    };
    let ended = match &arguments.command {
        Command::Build(arguments) => {
            return match hand_over::run(arguments, session.verbose) {
                Ok(status) => status,
                Err(error) => {
                    session.report.error(&error, error.hint());
                    ExitStatus::Failure
                }
            };
        }
        Command::Plan(arguments) => plan::run(arguments, &mut session),
        Command::Prepare(arguments) => prepare::run(arguments, &mut session),
        Command::Info(arguments) => info::run(arguments, &mut session),
        Command::Schema => session.write(&config_schema()),
        Command::Completion(arguments) => completion::run(arguments, &mut session),
    };
    match ended {
        Ok(()) => ExitStatus::Success,
        Err(error) => {
            if error.is_worth_telling() {
                session.report.error(&error, error.hint());
            }
            error.exit_status()
        }
    }
}

/// Whether a variable that switches something says yes.
pub(crate) fn is_on(value: &str) -> bool {
    matches!(value.trim().to_lowercase().as_str(), "1" | "t" | "true")
}
