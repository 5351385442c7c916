//! A server of one test: a process of the host's, or a container where the host has no such program.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use super::engine::Engine;

/// A server may have to be pulled first, where it is a container.
const START_LIMIT: Duration = Duration::from_secs(3 * 60);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A server that ends with this value.
#[derive(Debug)]
pub(crate) struct Daemon(Kind);

#[derive(Debug)]
enum Kind {
    Process {
        command: Box<Process>,
        process: Child,
        log: PathBuf,
    },
    Container {
        name: String,
        docker: Engine,
    },
}

impl Daemon {
    /// Starts a program in the background; what it says goes to the file `log`.
    #[track_caller]
    pub(crate) fn process(mut command: Process, log: &Path) -> Self {
        let process = spawn(&mut command, log);
        Self(Kind::Process {
            command: Box::new(command),
            process,
            log: log.to_owned(),
        })
    }

    /// Starts a container of a docker in the background, on the host's network. `options` are those of `docker run`,
    /// `arguments` those of the image's program.
    #[track_caller]
    pub(crate) fn container(
        docker: &Engine,
        name: &str,
        options: &[String],
        image: &str,
        arguments: &[String],
    ) -> Self {
        Self::container_in(docker, "host", name, options, image, arguments)
    }

    /// The same on a network that docker has.
    #[track_caller]
    pub(crate) fn container_in(
        docker: &Engine,
        network: &str,
        name: &str,
        options: &[String],
        image: &str,
        arguments: &[String],
    ) -> Self {
        docker
            .docker(["run", "--detach", "--network", network, "--name", name])
            .arguments(options)
            .argument(image)
            .arguments(arguments)
            .run()
            .success();
        Self(Kind::Container {
            name: name.to_owned(),
            docker: docker.clone(),
        })
    }

    /// Waits until it is ready, which `ready` tells from all that it has said so far.
    #[track_caller]
    pub(crate) fn wait_until<T>(&self, ready: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let log = self.log();
            if let Some(value) = ready(&log) {
                return value;
            }
            assert!(Instant::now() < deadline, "it does not answer: {log}");
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        match &mut self.0 {
            Kind::Process { process, .. } => {
                process.kill().expect("a child can be killed");
                process.wait().expect("a child can be waited for");
            }
            Kind::Container { name, docker } => {
                drop(docker.docker(["kill", name]).run().success());
            }
        }
    }

    /// Starts it once more, after it was killed.
    #[track_caller]
    pub(crate) fn start_again(&mut self) {
        match &mut self.0 {
            Kind::Process {
                command,
                process,
                log,
            } => *process = spawn(command, log),
            Kind::Container { name, docker } => {
                drop(docker.docker(["start", name]).run().success());
            }
        }
    }

    fn log(&self) -> String {
        match &self.0 {
            Kind::Process { log, .. } => std::fs::read_to_string(log).unwrap_or_default(),
            Kind::Container { name, docker } => docker.docker(["logs", name]).run().stderr,
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        match &mut self.0 {
            Kind::Process { process, .. } => {
                // It may have been killed already.
                drop(process.kill());
                drop(process.wait());
            }
            Kind::Container { name, docker } => {
                drop(docker.docker(["rm", "--force", "--volumes", name]).run());
            }
        }
    }
}

#[track_caller]
fn spawn(command: &mut Process, log: &Path) -> Child {
    let file = File::create(log).expect("a file can be made");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(file)
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"))
}

/// The rest of the word behind a text in a log: `127.0.0.1:32768` behind `listening on `.
pub(crate) fn word_behind<'log>(log: &'log str, text: &str) -> Option<&'log str> {
    let (_, rest) = log.split_once(text)?;
    let end = rest.find(|character: char| character.is_whitespace() || character == '"')?;
    Some(&rest[..end])
}
