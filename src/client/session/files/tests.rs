use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::time::{Duration, SystemTime};

use rustix::fs::{CWD, FileType, XattrFlags};

use tempfile::TempDir;

use super::tree::mode;
use super::*;
use crate::client::session::Session;
use crate::client::session::testing::Engine;
use crate::proto::fsutil::packet::PacketType;

const NAME: (&str, &str) = (DIRECTORY_KEY, "context");

/// A directory with files, each with its path for content; a path with `/` at its end is a directory.
fn folder(paths: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in paths {
        let place = folder.path().join(path);
        if path.ends_with('/') {
            fs::create_dir_all(place).unwrap();
        } else {
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, path).unwrap();
        }
    }
    folder
}

async fn engine(folder: &Path, excludes: &[&str]) -> Engine {
    let mut session = Session::default();
    let excludes = excludes.iter().map(|&pattern| pattern.to_owned()).collect();
    let locals = &mut session.locals;
    locals
        .insert_directory("context", folder, excludes)
        .unwrap();
    Engine::connect(session).await
}

/// The paths that are sent of a directory.
async fn sent(folder: &Path, metadata: &[(&str, &str)]) -> Vec<String> {
    let engine = engine(folder, &[]).await;
    let fetched = engine.fetch(&[&[NAME], metadata].concat()).await.unwrap();
    fetched.paths().into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_directory_is_sent_in_order_with_all_contents() {
    let paths = [
        "a.txt", "a/x", "a/b/c", "a-b", "ab", "B", "empty/", "\u{e9}",
    ];
    let folder = folder(&paths);
    fs::write(folder.path().join("nothing"), "").unwrap();
    fs::write(folder.path().join("large"), vec![b'x'; 3_000_000]).unwrap();
    let engine = engine(folder.path(), &[]).await;
    let fetched = engine.fetch(&[NAME]).await.unwrap();
    assert_eq!(
        fetched.paths(),
        [
            "B", "a", "a/b", "a/b/c", "a/x", "a-b", "a.txt", "ab", "empty", "large", "nothing",
            "\u{e9}"
        ]
    );
    for path in paths.iter().filter(|path| !path.ends_with('/')) {
        assert_eq!(fetched.text(path), *path);
    }
    assert_eq!(fetched.contents["nothing"], b"");
    assert_eq!(fetched.contents["large"], vec![b'x'; 3_000_000]);
    assert_eq!(fetched.stat("a/x").size, 3);
    assert_eq!(fetched.stat("a").size, 0);
    engine.leave().await.unwrap();
}

#[tokio::test]
async fn excludes_of_the_engine_and_of_the_client_both_count() {
    let folder = folder(&["a/b", "a/c", "d", "e.log", "f/g.log", "f/keep.log"]);
    let engine = engine(folder.path(), &["d"]).await;
    let excludes = [
        NAME,
        (EXCLUDES_KEY, "**/*.log"),
        (EXCLUDES_KEY, "!f/keep.log"),
        (EXCLUDES_KEY, "!d"),
    ];
    let fetched = engine.fetch(&excludes).await.unwrap();
    assert_eq!(fetched.paths(), ["a", "a/b", "a/c", "f", "f/keep.log"]);
}

#[tokio::test]
async fn a_directory_on_the_way_is_sent_before_what_is_taken_back() {
    let folder = folder(&["a/b/c", "a/b/d", "a/e", "f/g"]);
    let excludes = [
        (EXCLUDES_KEY, "a"),
        (EXCLUDES_KEY, "!a/b/c"),
        (EXCLUDES_KEY, "f"),
    ];
    assert_eq!(sent(folder.path(), &excludes).await, ["a", "a/b", "a/b/c"]);
    let includes = [(INCLUDES_KEY, "a/b/c"), (INCLUDES_KEY, "**/g")];
    let expected = ["a", "a/b", "a/b/c", "f", "f/g"];
    assert_eq!(sent(folder.path(), &includes).await, expected);
    let encoded = [(INCLUDES_KEY, "a%2Fe"), ("include-patterns-encoded", "1")];
    assert_eq!(sent(folder.path(), &encoded).await, ["a", "a/e"]);
}

#[tokio::test]
async fn files_in_memory_are_sent_like_others() {
    let session = Session::default();
    let files = [("rpk.json", "{}"), ("a/b", "c")];
    let files = files.map(|(path, content)| (path.into(), content.into()));
    session
        .locals
        .insert_files("dockerfile", files.into())
        .unwrap();
    let engine = Engine::connect(session).await;
    let name = (DIRECTORY_KEY, "dockerfile");
    let fetched = engine.fetch(&[name]).await.unwrap();
    assert_eq!(fetched.paths(), ["a", "a/b", "rpk.json"]);
    assert_eq!(fetched.text("rpk.json"), "{}");
    let follow = [
        name,
        (FOLLOW_KEY, "rpk.json"),
        (FOLLOW_KEY, "rpk.json.dockerignore"),
    ];
    assert_eq!(engine.fetch(&follow).await.unwrap().paths(), ["rpk.json"]);
}

#[tokio::test]
async fn an_unknown_directory_is_not_found() {
    let engine = Engine::connect(Session::default()).await;
    let error = engine.fetch(&[(DIRECTORY_KEY, "etc")]).await.unwrap_err();
    assert_eq!(error.code(), tonic::Code::NotFound);
    assert_eq!(error.message(), "the build has no local directory `etc`");
}

#[tokio::test]
async fn facts_of_files_are_what_buildkit_s_own_client_tells() {
    let folder = folder(&["d/first", "only"]);
    let path = |name: &str| folder.path().join(name);
    let permissions = |name: &str, mode| {
        fs::set_permissions(path(name), Permissions::from_mode(mode)).unwrap();
    };
    permissions("only", 0o4750);
    permissions("d", 0o3711);
    std::os::unix::fs::symlink("../../outside", path("d/link")).unwrap();
    fs::hard_link(path("d/first"), path("d/second")).unwrap();
    fs::hard_link(path("d/first"), path("a")).unwrap();
    let socket = UnixListener::bind(path("socket")).unwrap();
    rustix::fs::mknodat(CWD, path("pipe"), FileType::Fifo, 0o644.into(), 0).unwrap();
    let time = SystemTime::UNIX_EPOCH + Duration::new(1_234_567_890, 12_345);
    File::open(path("only"))
        .unwrap()
        .set_modified(time)
        .unwrap();
    let engine = engine(folder.path(), &[]).await;
    let fetched = engine.fetch(&[NAME]).await.unwrap();
    drop(socket);
    let facts = |path: &str| {
        let stat = fetched.stat(path);
        (stat.mode & !0o777, stat.size, stat.linkname.as_str())
    };
    assert_eq!(facts("a"), (0, 7, ""));
    assert_eq!(
        facts("d"),
        (mode::DIRECTORY | mode::SETGID | mode::STICKY, 0, "")
    );
    assert_eq!(facts("d/first"), (0, 7, "a"));
    assert_eq!(facts("d/link"), (mode::SYMLINK, 13, "../../outside"));
    assert_eq!(facts("d/second"), (0, 7, "a"));
    assert_eq!(facts("only"), (mode::SETUID, 4, ""));
    assert_eq!(facts("pipe"), (mode::FIFO, 0, ""));
    assert_eq!(facts("socket"), (0, 0, ""));
    assert_eq!(fetched.stat("only").mod_time, 1_234_567_890_000_012_345);
    assert_eq!(fetched.stat("only").mode & 0o777, 0o750);
    let contents: Vec<&str> = fetched.contents.keys().map(String::as_str).collect();
    assert_eq!(contents, ["a", "only", "socket"]);
}

#[tokio::test]
async fn a_link_is_to_the_first_name_that_is_sent() {
    let folder = folder(&["a"]);
    for name in ["b", "c"] {
        fs::hard_link(folder.path().join("a"), folder.path().join(name)).unwrap();
    }
    let engine = engine(folder.path(), &["a"]).await;
    let fetched = engine.fetch(&[NAME]).await.unwrap();
    assert_eq!(fetched.paths(), ["b", "c"]);
    assert_eq!(fetched.stat("c").linkname, "b");
    assert_eq!(fetched.text("b"), "a");
}

#[tokio::test]
async fn extended_attributes_are_sent() {
    let folder = folder(&["a", "b"]);
    let path = folder.path().join("a");
    let set = rustix::fs::setxattr(path, "user.railpack", b"value", XattrFlags::empty());
    set.expect("the file system of temporary files has extended attributes");
    let engine = engine(folder.path(), &[]).await;
    let fetched = engine.fetch(&[NAME]).await.unwrap();
    let attributes = &fetched.stat("a").xattrs;
    assert_eq!(attributes["user.railpack"], b"value");
    assert!(!fetched.stat("b").xattrs.contains_key("user.railpack"));
}

#[tokio::test]
async fn a_name_that_is_no_text_is_an_error_unless_it_is_left_out() {
    let folder = folder(&["d/a"]);
    let name = OsStr::from_bytes(b"d/caf\xe9");
    fs::write(folder.path().join(name), "").unwrap();
    let engine = engine(folder.path(), &[]).await;
    let error = engine.fetch(&[NAME]).await.unwrap_err();
    assert_eq!(
        error.message(),
        "the name of `d/caf\u{fffd}` is not UTF-8 (d/caf\\xe9), which BuildKit does not take; hint: rename it, or leave it \
         out with a pattern in .dockerignore (`?` matches a byte that is no text)"
    );
    let excludes = [NAME, (EXCLUDES_KEY, "**/caf?")];
    assert_eq!(engine.fetch(&excludes).await.unwrap().paths(), ["d", "d/a"]);
    std::os::unix::fs::symlink(OsStr::from_bytes(b"\xe9"), folder.path().join("e")).unwrap();
    let error = engine.fetch(&excludes).await.unwrap_err();
    assert!(
        error
            .message()
            .contains("the target of the symbolic link is not UTF-8"),
        "{error}"
    );
}

#[tokio::test]
async fn paths_are_followed_through_links_and_wildcards() {
    let folder = folder(&[
        "real/x", "real/y", "other/z", "src/a1/f", "src/b1/f", "unused",
    ]);
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
    };
    link("real", "link");
    link("/other/z", "src/a2");
    link("../../../../etc/passwd", "outside");
    link("loop/more", "loop");
    let follow = async |path| sent(folder.path(), &[(FOLLOW_KEY, path)]).await;
    assert_eq!(follow("link/x").await, ["link", "real", "real/x"]);
    assert_eq!(follow("/link/").await, ["link", "real", "real/x", "real/y"]);
    let expected = ["other", "other/z", "src", "src/a1", "src/a1/f", "src/a2"];
    assert_eq!(follow("src/a*").await, expected);
    assert_eq!(follow("outside").await, ["outside"]);
    assert_eq!(follow("loop").await, ["loop"]);
    assert_eq!(follow("nothing").await, [""; 0]);
    assert_eq!(follow(".").await.len(), 15);
    let both = [(FOLLOW_KEY, "link/x"), (FOLLOW_KEY, "link/y")];
    assert_eq!(
        sent(folder.path(), &both).await,
        ["link", "real", "real/x", "real/y"]
    );
    let both = [(FOLLOW_KEY, "link/x"), (INCLUDES_KEY, "unused")];
    assert_eq!(
        sent(folder.path(), &both).await,
        ["link", "real", "real/x", "unused"]
    );
}

#[tokio::test]
async fn a_file_that_goes_away_before_it_is_read_is_an_error() {
    let folder = folder(&["a"]);
    let engine = engine(folder.path(), &[]).await;
    let mut transfer = engine.transfer(&[NAME]).await.unwrap();
    assert_eq!(transfer.stats().await.unwrap().len(), 1);
    fs::remove_file(folder.path().join("a")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("a")).unwrap();
    transfer.ask(PacketType::PacketReq, 0).await;
    let packet = transfer.packets.message().await.unwrap().unwrap();
    assert_eq!(packet.r#type(), PacketType::PacketErr);
    let error = transfer.packets.message().await.unwrap_err();
    assert!(error.message().starts_with("cannot read `a`: "), "{error}");
    drop(transfer);
    engine.leave().await.unwrap();
}

#[tokio::test]
async fn a_number_that_stands_for_nothing_is_an_error() {
    let folder = folder(&["d/a"]);
    let engine = engine(folder.path(), &[]).await;
    for id in [0, 2] {
        let mut transfer = engine.transfer(&[NAME]).await.unwrap();
        transfer.stats().await.unwrap();
        transfer.ask(PacketType::PacketReq, id).await;
        transfer.packets.message().await.unwrap();
        let error = transfer.packets.message().await.unwrap_err();
        assert_eq!(
            error.message(),
            format!("BuildKit asked for file {id}, which is not to be had")
        );
    }
}

#[tokio::test]
async fn an_engine_that_leaves_ends_the_transfer() {
    let folder = folder(&["a"]);
    fs::write(folder.path().join("large"), vec![b'x'; 50 << 20]).unwrap();
    let engine = engine(folder.path(), &[]).await;
    let mut transfer = engine.transfer(&[NAME]).await.unwrap();
    transfer.stats().await.unwrap();
    transfer.ask(PacketType::PacketReq, 1).await;
    transfer.packets.message().await.unwrap();
    drop(transfer);
    assert_eq!(
        engine
            .fetch(&[NAME, (EXCLUDES_KEY, "large")])
            .await
            .unwrap()
            .paths(),
        ["a"]
    );
    engine.leave().await.unwrap();
}

#[test]
fn what_is_no_local_directory_is_told_before_the_build() {
    let folder = folder(&["file"]);
    let directory = |path: &Path, exclude: &str| {
        let locals = Locals::default();
        let added = locals.insert_directory("context", path, vec![exclude.to_owned()]);
        added.unwrap_err().to_string()
    };
    assert_eq!(
        directory(Path::new("/nonexistent"), ""),
        "local directory `context`: cannot read `/nonexistent`: No such file or directory (os error 2)"
    );
    assert!(directory(&folder.path().join("file"), "").ends_with("not a directory"));
    assert_eq!(
        directory(folder.path(), "[a"),
        "local directory `context`: pattern `[a` is malformed: `[` is never closed"
    );
    for path in ["", "/a", "../a", "a/../b"] {
        let added = Locals::default().insert_files("plan", [(path.into(), Bytes::new())].into());
        assert!(matches!(added, Err(LocalError::Path { .. })), "{path:?}");
    }
}
