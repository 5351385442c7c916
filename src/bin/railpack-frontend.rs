//! The BuildKit gateway frontend: builds the plan that a client offers.
//!
//! Standard output is the connection to BuildKit; nothing else may be written to it once a build is served.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::exit;

use railpack::causes::causes;
use railpack::fingerprint;
use railpack::frontend::serve;
use railpack::gateway::Environment;
use tracing_subscriber::filter::LevelFilter;

/// How much is logged to standard error, which is the engine's own log: `off`, `error`, `warn`, `info`, `debug`, `trace`.
const LOG_VARIABLE: &str = "RAILPACK_LOG";

/// Exit code of a build whose end the client did not get.
const FAILURE: i32 = 1;
/// Exit code of a wrong call.
const USAGE: i32 = 2;

const HELP: &str = "\
railpack-frontend builds the plans that `railpack plan` writes. BuildKit starts it, out of a container image:

  docker buildx build --build-arg BUILDKIT_SYNTAX=<this image> --file rpk.json <directory>

  buildctl build --frontend gateway.v0 --opt source=<this image> \\
    --local dockerfile=<directory of rpk.json> --local context=<directory>

To build without an image of it:

  railpack-frontend build <directory>

Options:
  --help       Print this
  --version    Print the version

Environment:
  RAILPACK_LOG    What goes to the engine's log: off, error, warn (default), info, debug, trace
";

fn main() {
    exit(match std::env::args_os().nth(1) {
        #[cfg(feature = "client")]
        Some(command) if command == "build" => client::build(),
        Some(command) if command == fingerprint::COMMAND => hash_secrets(),
        None if Environment::is_present(&variables()) => build(),
        None => usage("this is not a terminal program: BuildKit starts it"),
        Some(argument) if argument == "--help" || argument == "-h" => print(HELP),
        Some(argument) if argument == "--version" || argument == "-V" => print(concat!(
            "railpack-frontend ",
            env!("CARGO_PKG_VERSION"),
            "\n"
        )),
        Some(argument) => usage(&format!("unknown argument `{}`", argument.display())),
    });
}

/// Builds with this program as the client.
#[cfg(feature = "client")]
mod client {
    use std::env;
    use std::io::{self, IsTerminal as _};
    use std::sync::Arc;

    use railpack::cli::Surroundings;

    pub(super) fn build() -> i32 {
        super::start_log();
        // Not locked: an archive may go to standard output while it is built.
        let (mut stdout, mut stderr) = (io::stdout(), io::stderr());
        let mut surroundings = Surroundings {
            variable: &|name| env::var(name).ok(),
            stdout_is_terminal: stdout.is_terminal(),
            stderr_is_terminal: stderr.is_terminal(),
            stdout: &mut stdout,
            stderr: &mut stderr,
            // The build listens itself.
            stop: Arc::default(),
        };
        // The program's own name, then what stands behind `build`.
        let arguments = env::args_os().take(1).chain(env::args_os().skip(2));
        railpack::client::run(arguments, &mut surroundings)
            .code()
            .into()
    }
}

fn start_log() {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(log_level())
        .with_ansi(false)
        .init();
}

fn build() -> i32 {
    start_log();
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    let code = runtime.block_on(async {
        match serve(std::env::vars_os(), std::env::current_exe()).await {
            Ok(()) => 0,
            Err(error) => fail(&error),
        }
    });
    // The runtime would wait for the thread that reads standard input, and the engine for the end of this process.
    exit(code)
}

/// Hashes the secrets of a build, which runs this for the frontend.
fn hash_secrets() -> i32 {
    let arguments = std::env::args_os().skip(2);
    match fingerprint::run(arguments, &|name| std::env::var_os(name)) {
        Ok(()) => 0,
        Err(error) => fail(&error),
    }
}

fn variables() -> Vec<OsString> {
    std::env::vars_os().map(|(name, _)| name).collect()
}

fn log_level() -> LevelFilter {
    let level = std::env::var(LOG_VARIABLE).ok();
    level
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::WARN)
}

fn fail(error: &dyn Error) -> i32 {
    // Nothing is left to tell it to if this fails.
    let _ = writeln!(io::stderr(), "error: {error}");
    for cause in causes(error) {
        let _ = writeln!(io::stderr(), "  caused by: {cause}");
    }
    FAILURE
}

fn usage(message: &str) -> i32 {
    let _ = write!(io::stderr(), "error: {message}\n\n{HELP}");
    USAGE
}

fn print(text: &str) -> i32 {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(error) => fail(&error),
    }
}
