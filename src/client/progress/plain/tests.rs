//! Who has the word, how often parts are told, and that little waits.

use std::time::{Duration, Instant};

use super::super::testing::{at, log, logs, part, vertex, vertices};
use super::super::{Mode, Outcome, Progress, Terminal};
use super::*;
use crate::proto::control;
use crate::proto::control::StatusResponse;

/// What is shown of messages that come at so many milliseconds.
fn shown(messages: &[(u64, StatusResponse)]) -> String {
    let mut bytes = Vec::new();
    let mut progress = Progress::new(Mode::Plain, Terminal::none(), &mut bytes).unwrap();
    let begin = Instant::now();
    let mut now = begin;
    for (milliseconds, message) in messages {
        now = begin + Duration::from_millis(*milliseconds);
        progress.update(message, now).unwrap();
    }
    progress.finish(Outcome::Built, now).unwrap();
    drop(progress);
    String::from_utf8(bytes).unwrap()
}

fn parts(parts: Vec<control::VertexStatus>) -> StatusResponse {
    StatusResponse {
        statuses: parts,
        ..StatusResponse::default()
    }
}

#[test]
fn a_vertex_keeps_the_word_while_it_runs_for_at_most_five_seconds() {
    let both = vertices(vec![vertex("a", Some(0), None), vertex("b", Some(0), None)]);
    let mut messages = vec![(0, both)];
    for second in 1..=7_u32 {
        let milliseconds = i64::from(second) * 1000;
        let lines = ["a", "b"].map(|digest| log(digest, milliseconds, format!("{second}\n")));
        messages.push((u64::from(second) * 1000, logs(lines.into())));
    }
    messages.push((
        7500,
        vertices(vec![
            vertex("a", Some(0), Some(7500)),
            vertex("b", Some(0), Some(7600)),
        ]),
    ));
    insta::assert_snapshot!(shown(&messages), @"
    #1 step a
    #1 1.000 1
    #1 2.000 2
    #1 3.000 3
    #1 4.000 4
    #1 5.000 5
    #1 ...

    #2 step b
    #2 1.000 1
    #2 2.000 2
    #2 3.000 3
    #2 4.000 4
    #2 5.000 5
    #2 6.000 6
    #2 7.000 7
    #2 DONE 7.6s

    #1 step a
    #1 6.000 6
    #1 7.000 7
    #1 DONE 7.5s
    ");
}

#[test]
fn parts_are_told_at_each_twentieth_or_after_five_seconds() {
    let mut messages = vec![(0, vertices(vec![vertex("a", Some(0), None)]))];
    for percent in 0..=12 {
        let milliseconds = percent * 200;
        let part = part("a", "layer", milliseconds, percent * 1000, 100_000);
        messages.push((u64::try_from(milliseconds).unwrap(), parts(vec![part])));
    }
    messages.push((9000, parts(vec![part("a", "layer", 9000, 13_000, 100_000)])));
    messages.push((9200, parts(vec![part("a", "unknown", 9200, 5_000_000, 0)])));
    messages.push((
        9400,
        parts(vec![control::VertexStatus {
            completed: Some(at(9400)),
            ..part("a", "layer", 9400, 100_000, 100_000)
        }]),
    ));
    insta::assert_snapshot!(shown(&messages), @"
    #1 step a
    #1 layer 1.00kB / 100.00kB 0.2s
    #1 layer 7.00kB / 100.00kB 1.4s
    #1 layer 13.00kB / 100.00kB 9.0s
    #1 unknown 5.00MB 9.2s
    #1 layer 100.00kB / 100.00kB 9.4s done
    ");
}

#[test]
fn a_vertex_that_runs_again_is_told_again() {
    let cached = control::Vertex {
        cached: true,
        ..vertex("a", Some(0), Some(10))
    };
    insta::assert_snapshot!(shown(&[
        (0, vertices(vec![cached])),
        (200, vertices(vec![vertex("a", Some(200), None)])),
        (400, vertices(vec![vertex("a", Some(200), Some(400))])),
    ]), @"
    #1 step a
    #1 CACHED

    #1 step a
    #1 DONE 0.2s
    ");
}

#[test]
fn a_line_without_an_end_is_told_at_the_end_of_its_vertex() {
    insta::assert_snapshot!(shown(&[
        (0, vertices(vec![vertex("a", Some(0), None)])),
        (100, logs(vec![log("a", 100, "no "), log("a", 150, "end")])),
        (400, vertices(vec![vertex("a", Some(0), Some(400))])),
    ]), @"
    #1 step a
    #1 0.100 no end
    #1 DONE 0.4s
    ");
}

#[test]
fn little_waits_whatever_is_printed() {
    let mut progress = Progress::new(Mode::Plain, Terminal::none(), std::io::sink()).unwrap();
    let now = Instant::now();
    let two = vec![vertex("a", Some(0), None), vertex("b", Some(0), None)];
    progress.update(&vertices(two), now).unwrap();
    let flood = "x".repeat(99) + "\n";
    for _ in 0..100 {
        let message = logs(vec![
            log("a", 1, flood.repeat(1000)),
            log("b", 1, flood.repeat(1000)),
        ]);
        progress.update(&message, now).unwrap();
    }
    let mut plain = Plain::default();
    let mut trace = Trace::default();
    trace.update(&vertices(vec![vertex("hidden", None, None)]));
    for _ in 0..100 {
        let events = trace.update(&logs(vec![log("hidden", 1, flood.repeat(1000))]));
        plain.add(&trace, events, now);
    }
    let waiting = plain.waiting.values().next().unwrap();
    assert!(waiting.bytes < MAX_WAITING + 200, "{}", waiting.bytes);
    assert_eq!(waiting.said.len() + waiting.omitted, 100_000);
}
