//! `railpack build`: this project's own client.

use std::path::{Path, PathBuf};

use super::command::Command;
use super::engine::{Engine, with_host};
use super::image::Image;
use super::project::Project;

/// A build by `railpack build`, with what a user gives on the command line.
#[derive(Clone, Debug)]
pub(crate) struct DirectBuild {
    command: Command,
    engine: Engine,
}

impl DirectBuild {
    /// A build of a directory that is planned first.
    pub(crate) fn of_directory(engine: &Engine, directory: &Path) -> Self {
        let command = Command::new(env!("CARGO_BIN_EXE_railpack"))
            .argument("build")
            .argument(directory);
        let build = Self {
            command: with_host(command, engine.docker_host()),
            engine: engine.clone(),
        };
        let build = build.options(["--progress", "plain"]);
        match engine {
            Engine::BuildKit { address: None } => build,
            Engine::BuildKit {
                address: Some(address),
            } => build.options(["--builder", address]),
            Engine::Docker | Engine::OtherDocker(_) => build.options(["--builder", "docker"]),
        }
    }

    /// A build of a project's own plan.
    pub(crate) fn of_project(engine: &Engine, project: &Project) -> Self {
        let plan = project.plan_path();
        let mut build = Self::of_directory(engine, project.context());
        build.command = build.command.argument("--plan").argument(plan);
        build
    }

    pub(crate) fn options<const N: usize>(mut self, options: [&str; N]) -> Self {
        self.command = self.command.arguments(options);
        self
    }

    /// A secret, whose value is in a variable of the program.
    pub(crate) fn secret(mut self, name: &str, value: &str) -> Self {
        self.command = self
            .command
            .variable(name, value)
            .argument("--env")
            .argument(name);
        self
    }

    /// Progress as lines of JSON, for [`super::progress::Progress`].
    pub(crate) fn raw_progress(self) -> Self {
        self.options(["--progress", "rawjson"])
    }

    /// The result stays in the engine's cache.
    pub(crate) fn without_output(self) -> Command {
        self.options(["--output", "type=cacheonly"]).command
    }

    /// The result becomes a file.
    pub(crate) fn file(self, kind: &str, file: &Path) -> Command {
        let output = format!("type={kind},dest={}", file.display());
        self.options(["--output", &output]).command
    }

    /// The result becomes an image of docker's that removes itself.
    #[track_caller]
    pub(crate) fn image(self) -> Image {
        let image = Image::of(&self.engine);
        let command = self.options(["--name", image.name()]).command;
        command.run().success();
        image
    }

    pub(crate) fn command(self) -> Command {
        self.command
    }
}

/// The files of a directory, all of them.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = directory.read_dir().expect("the directory can be read");
    entries
        .map(|entry| entry.expect("the directory can be read").path())
        .collect()
}
