//! Recorded streams of a real engine, read back, and displays of them.
//!
//! They are what `buildctl build --progress=rawjson` printed on BuildKit 0.32 (`recorded/`).

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::time::Time;
use super::{Mode, Outcome, Progress, Terminal};
use crate::proto::google::protobuf::Timestamp;
use crate::proto::{control, pb};

/// A build whose second step fails while another runs, with a warning about the plan.
pub(super) const FAILING: &str = include_str!("recorded/failing.jsonl");
/// A build of `examples/node-bun`, partly cached.
pub(super) const BUILT: &str = include_str!("recorded/built.jsonl");

/// The messages of a recording.
pub(super) fn messages(recorded: &str) -> Vec<control::StatusResponse> {
    recorded
        .lines()
        .map(|line| message(&serde_json::from_str(line).unwrap()))
        .collect()
}

/// What a whole build shows in a mode, on no terminal, told in the engine's own time.
pub(super) fn shown(
    mode: Mode,
    messages: &[control::StatusResponse],
    outcome: Outcome<'_>,
) -> String {
    let mut bytes = Vec::new();
    let mut progress = Progress::new(mode, Terminal::none(), &mut bytes).unwrap();
    let begin = Instant::now();
    let mut first = None;
    let mut now = begin;
    for message in messages {
        if let Some(time) = latest(message) {
            let first = *first.get_or_insert(time);
            now = now.max(begin + time.since(first));
        }
        progress.update(message, now).unwrap();
    }
    progress
        .finish(outcome, now + Duration::from_secs(1))
        .unwrap();
    drop(progress);
    String::from_utf8(bytes).unwrap()
}

/// The latest time in a message.
pub(super) fn latest(message: &control::StatusResponse) -> Option<Time> {
    let vertices = message.vertexes.iter();
    let vertices = vertices.flat_map(|vertex| [vertex.started, vertex.completed]);
    let statuses = message.statuses.iter().map(|status| status.timestamp);
    let logs = message.logs.iter().map(|log| log.timestamp);
    let times = vertices.chain(statuses).chain(logs).flatten();
    times.map(|time| Time::new(&time)).max()
}

/// A point of time in milliseconds.
pub(super) fn at(milliseconds: i64) -> Timestamp {
    Timestamp {
        seconds: 1_700_000_000 + milliseconds / 1000,
        nanos: i32::try_from(milliseconds % 1000).unwrap() * 1_000_000,
    }
}

/// A vertex that has the digest as its name.
pub(super) fn vertex(
    digest: &str,
    started: Option<i64>,
    completed: Option<i64>,
) -> control::Vertex {
    control::Vertex {
        digest: digest.to_owned(),
        name: format!("step {digest}"),
        started: started.map(at),
        completed: completed.map(at),
        ..control::Vertex::default()
    }
}

/// A piece of a vertex's log.
pub(super) fn log(digest: &str, milliseconds: i64, text: impl AsRef<[u8]>) -> control::VertexLog {
    control::VertexLog {
        vertex: digest.to_owned(),
        timestamp: Some(at(milliseconds)),
        stream: 1,
        msg: text.as_ref().to_vec(),
    }
}

/// A part of a vertex's work that began at once and has not ended.
pub(super) fn part(
    digest: &str,
    id: &str,
    milliseconds: i64,
    current: i64,
    total: i64,
) -> control::VertexStatus {
    control::VertexStatus {
        id: id.to_owned(),
        vertex: digest.to_owned(),
        current,
        total,
        timestamp: Some(at(milliseconds)),
        started: Some(at(0)),
        ..control::VertexStatus::default()
    }
}

/// A message of vertices.
pub(super) fn vertices(vertexes: Vec<control::Vertex>) -> control::StatusResponse {
    control::StatusResponse {
        vertexes,
        ..control::StatusResponse::default()
    }
}

/// A message of logs.
pub(super) fn logs(logs: Vec<control::VertexLog>) -> control::StatusResponse {
    control::StatusResponse {
        logs,
        ..control::StatusResponse::default()
    }
}

fn message(value: &Value) -> control::StatusResponse {
    control::StatusResponse {
        vertexes: list(&value["vertexes"], |vertex| control::Vertex {
            digest: text(&vertex["digest"]),
            inputs: list(&vertex["inputs"], text),
            name: text(&vertex["name"]),
            cached: vertex["cached"].as_bool().unwrap_or_default(),
            started: time(&vertex["started"]),
            completed: time(&vertex["completed"]),
            error: text(&vertex["error"]),
            progress_group: None,
        }),
        statuses: list(&value["statuses"], |status| control::VertexStatus {
            id: text(&status["id"]),
            vertex: text(&status["vertex"]),
            name: text(&status["name"]),
            current: number(&status["current"]),
            total: number(&status["total"]),
            timestamp: time(&status["timestamp"]),
            started: time(&status["started"]),
            completed: time(&status["completed"]),
        }),
        logs: list(&value["logs"], |log| control::VertexLog {
            vertex: text(&log["vertex"]),
            timestamp: time(&log["timestamp"]),
            stream: number(&log["stream"]),
            msg: bytes(&log["data"]),
        }),
        warnings: list(&value["warnings"], |warning| control::VertexWarning {
            vertex: text(&warning["vertex"]),
            level: number(&warning["level"]),
            short: bytes(&warning["short"]),
            detail: list(&warning["detail"], bytes),
            url: text(&warning["url"]),
            info: warning["sourceInfo"].is_object().then(|| pb::SourceInfo {
                filename: text(&warning["sourceInfo"]["filename"]),
                data: bytes(&warning["sourceInfo"]["data"]),
                definition: None,
                language: text(&warning["sourceInfo"]["language"]),
            }),
            ranges: list(&warning["range"], |range| pb::Range {
                start: position(&range["start"]),
                end: position(&range["end"]),
            }),
        }),
    }
}

fn list<T>(value: &Value, read: impl Fn(&Value) -> T) -> Vec<T> {
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    values.iter().map(read).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(text(value)).unwrap()
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

fn position(value: &Value) -> Option<pb::Position> {
    value.is_object().then(|| pb::Position {
        line: i32::try_from(number(&value["line"])).unwrap(),
        character: i32::try_from(number(&value["character"])).unwrap(),
    })
}

/// A time of a recording: all are of one day, which is all that matters here.
fn time(value: &Value) -> Option<Timestamp> {
    let text = value.as_str()?;
    let (date, time) = text.trim_end_matches('Z').split_once('T').unwrap();
    assert_eq!(date, "2026-11-24");
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let clock = clock.split(':').map(|part| part.parse::<i64>().unwrap());
    Some(Timestamp {
        seconds: 1_795_478_400 + clock.fold(0, |sum, part| sum * 60 + part),
        nanos: format!("{fraction:0<9}").parse().unwrap(),
    })
}

/// Ten steps that run, each with a log, after as many that are done or cached.
pub(super) fn busy() -> control::StatusResponse {
    let done = (0..10).map(|number| control::Vertex {
        cached: number % 2 == 0,
        ..vertex(&format!("done {number}"), Some(0), Some(number))
    });
    let running = (0..10).map(|number| vertex(&format!("running {number}"), Some(number), None));
    let lines = (0..10).flat_map(|number| {
        (0..4).map(move |line| log(&format!("running {number}"), 10, format!("line {line}\n")))
    });
    control::StatusResponse {
        vertexes: done.chain(running).collect(),
        logs: lines.collect(),
        ..control::StatusResponse::default()
    }
}
