//! Options that are lists of `key=value`, as `--output`, `--secret` and `--cache-to` have them.
//!
//! One line of CSV: a field in double quotes may have commas in it.
//! <https://github.com/moby/buildkit/blob/v0.32.2/cmd/buildctl/build/output.go>

use std::collections::BTreeMap;

use thiserror::Error;

/// The fields of one line.
pub(crate) fn fields(line: &str) -> Result<Vec<String>, CsvError> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let (field, behind) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted_field(quoted)?
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        };
        fields.push(field);
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
    }
}

/// A field behind its opening quote, and what is behind its closing one. Two quotes in it are one.
fn quoted_field(text: &str) -> Result<(String, &str), CsvError> {
    let mut field = String::new();
    let mut rest = text;
    loop {
        let (before, behind) = rest.split_once('"').ok_or(CsvError::OpenQuote)?;
        field.push_str(before);
        match behind.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None if behind.is_empty() || behind.starts_with(',') => return Ok((field, behind)),
            None => return Err(CsvError::BehindQuote),
        }
    }
}

/// The fields as keys and values. Keys are in lower case; of a key that is given twice the last value counts.
pub(crate) fn pairs(line: &str) -> Result<BTreeMap<String, String>, CsvError> {
    let pair = |field: String| match field.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_lowercase(), value.to_owned())),
        None => Err(CsvError::NoValue { field }),
    };
    fields(line)?.into_iter().map(pair).collect()
}

/// What is wrong with a list.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CsvError {
    /// A quote is not closed.
    #[error("a double quote in it is not closed")]
    OpenQuote,
    /// A quote is closed in the middle of a field.
    #[error("a comma is expected behind a closing double quote in it")]
    BehindQuote,
    /// A field is no pair.
    #[error("`{field}` in it is not `key=value`")]
    NoValue {
        /// The field.
        field: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_split_at_commas_outside_quotes() {
        assert_eq!(fields("a=b,c").unwrap(), ["a=b", "c"]);
        assert_eq!(
            fields(r#"type=image,"name=a:1,b:2",push=true"#).unwrap(),
            ["type=image", "name=a:1,b:2", "push=true"]
        );
        assert_eq!(fields(r#""say ""x""",b"#).unwrap(), [r#"say "x""#, "b"]);
        assert_eq!(fields("").unwrap(), [""]);
        assert_eq!(fields(r#""a"#), Err(CsvError::OpenQuote));
        assert_eq!(fields(r#""a"b"#), Err(CsvError::BehindQuote));
    }

    #[test]
    fn pairs_are_split_at_the_first_equals_sign() {
        let expected = [("dest", "a=b"), ("type", "local")];
        let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
        assert_eq!(pairs("Type=local,dest=a=b").unwrap(), expected.into());
        let error = pairs("type=local,dest").unwrap_err();
        insta::assert_snapshot!(error, @"`dest` in it is not `key=value`");
    }
}
