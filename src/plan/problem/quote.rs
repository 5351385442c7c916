//! Texts of a plan inside messages.

use std::fmt::{self, Write};

/// How many characters of a text a message shows.
pub(crate) const MAX_CHARACTERS: usize = 80;

/// Shows a text of the plan between backticks: cut if long, and with visible characters only.
pub(crate) fn quote(text: &str) -> Quoted<'_> {
    Quoted(text)
}

/// See [`quote`].
pub(crate) struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_char('`')?;
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(MAX_CHARACTERS) {
            if is_visible(character) {
                formatter.write_char(character)?;
            } else {
                write!(formatter, "{}", character.escape_default())?;
            }
        }
        formatter.write_str(if characters.next().is_some() {
            "...`"
        } else {
            "`"
        })
    }
}

/// Whether a character shows itself: it neither moves a terminal's cursor nor reorders or hides other characters.
pub(crate) fn is_visible(character: char) -> bool {
    !character.is_control()
        && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_texts_harmlessly() {
        assert_eq!(quote("npm ci").to_string(), "`npm ci`");
        assert_eq!(quote("日本 'x'").to_string(), "`日本 'x'`");
        assert_eq!(
            quote("\u{1b}[2J\n\u{202e}").to_string(),
            "`\\u{1b}[2J\\n\\u{202e}`"
        );
        assert_eq!(
            quote(&"a".repeat(80)).to_string(),
            format!("`{}`", "a".repeat(80))
        );
        assert_eq!(
            quote(&"a".repeat(81)).to_string(),
            format!("`{}...`", "a".repeat(80))
        );
    }
}
