//! Engines that nobody names: those at the sockets where they usually are, and what is told where there is none.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use libtest_mimic::Trial;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::command::Outcome;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::history::Recorded;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::proxy::Proxy;
use crate::harness::unique::unique_token;
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/usual")
        .on_buildkit(named![
            a_buildkitd_at_its_usual_sockets_builds,
            a_docker_that_is_dead_gives_way_to_a_buildkitd,
            no_engine_at_all_is_told,
            engines_that_are_all_dead_are_told,
        ])
        .on_docker(named![
            a_docker_at_its_usual_sockets_builds,
            docker_goes_before_a_buildkitd,
        ])
        .trials
}

/// Where engines are on a machine, below its directories.
const DOCKER: &str = "machine/docker.sock";
const BUILDKIT: &str = "machine/buildkit/buildkitd.sock";
const ROOTLESS_DOCKER: &str = "runtime/docker.sock";
const ROOTLESS_BUILDKIT: &str = "runtime/buildkit/buildkitd.sock";
const DOCKER_DESKTOP: &str = "home/.docker/run/docker.sock";

/// A program and its arguments, run where the directory `$0` is that of the machine's sockets.
const ON_MACHINE: &str = r#"for run in /run /var/run; do
  [ "$run" -ef "$0" ] || mount --bind "$0" "$run" || exit 9
done; exec "$@""#;

/// A machine that has the sockets that it is given, and no others.
struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for directory in ["machine", "runtime", "home"] {
            fs::create_dir(machine.0.path().join(directory)).unwrap();
        }
        machine
    }

    /// An engine is at the socket.
    fn with(self, socket: &str, proxy: &Proxy) -> Self {
        symlink(proxy.socket(), self.place(socket)).unwrap();
        self
    }

    /// The socket is there, and nobody listens.
    fn with_dead(self, socket: &str) -> Self {
        drop(UnixListener::bind(self.place(socket)).unwrap());
        self
    }

    fn place(&self, socket: &str) -> PathBuf {
        let place = self.0.path().join(socket);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        place
    }

    fn build(&self, project: &Project) -> Outcome {
        let directory = |name: &str| self.0.path().join(name);
        let nobody_names_one = Engine::BuildKit { address: None };
        let mut build = DirectBuild::of_project(&nobody_names_one, project).without_output();
        for name in [
            "BUILDKIT_HOST",
            "DOCKER_HOST",
            "DOCKER_CONTEXT",
            "DOCKER_CONFIG",
        ] {
            build = build.variable(name, "");
        }
        let machine = directory("machine");
        build
            .variable("HOME", directory("home"))
            .variable("XDG_RUNTIME_DIR", directory("runtime"))
            .run_by([
                "unshare",
                "--map-root-user",
                "--mount",
                "--",
                "sh",
                "-c",
                ON_MACHINE,
                machine.to_str().unwrap(),
            ])
            .run()
    }

    /// What is told, with the machine's directories by their names.
    fn told(&self, outcome: &Outcome) -> String {
        let path = self.0.path().to_str().unwrap();
        outcome.stderr.replace(path, "")
    }
}

fn plan() -> Value {
    let mut plan = plan_of_commands(&[&format!("echo {}", unique_token())]);
    plan["deploy"]["startCommand"] = "true".into();
    plan
}

/// The engine itself says that it has built.
#[track_caller]
fn assert_builds(engine: &Engine, machine: &Machine) -> Outcome {
    let recorded = Recorded::by(engine);
    let project = recorded.project(&plan());
    let outcome = machine.build(&project).success();
    assert!(recorded.wait_until_built_or_stopped(), "{outcome}");
    outcome
}

fn a_buildkitd_at_its_usual_sockets_builds(engine: &Engine) {
    let proxy = Proxy::to(engine);
    for socket in [BUILDKIT, ROOTLESS_BUILDKIT] {
        assert_builds(engine, &Machine::new().with(socket, &proxy));
    }
}

fn a_docker_at_its_usual_sockets_builds(engine: &Engine) {
    let proxy = Proxy::to(engine);
    for socket in [DOCKER, ROOTLESS_DOCKER, DOCKER_DESKTOP] {
        assert_builds(engine, &Machine::new().with(socket, &proxy));
    }
}

fn docker_goes_before_a_buildkitd(engine: &Engine) {
    let (proxy, other) = (
        Proxy::to(engine),
        Proxy::to(&Engine::BuildKit { address: None }),
    );
    let machine = Machine::new()
        .with(DOCKER_DESKTOP, &proxy)
        .with(BUILDKIT, &other)
        .with(ROOTLESS_BUILDKIT, &other);
    assert_builds(engine, &machine);
}

fn a_docker_that_is_dead_gives_way_to_a_buildkitd(engine: &Engine) {
    let proxy = Proxy::to(engine);
    let machine = Machine::new()
        .with_dead(DOCKER)
        .with_dead(ROOTLESS_DOCKER)
        .with_dead(BUILDKIT)
        .with(ROOTLESS_BUILDKIT, &proxy);
    let outcome = assert_builds(engine, &machine);
    let told = machine.told(&outcome);
    let warnings: Vec<_> = told
        .lines()
        .filter(|line| line.starts_with("warning: "))
        .collect();
    assert_text!(warnings.join("\n"), @r"
    warning: unix:///var/run/docker.sock: it cannot be reached: Connection refused (os error 111)
    warning: unix:///runtime/docker.sock: it cannot be reached: Connection refused (os error 111)
    warning: unix:///run/buildkit/buildkitd.sock: it cannot be reached: Connection refused (os error 111)
    ");
}

fn no_engine_at_all_is_told(_: &Engine) {
    let outcome = Machine::new().build(&Project::with_plan(&plan()));
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert_text!(outcome.stderr, @r"
    error: no engine to build with: BUILDKIT_HOST and DOCKER_HOST are not set, and there is neither Docker's socket nor buildkitd's
    hint: start Docker; or run a BuildKit, such as `podman run --detach --name buildkitd --privileged docker.io/moby/buildkit`, and name it: `--builder podman-container://buildkitd`
    ");
}

fn engines_that_are_all_dead_are_told(_: &Engine) {
    let machine = Machine::new()
        .with_dead(DOCKER)
        .with_dead(DOCKER_DESKTOP)
        .with_dead(ROOTLESS_BUILDKIT);
    let outcome = machine.build(&Project::with_plan(&plan()));
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert_text!(machine.told(&outcome), @r"
    error: no engine to build with answers:
      unix:///var/run/docker.sock: it cannot be reached: Connection refused (os error 111)
      unix:///home/.docker/run/docker.sock: it cannot be reached: Connection refused (os error 111)
      unix:///runtime/buildkit/buildkitd.sock: it cannot be reached: Connection refused (os error 111)
    hint: start one of them, or name another one with `--builder`
    ");
}
