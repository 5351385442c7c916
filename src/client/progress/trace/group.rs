//! Vertices that are shown as one.

use std::collections::BTreeMap;

use super::super::time::Time;
use super::vertex::Vertex;
use crate::proto::control;

/// What is known of a group's members.
#[derive(Debug, Default)]
pub(super) struct Group {
    members: BTreeMap<String, Member>,
}

#[derive(Debug, Default)]
struct Member {
    is_cached: bool,
    is_started: bool,
    is_weak: bool,
    error: String,
}

impl Group {
    pub(super) fn note(&mut self, vertex: &control::Vertex, is_weak: bool, started: Option<Time>) {
        let member = self.members.entry(vertex.digest.clone()).or_default();
        // Told again without its times, as another part of the graph reaches it.
        if started.is_none() && member.is_started {
            return;
        }
        *member = Member {
            is_cached: vertex.cached,
            is_started: started.is_some(),
            is_weak,
            error: vertex.error.clone(),
        };
    }

    /// Brings the vertex that stands for the group up to date with a member's times. Returns whether that shows anything new.
    pub(super) fn show(
        &self,
        vertex: &mut Vertex,
        started: Option<Time>,
        completed: Option<Time>,
    ) -> bool {
        let is_time_new = started.is_some_and(|start| vertex.intervals.note(start, completed));
        let is_cached = self.members.values().all(|member| member.is_cached);
        let is_cache_new = std::mem::replace(&mut vertex.is_cached, is_cached) != is_cached;
        let mut errors = self.members.values().map(|member| member.error.as_str());
        let mut errors = errors.by_ref().filter(|error| !error.is_empty());
        let is_error_new = vertex.set_error(errors.next().unwrap_or_default());

        let mut members = self.members.values();
        let is_strong = members.any(|member| member.is_started && !member.is_weak);
        let was_hidden = vertex.is_hidden;
        if is_strong || errors.next().is_some() {
            vertex.is_hidden = false;
        }
        vertex.end_log();
        !vertex.is_hidden && (was_hidden || is_time_new || is_cache_new || is_error_new)
    }
}
