//! The programs that a build description names, and which of them is started.

use std::collections::BTreeSet;

use super::BUILD_DIRECTORY;
use super::calls::{self, Call, Syntax};
use crate::analyze::app::App;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;

/// How many files of a description are read.
const MAX_FILES: usize = 500;
/// What CMake calls the directory of the build.
const BINARY_DIRECTORIES: [&str; 2] = ["${CMAKE_BINARY_DIR}", "${PROJECT_BINARY_DIR}"];

/// What a build description says, with its subdirectories.
#[derive(Debug, Default)]
struct Description {
    project: Option<String>,
    /// The name of each program, and the directory that it is built in.
    programs: Vec<(String, String)>,
    /// Where CMake is told to put all programs.
    output: Option<String>,
    visited: BTreeSet<String>,
}

/// The path of the program that is started: the one with the project's name, else the first.
pub(super) fn find_start(
    context: &mut Context<'_>,
    file: &str,
    syntax: Syntax,
) -> Result<Option<String>, AnalyzeError> {
    let mut description = Description::default();
    description.read(context.app, "", file, syntax)?;
    let project = description.project.as_deref();
    let of_project = description
        .programs
        .iter()
        .find(|(name, _)| Some(name.as_str()) == project);
    let Some((name, directory)) = of_project.or(description.programs.first()) else {
        return Ok(None);
    };
    if of_project.is_none() && description.programs.len() > 1 {
        let names: Vec<_> = description
            .programs
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        context.messages.suggestion(format!(
            "{file} names several programs, and {name} is started; RAILPACK_START_CMD says otherwise: {}",
            names.join(", ")
        ));
    }
    let directory = match &description.output {
        Some(output) => format!("{BUILD_DIRECTORY}{output}"),
        None if directory.is_empty() => BUILD_DIRECTORY.to_owned(),
        None => format!("{BUILD_DIRECTORY}/{directory}"),
    };
    Ok(Some(format!("{directory}/{name}")))
}

impl Description {
    fn read(
        &mut self,
        app: &App,
        directory: &str,
        file: &str,
        syntax: Syntax,
    ) -> Result<(), AnalyzeError> {
        let path = if directory.is_empty() {
            file.to_owned()
        } else {
            format!("{directory}/{file}")
        };
        if self.visited.len() >= MAX_FILES
            || !self.visited.insert(path.clone())
            || !app.has(&path)?
        {
            return Ok(());
        }
        let mut below = Vec::new();
        for call in calls::find(&path, &app.read_text(&path)?, syntax)? {
            match call.name.as_str() {
                "project" if self.project.is_none() => {
                    self.project = call.arguments.first().cloned();
                }
                "add_executable" | "executable" => self.add(&call, directory),
                "set"
                    if call
                        .arguments
                        .first()
                        .is_some_and(|name| name == "CMAKE_RUNTIME_OUTPUT_DIRECTORY") =>
                {
                    let value = call.arguments.get(1).map_or("", String::as_str);
                    let known = BINARY_DIRECTORIES
                        .iter()
                        .find_map(|name| value.strip_prefix(name));
                    self.output = known.map(str::to_owned).or(self.output.take());
                }
                "add_subdirectory" | "subdir" => below.extend(call.arguments.first().cloned()),
                _ => {}
            }
        }
        for name in below {
            if name.split('/').any(|part| matches!(part, "." | ".."))
                || name.starts_with(['/', '$'])
            {
                continue;
            }
            let name = name.trim_matches('/');
            let directory = if directory.is_empty() {
                name.to_owned()
            } else {
                format!("{directory}/{name}")
            };
            self.read(app, &directory, file, syntax)?;
        }
        Ok(())
    }

    fn add(&mut self, call: &Call, directory: &str) {
        let is_made = !call
            .arguments
            .iter()
            .skip(1)
            .take(1)
            .any(|word| matches!(word.as_str(), "IMPORTED" | "ALIAS"));
        let Some(name) = call.arguments.first().filter(|_| is_made) else {
            return;
        };
        let project = self.project.as_deref().unwrap_or_default();
        let name = ["${PROJECT_NAME}", "${CMAKE_PROJECT_NAME}"]
            .iter()
            .fold(name.clone(), |name, variable| {
                name.replace(variable, project)
            });
        // What other variables and generators come to is not known here.
        if !name.is_empty() && !name.contains(['$', '<', '@', '/']) {
            self.programs.push((name, directory.to_owned()));
        }
    }
}
