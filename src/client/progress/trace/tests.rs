//! What is known of a build.

use super::super::testing::{BUILT, log, logs, messages, part, vertex, vertices};
use super::*;
use crate::proto::pb::ProgressGroup;

fn trace(messages: &[control::StatusResponse]) -> Trace {
    let mut trace = Trace::default();
    for message in messages {
        trace.update(message);
    }
    trace
}

fn states(trace: &Trace) -> Vec<(&str, State)> {
    trace
        .vertices()
        .map(|vertex| (vertex.name.as_str(), vertex.state()))
        .collect()
}

fn grouped(
    digest: &str,
    is_weak: bool,
    started: Option<i64>,
    completed: Option<i64>,
) -> control::Vertex {
    control::Vertex {
        progress_group: Some(ProgressGroup {
            id: "group".to_owned(),
            name: "the group".to_owned(),
            weak: is_weak,
        }),
        ..vertex(digest, started, completed)
    }
}

#[test]
fn a_real_build_ends_with_nothing_running() {
    let trace = trace(&messages(BUILT));
    assert!(trace.vertices().all(|vertex| vertex.state().is_ended()));
    let (count, ended) = trace.counts();
    assert_eq!((count, ended), (21, 21));
}

#[test]
fn a_vertex_passes_through_its_states() {
    let mut trace = trace(&[vertices(vec![vertex("a", None, None)])]);
    assert_eq!((trace.counts(), states(&trace)), ((1, 0), vec![]));
    trace.update(&vertices(vec![vertex("a", Some(1), None)]));
    assert_eq!(states(&trace), [("step a", State::Running)]);
    trace.update(&vertices(vec![vertex("a", Some(1), Some(2))]));
    assert_eq!(states(&trace), [("step a", State::Done)]);
    // The cache was looked into; now it runs.
    trace.update(&vertices(vec![vertex("a", Some(5), None)]));
    assert_eq!(states(&trace), [("step a", State::Running)]);
    let failed = control::Vertex {
        error: "exit code: 1".to_owned(),
        ..vertex("a", Some(5), Some(6))
    };
    trace.update(&vertices(vec![failed]));
    assert_eq!(states(&trace), [("step a", State::Failed)]);
}

#[test]
fn a_later_message_without_times_changes_nothing() {
    let mut trace = trace(&[vertices(vec![vertex("a", Some(1), Some(2))])]);
    assert!(
        trace
            .update(&vertices(vec![vertex("a", None, None)]))
            .is_empty()
    );
    assert_eq!(states(&trace), [("step a", State::Done)]);
}

#[test]
fn what_was_stopped_did_not_fail() {
    let canceled = control::Vertex {
        error: "process did not complete: context canceled".to_owned(),
        ..vertex("a", Some(1), Some(2))
    };
    assert_eq!(
        states(&trace(&[vertices(vec![canceled])])),
        [("step a", State::Canceled)]
    );
}

#[test]
fn a_group_is_one_vertex() {
    let mut trace = trace(&[vertices(vec![
        grouped("a", false, Some(1), None),
        grouped("b", false, None, None),
    ])]);
    assert_eq!(states(&trace), [("the group", State::Running)]);
    trace.update(&logs(vec![log("b", 2, "hello\n")]));
    assert_eq!(trace.vertices[0].log.last(9).len(), 1);
    trace.update(&vertices(vec![
        control::Vertex {
            cached: true,
            ..grouped("a", false, Some(1), Some(2))
        },
        grouped("b", false, Some(2), Some(4)),
    ]));
    assert_eq!(states(&trace), [("the group", State::Done)]);
    assert_eq!(trace.counts(), (1, 1));
    let duration = trace.vertices[0].duration(Time::new(&Timestamp::default()));
    assert_eq!(duration.as_millis(), 3);
}

#[test]
fn a_group_is_cached_when_all_of_it_is() {
    let cached = |digest| control::Vertex {
        cached: true,
        ..grouped(digest, false, Some(1), Some(2))
    };
    let trace = trace(&[vertices(vec![cached("a"), cached("b")])]);
    assert_eq!(states(&trace), [("the group", State::Cached)]);
}

#[test]
fn a_group_of_weak_members_stays_hidden_until_two_fail() {
    let failed = |digest| control::Vertex {
        error: "no".to_owned(),
        ..grouped(digest, true, Some(1), Some(2))
    };
    let mut trace = trace(&[vertices(vec![grouped("a", true, Some(1), None)])]);
    assert_eq!((trace.counts(), states(&trace)), ((0, 0), vec![]));
    trace.update(&vertices(vec![failed("a")]));
    assert_eq!(states(&trace), []);
    trace.update(&vertices(vec![failed("b")]));
    assert_eq!(states(&trace), [("the group", State::Failed)]);
}

#[test]
fn a_group_shows_once_a_strong_member_starts() {
    let mut trace = trace(&[vertices(vec![grouped("a", true, Some(1), Some(2))])]);
    let events = trace.update(&vertices(vec![grouped("b", false, Some(3), None)]));
    assert_eq!(events, [Event::Changed { vertex: 0 }]);
    assert_eq!(states(&trace), [("the group", State::Running)]);
}

#[test]
fn what_is_told_of_unknown_vertices_is_passed_over() {
    let mut trace = Trace::default();
    let message = control::StatusResponse {
        statuses: vec![part("x", "layer", 1, 1, 2)],
        logs: vec![log("x", 1, "text\n")],
        ..control::StatusResponse::default()
    };
    assert!(trace.update(&message).is_empty());
}

#[test]
fn more_than_is_kept_is_counted() {
    let many = (0..MAX_VERTICES + 5).map(|number| vertex(&number.to_string(), Some(1), None));
    let warnings = vec![control::VertexWarning::default(); MAX_WARNINGS + 3];
    let message = control::StatusResponse {
        vertexes: many.collect(),
        warnings,
        ..control::StatusResponse::default()
    };
    let trace = trace(&[message]);
    assert_eq!(
        trace.omitted(),
        Omitted {
            vertices: 5,
            warnings: 3
        }
    );
    assert_eq!(trace.vertices.len(), MAX_VERTICES);
}

#[test]
fn parts_of_one_vertex_are_bounded() {
    let mut trace = trace(&[vertices(vec![vertex("a", Some(1), None)])]);
    let parts = (0..10 * MAX_PARTS).map(|number| part("a", &number.to_string(), 1, 1, 2));
    trace.update(&control::StatusResponse {
        statuses: parts.collect(),
        ..control::StatusResponse::default()
    });
    assert_eq!(trace.vertices[0].parts().len(), MAX_PARTS);
}

#[test]
fn names_and_errors_drive_no_terminal() {
    let hostile = control::Vertex {
        name: "\u{1b}[2Jname\u{202e}".to_owned(),
        error: "\u{1b}]0;title\u{7}bad\nluck".to_owned(),
        ..vertex("a", Some(1), Some(2))
    };
    let trace = trace(&[vertices(vec![hostile])]);
    assert_eq!(trace.vertices[0].name, "name\u{fffd}");
    assert_eq!(trace.vertices[0].error(), "bad\nluck");
}
