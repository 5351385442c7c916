//! What commands run in: hosts, limits, memory, network, proxies.

use libtest_mimic::Trial;

use super::{Subject, named};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    Subject::new("sandbox")
        .on_both(named![
            commands_run_in_the_sandbox_that_is_asked_for,
            railpack_build_asks_for_the_same,
            proxies_are_for_commands_alone,
        ])
        .on_docker(named![
            commands_are_in_the_network_of_the_host_if_that_is_asked_for
        ])
        .trials
}

/// Prints what it is in, behind a text that no other test has.
const SCRIPT: &str = "echo hosts $(grep -o '192.0.2.1.*db.example.com' /etc/hosts); echo files $(ulimit -Sn) $(ulimit -Hn); \
                      echo memory $(df -k /dev/shm | tail -n 1 | awk '{ print $2 }'); echo network $(ls /sys/class/net); \
                      echo name $(uname -n)";

const EXPECTED: &str =
    "hosts 192.0.2.1 db.example.com\nfiles 123 456\nmemory 32768\nnetwork lo\nname box";

fn project(token: &str) -> (Project, String) {
    let script = format!(": {token}; {SCRIPT}");
    (Project::with_plan(&plan_of_commands(&[&script])), script)
}

/// What was printed, with white space in lines as it comes.
fn printed(progress: &Progress, token: &str) -> String {
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines = progress.log(token).lines().map(words);
    lines.collect::<Vec<_>>().join("\n")
}

fn commands_run_in_the_sandbox_that_is_asked_for(engine: &Engine) {
    let token = unique_token();
    let (project, _) = project(&token);
    let build = project
        .build(engine)
        .build_argument("BUILDKIT_SANDBOX_HOSTNAME", "box")
        .options(
            [
                "--add-host",
                "db.example.com:192.0.2.1",
                "--ulimit",
                "nofile=123:456",
            ],
            [
                "--opt",
                "add-hosts=db.example.com=192.0.2.1",
                "--opt",
                "ulimit=nofile=123:456",
            ],
        )
        .options(
            ["--shm-size", "32m", "--network", "none"],
            [
                "--opt",
                "shm-size=33554432",
                "--opt",
                "force-network-mode=none",
            ],
        );
    let outcome = build.raw_progress().run(&Output::Nothing).success();
    assert_eq!(printed(&Progress::of(&outcome), &token), EXPECTED);
}

fn railpack_build_asks_for_the_same(engine: &Engine) {
    let token = unique_token();
    let (project, _) = project(&token);
    let build = DirectBuild::of_project(engine, &project)
        .options(["--build-arg", "BUILDKIT_SANDBOX_HOSTNAME=box"])
        .options([
            "--add-host",
            "db.example.com:192.0.2.1",
            "--ulimit",
            "nofile=123:456",
        ])
        .options(["--shm-size", "32m", "--network", "none"]);
    let outcome = build.raw_progress().without_output().run().success();
    assert_eq!(printed(&Progress::of(&outcome), &token), EXPECTED);
}

/// The registry of the tests listens on the host's loopback alone.
fn commands_are_in_the_network_of_the_host_if_that_is_asked_for(engine: &Engine) {
    let token = unique_token();
    let registry = settings().registry().replace(':', "/");
    let script = format!(": {token}; bash -c \"echo >/dev/tcp/{registry}\" && echo reached");
    let project = Project::with_plan(&plan_of_commands(&[&script]));
    let build = project.build(engine).raw_progress();
    let build = build.options(["--network", "host", "--allow", "network.host"], []);
    let progress = Progress::of(&build.run(&Output::Nothing).success());
    assert_eq!(progress.log(&token), "reached\n");

    let options = ["--network", "host", "--no-cache"];
    let build = DirectBuild::of_project(engine, &project).options(options);
    let outcome = build.raw_progress().without_output().run().success();
    assert_eq!(Progress::of(&outcome).log(&token), "reached\n");
}

fn proxies_are_for_commands_alone(engine: &Engine) {
    let token = unique_token();
    let script = format!(": {token}; echo $https_proxy $HTTPS_PROXY $no_proxy");
    let project = Project::with_plan(&plan_of_commands(&[&script]));
    let build = |proxy: &str| {
        let build = project.build(engine).build_argument("HTTPS_PROXY", proxy);
        build.build_argument("no_proxy", "localhost")
    };
    let first = build("http://one.example.com").raw_progress();
    let progress = Progress::of(&first.run(&Output::Nothing).success());
    assert_eq!(
        progress.log(&token),
        "http://one.example.com http://one.example.com localhost\n"
    );
    // It is no part of the cache key.
    let second = build("http://two.example.com");
    let progress = Progress::of(
        &second
            .clone()
            .raw_progress()
            .run(&Output::Nothing)
            .success(),
    );
    assert!(progress.is_cached(&token));
    let image = second.image();
    let config = image.inspect()["Config"].to_string();
    assert!(!config.contains("example.com"), "{config}");
    assert!(!image.history().contains("example.com"));
}
