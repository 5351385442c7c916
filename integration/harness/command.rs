//! Running a program: with a time limit, its output captured while it runs.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::progress::readable;

/// Enough for a build that downloads a language on a slow machine.
const TIME_LIMIT: Duration = Duration::from_secs(15 * 60);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A program with its arguments and what is added to this process's environment.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: Option<PathBuf>,
}

/// What a program that ended has left.
#[derive(Debug)]
pub(crate) struct Outcome {
    command: String,
    status: ExitStatus,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

/// A program that runs.
pub(crate) struct Running {
    command: Command,
    child: Child,
    started: Instant,
    stdout: Option<Reading>,
    stderr: Reading,
}

/// A pipe that is read in the background, for a program that fills one nobody reads would stand still.
struct Reading {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: JoinHandle<()>,
}

impl Command {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            directory: None,
        }
    }

    pub(crate) fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    pub(crate) fn arguments<T: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = T>) -> Self {
        arguments.into_iter().fold(self, Self::argument)
    }

    /// The same command, started by another program that takes it for its last arguments.
    pub(crate) fn by<const N: usize>(self, program: &str, options: [&str; N]) -> Self {
        let own = std::iter::once(self.program).chain(self.arguments);
        Self {
            environment: self.environment,
            ..Self::new(program).arguments(options).arguments(own)
        }
    }

    /// Sets a variable of the program's environment. Values are not shown when the program fails: they may be secrets.
    pub(crate) fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.environment
            .push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs it in a directory.
    pub(crate) fn directory(mut self, directory: &Path) -> Self {
        self.directory = Some(directory.to_owned());
        self
    }

    /// Has another program, such as a shell, run it: its command line comes behind these words.
    pub(crate) fn run_by<const N: usize>(mut self, words: [&str; N]) -> Self {
        let program = std::mem::take(&mut self.program);
        let mut words = words.into_iter().map(OsString::from);
        self.program = words.next().expect("there is a program");
        self.arguments = words.chain([program]).chain(self.arguments).collect();
        self
    }

    /// Runs it to its end: could it be started, and did it succeed?
    pub(crate) fn succeeds(&self) -> bool {
        let mut command = std::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Runs it to its end, whatever that is; a program that outlives its time is killed and fails the test.
    pub(crate) fn run(self) -> Outcome {
        self.start().wait()
    }

    pub(crate) fn start(self) -> Running {
        self.start_with(Stdio::null(), Stdio::piped())
    }

    /// `self | next`: runs both to their ends.
    pub(crate) fn pipe_into(self, next: Self) -> (Outcome, Outcome) {
        let mut next = next.start_with(Stdio::piped(), Stdio::piped());
        let pipe: ChildStdin = next.child.stdin.take().expect("standard input is a pipe");
        let first = self.start_with(Stdio::null(), Stdio::from(pipe));
        (first.wait(), next.wait())
    }

    fn start_with(self, stdin: Stdio, stdout: Stdio) -> Running {
        let mut command = std::process::Command::new(&self.program);
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        let mut child = command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(stdin)
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("could not start `{}`: {error}", self.line()));
        Running {
            stdout: child.stdout.take().map(Reading::start),
            stderr: Reading::start(child.stderr.take().expect("standard error is a pipe")),
            started: Instant::now(),
            command: self,
            child,
        }
    }

    /// The command line as one would type it.
    fn line(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.arguments);
        words
            .map(|word| quote(&word.to_string_lossy()))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl Running {
    /// Waits for its end; one that outlives its time is killed and fails the test.
    pub(crate) fn wait(mut self) -> Outcome {
        let deadline = self.started + TIME_LIMIT;
        let mut killed = false;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break status;
            }
            if !killed && Instant::now() >= deadline {
                killed = true;
                self.child.kill().expect("a child can be killed");
            }
            std::thread::sleep(POLL_INTERVAL);
        };
        let outcome = Outcome {
            command: self.command.line(),
            status,
            stdout: self.stdout.map(Reading::finish).unwrap_or_default(),
            stderr: String::from_utf8_lossy(&self.stderr.finish()).into_owned(),
        };
        assert!(!killed, "not done after {TIME_LIMIT:?}: {outcome}");
        outcome
    }

    /// Waits until it has printed a text on standard error.
    #[track_caller]
    pub(crate) fn wait_for_stderr(&mut self, text: &str, limit: Duration) {
        let what = format!("has not printed {text:?}");
        self.wait_until(&what, limit, |printed| printed.contains(text));
    }

    /// Waits until something is so that it brings about. Fails the test, with what it has printed, if it ends before.
    #[track_caller]
    pub(crate) fn wait_until(
        &mut self,
        what_is_missing: &str,
        limit: Duration,
        condition: impl Fn(&str) -> bool,
    ) {
        let since = Instant::now();
        loop {
            let ended = self.child.try_wait().expect("a child can be waited for");
            let printed = String::from_utf8_lossy(&self.stderr.so_far()).into_owned();
            if condition(&printed) {
                return;
            }
            let state = match ended {
                Some(status) => status.to_string(),
                None if since.elapsed() > limit => format!("after {limit:?}"),
                None => {
                    std::thread::sleep(POLL_INTERVAL);
                    continue;
                }
            };
            panic!(
                "`{}` {what_is_missing} ({state}):\n{printed}",
                self.command.line()
            );
        }
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&mut self) {
        self.signal("-INT");
    }

    /// Asks it to end, in one of the ways that `kill` has, and waits for that.
    #[track_caller]
    pub(crate) fn end_by(self, signal: &str) -> Outcome {
        self.signal(signal);
        self.wait()
    }

    fn signal(&self, signal: &str) {
        let process = self.child.id().to_string();
        Command::new("kill")
            .arguments([signal, &process])
            .run()
            .success();
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
    }
}

impl Reading {
    fn start(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&bytes);
        let thread = std::thread::spawn(move || {
            let mut chunk = vec![0; 64 * 1024];
            // What was read before an error is still worth showing.
            while let Ok(length @ 1..) = pipe.read(&mut chunk) {
                shared
                    .lock()
                    .expect("no reader panics")
                    .extend_from_slice(&chunk[..length]);
            }
        });
        Self { bytes, thread }
    }

    fn so_far(&self) -> Vec<u8> {
        self.bytes.lock().expect("no reader panics").clone()
    }

    fn finish(self) -> Vec<u8> {
        self.thread.join().expect("no reader panics");
        std::mem::take(&mut self.bytes.lock().expect("no reader panics"))
    }
}

impl Outcome {
    /// The exit code, if the program ended by itself.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    pub(crate) fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// Fails the test unless the program succeeded.
    #[track_caller]
    pub(crate) fn success(self) -> Self {
        assert!(self.succeeded(), "failed: {self}");
        self
    }

    /// Fails the test unless the program failed.
    #[track_caller]
    pub(crate) fn failure(self) -> Self {
        assert!(!self.succeeded(), "succeeded, where it had to fail: {self}");
        self
    }

    pub(crate) fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "{}\n{}", self.command, self.status)?;
        // An image on standard output is of no use to a reader.
        let stdout = if self.stdout.len() > 100_000 {
            format!("({} bytes)", self.stdout.len())
        } else {
            self.stdout_text()
        };
        writeln!(
            formatter,
            "--- stdout\n{stdout}\n--- stderr\n{}",
            readable(&self.stderr)
        )
    }
}

fn quote(word: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "-_=./:,@%+$".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
