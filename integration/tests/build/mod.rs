//! `railpack build`: what the frontend image does, without one.

mod cache;
mod failures;
mod output;
mod secrets;

use libtest_mimic::Trial;

/// All tests of the client.
pub(crate) fn subject() -> Vec<Trial> {
    let subjects = [
        cache::subject(),
        failures::subject(),
        output::subject(),
        secrets::subject(),
    ];
    subjects.into_iter().flatten().collect()
}
