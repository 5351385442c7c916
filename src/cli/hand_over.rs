//! `railpack build`: another program does it, so that this one stays small.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use thiserror::Error;

use super::ExitStatus;
use super::arguments::BuildArguments;

/// The program that builds. Both are in one archive.
const PROGRAM: &str = "railpack-frontend";

/// Hands over to the program that builds. On Unix it takes the place of this process, so that signals and the exit code are
/// its own.
pub(super) fn run(
    arguments: &BuildArguments,
    is_verbose: bool,
) -> Result<ExitStatus, HandOverError> {
    let own = env::current_exe().ok();
    let path = env::var_os("PATH").unwrap_or_default();
    let program = find(own.as_deref(), &path).ok_or_else(|| HandOverError::Missing {
        beside: own.and_then(|own| Some(own.parent()?.to_owned())),
    })?;
    let mut command = Command::new(&program);
    command.arg("build").args(&arguments.arguments);
    if is_verbose {
        command.arg("--verbose");
    }
    start(command).map_err(|source| HandOverError::Start { program, source })
}

#[cfg(unix)]
fn start(mut command: Command) -> io::Result<ExitStatus> {
    use std::os::unix::process::CommandExt as _;

    // Comes back only if it could not be done.
    Err(command.exec())
}

#[cfg(not(unix))]
fn start(mut command: Command) -> io::Result<ExitStatus> {
    let code = command.status()?.code();
    let statuses = [
        ExitStatus::Success,
        ExitStatus::Usage,
        ExitStatus::Temporary,
        ExitStatus::Interrupted,
    ];
    let status = statuses
        .into_iter()
        .find(|status| code == Some(i32::from(status.code())));
    Ok(status.unwrap_or(ExitStatus::Failure))
}

/// The program beside this one, else the first on `PATH`.
fn find(own: Option<&Path>, path: &OsString) -> Option<PathBuf> {
    let name = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    let beside = own.and_then(Path::parent).map(Path::to_owned);
    let directories = beside.into_iter().chain(env::split_paths(path));
    directories
        .map(|directory| directory.join(&name))
        .find(|program| program.is_file())
}

/// Why nothing is built.
#[derive(Debug, Error)]
pub(super) enum HandOverError {
    /// There is no such program.
    #[error("`railpack build` needs the program {PROGRAM}, which is {}on PATH", beside.as_ref().map_or_else(|| "not ".to_owned(), |directory| format!("neither in {} nor ", directory.display())))]
    Missing {
        /// The directory of this program.
        beside: Option<PathBuf>,
    },
    /// It cannot be started.
    #[error("cannot start {}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl HandOverError {
    /// What to do about it.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Missing { .. } => {
                Some("put it beside railpack: both are in one archive".to_owned())
            }
            Self::Start { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_program_beside_goes_before_those_on_path() {
        let (beside, on_path) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let own = beside.path().join("railpack");
        let path = on_path.path().as_os_str().to_owned();
        assert_eq!(find(Some(&own), &path), None);
        let program = on_path.path().join(PROGRAM);
        fs::write(&program, "").unwrap();
        assert_eq!(find(Some(&own), &path), Some(program));
        let program = beside.path().join(PROGRAM);
        fs::write(&program, "").unwrap();
        assert_eq!(find(Some(&own), &path), Some(program));
    }

    #[test]
    fn what_is_missing_is_told_with_the_places() {
        let told = |beside| HandOverError::Missing { beside }.to_string();
        insta::assert_snapshot!(told(Some("/opt/bin".into())), @"`railpack build` needs the program railpack-frontend, which is neither in /opt/bin nor on PATH");
        insta::assert_snapshot!(told(None), @"`railpack build` needs the program railpack-frontend, which is not on PATH");
    }
}
