//! Engines that take BuildKit's calls in another way than Docker 28 does.

use libtest_mimic::Trial;

use super::examples::assert_builds_and_runs;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::newer_docker::NewerDocker;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::web::WebServer;
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    let tests = named![a_docker_that_takes_calls_directly_builds];
    Subject::new("build/newer_docker")
        .on_docker(tests)
        .on_docker(named![a_docker_without_buildkit_is_told])
        .on_docker_with_containerd(tests)
        .trials
}

/// However it says that it is not to be asked in the earlier way; and it is not asked so where it is named by `--builder`.
fn a_docker_that_takes_calls_directly_builds(engine: &Engine) {
    for (answer, refused) in [
        ("404 Not Found", 1),
        ("405 Method Not Allowed", 1),
        ("426 Upgrade Required", 1),
        ("404 Not Found", 0),
    ] {
        let newer = NewerDocker::before(engine, answer);
        let named = Engine::BuildKit {
            address: Some(newer.host()),
        };
        let by = if refused == 0 { &named } else { engine };
        assert_builds_and_runs(engine, by, |build| {
            build.variable("DOCKER_HOST", newer.host())
        });
        assert_eq!(newer.refused(), refused, "{answer}");
    }
}

/// Podman answers so too.
fn a_docker_without_buildkit_is_told(engine: &Engine) {
    let server = WebServer::start();
    let address = server.url("").replace("http://", "tcp://");
    let address = address.trim_end_matches('/');
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(engine, &project).without_output();
    let outcome = build.variable("DOCKER_HOST", address).run();
    assert_eq!(outcome.code(), Some(75), "{outcome}");
    assert_text!(outcome.stderr.replace(address, "ADDRESS"), @r"
    error: no engine to build with answers:
      ADDRESS (DOCKER_HOST): it has no BuildKit behind `/grpc`
    hint: Podman has no BuildKit of its own: run one with `podman run --detach --name buildkitd --privileged docker.io/moby/buildkit`, and build with `--builder podman-container://buildkitd`
    ");
}
