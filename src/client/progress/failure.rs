//! Why a build failed: the failing step's log, the plan's lines around it, and one message.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::Terminal;
use super::source::sources;
use super::text::visible_lines;
use super::trace::{State, Trace};
use crate::proto::google::protobuf::Any;
use crate::proto::google::rpc;

/// How many lines of a failing step's log are shown.
const MAX_LINES: usize = 40;
/// How many failing steps are shown.
const MAX_VERTICES: usize = 10;
const RULE: &str = "------";
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Why a build failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    message: String,
    details: Vec<Any>,
}

impl Failure {
    /// A failure with a text for the user.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            details: Vec::new(),
        }
    }
}

impl From<rpc::Status> for Failure {
    fn from(status: rpc::Status) -> Self {
        Self {
            message: status.message,
            details: status.details,
        }
    }
}

/// Writes why a build failed. `trace` gives the logs.
pub(super) fn write(
    failure: &Failure,
    trace: Option<&Trace>,
    terminal: &Terminal,
    writer: &mut impl Write,
) -> io::Result<()> {
    if let Some(trace) = trace {
        write_logs(trace, terminal, writer)?;
    }
    let message = visible_lines(&failure.message);
    for source in sources(&failure.details) {
        // What is wrong with a plan is told with its line already.
        let line = format!("{} | ", source.line);
        if !message
            .lines()
            .any(|text| text.trim_start().starts_with(&line))
        {
            source.write(terminal, writer)?;
        }
    }
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    writeln!(writer, "{} {message}", terminal.paint(ERROR, "error:"))
}

/// The last lines of the steps that failed.
fn write_logs(trace: &Trace, terminal: &Terminal, writer: &mut impl Write) -> io::Result<()> {
    let failed = trace
        .vertices()
        .filter(|vertex| vertex.state() == State::Failed);
    let with_log = failed.map(|vertex| (vertex, vertex.log.last(MAX_LINES)));
    let with_log = with_log.filter(|(_, lines)| !lines.is_empty());
    for (vertex, lines) in with_log.take(MAX_VERTICES) {
        writeln!(
            writer,
            "{RULE}\n > {}:",
            terminal.paint(ERROR, &vertex.name)
        )?;
        let before = vertex.log.count() - lines.len();
        if before > 0 {
            writeln!(writer, "... {before} lines before these")?;
        }
        for line in lines {
            writeln!(writer, "{}", line.numbered(vertex.start()))?;
        }
        writeln!(writer, "{RULE}")?;
    }
    Ok(())
}
