//! A buildkitd of one test: with nothing in its cache, and free to be stopped.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::command::Command;
use super::engine::Engine;
use super::image::docker;
use super::unique::unique_name;

const START_LIMIT: Duration = Duration::from_secs(60);
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A buildkitd that ends with this value, with all that it has stored.
#[derive(Debug)]
pub(crate) struct PrivateEngine {
    address: String,
    daemon: Daemon,
}

#[derive(Debug)]
enum Daemon {
    Process {
        process: Child,
        root: TempDir,
        _socket: TempDir,
    },
    Container {
        name: String,
    },
}

impl PrivateEngine {
    /// Starts the buildkitd on PATH, or where there is none the same version as the shared one in a container.
    #[track_caller]
    pub(crate) fn start() -> Self {
        let engine = if Command::new("buildkitd").argument("--version").succeeds() {
            Self::start_process()
        } else {
            Self::start_container()
        };
        engine.wait_until_it_answers();
        engine
    }

    pub(crate) fn engine(&self) -> Engine {
        Engine::BuildKit {
            address: Some(self.address.clone()),
        }
    }

    /// Kills the daemon.
    pub(crate) fn kill(&mut self) {
        match &mut self.daemon {
            Daemon::Process { process, .. } => {
                process.kill().expect("a child can be killed");
                process.wait().expect("a child can be waited for");
            }
            Daemon::Container { name } => drop(docker(["kill", name]).run().success()),
        }
    }

    fn start_process() -> Self {
        // Beside the build's other files: /tmp may be of a kind that cannot carry layers. But a socket's path must be short.
        let root = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory can be made");
        let socket = tempfile::tempdir().expect("a directory can be made");
        let address = format!("unix://{}", socket.path().join("buildkitd.sock").display());
        let configuration = root.path().join("buildkitd.toml");
        // An empty one: without it buildkitd would read the machine's.
        std::fs::write(&configuration, "").expect("a file can be written");
        // In namespaces of its own: what it leaves mounted and running when it is killed goes with them.
        let process = std::process::Command::new("unshare")
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
            .args(["--addr", &address, "--containerd-worker=false"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(log_file(root.path())).expect("a file can be made"))
            .spawn()
            .expect("buildkitd can be started");
        Self {
            address,
            daemon: Daemon::Process {
                process,
                root,
                _socket: socket,
            },
        }
    }

    fn start_container() -> Self {
        let name = unique_name();
        let version = Command::new("buildctl")
            .arguments(["debug", "info"])
            .run()
            .success()
            .stdout_text();
        let version = version
            .split_whitespace()
            .find(|word| word.starts_with("v0."))
            .expect("buildkitd has a version");
        let image = format!("moby/buildkit:{version}");
        docker([
            "run",
            "--detach",
            "--privileged",
            "--network",
            "host",
            "--name",
            &name,
            &image,
        ])
        .run()
        .success();
        Self {
            address: format!("docker-container://{name}"),
            daemon: Daemon::Container { name },
        }
    }

    #[track_caller]
    fn wait_until_it_answers(&self) {
        let deadline = Instant::now() + START_LIMIT;
        while !Command::new("buildctl")
            .arguments(["--addr", &self.address, "debug", "workers"])
            .succeeds()
        {
            assert!(
                Instant::now() < deadline,
                "buildkitd does not answer: {}",
                self.log()
            );
            std::thread::sleep(POLL_INTERVAL);
        }
    }

    fn log(&self) -> String {
        match &self.daemon {
            Daemon::Process { root, .. } => {
                std::fs::read_to_string(log_file(root.path())).unwrap_or_default()
            }
            Daemon::Container { name } => docker(["logs", name]).run().stderr,
        }
    }
}

impl Drop for PrivateEngine {
    fn drop(&mut self) {
        match &mut self.daemon {
            Daemon::Process { process, .. } => {
                // It may have been killed already.
                drop(process.kill());
                drop(process.wait());
            }
            Daemon::Container { name } => drop(docker(["rm", "--force", "--volumes", name]).run()),
        }
    }
}

fn log_file(root: &Path) -> PathBuf {
    root.join("log")
}
