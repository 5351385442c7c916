//! The engine's messages as JSON, one a line: what `buildctl build --progress=rawjson` and `docker buildx build
//! --progress=rawjson` print.
//!
//! Names: <https://github.com/moby/buildkit/blob/v0.32.2/client/graph.go>.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};

use super::time::Time;
use crate::convert::rfc3339;
use crate::proto::google::protobuf::Timestamp;
use crate::proto::{control, pb};

/// Writes a message.
pub(super) fn write(response: &control::StatusResponse, writer: &mut impl Write) -> io::Result<()> {
    let status = SolveStatus::from(response);
    let mut line = serde_json::to_vec(&status)?;
    line.push(b'\n');
    writer.write_all(&line)
}

#[derive(Serialize)]
struct SolveStatus<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vertexes: Vec<Vertex<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    statuses: Vec<VertexStatus<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logs: Vec<VertexLog<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<VertexWarning<'a>>,
}

#[derive(Serialize)]
struct Vertex<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    digest: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    inputs: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
    #[serde(skip_serializing_if = "is_default")]
    cached: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    error: &'a str,
    #[serde(rename = "progressGroup", skip_serializing_if = "Option::is_none")]
    progress_group: Option<ProgressGroup<'a>>,
}

#[derive(Serialize)]
struct ProgressGroup<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "is_default")]
    weak: bool,
}

#[derive(Serialize)]
struct VertexStatus<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    vertex: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "is_default")]
    total: i64,
    current: i64,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
}

#[derive(Serialize)]
struct VertexLog<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    vertex: &'a str,
    #[serde(skip_serializing_if = "is_default")]
    stream: i64,
    #[serde(serialize_with = "base64")]
    data: &'a [u8],
    timestamp: String,
}

#[derive(Serialize)]
struct VertexWarning<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    vertex: &'a str,
    #[serde(skip_serializing_if = "is_default")]
    level: i64,
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "base64")]
    short: &'a [u8],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    detail: Vec<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    url: &'a str,
    #[serde(rename = "sourceInfo", skip_serializing_if = "Option::is_none")]
    source_info: Option<SourceInfo<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    range: Vec<Range>,
}

#[derive(Serialize)]
struct SourceInfo<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    filename: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty", serialize_with = "base64")]
    data: &'a [u8],
    #[serde(skip_serializing_if = "str::is_empty")]
    language: &'a str,
}

#[derive(Serialize)]
struct Range {
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<Position>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Position>,
}

#[derive(Serialize)]
struct Position {
    #[serde(skip_serializing_if = "is_default")]
    line: i32,
    #[serde(skip_serializing_if = "is_default")]
    character: i32,
}

impl<'a> From<&'a control::StatusResponse> for SolveStatus<'a> {
    fn from(response: &'a control::StatusResponse) -> Self {
        Self {
            vertexes: response.vertexes.iter().map(Vertex::from).collect(),
            statuses: response.statuses.iter().map(VertexStatus::from).collect(),
            logs: response.logs.iter().map(VertexLog::from).collect(),
            warnings: response.warnings.iter().map(VertexWarning::from).collect(),
        }
    }
}

impl<'a> From<&'a control::Vertex> for Vertex<'a> {
    fn from(vertex: &'a control::Vertex) -> Self {
        Self {
            digest: &vertex.digest,
            inputs: &vertex.inputs,
            name: &vertex.name,
            started: vertex.started.as_ref().map(time),
            completed: vertex.completed.as_ref().map(time),
            cached: vertex.cached,
            error: &vertex.error,
            progress_group: vertex.progress_group.as_ref().map(|group| ProgressGroup {
                id: &group.id,
                name: &group.name,
                weak: group.weak,
            }),
        }
    }
}

impl<'a> From<&'a control::VertexStatus> for VertexStatus<'a> {
    fn from(status: &'a control::VertexStatus) -> Self {
        Self {
            id: &status.id,
            vertex: &status.vertex,
            name: &status.name,
            total: status.total,
            current: status.current,
            timestamp: time(&status.timestamp.unwrap_or_default()),
            started: status.started.as_ref().map(time),
            completed: status.completed.as_ref().map(time),
        }
    }
}

impl<'a> From<&'a control::VertexLog> for VertexLog<'a> {
    fn from(log: &'a control::VertexLog) -> Self {
        Self {
            vertex: &log.vertex,
            stream: log.stream,
            data: &log.msg,
            timestamp: time(&log.timestamp.unwrap_or_default()),
        }
    }
}

impl<'a> From<&'a control::VertexWarning> for VertexWarning<'a> {
    fn from(warning: &'a control::VertexWarning) -> Self {
        let position = |position: &pb::Position| Position {
            line: position.line,
            character: position.character,
        };
        let ranges = warning.ranges.iter().map(|range| Range {
            start: range.start.as_ref().map(position),
            end: range.end.as_ref().map(position),
        });
        Self {
            vertex: &warning.vertex,
            level: warning.level,
            short: &warning.short,
            detail: warning
                .detail
                .iter()
                .map(|line| STANDARD.encode(line))
                .collect(),
            url: &warning.url,
            source_info: warning.info.as_ref().map(|info| SourceInfo {
                filename: &info.filename,
                data: &info.data,
                language: &info.language,
            }),
            range: ranges.collect(),
        }
    }
}

/// As Go writes a time: with as many digits of the second as it has.
fn time(timestamp: &Timestamp) -> String {
    let (seconds, nanoseconds) = Time::new(timestamp).parts();
    let Some(whole) = rfc3339(seconds) else {
        // Beyond the years that can be written, which no clock shows.
        return "0001-01-01T00:00:00Z".to_owned();
    };
    if nanoseconds == 0 {
        return whole;
    }
    let fraction = format!("{nanoseconds:09}");
    format!(
        "{}.{}Z",
        whole.trim_end_matches('Z'),
        fraction.trim_end_matches('0')
    )
}

fn base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::testing::{BUILT, FAILING, messages, shown};
    use super::super::{Failure, Mode, Outcome};
    use super::*;

    fn values(lines: &str) -> Vec<Value> {
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn messages_are_written_as_buildctl_writes_them() {
        for recorded in [BUILT, FAILING] {
            let written = shown(Mode::RawJson, &messages(recorded), Outcome::Built);
            assert_eq!(values(&written), values(recorded));
        }
    }

    #[test]
    fn a_failure_stands_behind_the_messages_as_text() {
        let failure = Failure::new("it failed");
        let written = shown(Mode::RawJson, &[], Outcome::Failed(&failure));
        assert_eq!(written, "error: it failed\n");
    }

    #[test]
    fn what_has_no_value_is_left_out() {
        let response = control::StatusResponse {
            vertexes: vec![control::Vertex {
                progress_group: Some(pb::ProgressGroup {
                    id: "g".to_owned(),
                    name: "group".to_owned(),
                    weak: true,
                }),
                ..control::Vertex::default()
            }],
            statuses: vec![control::VertexStatus::default()],
            logs: vec![control::VertexLog::default()],
            warnings: vec![control::VertexWarning::default()],
        };
        let mut bytes = Vec::new();
        write(&response, &mut bytes).unwrap();
        insta::assert_snapshot!(String::from_utf8(bytes).unwrap(), @r#"{"vertexes":[{"progressGroup":{"id":"g","name":"group","weak":true}}],"statuses":[{"id":"","current":0,"timestamp":"1970-01-01T00:00:00Z"}],"logs":[{"data":"","timestamp":"1970-01-01T00:00:00Z"}],"warnings":[{}]}"#);
    }

    #[test]
    fn times_have_as_many_digits_as_they_need() {
        let time = |seconds, nanos| time(&Timestamp { seconds, nanos });
        assert_eq!(time(0, 0), "1970-01-01T00:00:00Z");
        assert_eq!(time(1, 500_000_000), "1970-01-01T00:00:01.5Z");
        assert_eq!(time(1, 1), "1970-01-01T00:00:01.000000001Z");
        assert_eq!(time(i64::MAX, 0), "0001-01-01T00:00:00Z");
    }
}
