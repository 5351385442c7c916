//! The start command in a Procfile.
//!
//! Rules: <https://railpack.com/config/procfile>. `web` goes before `worker`, and both before the first other process.
//! The reference reads the file as YAML, which most Procfiles happen to be; here a line is what Heroku takes it for
//! (<https://devcenter.heroku.com/articles/procfile>), and YAML's quotes and longer texts are understood.

use std::rc::Rc;

use super::app::{App, AppError};
use super::config::Config;
use super::context::Context;
use super::error::AnalyzeError;

/// Where the commands of an app's processes are.
pub(crate) const PROCFILE: &str = "Procfile";
/// Runs before each deployment, and so is nothing that a container runs.
const RELEASE: &str = "release";

/// A process of a Procfile.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Process {
    name: String,
    line: usize,
    command: String,
}

/// Takes the start command from a Procfile, unless the user configured another one.
pub(crate) fn plan(context: &mut Context<'_>) -> Result<(), AnalyzeError> {
    let Some(text) = read(context.app)? else {
        return Ok(());
    };
    if let Some(command) = &context.config.deploy.start_command {
        context.messages.detail(format!(
            "{PROCFILE} is not read: {} sets the start command",
            command.origin
        ));
        return Ok(());
    }
    let mut processes = parse(&text)?;
    for process in processes
        .iter()
        .filter(|process| process.command.is_empty())
    {
        context.messages.warning(format!(
            "{PROCFILE}:{}: the process `{}` has no command",
            process.line, process.name
        ));
    }
    processes.retain(|process| !process.command.is_empty());
    if let Some(process) = choose(&processes) {
        context.messages.info(format!(
            "start command from {PROCFILE}:{} ({})",
            process.line, process.name
        ));
        context.deploy.start_command = Some(process.command.clone());
    } else if let Some(process) = processes.first() {
        context.messages.warning(format!(
            "{PROCFILE}:{}: the process `{RELEASE}` is not what a container runs",
            process.line
        ));
    }
    Ok(())
}

/// What the user says that the container runs, by a setting or else in the app's Procfile, behind the place that says so.
pub(crate) fn configured_start(
    config: &Config,
    app: &App,
) -> Result<Option<(String, String)>, AnalyzeError> {
    if let Some(command) = &config.deploy.start_command {
        let line = command.value.joined().into_owned();
        return Ok(Some((command.origin.to_string(), line)));
    }
    let Some(text) = read(app)? else {
        return Ok(None);
    };
    let processes = parse(&text)?;
    Ok(choose(&processes).map(|process| {
        let place = format!("{PROCFILE}:{}", process.line);
        (place, process.command.clone())
    }))
}

/// The process that a container runs.
fn choose(processes: &[Process]) -> Option<&Process> {
    let mut runnable = processes
        .iter()
        .filter(|process| !process.command.is_empty() && process.name != RELEASE);
    let named = |name| runnable.clone().find(|process| process.name == name);
    named("web")
        .or_else(|| named("worker"))
        .or_else(|| runnable.next())
}

/// The text of the Procfile. A directory of that name is something else.
fn read(app: &App) -> Result<Option<Rc<str>>, AppError> {
    match app.read_text(PROCFILE) {
        Ok(text) => Ok(Some(text)),
        Err(AppError::NotFound { .. } | AppError::IsADirectory { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn parse(text: &str) -> Result<Vec<Process>, AnalyzeError> {
    let mut processes: Vec<Process> = Vec::new();
    for (index, content) in text.lines().enumerate() {
        let (line, trimmed) = (index + 1, content.trim());
        if trimmed.is_empty() || trimmed.starts_with('#') || trimmed == "---" {
            continue;
        }
        let malformed = |expected: &'static str| AnalyzeError::Value {
            place: format!("{PROCFILE}:{line}"),
            found: trimmed.to_owned(),
            expected: expected.into(),
        };
        // An indented line goes on with the command above it.
        if content.starts_with([' ', '\t'])
            && let Some(process) = processes.last_mut()
        {
            continue_command(&mut process.command, trimmed);
            continue;
        }
        let (name, command) = trimmed
            .split_once(':')
            .filter(|(name, _)| is_name(name.trim_end()))
            .ok_or_else(|| malformed("a process, as in `web: npm start`"))?;
        let name = name.trim_end();
        if processes.iter().any(|process| process.name == name) {
            return Err(malformed("a process that is not above already"));
        }
        processes.push(Process {
            name: name.to_owned(),
            line,
            command: command.trim().to_owned(),
        });
    }
    for process in &mut processes {
        process.command = without_yaml(&process.command);
    }
    Ok(processes)
}

fn is_name(name: &str) -> bool {
    let is_name_character =
        |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    !name.is_empty() && name.chars().all(is_name_character)
}

/// Lines below `|` stay lines; all others are joined by a blank.
fn continue_command(command: &mut String, line: &str) {
    let separator = if command.starts_with('|') { '\n' } else { ' ' };
    command.push(separator);
    command.push_str(line);
}

/// A command without what only a reader of YAML needs: the mark of a text of several lines, quotes around all of it.
fn without_yaml(command: &str) -> String {
    for mark in ["|-", ">-", "|", ">"] {
        if let Some(text) = command.strip_prefix(mark)
            && (text.is_empty() || text.starts_with(['\n', ' ']))
        {
            return text.trim().to_owned();
        }
    }
    for quote in ['"', '\''] {
        if let Some(text) = command
            .strip_prefix(quote)
            .and_then(|text| text.strip_suffix(quote))
            && !text.contains([quote, '\\'])
        {
            return text.trim().to_owned();
        }
    }
    command.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::Level;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::try_plan;

    /// The start command of an app with `start` in its package.json, and what is told of its Procfile.
    fn planned(
        procfile: &str,
        variables: &[(&str, &str)],
    ) -> Result<(String, String), AnalyzeError> {
        let app = Memory::default()
            .file("package.json", r#"{"scripts": {"start": "node ."}}"#)
            .file("Procfile", procfile);
        let analysis = try_plan(app, variables)?;
        let told: Vec<_> = analysis
            .messages
            .into_iter()
            .filter(|message| message.text.contains(PROCFILE) && message.level != Level::Detail)
            .map(|message| message.text)
            .collect();
        let command = analysis.plan.deploy.start_command.clone().unwrap();
        Ok((command.to_string(), told.join("\n")))
    }

    fn start_command(procfile: &str) -> String {
        planned(procfile, &[]).unwrap().0
    }

    #[test]
    fn web_goes_before_worker_and_worker_before_the_first_other() {
        for (procfile, expected) in [
            ("worker: w\nweb: x --port $PORT", "x --port $PORT"),
            ("clock: c\nworker: w\n", "w"),
            ("# first\n\nurgentWorker: a\r\nclock: c", "a"),
            ("release: migrate\nclock: c", "c"),
            ("web:\nworker: w", "w"),
            ("web :x", "x"),
            ("", "npm run start"),
            ("---\nweb: echo a: b # c\n", "echo a: b # c"),
        ] {
            assert_eq!(start_command(procfile), expected, "{procfile}");
        }
    }

    #[test]
    fn quotes_and_several_lines_mean_what_they_mean_in_yaml() {
        for (procfile, expected) in [
            ("web: \"npm start\"", "npm start"),
            ("web: 'npm start'", "npm start"),
            ("web: \"a\" && \"b\"", "\"a\" && \"b\""),
            ("web: >\n  npm run\n  start\n", "npm run start"),
            ("web: |\n  cd web\n  npm start\n", "cd web\nnpm start"),
            ("web: npm run\n  start", "npm run start"),
            ("web: |cat", "|cat"),
        ] {
            assert_eq!(start_command(procfile), expected, "{procfile}");
        }
    }

    #[test]
    fn what_is_odd_is_told_with_its_line() {
        let (command, told) = planned("web:\nrelease: migrate\n", &[]).unwrap();
        assert_eq!(command, "npm run start");
        insta::assert_snapshot!(told, @"
        Procfile:1: the process `web` has no command
        Procfile:2: the process `release` is not what a container runs
        ");
        let (_, told) = planned("\nweb: node web.js\n", &[]).unwrap();
        insta::assert_snapshot!(told, @"start command from Procfile:2 (web)");
        let problem = |procfile| planned(procfile, &[]).unwrap_err().to_string();
        insta::assert_snapshot!(problem("worker: w\nweb npm start"), @"Procfile:2: found `web npm start`, expected a process, as in `web: npm start`");
        insta::assert_snapshot!(problem("web: a\nweb: b"), @"Procfile:2: found `web: b`, expected a process that is not above already");
        insta::assert_snapshot!(problem("  web app: b"), @"Procfile:1: found `web app: b`, expected a process, as in `web: npm start`");
    }

    #[test]
    fn a_configured_start_command_wins_and_the_file_is_not_read() {
        let variables = [("RAILPACK_START_CMD", "mine")];
        let (command, told) = planned("nonsense", &variables).unwrap();
        assert_eq!((command.as_str(), told.as_str()), ("mine", ""));
    }
}
