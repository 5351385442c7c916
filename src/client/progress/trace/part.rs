//! A part of a vertex's work: a layer that is pulled, a tree that is transferred.

use std::time::Duration;

use super::super::time::Time;

/// A part of a vertex's work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Part {
    /// What it is, in the engine's words.
    pub(in super::super) id: String,
    pub(in super::super) current: i64,
    /// 0 if it is not known.
    pub(in super::super) total: i64,
    pub(in super::super) time: Option<Time>,
    pub(in super::super) started: Option<Time>,
    pub(in super::super) completed: Option<Time>,
}

impl Part {
    /// How long it took, or has taken.
    pub(in super::super) fn duration(&self) -> Option<Duration> {
        let end = self.completed.or(self.time)?;
        self.started.map(|start| end.since(start))
    }

    /// `12.34MB / 45.60MB`; nothing if nothing is counted.
    pub(in super::super) fn amount(&self) -> Option<String> {
        match (self.current, self.total) {
            (0, 0) => None,
            (current, 0) => Some(size(current)),
            (current, total) => Some(format!("{} / {}", size(current), size(total))),
        }
    }

    /// How much of it is done, from 0 to 1; nothing if the whole is not known.
    pub(in super::super) fn fraction(&self) -> Option<f64> {
        (self.total > 0).then(|| (as_f64(self.current) / as_f64(self.total)).clamp(0.0, 1.0))
    }
}

/// A number of bytes in decimal units, as docker writes it.
fn size(bytes: i64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let mut value = as_f64(bytes);
    let mut unit = "B";
    for larger in UNITS {
        if value.abs() < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = larger;
    }
    if unit == "B" {
        format!("{bytes}B")
    } else {
        format!("{value:.2}{unit}")
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "only a few digits of it are shown"
)]
fn as_f64(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_docker_writes_them() {
        for (bytes, expected) in [
            (0, "0B"),
            (999, "999B"),
            (1_000, "1.00kB"),
            (1_234, "1.23kB"),
            (45_600_000, "45.60MB"),
            (i64::MAX, "9.22EB"),
            (-5, "-5B"),
        ] {
            assert_eq!(size(bytes), expected);
        }
    }
}
