//! The companion: looks at a source tree and writes a build plan.

use std::env;
use std::io;
use std::process::ExitCode;

use railpack::cli::{Surroundings, run};

fn main() -> ExitCode {
    let mut surroundings = Surroundings {
        variable: &|name| env::var(name).ok(),
        stdout: &mut io::stdout().lock(),
        stderr: &mut io::stderr().lock(),
    };
    run(env::args_os(), &mut surroundings).into()
}
