//! What can be wrong with an app's files.

use std::io;

use thiserror::Error;

use crate::plan::Position;

/// A file or directory of the app that cannot be used as it has to be.
#[derive(Debug, Error)]
pub enum AppError {
    /// Nothing has this name.
    #[error("{path}: not found")]
    NotFound {
        /// The path asked for.
        path: String,
    },
    /// A directory where a file was expected.
    #[error("{path}: is a directory, expected a file")]
    IsADirectory {
        /// The path asked for.
        path: String,
    },
    /// A file where a directory was expected.
    #[error("{path}: is not a directory")]
    NotADirectory {
        /// The path asked for.
        path: String,
    },
    /// A pipe, a socket or a device where a file was expected.
    #[error("{path}: is neither a file nor a directory, expected a file")]
    Special {
        /// The path asked for.
        path: String,
    },
    /// The path, or a link on its way, points out of the tree.
    #[error("{path}: leads out of the app's directory, and only what is inside is read")]
    OutsideTree {
        /// The path asked for.
        path: String,
    },
    /// Links that lead to each other, or too many of them.
    #[error("{path}: is a link that leads to itself, or through more than {limit} links")]
    LinkLoop {
        /// The path asked for.
        path: String,
        /// How many links are followed.
        limit: u32,
    },
    /// More bytes than are read of one file.
    #[error("{path}: is larger than {} MiB, the most that is read of one file", limit / (1024 * 1024))]
    FileTooLarge {
        /// The path asked for.
        path: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// More bytes than are read of all files together.
    #[error("the files that planning has to read hold more than {} MiB", limit / (1024 * 1024))]
    TooMuchText {
        /// The limit in bytes.
        limit: u64,
    },
    /// More names than all patterns together are compared with.
    #[error("patterns were compared with more than {limit} names of files and directories")]
    TooMuchToSearch {
        /// The limit.
        limit: usize,
    },
    /// More names than are looked at in one app.
    #[error("the app holds more than {limit} files and directories")]
    TooManyEntries {
        /// The limit.
        limit: usize,
    },
    /// Bytes that are not text.
    #[error("{path}:{position}: is not UTF-8 text")]
    NotUtf8 {
        /// The file.
        path: String,
        /// The first byte that is not.
        position: Position,
    },
    /// Not the JSON, YAML or TOML that was expected.
    #[error("{path}:{position}: {problem}")]
    Malformed {
        /// The file.
        path: String,
        /// Where.
        position: Position,
        /// What is wrong there.
        problem: String,
    },
    /// A pattern with more alternatives than are tried.
    #[error("the pattern `{pattern}` has more than {limit} groups of alternatives in braces")]
    PatternTooComplex {
        /// The pattern.
        pattern: String,
        /// How many groups a pattern may have.
        limit: usize,
    },
    /// The system refused to read.
    #[error("{path}: {}", without_code(reason))]
    Io {
        /// What was read.
        path: String,
        /// The system's reason, which the message holds.
        reason: io::Error,
    },
}

impl AppError {
    pub(super) fn io(path: impl Into<String>, reason: io::Error) -> Self {
        let path = path.into();
        match reason.kind() {
            io::ErrorKind::NotFound => Self::NotFound { path },
            io::ErrorKind::IsADirectory => Self::IsADirectory { path },
            io::ErrorKind::NotADirectory => Self::NotADirectory { path },
            _ => Self::Io { path, reason },
        }
    }

    /// What to do about it, where the message does not say it already.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::TooMuchToSearch { .. } => Some(
                "name packages of a workspace by fewer patterns, and patterns that begin with a directory"
                    .to_owned(),
            ),
            Self::TooManyEntries { .. } => Some(
                "plan the directory that holds the app alone, without data or build results"
                    .to_owned(),
            ),
            Self::OutsideTree { .. } => {
                Some("copy what the link points to into the app's directory".to_owned())
            }
            _ => None,
        }
    }

    /// Whether the same call may work a little later, with nothing about the app changed.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::Io { reason, .. } if is_temporary(reason))
    }
}

/// Whether an error says something of the machine as it is now, and nothing of the file: no memory, no file handles, a
/// disk or a network drive in trouble.
pub(crate) fn is_temporary(error: &io::Error) -> bool {
    // `EIO`, `ENFILE` and `EMFILE` have no kind of their own; the numbers are the same on every Unix.
    matches!(error.raw_os_error(), Some(5 | 23 | 24))
        || matches!(
            error.kind(),
            io::ErrorKind::Interrupted
                | io::ErrorKind::OutOfMemory
                | io::ErrorKind::ResourceBusy
                | io::ErrorKind::StaleNetworkFileHandle
                | io::ErrorKind::StorageFull
                | io::ErrorKind::TimedOut
                | io::ErrorKind::WouldBlock
        )
}

/// The system's words without the number behind them.
pub(super) fn without_code(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_lowercase(),
        None => text,
    }
}
