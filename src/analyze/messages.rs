//! What the analysis tells the user beside the plan.

use std::cell::RefCell;
use std::rc::Rc;

/// How much a [`Message`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Why something was decided, for who wants to know it all.
    Detail,
    /// What was found and decided.
    Info,
    /// Something that works today and could be better.
    Suggestion,
    /// Something that will change.
    Deprecation,
    /// Something that is likely wrong.
    Warning,
}

/// One thing to tell the user. It never holds a secret's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How much it matters.
    pub level: Level,
    /// The text, without a full stop at its end.
    pub text: String,
}

/// The messages of an analysis, in the order in which they came up.
///
/// Clones are one list: who starts an analysis still has what was found when it fails half way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Messages(Rc<RefCell<Vec<Message>>>);

impl Messages {
    pub(crate) fn detail(&mut self, text: impl Into<String>) {
        self.add(Level::Detail, text);
    }

    pub(crate) fn info(&mut self, text: impl Into<String>) {
        self.add(Level::Info, text);
    }

    pub(crate) fn suggestion(&mut self, text: impl Into<String>) {
        self.add(Level::Suggestion, text);
    }

    pub(crate) fn deprecation(&mut self, text: impl Into<String>) {
        self.add(Level::Deprecation, text);
    }

    pub(crate) fn warning(&mut self, text: impl Into<String>) {
        self.add(Level::Warning, text);
    }

    pub(crate) fn to_vec(&self) -> Vec<Message> {
        self.0.borrow().clone()
    }

    fn add(&mut self, level: Level, text: impl Into<String>) {
        self.0.borrow_mut().push(Message {
            level,
            text: text.into(),
        });
    }
}
