//! One vertex: an op of the build, or a group of them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::text::{cut, visible_lines, visible_name};
use super::super::time::{Intervals, Time};
use super::log::Log;
use super::{MAX_PARTS, Part};
use crate::proto::control;

/// How many bytes of an error are kept.
const MAX_ERROR: usize = 16 << 10;
/// What an engine's error ends with when it stopped a vertex because the build was to end.
const CANCELED: &str = "context canceled";

/// An op of the build, or a group of them.
#[derive(Debug, Default)]
pub(in super::super) struct Vertex {
    pub(in super::super) name: String,
    pub(super) intervals: Intervals,
    pub(super) is_cached: bool,
    pub(super) error: String,
    /// Whether it is a group that has nothing to show yet.
    pub(super) is_hidden: bool,
    pub(in super::super) log: Log,
    parts: Vec<Part>,
    part_by_id: BTreeMap<String, usize>,
}

/// What a vertex is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum State {
    Pending,
    Running,
    Cached,
    Canceled,
    Failed,
    Done,
}

impl State {
    pub(in super::super) fn is_ended(self) -> bool {
        !matches!(self, Self::Pending | Self::Running)
    }
}

impl Vertex {
    pub(in super::super) fn state(&self) -> State {
        if self.intervals.is_empty() {
            State::Pending
        } else if self.intervals.stop().is_none() {
            State::Running
        } else if self.error.ends_with(CANCELED) {
            State::Canceled
        } else if !self.error.is_empty() {
            State::Failed
        } else if self.is_cached {
            State::Cached
        } else {
            State::Done
        }
    }

    pub(in super::super) fn is_shown(&self) -> bool {
        !self.is_hidden && !self.intervals.is_empty()
    }

    pub(in super::super) fn start(&self) -> Option<Time> {
        self.intervals.first_start()
    }

    pub(in super::super) fn stop(&self) -> Option<Time> {
        self.intervals.stop()
    }

    /// How long it has been worked on up to `now`.
    pub(in super::super) fn duration(&self, now: Time) -> Duration {
        self.intervals.total(now)
    }

    /// Empty if it did not fail.
    pub(in super::super) fn error(&self) -> &str {
        &self.error
    }

    pub(in super::super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Takes over a message about this very vertex. Returns whether it says anything new that is shown.
    pub(super) fn update(
        &mut self,
        vertex: &control::Vertex,
        started: Option<Time>,
        completed: Option<Time>,
    ) -> bool {
        // A vertex is told again when another part of the graph reaches it, then without its times.
        if started.is_none() && !self.intervals.is_empty() {
            return false;
        }
        self.name = visible_name(&vertex.name);
        let is_cached = std::mem::replace(&mut self.is_cached, vertex.cached);
        let is_error_new = self.set_error(&vertex.error);
        let is_time_new = started.is_some_and(|start| self.intervals.note(start, completed));
        self.end_log();
        started.is_some() && (is_time_new || is_error_new || is_cached != vertex.cached)
    }

    /// Returns whether it is another one.
    pub(super) fn set_error(&mut self, error: &str) -> bool {
        let error = visible_lines(cut(error, MAX_ERROR));
        let is_new = self.error != error;
        self.error = error;
        is_new
    }

    /// Forgets the log of one that ended well.
    pub(super) fn end_log(&mut self) {
        if matches!(self.state(), State::Cached | State::Done) {
            self.log.forget();
        }
    }

    /// Takes over a part. Returns its index if it is shown.
    pub(super) fn update_part(&mut self, part: Part) -> Option<usize> {
        if let Some(index) = self.part_by_id.get(&part.id).copied() {
            *self.parts.get_mut(index)? = part;
            return Some(index);
        }
        if part.started.is_none() || self.parts.len() >= MAX_PARTS {
            return None;
        }
        let index = self.parts.len();
        self.part_by_id.insert(part.id.clone(), index);
        self.parts.push(part);
        Some(index)
    }
}
