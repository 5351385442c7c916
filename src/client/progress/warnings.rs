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
    Ok(())
}
