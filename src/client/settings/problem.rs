//! Arguments that make no sense, as people are told.

use std::fmt;

/// An argument that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UsageProblem {
    flag: &'static str,
    value: String,
    fault: String,
    hint: String,
}

impl UsageProblem {
    /// `flag` with `value` cannot be; `fault` says why, and `hint` what to give instead.
    pub(super) fn new(
        flag: &'static str,
        value: &str,
        fault: impl fmt::Display,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            flag,
            value: value.to_owned(),
            fault: fault.to_string(),
            hint: hint.into(),
        }
    }
}

impl fmt::Display for UsageProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            flag,
            value,
            fault,
            hint,
        } = self;
        write!(formatter, "error: {flag} {value}: {fault}\n  hint: {hint}")
    }
}
