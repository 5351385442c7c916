//! The sending side of fsutil's protocol: tells what there is, then sends the content of what is asked for.
//!
//! <https://github.com/tonistiigi/fsutil/blob/master/send.go>

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use super::announced::Announced;
use super::filter::Filter;
use super::tree::{Tree, mode};
use super::walk::{WalkError, walk};
use crate::proto::fsutil::packet::PacketType;
use crate::proto::fsutil::{Packet, Stat};

/// Bytes of a file that go in one packet, at most. Engines before 0.14 take messages of 4 MiB.
const CHUNK_SIZE: usize = 256 << 10;

/// Packets that wait until the engine takes them: with the chunk size this bounds the memory of a transfer.
const PACKETS: usize = 32;

/// Files that are read at once.
const READERS: usize = 4;

/// What goes to the engine: packets, and the error that ends the call.
pub(super) type Packets = mpsc::Receiver<Result<Packet, Status>>;

/// Starts to send what `filter` leaves of `tree` to the engine whose requests are `requests`.
pub(super) fn send(tree: Arc<dyn Tree>, filter: Filter, requests: Streaming<Packet>) -> Packets {
    let (packets, receiver) = mpsc::channel(PACKETS);
    let sender = Sender {
        tree,
        announced: Arc::default(),
        packets,
    };
    tokio::spawn(sender.run(filter, requests));
    receiver
}

#[derive(Clone)]
struct Sender {
    tree: Arc<dyn Tree>,
    announced: Arc<Mutex<Announced>>,
    packets: mpsc::Sender<Result<Packet, Status>>,
}

impl Sender {
    /// Ends when the engine has all it wants, or after an error, which the engine was told.
    async fn run(self, filter: Filter, requests: Streaming<Packet>) {
        // As long as the engine likes, for it asks for each file only once: a request that stays in the connection is held
        // against the engine, and after some thousand the connection ends with `too_many_data_frames`.
        // https://docs.rs/h2/0.4.20/h2/server/struct.Builder.html#method.data_frame_budget
        let (ids, waiting) = mpsc::unbounded_channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let walker = self.clone();
        let mut work = tokio::task::JoinSet::new();
        work.spawn_blocking(move || walker.announce(&filter));
        for _ in 0..READERS {
            let (reader, waiting) = (self.clone(), Arc::clone(&waiting));
            work.spawn_blocking(move || reader.answer(&waiting));
        }
        tokio::select! {
            result = self.take_requests(requests, ids) => match result {
                Ok(()) => self.give(Packet { r#type: PacketType::PacketFin.into(), ..Packet::default() }).await,
                Err(status) => self.refuse(status).await,
            },
            // The call is over, by an error of ours or because the engine is gone.
            () = self.packets.closed() => {}
        }
        drop(self);
        while let Some(ended) = work.join_next().await {
            if let Err(error) = ended {
                tracing::error!("a task of the file transfer ended early: {error}");
            }
        }
    }

    async fn give(&self, packet: Packet) {
        // If nobody takes it the call is over.
        let _ = self.packets.send(Ok(packet)).await;
    }

    /// Tells the engine why there is no more, and ends the call.
    async fn refuse(&self, status: Status) {
        self.give(error(status.message())).await;
        let _ = self.packets.send(Err(status)).await;
    }

    /// Hands on what the engine asks for, until it says that it has everything.
    async fn take_requests(
        &self,
        mut requests: Streaming<Packet>,
        ids: mpsc::UnboundedSender<u32>,
    ) -> Result<(), Status> {
        while let Some(packet) = requests.message().await? {
            match packet.r#type() {
                PacketType::PacketReq => {
                    let id = packet.id;
                    if !self.announced().claim(id) {
                        return Err(Status::unknown(format!(
                            "BuildKit asked for file {id}, which is not to be had"
                        )));
                    }
                    if ids.send(id).is_err() {
                        break;
                    }
                }
                PacketType::PacketFin => return Ok(()),
                PacketType::PacketErr => {
                    let reason = String::from_utf8_lossy(&packet.data).into_owned();
                    return Err(Status::aborted(format!("BuildKit broke off: {reason}")));
                }
                PacketType::PacketStat | PacketType::PacketData => {
                    return Err(Status::invalid_argument("a receiver sends no files"));
                }
            }
        }
        Err(Status::aborted("BuildKit left before it had everything"))
    }

    /// Tells the engine of every file.
    fn announce(self, filter: &Filter) {
        let mut too_many = false;
        let walked = walk(self.tree.as_ref(), filter, &mut |stat| {
            let can_be_asked = stat.mode & mode::KIND == 0 && stat.linkname.is_empty();
            let added = self.announced().add(&stat.path, can_be_asked);
            too_many = added.is_none();
            if too_many {
                return ControlFlow::Break(());
            }
            self.tell(stat)
        });
        match walked {
            _ if too_many => self.fail("the directory has more files than BuildKit can be told of"),
            Ok(()) => drop(self.packets.blocking_send(Ok(Packet::default()))),
            Err(error) => self.fail(&error.to_string()),
        }
    }

    fn tell(&self, stat: Stat) -> ControlFlow<()> {
        let packet = Packet {
            stat: Some(stat),
            ..Packet::default()
        };
        self.push(packet)
    }

    /// Sends the files whose numbers come, until no more come or nobody takes them.
    fn answer(self, waiting: &Mutex<mpsc::UnboundedReceiver<u32>>) {
        loop {
            let id = {
                let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                waiting.blocking_recv()
            };
            let Some(id) = id else { return };
            let Some(path) = self.announced().path(id) else {
                return;
            };
            match self.send_file(id, &path) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return,
                Err(error) => return self.fail(&error.to_string()),
            }
        }
    }

    /// Sends the content of a file: as much as it had when it was opened, so that one that grows comes to an end.
    fn send_file(&self, id: u32, path: &Path) -> Result<ControlFlow<()>, WalkError> {
        let data = |data: Bytes| Packet {
            r#type: PacketType::PacketData.into(),
            id,
            data,
            ..Packet::default()
        };
        let failed = |error| WalkError::new(path, error);
        let mut content = self.tree.open(path).map_err(failed)?;
        let mut left = content.size();
        while left > 0 {
            let size = usize::try_from(left).map_or(CHUNK_SIZE, |left| left.min(CHUNK_SIZE));
            let mut chunk = Vec::with_capacity(size);
            let mut reader = std::io::Read::take(&mut content, size as u64);
            let count = std::io::Read::read_to_end(&mut reader, &mut chunk).map_err(failed)?;
            if count == 0 {
                break;
            }
            left -= count as u64;
            if self.push(data(chunk.into())).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        if left > 0 || content.has_changed() {
            tracing::warn!("`{}` changed while it was sent", path.display());
        }
        Ok(self.push(data(Bytes::new())))
    }

    fn push(&self, packet: Packet) -> ControlFlow<()> {
        match self.packets.blocking_send(Ok(packet)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// Tells the engine why there is no more, and ends the call.
    fn fail(&self, reason: &str) {
        if self.push(error(reason)).is_continue() {
            let _ = self.packets.blocking_send(Err(Status::unknown(reason)));
        }
    }

    fn announced(&self) -> std::sync::MutexGuard<'_, Announced> {
        self.announced
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The packet with which a side breaks off.
fn error(reason: &str) -> Packet {
    Packet {
        r#type: PacketType::PacketErr.into(),
        data: Bytes::copy_from_slice(reason.as_bytes()),
        ..Packet::default()
    }
}
