use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::*;
use crate::client::session::Session;
use crate::client::session::files::tree::mode;
use crate::client::session::testing::{Engine, piece};
use crate::proto::fsutil::Stat;

fn names(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

async fn engine(receivers: &Receivers) -> Engine {
    Engine::connect(Session {
        receivers: receivers.clone(),
        ..Session::default()
    })
    .await
}

#[tokio::test]
async fn a_file_appears_whole_when_the_build_succeeded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    std::fs::write(&path, "earlier").unwrap();
    let receivers = Receivers::default();
    receivers.insert_file(1, &path).unwrap();
    let engine = engine(&receivers).await;
    let pieces = vec![piece("ab"), piece(""), piece("cd")];
    engine.send_result(1, pieces).await.unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"earlier");
    receivers.commit().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"abcd");
    assert_eq!(names(folder.path()), ["image.tar"]);
}

#[tokio::test]
async fn nothing_stays_of_a_build_that_failed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.tar");
    let receivers = Receivers::default();
    receivers.insert_file(0, &path).unwrap();
    assert_eq!(names(folder.path()).len(), 1);
    let engine = engine(&receivers).await;
    engine.send_result(0, vec![piece("ab")]).await.unwrap();
    let again = engine.send_result(0, vec![piece("cd")]).await.unwrap_err();
    assert_eq!(again.message(), "the result of exporter 0 was already sent");
    engine.leave().await.unwrap();
    drop(receivers);
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_result_that_never_came_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let receivers = Receivers::default();
    receivers.insert_file(0, &folder.path().join("a")).unwrap();
    let error = receivers.commit().unwrap_err().to_string();
    assert!(error.starts_with("BuildKit sent nothing for `"), "{error}");
    assert!(names(folder.path()).is_empty());
    receivers.insert_writer(3, tokio::io::sink());
    let error = receivers.commit().unwrap_err().to_string();
    assert_eq!(error, "BuildKit sent nothing for exporter 3");
}

#[tokio::test]
async fn a_writer_hears_everything_and_then_the_end() {
    let (writer, mut reader) = tokio::io::duplex(4);
    let receivers = Receivers::default();
    receivers.insert_writer(0, writer);
    let engine = engine(&receivers).await;
    let mut text = String::new();
    let pieces = vec![piece("hello "), piece("world")];
    let (sent, read) = tokio::join!(
        engine.send_result(0, pieces),
        reader.read_to_string(&mut text)
    );
    sent.unwrap();
    read.unwrap();
    assert_eq!(text, "hello world");
    receivers.commit().unwrap();
}

/// `docker load` would complain of an archive that ends early, and say nothing of the connection that broke.
#[tokio::test]
async fn a_writer_that_does_not_hear_everything_does_not_hear_the_end() {
    let (writer, mut reader) = tokio::io::duplex(4);
    let receivers = Receivers::default();
    receivers.insert_writer(0, writer);
    let engine = engine(&receivers).await;
    let mut start = [0; 4];
    let endless = std::iter::repeat_with(|| piece("half"));
    tokio::select! {
        _ = engine.send_result(0, endless) => panic!("all of it is sent"),
        read = reader.read_exact(&mut start) => assert_eq!(read.unwrap(), 4),
    }
    engine.leave().await.unwrap();
    let mut rest = Vec::new();
    let read = timeout(Duration::from_millis(100), reader.read_to_end(&mut rest));
    assert!(read.await.is_err(), "{rest:?}");
    let error = receivers.commit().unwrap_err().to_string();
    let part = "BuildKit sent only a part of the result of exporter 0";
    assert_eq!(error, part);
    reader.read_to_end(&mut rest).await.unwrap();
}

#[tokio::test]
async fn a_writer_that_closes_is_an_error() {
    let (writer, reader) = tokio::io::duplex(4);
    drop(reader);
    let receivers = Receivers::default();
    receivers.insert_writer(0, writer);
    let engine = engine(&receivers).await;
    let error = engine.send_result(0, vec![piece("hello")]).await;
    let error = error.unwrap_err().message().to_owned();
    assert!(
        error.starts_with("the client cannot write the result"),
        "{error}"
    );
    let error = receivers.failure().unwrap();
    assert!(matches!(error, ReceiveError::Pipe(_)) && !error.is_temporary());
    assert!(receivers.failure().is_none());
    let unknown = engine.send_result(7, Vec::new()).await.unwrap_err();
    assert_eq!(unknown.code(), tonic::Code::NotFound);
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_the_build() {
    let folder = tempfile::tempdir().unwrap();
    let error = |path: &Path| Receivers::default().insert_file(0, path).unwrap_err();
    let missing = folder.path().join("missing/image.tar");
    assert!(
        error(&missing)
            .to_string()
            .contains("No such file or directory")
    );
    assert!(error(folder.path()).to_string().contains("is a directory"));
    let device = error(Path::new("/dev/null")).to_string();
    assert!(device.contains("it is no regular file"), "{device}");
}

fn stat(path: &str, mode: u32) -> Stat {
    Stat {
        path: path.to_owned(),
        mode,
        ..Stat::default()
    }
}

#[tokio::test]
async fn a_directory_is_filled_when_the_build_succeeded() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    let receivers = Receivers::default();
    receivers.insert_directory(2, &target).unwrap();
    let engine = engine(&receivers).await;
    let first = [stat("a", mode::DIRECTORY | 0o755), stat("a/b", 0o644)];
    engine.send_directory(2, &first).await.unwrap();
    // Another platform of the result; more files than are asked for at once.
    let mut second = vec![stat("c", mode::DIRECTORY | 0o755)];
    second.extend((100..300).map(|number| stat(&format!("c/{number}"), 0o600)));
    engine.send_directory(2, &second).await.unwrap();
    assert!(!target.exists());
    receivers.commit().unwrap();
    assert_eq!(names(folder.path()), ["out"]);
    assert_eq!(names(&target), ["a", "c"]);
    assert_eq!(std::fs::read_to_string(target.join("a/b")).unwrap(), "a/b");
    assert_eq!(names(&target.join("c")).len(), 200);
    let last = std::fs::read_to_string(target.join("c/299")).unwrap();
    assert_eq!(last, "c/299");
}

#[tokio::test]
async fn what_is_half_there_is_removed_when_all_is_settled() {
    let folder = tempfile::tempdir().unwrap();
    let receivers = Receivers::default();
    receivers
        .insert_directory(0, &folder.path().join("out"))
        .unwrap();
    let engine = engine(&receivers).await;
    let stats = (1000..9000).map(|number| stat(&number.to_string(), 0o600));
    let stats: Vec<_> = stats.collect();
    let half = async {
        let is_half = |name: &String| names(&folder.path().join(name)).len() > 1000;
        while !names(folder.path()).first().is_some_and(is_half) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        sent = engine.send_directory(0, &stats) => panic!("it is complete: {sent:?}"),
        () = half => {}
    }
    // That this breaks calls off is no news.
    let _ = engine.leave().await;
    receivers.settled().await;
    assert!(names(folder.path()).is_empty());
}

#[tokio::test]
async fn a_directory_that_leaves_its_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("out");
    let receivers = Receivers::default();
    receivers.insert_directory(0, &target).unwrap();
    let engine = engine(&receivers).await;
    let error = engine.send_directory(0, &[stat("../a", 0o644)]).await;
    assert_eq!(
        error.unwrap_err().message(),
        "BuildKit sent `../a`, which is no path of a result or out of order"
    );
    assert!(matches!(
        receivers.commit(),
        Err(ReceiveError::NothingFor { .. })
    ));
    assert!(names(folder.path()).is_empty());
}
