//! What the analysis tells the user beside the plan.

/// How much a [`Message`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
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
#[derive(Clone, Debug, Default)]
pub(crate) struct Messages(Vec<Message>);

impl Messages {
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

    pub(crate) fn into_vec(self) -> Vec<Message> {
        self.0
    }

    fn add(&mut self, level: Level, text: impl Into<String>) {
        self.0.push(Message {
            level,
            text: text.into(),
        });
    }
}
