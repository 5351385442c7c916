//! How wide texts are, shortening them, and making them harmless.

use std::fmt::Write;

use crate::cli::pretty::visible;

/// What stands in place of what is left out.
const ELLIPSIS: char = '…';

/// A text on one line, cut off where it gets wider than `columns`.
pub(super) fn shortened(text: &str, columns: usize) -> String {
    let text = one_line(text);
    if width(&text) <= columns {
        return text;
    }
    let mut result = String::new();
    let mut used = 1;
    for character in text.chars() {
        used += character_width(character);
        if used > columns {
            break;
        }
        result.push(character);
    }
    result.truncate(result.trim_end().len());
    result.push(ELLIPSIS);
    result
}

/// A text cut off in its middle: of paths and image references, the end says most.
pub(super) fn shortened_in_the_middle(text: &str, columns: usize) -> String {
    let text = one_line(text);
    if width(&text) <= columns {
        return text;
    }
    let room = columns.saturating_sub(1);
    let start = shortened(&text, room / 3 + 1);
    let mut end = Vec::new();
    let mut used = width(&start);
    for character in text.chars().rev() {
        used += character_width(character);
        if used > columns {
            break;
        }
        end.push(character);
    }
    start + &end.into_iter().rev().collect::<String>()
}

fn one_line(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    visible(&words.join(" "))
}

/// How many columns a text takes in a font of fixed width.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(character_width).sum()
}

/// Characters of East Asian scripts and pictures take two columns (<https://www.unicode.org/reports/tr11/>).
fn character_width(character: char) -> usize {
    let is_wide = matches!(u32::from(character),
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd);
    if is_wide { 2 } else { 1 }
}

/// A text as it is written in XML, between tags or in an attribute. Names come from anywhere: what XML cannot hold, and what
/// moves or turns a text, is shown as its escape.
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {
                // Writing to a string cannot fail.
                let _ = write!(result, "{}", character.escape_unicode());
            }
            character => result.push(character),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_wide_is_shortened() {
        for (text, columns, expected) in [
            ("npm ci", 6, "npm ci"),
            ("npm run build", 8, "npm run…"),
            ("npm run build", 9, "npm run…"),
            ("a\n  b", 9, "a b"),
            ("日本語", 5, "日本…"),
            ("日本語", 6, "日本語"),
        ] {
            assert_eq!(shortened(text, columns), expected, "{text} {columns}");
        }
        for (text, columns, expected) in [
            ("debian:13", 9, "debian:13"),
            ("ghcr.io/owner/image:tag", 12, "ghc…mage:tag"),
        ] {
            let short = shortened_in_the_middle(text, columns);
            assert_eq!(short, expected, "{text} {columns}");
            assert!(width(&short) <= columns);
        }
    }

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(
            escaped("</text><script>\"'&\u{1b}\u{202e}\u{ffff}"),
            "&lt;/text&gt;&lt;script&gt;&quot;&#39;&amp;\\u{1b}\\u{202e}\\u{ffff}"
        );
    }
}
