//! Loading an archive into the image store of this machine, through its program.

use std::fmt;
use std::io;
use std::process::{ExitStatus, Stdio};

use thiserror::Error;
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::client::address::Address;

/// The programs that load images, best first. All of them have `load`, which reads standard input.
const PROGRAMS: [&str; 3] = ["docker", "podman", "nerdctl"];

/// The largest output of a program that is kept.
const MAX_OUTPUT: u64 = 64 << 10;

/// A program that loads an image, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loader {
    program: &'static str,
    arguments: Vec<String>,
}

/// A program that is loading, killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Loading {
    loader: Loader,
    task: JoinHandle<()>,
    ended: watch::Receiver<Option<Ended>>,
}

/// How a program ended.
#[derive(Clone, Debug)]
enum Ended {
    /// With a status, and what it wrote on standard error.
    Exited(ExitStatus, String),
    /// It is not known how.
    Lost(io::ErrorKind),
}

impl Loader {
    /// The program that belongs to the engine at an address, else the first that is there. `is_on_path` says whether a
    /// program can be started.
    pub(crate) fn choose(
        address: &Address,
        is_on_path: impl Fn(&str) -> bool,
    ) -> Result<Self, LoadError> {
        let mut arguments = Vec::new();
        let engine = match address {
            Address::Program(program) => {
                // The context of Docker's, the namespace of nerdctl's.
                let options = program.arguments.iter();
                let options = options.take_while(|argument| argument.starts_with("--"));
                arguments.extend(options.cloned());
                PROGRAMS.into_iter().find(|name| *name == program.name)
            }
            Address::Unix(_) | Address::Tcp { .. } => None,
        };
        if engine.is_none() {
            arguments.clear();
        }
        let program = engine
            .or_else(|| PROGRAMS.into_iter().find(|name| is_on_path(name)))
            .ok_or(LoadError::NoProgram)?;
        arguments.push("load".to_owned());
        Ok(Self { program, arguments })
    }

    /// Starts it; gives where the archive is to be written to.
    pub(crate) fn start(self) -> Result<(Loading, ChildStdin), LoadError> {
        let mut command = Command::new(self.program);
        command
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // Ctrl-C is for us: half an archive must not look like a whole one to it.
        #[cfg(unix)]
        command.process_group(0);
        let started = command.spawn().and_then(|mut child| {
            let input = child.stdin.take();
            Ok((child, input.ok_or(io::ErrorKind::BrokenPipe)?))
        });
        let (child, input) = started.map_err(|source| LoadError::Start {
            loader: self.clone(),
            source,
        })?;
        let (sender, ended) = watch::channel(None);
        let task = tokio::spawn(async move {
            // Nobody listens any more only if the build is over.
            let _ = sender.send(Some(wait(child).await));
        });
        let loading = Loading {
            loader: self,
            task,
            ended,
        };
        Ok((loading, input))
    }
}

impl Loading {
    /// The program that then has the image.
    pub(crate) fn program(&self) -> &'static str {
        self.loader.program
    }

    /// Ready if the program fails; else never.
    pub(crate) async fn failure(&self) -> LoadError {
        match self.end().await {
            Ok(()) => std::future::pending().await,
            Err(error) => error,
        }
    }

    /// Waits for its end.
    pub(crate) async fn end(&self) -> Result<(), LoadError> {
        let mut ended = self.ended.clone();
        let ended = match ended.wait_for(Option::is_some).await {
            Ok(ended) => ended.clone(),
            Err(_) => None,
        };
        match ended.unwrap_or(Ended::Lost(io::ErrorKind::Other)) {
            Ended::Exited(status, _) if status.success() => Ok(()),
            Ended::Exited(status, stderr) => Err(LoadError::Failed {
                loader: self.loader.clone(),
                status,
                stderr,
            }),
            Ended::Lost(kind) => Err(LoadError::Start {
                loader: self.loader.clone(),
                source: kind.into(),
            }),
        }
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn wait(mut child: Child) -> Ended {
    let mut text = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        // What was read before an error is still worth telling.
        let _ = stderr.take(MAX_OUTPUT).read_to_end(&mut text).await;
    }
    match child.wait().await {
        Ok(status) => Ended::Exited(status, String::from_utf8_lossy(&text).trim().to_owned()),
        Err(error) => Ended::Lost(error.kind()),
    }
}

impl fmt::Display for Loader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.program, self.arguments.join(" "))
    }
}

/// Why an image is not loaded.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    /// There is no program for it.
    #[error("there is no {} on PATH to load the image into", PROGRAMS.join(", "))]
    NoProgram,
    /// It cannot be started.
    #[error("`{loader}` cannot be started")]
    Start {
        /// The program.
        loader: Loader,
        /// Why not.
        source: io::Error,
    },
    /// It failed.
    #[error("`{loader}` failed ({status}): {stderr}")]
    Failed {
        /// The program.
        loader: Loader,
        /// Its end.
        status: ExitStatus,
        /// Its words.
        stderr: String,
    },
}

/// What to do where an image cannot be loaded.
pub(crate) const LOAD_HINT: &str = "write the image to a file with `--output type=docker,dest=image.tar`, or push it with `--push`";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::address::Service;

    fn chosen(address: &str, programs: &[&str]) -> String {
        let address = Address::parse(address, Service::BuildKit).unwrap();
        match Loader::choose(&address, |name| programs.contains(&name)) {
            Ok(loader) => loader.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_engines_own_program_loads_or_the_first_that_is_there() {
        let unix = "unix:///run/buildkit/buildkitd.sock";
        for (address, programs, expected) in [
            (unix, &["podman", "docker"][..], "docker load"),
            (unix, &["nerdctl", "podman"], "podman load"),
            (
                unix,
                &[],
                "there is no docker, podman, nerdctl on PATH to load the image into",
            ),
            ("podman-container://b", &["docker"], "podman load"),
            (
                "docker-container://b?context=far",
                &[],
                "docker --context=far load",
            ),
            (
                "nerdctl-container://b?namespace=n",
                &[],
                "nerdctl --namespace=n load",
            ),
            ("kube-pod://b?namespace=n", &["docker"], "docker load"),
            ("ssh://host", &["docker"], "docker load"),
        ] {
            assert_eq!(chosen(address, programs), expected, "{address}");
        }
    }

    #[tokio::test]
    async fn a_program_that_fails_is_told_with_its_words() {
        let loader = Loader {
            program: "sh",
            arguments: vec![
                "-c".to_owned(),
                "cat >/dev/null; echo no space >&2; exit 3".to_owned(),
            ],
        };
        let (loading, input) = loader.start().unwrap();
        drop(input);
        let error = loading.failure().await.to_string();
        assert!(
            error.ends_with("failed (exit status: 3): no space"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_program_that_succeeds_has_read_everything() {
        let loader = Loader {
            program: "sh",
            arguments: vec!["-c".to_owned(), "test \"$(cat)\" = archive".to_owned()],
        };
        let (loading, mut input) = loader.start().unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut input, b"archive")
            .await
            .unwrap();
        drop(input);
        loading.end().await.unwrap();
    }
}
