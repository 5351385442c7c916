//! Asking which versions are published, while planning.
//!
//! It is I/O, so it is handed in; where nothing is, versions stay as they were asked for and mise chooses inside the build.
//! The answers are taken if they make sense and left if not: planning never fails for what a lookup says.

use std::fmt;

use thiserror::Error;

/// Knows which versions of a tool are published.
pub trait VersionLookup: fmt::Debug {
    /// The newest version that a prefix (`22`) or an alias (`lts`) names.
    fn newest(&self, tool: &str, version: &str) -> Result<String, LookupError>;

    /// All versions.
    fn versions(&self, tool: &str) -> Result<Vec<String>, LookupError>;
}

/// Why a lookup has no answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{reason}")]
pub struct LookupError {
    /// Why, in words that can follow a colon.
    pub reason: String,
    /// Whether the next question would not be answered either.
    pub is_final: bool,
}

/// Whether a tool may be asked about: those of mise's own list. What names a source (`npm:x`, `asdf:https://...`) would run
/// or download what is behind it.
pub(super) fn is_listed(tool: &str) -> bool {
    is_word(tool, "-_")
}

/// Whether a text can be a version, a prefix or an alias.
pub(super) fn is_version(text: &str) -> bool {
    is_word(text, "-_.+")
}

fn is_word(text: &str, signs: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || signs.contains(character))
}
