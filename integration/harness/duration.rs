//! How long each test takes, so that who waits for a run sees what it waits for.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};

/// As many as fit on a screen below the result.
const SHOWN: usize = 15;

static ENDED: Mutex<Vec<(Duration, String)>> = Mutex::new(Vec::new());

/// A test whose time is kept.
pub(crate) fn timed(
    name: String,
    test: impl FnOnce() -> Result<(), Failed> + Send + 'static,
) -> Trial {
    Trial::test(name.clone(), move || {
        let _clock = Clock {
            name,
            started: Instant::now(),
        };
        test()
    })
}

/// The slowest tests that have ended, a line each; several run at once, so that the sum says nothing.
pub(crate) fn slowest() -> String {
    let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner).clone();
    ended.sort_by(|one, other| other.cmp(one));
    let mut text = String::from("slowest:\n");
    for (duration, name) in ended.iter().take(SHOWN) {
        writeln!(text, "{:6.1} s  {name}", duration.as_secs_f64()).expect("a string takes text");
    }
    text
}

/// Runs out with its test, also one that panics.
struct Clock {
    name: String,
    started: Instant,
}

impl Drop for Clock {
    fn drop(&mut self) {
        let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner);
        ended.push((self.started.elapsed(), std::mem::take(&mut self.name)));
    }
}
