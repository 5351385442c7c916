//! Scripts that are run and that `package.json` does not have.
//!
//! `npm run` fails on one, when the image is built or, later still, when the container starts.

mod calls;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::Node;
use super::install::INSTALL_SCRIPTS;
use super::workspace::Package;
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::messages::Messages;
use crate::analyze::procfile;
use crate::plan::{Command, quote, split_words, suggest_or_list};
use calls::{calls, prepared};

/// What npm and pnpm run if it is there, and the script `start` is not.
const SERVER_FILE: &str = "server.js";
/// How many calls are told. More make no one wiser, and each place is looked up in the file.
const MAX_TOLD: usize = 10;

/// A line of shell, behind its place.
type Line = (String, String);

/// Warns of scripts that what the user says a build or the container runs, or scripts that it runs, run in vain.
pub(crate) fn warn_of_configured_calls(context: &mut Context<'_>) -> Result<(), AnalyzeError> {
    // An app of another language may have one that nothing reads.
    let Ok(package) = Package::read(context.app, "") else {
        return Ok(());
    };
    let config = context.config;
    let mut lines = Vec::new();
    for commands in config
        .steps
        .values()
        .filter_map(|step| step.commands.as_ref())
    {
        let before = lines.len();
        for command in &commands.value {
            match &**command {
                Command::Exec(exec) => {
                    let place = match (&config.file, command.span) {
                        (Some(file), Some(span)) => format!("{}:{}", file.name, span.start),
                        _ => commands.origin.to_string(),
                    };
                    lines.push((place, line_of_shell(&exec.cmd)));
                }
                // It may be another package.json.
                Command::Copy(copy) if copy.src != copy.dest => {
                    lines.truncate(before);
                    break;
                }
                _ => {}
            }
        }
    }
    lines.extend(procfile::configured_start(config, context.app)?);
    warn(context.app, &package, lines, &mut context.messages)?;
    Ok(())
}

/// The line of a command that runs a shell; of another one the command itself.
fn line_of_shell(command: &str) -> String {
    match split_words(command).unwrap_or_default().as_slice() {
        [_, option, line] if option == "-c" => line.clone(),
        _ => command.to_owned(),
    }
}

impl Node<'_> {
    /// Warns of scripts that the scripts of the package that is the app run in vain, so far as Railpack has them run.
    pub(super) fn warn_of_own_calls(
        &self,
        context: &mut Context<'_>,
        is_started: bool,
    ) -> Result<(), AppError> {
        let mut text = String::new();
        if context.replaces_step("install").is_none() {
            // A call of Yarn is none of a script where there is no such script.
            for script in INSTALL_SCRIPTS {
                text.push_str("yarn ");
                text.push_str(script);
                text.push(';');
            }
        }
        let package = self.package();
        for (script, is_run) in [
            ("build", context.replaces_step("build").is_none()),
            ("start", is_started),
        ] {
            if is_run && package.package_json.script(script).is_some() {
                text.push_str(&self.package_manager.run_script(script));
                text.push(';');
            }
        }
        let lines = vec![(String::new(), text)];
        warn(self.app, package, lines, &mut context.messages)
    }
}

/// Warns of scripts that lines, run in the directory of a package, run in vain.
fn warn(
    app: &App,
    package: &Package,
    lines: Vec<Line>,
    messages: &mut Messages,
) -> Result<(), AppError> {
    let scripts = &package.package_json.scripts;
    let manifest = package.manifest.path(&package.directory);
    let count = lines.len();
    // Behind the lines come those of scripts, with the names of these.
    let mut lines = lines;
    let mut seen = BTreeSet::new();
    let (mut next, mut told) = (0, 0);
    while let Some((place, text)) = lines.get(next).cloned() {
        next += 1;
        let text = prepared(&text);
        for call in calls(&text) {
            if scripts.contains_key(call.name) {
                let around: &[&str] = if call.program == "npm" {
                    &["", "pre", "post"]
                } else {
                    &[""]
                };
                for around in around {
                    let name = format!("{around}{}", call.name);
                    if let Some(text) = scripts.get(&name)
                        && seen.insert(name.clone())
                    {
                        lines.push((name, text.clone()));
                    }
                }
                continue;
            }
            if !call.needs_script
                || told == MAX_TOLD
                || call.name == "start" && app.has(&package.path(SERVER_FILE))?
            {
                continue;
            }
            told += 1;
            let place = if next > count {
                app.place_in_json(&manifest, &["scripts", &place])?
            } else {
                place.clone()
            };
            let names: Vec<&str> = scripts.keys().map(String::as_str).collect();
            messages.warning(format!(
                "{place}: {} runs the script {}, which {manifest} does not have; {}",
                call.program,
                quote(call.name),
                suggest_or_list(call.name, &names)
            ));
        }
    }
    Ok(())
}
