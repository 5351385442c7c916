//! How text looks: coloured or not, and how wide.
//!
//! Whoever reads without colour reads the same words. Variables: <https://no-color.org>,
//! <https://force-color.org>, <https://bixense.com/clicolors>; the first that says something counts, in this order.

use anstyle::{AnsiColor, Style};

/// The width of a terminal whose width is not known.
const USUAL_WIDTH: usize = 80;
/// Lines that are longer are hard to read, however wide the terminal is.
const LARGEST_WIDTH: usize = 120;
/// In fewer columns nothing can be laid out.
const SMALLEST_WIDTH: usize = 40;

/// How text looks on one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    is_coloured: bool,
    /// Where lines of prose end; `None` where nobody looks at columns: each is one line then, however long.
    pub(super) width: Option<usize>,
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Heading,
    Name,
    Command,
    Version,
    /// What can be skipped.
    Aside,
    Error,
    Warning,
    Suggestion,
}

impl Look {
    /// For files and programs.
    pub(crate) const PLAIN: Self = Self {
        is_coloured: false,
        width: None,
    };

    /// For a stream. `variable` gives the process environment.
    pub(crate) fn new(is_terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let columns = || variable("COLUMNS").and_then(|columns| columns.trim().parse().ok());
        Self {
            is_coloured: is_coloured(is_terminal, variable),
            width: is_terminal.then(|| {
                let width: usize = columns().unwrap_or(USUAL_WIDTH);
                width.clamp(SMALLEST_WIDTH, LARGEST_WIDTH)
            }),
        }
    }

    pub(crate) fn paint(self, role: Role, text: &str) -> String {
        if !self.is_coloured || text.is_empty() {
            return text.to_owned();
        }
        let style = role.style();
        format!("{style}{text}{style:#}")
    }
}

impl Role {
    /// The sixteen colours that a terminal's user has chosen, and none of those that are unreadable on white or black.
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| colour.on_default();
        match self {
            Self::Heading => Style::new().bold().underline(),
            Self::Command => Style::new().bold(),
            Self::Aside => Style::new().dimmed(),
            Self::Name => colour(AnsiColor::Magenta),
            Self::Version => colour(AnsiColor::Cyan),
            Self::Error => colour(AnsiColor::Red).bold(),
            Self::Warning => colour(AnsiColor::Yellow).bold(),
            Self::Suggestion => colour(AnsiColor::Cyan).bold(),
        }
    }
}

/// Whether text on a stream has colours. `variable` gives the process environment.
pub(crate) fn is_coloured(is_terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let is_off = |value: String| matches!(value.as_str(), "0" | "false");
    if set("NO_COLOR").is_some() {
        return false;
    }
    for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] {
        if let Some(value) = set(name) {
            return !is_off(value);
        }
    }
    if set("CLICOLOR").is_some_and(is_off) || set("TERM").is_some_and(|term| term == "dumb") {
        return false;
    }
    is_terminal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(is_terminal: bool, variables: &[(&str, &str)]) -> Look {
        Look::new(is_terminal, &|name| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn variables_decide_on_colour_before_the_terminal_does() {
        for (is_terminal, variables, expected) in [
            (true, &[][..], true),
            (false, &[], false),
            (true, &[("NO_COLOR", "1")], false),
            (true, &[("NO_COLOR", "")], true),
            (false, &[("FORCE_COLOR", "1")], true),
            (false, &[("FORCE_COLOR", "3")], true),
            (true, &[("FORCE_COLOR", "0")], false),
            (false, &[("CLICOLOR_FORCE", "1")], true),
            (false, &[("CLICOLOR_FORCE", "0")], false),
            (true, &[("CLICOLOR", "0")], false),
            (false, &[("CLICOLOR", "1")], false),
            (true, &[("TERM", "dumb")], false),
            (false, &[("FORCE_COLOR", "1"), ("TERM", "dumb")], true),
            (true, &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], false),
        ] {
            let look = look(is_terminal, variables);
            assert_eq!(look.is_coloured, expected, "{is_terminal} {variables:?}");
        }
    }

    #[test]
    fn only_a_terminal_has_a_width() {
        assert_eq!(look(false, &[("COLUMNS", "100")]).width, None);
        assert_eq!(look(true, &[("COLUMNS", "100")]).width, Some(100));
        assert_eq!(
            look(true, &[("COLUMNS", "9999")]).width,
            Some(LARGEST_WIDTH)
        );
        assert_eq!(look(true, &[("COLUMNS", "0")]).width, Some(SMALLEST_WIDTH));
        assert_eq!(look(true, &[("COLUMNS", "many")]).width, Some(USUAL_WIDTH));
    }

    #[test]
    fn paint_ends_where_the_text_ends() {
        let coloured = look(false, &[("FORCE_COLOR", "1")]);
        assert_eq!(
            coloured.paint(Role::Version, "1.2"),
            "\u{1b}[36m1.2\u{1b}[0m"
        );
        assert_eq!(coloured.paint(Role::Version, ""), "");
        assert_eq!(Look::PLAIN.paint(Role::Version, "1.2"), "1.2");
    }
}
