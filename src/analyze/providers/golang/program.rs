//! Which program of an app is built.

use super::go_mod::GoMod;
use crate::analyze::app::App;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;

/// The setting that names a directory with a program: a module of a workspace, or any other.
const MODULE_SETTING: &str = "GO_WORKSPACE_MODULE";
/// The setting that names a command below `cmd`.
const COMMAND_SETTING: &str = "GO_BIN";
/// Where programs are by custom (<https://go.dev/doc/modules/layout>).
const COMMANDS: &str = "cmd";
/// The file of a program that is no module.
pub(super) const MAIN_FILE: &str = "main.go";
/// How many directories are named where the user has to choose one.
const SHOWN: usize = 10;

/// What `go build` is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Program {
    /// The package at the app's root.
    Root,
    /// The package in this directory.
    Package(String),
    /// One file, which belongs to no module.
    File(&'static str),
}

/// Finds the program that is built. What the user names has to be there.
pub(super) fn find(
    context: &mut Context<'_>,
    go_mod: Option<&GoMod>,
    modules: &[String],
) -> Result<Program, AnalyzeError> {
    let app = context.app;
    if let Some(setting) = context.environment.setting(MODULE_SETTING) {
        let directory = setting.value.trim_start_matches("./").trim_matches('/');
        if directory.is_empty() || directory == "." {
            return Ok(Program::Root);
        }
        if has_directory(app, directory)? {
            return Ok(Program::Package(directory.to_owned()));
        }
        return Err(AnalyzeError::Value {
            place: setting.origin,
            found: setting.value,
            expected: format!(
                "a directory of the app that holds a program{}",
                listed(&programs(app)?)
            )
            .into(),
        });
    }
    let commands = commands(app)?;
    if let Some(setting) = context.environment.setting(COMMAND_SETTING) {
        let directory = format!("{COMMANDS}/{}", setting.value);
        if has_directory(app, &directory)? {
            return Ok(Program::Package(directory));
        }
        return Err(AnalyzeError::Value {
            place: setting.origin,
            found: setting.value,
            expected: format!(
                "the name of a directory below {COMMANDS}{}",
                listed(&commands)
            )
            .into(),
        });
    }
    if go_mod.is_some() && has_program(app, "")? {
        return Ok(Program::Root);
    }
    if let Some((first, others)) = commands.split_first() {
        if !others.is_empty() {
            context.messages.suggestion(format!(
                "building {COMMANDS}/{first}; RAILPACK_{COMMAND_SETTING} chooses another{}",
                listed(others)
            ));
        }
        return Ok(Program::Package(format!("{COMMANDS}/{first}")));
    }
    for module in modules {
        if has_program(app, module)? {
            return Ok(Program::Package(module.clone()));
        }
    }
    if go_mod.is_none() && app.has(MAIN_FILE)? {
        return Ok(Program::File(MAIN_FILE));
    }
    if context.has_own_commands("build") {
        return Ok(Program::Root);
    }
    let mut looked_for = vec![
        "a file of `package main` in the app's directory".to_owned(),
        format!("a directory below {COMMANDS} with a file of `package main`"),
    ];
    if !modules.is_empty() {
        looked_for.push(format!(
            "a file of `package main` in a module{}",
            listed(modules)
        ));
    }
    Err(AnalyzeError::NothingFound {
        purpose: "build",
        looked_for,
        hint: format!(
            "name the directory of the program in RAILPACK_{MODULE_SETTING}{}",
            listed(&programs(app)?)
        ),
    })
}

/// Names behind a colon; nothing if there are none.
fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let more = if names.len() > SHOWN { ", ..." } else { "" };
    let names: Vec<_> = names.iter().take(SHOWN).map(String::as_str).collect();
    format!(": {}{more}", names.join(", "))
}

/// The names of the directories below `cmd` that hold a program.
fn commands(app: &App) -> Result<Vec<String>, AnalyzeError> {
    let mut commands = Vec::new();
    for directory in app.find_directories("cmd/*")? {
        if has_program(app, &directory)?
            && let Some((_, name)) = directory.rsplit_once('/')
        {
            commands.push(name.to_owned());
        }
    }
    Ok(commands)
}

/// Directories that likely hold a program: those with a `main.go`.
fn programs(app: &App) -> Result<Vec<String>, AnalyzeError> {
    let files = app.find_files("**/main.go")?;
    let directories = files.iter().filter_map(|file| file.rsplit_once('/'));
    Ok(directories
        .map(|(directory, _)| directory.to_owned())
        .filter(|directory| !directory.split('/').any(|name| name == "vendor"))
        .collect())
}

fn has_directory(app: &App, path: &str) -> Result<bool, AnalyzeError> {
    let is_plain = !path.split('/').any(|name| name == "..")
        && !path.contains(['*', '?', '[', '{', '\\', '!']);
    Ok(is_plain && !app.find_directories(path)?.is_empty())
}

/// Whether a directory holds a file that belongs to a program.
fn has_program(app: &App, directory: &str) -> Result<bool, AnalyzeError> {
    let pattern = if directory.is_empty() {
        "*.go".to_owned()
    } else if directory.contains(['*', '?', '[', '{', '\\', '!']) {
        return Ok(false);
    } else {
        format!("{directory}/*.go")
    };
    for file in app.find_files(&pattern)? {
        if !is_left_out(&file) && declares_program(&app.read_text(&file)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether Go leaves a file out of a build by its name (<https://pkg.go.dev/cmd/go#hdr-Package_lists_and_patterns>).
fn is_left_out(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.ends_with("_test.go") || name.starts_with(['_', '.'])
}

/// Whether a file's package clause says `main`. One that is never built, a generator say, is no part of the program
/// (<https://pkg.go.dev/cmd/go#hdr-Build_constraints>).
fn declares_program(text: &str) -> bool {
    let mut rest = text.trim_start();
    loop {
        if let Some(comment) = rest.strip_prefix("//") {
            let (line, behind) = comment.split_once('\n').unwrap_or((comment, ""));
            if line.trim_end() == "go:build ignore" {
                return false;
            }
            rest = behind.trim_start();
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let Some((_, behind)) = comment.split_once("*/") else {
                return false;
            };
            rest = behind.trim_start();
        } else {
            break;
        }
    }
    let Some(name) = rest.strip_prefix("package") else {
        return false;
    };
    let name = name.trim_start_matches([' ', '\t']);
    name.strip_prefix("main").is_some_and(|behind| {
        !behind.starts_with(|next: char| next.is_alphanumeric() || next == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_clause_tells_a_program() {
        for text in [
            "package main",
            "// Shop\n\n/* of\nmany lines */ package  main // x\n",
            "//go:build linux\n\npackage main\n",
        ] {
            assert!(declares_program(text), "{text}");
        }
        for text in [
            "package shop\n\nconst x = \"package main\"\n",
            "// package main\npackage shop\n",
            "//go:build ignore\n\npackage main\n",
            "package mainly",
            "/* package main",
            "",
        ] {
            assert!(!declares_program(text), "{text}");
        }
    }
}
