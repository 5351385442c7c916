//! A build as the engine's messages tell it: pure state, bounded whatever comes.
//!
//! The rules are those of BuildKit's own client:
//! <https://github.com/moby/buildkit/blob/v0.32.2/util/progress/progressui/display.go>.

mod group;
mod log;
mod part;
mod vertex;
mod warning;

use std::collections::BTreeMap;

pub(super) use log::Line;
pub(super) use part::Part;
pub(super) use vertex::{State, Vertex};
pub use warning::{Place, Warning};

use self::group::Group;
use super::text::visible_name;
use super::time::Time;
use crate::proto::control;
use crate::proto::google::protobuf::Timestamp;

/// How many vertices are kept. The largest plans that are accepted make fewer.
const MAX_VERTICES: usize = 100_000;
/// How many parts of one vertex are kept. An image has at most 127 layers.
const MAX_PARTS: usize = 1_000;
/// How many warnings are kept.
const MAX_WARNINGS: usize = 1_000;

/// A build so far.
#[derive(Debug, Default)]
pub struct Trace {
    /// In the order in which they became known. A progress group is one of them.
    vertices: Vec<Vertex>,
    by_digest: BTreeMap<String, usize>,
    /// By the index of the vertex that stands for it.
    groups: BTreeMap<usize, Group>,
    by_group: BTreeMap<String, usize>,
    warnings: Vec<Warning>,
    omitted: Omitted,
    latest: Option<Time>,
}

/// What was beyond a limit and is counted only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Omitted {
    pub(super) vertices: usize,
    pub(super) warnings: usize,
}

/// Something that happened, in the order of the engine's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A vertex started, ended, or changed in another way that is shown.
    Changed { vertex: usize },
    /// A part of a vertex made progress.
    Part { vertex: usize, part: usize },
    /// A whole line of a log.
    Line { vertex: usize, line: Line },
    /// A warning, by its index.
    Warning { vertex: usize, warning: usize },
}

impl Trace {
    /// Takes over what the engine told, and returns what of it is new.
    pub(super) fn update(&mut self, response: &control::StatusResponse) -> Vec<Event> {
        let mut events = Vec::new();
        for vertex in &response.vertexes {
            self.update_vertex(vertex, &mut events);
        }
        for status in &response.statuses {
            self.update_part(status, &mut events);
        }
        for warning in &response.warnings {
            self.add_warning(warning, &mut events);
        }
        for log in &response.logs {
            self.add_log(log, &mut events);
        }
        events
    }

    /// Those that are shown: started, and in no group that hides them.
    pub(super) fn vertices(&self) -> impl Iterator<Item = &Vertex> {
        self.vertices.iter().filter(|vertex| vertex.is_shown())
    }

    pub(super) fn vertex(&self, index: usize) -> Option<&Vertex> {
        self.vertices.get(index)
    }

    /// How many vertices there are, those that have not started included, and how many of them are at their end.
    pub(super) fn counts(&self) -> (usize, usize) {
        let vertices = self.vertices.iter();
        let counted = vertices.filter(|vertex| !vertex.is_hidden);
        let states: Vec<_> = counted.map(Vertex::state).collect();
        let ended = states.iter().filter(|state| state.is_ended()).count();
        (states.len(), ended)
    }

    /// What frontends and the engine warned of.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(super) fn omitted(&self) -> Omitted {
        self.omitted
    }

    /// When the first vertex started.
    pub(super) fn start(&self) -> Option<Time> {
        self.vertices().filter_map(Vertex::start).min()
    }

    /// The latest time that the engine told.
    pub(super) fn latest(&self) -> Option<Time> {
        self.latest
    }

    /// The lines that are held back because their end has not come yet.
    pub(super) fn flush_logs(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        for index in 0..self.vertices.len() {
            self.flush_log(index, &mut events);
        }
        events
    }

    fn update_vertex(&mut self, vertex: &control::Vertex, events: &mut Vec<Event>) {
        let started = self.time(vertex.started.as_ref());
        let completed = self.time(vertex.completed.as_ref());
        let group = vertex.progress_group.as_ref();
        let Some(index) = self.index_of(&vertex.digest, group) else {
            return;
        };
        let is_changed = match (group, self.groups.get_mut(&index)) {
            (Some(of), Some(group)) => {
                group.note(vertex, of.weak, started);
                let Some(shown) = self.vertices.get_mut(index) else {
                    return;
                };
                group.show(shown, started, completed)
            }
            _ => match self.vertices.get_mut(index) {
                Some(shown) => shown.update(vertex, started, completed),
                None => return,
            },
        };
        if self
            .vertex(index)
            .is_some_and(|vertex| vertex.state().is_ended())
        {
            self.flush_log(index, events);
        }
        if is_changed {
            events.push(Event::Changed { vertex: index });
        }
    }

    /// The vertex that shows this digest: the group's, if it has one.
    fn index_of(
        &mut self,
        digest: &str,
        group: Option<&crate::proto::pb::ProgressGroup>,
    ) -> Option<usize> {
        if let Some(index) = self.by_digest.get(digest) {
            return Some(*index);
        }
        let of_group = group
            .and_then(|group| self.by_group.get(&group.id))
            .copied();
        if self.by_digest.len() >= MAX_VERTICES {
            self.omitted.vertices += 1;
            return None;
        }
        let index = of_group.unwrap_or(self.vertices.len());
        if of_group.is_none() {
            let mut vertex = Vertex::default();
            if let Some(group) = group {
                vertex.name = visible_name(&group.name);
                vertex.is_hidden = true;
                self.groups.insert(index, Group::default());
                self.by_group.insert(group.id.clone(), index);
            }
            self.vertices.push(vertex);
        }
        self.by_digest.insert(digest.to_owned(), index);
        Some(index)
    }

    fn update_part(&mut self, status: &control::VertexStatus, events: &mut Vec<Event>) {
        let part = Part {
            id: visible_name(&status.id),
            current: status.current,
            total: status.total,
            time: self.time(status.timestamp.as_ref()),
            started: self.time(status.started.as_ref()),
            completed: self.time(status.completed.as_ref()),
        };
        let Some(index) = self.by_digest.get(&status.vertex).copied() else {
            return;
        };
        let Some(vertex) = self.vertices.get_mut(index) else {
            return;
        };
        if let Some(part) = vertex.update_part(part) {
            events.push(Event::Part {
                vertex: index,
                part,
            });
        }
    }

    fn add_warning(&mut self, warning: &control::VertexWarning, events: &mut Vec<Event>) {
        if self.warnings.len() >= MAX_WARNINGS {
            self.omitted.warnings += 1;
            return;
        }
        self.warnings.push(Warning::from(warning));
        if let Some(vertex) = self.by_digest.get(&warning.vertex).copied() {
            events.push(Event::Warning {
                vertex,
                warning: self.warnings.len() - 1,
            });
        }
    }

    fn add_log(&mut self, log: &control::VertexLog, events: &mut Vec<Event>) {
        let Some(vertex) = self.by_digest.get(&log.vertex).copied() else {
            return;
        };
        let time = self.time(log.timestamp.as_ref()).or(self.latest);
        let (Some(shown), Some(time)) = (self.vertices.get_mut(vertex), time) else {
            return;
        };
        shown.log.add(log.stream, time, &log.msg, |line| {
            events.push(Event::Line { vertex, line });
        });
    }

    fn flush_log(&mut self, vertex: usize, events: &mut Vec<Event>) {
        if let Some(shown) = self.vertices.get_mut(vertex) {
            shown.log.flush(|line| {
                events.push(Event::Line { vertex, line });
            });
        }
    }

    fn time(&mut self, timestamp: Option<&Timestamp>) -> Option<Time> {
        let time = timestamp.map(Time::new);
        self.latest = self.latest.max(time);
        time
    }
}

#[cfg(test)]
mod tests;
