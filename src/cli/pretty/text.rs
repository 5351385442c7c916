//! Lines, columns and wrapping.

use std::fmt::Write;

use super::look::{Look, Role};

/// A text in which nothing moves the cursor or turns the direction of reading: names come from anywhere.
pub(crate) fn visible(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if (character.is_control() && character != '\n') || turns_direction(character) {
            result.extend(character.escape_default());
        } else {
            result.push(character);
        }
    }
    result
}

/// Unicode's marks that make a text read other than it is (<https://trojansource.codes>).
fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// The same on one line.
pub(super) fn on_one_line(text: &str) -> String {
    visible(text).replace('\n', "\\n")
}

/// How many columns a text takes, roughly: characters are counted, and some are wider.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// `text` filled up to `columns`.
pub(super) fn padded(text: &str, columns: usize) -> String {
    format!("{text:<columns$}")
}

/// Prose behind an indentation; where it is wrapped, the lines that follow are indented as far. A label, already
/// painted, stands in front of the first line and counts `label_width` columns.
pub(super) fn prose(
    indent: usize,
    label: &str,
    label_width: usize,
    text: &str,
    look: Look,
) -> String {
    let mut result = " ".repeat(indent) + label;
    let hanging = indent + label_width;
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 && !line.is_empty() {
            result.push_str(&" ".repeat(hanging));
        }
        result.push_str(&wrapped(line, hanging, look.width));
        result.push('\n');
    }
    result
}

/// Breaks a line between words. White space at its start is kept, and a word that is too long too.
fn wrapped(line: &str, indent: usize, limit: Option<usize>) -> String {
    let Some(limit) = limit else {
        return line.to_owned();
    };
    let room = limit.saturating_sub(indent);
    if width(line) <= room {
        return line.to_owned();
    }
    let words = line.trim_start();
    let start = &line[..line.len() - words.len()];
    let mut result = start.to_owned();
    let mut used = width(start);
    for (index, word) in words.split(' ').enumerate() {
        let needed = width(word);
        if index > 0 && used + 1 + needed > room {
            result.push('\n');
            result.push_str(&" ".repeat(indent));
            result.push_str(start);
            used = width(start);
        } else if index > 0 {
            result.push(' ');
            used += 1;
        }
        result.push_str(word);
        used += needed;
    }
    result
}

/// The width of the column of labels where none is longer, so that blocks under each other are aligned.
const LABEL_WIDTH: usize = 9;

/// Lines that begin with a label each; what stands behind the labels is aligned.
#[derive(Debug, Default)]
pub(super) struct Labelled {
    rows: Vec<(String, String, Option<Role>)>,
}

impl Labelled {
    /// Adds a line, on which the text has a role of its own or none.
    pub(super) fn add(&mut self, label: &str, text: &str, role: Option<Role>) {
        self.rows.push((on_one_line(label), visible(text), role));
    }

    /// Adds a list as a line, unless it is empty.
    pub(super) fn add_list<'a>(&mut self, label: &str, items: impl IntoIterator<Item = &'a str>) {
        let items: Vec<_> = items.into_iter().collect();
        if !items.is_empty() {
            self.add(label, &items.join(", "), None);
        }
    }

    /// The lines. Commands are never wrapped, so that they can be copied.
    pub(super) fn render(&self, indent: usize, look: Look) -> String {
        let column = self.rows.iter().map(|(label, ..)| width(label)).max();
        let column = column.unwrap_or_default().max(LABEL_WIDTH);
        let mut result = String::new();
        for (label, text, role) in &self.rows {
            let label = look.paint(Role::Aside, &padded(label, column)) + "  ";
            match role {
                None => result.push_str(&prose(indent, &label, column + 2, text, look)),
                Some(role) => {
                    let text =
                        text.replace('\n', &format!("\n{}", " ".repeat(indent + column + 2)));
                    let text = look.paint(*role, &text);
                    // Writing to a string cannot fail.
                    let _ = writeln!(result, "{}{label}{text}", " ".repeat(indent));
                }
            }
        }
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow() -> Look {
        let variable = |name: &str| match name {
            "COLUMNS" => Some("40".to_owned()),
            "NO_COLOR" => Some("1".to_owned()),
            _ => None,
        };
        Look::new(true, &variable)
    }

    #[test]
    fn prose_is_wrapped_behind_its_label_where_somebody_looks_at_columns() {
        let text = "a text of more than forty columns, with\n  an-indented-line that is long as well, and goes on";
        let narrow = narrow();
        insta::assert_snapshot!(prose(2, "label: ", 7, text, narrow), @"
        label: a text of more than forty
               columns, with
                 an-indented-line that is long
                 as well, and goes on
        ");
        insta::assert_snapshot!(prose(2, "label: ", 7, text, Look::PLAIN), @"
        label: a text of more than forty columns, with
                 an-indented-line that is long as well, and goes on
        ");
    }

    #[test]
    fn labels_are_aligned_and_commands_stay_whole() {
        let mut rows = Labelled::default();
        rows.add(
            "run",
            "a command of more than forty columns\nand two lines",
            Some(Role::Command),
        );
        rows.add_list("variables", ["ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX"]);
        rows.add_list("paths", []);
        let narrow = narrow();
        insta::assert_snapshot!(rows.render(2, narrow), @"
        run        a command of more than forty columns
                   and two lines
        variables  ONE, TWO, THREE, FOUR,
                   FIVE, SIX
        ");
    }

    #[test]
    fn nothing_moves_the_cursor_or_turns_the_direction() {
        assert_eq!(
            on_one_line("a\u{1b}[2J\r\n\u{202e}b"),
            "a\\u{1b}[2J\\r\\n\\u{202e}b"
        );
    }
}
