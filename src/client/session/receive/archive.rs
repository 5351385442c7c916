//! One file: what the exporters `tar`, `oci` and `docker` send, piece by piece.

use std::fs::{OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

use super::super::staging::Unfinished;
use super::{ReceiveError, Receiving};
use crate::proto::filesync::BytesMessage;

/// Pieces that wait to be written.
const PIECES: usize = 8;

/// Of a new file, before the user's mask takes bits away.
const FILE_MODE: u32 = 0o666;

/// A file beside the one that it becomes. Dropped, it is removed.
#[derive(Debug)]
pub(super) struct Archive {
    temporary: NamedTempFile,
    // After the file: fields are dropped in their order.
    _unfinished: Unfinished,
    target: PathBuf,
    is_complete: bool,
}

impl Archive {
    /// Makes sure that `target` can be written, and a file in its folder.
    pub(super) fn beside(target: &Path) -> io::Result<Self> {
        if target.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if let Ok(metadata) = target.metadata() {
            if !metadata.is_file() {
                return Err(io::Error::other(
                    "it is no regular file; `-` is standard output",
                ));
            }
            OpenOptions::new().write(true).open(target)?;
        }
        // A link stays one: what it leads to is replaced.
        let target = target.canonicalize().unwrap_or_else(|_| target.to_owned());
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let temporary = tempfile::Builder::new()
            .prefix(".railpack-")
            .permissions(Permissions::from_mode(FILE_MODE))
            .tempfile_in(folder)?;
        Ok(Self {
            _unfinished: Unfinished::new(temporary.path()),
            temporary,
            target,
            is_complete: false,
        })
    }

    /// Whether all pieces are there.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// The file that it becomes.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// Takes all pieces.
    pub(super) async fn receive(
        self,
        mut pieces: Streaming<BytesMessage>,
        receiving: Receiving,
    ) -> Result<Self, Broken> {
        let (sender, received) = mpsc::channel(PIECES);
        let writing = super::super::blocking(move || {
            let written = self.write(received);
            drop(receiving);
            written
        });
        let receiving = async move {
            while let Some(piece) = pieces.message().await? {
                // Writing failed, which says why.
                if sender.send(piece).await.is_err() {
                    break;
                }
            }
            Ok::<_, Status>(())
        };
        let (written, finished) = tokio::join!(writing, receiving);
        let mut archive = written??;
        finished?;
        archive.is_complete = true;
        Ok(archive)
    }

    fn write(mut self, mut pieces: mpsc::Receiver<BytesMessage>) -> io::Result<Self> {
        // The file itself: errors then have no temporary name in them.
        let file = self.temporary.as_file_mut();
        while let Some(piece) = pieces.blocking_recv() {
            file.write_all(&piece.data)?;
        }
        file.flush()?;
        Ok(self)
    }

    /// Gives the file its name.
    pub(super) fn commit(self) -> Result<(), ReceiveError> {
        if !self.is_complete {
            return Err(ReceiveError::NothingFor { path: self.target });
        }
        match self.temporary.persist(&self.target) {
            Ok(_) => Ok(()),
            Err(error) => Err(ReceiveError::new(&self.target, error.error)),
        }
    }
}

/// Writes all pieces to `writer`, then shuts it down.
pub(super) async fn pipe(
    mut pieces: Streaming<BytesMessage>,
    mut writer: impl AsyncWrite + Unpin,
) -> Result<(), Broken> {
    while let Some(piece) = pieces.message().await? {
        writer.write_all(&piece.data).await?;
    }
    writer.flush().await?;
    Ok(writer.shutdown().await?)
}

/// Why not all pieces arrived.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// The engine sent no more.
    #[error(transparent)]
    Stream(#[from] Status),
    /// They cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
}
