//! TOML (<https://toml.io/en/v1.0.0>).

use serde::de::DeserializeOwned;

use super::AppError;
use super::object::without_capital;
use super::read::end_position;

/// Reads a file's text.
pub(super) fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, AppError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        // The first line; the others list what could have been there instead.
        let problem = error.message().lines().next().unwrap_or_default();
        AppError::Malformed {
            path: path.to_owned(),
            position: end_position(text.get(..start).unwrap_or_default()),
            problem: without_capital(problem),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn toml_is_read_and_its_errors_have_a_place() {
        type Tools = BTreeMap<String, BTreeMap<String, String>>;
        let read: Tools = parse("mise.toml", "# tools\n[tools]\nnode = \"22\"\n").unwrap();
        assert_eq!(read["tools"]["node"], "22");

        let deep = format!("a = {}", "[".repeat(100_000));
        let problems = [
            "[tools]\nnode = 22",
            "[tools]\nnode = \"22",
            "[tools]\nnode = \"1\"\nnode = \"2\"",
            "[tools\n",
            "tools = 1",
            "ä = ü",
            &deep,
        ]
        .map(|text| parse::<Tools>("mise.toml", text).unwrap_err().to_string());
        insta::assert_snapshot!(problems.join("\n"), @r#"
        mise.toml:2:8: invalid type: integer `22`, expected a string
        mise.toml:2:11: invalid basic string, expected `"`
        mise.toml:3:1: duplicate key
        mise.toml:1:7: unclosed table, expected `]`
        mise.toml:1:9: invalid type: integer `1`, expected a map
        mise.toml:1:1: invalid unquoted key, expected letters, numbers, `-`, `_`
        mise.toml:1:85: cannot recurse further; max recursion depth met
        "#);
    }
}
