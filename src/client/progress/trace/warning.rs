//! What a frontend or the engine warned of.

use super::super::text::{cut, visible_line};
use crate::proto::{control, pb};

/// How many bytes of a text are kept.
const MAX_TEXT: usize = 4 << 10;
/// How many lines of detail are kept.
const MAX_DETAILS: usize = 20;

/// A warning, in texts that can be shown as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// One line.
    pub short: String,
    /// Lines that say more.
    pub detail: Vec<String>,
    /// Where more is written; empty if nowhere.
    pub url: String,
    /// The place that it is about.
    pub place: Option<Place>,
}

/// A place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name.
    pub filename: String,
    /// The first line, from 1.
    pub line: u32,
}

impl From<&control::VertexWarning> for Warning {
    fn from(warning: &control::VertexWarning) -> Self {
        let details = warning.detail.iter().take(MAX_DETAILS);
        Self {
            short: visible(&warning.short),
            detail: details.map(|detail| visible(detail)).collect(),
            url: visible_line(cut(&warning.url, MAX_TEXT)),
            place: place(warning.info.as_ref(), &warning.ranges),
        }
    }
}

fn place(info: Option<&pb::SourceInfo>, ranges: &[pb::Range]) -> Option<Place> {
    let starts = ranges.iter().filter_map(|range| range.start.as_ref());
    let line = starts.map(|start| start.line).min()?;
    Some(Place {
        filename: visible_line(cut(&info?.filename, MAX_TEXT)),
        line: u32::try_from(line).ok()?,
    })
}

fn visible(text: &[u8]) -> String {
    visible_line(cut(&String::from_utf8_lossy(text), MAX_TEXT))
}
