//! What tests of whole plans have in common.

use super::app::memory::Memory;
use super::{Analysis, AnalyzeError, AnalyzeOptions, Environment, Level, analyze};
use crate::plan::{Command, CommandLine, Step};

/// Variables as `--env` hands them in.
pub(crate) fn environment<N: AsRef<str>, V: AsRef<str>>(
    variables: impl IntoIterator<Item = (N, V)>,
) -> Environment {
    let mut environment = Environment::default();
    for (name, value) in variables {
        environment.set(name.as_ref(), value.as_ref());
    }
    environment
}

pub(crate) fn try_plan(tree: Memory, variables: &[(&str, &str)]) -> Result<Analysis, AnalyzeError> {
    analyze(
        &tree.app(),
        &environment(variables.iter().copied()),
        &AnalyzeOptions::default(),
    )
}

pub(crate) fn plan(tree: Memory, variables: &[(&str, &str)]) -> Analysis {
    try_plan(tree, variables).unwrap()
}

pub(crate) fn step<'a>(analysis: &'a Analysis, name: &str) -> &'a Step {
    analysis
        .plan
        .steps
        .iter()
        .find(|step| step.name.value == name)
        .unwrap()
}

/// The commands of a step, one a line.
pub(crate) fn commands(analysis: &Analysis, name: &str) -> Vec<String> {
    let line = |command: &Command| match command {
        Command::Exec(exec) => exec.cmd.clone(),
        Command::Path(path) => format!("PATH {}", path.path),
        Command::Copy(copy) => format!("COPY {} {}", copy.src, copy.dest),
        Command::File(file) => format!("FILE {}", file.path),
    };
    step(analysis, name)
        .commands
        .iter()
        .map(|command| line(command))
        .collect()
}

pub(crate) fn warnings(analysis: &Analysis) -> Vec<&str> {
    analysis
        .messages
        .iter()
        .filter(|message| message.level == Level::Warning)
        .map(|message| message.text.as_str())
        .collect()
}

pub(crate) fn caches(analysis: &Analysis, name: &str) -> Vec<String> {
    step(analysis, name)
        .caches
        .iter()
        .map(|key| key.value.clone())
        .collect()
}

pub(crate) fn start_command(analysis: &Analysis) -> Option<&str> {
    analysis
        .plan
        .deploy
        .start_command
        .as_ref()
        .and_then(|command| match &command.value {
            CommandLine::Shell(text) => Some(text.as_str()),
            CommandLine::Words(_) => None,
        })
}

pub(crate) fn package<'a>(analysis: &'a Analysis, name: &str) -> Option<(&'a str, &'a str)> {
    analysis
        .packages
        .get(name)
        .map(|package| (package.version.as_str(), package.origin.as_str()))
}
