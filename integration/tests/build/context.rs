//! The app's files, on their way to the engine: the engine's own client and this one send the same.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use libtest_mimic::Trial;
use serde_json::json;

use crate::harness::direct::DirectBuild;
use crate::harness::engine::{Engine, Output};
use crate::harness::private_engine::PrivateEngine;
use crate::harness::progress::Progress;
use crate::harness::project::{Project, plan_of_commands, shell};
use crate::harness::redaction::told;
use crate::harness::unique::unique_token;
use crate::tests::{Subject, assert_text, named};

/// Larger than what 32 bits count.
const LARGE: u64 = (4 << 30) + 1;

const SMALL_FILES: usize = 100_000;

pub(super) fn subject() -> Vec<Trial> {
    Subject::new("build/context")
        .on_both(named![
            links_modes_and_odd_names_are_those_of_the_engines_own_client,
            a_file_that_changes_while_it_is_sent_is_sent,
        ])
        .on_buildkit(named![
            a_hundred_thousand_files_arrive,
            a_file_of_four_gigabytes_arrives,
            a_name_that_is_no_text_is_an_error,
            a_file_that_may_not_be_read_is_an_error,
        ])
        .trials
}

/// A step that copies the app, and then runs a script on it.
fn project(script: &str) -> Project {
    project_without(&[], script)
}

/// What the script of a build prints.
fn printed(engine: &Engine, project: &Project, token: &str) -> String {
    let build = DirectBuild::of_project(engine, project).raw_progress();
    let progress = Progress::of(&build.without_output().run().success());
    progress.log(token).to_owned()
}

/// The same, without what the patterns match.
fn project_without(patterns: &[&str], script: &str) -> Project {
    let mut plan = plan_of_commands(&[]);
    plan["steps"][0]["commands"] = json!([{ "src": ".", "dest": "." }, shell(script)]);
    plan["exclude"] = json!(patterns);
    plan["deploy"]["startCommand"] = json!("true");
    Project::with_plan(&plan)
}

fn links_modes_and_odd_names_are_those_of_the_engines_own_client(engine: &Engine) {
    let token = unique_token();
    let script =
        format!("echo {token}; stat -c %h one; readlink up; cat folder/through; ls left-out");
    let project = project_without(&["**/*.log", "left-out", "!left-out/kept"], &script)
        .file("one", &token)
        .file("folder/a.log", "left out")
        .file("folder/\u{e9}t\u{e9}, 1 $(x) \"y\" \\z", "odd")
        .file("left-out/kept", "")
        .file("left-out/other", "left out")
        .file("target", "through a link\n");
    let context = project.context();
    fs::hard_link(context.join("one"), context.join("folder/two")).unwrap();
    for (link, target) in [
        ("up", "../outside"),
        ("folder/through", "../target"),
        ("loop", "loop"),
    ] {
        symlink(target, context.join(link)).unwrap();
    }
    fs::set_permissions(context.join("target"), Permissions::from_mode(0o4751)).unwrap();
    fs::create_dir(context.join("sticky")).unwrap();
    fs::set_permissions(context.join("sticky"), Permissions::from_mode(0o1777)).unwrap();

    assert_eq!(
        printed(engine, &project, &token),
        format!("{token}\n2\n../outside\nthrough a link\nkept\n")
    );
    let theirs = project.build(engine).raw_progress().run(&Output::Nothing);
    assert!(Progress::of(&theirs.success()).is_cached(&token));

    fs::write(context.join("one"), "changed").unwrap();
    let theirs = project.build(engine).raw_progress().run(&Output::Nothing);
    assert!(!Progress::of(&theirs.success()).is_cached(&token));
    let ours = DirectBuild::of_project(engine, &project).raw_progress();
    let ours = Progress::of(&ours.without_output().run().success());
    assert!(ours.is_cached(&token));
}

/// It is the file as it was at some time: longer or shorter than it was found, and never an error or a build without end.
fn a_file_that_changes_while_it_is_sent_is_sent(engine: &Engine) {
    let token = unique_token();
    let project = project(&format!("echo {token}; tail -c 1 last"))
        .file("changing", "")
        .file("last", "z");
    for number in 0..500 {
        fs::write(project.context().join(format!("file-{number}")), &token).unwrap();
    }
    let is_over = AtomicBool::new(false);
    let path = project.context().join("changing");
    let log = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                change(&path);
            }
        });
        let build = || printed(engine, &project, &token);
        let log = std::panic::catch_unwind(std::panic::AssertUnwindSafe(build));
        is_over.store(true, Ordering::Relaxed);
        log.unwrap()
    });
    assert_eq!(log, format!("{token}\nz"));
}

/// Lets a file grow to 64 MiB, most of them a hole, and shrink again.
fn change(path: &Path) {
    let mut file = File::options().append(true).open(path).unwrap();
    for _ in 0..64 {
        file.write_all(&[b'x'; 4096]).unwrap();
    }
    file.set_len(64 << 20).unwrap();
    file.set_len(1).unwrap();
}

/// On an engine of its own, whose store goes with it.
fn a_hundred_thousand_files_arrive(_: &Engine) {
    let token = unique_token();
    let project = project(&format!("echo {token}; find files -type f | wc -l"));
    for number in 0..SMALL_FILES {
        let folder = project
            .context()
            .join(format!("files/{:03}", number / 1000));
        if number % 1000 == 0 {
            fs::create_dir_all(&folder).unwrap();
        }
        fs::write(folder.join(format!("{number}.txt")), number.to_string()).unwrap();
    }
    let engine = PrivateEngine::start();
    assert_eq!(
        printed(&engine.engine(), &project, &token),
        format!("{token}\n{SMALL_FILES}\n")
    );
}

/// No step has it, so that the engine writes it once.
fn a_file_of_four_gigabytes_arrives(_: &Engine) {
    let mut plan = plan_of_commands(&[]);
    plan["steps"][0]["commands"] = json!([{ "src": "small", "dest": "small" }]);
    let project = Project::with_plan(&plan).file("small", "");
    let large = File::create(project.context().join("large")).unwrap();
    large.set_len(LARGE).unwrap();
    let engine = PrivateEngine::start();
    let build = DirectBuild::of_project(&engine.engine(), &project).without_output();
    let outcome = build.run().success();
    let mut lines = outcome.stderr.lines();
    let received = lines.rfind(|line| line.contains("transferring context"));
    assert!(received.unwrap().contains(" 4.30GB "), "{outcome}");
}

fn a_name_that_is_no_text_is_an_error(engine: &Engine) {
    let with_name = |project: Project| {
        let project = project.file("folder/a", "");
        let name = OsStr::from_bytes(b"folder/caf\xe9");
        fs::write(project.context().join(name), "").unwrap();
        DirectBuild::of_project(engine, &project)
            .without_output()
            .run()
    };
    let outcome = with_name(project("true"));
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(told(&outcome), @r"error: error from sender: the name of `folder/caf�` is not UTF-8 (folder/caf\xe9), which BuildKit does not take; hint: rename it, or leave it out with a pattern in .dockerignore (`?` matches a byte that is no text)");

    with_name(project_without(&["**/caf?"], "true")).success();
}

fn a_file_that_may_not_be_read_is_an_error(engine: &Engine) {
    let project = project("true").file("folder/a", "");
    let path = project.context().join("folder/a");
    fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    let mut build = DirectBuild::of_project(engine, &project).without_output();
    if fs::read(&path).is_ok() {
        // Who is root reads everything, but for this.
        let capabilities = "--bounding-set=-dac_override,-dac_read_search";
        build = build.by("setpriv", [capabilities]);
    }
    let outcome = build.run();
    assert_eq!(outcome.code(), Some(1), "{outcome}");
    assert_text!(told(&outcome), @"error: error from sender: cannot read `folder/a`: Permission denied (os error 13); hint: make it readable, or leave it out in .dockerignore");
}
