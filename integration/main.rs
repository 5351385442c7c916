//! Tests on real engines. Every test is one of the behaviour named after it on one engine:
//!
//! ```text
//! cargo test --test integration                              all
//! cargo test --test integration -- examples/node-bun         one example
//! cargo test --test integration -- secrets/ --skip docker    one subject, with buildctl only
//! ```
//!
//! `harness` is what the tests are written with, `tests` are the tests: a file is a subject.

// A test fails by panicking.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![expect(
    clippy::print_stderr,
    reason = "the line that says how to get engines, and what took how long"
)]

mod harness;
mod tests;

use std::num::NonZero;
use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::Arguments;

use harness::{duration, image, settings};

/// Tests mostly wait for engines: more of them at once than there are processors.
const LEAST_THREADS: usize = 5;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    if !arguments.list
        && let Err(missing) = settings::check()
    {
        eprintln!(
            "error: the engines are not there: {missing}; get them by eval \"$(integration/up)\", or use integration/run"
        );
        return ExitCode::FAILURE;
    }
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    arguments
        .test_threads
        .get_or_insert(processors.max(LEAST_THREADS));
    let listed = arguments.list;
    let conclusion = libtest_mimic::run(&arguments, tests::all());
    if !listed {
        image::remove_pushed();
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("durations.txt");
        match duration::report(&file) {
            Ok(slowest) => eprint!("{slowest}"),
            Err(error) => eprintln!("error: {}: {error}", file.display()),
        }
    }
    conclusion.exit_code()
}
