use std::fs;

use tempfile::TempDir;

use super::*;
use crate::client::session::Session;
use crate::client::session::testing::Engine;

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
    let mut session = Session::default();
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
