//! JSON with comments and JSON5, as apps' own tools read them.

use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast, parse_to_serde_value};
use serde::de::DeserializeOwned;

use super::AppError;
use super::object::{Object, without_capital};
use super::read::count;
use crate::plan::Position;

/// Comments and trailing commas are read as the reference reads them; everything else is strict JSON.
pub(super) const WITH_COMMENTS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// JSON and nothing more.
pub(super) const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_trailing_commas: false,
    ..WITH_COMMENTS
};

/// What <https://spec.json5.org> allows: nothing more than this.
pub(super) const JSON5: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: true,
    allow_hexadecimal_numbers: true,
    allow_unary_plus_numbers: true,
    allow_bare_decimal_point_numbers: true,
    allow_non_finite_numbers: true,
    allow_extended_string_escapes: true,
};

/// What Deno reads: JSON5, and without commas too
/// (<https://github.com/denoland/deno/blob/v2.5.0/libs/config/deno_json/mod.rs>).
pub(super) const DENO: ParseOptions = ParseOptions {
    allow_missing_commas: true,
    ..JSON5
};

/// Reads a file's text, whose JSON has to be an object.
pub(super) fn parse<T: DeserializeOwned>(
    path: &str,
    text: &str,
    options: &ParseOptions,
) -> Result<T, AppError> {
    let problem = |line, column, problem| AppError::Malformed {
        path: path.to_owned(),
        position: Position {
            line: count(line),
            column: count(column),
        },
        problem,
    };
    if text.trim().is_empty() {
        return Err(problem(1, 1, "is empty, expected a JSON object".to_owned()));
    }
    match parse_to_serde_value(text, options) {
        Ok(Object(value)) => Ok(value),
        Err(error) => {
            let kind = without_capital(&error.kind().to_string());
            Err(problem(error.line_display(), error.column_display(), kind))
        }
    }
}

/// Where a value of an object stands: `keys` lead to it, or as far as there is something. `None` if the text is no JSON.
pub(super) fn position(text: &str, keys: &[&str]) -> Option<Position> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &WITH_COMMENTS).ok()?;
    let root = parsed.value?;
    let mut value = &root;
    for key in keys {
        let Some(property) = value.as_object().and_then(|object| object.get(key)) else {
            break;
        };
        value = &property.value;
    }
    let before = text.get(..value.range().start)?;
    let line = before.rsplit('\n').next().unwrap_or_default();
    Some(Position {
        line: count(before.matches('\n').count() + 1),
        column: count(line.chars().count() + 1),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn json5_is_read_with_all_its_liberties() {
        let text = "// a package\n{\n  unquoted: 'single \\\n quotes',\n  $name_1: +1,\n  hex: 0x1F,\n  half: .5,\n  list: [1, 2,],\n}";
        let read: BTreeMap<String, serde_json::Value> =
            parse("package.json5", text, &JSON5).unwrap();
        insta::assert_snapshot!(serde_json::to_string(&read).unwrap(), @r#"{"$name_1":1,"half":0.5,"hex":31,"list":[1,2],"unquoted":"single  quotes"}"#);
    }

    #[test]
    fn the_place_of_a_value_is_found_as_far_as_there_is_one() {
        let text = "{\n  // two\n  \"a\": {\"ä\": [1], \"b\": 2}\n}";
        let place = |keys: &[&str]| position(text, keys).unwrap().to_string();
        assert_eq!(place(&["a", "b"]), "3:24");
        assert_eq!(place(&["a", "c"]), "3:8");
        assert_eq!(place(&[]), "1:1");
        assert_eq!(position("{", &["a"]), None);
    }

    #[test]
    fn what_is_not_json5_is_an_error_with_its_place() {
        let problem = |text: &str| {
            parse::<BTreeMap<String, serde_json::Value>>("package.json5", text, &JSON5)
                .unwrap_err()
                .to_string()
        };
        let problems = [
            "{a: 1 b: 2}",
            "{\n  a: 'x\n}",
            "{a: b}",
            "[]",
            "",
            &"{a:".repeat(10_000),
        ]
        .map(problem);
        insta::assert_snapshot!(problems.join("\n"), @"
        package.json5:1:6: expected comma
        package.json5:2:6: unterminated string literal
        package.json5:1:5: unexpected token
        package.json5:1:1: invalid type: sequence, expected an object
        package.json5:1:1: is empty, expected a JSON object
        package.json5:1:1537: maximum nesting depth exceeded
        ");
    }
}
