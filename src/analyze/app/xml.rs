//! XML (<https://www.w3.org/TR/xml/>). Document types are refused: they can make a small file enormous.

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::AppError;
use crate::plan::Position;

/// The most elements, texts and comments that are read of one file.
const NODE_LIMIT: u32 = 1_000_000;

/// What is read of a text, from its root element.
pub(super) fn parse<T>(
    path: &str,
    text: &str,
    read: impl FnOnce(Node<'_, '_>) -> T,
) -> Result<T, AppError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODE_LIMIT,
        ..ParsingOptions::default()
    };
    let document =
        Document::parse_with_options(text, options).map_err(|error| malformed(path, &error))?;
    Ok(read(document.root_element()))
}

fn malformed(path: &str, error: &Error) -> AppError {
    let position = error.pos();
    // The message ends in the position, which stands in front already.
    let message = error.to_string();
    let problem = message
        .split(&format!(" at {position}"))
        .next()
        .unwrap_or_default();
    AppError::Malformed {
        path: path.to_owned(),
        position: Position {
            line: position.row,
            column: position.col,
        },
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<String, AppError> {
        parse("pom.xml", text, |root| root.tag_name().name().to_owned())
    }

    #[test]
    fn the_root_element_is_read_and_errors_have_a_place() {
        assert_eq!(
            name("<?xml version=\"1.0\"?>\n<project xmlns=\"a\"/>").unwrap(),
            "project"
        );
        let problems = [
            "<project>\n  <a></b>\n</project>",
            "<project>\n",
            "project",
            "",
            "<!DOCTYPE a [<!ENTITY b \"c\">]>\n<a>&b;</a>",
            "<a x=1/>",
            "<a>&unknown;</a>",
        ]
        .map(|text| name(text).unwrap_err().to_string());
        insta::assert_snapshot!(problems.join("\n"), @"
        pom.xml:2:6: expected 'a' tag, not 'b'
        pom.xml:1:1: the root node was opened but never closed
        pom.xml:1:1: unknown token
        pom.xml:1:1: the document does not have a root node
        pom.xml:1:1: XML with DTD detected
        pom.xml:1:6: expected a quote not '1'
        pom.xml:1:4: unknown entity reference 'unknown'
        ");
    }

    #[test]
    fn a_deep_file_is_read() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert_eq!(name(&deep).unwrap(), "a");
    }
}
