use std::io::Write;
use std::os::unix::fs::MetadataExt;

use super::*;

const TIME: i64 = 1_600_000_000_123_456_789;

fn stat(path: &str, mode: u32, linkname: &str) -> Stat {
    Stat {
        path: path.to_owned(),
        mode,
        linkname: linkname.to_owned(),
        mod_time: TIME,
        ..Stat::default()
    }
}

fn directory(path: &str) -> Stat {
    stat(path, mode::DIRECTORY | 0o755, "")
}

fn file(path: &str) -> Stat {
    stat(path, 0o644, "")
}

fn link(path: &str, target: &str) -> Stat {
    stat(path, mode::SYMLINK | 0o777, target)
}

/// Receives files; the content of each is its number.
fn receive(target: &Path, stats: &[Stat]) -> Result<Folder, FolderError> {
    let mut folder = Folder::near(target).unwrap();
    for (id, stat) in (0..u32::MAX).zip(stats) {
        if folder.add(id, stat)? {
            let mut file = folder.open(id)?.unwrap();
            write!(file, "{id}").unwrap();
            folder.close(id)?;
        }
    }
    Ok(folder)
}

#[test]
fn files_links_modes_and_times_arrive() {
    let parent = tempfile::tempdir().unwrap();
    let target = parent.path().join("new/out");
    let stats = [
        stat("bin", mode::DIRECTORY | 0o555, ""),
        stat("bin/app", mode::SETUID | 0o755, ""),
        stat("bin/same", 0o755, "bin/app"),
        directory("empty"),
        link("passwd", "/etc/passwd"),
        stat("pipe", mode::FIFO | 0o644, ""),
    ];
    receive(&target, &stats).unwrap().commit(&target).unwrap();
    let facts = |path: &str| target.join(path).symlink_metadata().unwrap();
    assert_eq!(facts("bin").mode() & 0o7777, 0o555);
    assert_eq!(facts("bin/app").mode() & 0o7777, 0o755);
    assert_eq!(facts("bin/app").ino(), facts("bin/same").ino());
    for path in ["bin", "bin/app", "empty", "passwd"] {
        assert_eq!(facts(path).mtime(), 1_600_000_000, "{path}");
        assert_eq!(facts(path).mtime_nsec(), 123_456_789, "{path}");
    }
    assert_eq!(
        fs::read_link(target.join("passwd")).unwrap(),
        Path::new("/etc/passwd")
    );
    assert_eq!(fs::read_to_string(target.join("bin/app")).unwrap(), "1");
    assert!(!target.join("pipe").exists());
    assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
}

#[test]
fn what_was_there_stays() {
    let target = tempfile::tempdir().unwrap();
    let place = |path: &str| target.path().join(path);
    fs::create_dir_all(place("a/b")).unwrap();
    for path in ["a/old", "a/b/old", "a/both"] {
        fs::write(place(path), "old").unwrap();
    }
    let stats = [
        directory("a"),
        directory("a/b"),
        file("a/b/new"),
        file("a/both"),
        directory("c"),
        file("c/d"),
    ];
    let folder = receive(target.path(), &stats).unwrap();
    folder.commit(target.path()).unwrap();
    let read = |path: &str| fs::read_to_string(place(path)).unwrap();
    assert_eq!([read("a/old"), read("a/b/old")], ["old", "old"]);
    assert_eq!(
        [read("a/b/new"), read("a/both"), read("c/d")],
        ["2", "3", "5"]
    );
    assert_eq!(fs::read_dir(target.path()).unwrap().count(), 2);
}

#[test]
fn nothing_is_moved_where_something_else_is_in_the_way() {
    let elsewhere = tempfile::tempdir().unwrap();
    for is_link in [true, false] {
        let target = tempfile::tempdir().unwrap();
        let in_the_way = target.path().join("b");
        let stats = if is_link {
            std::os::unix::fs::symlink(elsewhere.path(), &in_the_way).unwrap();
            [file("a"), directory("b"), file("b/c")].to_vec()
        } else {
            fs::create_dir(&in_the_way).unwrap();
            [file("a"), file("b")].to_vec()
        };
        let folder = receive(target.path(), &stats).unwrap();
        let error = folder.commit(target.path()).unwrap_err().to_string();
        assert!(error.contains("is in the way"), "{error}");
        assert_eq!(fs::read_dir(target.path()).unwrap().count(), 1);
    }
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn no_path_leaves_the_directory() {
    let target = tempfile::tempdir().unwrap();
    for stats in [
        vec![file("../a")],
        vec![file("/a")],
        vec![file("")],
        vec![file(".")],
        vec![file("..")],
        vec![file("a/")],
        vec![file("a/b")],
        vec![file("a\0b")],
        vec![directory("a"), file("a/../b")],
        vec![directory("a"), file("a//b")],
        vec![directory("a"), file("./a/b")],
        vec![directory("a"), directory("a")],
        vec![file("b"), file("a")],
        vec![link("a", "/tmp"), file("a/b")],
        vec![link("a", "."), stat("b", 0o644, "a/c")],
        vec![link("a", "/etc/passwd"), stat("b", 0o644, "a")],
        vec![stat("a", 0o644, "/etc/passwd")],
        vec![stat("a", 0o644, "a")],
    ] {
        let error = receive(target.path(), &stats);
        assert!(
            matches!(
                error,
                Err(FolderError::Path { .. } | FolderError::Link { .. })
            ),
            "{stats:?}"
        );
    }
    assert_eq!(fs::read_dir(target.path()).unwrap().count(), 0);
}
