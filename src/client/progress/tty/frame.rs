//! What a frame says: its lines, for a build at a time and a window of a size.

use std::time::Duration;

use super::layout::{Line, Look};
use crate::client::progress::time::Time;
use crate::client::progress::trace::{Part, State, Trace, Vertex};

/// How many parts of one running step are shown, and how many lines of its log.
const MAX_PARTS: usize = 3;
const MAX_LOG_LINES: usize = 5;
/// Rows that stay free: the header, and the one that the cursor is in.
const OTHER_ROWS: usize = 2;

/// Which part of the rows is kept for what was done last.
const KEPT_SHARE: usize = 4;

/// The lines of a frame, from top to bottom.
#[derive(Debug)]
pub(super) struct Frame(Vec<Line>);

/// How a build ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Finished,
    Failed,
    Interrupted,
}

impl Frame {
    /// A build that goes on. It fits the window: first comes what runs, then what it prints, then what is done.
    pub(super) fn live(trace: &Trace, now: Time, columns: usize, rows: usize) -> Self {
        let header = header(trace, now, columns, None);
        let mut left = rows.saturating_sub(OTHER_ROWS);
        let (mut running, mut ended): (Vec<_>, Vec<_>) = trace
            .vertices()
            .partition(|vertex| vertex.state() == State::Running);
        running.sort_by_key(|vertex| vertex.start());
        ended.sort_by_key(|vertex| vertex.stop());

        let mut body = Vec::new();
        let shown = if running.len() > left {
            left.saturating_sub(1)
        } else {
            running.len()
        };
        let hidden = running.split_off(shown);
        left = left.saturating_sub(shown);
        if !hidden.is_empty() && left > 0 {
            left -= 1;
            let text = format!("{} more are running", hidden.len());
            body.push(Line::step(&text, "", Look::Aside, columns));
        }
        let (cached, mut listed): (Vec<_>, Vec<_>) = ended
            .iter()
            .copied()
            .partition(|vertex| vertex.state() == State::Cached);
        // One row sums up what is done; some of the others are kept for what was done last.
        let kept = listed.len().min(left / KEPT_SHARE);
        let mut room = left.saturating_sub(1 + kept);
        for (index, vertex) in running.iter().enumerate() {
            body.push(step(vertex, now, columns));
            let share = room / (running.len() - index);
            let details = details(vertex, now, columns, share);
            room -= details.len();
            left -= details.len();
            body.extend(details);
        }

        let mut lines = vec![header];
        if !cached.is_empty() || listed.len() > left {
            let rows = left.saturating_sub(1);
            listed = listed.split_off(listed.len().saturating_sub(rows));
            lines.extend(summary(&ended, listed.len(), columns).filter(|_| left > 0));
        }
        lines.extend(listed.iter().map(|vertex| step(vertex, now, columns)));
        lines.extend(body);
        Self(lines)
    }

    /// A build at its end, with every step but those that were cached.
    pub(super) fn last(trace: &Trace, now: Time, columns: usize, ending: Ending) -> Self {
        let (cached, mut others): (Vec<_>, Vec<_>) = trace
            .vertices()
            .partition(|vertex| vertex.state() == State::Cached);
        others.sort_by_key(|vertex| vertex.start());
        let mut lines = vec![header(trace, now, columns, Some(ending))];
        lines.extend(summary(&cached, 0, columns));
        lines.extend(others.iter().map(|vertex| step(vertex, now, columns)));
        Self(lines)
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.0
    }
}

fn header(trace: &Trace, now: Time, columns: usize, ending: Option<Ending>) -> Line {
    let (count, ended) = trace.counts();
    let time = trace
        .start()
        .map_or(Duration::ZERO, |start| now.since(start));
    let ending = match ending {
        None => "",
        Some(Ending::Finished) => " FINISHED",
        Some(Ending::Failed) => " FAILED",
        Some(Ending::Interrupted) => " INTERRUPTED",
    };
    let text = format!("[+] Building {} ({ended}/{count}){ending}", seconds(time));
    Line::header(&text, columns)
}

/// What is done and has no line of its own.
fn summary(ended: &[&Vertex], listed: usize, columns: usize) -> Option<Line> {
    let cached = ended
        .iter()
        .filter(|vertex| vertex.state() == State::Cached)
        .count();
    let folded = ended.len() - listed;
    let steps = |count| if count == 1 { "step" } else { "steps" };
    let text = match (folded, cached) {
        (0, _) => return None,
        (folded, cached) if folded == cached => format!("CACHED {cached} {}", steps(cached)),
        (folded, 0) => format!("{folded} {} done", steps(folded)),
        (folded, cached) => format!("{folded} {} done, {cached} of them cached", steps(folded)),
    };
    Some(Line::step(&text, "", Look::Done, columns))
}

fn step(vertex: &Vertex, now: Time, columns: usize) -> Line {
    let (prefix, look) = match vertex.state() {
        State::Pending | State::Running => ("", Look::Running),
        State::Cached => ("CACHED ", Look::Done),
        State::Canceled => ("CANCELED ", Look::Canceled),
        State::Failed => ("ERROR ", Look::Failed),
        State::Done => ("", Look::Done),
    };
    let time = seconds(vertex.duration(vertex.stop().unwrap_or(now)));
    Line::step(&format!("{prefix}{}", vertex.name), &time, look, columns)
}

/// What a running step is at: transfers first, then the end of its log.
fn details(vertex: &Vertex, now: Time, columns: usize, room: usize) -> Vec<Line> {
    let parts = vertex
        .parts()
        .iter()
        .filter(|part| part.completed.is_none());
    let mut lines: Vec<_> = parts
        .take(MAX_PARTS.min(room))
        .map(|part| part_line(part, now, columns))
        .collect();
    let log = vertex.log.last(MAX_LOG_LINES.min(room - lines.len()));
    lines.extend(log.iter().map(|line| Line::log(&line.text, columns)));
    lines
}

fn part_line(part: &Part, now: Time, columns: usize) -> Line {
    let time = part.started.map(|start| seconds(now.since(start)));
    let amount = part.amount().unwrap_or_default();
    Line::part(
        &part.id,
        part.fraction(),
        &amount,
        &time.unwrap_or_default(),
        columns,
    )
}

fn seconds(duration: Duration) -> String {
    format!("{:.1}s", duration.as_secs_f64())
}
