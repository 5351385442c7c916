//! What a person reads: findings, warnings, errors with their causes and hints.

use std::error::Error;
use std::io::Write;

use crate::analyze::{Level, Message};

/// Writes lines for a person. A closed stream leaves nobody to tell, so that failing to write is no failure.
pub(super) struct Report<'a> {
    stream: &'a mut dyn Write,
}

impl<'a> Report<'a> {
    pub(super) fn new(stream: &'a mut dyn Write) -> Self {
        Self { stream }
    }

    /// One line, or some.
    pub(super) fn line(&mut self, text: &str) {
        let _ = writeln!(self.stream, "{}", visible(text));
    }

    pub(super) fn message(&mut self, message: &Message) {
        let label = match message.level {
            Level::Info => "",
            Level::Suggestion => "suggestion: ",
            Level::Deprecation => "deprecated: ",
            Level::Warning => "warning: ",
        };
        self.line(&format!("{label}{}", message.text));
    }

    pub(super) fn warning(&mut self, text: &str) {
        self.line(&format!("warning: {text}"));
    }

    pub(super) fn error(&mut self, error: &dyn Error, hint: Option<String>) {
        self.line(&format!("error: {error}"));
        let mut cause = error.source();
        while let Some(error) = cause {
            self.line(&format!("  caused by: {error}"));
            cause = error.source();
        }
        if let Some(hint) = hint {
            self.line(&format!("hint: {hint}"));
        }
    }
}

/// A text in which nothing moves the cursor: names of files come from anywhere.
fn visible(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && character != '\n' {
            result.extend(character.escape_default());
        } else {
            result.push(character);
        }
    }
    result
}
