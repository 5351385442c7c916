//! What a vertex prints.

use std::collections::VecDeque;

use super::super::text::visible_line;
use super::super::time::Time;

/// How many lines are kept for the case that the vertex fails.
const MAX_LINES: usize = 100;
/// How many bytes a line has at most; a longer one goes on as another.
const MAX_LINE: usize = 4 << 10;

/// The log of a vertex: its last lines, and one of each stream that has not ended yet.
#[derive(Debug, Default)]
pub(in super::super) struct Log {
    last: VecDeque<Line>,
    /// By the number of the stream.
    open: [Open; 3],
    /// How many lines were kept once and no longer are.
    dropped: usize,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Line {
    pub(in super::super) time: Time,
    pub(in super::super) text: String,
}

#[derive(Debug, Default)]
struct Open {
    bytes: Vec<u8>,
    since: Option<Time>,
}

impl Log {
    /// Adds a piece of a stream and hands over each line that it ends.
    pub(super) fn add(
        &mut self,
        stream: i64,
        time: Time,
        piece: &[u8],
        mut whole: impl FnMut(Line),
    ) {
        let stream = usize::try_from(stream)
            .unwrap_or(0)
            .min(self.open.len() - 1);
        let Some(open) = self.open.get_mut(stream) else {
            return;
        };
        let mut ended = Vec::new();
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            for chunk in part.chunks(MAX_LINE) {
                open.since.get_or_insert(time);
                open.bytes.extend_from_slice(chunk);
                if chunk.ends_with(b"\n") {
                    ended.extend(open.end());
                } else if open.bytes.len() >= MAX_LINE {
                    open.overwrite();
                    if open.bytes.len() >= MAX_LINE {
                        ended.extend(open.end());
                    }
                }
            }
        }
        for line in ended {
            self.keep(line, &mut whole);
        }
    }

    /// Ends lines whose end never came.
    pub(super) fn flush(&mut self, mut whole: impl FnMut(Line)) {
        let ended: Vec<_> = self.open.iter_mut().filter_map(Open::end).collect();
        for line in ended {
            self.keep(line, &mut whole);
        }
    }

    /// The last lines, one that has not ended included.
    pub(in super::super) fn last(&self, count: usize) -> Vec<Line> {
        let open = self.open.iter().filter_map(Open::line);
        let mut lines: Vec<_> = self.last.iter().cloned().chain(open).collect();
        lines.split_off(lines.len().saturating_sub(count))
    }

    /// How many lines there were in all, those that have not ended included.
    pub(in super::super) fn count(&self) -> usize {
        self.dropped + self.last(usize::MAX).len()
    }

    /// Forgets all lines: nobody asks for those of a vertex that did not fail.
    pub(super) fn forget(&mut self) {
        self.last = VecDeque::new();
        self.dropped = 0;
    }

    fn keep(&mut self, line: Line, whole: &mut impl FnMut(Line)) {
        whole(line.clone());
        if self.last.len() == MAX_LINES {
            self.last.pop_front();
            self.dropped += 1;
        }
        self.last.push_back(line);
    }
}

impl Line {
    /// The line behind the time since `start` in seconds, with fewer digits the more there are: `0.123 npm ci`.
    pub(in super::super) fn numbered(&self, start: Option<Time>) -> String {
        let seconds = start.map_or(0.0, |start| self.time.since(start).as_secs_f64());
        let digits = match seconds {
            ..10.0 => 3,
            ..100.0 => 2,
            _ => 1,
        };
        format!("{seconds:.digits$} {}", self.text)
    }
}

impl Open {
    fn line(&self) -> Option<Line> {
        let text = visible_line(&String::from_utf8_lossy(&self.bytes));
        self.since
            .filter(|_| !text.is_empty())
            .map(|time| Line { time, text })
    }

    fn end(&mut self) -> Option<Line> {
        let text = visible_line(&String::from_utf8_lossy(&self.bytes));
        self.bytes.clear();
        self.since.take().map(|time| Line { time, text })
    }

    /// Drops what a carriage return has overwritten: a progress bar that goes on for hours is one line.
    fn overwrite(&mut self) {
        let end = self.bytes.trim_ascii_end().len();
        let shown = self.bytes.get(..end).unwrap_or_default();
        if let Some(at) = shown.iter().rposition(|byte| *byte == b'\r') {
            self.bytes.drain(..=at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::google::protobuf::Timestamp;

    fn lines(pieces: &[(i64, &[u8])]) -> (Log, Vec<String>) {
        let mut log = Log::default();
        let mut lines = Vec::new();
        for ((stream, piece), seconds) in pieces.iter().zip(0..) {
            let time = Time::new(&Timestamp { seconds, nanos: 0 });
            log.add(*stream, time, piece, |line| lines.push(line.text));
        }
        (log, lines)
    }

    #[test]
    fn lines_that_are_split_are_joined_by_stream() {
        let (mut log, whole) = lines(&[(1, b"one\nt"), (2, b"err\nor "), (1, b"wo\n\nend")]);
        assert_eq!(whole, ["one", "err", "two", ""]);
        let mut rest = Vec::new();
        log.flush(|line| rest.push(line.text));
        assert_eq!(rest, ["end", "or "]);
        log.flush(|line| rest.push(line.text));
        assert_eq!(rest.len(), 2);
    }

    #[test]
    fn a_line_has_the_time_of_its_beginning() {
        let mut log = Log::default();
        let at = |seconds| Time::new(&Timestamp { seconds, nanos: 0 });
        log.add(1, at(1), b"a", |_| {});
        log.add(1, at(9), b"b\n", |_| {});
        let expected = Line {
            time: at(1),
            text: "ab".to_owned(),
        };
        assert_eq!(log.last(9), [expected]);
    }

    #[test]
    fn characters_and_escape_sequences_may_be_split_too() {
        let (_, whole) = lines(&[(1, b"\x1b["), (1, b"31m\xe6\x97"), (1, b"\xa5\n")]);
        assert_eq!(whole, ["日"]);
    }

    #[test]
    fn streams_that_do_not_exist_are_read_as_one_that_does() {
        let (_, whole) = lines(&[(-1, b"a\n"), (0, b"b\n"), (i64::MAX, b"c\n")]);
        assert_eq!(whole, ["a", "b", "c"]);
    }

    #[test]
    fn a_flood_keeps_little() {
        let (log, whole) = lines(&[(1, &b"x\n".repeat(100_000)), (1, &b"y".repeat(1 << 20))]);
        assert_eq!(whole.len(), 100_000 + (1 << 20) / MAX_LINE);
        assert_eq!(log.last(usize::MAX).len(), MAX_LINES);
        assert_eq!(log.count(), whole.len());
        assert!(
            log.open
                .iter()
                .all(|open| open.bytes.capacity() <= 4 * MAX_LINE)
        );
    }

    #[test]
    fn a_progress_bar_is_one_line() {
        let (log, whole) = lines(&[(2, &b"\r 10 %".repeat(10_000)), (2, b"\r100 %\nend\n")]);
        assert_eq!(whole, ["100 %", "end"]);
        assert!(
            log.open
                .iter()
                .all(|open| open.bytes.capacity() <= 4 * MAX_LINE)
        );
    }
}
