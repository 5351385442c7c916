//! Why a build failed: the failing step's log, the plan's lines around it, and one message.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use prost::Message as _;

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

impl From<&tonic::Status> for Failure {
    /// With the typed details that the engine sent along.
    fn from(status: &tonic::Status) -> Self {
        let whole = rpc::Status::decode(status.details()).unwrap_or_default();
        Self {
            message: status.message().to_owned(),
            details: whole.details,
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

#[cfg(test)]
mod tests {
    use super::super::testing::{log, logs, vertex, vertices};
    use super::*;
    use crate::proto::control;

    fn written(failure: &Failure, trace: Option<&Trace>) -> String {
        let mut bytes = Vec::new();
        write(failure, trace, &Terminal::none(), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    fn source(line: u32) -> Any {
        let data =
            r#"{"info":{"filename":"rpk.json","data":"e30K"},"ranges":[{"start":{"line":LINE}}]}"#;
        Any {
            type_url: "github.com/moby/buildkit/errdefs.Source+json".to_owned(),
            value: data.replace("LINE", &line.to_string()).into_bytes(),
        }
    }

    #[test]
    fn what_an_error_text_shows_already_is_not_shown_twice() {
        let failure = Failure {
            message: "error: rpk.json:1:1: bad\n  1 | {}\n    | ^\n".to_owned(),
            details: vec![source(1)],
        };
        assert_eq!(
            written(&failure, None),
            "error: rpk.json:1:1: bad\n  1 | {}\n    | ^\n"
        );
    }

    #[test]
    fn details_come_out_of_a_status_of_grpc() {
        let whole = rpc::Status {
            code: 2,
            message: "failed".to_owned(),
            details: vec![source(1), source(1)],
        };
        let details = whole.encode_to_vec().into();
        let status = tonic::Status::with_details(tonic::Code::Unknown, "failed", details);
        insta::assert_snapshot!(written(&Failure::from(&status), None), @"
        rpk.json:1
        --------------------
           1 | >>> {}
           2 |     
        --------------------
        error: failed
        ");
    }

    #[test]
    fn an_error_drives_no_terminal() {
        let failure = Failure::new("\u{1b}[2Jbad\u{7}\nluck\u{202e}");
        assert_eq!(written(&failure, None), "error: bad\nluck\u{fffd}\n");
    }

    #[test]
    fn of_a_long_log_the_last_lines_are_shown() {
        let mut trace = Trace::default();
        trace.update(&vertices(vec![vertex("a", Some(0), None)]));
        let lines = (1..=10_000).map(|number| format!("line {number}\n"));
        trace.update(&logs(vec![log("a", 2500, lines.collect::<String>())]));
        trace.update(&vertices(vec![control::Vertex {
            error: "exit code: 1".to_owned(),
            ..vertex("a", Some(0), Some(3000))
        }]));
        let text = written(&Failure::new("exit code: 1"), Some(&trace));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines[..4],
            [
                "------",
                " > step a:",
                "... 9960 lines before these",
                "2.500 line 9961"
            ]
        );
        assert_eq!(
            lines[lines.len() - 3..],
            ["2.500 line 10000", "------", "error: exit code: 1"]
        );
    }

    #[test]
    fn a_step_that_was_only_stopped_is_not_shown() {
        let mut trace = Trace::default();
        trace.update(&vertices(vec![vertex("a", Some(0), None)]));
        trace.update(&logs(vec![log("a", 1, "text\n")]));
        trace.update(&vertices(vec![control::Vertex {
            error: "context canceled".to_owned(),
            ..vertex("a", Some(0), Some(3))
        }]));
        assert_eq!(written(&Failure::new("no"), Some(&trace)), "error: no\n");
    }
}
