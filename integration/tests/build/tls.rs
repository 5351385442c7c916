//! An engine behind TLS: certificates that fit, and what is told of those that do not.

use libtest_mimic::Trial;

use super::examples::{EVENING, assert_builds_and_runs, script};
use crate::harness::certificates::Certificates;
use crate::harness::command::Outcome;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::Engine;
use crate::harness::private_engine::PrivateEngine;
use crate::harness::project::{Project, plan_of_commands};
use crate::harness::tls_docker::TlsDocker;
use crate::tests::{Subject, assert_text, named};

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/tls")
        .on_buildkit(named![
            a_client_with_its_certificate_builds,
            certificates_that_do_not_fit_are_told,
        ])
        .on_docker(named![
            a_docker_behind_tls_builds,
            a_docker_that_refuses_the_certificate_is_told,
        ])
        .trials
}

fn a_client_with_its_certificate_builds(_: &Engine) {
    let certificates = Certificates::make();
    let engine = PrivateEngine::start_with(&certificates);
    let client = certificates.client();
    let image = script(&engine.engine())
        .options(["--tlsdir", client.to_str().unwrap()])
        .image();
    assert_eq!(image.run().success().stdout_text(), EVENING);
}

/// Docker is named by variables, and by a context.
fn a_docker_behind_tls_builds(engine: &Engine) {
    let certificates = Certificates::make();
    let docker = TlsDocker::start(&certificates);
    let client = certificates.client();
    let configuration = tempfile::tempdir().unwrap();
    let file = |name: &str| client.join(name).display().to_string();
    let endpoint = format!(
        "host={},ca={},cert={},key={}",
        docker.address(),
        file("ca.pem"),
        file("cert.pem"),
        file("key.pem")
    );
    let create = engine.docker(["context", "create", "harbour", "--docker", &endpoint]);
    let create = create.variable("DOCKER_CONFIG", configuration.path());
    create.run().success();
    let host = Some(docker.address());
    let by_variables = [
        ("DOCKER_HOST", host),
        ("DOCKER_TLS_VERIFY", Some("1")),
        ("DOCKER_CERT_PATH", client.to_str()),
    ];
    let by_context = [
        ("DOCKER_HOST", Some("")),
        ("DOCKER_CONTEXT", Some("harbour")),
        ("DOCKER_CONFIG", configuration.path().to_str()),
    ];
    for variables in [by_variables, by_context] {
        assert_builds_and_runs(engine, engine, |build| {
            variables.iter().fold(build, |build, (name, value)| {
                build.variable(name, value.unwrap())
            })
        });
    }
}

fn a_docker_that_refuses_the_certificate_is_told(engine: &Engine) {
    let (certificates, stranger) = (Certificates::make(), Certificates::make());
    let docker = TlsDocker::start(&certificates);
    let directory = tempfile::tempdir().unwrap();
    for (from, name) in [
        (certificates.client(), "ca.pem"),
        (stranger.client(), "cert.pem"),
        (stranger.client(), "key.pem"),
    ] {
        std::fs::copy(from.join(name), directory.path().join(name)).unwrap();
    }
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let build = DirectBuild::of_project(engine, &project).without_output();
    let outcome = build
        .variable("DOCKER_HOST", docker.address())
        .variable("DOCKER_TLS_VERIFY", "1")
        .variable("DOCKER_CERT_PATH", directory.path())
        .run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(redacted(&outcome, &[]), @r"
    error: no engine to build with answers:
      tcp://127.0.0.1:PORT (DOCKER_HOST): the engine refuses this client (TLS alert UnknownCA)
    hint: give a certificate that the engine trusts: `--tlscert` and `--tlskey`, or `--tlsdir`; for Docker, cert.pem and key.pem in DOCKER_CERT_PATH or its context
    ");
}

fn certificates_that_do_not_fit_are_told(_: &Engine) {
    let certificates = Certificates::make();
    let engine = PrivateEngine::start_with(&certificates);
    let stranger = Certificates::make();
    let project = Project::with_plan(&plan_of_commands(&["true"]));
    let client = certificates.client().display().to_string();
    let strange = stranger.client().display().to_string();
    let (authority, other) = (format!("{client}/ca.pem"), format!("{strange}/ca.pem"));
    let (certificate, key) = (format!("{strange}/cert.pem"), format!("{strange}/key.pem"));
    let told = |options: &[&str]| {
        let build = DirectBuild::of_project(&engine.engine(), &project);
        let outcome = build.without_output().arguments(options).run();
        let text = redacted(&outcome, &[(&client, "CLIENT"), (&strange, "STRANGER")]);
        format!("{text}exit code {:?}", outcome.code())
    };
    let own_key = format!("{client}/key.pem");
    let pair = ["--tlscert", &certificate, "--tlskey", &key];
    let mixed = ["--tlscert", &certificate, "--tlskey", &own_key];
    let trusting = ["--tlscacert", &authority];

    assert_text!(told(&[]), @r#"
    error: no engine to build with answers:
      tcp://127.0.0.1:PORT (--builder): it does not answer as BuildKit does: the connection to BuildKit is closed
    hint: if it speaks TLS, give its certificates with `--tlsdir` or `--tlscacert`, `--tlscert` and `--tlskey`
    exit code Some(75)
    "#);
    assert_text!(told(&["--tlscacert", &other]), @r#"
    error: no engine to build with answers:
      tcp://127.0.0.1:PORT (--builder): TLS with the engine failed: invalid peer certificate: UnknownIssuer
    hint: name who has signed the engine's certificate with `--tlscacert` or `--tlsdir`, and the name in it with `--tlsservername`; for Docker, put its ca.pem into DOCKER_CERT_PATH or its context
    exit code Some(1)
    "#);
    assert_text!(told(&trusting), @r#"
    error: no engine to build with answers:
      tcp://127.0.0.1:PORT (--builder): the engine refuses this client (TLS alert CertificateRequired)
    hint: give a certificate that the engine trusts: `--tlscert` and `--tlskey`, or `--tlsdir`; for Docker, cert.pem and key.pem in DOCKER_CERT_PATH or its context
    exit code Some(1)
    "#);
    assert_text!(told(&[&trusting[..], &pair].concat()), @r#"
    error: no engine to build with answers:
      tcp://127.0.0.1:PORT (--builder): the engine refuses this client (TLS alert UnknownCA)
    hint: give a certificate that the engine trusts: `--tlscert` and `--tlskey`, or `--tlsdir`; for Docker, cert.pem and key.pem in DOCKER_CERT_PATH or its context
    exit code Some(1)
    "#);
    assert_text!(told(&["--tlsdir", &client, "--tlsservername", "elsewhere"]), @r#"
    error: no engine to build with answers:
      tcp://127.0.0.1:PORT (--builder): TLS with the engine failed: invalid peer certificate: certificate not valid for name "elsewhere"; certificate is only valid for IpAddress(127.0.0.1) or DnsName("localhost")
    hint: name who has signed the engine's certificate with `--tlscacert` or `--tlsdir`, and the name in it with `--tlsservername`; for Docker, put its ca.pem into DOCKER_CERT_PATH or its context
    exit code Some(1)
    "#);
    assert_text!(told(&["--tlscacert", "/nonexistent/ca.pem"]), @r#"
    error: no engine to build with answers:
      tcp://127.0.0.1:PORT (--builder): cannot read a certificate from /nonexistent/ca.pem: I/O error: No such file or directory (os error 2)
    hint: check the files of `--tlsdir`, or of `--tlscacert`, `--tlscert` and `--tlskey`; for Docker those in DOCKER_CERT_PATH
    exit code Some(1)
    "#);
    assert_text!(told(&[&trusting[..], &mixed].concat()), @r#"
    error: no engine to build with answers:
      tcp://127.0.0.1:PORT (--builder): STRANGER/cert.pem and CLIENT/key.pem are no certificate with its key: keys may not be consistent: KeyMismatch
    hint: check the files of `--tlsdir`, or of `--tlscacert`, `--tlscert` and `--tlskey`; for Docker those in DOCKER_CERT_PATH
    exit code Some(1)
    "#);
}

/// What is said, without what differs from run to run: the port, and directories.
fn redacted(outcome: &Outcome, directories: &[(&str, &str)]) -> String {
    let ports = regex::Regex::new(r"127\.0\.0\.1:\d+").unwrap();
    let text = ports
        .replace_all(&outcome.stderr, "127.0.0.1:PORT")
        .into_owned();
    let replace = |text: String, (path, name): &(&str, &str)| text.replace(path, name);
    directories.iter().fold(text, replace)
}
