//! Places in the plan's file, as clients read them: `Location` of
//! <https://github.com/moby/buildkit/blob/v0.32.2/solver/pb/ops.proto> as JSON.

use serde::Serialize;

use crate::frontend::error::range;
use crate::plan::Span;

/// A place in the only source.
#[derive(Serialize)]
pub(super) struct Location {
    #[serde(rename = "sourceIndex")]
    source_index: usize,
    ranges: Vec<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    character: u32,
}

impl Location {
    /// A place; with no span it is the file.
    pub(super) fn new(span: Option<Span>) -> Self {
        let ranges = span.map(range).into_iter().map(|range| Range {
            start: Position {
                line: range.start_line,
                character: range.start_character,
            },
            end: Position {
                line: range.end_line,
                character: range.end_character,
            },
        });
        Self {
            source_index: 0,
            ranges: ranges.collect(),
        }
    }
}
