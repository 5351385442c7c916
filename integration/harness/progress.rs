//! A build's progress as data: what ran, what came from the cache, what was printed.
//!
//! `--progress rawjson` prints one status of the engine a line:
//! <https://github.com/moby/buildkit/blob/v0.32.2/client/graph.go>.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::command::Outcome;

/// All that was said of the vertices of a build.
#[derive(Debug)]
pub(crate) struct Progress {
    vertexes: BTreeMap<String, Vertex>,
    logs: BTreeMap<String, String>,
    warnings: Vec<String>,
}

/// One vertex of the build.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Vertex {
    digest: String,
    pub(crate) name: String,
    started: Option<String>,
    completed: Option<String>,
    #[serde(default)]
    pub(crate) cached: bool,
    #[serde(default)]
    error: String,
}

impl Vertex {
    fn is_given_up(&self) -> bool {
        self.error.contains("context canceled")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Status {
    #[serde(default)]
    vertexes: Vec<Vertex>,
    #[serde(default, rename = "statuses")]
    _statuses: IgnoredAny,
    #[serde(default)]
    warnings: Vec<Warning>,
    #[serde(default)]
    logs: Vec<Log>,
}

#[derive(Deserialize)]
struct Warning {
    short: String,
}

#[derive(Deserialize)]
struct Log {
    vertex: String,
    data: Option<String>,
}

impl Status {
    /// A line of the output; the client's own words stand between the lines of JSON.
    fn parse(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    fn readable(&self) -> String {
        let completed = self
            .vertexes
            .iter()
            .filter(|vertex| vertex.completed.is_some());
        let vertexes = completed.map(|vertex| match (vertex.error.as_str(), vertex.cached) {
            ("", true) => format!("CACHED {}\n", vertex.name),
            ("", false) => format!("DONE {}\n", vertex.name),
            (error, _) => format!("ERROR {}: {error}\n", vertex.name),
        });
        self.logs.iter().map(Log::text).chain(vertexes).collect()
    }
}

impl Log {
    fn text(&self) -> String {
        decoded(self.data.as_deref().unwrap_or_default())
    }
}

/// The text that bytes of an engine's JSON are.
#[track_caller]
pub(crate) fn decoded(base64: &str) -> String {
    let bytes = BASE64_STANDARD
        .decode(base64)
        .expect("the engine's bytes are base64");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The output of a build with each line of JSON turned into what a reader wants to know.
pub(crate) fn readable(output: &str) -> String {
    output
        .lines()
        .map(|line| {
            Status::parse(line).map_or_else(|| format!("{line}\n"), |status| status.readable())
        })
        .collect()
}

impl Progress {
    /// The progress of a build with [`super::engine::Build::raw_progress`].
    #[track_caller]
    pub(crate) fn of(outcome: &Outcome) -> Self {
        let mut progress = Self {
            vertexes: BTreeMap::new(),
            logs: BTreeMap::new(),
            warnings: Vec::new(),
        };
        for status in outcome.stderr.lines().filter_map(Status::parse) {
            for vertex in status.vertexes {
                progress.add(vertex);
            }
            let warnings = status
                .warnings
                .iter()
                .map(|warning| decoded(&warning.short));
            progress.warnings.extend(warnings);
            for log in status.logs {
                progress
                    .logs
                    .entry(log.vertex.clone())
                    .or_default()
                    .push_str(&log.text());
            }
        }
        progress
    }

    /// The vertices that came up in the build: started, or found in the cache.
    pub(crate) fn vertexes(&self) -> impl Iterator<Item = &Vertex> {
        self.vertexes
            .values()
            .filter(|vertex| vertex.started.is_some() || vertex.cached)
    }

    /// The one vertex whose name contains the text.
    #[track_caller]
    pub(crate) fn vertex(&self, text: &str) -> &Vertex {
        let found: Vec<_> = self
            .vertexes()
            .filter(|vertex| vertex.name.contains(text))
            .collect();
        match found.as_slice() {
            [vertex] => vertex,
            _ => panic!(
                "{} vertices have {text:?} in their names, not one: {:#?}",
                found.len(),
                self.names()
            ),
        }
    }

    /// Did the one vertex whose name contains the text come from the cache?
    #[track_caller]
    pub(crate) fn is_cached(&self, text: &str) -> bool {
        self.vertex(text).cached
    }

    /// Was the one vertex whose name contains the text begun and given up, whatever came of it later?
    #[track_caller]
    pub(crate) fn is_given_up(&self, text: &str) -> bool {
        self.vertex(text).is_given_up()
    }

    /// What the one vertex whose name contains the text printed.
    #[track_caller]
    pub(crate) fn log(&self, text: &str) -> &str {
        self.logs
            .get(&self.vertex(text).digest)
            .map_or("", String::as_str)
    }

    /// The warnings, in the order in which they came.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// The names of the vertices that failed, other than those that were given up for it.
    pub(crate) fn failed(&self) -> Vec<&str> {
        let failed = self
            .vertexes()
            .filter(|vertex| !vertex.error.is_empty() && !vertex.is_given_up());
        failed.map(|vertex| vertex.name.as_str()).collect()
    }

    /// All that was printed, a line after the other.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &str> {
        self.logs.values().flat_map(|log| log.lines())
    }

    fn names(&self) -> Vec<&str> {
        self.vertexes().map(|vertex| vertex.name.as_str()).collect()
    }

    fn add(&mut self, vertex: Vertex) {
        match self.vertexes.get_mut(&vertex.digest) {
            // A later word without a start does not take the start back.
            Some(known) => {
                known.cached |= vertex.cached;
                known.started = known.started.take().or(vertex.started);
                known.completed = known.completed.take().or(vertex.completed);
                if known.error.is_empty() {
                    known.error = vertex.error;
                }
            }
            None => {
                self.vertexes.insert(vertex.digest.clone(), vertex);
            }
        }
    }
}
