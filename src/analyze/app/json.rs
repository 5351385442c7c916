//! JSON with comments, as apps' own tools read it.

use std::fmt;
use std::marker::PhantomData;

use jsonc_parser::{ParseOptions, parse_to_serde_value};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};

use super::AppError;
use super::read::count;
use crate::plan::Position;

/// Comments and trailing commas are read as the reference reads them; everything else is strict JSON.
const OPTIONS: ParseOptions = ParseOptions {
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

/// Reads a file's text, whose JSON has to be an object.
pub(super) fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, AppError> {
    let problem = |line, column, problem| AppError::Json {
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
    match parse_to_serde_value(text, &OPTIONS) {
        Ok(Object(value)) => Ok(value),
        Err(error) => {
            let kind = without_capital(&error.kind().to_string());
            Err(problem(error.line_display(), error.column_display(), kind))
        }
    }
}

/// What a JSON object holds. A struct alone would also be read from a list, its fields in a row.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Fields(PhantomData)).map(Self)
    }
}

/// A text that can stand in the middle of a message.
fn without_capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
