//! How long each test takes, so that who waits for a run sees what it waits for.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, io};

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

/// The tests that have ended, the slowest first, a line each; several run at once, so that the sum says nothing.
fn ended() -> Vec<String> {
    let mut ended = ENDED.lock().unwrap_or_else(PoisonError::into_inner).clone();
    ended.sort_by(|one, other| other.cmp(one));
    let line = |(duration, name): &(Duration, String)| {
        let seconds = duration.as_secs_f64();
        format!("{seconds:6.1} s  {name}\n")
    };
    ended.iter().map(line).collect()
}

/// Writes all of them into a file, and gives the first of them for the screen.
///
/// # Errors
///
/// The file cannot be written.
pub(crate) fn report(file: &Path) -> io::Result<String> {
    let ended = ended();
    fs::write(file, ended.concat())?;
    let shown = ended.get(..SHOWN).unwrap_or(&ended).concat();
    Ok(format!("slowest, of all in {}:\n{shown}", file.display()))
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
