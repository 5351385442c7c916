//! The companion: looks at a source tree and writes a build plan.

use std::env;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use railpack::cli::{Surroundings, listen, run};

fn main() -> ExitCode {
    let (mut stdout, mut stderr) = (io::stdout().lock(), io::stderr().lock());
    let mut surroundings = Surroundings {
        variable: &|name| env::var(name).ok(),
        stdout_is_terminal: stdout.is_terminal(),
        stderr_is_terminal: stderr.is_terminal(),
        stdout: &mut stdout,
        stderr: &mut stderr,
        stop: listen(),
    };
    run(env::args_os(), &mut surroundings).into()
}
