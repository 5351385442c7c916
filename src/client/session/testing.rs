//! The engine's side of a session, for tests: as strict as BuildKit's.

use std::collections::{BTreeMap, BTreeSet};

use hyper_util::rt::TokioIo;
use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::codegen::tokio_stream::{self, wrappers::ReceiverStream};
use tonic::metadata::{AsciiMetadataKey, AsciiMetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status, Streaming};
use tonic_prost::ProstCodec;

use super::{Session, SessionError};
use crate::proto::filesync::BytesMessage;
use crate::proto::filesync::file_send_client::FileSendClient;
use crate::proto::filesync::file_sync_client::FileSyncClient;
use crate::proto::fsutil::packet::PacketType;
use crate::proto::fsutil::{Packet, Stat};

/// An engine that is connected to a session.
pub(super) struct Engine {
    pub(super) channel: Channel,
    session: JoinHandle<Result<(), SessionError>>,
}

impl Engine {
    pub(super) async fn connect(session: Session) -> Self {
        let (client, server) = tokio::io::duplex(64 << 10);
        let session = tokio::spawn(session.serve(server));
        let mut client = Some(TokioIo::new(client));
        let connector = tower::service_fn(move |_| {
            let client = client.take();
            async move { client.ok_or_else(|| std::io::Error::other("only once")) }
        });
        let endpoint = Endpoint::from_static("http://localhost");
        let channel = endpoint.connect_with_connector(connector).await.unwrap();
        Self { channel, session }
    }

    /// Hangs up, and waits until the session has ended.
    pub(super) async fn leave(self) -> Result<(), SessionError> {
        drop(self.channel);
        self.session.await.unwrap()
    }

    /// Sends a result to the place of an exporter.
    pub(super) async fn send_result(
        &self,
        exporter: usize,
        pieces: impl IntoIterator<Item = BytesMessage, IntoIter: Send + 'static>,
    ) -> Result<(), Status> {
        let request = with(
            tokio_stream::iter(pieces),
            &[("buildkit-attachable-exporter-id", &exporter.to_string())],
        );
        let mut client = FileSendClient::new(self.channel.clone());
        let mut answers = client.diff_copy(request).await?.into_inner();
        assert_eq!(answers.message().await?, None);
        Ok(())
    }

    /// Sends a directory to the place of an exporter, as the exporter `local` does. Each file's content is its path.
    pub(super) async fn send_directory(
        &self,
        exporter: usize,
        stats: &[Stat],
    ) -> Result<(), Status> {
        let (packets, waiting) = mpsc::channel(1000);
        let request = with(
            ReceiverStream::new(waiting),
            &[("buildkit-attachable-exporter-id", &exporter.to_string())],
        );
        let mut client = Grpc::new(self.channel.clone());
        client.ready().await.unwrap();
        let method = PathAndQuery::from_static("/moby.filesync.v1.FileSend/DiffCopy");
        let codec = ProstCodec::<Packet, Packet>::default();
        let answers = client.streaming(request, method, codec).await?;
        let mut answers: Streaming<Packet> = answers.into_inner();
        let stats_and_end = stats.iter().cloned().map(Some).chain([None]);
        for stat in stats_and_end {
            let packet = Packet {
                stat,
                ..Packet::default()
            };
            packets.send(packet).await.unwrap();
        }
        while let Some(asked) = answers.message().await? {
            let data = match asked.r#type() {
                PacketType::PacketReq => stats[asked.id as usize].path.as_bytes(),
                PacketType::PacketFin => &[],
                other => panic!("{other:?}"),
            };
            for data in [data, &[]] {
                let is_end = asked.r#type() == PacketType::PacketFin;
                let packet = Packet {
                    r#type: if is_end {
                        PacketType::PacketFin
                    } else {
                        PacketType::PacketData
                    }
                    .into(),
                    id: asked.id,
                    data: Bytes::copy_from_slice(data),
                    ..Packet::default()
                };
                packets.send(packet).await.unwrap();
                if is_end {
                    drop(packets);
                    assert_eq!(answers.message().await?, None);
                    return Ok(());
                }
            }
        }
        panic!("the session left early")
    }

    /// Opens a transfer of a local directory.
    pub(super) async fn transfer(&self, metadata: &[(&str, &str)]) -> Result<Transfer, Status> {
        let (requests, waiting) = mpsc::channel(1000);
        let mut client = FileSyncClient::new(self.channel.clone());
        let request = with(ReceiverStream::new(waiting), metadata);
        let packets = client.diff_copy(request).await?.into_inner();
        Ok(Transfer { requests, packets })
    }

    /// Receives a local directory, checks it as BuildKit does, and asks for all files, the last first.
    pub(super) async fn fetch(&self, metadata: &[(&str, &str)]) -> Result<Fetched, Status> {
        let mut transfer = self.transfer(metadata).await?;
        let stats = transfer.stats().await?;
        validate(&stats);
        let mut fetched = Fetched::default();
        let mut wanted = BTreeMap::new();
        for (id, stat) in (0..u32::MAX)
            .zip(&stats)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            if can_be_asked(stat) {
                transfer.ask(PacketType::PacketReq, id).await;
                wanted.insert(id, stat.path.clone());
            }
        }
        while !wanted.is_empty() {
            let packet = transfer.packets.message().await?.unwrap();
            assert_eq!(packet.r#type(), PacketType::PacketData, "{packet:?}");
            let path = wanted[&packet.id].clone();
            let content: &mut Vec<u8> = fetched.contents.entry(path).or_default();
            content.extend_from_slice(&packet.data);
            if packet.data.is_empty() {
                wanted.remove(&packet.id);
            }
        }
        transfer.ask(PacketType::PacketFin, 0).await;
        let last = transfer.packets.message().await?.unwrap();
        assert_eq!(last.r#type(), PacketType::PacketFin);
        assert_eq!(transfer.packets.message().await?, None);
        fetched.stats = stats;
        Ok(fetched)
    }
}

/// A transfer under way.
pub(super) struct Transfer {
    pub(super) requests: mpsc::Sender<Packet>,
    pub(super) packets: Streaming<Packet>,
}

impl Transfer {
    pub(super) async fn ask(&self, kind: PacketType, id: u32) {
        let packet = Packet {
            r#type: kind.into(),
            id,
            ..Packet::default()
        };
        self.requests.send(packet).await.unwrap();
    }

    /// Everything that the session tells of; its reason if it gives up.
    pub(super) async fn stats(&mut self) -> Result<Vec<Stat>, Status> {
        let mut stats = Vec::new();
        loop {
            let packet = self.packets.message().await?.unwrap();
            match (packet.r#type(), packet.stat) {
                (PacketType::PacketStat, Some(stat)) => stats.push(stat),
                (PacketType::PacketStat, None) => return Ok(stats),
                // The call ends with the same reason.
                (PacketType::PacketErr, None) => {
                    let error = self.packets.message().await.unwrap_err();
                    assert_eq!(error.message().as_bytes(), packet.data);
                    return Err(error);
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

/// A directory as it was received.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub(super) stats: Vec<Stat>,
    pub(super) contents: BTreeMap<String, Vec<u8>>,
}

impl Fetched {
    pub(super) fn paths(&self) -> Vec<&str> {
        self.stats.iter().map(|stat| stat.path.as_str()).collect()
    }

    pub(super) fn stat(&self, path: &str) -> &Stat {
        let mut stats = self.stats.iter();
        stats.find(|stat| stat.path == path).unwrap()
    }

    pub(super) fn text(&self, path: &str) -> &str {
        std::str::from_utf8(&self.contents[path]).unwrap()
    }
}

/// A request with metadata, which may repeat a key.
pub(super) fn with<T>(message: T, metadata: &[(&str, &str)]) -> Request<T> {
    let mut request = Request::new(message);
    for (key, value) in metadata {
        let key: AsciiMetadataKey = key.parse().unwrap();
        let value: AsciiMetadataValue = value.parse().unwrap();
        request.metadata_mut().append(key, value);
    }
    request
}

/// A piece of a file.
pub(super) fn piece(data: impl Into<Bytes>) -> BytesMessage {
    BytesMessage { data: data.into() }
}

/// <https://github.com/tonistiigi/fsutil/blob/master/send.go>, `fileCanRequestData`
fn can_be_asked(stat: &Stat) -> bool {
    stat.mode & 0x8f28_0000 == 0 && stat.linkname.is_empty()
}

/// What BuildKit checks of paths, their order, and hard links.
/// <https://github.com/tonistiigi/fsutil/blob/master/validator.go>, <https://github.com/tonistiigi/fsutil/blob/master/hardlinks.go>
fn validate(stats: &[Stat]) {
    let mut files = BTreeSet::new();
    // Directories from the top down, each with the last name in it.
    let mut open = vec![(String::new(), String::new())];
    for stat in stats {
        let (directory, name) = stat.path.rsplit_once('/').unwrap_or(("", &stat.path));
        assert!(!["", ".", ".."].contains(&name), "{:?}", stat.path);
        while open.last().unwrap().0 != directory {
            open.pop();
            assert!(!open.is_empty(), "{:?} comes without its parent", stat.path);
        }
        let last = &mut open.last_mut().unwrap().1;
        assert!(
            last.as_bytes() < name.as_bytes(),
            "{:?} out of order",
            stat.path
        );
        name.clone_into(last);
        assert_eq!((stat.uid, stat.gid), (0, 0));
        if stat.mode & 1 << 31 != 0 {
            open.push((stat.path.clone(), String::new()));
        } else if stat.mode & 1 << 27 == 0 {
            if stat.linkname.is_empty() {
                files.insert(stat.path.clone());
            } else {
                assert!(files.contains(&stat.linkname), "{stat:?} links to nothing");
            }
        }
    }
}
