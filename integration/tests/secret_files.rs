//! Secrets as files: there for the commands of a step, and nowhere else; a changed file reruns that step.

use libtest_mimic::Trial;
use serde_json::json;
use tempfile::NamedTempFile;

use super::{Subject, named};
use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Build, Engine, Output};
use crate::harness::image::Image;
use crate::harness::progress::Progress;
use crate::harness::project::{Project, shell};
use crate::harness::secrecy::{HIDE, archive_with_provenance, exported_cache, hidden};
use crate::harness::settings::settings;
use crate::harness::unique::unique_token;

pub(crate) fn subject() -> Vec<Trial> {
    let with_this_client = named![
        a_file_gets_its_own_image_and_runs_once_with_this_client,
        a_file_that_is_not_offered_is_not_there_with_this_client,
    ];
    Subject::new("secret-files")
        .on_both(named![
            a_file_gets_its_own_image_and_runs_once,
            a_file_is_in_nothing_of_the_image,
            a_file_that_is_not_offered_is_a_warning,
        ])
        .on_both(with_this_client)
        .on_docker_with_containerd(named![a_file_gets_its_own_image_and_runs_once])
        // That engine knows secrets as files only, and does not tell the frontend what image it is.
        .on_docker_20_10(named![a_hash_that_is_given_reruns_the_step])
        .on_docker_20_10(with_this_client)
        .on_buildkit(named![a_file_is_in_no_cache_and_no_provenance])
        .trials
}

/// A large file that is no text, and ends in a value.
fn secret_file(value: &str) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let mut content = [0, 0xff, b'\n', b'='].repeat(100_000);
    content.extend_from_slice(value.as_bytes());
    std::fs::write(file.path(), content).unwrap();
    file
}

/// The size of such a file, with the sixteen digits of its value.
const SIZE: usize = 400_016;

/// The client's option for a secret that is a file.
fn option(file: &NamedTempFile) -> String {
    format!("id=npmrc,src={}", file.path().display())
}

/// Uses a secret file in one step, and has a step behind it; the image shows what was seen, in other letters.
fn project(token: &str) -> Project {
    let look = format!(
        "stat -c '%a %s' ~/.npmrc > seen; TOKEN=$(tail -c 16 ~/.npmrc); {HIDE} >> seen; ! printenv npmrc; echo use {token}"
    );
    let image = json!({ "image": settings().runtime_image });
    Project::with_plan(&json!({
        "secrets": ["npmrc"],
        "steps": [
            { "name": "install", "inputs": [image], "secrets": ["*"], "commands": [shell(&format!("echo install {token}"))] },
            {
                "name": "use",
                "inputs": [{ "step": "install" }],
                "secretFiles": [{ "id": "npmrc", "path": "~/.npmrc", "mode": 288 }],
                "commands": [shell(&look)],
            },
            { "name": "follow", "inputs": [{ "step": "use" }], "commands": [shell(&format!("cp seen followed; echo follow {token}"))] },
        ],
        "deploy": {
            "base": image,
            "inputs": [{ "step": "use", "include": ["seen"] }, { "step": "follow", "include": ["followed"] }],
        },
    }))
}

/// Which of the steps of [`project`] ran.
fn ran(progress: &Progress, token: &str) -> Vec<&'static str> {
    let mut steps = vec!["install", "use", "follow"];
    steps.retain(|step| !progress.is_cached(&format!("echo {step} {token}")));
    steps
}

/// Builds with one file, the same, another one, and the first. `build` gives the progress and the image.
fn follow_the_files(token: &str, build: impl Fn(&str) -> (Progress, Image)) {
    let values = [(); 2].map(|()| unique_token());
    let files = values.each_ref().map(|value| secret_file(value));
    let expected: [(usize, &[&str]); 4] = [
        (0, &["install", "use", "follow"]),
        (0, &[]),
        (1, &["use", "follow"]),
        (0, &[]),
    ];
    for (turn, (number, steps)) in expected.into_iter().enumerate() {
        let (progress, image) = build(&option(&files[number]));
        assert_eq!(ran(&progress, token), steps, "turn {turn}");
        let seen =
            image.run_script("cat /app/seen; cmp /app/seen /app/followed; test ! -e /root/.npmrc");
        let expected = format!("440 {SIZE}\n{}", hidden(&values[number]));
        assert_eq!(seen.success().stdout_text(), expected, "turn {turn}");
    }
}

fn a_file_gets_its_own_image_and_runs_once(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    follow_the_files(&token, |secret| {
        let image = Image::of(engine);
        let build = offered(project.build(engine), secret).raw_progress();
        let outcome = build.run(&Output::Image(image.name().to_owned()));
        (Progress::of(&outcome.success()), image)
    });
}

fn a_file_gets_its_own_image_and_runs_once_with_this_client(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    follow_the_files(&token, |secret| {
        let build = || DirectBuild::of_project(engine, &project).options(["--secret", secret]);
        let progress = build().raw_progress().without_output().run().success();
        (Progress::of(&progress), build().image())
    });
}

fn offered<'p>(build: Build<'p>, secret: &str) -> Build<'p> {
    build.options(["--secret", secret], ["--secret", secret])
}

fn a_file_is_in_nothing_of_the_image(engine: &Engine) {
    let value = unique_token();
    let file = secret_file(&value);
    let project = project(&unique_token());
    let build = offered(project.build(engine), &option(&file));
    let image = build.image();
    let output = build.run(&Output::Nothing).success();
    let layers = String::from_utf8_lossy(&image.save()).into_owned();
    assert!(layers.contains(&hidden(&value)));
    let places = [
        ("build output", output.stdout_text() + &output.stderr),
        ("image config", image.inspect().to_string()),
        ("image history", image.history()),
        ("image layers", layers),
    ];
    for (place, text) in &places {
        assert!(!text.contains(&value), "the value is in the {place}");
    }
}

fn a_file_is_in_no_cache_and_no_provenance(engine: &Engine) {
    let value = unique_token();
    let file = secret_file(&value);
    let project = project(&unique_token());
    let archive = archive_with_provenance(offered(project.build(engine), &option(&file)));
    assert!(archive.contains("/run/railpack/secret-files/0"));
    assert!(archive.contains(&hidden(&value)));
    assert!(!archive.contains(&value));

    let blobs = exported_cache(offered(project.build(engine), &option(&file)));
    assert!(blobs.iter().any(|blob| blob.contains(&hidden(&value))));
    assert!(blobs.iter().all(|blob| !blob.contains(&value)));
}

/// A plan that tells whether the file is there.
fn looking_project(token: &str) -> Project {
    let look = format!("test -e ~/.npmrc && echo there {token} || echo gone {token}");
    Project::with_plan(&json!({
        "secrets": ["npmrc"],
        "steps": [{
            "name": "build",
            "inputs": [{ "image": settings().runtime_image }],
            "secretFiles": [{ "id": "npmrc", "path": "~/.npmrc" }],
            "commands": [shell(&look)],
        }],
        "deploy": { "base": { "step": "build" }, "startCommand": "true" },
    }))
}

/// What the command of [`looking_project`] saw, if it ran, and the warnings.
fn looked(progress: &Progress, token: &str) -> (Option<bool>, Vec<String>) {
    let ran = !progress.is_cached(token);
    let log = || progress.log(token).contains("there ");
    let warnings = progress.warnings().to_vec();
    (ran.then(log), warnings)
}

/// That there is none is another state than that it is empty.
fn a_file_that_is_not_offered_is_a_warning(engine: &Engine) {
    let token = unique_token();
    let project = looking_project(&token);
    let empty = NamedTempFile::new().unwrap();
    let built = |build: Build<'_>| {
        let outcome = build.raw_progress().run(&Output::Nothing).success();
        looked(&Progress::of(&outcome), &token)
    };
    let told = vec!["secrets without a value: npmrc (rpk.json:9)".to_owned()];
    let with = || offered(project.build(engine), &option(&empty));
    assert_eq!(built(project.build(engine)), (Some(false), told.clone()));
    assert_eq!(built(with()), (Some(true), vec![]));
    assert_eq!(built(project.build(engine)), (None, told));
    assert_eq!(built(with()), (None, vec![]));
}

fn a_file_that_is_not_offered_is_not_there_with_this_client(engine: &Engine) {
    let token = unique_token();
    let project = looking_project(&token);
    let empty = NamedTempFile::new().unwrap();
    let built = |is_offered: bool| {
        let mut build = DirectBuild::of_project(engine, &project).raw_progress();
        if is_offered {
            build = build.options(["--secret", &option(&empty)]);
        }
        let outcome = build.without_output().run().success();
        looked(&Progress::of(&outcome), &token)
    };
    let (first, warnings) = built(false);
    assert_eq!(first, Some(false));
    // Engines before 0.10 show none.
    let is_old = engine.name() == "docker-20.10";
    let told = ["secrets without a value: npmrc (rpk.json:9)"];
    let expected: &[&str] = if is_old { &[] } else { &told };
    assert_eq!(warnings, expected);
    // BuildKit 0.8 takes an empty file for none.
    assert_eq!(built(true).0, Some(!is_old));
    assert_eq!(built(false).0, None);
}

fn a_hash_that_is_given_reruns_the_step(engine: &Engine) {
    let token = unique_token();
    let project = project(&token);
    let value = unique_token();
    let file = secret_file(&value);
    let built = |hash: &str| {
        let build = offered(project.build(engine), &option(&file));
        build.build_argument("secrets-hash", hash)
    };
    let image = built("1").image();
    let seen = image.run_script("cat /app/seen").stdout_text();
    assert_eq!(seen, format!("440 {SIZE}\n{}", hidden(&value)));
    let steps = |hash: &str| {
        let outcome = built(hash).raw_progress().run(&Output::Nothing).success();
        ran(&Progress::of(&outcome), &token)
    };
    assert_eq!(steps("1"), [""; 0]);
    // Of all steps with secrets.
    assert_eq!(steps("2"), ["install", "use", "follow"]);
    assert_eq!(steps("1"), [""; 0]);
}
