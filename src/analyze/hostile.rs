//! Trees that nobody wants to plan: each ends in a plan or an error that says what is wrong, in bounded time.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::app::memory::Memory;
use super::{
    AnalyzeOptions, App, Directory, Entry, EntryKind, Environment, Tree, analyze, analyze_telling,
};

/// Nothing here takes seconds; a slow machine is no error, but what takes this long would take for ever.
const FOR_EVER: Duration = Duration::from_secs(300);

/// What becomes of an app: who planned it or the error, which must not be for ever in coming.
fn outcome(app: &App) -> String {
    let started = Instant::now();
    let analysis = analyze(app, &Environment::default(), &AnalyzeOptions::default());
    assert!(started.elapsed() < FOR_EVER);
    match analysis {
        Ok(analysis) => format!(
            "planned by {}",
            analysis.providers.first().unwrap_or(&"the user")
        ),
        Err(error) => error.to_string(),
    }
}

fn open(root: &Path) -> App {
    App::new(Directory::open(root).unwrap())
}

#[test]
fn links_lead_nowhere_but_into_the_tree() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("package.json"), "{}").unwrap();
    let root = tempfile::tempdir().unwrap();
    let link = |target: &Path, name: &str| symlink(target, root.path().join(name)).unwrap();
    link(Path::new("."), "here");
    link(Path::new(".."), "up");
    link(Path::new("loop"), "loop");
    link(Path::new("b"), "a");
    link(Path::new("a"), "b");
    link(outside.path(), "outside");
    fs::write(root.path().join("index.js"), "").unwrap();
    for (target, name) in [
        ("package.json", "package.json"),
        ("../package.json", "package.json"),
        ("here/here/here/index.json", "package.json"),
        ("outside/package.json", "package.json"),
    ] {
        let path = root.path().join(name);
        let _ = fs::remove_file(&path);
        symlink(target, path).unwrap();
        let said = outcome(&open(root.path()));
        assert!(
            said.starts_with("package.json: leads out of")
                || said.starts_with("package.json: is a link that leads to itself")
                || said.starts_with("no provider knows this app"),
            "{target}: {said}"
        );
    }
}

#[test]
fn what_is_no_file_is_not_opened() {
    let root = tempfile::tempdir().unwrap();
    let _socket = UnixListener::bind(root.path().join("package.json")).unwrap();
    insta::assert_snapshot!(outcome(&open(root.path())), @"package.json: is neither a file nor a directory, expected a file");

    let pipe = Memory::default().special("package.json").app();
    insta::assert_snapshot!(outcome(&pipe), @"package.json: is neither a file nor a directory, expected a file");
    let directory = Memory::default().file("package.json/index.js", "").app();
    insta::assert_snapshot!(outcome(&directory), @"package.json: is a directory, expected a file");
}

#[test]
fn a_file_that_turns_into_a_pipe_is_not_waited_for() {
    /// A tree that lists a file where a pipe is: somebody else changed it in between.
    struct Changed(Directory);
    impl Tree for Changed {
        fn list(&self, directory: &str, limit: usize) -> io::Result<Vec<Entry>> {
            let mut entries = self.0.list(directory, limit)?;
            for entry in &mut entries {
                entry.kind = EntryKind::File;
            }
            Ok(entries)
        }
        fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
            self.0.read(path, limit)
        }
    }
    let root = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(root.path().join("package.json"))
        .status();
    assert!(made.unwrap().success());
    let app = App::new(Changed(Directory::open(root.path()).unwrap()));
    insta::assert_snapshot!(outcome(&app), @"package.json: is no longer a regular file");
}

#[test]
fn names_that_are_not_utf8_are_left_out() {
    let root = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"p\xffckage.json");
    fs::write(root.path().join(name), "{").unwrap();
    fs::write(root.path().join("package.json"), "{}").unwrap();
    assert_eq!(outcome(&open(root.path())), "planned by node");
}

#[test]
fn unreadable_directories_are_told_and_unreadable_files_are_errors() {
    let app = Memory::default()
        .file(
            "package.json",
            r#"{"workspaces": ["packages/*", "data/**"]}"#,
        )
        .file("data/x/package.json", "{}")
        .forbidden("data")
        .app();
    let (analysis, messages) =
        analyze_telling(&app, &Environment::default(), &AnalyzeOptions::default());
    assert!(analysis.is_ok());
    assert!(
        messages
            .iter()
            .any(|message| message.text == "data: permission denied; taken as empty")
    );

    let app = Memory::default()
        .file("package.json", "{}")
        .forbidden("package.json")
        .app();
    insta::assert_snapshot!(outcome(&app), @"package.json: permission denied");
}

#[test]
fn a_very_deep_tree_is_planned() {
    let root = tempfile::tempdir().unwrap();
    fs::write(
        root.path().join("package.json"),
        r#"{"workspaces": ["**"]}"#,
    )
    .unwrap();
    // As deep as the system lets a path be.
    let deep = root.path().join("d/".repeat(1_500));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("package.json"), "{}").unwrap();
    assert_eq!(outcome(&open(root.path())), "planned by node");
}

#[test]
fn a_wide_and_deep_tree_is_planned() {
    /// 200,000 files, each directory and file looked at once or never.
    struct Large(Rc<RefCell<Vec<String>>>);
    impl Tree for Large {
        fn list(&self, directory: &str, _: usize) -> io::Result<Vec<Entry>> {
            self.0.borrow_mut().push(format!("{directory}/"));
            let depth = directory.split('/').filter(|name| !name.is_empty()).count();
            let entry = |name: String, kind| Entry { name, kind };
            let mut entries = vec![entry("package.json".to_owned(), EntryKind::File)];
            match depth {
                0 => entries.push(entry("packages".to_owned(), EntryKind::Directory)),
                1 => entries.extend(
                    (0..400).map(|number| entry(format!("p{number}"), EntryKind::Directory)),
                ),
                2 => entries
                    .extend((0..500).map(|number| entry(format!("f{number}.js"), EntryKind::File))),
                _ => {}
            }
            Ok(entries)
        }
        fn read(&self, path: &str, _: u64) -> io::Result<Vec<u8>> {
            self.0.borrow_mut().push(path.to_owned());
            Ok(match path {
                "package.json" => r#"{"workspaces": ["packages/*"]}"#.into(),
                _ => r#"{"dependencies": {"react": "^18"}}"#.into(),
            })
        }
    }
    let seen = Rc::default();
    let app = App::new(Large(Rc::clone(&seen)));
    assert_eq!(outcome(&app), "planned by node");
    let seen = seen.borrow();
    let once: BTreeSet<_> = seen.iter().collect();
    assert_eq!(once.len(), seen.len());
}

#[test]
fn an_enormous_manifest_is_refused_or_read() {
    let dependencies: Vec<_> = (0..200_000)
        .map(|number| format!(r#""package-{number}": "^1""#))
        .collect();
    let large = format!("{{\"dependencies\": {{{}}}}}", dependencies.join(","));
    let app = |text: String| Memory::default().file("package.json", text).app();
    assert_eq!(outcome(&app(large)), "planned by node");
    let problems = [
        "{".to_owned() + &" ".repeat(17 * 1024 * 1024),
        "{\"scripts\": ".repeat(100_000),
        "[".repeat(100_000),
        "\0".repeat(100),
        "{\"engines\": {\"node\": \">20 <10\"}}".to_owned(),
        format!(
            "{{\"engines\": {{\"node\": \"{}\"}}}}",
            ">=1 || ".repeat(100_000)
        ),
        format!("{{\"workspaces\": [\"{}\"]}}", "{a,b}".repeat(6)),
    ]
    .map(|text| outcome(&app(text)));
    insta::assert_snapshot!(problems.join("\n"), @"
    package.json: is larger than 16 MiB, the most that is read of one file
    package.json:1:25: invalid type: map, expected a string
    package.json:1:1: invalid type: sequence, expected an object
    package.json:1:1: unexpected token
    package.json > engines > node: found `>20 <10`, expected a range that a version can be in
    planned by node
    the pattern `{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}/package.*` has more than 4 groups of alternatives in braces
    ");
}

#[test]
fn a_file_without_permission_is_named() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("package.json");
    fs::write(&path, "{}").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Who may read everything, such as root, reads this too.
    let expected = match fs::read(&path) {
        Ok(_) => "planned by node",
        Err(_) => "package.json: permission denied",
    };
    assert_eq!(outcome(&open(root.path())), expected);
}
