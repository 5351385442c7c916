//! A buildkitd of one test: with nothing in its cache, and free to be stopped.

use std::process::Command as Process;

use tempfile::TempDir;

use super::certificates::Certificates;
use super::command::Command;
use super::daemon::{Daemon, word_behind};
use super::engine::Engine;
use super::settings::settings;
use super::unique::unique_name;

/// What buildkitd says when it listens: the address is behind it.
const LISTENING: &str = "running server on ";

/// A buildkitd that ends with this value, with all that it has stored.
#[derive(Debug)]
pub(crate) struct PrivateEngine {
    address: String,
    // Fields are dropped in this order: the daemon first, then what it has stored.
    daemon: Daemon,
    _directories: Vec<TempDir>,
}

impl PrivateEngine {
    /// Starts the buildkitd on PATH, or where there is none the same version as the shared one in a container.
    #[track_caller]
    pub(crate) fn start() -> Self {
        if is_on_path() {
            let socket = tempfile::tempdir().expect("a directory can be made");
            let address = format!("unix://{}", socket.path().join("buildkitd.sock").display());
            let (daemon, root) = start_process(&["--addr", &address]);
            Self::answering(address, daemon, vec![root, socket])
        } else {
            let socket = tempfile::tempdir().expect("a directory can be made");
            let address = format!("unix://{}", socket.path().join("buildkitd.sock").display());
            let volume = format!("{}:/run/outside", socket.path().display());
            let group = Command::new("id").argument("-g").run().success();
            let daemon = start_container(
                &unique_name(),
                &["--volume", &volume],
                &[
                    "--addr",
                    "unix:///run/outside/buildkitd.sock",
                    "--group",
                    group.stdout_text().trim(),
                ],
            );
            Self::answering(address, daemon, vec![socket])
        }
    }

    /// The same on a port of the loopback address, for clients with a certificate of the same authority.
    #[track_caller]
    pub(crate) fn start_with(certificates: &Certificates) -> Self {
        let files = certificates.server();
        let arguments = [
            ("--addr", "tcp://127.0.0.1:0".to_owned()),
            ("--tlscacert", files.join("ca.pem").display().to_string()),
            ("--tlscert", files.join("cert.pem").display().to_string()),
            ("--tlskey", files.join("key.pem").display().to_string()),
        ];
        let arguments: Vec<_> = arguments
            .iter()
            .flat_map(|(name, value)| [*name, value.as_str()])
            .collect();
        let (daemon, directories) = if is_on_path() {
            let (daemon, root) = start_process(&arguments);
            (daemon, vec![root])
        } else {
            let volume = format!("{0}:{0}:ro", files.display());
            let options = ["--volume", &volume];
            let daemon = start_container(&unique_name(), &options, &arguments);
            (daemon, Vec::new())
        };
        let listening = |log: &str| word_behind(log, LISTENING).map(str::to_owned);
        let address = format!("tcp://{}", daemon.wait_until(listening));
        Self {
            address,
            daemon,
            _directories: directories,
        }
    }

    #[track_caller]
    fn answering(address: String, daemon: Daemon, directories: Vec<TempDir>) -> Self {
        let engine = Self {
            address,
            daemon,
            _directories: directories,
        };
        engine.wait();
        engine
    }

    #[track_caller]
    fn wait(&self) {
        let workers = ["--addr", &self.address, "debug", "workers"];
        let workers = Command::new("buildctl").arguments(workers);
        self.daemon.wait_until(|_| workers.succeeds().then_some(()));
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::BuildKit {
            address: Some(self.address.clone()),
        }
    }

    /// Kills the daemon.
    pub(crate) fn kill(&mut self) {
        self.daemon.kill();
    }

    /// Starts it once more, with what it has stored. It has to have its socket in a directory.
    #[track_caller]
    pub(crate) fn start_again(&mut self) {
        self.daemon.start_again();
        self.wait();
    }
}

fn is_on_path() -> bool {
    Command::new("buildkitd").argument("--version").succeeds()
}

/// Starts the one on PATH, with a directory of its own.
fn start_process(arguments: &[&str]) -> (Daemon, TempDir) {
    let root = TempDir::new_in(&settings().engine_data).expect("a directory can be made");
    let configuration = root.path().join("buildkitd.toml");
    // An empty one: without it buildkitd would read the machine's.
    std::fs::write(&configuration, "").expect("a file can be written");
    // In namespaces of its own: what it leaves mounted and running when it is killed goes with them.
    let mut command = Process::new("unshare");
    command
        .args([
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            "--",
            "buildkitd",
        ])
        .arg("--config")
        .arg(&configuration)
        .arg("--root")
        .arg(root.path().join("root"))
        .arg("--containerd-worker=false")
        .args(arguments);
    (Daemon::process(command, &root.path().join("log")), root)
}

/// Starts the version of the shared one.
fn start_container(name: &str, options: &[&str], arguments: &[&str]) -> Daemon {
    let info = Command::new("buildctl").arguments(["debug", "info"]);
    let info = info.run().success().stdout_text();
    let mut words = info.split_whitespace();
    let version = words
        .find(|word| word.starts_with("v0."))
        .expect("buildkitd has a version");
    let image = format!("moby/buildkit:{version}");
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
    let mut all: Vec<String> = owned(options);
    all.push("--privileged".to_owned());
    let arguments: Vec<String> = owned(arguments);
    Daemon::container(&Engine::Docker, name, &all, &image, &arguments)
}
