//! What a container runs.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use super::Spanned;

/// What a container runs: with a shell or without.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CommandLine {
    /// A text that a shell reads.
    Shell(String),
    /// Words that no shell reads: a program and its arguments.
    Words(Vec<String>),
}

impl CommandLine {
    /// The text, or the words with blanks between them: for who looks for a program in it, not for who runs it.
    pub(crate) fn joined(&self) -> Cow<'_, str> {
        match self {
            Self::Shell(text) => Cow::Borrowed(text),
            Self::Words(words) => Cow::Owned(words.join(" ")),
        }
    }

    /// All texts that it is made of.
    pub(crate) fn texts(&self) -> &[String] {
        match self {
            Self::Shell(text) => std::slice::from_ref(text),
            Self::Words(words) => words,
        }
    }
}

impl fmt::Display for CommandLine {
    /// The text, or the words as a JSON list, which shows where each ends.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shell(text) => formatter.write_str(text),
            Self::Words(words) => write!(formatter, "{words:?}"),
        }
    }
}

impl From<&str> for CommandLine {
    fn from(text: &str) -> Self {
        Self::Shell(text.to_owned())
    }
}

impl From<&str> for Spanned<CommandLine> {
    fn from(text: &str) -> Self {
        Self::from(CommandLine::from(text))
    }
}

impl From<String> for CommandLine {
    fn from(text: String) -> Self {
        Self::Shell(text)
    }
}
