//! An image in a docker's store that removes itself.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::command::{Command, Outcome};
use super::engine::Engine;
use super::settings::settings;
use super::unique::unique_name;

/// An image by its name; removed with the last use of this value.
#[derive(Debug)]
pub(crate) struct Image {
    name: String,
    /// Who has it.
    engine: Engine,
}

impl Image {
    /// A name that no image has yet, in the Docker that an engine is, or else in the one that images are loaded into.
    pub(crate) fn of(engine: &Engine) -> Self {
        Self {
            name: unique_name(),
            engine: engine.clone(),
        }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Who has it.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What `docker image inspect` says.
    #[track_caller]
    pub(crate) fn inspect(&self) -> Value {
        let outcome = self
            .engine
            .docker(["image", "inspect", &self.name, "--format", "{{json .}}"])
            .run()
            .success();
        serde_json::from_slice(&outcome.stdout).expect("docker prints JSON")
    }

    /// Runs a script of the shell in a new container of this image, in place of its own start command.
    pub(crate) fn run_script(&self, script: &str) -> Outcome {
        self.engine
            .docker([
                "run",
                "--rm",
                "--entrypoint",
                "/bin/sh",
                &self.name,
                "-c",
                script,
            ])
            .run()
    }

    /// Runs the image's own start command to its end.
    pub(crate) fn run(&self) -> Outcome {
        self.engine.docker(["run", "--rm", &self.name]).run()
    }

    /// The image as an archive: its config, and all of its layers, uncompressed.
    #[track_caller]
    pub(crate) fn save(&self) -> Vec<u8> {
        self.engine
            .docker(["image", "save", &self.name])
            .run()
            .success()
            .stdout
    }

    /// One line a layer: the command that made it.
    #[track_caller]
    pub(crate) fn history(&self) -> String {
        self.engine
            .docker([
                "image",
                "history",
                "--no-trunc",
                "--format",
                "{{.CreatedBy}} {{.Comment}}",
                &self.name,
            ])
            .run()
            .success()
            .stdout_text()
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        // A build that failed left no image: that it cannot be removed then is no news.
        drop(
            self.engine
                .docker(["image", "rm", "--force", &self.name])
                .run(),
        );
    }
}

/// Where buildctl puts an image that docker is to have. Of an image in a registry docker takes the layers that it lacks, where
/// `docker load` reads all of them each time.
pub(crate) fn pushed_name(name: &str) -> String {
    format!("{}/railpack-test:{name}", settings().registry())
}

/// How many pushed images docker keeps for a while, beyond the tests that they are for.
const KEPT: usize = 10;
static PUSHED: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Has docker take an image that was pushed so. It has that name too for a while: the next ones may have layers of it, and to
/// unpack those of a language takes ten seconds.
#[track_caller]
pub(crate) fn take_pushed(name: &str) {
    let pushed = pushed_name(name);
    docker(["image", "pull", &pushed]).run().success();
    docker(["image", "tag", &pushed, name]).run().success();
    let mut names = PUSHED.lock().unwrap_or_else(PoisonError::into_inner);
    names.push_back(pushed);
    let oldest = (names.len() > KEPT).then(|| names.pop_front()).flatten();
    drop(names);
    if let Some(oldest) = oldest {
        docker(["image", "rm", &oldest]).run().success();
    }
}

/// At the end of the tests: removes the names of pushed images that docker still has.
pub(crate) fn remove_pushed() {
    let names = std::mem::take(&mut *PUSHED.lock().unwrap_or_else(PoisonError::into_inner));
    if !names.is_empty() {
        let arguments = ["image".to_owned(), "rm".to_owned()];
        drop(docker(arguments.into_iter().chain(names)).run());
    }
}

/// Builds a Dockerfile, beside which is a file `empty`, and pushes the image to the registry of the frontend. Gives its name.
#[track_caller]
pub(crate) fn push_image(dockerfile: &str, platforms: &str) -> String {
    let name = format!("{}/{}", settings().registry(), unique_name());
    push_image_as(&name, dockerfile, platforms);
    name
}

/// The same with a name that is given.
#[track_caller]
pub(crate) fn push_image_as(name: &str, dockerfile: &str, platforms: &str) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    for (file, text) in [("Dockerfile", dockerfile), ("empty", "")] {
        std::fs::write(directory.path().join(file), text).expect("a file can be written");
    }
    let local = |name: &str| format!("{name}={}", directory.path().display());
    Command::new("buildctl")
        .arguments([
            "build",
            "--frontend=dockerfile.v0",
            "--opt",
            &format!("platform={platforms}"),
        ])
        .arguments([
            "--local",
            &local("context"),
            "--local",
            &local("dockerfile"),
        ])
        .arguments(["--output", &format!("type=image,name={name},push=true")])
        .run()
        .success();
}

/// `docker` with arguments.
pub(crate) fn docker<T: AsRef<OsStr>>(arguments: impl IntoIterator<Item = T>) -> Command {
    Command::new("docker").arguments(arguments)
}
