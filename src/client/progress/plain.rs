//! Lines, one after the other, as docker buildx's plain mode has them.
//!
//! One vertex has the word at a time, so that its lines stay together; the others wait, but neither long nor with much.
//! <https://github.com/moby/buildkit/blob/v0.32.2/util/progress/progressui/printer.go>

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use super::time::Time;
use super::trace::{Event, Part, State, Trace, Vertex};

/// How long a vertex waits for another that goes on and on.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// With how many bytes it waits.
const MAX_WAITING: usize = 64 << 10;
/// A part's progress is told again after so long, or so much of the whole.
const PART_TIME: Duration = Duration::from_secs(5);
const PART_FRACTION: f64 = 0.05;

/// What was written and what waits.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// Numbers that vertices were shown by, by index.
    numbers: BTreeMap<usize, usize>,
    /// By the vertex's index.
    waiting: BTreeMap<usize, Waiting>,
    /// The vertex that has the word.
    current: Option<usize>,
    parts: BTreeMap<(usize, usize), ShownPart>,
    has_written: bool,
}

/// What a vertex has to say.
#[derive(Debug)]
struct Waiting {
    since: Instant,
    said: Vec<Said>,
    bytes: usize,
    /// Lines of a vertex that is not shown, beyond those that are kept.
    omitted: usize,
}

/// One thing that a vertex has to say.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Line(String),
    /// How far a part is by then.
    Part(usize),
}

/// How far a part was when it was told last.
#[derive(Debug)]
struct ShownPart {
    current: i64,
    time: Option<Time>,
    is_completed: bool,
}

impl Plain {
    /// Lets events wait until it is their turn.
    pub(super) fn add(&mut self, trace: &Trace, events: Vec<Event>, now: Instant) {
        for event in events {
            let (index, said) = match event {
                Event::Changed { vertex } => (vertex, None),
                Event::Line { vertex, line } => {
                    let start = trace.vertex(vertex).and_then(Vertex::start);
                    (vertex, Some(Said::Line(line.numbered(start))))
                }
                Event::Part { vertex, part } if self.is_worth_a_line(trace, vertex, part) => {
                    (vertex, Some(Said::Part(part)))
                }
                Event::Part { .. } => continue,
                Event::Warning { vertex, warning } => {
                    let warning = trace.warnings().get(warning);
                    let line = warning.map(|warning| format!("WARN: {}", warning.short));
                    (vertex, line.map(Said::Line))
                }
            };
            let waiting = self.waiting.entry(index).or_insert_with(|| Waiting {
                since: now,
                said: Vec::new(),
                bytes: 0,
                omitted: 0,
            });
            // Whoever is shown gets the word in time.
            let is_shown = trace.vertex(index).is_some_and(Vertex::is_shown);
            match said {
                None => {}
                Some(_) if waiting.bytes > MAX_WAITING && !is_shown => waiting.omitted += 1,
                Some(part @ Said::Part(_)) if waiting.said.contains(&part) => {}
                Some(said) => {
                    waiting.bytes += said.bytes();
                    waiting.said.push(said);
                }
            }
        }
    }

    /// Writes what it is the turn of.
    pub(super) fn write(
        &mut self,
        trace: &Trace,
        now: Instant,
        writer: &mut impl Write,
    ) -> io::Result<()> {
        // First the one that has the word, so that it need not be called up again.
        if let Some(current) = self.current {
            self.write_vertex(trace, current, writer)?;
        }
        let ended = self.shown(trace);
        let ended = ended.filter(|(_, vertex)| vertex.state().is_ended());
        let mut ended: Vec<_> = ended
            .map(|(index, vertex)| (vertex.stop(), index))
            .collect();
        ended.sort();
        for (_, index) in ended {
            self.write_vertex(trace, index, writer)?;
        }
        if self.current.is_none() {
            let longest = self
                .shown(trace)
                .min_by_key(|(index, _)| self.since(*index));
            if let Some((index, _)) = longest {
                self.write_vertex(trace, index, writer)?;
            }
        }
        let is_full = self.is_full();
        let is_due =
            |waiting: &Waiting| now.saturating_duration_since(waiting.since) >= MAX_WAIT || is_full;
        let due: Vec<_> = self.shown(trace).map(|(index, _)| index).collect();
        for index in due {
            if self.waiting.get(&index).is_some_and(is_due) {
                self.write_vertex(trace, index, writer)?;
            }
        }
        Ok(())
    }

    /// Writes all that waits.
    pub(super) fn finish(&mut self, trace: &Trace, writer: &mut impl Write) -> io::Result<()> {
        if let Some(current) = self.current {
            self.write_vertex(trace, current, writer)?;
        }
        let rest: Vec<_> = self.shown(trace).map(|(index, _)| index).collect();
        for index in rest {
            self.write_vertex(trace, index, writer)?;
        }
        Ok(())
    }

    /// Whether so much waits that it must be written now.
    pub(super) fn is_full(&self) -> bool {
        let waiting = self.waiting.values().map(|waiting| waiting.bytes);
        waiting.sum::<usize>() > MAX_WAITING
    }

    /// Vertices that have something to say, as far as they are shown at all.
    fn shown<'a>(&'a self, trace: &'a Trace) -> impl Iterator<Item = (usize, &'a Vertex)> {
        let vertices = self
            .waiting
            .keys()
            .map(|index| (*index, trace.vertex(*index)));
        let vertices = vertices.filter_map(|(index, vertex)| Some((index, vertex?)));
        vertices.filter(|(_, vertex)| vertex.is_shown())
    }

    fn since(&self, index: usize) -> Option<Instant> {
        self.waiting.get(&index).map(|waiting| waiting.since)
    }

    fn write_vertex(
        &mut self,
        trace: &Trace,
        index: usize,
        writer: &mut impl Write,
    ) -> io::Result<()> {
        let Some(vertex) = trace.vertex(index) else {
            return Ok(());
        };
        let Some(waiting) = self.waiting.remove(&index) else {
            return Ok(());
        };
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(index).or_insert(next);
        if self.current != Some(index) {
            if let Some(current) = self.current.and_then(|current| self.numbers.get(&current)) {
                writeln!(writer, "#{current} ...")?;
            }
            if self.has_written {
                writeln!(writer)?;
            }
            self.has_written = true;
            writeln!(writer, "#{number} {}", vertex.name)?;
            self.current = Some(index);
        }
        for said in waiting.said {
            match said {
                Said::Line(line) => writeln!(writer, "#{number} {line}")?,
                Said::Part(part) => {
                    if let Some(line) = self.part_line(vertex, index, part) {
                        writeln!(writer, "#{number} {line}")?;
                    }
                }
            }
        }
        if waiting.omitted > 0 {
            writeln!(
                writer,
                "#{number} ... {} lines are left out",
                waiting.omitted
            )?;
        }
        if let Some(end) = end(vertex) {
            writeln!(writer, "#{number} {end}")?;
            self.current = None;
        }
        Ok(())
    }

    /// Whether a part is that much further than when it was told last.
    fn is_worth_a_line(&self, trace: &Trace, vertex: usize, part: usize) -> bool {
        let shown = self.parts.get(&(vertex, part));
        let part = trace
            .vertex(vertex)
            .and_then(|vertex| vertex.parts().get(part));
        part.is_some_and(|part| shown.is_none_or(|shown| shown.is_passed_by(part)))
    }

    fn part_line(&mut self, vertex: &Vertex, index: usize, part: usize) -> Option<String> {
        let key = (index, part);
        let part = vertex.parts().get(part)?;
        self.parts.insert(
            key,
            ShownPart {
                current: part.current,
                time: part.time,
                is_completed: part.completed.is_some(),
            },
        );
        let mut line = part.id.clone();
        if let Some(amount) = part.amount() {
            line = format!("{line} {amount}");
        }
        let duration = part.duration();
        if let Some(duration) = duration.filter(|duration| *duration > Duration::from_millis(10)) {
            line = format!("{line} {:.1}s", duration.as_secs_f64());
        }
        if part.completed.is_some() {
            line.push_str(" done");
        }
        Some(line)
    }
}

impl Said {
    fn bytes(&self) -> usize {
        match self {
            Self::Line(line) => line.len(),
            Self::Part(_) => size_of::<Self>(),
        }
    }
}

impl ShownPart {
    fn is_passed_by(&self, part: &Part) -> bool {
        if self.is_completed || part.completed.is_some() {
            return !self.is_completed;
        }
        let before = Part {
            current: self.current,
            ..part.clone()
        };
        let fractions = part.fraction().zip(before.fraction());
        let time = part.time.zip(self.time);
        fractions.is_some_and(|(now, before)| now - before >= PART_FRACTION)
            || time.is_some_and(|(now, before)| now.since(before) >= PART_TIME)
    }
}

/// How a vertex ended.
fn end(vertex: &Vertex) -> Option<String> {
    match vertex.state() {
        State::Pending | State::Running => None,
        State::Cached => Some("CACHED".to_owned()),
        State::Canceled => Some("CANCELED".to_owned()),
        State::Failed => {
            let error = vertex.error().lines().next();
            Some(format!("ERROR: {}", error.unwrap_or_default()))
        }
        State::Done => {
            let duration = vertex.stop().map(|stop| vertex.duration(stop));
            Some(format!(
                "DONE {:.1}s",
                duration.unwrap_or_default().as_secs_f64()
            ))
        }
    }
}

#[cfg(test)]
mod tests;
