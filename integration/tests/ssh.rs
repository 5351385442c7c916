//! The client's SSH agent, in the steps that ask for it.

use std::path::{Path, PathBuf};

use libtest_mimic::Trial;
use serde_json::json;
use tempfile::TempDir;

use super::{Subject, assert_text, named};
use crate::harness::command::{Command, Running};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, shell};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    let tests = named![
        a_step_asks_the_agent_of_the_client,
        a_step_asks_the_agent_of_this_client,
    ];
    Subject::new("ssh")
        .on_both(tests)
        .on_docker_20_10(tests)
        .on_both(named![an_agent_that_is_not_forwarded_fails_the_step])
        .on_buildkit(named![this_client_tells_of_an_agent_that_is_missing])
        .trials
}

/// OpenSSH's agent with a key of its own.
struct Agent {
    _directory: TempDir,
    socket: PathBuf,
    running: Running,
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.running.kill();
    }
}

impl Agent {
    /// An agent whose one key has a comment.
    fn with_key(comment: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (key, socket) = (directory.path().join("key"), directory.path().join("agent"));
        let generate =
            Command::new("ssh-keygen").arguments(["-q", "-t", "ed25519", "-N", "", "-C", comment]);
        generate.argument("-f").argument(&key).run().success();
        let running = Command::new("ssh-agent")
            .arguments(["-D", "-a"])
            .argument(&socket)
            .start();
        let add = || {
            let command = Command::new("ssh-add").argument("-q").argument(&key);
            command.variable("SSH_AUTH_SOCK", socket.as_os_str()).run()
        };
        let is_added = (0..100).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            add().succeeded()
        });
        assert!(is_added, "the agent takes no key");
        Self {
            _directory: directory,
            socket,
            running,
        }
    }

    /// The client's option to forward it.
    fn option(&self) -> String {
        option(&self.socket)
    }
}

fn option(socket: &Path) -> String {
    format!("default={}", socket.display())
}

/// Asks the agent for its keys, as `ssh-add -L` does, with the Perl that Debian has. The answer may come in parts; its length
/// comes first.
/// <https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent>, 3.5
const ASK: &str = r#"perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new($ENV{SSH_AUTH_SOCK}) or die "no agent: $!"; syswrite $s, "\0\0\0\1\13"; read $s, $n, 4; read $s, $_, unpack N, $n; print /railpack-test-\w+/g'"#;

/// Asks for the agent in one step, and looks for its socket in the next.
fn project(token: &str) -> Project {
    let image = json!({ "image": settings().runtime_image });
    Project::with_plan(&json!({
        "steps": [
            { "name": "ask", "inputs": [image], "ssh": ["default"], "commands": [shell(&format!("{ASK}; : ask {token}"))] },
            {
                "name": "look",
                "inputs": [{ "step": "ask" }],
                "commands": [shell(&format!("test -z \"$SSH_AUTH_SOCK\"; test ! -S /run/buildkit/ssh_agent.0; : look {token}"))],
            },
        ],
        "deploy": { "base": { "step": "look" }, "startCommand": "true" },
    }))
}

fn a_step_asks_the_agent_of_the_client(engine: &Engine) {
    let token = unique_token();
    let comment = format!("railpack-test-{token}");
    let agent = Agent::with_key(&comment);
    let project = project(&token);
    let build = project.build(engine).raw_progress();
    let option = agent.option();
    let build = build.options(["--ssh", &option], ["--ssh", &option]);
    let progress = Progress::of(&build.run(&Output::Nothing).success());
    assert_eq!(progress.log(&format!(": ask {token}")), comment);
}

fn a_step_asks_the_agent_of_this_client(engine: &Engine) {
    let token = unique_token();
    let comment = format!("railpack-test-{token}");
    let agent = Agent::with_key(&comment);
    let project = project(&token);
    let build = DirectBuild::of_project(engine, &project).raw_progress();
    let build = build.options(["--ssh", &agent.option()]).without_output();
    let progress = Progress::of(&build.run().success());
    assert_eq!(progress.log(&format!(": ask {token}")), comment);
}

fn an_agent_that_is_not_forwarded_fails_the_step(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    let outcome = project.build(engine).run(&Output::Nothing).failure();
    let told = outcome.stderr;
    // docker's client serves agents even if it has none.
    let reason = match engine {
        Engine::BuildKit { .. } => "no SSH key \"default\" forwarded from the client",
        _ => "unset ssh forward key default",
    };
    assert!(told.contains(reason), "{told}");
    assert!(told.contains("rpk.json:"), "{told}");
}

fn this_client_tells_of_an_agent_that_is_missing(engine: &Engine) {
    let project = project("");
    let build = DirectBuild::of_project(engine, &project).without_output();
    assert_text!(build.run().failure().stderr, @r"
    error: the plan asks for SSH agents that are not forwarded: default
    hint: forward that of this shell: `--ssh default`
    ");
}
