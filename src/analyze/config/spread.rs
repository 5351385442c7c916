//! `...`: what was there before.

use crate::plan::{Command, Spanned};

/// In a list: what was there before.
pub(crate) const SPREAD: &str = "...";

/// A list of the user's with each `...` replaced by what was there before; without a list, what was there before.
pub(crate) fn spread<'a, T: Clone + 'a>(
    configured: Option<impl IntoIterator<Item = &'a T>>,
    generated: Vec<T>,
    is_spread: fn(&T) -> bool,
) -> Vec<T> {
    let Some(configured) = configured else {
        return generated;
    };
    let mut result = Vec::new();
    for item in configured {
        if is_spread(item) {
            result.extend_from_slice(&generated);
        } else {
            result.push(item.clone());
        }
    }
    result
}

/// [`spread`] for lists of strings.
pub(crate) fn spread_strings(
    configured: Option<&Vec<Spanned<String>>>,
    generated: Vec<String>,
) -> Vec<String> {
    let configured = configured.map(|list| list.iter().map(|item| &item.value));
    spread(configured, generated, |item| item == SPREAD)
}

/// Whether a command of the user's stands for what was there before.
pub(crate) fn is_spread_command(command: &Command) -> bool {
    matches!(command, Command::Exec(exec) if exec.is_spread())
}
