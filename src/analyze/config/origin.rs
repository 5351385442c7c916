//! Where a setting comes from.

use std::fmt;
use std::rc::Rc;

use crate::plan::Span;

/// The place to edit if a setting is not what it should be. Its `Display` names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag of the command line.
    Flag(&'static str),
    /// A variable, by its whole name.
    Variable(String),
    /// A place in a file.
    File { name: Rc<str>, span: Option<Span> },
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => formatter.write_str(name),
            Self::Variable(name) => formatter.write_str(name),
            Self::File { name, span: None } => formatter.write_str(name),
            Self::File {
                name,
                span: Some(span),
            } => write!(formatter, "{name}:{}", span.start),
        }
    }
}

/// A setting, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sourced<T> {
    pub(crate) value: T,
    pub(crate) origin: Origin,
}

impl Origin {
    /// The place in the configuration file.
    pub(crate) fn span(&self) -> Option<Span> {
        match self {
            Self::File { span, .. } => *span,
            Self::Flag(_) | Self::Variable(_) => None,
        }
    }
}

impl<T> Sourced<T> {
    pub(crate) fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }
}
