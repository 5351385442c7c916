use std::fs;

use ring::digest::{Context, SHA256};
use tempfile::TempDir;
use tonic::codegen::tokio_stream;
use tonic::{Code, Status};

use super::*;
use crate::client::session::Session;
use crate::client::session::testing::{Engine, with};
use crate::proto::content::content_client::ContentClient;
use crate::proto::content::{
    InfoRequest, ReadContentRequest, WriteAction, WriteContentRequest, WriteContentResponse,
};

const KEY: &str = "buildkit-attachable-store-id";
const MANIFEST: &str = r#"{"mediaType":"application/vnd.oci.image.manifest.v1+json"}"#;

type Client = ContentClient<tonic::transport::Channel>;

async fn client(contents: Contents) -> Client {
    let session = Session {
        contents,
        ..Session::default()
    };
    ContentClient::new(Engine::connect(session).await.channel)
}

/// A cache that is to be written to a new directory, and the name of its store.
fn export(directory: &TempDir) -> (Contents, String, String) {
    let path = directory.path().join("cache").to_str().unwrap().to_owned();
    let mut contents = Contents::default();
    contents.insert_cache_export(&path, "latest").unwrap();
    (contents, format!("local:{path}"), path)
}

fn digest_of(text: &str) -> String {
    let mut hasher = Context::new(&SHA256);
    hasher.update(text.as_bytes());
    Digest::of(hasher).to_string()
}

/// Writes a blob in two pieces, as containerd's client does.
async fn write(client: &mut Client, store: &str, text: &str) -> Result<(), Status> {
    let (first, second) = text.as_bytes().split_at(text.len() / 2);
    let request = |action: WriteAction, offset: usize, data: &[u8]| WriteContentRequest {
        action: action.into(),
        offset: offset.try_into().unwrap(),
        data: data.to_vec().into(),
        ..WriteContentRequest::default()
    };
    let size = text.len();
    let total = size.try_into().unwrap();
    let requests = [
        WriteContentRequest {
            r#ref: "blob".to_owned(),
            total,
            expected: digest_of(text),
            ..request(WriteAction::Stat, 0, &[])
        },
        request(WriteAction::Stat, 0, &[]),
        request(WriteAction::Write, 0, first),
        request(WriteAction::Write, first.len(), second),
        WriteContentRequest {
            total,
            expected: digest_of(text),
            ..request(WriteAction::Commit, size, &[])
        },
    ];
    let answers = exchange(client, store, requests.to_vec()).await?;
    let offsets: Vec<_> = answers.iter().map(|answer| answer.offset).collect();
    let first = first.len().try_into().unwrap();
    assert_eq!(offsets, [0, 0, first, total, total]);
    assert_eq!(answers[4].digest, digest_of(text));
    Ok(())
}

async fn exchange(
    client: &mut Client,
    store: &str,
    requests: Vec<WriteContentRequest>,
) -> Result<Vec<WriteContentResponse>, Status> {
    let request = with(tokio_stream::iter(requests), &[(KEY, store)]);
    let mut stream = client.write(request).await?.into_inner();
    let mut answers = Vec::new();
    while let Some(answer) = stream.message().await? {
        answers.push(answer);
    }
    Ok(answers)
}

async fn read(
    client: &mut Client,
    store: &str,
    digest: &str,
    offset: i64,
    size: i64,
) -> Result<Vec<u8>, Status> {
    let request = ReadContentRequest {
        digest: digest.to_owned(),
        offset,
        size,
    };
    let mut stream = client
        .read(with(request, &[(KEY, store)]))
        .await?
        .into_inner();
    let mut data = Vec::new();
    while let Some(piece) = stream.message().await? {
        data.extend_from_slice(&piece.data);
    }
    Ok(data)
}

/// All files below a directory, with its own paths.
fn files(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(next) = directories.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let path = path.strip_prefix(directory).unwrap();
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_cache_is_there_once_the_build_has_succeeded() {
    let directory = tempfile::tempdir().unwrap();
    let (contents, store, path) = export(&directory);
    let mut client = client(contents.clone()).await;
    let layer = "layer ".repeat(1 << 20);
    write(&mut client, &store, &layer).await.unwrap();
    write(&mut client, &store, MANIFEST).await.unwrap();
    // A blob that is there need not come again.
    let again = write(&mut client, &store, MANIFEST).await.unwrap_err();
    assert_eq!(again.code(), Code::AlreadyExists);
    // The engine reads what it has written.
    let part = read(&mut client, &store, &digest_of(&layer), 6, 12).await;
    assert_eq!(part.unwrap(), b"layer layer ");
    assert!(!Path::new(&path).exists());

    contents.commit(&BTreeMap::new()).unwrap();
    let blob = |text| digest_of(text).replace("sha256:", "blobs/sha256/");
    let mut expected = vec![
        blob(&layer),
        blob(MANIFEST),
        "index.json".to_owned(),
        "oci-layout".to_owned(),
    ];
    expected.sort();
    assert_eq!(files(Path::new(&path)), expected);
    let digest = digest_of(MANIFEST);
    let index = fs::read_to_string(Path::new(&path).join("index.json")).unwrap();
    let index: Value = serde_json::from_str(&index).unwrap();
    assert_eq!(
        index,
        json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [{
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": digest,
                "size": MANIFEST.len(),
                "annotations": { "org.opencontainers.image.ref.name": "latest" },
            }],
        })
    );

    let mut imported = Contents::default();
    let found = imported.insert_cache(&path, None, "latest").unwrap();
    assert_eq!(found.to_string(), digest);
    assert!(matches!(
        imported.insert_cache(&path, None, "main"),
        Err(LayoutError::NoName { .. })
    ));
}

#[tokio::test]
async fn a_build_that_fails_leaves_what_was_there() {
    let directory = tempfile::tempdir().unwrap();
    let (contents, store, path) = export(&directory);
    let mut client = client(contents.clone()).await;
    write(&mut client, &store, MANIFEST).await.unwrap();
    contents.commit(&BTreeMap::new()).unwrap();
    let before = files(directory.path());

    let mut contents = Contents::default();
    contents.insert_cache_export(&path, "latest").unwrap();
    let mut client = self::client(contents.clone()).await;
    write(&mut client, &store, "layer").await.unwrap();
    drop((client, contents));
    // The session ends a little later.
    while files(directory.path()) != before {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_second_cache_takes_the_place_of_the_first_of_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let (_, store, path) = export(&directory);
    for (tag, text) in [("latest", "1"), ("main", "2"), ("latest", "3")] {
        let mut contents = Contents::default();
        contents.insert_cache_export(&path, tag).unwrap();
        let mut client = client(contents.clone()).await;
        let manifest = json!({ "mediaType": "m", "number": text }).to_string();
        write(&mut client, &store, &manifest).await.unwrap();
        contents.commit(&BTreeMap::new()).unwrap();
    }
    let root = Path::new(&path);
    let digest = |number| digest_of(&json!({ "mediaType": "m", "number": number }).to_string());
    assert_eq!(
        find(root, "latest", false).unwrap().to_string(),
        digest("3")
    );
    assert_eq!(find(root, "main", false).unwrap().to_string(), digest("2"));
}

#[tokio::test]
async fn an_image_has_its_names() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("image");
    let mut contents = Contents::default();
    contents.insert_layout_export(&root).unwrap();
    let empty = contents.commit(&BTreeMap::new()).unwrap_err();
    assert!(matches!(empty, ReceiveError::NothingFor { .. }));
    let mut client = client(contents.clone()).await;
    write(&mut client, "export", MANIFEST).await.unwrap();
    let unknown = contents.commit(&BTreeMap::new()).unwrap_err();
    assert!(
        matches!(unknown, ReceiveError::Directory { .. }),
        "{unknown}"
    );
    assert!(!root.exists());

    let descriptor = json!({
        "mediaType": "m", "digest": digest_of(MANIFEST), "size": MANIFEST.len(),
        "annotations": { "org.opencontainers.image.created": "2026" },
    });
    let metadata = [
        (DESCRIPTOR, STANDARD.encode(descriptor.to_string())),
        (
            IMAGE_NAME,
            "docker.io/library/a:1,localhost:5000/b:2".to_owned(),
        ),
    ];
    let metadata = metadata.map(|(key, value)| (key.to_owned(), value));
    contents.commit(&metadata.into()).unwrap();
    for name in ["docker.io/library/a:1", "1", "localhost:5000/b:2", "2"] {
        let digest = find_image(&root, name).unwrap().to_string();
        assert_eq!(digest, digest_of(MANIFEST), "{name}");
    }
    assert!(matches!(
        find_image(&root, "3"),
        Err(LayoutError::NoName { .. })
    ));
}

#[tokio::test]
async fn what_makes_no_sense_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let (mut contents, store, path) = export(&directory);
    contents.insert_layout("layout", Path::new(&path));
    let mut client = client(contents.clone()).await;
    let code = |result: Result<Vec<u8>, Status>| result.unwrap_err().code();
    let missing = digest_of("missing");
    let unknown = read(&mut client, "local:elsewhere", &missing, 0, 0).await;
    assert_eq!(code(unknown), Code::NotFound);
    let unknown = read(&mut client, &store, &missing, 0, 0).await;
    assert_eq!(code(unknown), Code::NotFound);
    let escaping = read(&mut client, &store, "sha256:../../index.json", 0, 0).await;
    assert_eq!(code(escaping), Code::InvalidArgument);
    let request = InfoRequest { digest: missing };
    let nameless = client.info(tonic::Request::new(request)).await;
    assert_eq!(nameless.unwrap_err().code(), Code::InvalidArgument);
    let read_only = write(&mut client, "oci:layout", "text").await;
    assert_eq!(read_only.unwrap_err().code(), Code::PermissionDenied);

    let wrong = WriteContentRequest {
        action: WriteAction::Commit.into(),
        r#ref: "blob".to_owned(),
        expected: digest_of("other"),
        data: "text".into(),
        ..WriteContentRequest::default()
    };
    let error = exchange(&mut client, &store, vec![wrong])
        .await
        .unwrap_err();
    assert_eq!(error.code(), Code::FailedPrecondition);
    contents.commit(&BTreeMap::new()).unwrap();
    assert!(!Path::new(&path).exists());

    fs::write(directory.path().join("file"), "").unwrap();
    let file = directory.path().join("file").to_str().unwrap().to_owned();
    assert!(Contents::default().insert_cache_export(&file, "a").is_err());
}
