//! Points of the engine's time, and lengths of it.

use std::time::Duration;

use crate::proto::google::protobuf::Timestamp;

const SECOND: i128 = 1_000_000_000;

/// A point of the engine's time: nanoseconds since 1970. No value that an engine can send overflows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Time(i128);

impl Time {
    pub(super) fn new(timestamp: &Timestamp) -> Self {
        Self(i128::from(timestamp.seconds) * SECOND + i128::from(timestamp.nanos))
    }

    /// How much later than `earlier` this is; nothing if it is not.
    pub(super) fn since(self, earlier: Self) -> Duration {
        let nanoseconds = (self.0 - earlier.0).max(0);
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    pub(super) fn plus(self, duration: Duration) -> Self {
        Self(self.0 + i128::try_from(duration.as_nanos()).unwrap_or(0))
    }

    /// Whole seconds since 1970, and the nanoseconds beyond them.
    pub(super) fn parts(self) -> (i64, u32) {
        let seconds = i64::try_from(self.0.div_euclid(SECOND)).unwrap_or(i64::MAX);
        let nanoseconds = u32::try_from(self.0.rem_euclid(SECOND)).unwrap_or(0);
        (seconds, nanoseconds)
    }
}

/// When a vertex was worked on. Engines begin and end the same vertex several times: they look into the cache first and
/// run it later.
#[derive(Clone, Debug, Default)]
pub(super) struct Intervals(Vec<Interval>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Interval {
    start: Time,
    /// `None` while it lasts.
    stop: Option<Time>,
}

/// How many intervals are kept apart. Engines send two or three; beyond this the oldest flow together.
const MAX_INTERVALS: usize = 64;

impl Intervals {
    /// Notes an interval. One with the same start is the same one, told anew.
    ///
    /// Returns whether that says anything new.
    pub(super) fn note(&mut self, start: Time, stop: Option<Time>) -> bool {
        let interval = Interval { start, stop };
        match self.0.binary_search_by_key(&start, |known| known.start) {
            Ok(index) => {
                let is_new = self.0.get(index) != Some(&interval);
                if let Some(known) = self.0.get_mut(index) {
                    *known = interval;
                }
                is_new
            }
            Err(index) => {
                self.0.insert(index, interval);
                if self.0.len() > MAX_INTERVALS {
                    let oldest = self.0.remove(0);
                    if let Some(next) = self.0.first_mut() {
                        next.start = oldest.start;
                    }
                }
                true
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn first_start(&self) -> Option<Time> {
        self.0.first().map(|interval| interval.start)
    }

    /// The end of the last interval; `None` while any lasts.
    pub(super) fn stop(&self) -> Option<Time> {
        self.0
            .iter()
            .map(|interval| interval.stop)
            .try_fold(None, |last, stop| Some(last.max(Some(stop?))))
            .flatten()
    }

    /// How long was worked in all, counting what overlaps once. An interval that lasts is counted up to `now`.
    pub(super) fn total(&self, now: Time) -> Duration {
        let mut total = Duration::ZERO;
        let mut counted_to: Option<Time> = None;
        for interval in &self.0 {
            let start = counted_to.map_or(interval.start, |to| to.max(interval.start));
            let stop = interval.stop.unwrap_or(now);
            total += stop.since(start);
            counted_to = Some(counted_to.map_or(stop, |to| to.max(stop)));
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::new(&Timestamp { seconds, nanos: 0 })
    }

    fn intervals(list: &[(i64, Option<i64>)]) -> Intervals {
        let mut intervals = Intervals::default();
        for (start, stop) in list {
            intervals.note(at(*start), stop.map(at));
        }
        intervals
    }

    #[test]
    fn what_overlaps_is_counted_once() {
        for (list, expected) in [
            (&[(1, Some(3))][..], 2),
            (&[(1, Some(3)), (5, Some(6))], 3),
            (&[(1, Some(4)), (2, Some(3))], 3),
            (&[(1, Some(3)), (2, Some(5))], 4),
            (&[(5, Some(6)), (1, Some(3))], 3),
            (&[(1, None)], 9),
            (&[(1, Some(2)), (8, None)], 3),
            (&[(1, None), (1, Some(2))], 1),
            (&[(3, Some(1))], 0),
        ] {
            let total = intervals(list).total(at(10));
            assert_eq!(total.as_secs(), expected, "{list:?}");
        }
    }

    #[test]
    fn an_end_is_the_last_one_and_only_if_nothing_lasts() {
        assert_eq!(intervals(&[]).stop(), None);
        assert_eq!(intervals(&[(1, Some(9)), (2, Some(3))]).stop(), Some(at(9)));
        assert_eq!(intervals(&[(1, Some(2)), (3, None)]).stop(), None);
    }

    #[test]
    fn many_intervals_flow_together() {
        let list: Vec<_> = (0..10_000)
            .map(|start| (2 * start, Some(2 * start + 1)))
            .collect();
        let intervals = intervals(&list);
        assert_eq!(intervals.0.len(), MAX_INTERVALS);
        assert_eq!(intervals.first_start(), Some(at(0)));
        assert_eq!(intervals.stop(), Some(at(19_999)));
    }

    #[test]
    fn no_time_of_an_engine_overflows() {
        let extreme = |seconds, nanos| Time::new(&Timestamp { seconds, nanos });
        let (first, last) = (extreme(i64::MIN, i32::MIN), extreme(i64::MAX, i32::MAX));
        assert_eq!(last.since(first), Duration::from_nanos(u64::MAX));
        assert_eq!(first.since(last), Duration::ZERO);
        assert_eq!(last.plus(Duration::MAX).parts().0, i64::MAX);
    }
}
