//! Problems as a terminal shows them.

use std::fmt::Write;

use super::Problem;
use super::quote::is_visible;
use crate::plan::Span;
use crate::plan::lines::Lines;

/// How many characters of a line are shown.
const MAX_WIDTH: usize = 100;
/// How many of them are in front of the place, if the line must be cut there.
const WIDTH_BEFORE: usize = 40;

/// Shows problems, each with its place, the line of the file it is in, and what to do.
///
/// ```text
/// error: rpk.json:3:5: unknown field `cmds`
///   3 |     "cmds": ["npm ci"]
///     |     ^^^^^^
///   hint: did you mean `commands`?
/// ```
///
/// `source` is the text of the file; of what is in it, only visible characters are shown. Texts end with a line feed.
#[must_use]
pub fn render<'a>(
    problems: impl IntoIterator<Item = &'a Problem>,
    file_name: &str,
    source: &str,
) -> String {
    let lines = Lines::new(source.strip_prefix('\u{feff}').unwrap_or(source));
    let mut text = String::new();
    for problem in problems {
        if !text.is_empty() {
            text.push('\n');
        }
        render_one(problem, file_name, &lines, &mut text);
    }
    text
}

fn render_one(problem: &Problem, file_name: &str, lines: &Lines<'_>, text: &mut String) {
    let place = problem
        .span
        .map_or_else(String::new, |span| format!(":{}", span.start));
    line(
        text,
        format_args!("{}: {file_name}{place}: {}", problem.severity, problem.kind),
    );
    if let Some(span) = problem.span {
        render_place(span, lines, text);
    }
    if let Some(hint) = problem.hint() {
        line(text, format_args!("  hint: {hint}"));
    }
}

/// The line that a span begins in, with carets below the span.
fn render_place(span: Span, lines: &Lines<'_>, text: &mut String) {
    let Span { start, end } = span;
    let length = lines.length(start.line);
    let column = as_usize(start.column);
    let first = if length <= MAX_WIDTH {
        1
    } else {
        column.saturating_sub(WIDTH_BEFORE).max(1)
    };
    let shown: String = lines
        .part(
            start.line,
            u32::try_from(first).unwrap_or(u32::MAX),
            MAX_WIDTH,
        )
        .chars()
        .map(|character| {
            if is_visible(character) {
                character
            } else {
                ' '
            }
        })
        .collect();
    let shown_to = first + shown.trim_end().chars().count();
    let end = if end.line == start.line {
        as_usize(end.column).min(shown_to)
    } else {
        shown_to
    };

    let number = start.line.to_string();
    let before = if first > 1 { "..." } else { "" };
    let after = if first + MAX_WIDTH <= length {
        "..."
    } else {
        ""
    };
    let indent = before.len() + column - first;
    let carets = "^".repeat(end.saturating_sub(column).max(1));
    let margin = number.len();
    line(
        text,
        format_args!("  {number} | {before}{}{after}", shown.trim_end()),
    );
    line(
        text,
        format_args!("  {:margin$} | {:indent$}{carets}", "", ""),
    );
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{arguments}");
}

fn as_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
