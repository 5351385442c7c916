//! What tests of whole runs have in common.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::{ExitStatus, Surroundings, run};

/// How a run ended, and what it wrote to its two streams.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

pub(super) fn railpack(arguments: &[&str], process: &[(&str, &str)]) -> Ended {
    let variable = |name: &str| {
        let found = process.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut surroundings = Surroundings {
        variable: &variable,
        stdout: &mut stdout,
        stderr: &mut stderr,
        stdout_is_terminal: false,
        stderr_is_terminal: false,
        stop: std::sync::Arc::default(),
    };
    let arguments = ["railpack"].iter().chain(arguments).map(OsString::from);
    let status = run(arguments, &mut surroundings);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ended {
        status,
        stdout: text(stdout),
        stderr: text(stderr),
    }
}

/// A directory with a small app.
pub(super) fn app() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let manifest = r#"{"engines": {"node": "22.22.0"}, "main": "index.js"}"#;
    fs::write(directory.path().join("package.json"), manifest).unwrap();
    fs::write(directory.path().join("package-lock.json"), "{}").unwrap();
    fs::write(directory.path().join("index.js"), "").unwrap();
    directory
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What a run told, without what differs from run to run.
pub(super) fn told(text: &str, app: &tempfile::TempDir) -> String {
    text.replace(self::text(app.path()), "[app]")
        .replace(env!("CARGO_PKG_VERSION"), "[version]")
}
