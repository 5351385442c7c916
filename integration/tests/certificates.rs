//! Certificates of a corporate network: commands trust them, and nothing of the image holds them.

use libtest_mimic::Trial;
use serde_json::json;
use tempfile::NamedTempFile;

use super::{Subject, assert_text, named};
use crate::harness::certificates::Certificates;
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::progress::Progress;
use crate::harness::project::{Project, shell};
use crate::harness::secrecy::{archive_with_provenance, exported_cache};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    let everywhere = named![
        commands_trust_what_is_offered_and_the_image_has_none_of_it,
        another_certificate_reruns_nothing,
        commands_trust_what_is_offered_with_this_client,
    ];
    Subject::new("certificates")
        .on_both(everywhere)
        .on_both(named![
            each_tool_trusts_what_is_offered,
            a_file_without_a_certificate_fails_the_command,
            a_file_without_a_certificate_is_refused_with_this_client,
        ])
        .on_docker_with_containerd(named![
            another_certificate_reruns_nothing,
            commands_trust_what_is_offered_with_this_client,
        ])
        .on_docker_20_10(everywhere)
        .on_buildkit(named![a_certificate_is_in_no_cache_and_no_provenance])
        .trials
}

/// The client's option.
fn option(certificates: &Certificates) -> String {
    let file = certificates.server().join("ca.pem");
    format!("id=railpack-ca,src={}", file.display())
}

fn offered<'p>(build: Build<'p>, secret: &str) -> Build<'p> {
    build.options(["--secret", secret], ["--secret", secret])
}

/// A text that only the authority's certificate has.
fn text_of(certificates: &Certificates) -> String {
    let pem = std::fs::read_to_string(certificates.server().join("ca.pem")).unwrap();
    // Its signature: the lines in front of it have names and dates that the server's certificate has, too.
    pem.lines().rev().nth(2).unwrap().to_owned()
}

/// A port for the server, which an engine may have all builds share.
fn port() -> String {
    let token = u64::from_str_radix(&unique_token(), 16).unwrap();
    (20_000 + token % 10_000).to_string()
}

/// Starts a server with a certificate of the authority, and waits for it.
const SERVE: &str = "(cd server && exec openssl s_server -accept $PORT -cert cert.pem -key key.pem -WWW) </dev/null >/dev/null 2>&1 & \
     until openssl s_client -connect localhost:$PORT </dev/null >/dev/null 2>&1; do sleep 0.1; done";

/// Asks that server, and says whether it is trusted.
const ASK: &str = "openssl s_client -connect localhost:$PORT -verify_return_error </dev/null >/dev/null 2>&1 && echo trusted || echo unknown";

/// One command that runs `script` beside a server whose certificate is signed by `certificates`.
fn project(certificates: &Certificates, image: &str, script: &str) -> Project {
    let file = |name: &str| std::fs::read_to_string(certificates.server().join(name)).unwrap();
    Project::with_plan(&json!({
        "steps": [{
            "name": "build",
            "inputs": [{ "image": image }],
            "variables": { "PORT": port() },
            "commands": [{ "src": ".", "dest": "." }, shell(&format!("{SERVE}; {script}"))],
        }],
        "deploy": { "base": { "step": "build" }, "startCommand": "true" },
    }))
    .file("server/cert.pem", file("cert.pem"))
    .file("server/key.pem", file("key.pem"))
    .file("server/answer", "trusted\n")
}

fn asking_project(certificates: &Certificates) -> Project {
    let script = format!("{{ {ASK}; }} > seen; cat seen");
    project(certificates, &settings().runtime_image, &script)
}

/// What the command of a build said.
fn said(build: Build<'_>) -> String {
    let outcome = build.raw_progress().run(&Output::Nothing).success();
    Progress::of(&outcome).log("s_server").to_owned()
}

fn commands_trust_what_is_offered_and_the_image_has_none_of_it(engine: &Engine) {
    let certificates = Certificates::make();
    let project = asking_project(&certificates);
    assert_eq!(said(project.build(engine)), "unknown\n");
    let build = offered(project.build(engine), &option(&certificates));
    let image = build.image();
    let output = build.run(&Output::Nothing).success();
    let layers = String::from_utf8_lossy(&image.save()).into_owned();
    let seen =
        image.run_script("cat seen; printenv | grep /run/railpack; find /run/railpack -type f");
    assert_eq!(seen.stdout_text(), "trusted\n");
    let places = [
        ("build output", output.stdout_text() + &output.stderr),
        ("image config", image.inspect().to_string()),
        ("image history", image.history()),
        ("image layers", layers),
    ];
    let text = text_of(&certificates);
    for (place, content) in &places {
        assert!(
            !content.contains(&text),
            "the certificate is in the {place}"
        );
    }
    // The archive must be one that a search finds something in.
    assert!(places[3].1.contains("BEGIN CERTIFICATE"));
}

fn commands_trust_what_is_offered_with_this_client(engine: &Engine) {
    let certificates = Certificates::make();
    let project = asking_project(&certificates);
    let secret = option(&certificates);
    let said = |options: &[&str]| {
        let mut build = DirectBuild::of_project(engine, &project).raw_progress();
        for option in options {
            build = build.options([option]);
        }
        let outcome = build.without_output().run().success();
        Progress::of(&outcome).log("s_server").to_owned()
    };
    assert_eq!(said(&[]), "unknown\n");
    assert_eq!(said(&["--secret", &secret]), "trusted\n");
}

/// Networks change their certificates; that is no reason to build an app again.
fn another_certificate_reruns_nothing(engine: &Engine) {
    let [first, second] = [(); 2].map(|()| Certificates::make());
    let project = asking_project(&first);
    let is_cached = |secret: &str| {
        let build = offered(project.build(engine), secret).raw_progress();
        let outcome = build.run(&Output::Nothing).success();
        Progress::of(&outcome).is_cached("s_server")
    };
    assert!(!is_cached(&option(&first)));
    assert!(is_cached(&option(&second)));
}

fn each_tool_trusts_what_is_offered(engine: &Engine) {
    let certificates = Certificates::make();
    let url = "https://localhost:$PORT/answer";
    let tools = [
        ("curl", format!("curl -fsS {url}")),
        ("wget", format!("wget -qO- {url}")),
        (
            "python",
            format!(
                r#"python3 -c "import urllib.request as r; print(r.urlopen(\"{url}\").read())""#
            ),
        ),
        (
            "node",
            format!(
                r#"mise exec node@22 -- node -e "fetch(\"{url}\").then(r => r.text()).then(console.log)""#
            ),
        ),
    ];
    let asked = tools.iter().map(|(name, command)| {
        format!(
            "{command} 2>/dev/null | grep -q trusted && echo {name} trusts || echo {name} does not"
        )
    });
    let script = format!(
        "mise install node@22 >/dev/null 2>&1; {}",
        asked.collect::<Vec<_>>().join("; ")
    );
    let project = project(&certificates, &settings().builder_image, &script);
    let all = |what: &str| {
        tools
            .each_ref()
            .map(|(name, _)| format!("{name} {what}\n"))
            .concat()
    };
    assert_eq!(said(project.build(engine)), all("does not"));
    let build = offered(project.build(engine), &option(&certificates));
    assert_eq!(said(build), all("trusts"));
}

fn a_file_without_a_certificate_fails_the_command(engine: &Engine) {
    let certificates = Certificates::make();
    let project = asking_project(&certificates);
    let key = certificates.server().join("key.pem");
    let secret = format!("id=railpack-ca,src={}", key.display());
    let build = offered(project.build(engine), &secret).raw_progress();
    let outcome = build.run(&Output::Nothing).failure();
    let progress = Progress::of(&outcome);
    assert_text!(progress.log("s_server"), @r"
    the secret `railpack-ca` has no certificate: no line of it is `-----BEGIN CERTIFICATE-----`
      hint: give certificates as PEM; one in binary form becomes such a file by `openssl x509 -inform der -in FILE -out FILE.pem`
    ");
    assert!(!outcome.stderr.contains("PRIVATE KEY"));
}

fn a_file_without_a_certificate_is_refused_with_this_client(engine: &Engine) {
    let project = asking_project(&Certificates::make());
    let file = NamedTempFile::new().unwrap();
    let secret = format!("id=railpack-ca,src={}", file.path().display());
    let build = DirectBuild::of_project(engine, &project).options(["--secret", &secret]);
    let outcome = build.without_output().run().failure();
    assert_text!(outcome.stderr, @r"
    error: the secret `railpack-ca` has no certificate: no line of it is `-----BEGIN CERTIFICATE-----`
    hint: give certificates as PEM; one in binary form becomes such a file by `openssl x509 -inform der -in FILE -out FILE.pem`
    ");
}

fn a_certificate_is_in_no_cache_and_no_provenance(engine: &Engine) {
    let certificates = Certificates::make();
    let text = text_of(&certificates);
    let token = unique_token();
    let script = format!("{{ {ASK}; }} > seen-{token}");
    let project = project(&certificates, &settings().runtime_image, &script);
    let build = || offered(project.build(engine), &option(&certificates));
    let archive = archive_with_provenance(build());
    assert!(archive.contains("/run/railpack/ca/client.pem"));
    assert!(archive.contains("trusted\n"));
    assert!(!archive.contains(&text));
    let blobs = exported_cache(build());
    assert!(
        blobs
            .iter()
            .any(|blob| blob.contains(&format!("seen-{token}")))
    );
    assert!(blobs.iter().all(|blob| !blob.contains(&text)));
}
