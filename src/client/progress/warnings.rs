//! The warnings of a build, listed after it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Terminal;
use super::trace::Trace;

const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Lists the warnings with what they say beyond their first line.
///
/// ```text
/// warning: unknown field `cmds`
///   at rpk.json:3
///   it is left out of account
///   see https://example.com
/// ```
pub(super) fn write(trace: &Trace, terminal: &Terminal, writer: &mut impl Write) -> io::Result<()> {
    let warning = terminal.paint(WARNING, "warning:");
    for found in trace.warnings() {
        writeln!(writer, "\n{warning} {}", found.short)?;
        if let Some(place) = &found.place {
            writeln!(writer, "  at {}:{}", place.filename, place.line)?;
        }
        for line in &found.detail {
            writeln!(writer, "  {line}")?;
        }
        if !found.url.is_empty() {
            writeln!(writer, "  see {}", found.url)?;
        }
    }
    let omitted = trace.omitted();
    if omitted.warnings > 0 {
        writeln!(
            writer,
            "\n{warning} {} more warnings are not shown",
            omitted.warnings
        )?;
    }
    if omitted.vertices > 0 {
        writeln!(
            writer,
            "\n{warning} {} messages are not shown: they are about operations beyond the limit of those that are kept",
            omitted.vertices
        )?;
    }
    if !trace.warnings().is_empty() {
        writeln!(writer)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::control::{StatusResponse, VertexWarning};
    use crate::proto::pb;

    fn written(warnings: Vec<VertexWarning>) -> String {
        let mut trace = Trace::default();
        trace.update(&StatusResponse {
            warnings,
            ..StatusResponse::default()
        });
        let mut bytes = Vec::new();
        write(&trace, &Terminal::none(), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_warning_has_its_place_its_details_and_its_link() {
        let position = |line| Some(pb::Position { line, character: 1 });
        let warning = VertexWarning {
            vertex: "unknown".to_owned(),
            level: 1,
            short: b"step `a` is used by nothing\x1b[2J".to_vec(),
            detail: vec![b"it is not built".to_vec(), b"remove it".to_vec()],
            url: "https://example.com/checks".to_owned(),
            info: Some(pb::SourceInfo {
                filename: "rpk.json".to_owned(),
                ..pb::SourceInfo::default()
            }),
            ranges: vec![pb::Range {
                start: position(3),
                end: position(9),
            }],
        };
        let bare = VertexWarning {
            short: b"bare".to_vec(),
            ..VertexWarning::default()
        };
        insta::assert_snapshot!(written(vec![warning, bare]), @"
        warning: step `a` is used by nothing
          at rpk.json:3
          it is not built
          remove it
          see https://example.com/checks

        warning: bare
        ");
    }

    #[test]
    fn many_warnings_are_bounded() {
        let text = written(vec![VertexWarning::default(); 100_000]);
        assert!(text.ends_with("warning: 99000 more warnings are not shown\n\n"));
    }
}
