//! What a person reads while something is done: findings, warnings, errors with their causes and hints.

use std::error::Error;
use std::io::Write;

use super::pretty::{self, Look, Role, visible};
use crate::analyze::Message;
use crate::causes::causes;

/// Writes lines for a person. A closed stream leaves nobody to tell, so that failing to write is no failure.
pub(crate) struct Report<'a> {
    stream: &'a mut dyn Write,
    look: Look,
}

impl<'a> Report<'a> {
    pub(crate) fn new(stream: &'a mut dyn Write, look: Look) -> Self {
        Self { stream, look }
    }

    /// One line, or some.
    pub(crate) fn line(&mut self, text: &str) {
        let _ = writeln!(self.stream, "{}", visible(text));
    }

    pub(crate) fn message(&mut self, message: &Message) {
        let _ = write!(self.stream, "{}", pretty::message(message, 0, self.look));
    }

    pub(crate) fn error(&mut self, error: &dyn Error, hint: Option<String>) {
        self.labelled("error: ", Role::Error, &error.to_string());
        for cause in causes(error) {
            self.line(&format!("  caused by: {cause}"));
        }
        self.hint(hint);
    }

    /// What to do, if anything can be done.
    pub(crate) fn hint(&mut self, hint: Option<String>) {
        if let Some(hint) = hint {
            self.labelled("hint: ", Role::Suggestion, &hint);
        }
    }

    fn labelled(&mut self, label: &str, role: Role, text: &str) {
        let label = self.look.paint(role, label);
        let _ = writeln!(self.stream, "{label}{}", visible(text));
    }
}
