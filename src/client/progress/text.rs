//! Texts of a build as a terminal may have them: nothing in them drives it.
//!
//! What commands print and what vertices are called comes from the app, its dependencies and the engine.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use crate::plan::is_visible;

const ESCAPE: char = '\u{1b}';
const BELL: char = '\u{7}';
/// Control sequence introducer, as one character.
const CSI: char = '\u{9b}';
/// Operating system command, as one character.
const OSC: char = '\u{9d}';

/// How many bytes of a name are shown.
const MAX_NAME: usize = 1_000;
/// Columns from one tab stop to the next.
const TAB: usize = 8;

/// One line with nothing that a terminal obeys: whole escape sequences are left out, tabs become spaces, other control
/// characters and those that reorder or hide text become U+FFFD. Of what a carriage return overwrites, the last stays.
pub(super) fn visible_line(line: &str) -> String {
    let line = line.trim_end_matches(['\r', '\n']);
    let last = line.rsplit('\r').find(|part| !part.is_empty());
    let mut visible = String::with_capacity(line.len());
    let mut column = 0;
    let mut characters = last.unwrap_or_default().chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            ESCAPE => match characters.next() {
                Some('[') => skip_control_sequence(&mut characters),
                Some(']' | 'P' | 'X' | '^' | '_') => skip_string(&mut characters),
                // A character from here on ends the sequence.
                Some(' '..='/') => {
                    let _ = characters.find(|next| !matches!(next, ' '..='/'));
                }
                _ => {}
            },
            CSI => skip_control_sequence(&mut characters),
            OSC => skip_string(&mut characters),
            '\t' => {
                let spaces = TAB - column % TAB;
                let _ = write!(visible, "{:spaces$}", "");
                column += spaces;
            }
            // Emoji are joined by the last of these; the parts show as well.
            '\u{8}' | BELL | '\u{200d}' => {}
            character if is_visible(character) => {
                visible.push(character);
                column += character.width().unwrap_or(0);
            }
            _ => {
                visible.push(char::REPLACEMENT_CHARACTER);
                column += 1;
            }
        }
    }
    visible
}

/// A name on one line, of at most a thousand bytes, as [`visible_line`] has it.
pub(super) fn visible_name(name: &str) -> String {
    visible_line(&cut(name, MAX_NAME).replace(['\r', '\n'], " "))
}

/// Lines of a text, each as [`visible_line`] has it.
pub(super) fn visible_lines(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().split('\n').map(visible_line).collect();
    lines.join("\n")
}

/// Parameters up to and with the final character.
fn skip_control_sequence(characters: &mut impl Iterator<Item = char>) {
    let _ = characters.find(|character| matches!(character, '@'..='~'));
}

/// Anything up to and with the string's end.
fn skip_string(characters: &mut std::iter::Peekable<impl Iterator<Item = char>>) {
    while let Some(character) = characters.next() {
        match character {
            BELL | '\u{9c}' => return,
            ESCAPE if characters.next_if_eq(&'\\').is_some() => return,
            _ => {}
        }
    }
}

/// How many columns a visible text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars()
        .map(|character| character.width().unwrap_or(0))
        .sum()
}

/// The beginning of a visible text, in at most so many columns; where something is cut off it ends with `...`.
pub(super) fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let dots = ".".repeat(columns.min(3));
    let mut left = columns - dots.len();
    let kept = text.chars().take_while(|character| {
        let width = character.width().unwrap_or(0);
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    });
    kept.collect::<String>() + &dots
}

/// At most so many bytes of a text, without splitting a character.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    let mut ends = (0..=bytes.min(text.len())).rev();
    let end = ends.find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_a_terminal_obeys() {
        for (line, expected) in [
            ("npm warn ünïcode 日本", "npm warn ünïcode 日本"),
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{1b}[2J\u{1b}[H\u{1b}[?1049hgone", "gone"),
            ("\u{1b}]0;title\u{7}after", "after"),
            (
                "\u{1b}]8;;http://example.com\u{1b}\\link\u{1b}]8;;\u{1b}\\",
                "link",
            ),
            ("\u{1b}]52;c;ZXZpbA==\u{1b}\\clipboard", "clipboard"),
            ("\u{1b}Pq#0;2;0;0;0\u{1b}\\sixel", "sixel"),
            (
                "\u{1b}(Bset \u{1b}cfull reset \u{1b}#8align",
                "set full reset align",
            ),
            ("\u{9b}31mone \u{9d}0;title\u{7}two", "one two"),
            ("never ends \u{1b}[31", "never ends "),
            ("never ends \u{1b}]0;title", "never ends "),
            ("at the end \u{1b}", "at the end "),
            ("a\tb\t日\tc", "a       b       日      c"),
            ("10%\r50%\r100%\r\n", "100%"),
            ("\r\n", ""),
            ("beep\u{7}back\u{8}", "beepback"),
            (
                "nul\0 \u{202e}txet\u{202c}",
                "nul\u{fffd} \u{fffd}txet\u{fffd}",
            ),
        ] {
            assert_eq!(visible_line(line), expected, "{line:?}");
        }
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(visible_lines("a\u{1b}[31m\nb\r\n\n"), "a\nb");
    }

    #[test]
    fn texts_are_cut_by_columns() {
        for (text, columns, expected) in [
            ("abcdef", 6, "abcdef"),
            ("abcdefg", 6, "abc..."),
            ("日本日本", 8, "日本日本"),
            ("日本日本", 7, "日本..."),
            ("日本日本", 6, "日..."),
            ("abc", 2, ".."),
            ("abc", 0, ""),
        ] {
            assert_eq!(fit(text, columns), expected, "{text} {columns}");
        }
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("aä", 2), "a");
        assert_eq!(cut("aä", 3), "aä");
        assert_eq!(cut("a", 9), "a");
    }
}
