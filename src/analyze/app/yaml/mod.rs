//! YAML, the first document of a file, with the core schema's idea of plain words
//! (<https://yaml.org/spec/1.2.2/#103-core-schema>).
//!
//! Text becomes a tree whose nodes know their places; the tree is read into the type that is asked for. Both are bounded: an
//! alias shares what its anchor stands for, and reading counts each visit.

mod deserialize;
mod tree;

use serde::de::{Deserialize, DeserializeOwned};

use super::AppError;
use super::object::Object;
use crate::plan::Position;
use deserialize::Reader;

/// What is wrong, and where if that is known.
#[derive(Debug)]
struct Problem {
    position: Option<Position>,
    text: String,
}

impl Problem {
    fn new(position: Position, text: impl Into<String>) -> Self {
        Self {
            position: Some(position),
            text: text.into(),
        }
    }
}

/// Reads a file's text, whose YAML has to be a mapping. A file with no more than comments is an empty one.
pub(super) fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, AppError> {
    let read = || {
        let root = tree::parse(text)?;
        let Object(value) = Object::deserialize(Reader::new(&root, &deserialize::budget()))?;
        Ok(value)
    };
    read().map_err(|problem: Problem| AppError::Malformed {
        path: path.to_owned(),
        position: problem.position.unwrap_or(Position { line: 1, column: 1 }),
        problem: problem.text,
    })
}

#[cfg(test)]
mod tests;
