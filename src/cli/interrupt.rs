//! Ctrl-C, and the other ways in which a process is asked to end.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use super::ExitStatus;

/// How long this process may take to end when it is asked to: what holds it longer is a disk or a pipe that does not answer.
const LIMIT: Duration = Duration::from_secs(1);

/// Listens from now on: this process does not end by itself any more when it is asked to, but sets the flag that this gives, so that
/// what runs for it is stopped and what it has made is removed. It ends a second later in any case.
#[must_use]
pub fn listen() -> Arc<AtomicBool> {
    let is_wanted = Arc::new(AtomicBool::new(false));
    // Where nothing can be caught the process ends as all do.
    if let Ok(mut signals) = Signals::new([SIGHUP, SIGINT, SIGTERM]) {
        let is_wanted = Arc::clone(&is_wanted);
        thread::spawn(move || {
            if signals.forever().next().is_some() {
                is_wanted.store(true, Ordering::Relaxed);
                thread::sleep(LIMIT);
                process::exit(ExitStatus::Interrupted.code().into());
            }
        });
    }
    is_wanted
}
