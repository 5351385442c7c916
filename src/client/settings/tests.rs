//! Arguments, and what they mean.

use clap::Parser as _;

use super::*;

fn read(arguments: &[&str]) -> Result<Settings, Vec<UsageProblem>> {
    let words = std::iter::once("railpack build").chain(arguments.iter().copied());
    Settings::read(&BuildCommand::try_parse_from(words).unwrap(), &|_| None)
}

#[test]
fn all_that_makes_no_sense_is_told_at_once() {
    let problems = read(&[
        "--name",
        "App",
        "--name",
        "a@sha256:00",
        "--output",
        "type=zip",
        "--cache-from",
        "type=local,dest=x",
        "--secret",
        "env=A",
        "--ssh",
        "default",
        "--build-context",
        "x",
        "--metadata-file",
        ".",
        "--output",
        "type=tar,dest=-",
        "--show-plan",
        "--dump-llb",
        "-",
        "https://user:secret@example.com/app.git?a=b",
    ]);
    let problems: Vec<_> = problems
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(problems.join("\n"), @r#"
    error: DIRECTORY https://example.com/app.git: `a` in it is not supported
      hint: give the URL of a repository, as `https://example.com/app.git#branch:directory`, or of an archive
    error: --build-context x: it is not `NAME=SOURCE`
      hint: give `NAME=DIRECTORY`, `NAME=docker-image://IMAGE`, `NAME=oci-layout://DIRECTORY:TAG`, or the URL of a git repository or a file
    error: --name App: `App` has upper-case letters
      hint: give a name as `app`, `app:1.0` or `registry.example.com/team/app:1.0`
    error: --name a@sha256:00: its digest `sha256:00` is not `sha256:` and 64 lower-case hexadecimal digits (or sha384, sha512)
      hint: give a name as `app`, `app:1.0` or `registry.example.com/team/app:1.0`
    error: --output type=zip: the type `zip` is not known
      hint: give `type=` docker, oci, tar, local, image, registry or cacheonly, and `dest=` a file or a directory
    error: --cache-from type=local,dest=x: it has no `src`, the directory of the cache
      hint: give one: `--cache-to type=local,dest=DIRECTORY`, `--cache-from type=local,src=DIRECTORY`
    error: --secret env=A: it has no `id`
      hint: give `id=NAME,env=VARIABLE` or `id=NAME,src=FILE`
    error: --ssh default: no agent runs here: SSH_AUTH_SOCK is not set
      hint: start one with `eval "$(ssh-agent)"` and `ssh-add`, or name a file with a key: `ID=FILE`
    error: standard output --output -, --show-plan, --dump-llb -: it takes one of them
      hint: write the others to files: `--output type=tar,dest=FILE`, `--dump-llb FILE`
    error: --metadata-file .: it is a directory
      hint: give a file in a directory that is there
    "#);
}

#[test]
fn names_are_those_given_or_the_directorys() {
    let directory = tempfile::tempdir().unwrap();
    let app = directory.path().join("my-app");
    std::fs::create_dir(&app).unwrap();
    let app = app.to_str().unwrap();
    assert_eq!(read(&[app]).unwrap().names, ["my-app"]);
    assert_eq!(
        read(&[app, "--name", "a:1", "-t", "b"]).unwrap().names,
        ["a:1", "b"]
    );
}

#[test]
fn an_app_may_be_behind_a_url() {
    let settings = read(&["https://example.com/team/App.git#main:apps/Web"]).unwrap();
    let url = "https://example.com/team/App.git#main:apps/Web";
    assert_eq!(settings.app, AppSource::Url(url.to_owned()));
    assert_eq!(settings.names, ["web"]);
    let settings = read(&["."]).unwrap();
    assert_eq!(settings.app, AppSource::Directory(".".into()));
}

#[test]
fn certificates_are_a_directory_or_files() {
    assert_eq!(read(&[]).unwrap().tls, None);
    let tls = read(&[
        "--tlscacert",
        "ca",
        "--tlscert",
        "c",
        "--tlskey",
        "k",
        "--tlsservername",
        "n",
    ]);
    assert_eq!(
        tls.unwrap().tls,
        Some(TlsFiles {
            authority: Some("ca".into()),
            client: Some(("c".into(), "k".into())),
            server_name: Some("n".to_owned())
        })
    );
    let directory = tempfile::tempdir().unwrap();
    for name in ["ca.pem", "cert.pem", "key.pem"] {
        std::fs::write(directory.path().join(name), "").unwrap();
    }
    let path = directory.path().to_str().unwrap();
    let tls = read(&["--tlsdir", path]).unwrap().tls.unwrap();
    assert_eq!(tls.authority, Some(directory.path().join("ca.pem")));
    assert!(tls.client.is_some());
}
