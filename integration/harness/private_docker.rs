//! A Docker of one test, free to be killed.

use std::process::Command as Process;

use tempfile::TempDir;

use super::command::Command;
use super::daemon::Daemon;
use super::direct::DirectBuild;
use super::engine::{Engine, OtherDocker};
use super::image::docker;
use super::project::{Project, plan_of_commands};
use super::settings::{checkout, settings};
use super::unique::{unique_name, unique_token};

/// A version of Docker, and how a daemon of it is started.
struct Version {
    /// The variable that says where `integration/up` has installed it; empty where the user's own Docker is used.
    root: &'static str,
    /// What starts it from there.
    program: &'static str,
    /// The image of it.
    image: &'static str,
}

const CURRENT: Version = Version {
    root: "RAILPACK_ENGINE_ROOT",
    program: "integration/lib/docker-in-root",
    image: "docker:28-dind",
};
const V20_10: Version = Version {
    root: "RAILPACK_DOCKER_20_10_ROOT",
    program: "integration/lib/docker-20.10-private",
    image: "docker:20.10-dind",
};

/// The name of its socket.
const SOCKET: &str = "docker.sock";

/// A dockerd with images in the classic store that ends with this value, with all that it has stored. It has a network of its own,
/// with a bridge that is none of the machine's, and so reaches no registry: images are loaded into it.
#[derive(Debug)]
pub(crate) struct PrivateDocker {
    // Fields are dropped in this order: the daemon first, then what it has stored.
    daemon: Daemon,
    sockets: TempDir,
    _data: TempDir,
}

impl PrivateDocker {
    /// Starts the dockerd that this shared one was started of, or where the user has a Docker one in a container of it.
    #[track_caller]
    pub(crate) fn like(engine: &Engine) -> Self {
        let is_old = *engine == Engine::OtherDocker(OtherDocker::V20_10);
        let version = if is_old { V20_10 } else { CURRENT };
        let data = TempDir::new_in(&settings().engine_data).expect("a directory can be made");
        let sockets = tempfile::tempdir().expect("a directory can be made");
        let root = std::env::var(version.root);
        let root =
            root.unwrap_or_else(|_| panic!("{} is not set: use integration/up", version.root));
        let daemon = if root.is_empty() {
            start_container(version.image, &sockets)
        } else {
            start_process(version.program, &root, &data, &sockets)
        };
        let docker = Self {
            daemon,
            sockets,
            _data: data,
        };
        docker.wait();
        docker
    }

    /// As `--builder` names it.
    pub(crate) fn engine(&self) -> Engine {
        Engine::BuildKit {
            address: Some(self.host()),
        }
    }

    /// For `DOCKER_HOST`.
    fn host(&self) -> String {
        format!("unix://{}", self.sockets.path().join(SOCKET).display())
    }

    /// `docker` with arguments, for its images and containers.
    pub(crate) fn docker<const N: usize>(&self, arguments: [&str; N]) -> Command {
        docker(arguments).variable("DOCKER_HOST", self.host())
    }

    /// Gives it an image to build from, made of the one that plans run in, and tells its name.
    #[track_caller]
    pub(crate) fn load(&self) -> String {
        let name = unique_name();
        let archive = self.sockets.path().join("image.tar");
        // A layer that BuildKit has exported before stays compressed as it was: Docker 20.10 does not read zstd.
        let command = format!("echo {}", unique_token());
        let project = Project::with_plan(&plan_of_commands(&[&command]));
        let build = DirectBuild::of_project(&Engine::BuildKit { address: None }, &project);
        let build = build.options(["--name", &name]);
        build.file("docker", &archive).run().success();
        let load = self.docker(["load", "--input"]).argument(&archive);
        load.run().success();
        name
    }

    /// Kills the daemon.
    pub(crate) fn kill(&mut self) {
        self.daemon.kill();
    }

    /// Starts it once more, with what it has stored.
    #[track_caller]
    pub(crate) fn start_again(&mut self) {
        self.daemon.start_again();
        self.wait();
    }

    #[track_caller]
    fn wait(&self) {
        let version = self.docker(["version"]);
        self.daemon.wait_until(|_| version.succeeds().then_some(()));
    }
}

/// In namespaces of its own: what it leaves mounted and running when it is killed goes with them.
fn start_process(program: &str, root: &str, data: &TempDir, sockets: &TempDir) -> Daemon {
    let mut command = Process::new("unshare");
    command
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--"])
        .arg(checkout().join(program))
        .args([root.as_ref(), data.path(), sockets.path()]);
    Daemon::process(command, &sockets.path().join("log"))
}

fn start_container(image: &str, sockets: &TempDir) -> Daemon {
    let volume = format!("{}:/run/outside", sockets.path().display());
    let options = ["--privileged", "--volume", &volume, "--entrypoint=dockerd"];
    let group = Command::new("id").argument("-g").run().success();
    let host = format!("--host=unix:///run/outside/{SOCKET}");
    let group = format!("--group={}", group.stdout_text().trim());
    let arguments = [
        &host,
        &group,
        "--pidfile=",
        "--iptables=false",
        "--ip6tables=false",
    ];
    Daemon::container_in(
        &Engine::Docker,
        "none",
        &unique_name(),
        &options.map(str::to_owned),
        image,
        &arguments.map(str::to_owned),
    )
}
