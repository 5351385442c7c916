//! A container that runs, and removes itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::command::Command;
use super::engine::Engine;
use super::image::Image;
use super::pauses::Pauses;
use super::unique::unique_name;

/// A container; killed and removed with this value.
#[derive(Debug)]
pub(crate) struct Container {
    name: String,
    /// Whose Docker runs it.
    engine: Engine,
}

/// What a container has printed so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Logs {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Container {
    /// Runs the image's start command in the background. A port of the container is published on some free port of the
    /// loopback address.
    #[track_caller]
    pub(crate) fn start(
        image: &Image,
        environment: &BTreeMap<String, String>,
        platform: Option<&str>,
        port: Option<u16>,
    ) -> Self {
        let container = Self {
            name: unique_name(),
            engine: image.engine().clone(),
        };
        let mut command = container.docker(["run", "--detach", "--name", &container.name]);
        for (name, value) in environment {
            command = command
                .argument("--env")
                .argument(name)
                .variable(name, value);
        }
        if let Some(platform) = platform {
            command = command.argument("--platform").argument(platform);
        }
        if let Some(port) = port {
            command = command
                .argument("--publish")
                .argument(format!("127.0.0.1::{port}"));
        }
        command.argument(image.name()).run().success();
        container
    }

    fn docker<const N: usize>(&self, arguments: [&str; N]) -> Command {
        self.engine.docker(arguments)
    }

    /// The address under which a published port is reached, as `127.0.0.1:32768`; `None` once the container has ended.
    pub(crate) fn address(&self, port: u16) -> Option<String> {
        let outcome = self.docker(["port", &self.name, &port.to_string()]).run();
        let address = outcome.stdout_text().lines().next().map(str::to_owned);
        address.filter(|_| outcome.succeeded())
    }

    #[track_caller]
    pub(crate) fn logs(&self) -> Logs {
        let outcome = self.docker(["logs", &self.name]).run().success();
        Logs {
            stdout: outcome.stdout_text(),
            stderr: outcome.stderr,
        }
    }

    /// Its exit code, once it has ended.
    #[track_caller]
    pub(crate) fn exit_code(&self) -> Option<i32> {
        let format = "{{.State.Running}} {{.State.ExitCode}}";
        let outcome = self
            .docker(["container", "inspect", "--format", format, &self.name])
            .run()
            .success();
        let text = outcome.stdout_text();
        match text.trim().split_once(' ') {
            Some(("false", code)) => code.parse().ok(),
            _ => None,
        }
    }

    /// Waits until it has printed each of the texts on standard output, for a server never ends by itself.
    pub(crate) fn wait_for_output(
        &self,
        texts: &[String],
        limit: Duration,
    ) -> Result<Logs, String> {
        let deadline = Instant::now() + limit;
        let mut pauses = Pauses::new();
        loop {
            // In this order: what an ended container printed last is then in the logs.
            let exit_code = self.exit_code();
            let logs = self.logs();
            let missing: Vec<_> = texts
                .iter()
                .filter(|text| !logs.stdout.contains(text.as_str()))
                .collect();
            match exit_code {
                Some(0) | None if missing.is_empty() => return Ok(logs),
                Some(code) => {
                    return Err(format!(
                        "ended with exit code {code}, not printed: {missing:?}\n{logs}"
                    ));
                }
                None if Instant::now() >= deadline => {
                    return Err(format!("not printed within {limit:?}: {missing:?}\n{logs}"));
                }
                None => pauses.pause(),
            }
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        drop(
            self.docker(["rm", "--force", "--volumes", &self.name])
                .run(),
        );
    }
}

impl std::fmt::Display for Logs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            formatter,
            "--- container's stdout\n{}\n--- container's stderr\n{}",
            self.stdout, self.stderr
        )
    }
}
