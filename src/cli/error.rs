//! Why a command did not do what was asked for, and what its exit code says about that.

use std::io;

use thiserror::Error;

use super::ExitStatus;
use super::graph::TooLarge;
use super::output::WriteError;
use super::planning::PlanningError;
use crate::analyze::is_temporary;

/// Why a command failed.
#[derive(Debug, Error)]
pub(super) enum CommandError {
    #[error(transparent)]
    Planning(#[from] PlanningError),
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Graph(#[from] TooLarge),
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
    #[error("interrupted")]
    Interrupted,
}

impl CommandError {
    /// What to do about it, where the message does not say it already.
    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::Planning(error) => error.hint(),
            Self::Write(error) => error.hint(),
            Self::Graph(_) | Self::Stdout(_) | Self::Interrupted => None,
        }
    }

    /// Whether it is worth a word: who closed standard output knows it.
    pub(super) fn is_worth_telling(&self) -> bool {
        !matches!(self, Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(super) fn exit_status(&self) -> ExitStatus {
        let is_temporary = match self {
            Self::Planning(error) => error.is_temporary(),
            Self::Write(error) => error.is_temporary(),
            Self::Interrupted => return ExitStatus::Interrupted,
            Self::Graph(_) => false,
            Self::Stdout(error) => is_temporary(error),
        };
        if is_temporary {
            ExitStatus::Temporary
        } else {
            ExitStatus::Failure
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_pass_is_told_from_what_stays() {
        let status = |code| CommandError::Stdout(io::Error::from_raw_os_error(code)).exit_status();
        // No space, too many open files, an error of the device.
        for code in [28, 24, 5] {
            assert_eq!(status(code), ExitStatus::Temporary, "{code}");
        }
        // No permission, a read-only file system, a closed pipe.
        for code in [13, 30, 32] {
            assert_eq!(status(code), ExitStatus::Failure, "{code}");
        }
    }
}
