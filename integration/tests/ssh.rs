//! The client's SSH agent, in the steps that ask for it.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
        .on_both(named![a_step_has_keys_of_files_sign])
        .on_docker_20_10(named![a_step_has_keys_of_files_sign])
        .on_buildkit(named![
            a_step_cannot_change_the_agent_of_this_client,
            this_client_tells_of_an_agent_that_is_missing,
            this_client_tells_of_a_key_that_it_cannot_use,
        ])
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

/// Writes a private key, and the public one beside it.
fn write_key(key: &Path, kind: &str, passphrase: &str, comment: &str) {
    let generate =
        Command::new("ssh-keygen").arguments(["-q", "-t", kind, "-N", passphrase, "-C", comment]);
    generate.argument("-f").argument(key).run().success();
}

impl Agent {
    /// An agent whose one key has a comment.
    fn with_key(comment: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (key, socket) = (directory.path().join("key"), directory.path().join("agent"));
        write_key(&key, "ed25519", "", comment);
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

/// Has the agent sign with each of its keys, and prints key and signature in hexadecimal.
/// <https://datatracker.ietf.org/doc/html/draft-ietf-sshm-ssh-agent>, 3.6
const SIGN: &str = r#"perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new($ENV{SSH_AUTH_SOCK}) or die "no agent: $!"; sub ask { syswrite $s, pack "N/a*", shift; read $s, my $n, 4; read $s, my $answer, unpack "N", $n; $answer } ($n, $keys) = unpack "x N a*", ask("\13"); while ($n--) { ($key, $comment, $keys) = unpack "N/a N/a a*", $keys; print unpack("H*", $key), " ", unpack("H*", unpack "x N/a", ask(pack "C N/a* N/a* N", 13, $key, "sign this", 4)), "\n" }'"#;

/// Asks the agent to forget all keys, and prints its answer: 5 is a refusal, 6 would be success.
const FORGET: &str = r#"perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new($ENV{SSH_AUTH_SOCK}) or die "no agent: $!"; syswrite $s, "\0\0\0\1\23"; read $s, $_, 5; print ord substr $_, 4'"#;

/// A plan of one step that may use the agent.
fn one_step(command: &str, token: &str) -> Project {
    let image = json!({ "image": settings().runtime_image });
    Project::with_plan(&json!({
        "steps": [{
            "name": "ask",
            "inputs": [image],
            "ssh": ["default"],
            "commands": [shell(&format!("{command}; : ask {token}"))],
        }],
        "deploy": { "base": { "step": "ask" }, "startCommand": "true" },
    }))
}

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

fn a_step_has_keys_of_files_sign(engine: &Engine) {
    let token = unique_token();
    let directory = tempfile::tempdir().unwrap();
    let kinds = ["ed25519", "ecdsa", "rsa"];
    let files = kinds.map(|kind| directory.path().join(kind));
    for (kind, file) in kinds.iter().zip(&files) {
        write_key(file, kind, "", "");
    }
    let project = one_step(SIGN, &token);
    let build = DirectBuild::of_project(engine, &project).raw_progress();
    let paths = files.each_ref().map(|file| file.display().to_string());
    let option = format!("default={}", paths.join(","));
    let build = build.options(["--ssh", &option]).without_output();
    let outcome = build.run().success();
    let progress = Progress::of(&outcome);
    let log = progress.log(&format!(": ask {token}"));
    let signed: Vec<_> = log
        .lines()
        .filter_map(|line| line.split_once(' '))
        .collect();
    assert_eq!(signed.len(), files.len(), "{log}");
    for (file, (key, signature)) in files.iter().zip(signed) {
        let public = std::fs::read_to_string(file.with_extension("pub")).unwrap();
        let public = public.split(' ').nth(1).unwrap();
        assert_eq!(STANDARD.encode(bytes(key)), public);
        verify(&bytes(key), &bytes(signature));
        let private = std::fs::read_to_string(file).unwrap();
        for line in private.lines().filter(|line| line.len() > 60) {
            assert!(!outcome.stderr.contains(line), "a line of the key is shown");
        }
    }
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    let digits = digits.map(|digits| std::str::from_utf8(digits).unwrap());
    digits
        .map(|digits| u8::from_str_radix(digits, 16).unwrap())
        .collect()
}

/// The parts of something that SSH has written: each behind its length.
fn parts(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = u32::from_be_bytes(*length).try_into().unwrap();
        let (part, rest) = rest.split_at(length);
        parts.push(part);
        bytes = rest;
    }
    parts
}

/// Checks a signature of `sign this`, independently of what has made it.
fn verify(key: &[u8], signature: &[u8]) {
    use ring::signature::{
        ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents,
        UnparsedPublicKey,
    };

    let data = b"sign this";
    let positive = |number: &[u8]| match number {
        [0, rest @ ..] => rest.to_vec(),
        number => number.to_vec(),
    };
    let (key, signature) = (parts(key), parts(signature));
    let verified = match (key[0], signature[0]) {
        (b"ssh-ed25519", b"ssh-ed25519") => {
            UnparsedPublicKey::new(&ED25519, key[1]).verify(data, signature[1])
        }
        (b"ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp256") => {
            let numbers = parts(signature[1]).into_iter().map(positive);
            let fixed = numbers.flat_map(|number| [vec![0; 32 - number.len()], number].concat());
            let fixed: Vec<u8> = fixed.collect();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key[2]).verify(data, &fixed)
        }
        (b"ssh-rsa", b"rsa-sha2-512") => {
            let (e, n) = (key[1], positive(key[2]));
            let public = RsaPublicKeyComponents { n, e: e.to_vec() };
            public.verify(&RSA_PKCS1_2048_8192_SHA512, data, signature[1])
        }
        kinds => panic!("{kinds:?}"),
    };
    assert!(verified.is_ok(), "{:?}", String::from_utf8_lossy(key[0]));
}

fn a_step_cannot_change_the_agent_of_this_client(engine: &Engine) {
    let token = unique_token();
    let agent = Agent::with_key("railpack-test");
    let project = one_step(FORGET, &token);
    let build = DirectBuild::of_project(engine, &project).raw_progress();
    let build = build.options(["--ssh", &agent.option()]).without_output();
    let progress = Progress::of(&build.run().success());
    assert_eq!(progress.log(&format!(": ask {token}")), "5");
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
    hint: forward that of this shell: `--ssh default`, or a key: `--ssh default=FILE`
    ");
}

fn this_client_tells_of_a_key_that_it_cannot_use(engine: &Engine) {
    let project = project("");
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("key");
    write_key(&key, "ed25519", "passphrase", "");
    let build = DirectBuild::of_project(engine, &project);
    let build = build.options(["--ssh", &option(&key)]).without_output();
    let outcome = build.run().failure();
    let path = directory.path().display().to_string();
    assert_text!(outcome.stderr.replace(&path, "DIRECTORY"), @r"
    error: --ssh default=DIRECTORY/key: `DIRECTORY/key`: the key in it has a passphrase
      hint: add it to an agent with `ssh-add DIRECTORY/key`, and forward that: `--ssh ID`
    ");
}
