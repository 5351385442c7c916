//! Lines and columns of a text.

use super::{Position, Span};

/// Bytes between two counts of characters: a look-up reads at most this many.
const BLOCK: usize = 64;

/// A text with an index that turns byte offsets into positions without reading the text again, however long its lines.
pub(crate) struct Lines<'a> {
    text: &'a str,
    /// Where each line begins; the first at 0.
    starts: Vec<usize>,
    /// How many characters are before each block; empty if each byte is a character.
    characters: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut starts = vec![0];
        let line_feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        starts.extend(line_feeds.map(|(offset, _)| offset + 1));

        let mut characters = Vec::new();
        if !text.is_ascii() {
            let mut count = 0;
            characters.push(count);
            for block in text.as_bytes().chunks(BLOCK) {
                count += count_characters(block);
                characters.push(count);
            }
        }
        Self {
            text,
            starts,
            characters,
        }
    }

    /// The span of a range of byte offsets; an offset behind the end is taken for that of the end.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let line = self.line_of(start);
        // Most spans end in the line that they begin in.
        let ends_there = self.starts.get(line).is_none_or(|next| end < *next);
        let end_line = if ends_there { line } else { self.line_of(end) };
        Span {
            start: self.position(line, start),
            end: self.position(end_line, end),
        }
    }

    /// The line of a byte offset, counted from 1.
    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }

    fn position(&self, line: usize, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let start = self
            .starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let column = self.characters_before(offset) - self.characters_before(start) + 1;
        Position {
            line: saturate(line),
            column: saturate(column),
        }
    }

    /// Part of a line (counted from 1): up to `count` characters from `column` (counted from 1) on, without the line end.
    pub(crate) fn part(&self, line: u32, column: u32, count: usize) -> &'a str {
        let Some((start, end)) = self.line_range(line) else {
            return "";
        };
        let skipped = usize::try_from(column)
            .unwrap_or(usize::MAX)
            .saturating_sub(1);
        let from = self.offset(start, skipped).min(end);
        let to = self.offset(from, count).min(end);
        self.text.get(from..to).unwrap_or_default()
    }

    /// How many characters a line (counted from 1) has without its line end.
    pub(crate) fn length(&self, line: u32) -> usize {
        let range = self.line_range(line);
        range.map_or(0, |(start, end)| {
            self.characters_before(end) - self.characters_before(start)
        })
    }

    fn line_range(&self, line: u32) -> Option<(usize, usize)> {
        let index = usize::try_from(line).ok()?.checked_sub(1)?;
        let start = *self.starts.get(index)?;
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |next| next - 1);
        let carriage_return = self.text.get(start..end)?.ends_with('\r');
        Some((start, end - usize::from(carriage_return)))
    }

    /// The byte offset that is `count` characters behind `start`.
    fn offset(&self, start: usize, count: usize) -> usize {
        if self.characters.is_empty() {
            return start.saturating_add(count);
        }
        let target = self.characters_before(start).saturating_add(count);
        let block = self
            .characters
            .partition_point(|before| *before <= target)
            .saturating_sub(1);
        let before = self.characters.get(block).copied().unwrap_or(0);
        let bytes = self
            .text
            .as_bytes()
            .get(block * BLOCK..)
            .unwrap_or_default();
        let mut beginnings = bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| begins_character(**byte));
        let in_block = beginnings
            .nth(target - before)
            .map_or(bytes.len(), |(index, _)| index);
        block * BLOCK + in_block
    }

    fn characters_before(&self, offset: usize) -> usize {
        if self.characters.is_empty() {
            return offset;
        }
        let block = offset / BLOCK;
        let rest = self
            .text
            .as_bytes()
            .get(block * BLOCK..offset)
            .unwrap_or_default();
        self.characters.get(block).copied().unwrap_or(0) + count_characters(rest)
    }
}

fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| begins_character(**byte)).count()
}

/// All bytes of UTF-8 but the continuation bytes.
fn begins_character(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str, offset: usize) -> (u32, u32) {
        let position = Lines::new(text).span(offset, offset).end;
        (position.line, position.column)
    }

    #[test]
    fn counts_lines_and_characters_from_one() {
        let text = "ab\nçd\r\n\n🚀x";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, 2), (1, 3));
        assert_eq!(position(text, 3), (2, 1));
        assert_eq!(position(text, 5), (2, 2));
        assert_eq!(position(text, 8), (3, 1));
        assert_eq!(position(text, 13), (4, 2));
        assert_eq!(position(text, 14), (4, 3));
        assert_eq!(position(text, 99), (4, 3));
        assert_eq!(position("", 0), (1, 1));
    }

    #[test]
    fn agrees_with_plain_counting_at_every_offset() {
        let text = "aé\n日本語🚀 ".repeat(40);
        let lines = Lines::new(&text);
        for (offset, _) in text.char_indices() {
            let before = &text[..offset];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            let expected = Position {
                line: saturate(line),
                column: saturate(column),
            };
            assert_eq!(lines.span(offset, offset).start, expected);
            assert_eq!(lines.span(0, offset).end, expected);
        }
    }

    #[test]
    fn gives_parts_of_lines_without_their_ends() {
        let text = format!("{}\r\n\n日本語x", "aé".repeat(100));
        let lines = Lines::new(&text);
        assert_eq!(lines.part(1, 1, 3), "aéa");
        assert_eq!(lines.part(1, 151, 2), "aé");
        assert_eq!(lines.part(1, 199, 100), "aé");
        assert_eq!(lines.part(1, 300, 1), "");
        assert_eq!(lines.part(2, 1, 10), "");
        assert_eq!(lines.part(3, 2, 2), "本語");
        assert_eq!(lines.part(3, 4, 2), "x");
        assert_eq!(lines.part(4, 1, 1), "");
        assert_eq!(lines.part(0, 1, 1), "");
        assert_eq!(
            [0, 1, 2, 3, 4].map(|line| lines.length(line)),
            [0, 200, 0, 4, 0]
        );
    }
}
