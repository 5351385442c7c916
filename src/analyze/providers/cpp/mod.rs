//! C and C++, built by CMake or Meson.
//!
//! Rules: <https://github.com/railwayapp/railpack/tree/v0.37.0/core/providers/cpp>, <https://railpack.com/languages/cpp>.

mod calls;
mod programs;
#[cfg(test)]
mod tests;

use super::Provider;
use crate::analyze::app::{App, AppError};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, local_layer, shell_word, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use calls::Syntax;

/// Where everything is built, and what the image holds of it.
const BUILD_DIRECTORY: &str = "/build";

const START_COMMAND_HELP: &str = "for a C or C++ app these are looked at:
1. add_executable in CMakeLists.txt, and in the directories of add_subdirectory
2. executable in meson.build, and in the directories of subdir
the program of the project's name is started, else the first; names that are made of variables are not known";

/// The provider of C and C++ apps.
pub(super) struct CppProvider;

impl Provider for CppProvider {
    fn name(&self) -> &'static str {
        "cpp"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(BuildSystem::of(context.app)?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let found = BuildSystem::of(context.app)?;
        let system = found.ok_or_else(|| AnalyzeError::NothingFound {
            purpose: "build",
            looked_for: SYSTEMS.map(|system| system.file.to_owned()).into(),
            hint: "say what to build with RAILPACK_BUILD_CMD".to_owned(),
        })?;
        for tool in system.tools {
            context.mise.install(&mut context.packages, tool, "latest");
        }
        context
            .mise
            .follow_app(context.app, &mut context.packages)?;

        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&context.mise.name), local_layer()]);
        build.commands.extend(
            ["mkdir /build"]
                .iter()
                .chain(system.commands)
                .map(|line| exec(*line)),
        );
        let start = programs::find_start(context, system.file, system.syntax)?;
        context.deploy.start_command = start.map(|program| shell_word(&program).into_owned());
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &["/build/"], &[]));
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// What builds an app.
struct BuildSystem {
    /// The description at the app's root.
    file: &'static str,
    syntax: Syntax,
    tools: &'static [&'static str],
    commands: &'static [&'static str],
}

const SYSTEMS: [BuildSystem; 2] = [
    BuildSystem {
        file: "CMakeLists.txt",
        syntax: Syntax::Cmake,
        tools: &["cmake", "ninja"],
        commands: &["cmake -B /build -GNinja /app", "cmake --build /build"],
    },
    BuildSystem {
        file: "meson.build",
        syntax: Syntax::Meson,
        // mise installs Meson with pipx, which is a program of Python.
        tools: &["meson", "ninja", "python", "pipx"],
        commands: &["meson setup /build", "meson compile -C /build"],
    },
];

impl BuildSystem {
    fn of(app: &App) -> Result<Option<&'static Self>, AppError> {
        for system in &SYSTEMS {
            if app.has(system.file)? {
                return Ok(Some(system));
            }
        }
        Ok(None)
    }
}
