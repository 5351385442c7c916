//! A project made on the spot: a plan and some files, in directories that remove themselves.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::engine::{Build, Engine};
use super::settings::settings;

/// The file that `railpack plan` writes, and that the frontend looks for first.
pub(crate) const PLAN_FILE: &str = "rpk.json";

/// A directory with an app, and one with its plan.
#[derive(Debug)]
pub(crate) struct Project {
    context: TempDir,
    plan_directory: TempDir,
    filename: String,
}

impl Project {
    /// A project without files, and without a plan.
    pub(crate) fn new() -> Self {
        Self {
            context: tempfile::tempdir().expect("a directory can be made"),
            plan_directory: tempfile::tempdir().expect("a directory can be made"),
            filename: PLAN_FILE.to_owned(),
        }
    }

    /// A project whose plan is this.
    pub(crate) fn with_plan(plan: &Value) -> Self {
        let text = serde_json::to_string_pretty(plan).expect("a value is JSON");
        Self::new().plan_text(PLAN_FILE, text)
    }

    /// Writes the plan, as it is, under a name.
    pub(crate) fn plan_text(mut self, filename: &str, text: impl AsRef<[u8]>) -> Self {
        write(&self.plan_directory.path().join(filename), text);
        filename.clone_into(&mut self.filename);
        self
    }

    /// Writes a file of the app.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        write(&self.context.path().join(path), text);
        self
    }

    pub(crate) fn context(&self) -> &Path {
        self.context.path()
    }

    pub(crate) fn plan_directory(&self) -> &Path {
        self.plan_directory.path()
    }

    pub(crate) fn plan_path(&self) -> PathBuf {
        self.plan_directory.path().join(&self.filename)
    }

    /// A build of this project.
    pub(crate) fn build(&self, engine: &Engine) -> Build<'_> {
        Build::new(
            engine,
            self.context.path(),
            self.plan_directory.path(),
            Some(&self.filename),
        )
    }

    /// A build that leaves it to the frontend to find the plan; only buildctl can.
    pub(crate) fn build_without_filename(&self, engine: &Engine) -> Build<'_> {
        Build::new(
            engine,
            self.context.path(),
            self.plan_directory.path(),
            None,
        )
    }
}

/// A plan of one step, `build`, that runs the commands on the runtime image; it is deployed as it is.
pub(crate) fn plan_of_commands(commands: &[&str]) -> Value {
    json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": settings().runtime_image }],
            "commands": commands.iter().map(|command| shell(command)).collect::<Vec<_>>(),
        }],
        "deploy": { "base": { "step": "build" } },
    })
}

/// A command that the shell runs, named by its own text.
pub(crate) fn shell(script: &str) -> Value {
    let quoted = script.replace('\'', r"'\''");
    json!({ "cmd": format!("sh -c '{quoted}'"), "customName": script })
}

/// The file's time is that of a clock finer than the kernel's own for files. All builds of buildctl share what was sent for
/// the ones before, and a file with the same path, size and time is not sent again: two tests that write at the same tick
/// would get each other's.
fn write(path: &Path, text: impl AsRef<[u8]>) {
    let parent = path.parent().expect("a file is in a directory");
    std::fs::create_dir_all(parent).expect("a directory can be made");
    let mut file = File::create(path).expect("a file can be made");
    file.write_all(text.as_ref())
        .and_then(|()| file.set_modified(SystemTime::now()))
        .expect("a file can be written");
}
