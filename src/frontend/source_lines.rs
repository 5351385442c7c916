//! Lines of a file with those around them, chosen as BuildKit's clients choose them.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/solver/errdefs/source.go>

/// How many lines around one line are shown, and around several; as many more on one side as are missing on the other.
const AROUND_ONE: usize = 4;
const AROUND_SEVERAL: usize = 2;
/// How many lines are shown.
const MAX_LINES: usize = 50;

/// Lines of a file, some of them marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceLines<'a> {
    /// The first one that is marked, from 1.
    pub(crate) line: usize,
    pub(crate) lines: Vec<MarkedLine<'a>>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MarkedLine<'a> {
    pub(crate) number: usize,
    pub(crate) is_marked: bool,
    pub(crate) text: &'a str,
}

impl<'a> SourceLines<'a> {
    /// The lines that show ranges of lines, each a first and a last one. `None` if the text has no such lines.
    pub(crate) fn new(text: &'a str, ranges: &[(usize, usize)]) -> Option<Self> {
        let count = text.split('\n').count();
        let first = ranges.iter().map(|(start, _)| *start).min()?;
        let last = ranges.iter().map(|(_, end)| *end).max()?.min(count);
        if first < 1 || first > count {
            return None;
        }
        let around = if first == last {
            AROUND_ONE
        } else {
            AROUND_SEVERAL
        };
        let (mut from, mut to, mut added) = (first, last, 0);
        while added < around {
            if from > 1 {
                from -= 1;
                added += 1;
            }
            if to < count {
                to += 1;
                added += 1;
            }
            added += 1;
        }
        let is_marked = |number| {
            let mut ranges = ranges.iter();
            ranges.any(|(start, end)| (*start..=*end).contains(&number))
        };
        let lines = (1..).zip(text.split('\n')).skip(from - 1);
        let lines = lines.take((to + 1 - from).min(MAX_LINES));
        let lines = lines.map(|(number, text)| MarkedLine {
            number,
            is_marked: is_marked(number),
            text,
        });
        Some(Self {
            line: first,
            lines: lines.collect(),
        })
    }
}
