//! The lines of a file that an error is about, as the error's typed details carry them.
//!
//! Shown as docker shows them: <https://github.com/moby/buildkit/blob/v0.32.2/solver/errdefs/source.go>.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::Terminal;
use super::text::{cut, fit, visible_line};
use crate::frontend::SourceLines;
use crate::proto::google::protobuf::Any;

/// The detail's type.
const SOURCE: &str = "github.com/moby/buildkit/errdefs.Source+json";
/// How many places one error shows.
const MAX_SOURCES: usize = 10;
/// How many columns of a line are shown.
const MAX_COLUMNS: usize = 200;
const RULE: &str = "--------------------";
const MARK: Style = AnsiColor::Red.on_default().bold();

/// Lines of a file, some of them marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    filename: String,
    /// The first one that is marked, from 1.
    pub(super) line: usize,
    lines: Vec<SourceLine>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SourceLine {
    number: usize,
    is_marked: bool,
    text: String,
}

/// The places that an error's details point to, each once. Details that cannot be read are of another kind or a newer
/// engine's.
pub(super) fn sources(details: &[Any]) -> Vec<Source> {
    let mut sources = Vec::new();
    for detail in details.iter().filter(|detail| detail.type_url == SOURCE) {
        let read = serde_json::from_slice(&detail.value).ok();
        if let Some(source) = read.and_then(Source::new)
            && !sources.contains(&source)
        {
            sources.push(source);
        }
    }
    sources.truncate(MAX_SOURCES);
    sources
}

impl Source {
    fn new(detail: Detail) -> Option<Self> {
        let data = STANDARD.decode(detail.info.data).ok()?;
        let text = String::from_utf8_lossy(&data);
        let ranges: Vec<_> = detail.ranges.iter().filter_map(Range::lines).collect();
        let shown = SourceLines::new(&text, &ranges)?;
        let lines = shown.lines.iter().map(|line| SourceLine {
            number: line.number,
            is_marked: line.is_marked,
            text: fit(&visible_line(cut(line.text, 4 * MAX_COLUMNS)), MAX_COLUMNS),
        });
        Some(Self {
            filename: visible_line(&detail.info.filename),
            line: shown.line,
            lines: lines.collect(),
        })
    }

    pub(super) fn write(&self, terminal: &Terminal, writer: &mut impl Write) -> io::Result<()> {
        writeln!(writer, "{}:{}\n{RULE}", self.filename, self.line)?;
        let mark = terminal.paint(MARK, ">>>");
        for line in &self.lines {
            let mark = if line.is_marked { &mark } else { "   " };
            writeln!(writer, " {:3} | {mark} {}", line.number, line.text)?;
        }
        writeln!(writer, "{RULE}")
    }
}

#[derive(Deserialize)]
struct Detail {
    info: Info,
    #[serde(default)]
    ranges: Vec<Range>,
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    filename: String,
    #[serde(default)]
    data: String,
}

#[derive(Deserialize)]
struct Range {
    start: Option<Position>,
    end: Option<Position>,
}

#[derive(Deserialize)]
struct Position {
    /// With a capital before BuildKit 0.11.
    #[serde(default, alias = "Line")]
    line: i64,
}

impl Range {
    /// First and last line. An end before the start counts as the start.
    fn lines(&self) -> Option<(usize, usize)> {
        let start = usize::try_from(self.start.as_ref()?.line).ok()?;
        let end = self
            .end
            .as_ref()
            .and_then(|end| usize::try_from(end.line).ok());
        Some((start, end.map_or(start, |end| end.max(start))))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn detail(text: &str, ranges: &serde_json::Value) -> Any {
        let value = json!({
            "info": { "filename": "rpk.json", "data": STANDARD.encode(text), "language": "json" },
            "ranges": ranges,
        });
        Any {
            type_url: SOURCE.to_owned(),
            value: value.to_string().into_bytes(),
        }
    }

    fn written(details: &[Any]) -> String {
        let mut bytes = Vec::new();
        for source in sources(details) {
            source.write(&Terminal::none(), &mut bytes).unwrap();
        }
        String::from_utf8(bytes).unwrap()
    }

    fn numbered(count: usize) -> String {
        let lines: Vec<_> = (1..=count).map(|number| format!("line {number}")).collect();
        lines.join("\n") + "\n"
    }

    #[test]
    fn lines_are_marked_with_those_around_them() {
        let range = json!([{ "start": { "line": 5, "character": 3 }, "end": { "line": 6, "character": 1 } }]);
        insta::assert_snapshot!(written(&[detail(&numbered(9), &range)]), @"
        rpk.json:5
        --------------------
           4 |     line 4
           5 | >>> line 5
           6 | >>> line 6
           7 |     line 7
        --------------------
        ");
    }

    #[test]
    fn at_the_beginning_more_lines_follow() {
        let range = json!([{ "start": { "line": 1 }, "end": {} }]);
        insta::assert_snapshot!(written(&[detail(&numbered(9), &range)]), @"
        rpk.json:1
        --------------------
           1 | >>> line 1
           2 |     line 2
           3 |     line 3
        --------------------
        ");
    }

    #[test]
    fn engines_before_buildkit_0_11_write_capitals() {
        let range = json!([{ "start": { "Line": 2, "Character": 1 }, "end": { "Line": 2, "Character": 4 } }]);
        let text = written(&[detail("a\nb", &range)]);
        assert!(text.contains("   2 | >>> b"), "{text}");
    }

    #[test]
    fn several_places_are_shown_once_each() {
        let range = |line| json!([{ "start": { "line": line }, "end": { "line": line } }]);
        let details = [1, 2, 1].map(|line| detail("a\nb", &range(line)));
        assert_eq!(written(&details).matches("rpk.json:").count(), 2);
    }

    #[test]
    fn hostile_details_show_little_or_nothing() {
        let range =
            |start: i64, end: i64| json!([{ "start": { "line": start }, "end": { "line": end } }]);
        for ranges in [
            json!([]),
            json!([{}]),
            json!(null),
            range(0, 0),
            range(-1, 5),
            range(99, 100),
        ] {
            assert_eq!(written(&[detail("a\nb", &ranges)]), "", "{ranges}");
        }
        assert_eq!(
            written(&[Any {
                type_url: SOURCE.to_owned(),
                value: vec![0xff]
            }]),
            ""
        );
        let long = written(&[detail(&numbered(100_000), &range(1, i64::MAX))]);
        assert_eq!(long.lines().count(), 53);
        let wide = written(&[detail(&"x".repeat(1 << 20), &range(1, 1))]);
        assert!(wide.len() < 400, "{}", wide.len());
        let driving = written(&[detail("\u{1b}[2J\u{202e}a", &range(1, 1))]);
        assert!(driving.contains(">>> \u{fffd}a"), "{driving}");
    }
}
