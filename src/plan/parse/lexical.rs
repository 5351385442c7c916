//! What must be known of a JSON text before it is parsed: the parser calls itself for each level of nesting, and takes
//! characters between values and inside strings that JSON does not have.

use super::body::Placed;
use super::{Dialect, MAX_NESTING, MAX_VALUES};
use crate::plan::ProblemKind;

/// Checks nesting, number of values and characters, in one pass with no memory.
pub(super) fn check(body: &str, dialect: Dialect) -> Result<(), Placed> {
    let mut depth = 0_usize;
    let mut values = 1_usize;
    let mut is_in_string = false;
    let mut bytes = body.bytes().enumerate();
    while let Some((offset, byte)) = bytes.next() {
        match byte {
            b'"' => is_in_string = !is_in_string,
            b'\\' if is_in_string => drop(bytes.next()),
            0..b' ' if is_in_string => return Err(invalid(body, offset, in_string)),
            _ if is_in_string => {}
            b'/' if dialect == Dialect::WithComments => {
                // What is no comment is left to the parser, which knows what to say.
                for _ in 1..comment_length(body.as_bytes().get(offset..).unwrap_or_default()) {
                    bytes.next();
                }
            }
            b'{' | b'[' => {
                depth += 1;
                values += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            b' ' | b'\t' | b'\n' | b'\r' | b':' | b'+' | b'-' | b'.' => {}
            _ if byte.is_ascii_alphanumeric() => {}
            b'#' if dialect == Dialect::WithComments => {
                return Err(invalid(body, offset, hash_between_values));
            }
            _ => return Err(invalid(body, offset, between_values)),
        }
        if depth > MAX_NESTING {
            return Err((ProblemKind::TooDeep, (offset, offset + 1)));
        }
        if values > MAX_VALUES {
            return Err((ProblemKind::TooManyValues, (offset, offset + 1)));
        }
    }
    Ok(())
}

/// How many bytes a comment at the start of `bytes` has, its end included.
fn comment_length(bytes: &[u8]) -> usize {
    let end = match bytes {
        [b'/', b'/', rest @ ..] => rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map(|end| end + 3),
        [b'/', b'*', rest @ ..] => rest
            .windows(2)
            .position(|end| end == b"*/")
            .map(|end| end + 4),
        _ => Some(1),
    };
    end.unwrap_or(bytes.len())
}

/// The problem of the character at `offset`.
fn invalid(body: &str, offset: usize, reason: fn(char) -> String) -> Placed {
    let rest = body.get(offset..).unwrap_or_default();
    let character = rest.chars().next().unwrap_or_default();
    (
        ProblemKind::InvalidJson {
            reason: reason(character),
        },
        (offset, offset + character.len_utf8()),
    )
}

fn in_string(character: char) -> String {
    match character {
        '\n' | '\r' => "a string ends in the line that it begins in".to_owned(),
        _ => format!("{} must be escaped in a string", describe(character)),
    }
}

fn hash_between_values(_: char) -> String {
    "comments begin with `//`".to_owned()
}

fn between_values(character: char) -> String {
    match character {
        '\'' => "strings are written with `\"`".to_owned(),
        '/' | '#' => "comments are allowed only in lines in front of the JSON body".to_owned(),
        _ => format!("unexpected {}", describe(character)),
    }
}

fn describe(character: char) -> String {
    match character {
        '\t' => "a tab".to_owned(),
        '!'..='~' => format!("`{character}`"),
        _ => format!("U+{:04X}", u32::from(character)),
    }
}
