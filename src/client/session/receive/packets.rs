//! The receiving side of fsutil's protocol: takes the files that the exporter `local` sends.
//!
//! <https://github.com/tonistiigi/fsutil/blob/master/receive.go>

use std::collections::{BTreeMap, VecDeque};
use std::io;

use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use super::Receiving;
use super::folder::{Folder, FolderError};
use crate::proto::fsutil::Packet;
use crate::proto::fsutil::packet::PacketType;

/// Files that are asked for at once. A sender that reads no more requests until its files are through must not have to.
const REQUESTS: usize = 64;

/// Packets that wait to be written.
const PACKETS: usize = 8;

/// What goes back to the engine.
pub(super) type Requests = mpsc::UnboundedReceiver<Result<Packet, Status>>;

/// Starts to receive into `folder`. `done` hears of it when everything is there, or when it cannot be written.
pub(super) fn receive(
    mut packets: Streaming<Packet>,
    folder: Folder,
    receiving: Receiving,
    done: impl FnOnce(Result<Folder, ReceptionError>) + Send + 'static,
) -> Requests {
    let (requests, to_engine) = mpsc::unbounded_channel();
    let (sender, received) = mpsc::channel(PACKETS);
    let reception = Reception {
        folder,
        received,
        requests: requests.clone(),
        waiting: VecDeque::new(),
        asked: 0,
        open: BTreeMap::new(),
    };
    tokio::spawn(async move {
        let writing = super::super::blocking(move || {
            let received = reception.run();
            drop(receiving);
            received
        });
        let reading = async move {
            while let Some(packet) = packets.message().await? {
                // Writing has ended, which says why.
                if sender.send(packet).await.is_err() {
                    break;
                }
            }
            Ok::<_, Status>(())
        };
        tokio::pin!(writing, reading);
        let written = tokio::select! {
            written = &mut writing => written,
            read = &mut reading => match read {
                Ok(()) => writing.await,
                Err(status) => Err(status),
            },
        };
        let result = match written {
            Ok(Ok(folder)) => {
                done(Ok(folder));
                return;
            }
            Ok(Err(error)) => {
                let status = Status::unknown(error.to_string());
                done(Err(error));
                status
            }
            Err(status) => status,
        };
        // The engine may be gone.
        let _ = requests.send(Err(result));
    });
    to_engine
}

struct Reception {
    folder: Folder,
    received: mpsc::Receiver<Packet>,
    requests: mpsc::UnboundedSender<Result<Packet, Status>>,
    /// Files that are not asked for yet, by their numbers.
    waiting: VecDeque<u32>,
    /// How many are asked for and not complete.
    asked: usize,
    /// Files whose content has begun to come.
    open: BTreeMap<u32, std::fs::File>,
}

impl Reception {
    fn run(mut self) -> Result<Folder, ReceptionError> {
        let mut id = 0;
        let mut is_all_told = false;
        while let Some(packet) = self.received.blocking_recv() {
            match (packet.r#type(), packet.stat) {
                (PacketType::PacketStat, Some(stat)) if !is_all_told => {
                    if self.folder.add(id, &stat)? {
                        self.waiting.push_back(id);
                    }
                    id = id.checked_add(1).ok_or(ReceptionError::Protocol)?;
                }
                (PacketType::PacketStat, None) => is_all_told = true,
                (PacketType::PacketData, _) => self.write(packet.id, &packet.data)?,
                (PacketType::PacketFin, _) => {
                    let is_complete = is_all_told && self.asked == 0 && self.waiting.is_empty();
                    return if is_complete {
                        Ok(self.folder)
                    } else {
                        Err(ReceptionError::Protocol)
                    };
                }
                (PacketType::PacketErr, _) => {
                    let reason = String::from_utf8_lossy(&packet.data).into_owned();
                    return Err(ReceptionError::Engine { reason });
                }
                _ => return Err(ReceptionError::Protocol),
            }
            while self.asked < REQUESTS
                && let Some(id) = self.waiting.pop_front()
            {
                self.asked += 1;
                self.ask(PacketType::PacketReq, id);
            }
            if is_all_told && self.asked == 0 {
                self.ask(PacketType::PacketFin, 0);
            }
        }
        Err(ReceptionError::Protocol)
    }

    fn ask(&self, kind: PacketType, id: u32) {
        let packet = Packet {
            r#type: kind.into(),
            id,
            ..Packet::default()
        };
        // If nobody hears it no more packets come either.
        let _ = self.requests.send(Ok(packet));
    }

    fn write(&mut self, id: u32, data: &[u8]) -> Result<(), ReceptionError> {
        let file = match self.open.entry(id) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let file = self.folder.open(id)?.ok_or(ReceptionError::Protocol)?;
                place.insert(file)
            }
        };
        if !data.is_empty() {
            return io::Write::write_all(file, data).map_err(ReceptionError::Write);
        }
        self.open.remove(&id);
        self.folder.close(id)?;
        self.asked = self.asked.checked_sub(1).ok_or(ReceptionError::Protocol)?;
        Ok(())
    }
}

/// Why a directory was not received.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReceptionError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("the client cannot write the result: {0}")]
    Write(io::Error),
    #[error("BuildKit broke off: {reason}")]
    Engine { reason: String },
    #[error("BuildKit sent packets of a directory that make no sense")]
    Protocol,
}

impl ReceptionError {
    /// What the system says, if it does not let us write.
    pub(super) fn into_source(self) -> Option<io::Error> {
        match self {
            Self::Write(source) | Self::Folder(FolderError::Write { source, .. }) => Some(source),
            Self::Folder(_) | Self::Engine { .. } | Self::Protocol => None,
        }
    }
}
