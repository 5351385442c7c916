//! From bytes to the syntax tree of a plan's JSON body.

use jsonc_parser::ast::Value;
use jsonc_parser::errors::{ParseError, ParseErrorKind};
use jsonc_parser::{CollectOptions, ParseOptions, ParseStringErrorKind, parse_to_ast};

use super::Dialect;
use crate::plan::lines::Lines;
use crate::plan::problem::Excerpt;
use crate::plan::{Problem, ProblemKind, Problems};

const BYTE_ORDER_MARK: char = '\u{feff}';
const UTF_16_MARKS: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];

/// A problem and the byte offsets where it begins and ends.
pub(super) type Placed = (ProblemKind, (usize, usize));

/// The text of a file, without a byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<&str, Problems> {
    let decoded = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes
            .split_at_checked(error.valid_up_to())
            .map_or(&[][..], |(valid, _)| valid);
        let valid = std::str::from_utf8(valid).unwrap_or_default();
        let is_utf16 = UTF_16_MARKS.iter().any(|mark| bytes.starts_with(mark));
        let end = valid.len();
        let span = Lines::new(valid).span(end, end);
        Problem::new(ProblemKind::NotUtf8 { is_utf16 }, Some(span))
    })?;
    Ok(decoded.strip_prefix(BYTE_ORDER_MARK).unwrap_or(decoded))
}

/// Where the JSON body begins: behind lines that are empty or comments (`#...`, `//...`).
pub(super) fn find(text: &str) -> Result<usize, Placed> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') || content.starts_with("//") {
            start += line.len();
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if content.starts_with('{') {
            return Ok(start + indent);
        }
        let word = content.split_whitespace().next().unwrap_or_default();
        let range = (start + indent, start + indent + word.len());
        return Err((
            ProblemKind::NotAnObject {
                found: Excerpt::new(word),
            },
            range,
        ));
    }
    Err((ProblemKind::Empty, (text.len(), text.len())))
}

/// Parses the JSON body in its dialect. Its nesting must have been checked.
pub(super) fn parse(body: &str, dialect: Dialect) -> Result<Value<'_>, Placed> {
    let is_relaxed = dialect == Dialect::WithComments;
    let options = ParseOptions {
        allow_comments: is_relaxed,
        allow_loose_object_property_names: false,
        allow_trailing_commas: is_relaxed,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(body, &CollectOptions::default(), &options);
    let value = parsed.map_err(|error| syntax_problem(body, &error))?.value;
    value.ok_or((ProblemKind::Empty, (0, body.len())))
}

fn syntax_problem(body: &str, error: &ParseError) -> Placed {
    let range = error.range();
    let (before, after) = body.split_at_checked(range.start).unwrap_or_default();
    let kind = match error.kind() {
        ParseErrorKind::UnterminatedObject => ProblemKind::Unclosed { what: "object" },
        ParseErrorKind::UnterminatedArray => ProblemKind::Unclosed { what: "list" },
        ParseErrorKind::String(ParseStringErrorKind::UnterminatedStringLiteral) => {
            ProblemKind::Unclosed { what: "string" }
        }
        ParseErrorKind::ExpectedComma
            if before.ends_with('0') && after.starts_with(|next: char| next.is_ascii_digit()) =>
        {
            let reason = "numbers do not begin with 0, and are decimal (0644 is 420)".to_owned();
            ProblemKind::InvalidJson { reason }
        }
        kind => {
            let reason = kind.to_string();
            let mut characters = reason.chars();
            let first = characters
                .next()
                .map_or(String::new(), |first| first.to_lowercase().to_string());
            ProblemKind::InvalidJson {
                reason: first + characters.as_str(),
            }
        }
    };
    (kind, (range.start, range.end))
}
