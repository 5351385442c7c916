//! What the engine exports: archives, which come as pieces of one file.
//!
//! The engine also closes a stream properly whose export failed in the middle, so nothing appears under its final name
//! until the build as a whole is known to have succeeded: see [`Receivers::commit`].
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/filesync/filesync.go>, `SyncTarget`

mod archive;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::AsyncWrite;
use tonic::codegen::tokio_stream::{self, Empty};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use super::metadata;
use crate::proto::filesync::BytesMessage;
use crate::proto::filesync::file_send_server::FileSend;
use archive::Archive;

/// Which exporter a call is of: its place in the request to build. Absent before BuildKit 0.13, which has only one.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/filesync/filesync.go>
const EXPORTER_KEY: &str = "buildkit-attachable-exporter-id";

/// Where results go, by the place of their exporter in the request to build.
#[derive(Clone, Default)]
pub struct Receivers(Arc<Mutex<BTreeMap<usize, Receiver>>>);

/// Where one result goes.
enum Receiver {
    /// A file, written beside its place.
    File(Archive),
    /// What reads it as it comes.
    Writer(Box<dyn AsyncWrite + Send + Unpin>),
    /// It is being received, or receiving it failed.
    Taken,
    /// A writer had all of it.
    Done,
}

impl Receivers {
    /// Has the result of an exporter become the file at `path`, once [`commit`](Self::commit) is called. The folder must be
    /// there and let us write, now.
    pub fn insert_file(&self, exporter: usize, path: &Path) -> Result<(), ReceiveError> {
        let archive = Archive::beside(path).map_err(|source| ReceiveError::new(path, source))?;
        self.receivers().insert(exporter, Receiver::File(archive));
        Ok(())
    }

    /// Has the result of an exporter written to `writer` as it comes: a pipe, or standard output. At the end it is shut
    /// down; when receiving fails it is only dropped.
    pub fn insert_writer(&self, exporter: usize, writer: impl AsyncWrite + Send + Unpin + 'static) {
        let writer = Receiver::Writer(Box::new(writer));
        self.receivers().insert(exporter, writer);
    }

    /// Gives every file its name: for a build that succeeded. Without this nothing of it stays. The error is of the first
    /// that did not come or cannot be put in its place; those after it are not put there either.
    pub fn commit(&self) -> Result<(), ReceiveError> {
        let receivers = std::mem::take(&mut *self.receivers());
        for (exporter, receiver) in receivers {
            match receiver {
                Receiver::File(archive) => archive.commit()?,
                Receiver::Done => {}
                Receiver::Writer(_) => return Err(ReceiveError::Nothing { exporter }),
                Receiver::Taken => return Err(ReceiveError::Incomplete { exporter }),
            }
        }
        Ok(())
    }

    fn receivers(&self) -> MutexGuard<'_, BTreeMap<usize, Receiver>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out where the result of an exporter goes.
    fn take(&self, exporter: usize) -> Result<Receiver, Status> {
        let mut receivers = self.receivers();
        let receiver = receivers.get_mut(&exporter).ok_or_else(|| {
            Status::not_found(format!("exporter {exporter} has no place for its result"))
        })?;
        match receiver {
            Receiver::File(archive) if !archive.is_complete() => {}
            Receiver::Writer(_) => {}
            // Not the code for what exists already: it has the engine go on as if all were well.
            _ => {
                return Err(Status::failed_precondition(format!(
                    "the result of exporter {exporter} was already sent"
                )));
            }
        }
        Ok(std::mem::replace(receiver, Receiver::Taken))
    }
}

impl fmt::Debug for Receivers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_set()
            .entries(self.receivers().keys())
            .finish()
    }
}

/// The service that takes results.
pub(super) struct FileTarget(Receivers);

impl FileTarget {
    pub(super) fn new(receivers: Receivers) -> Self {
        Self(receivers)
    }
}

#[tonic::async_trait]
impl FileSend for FileTarget {
    type DiffCopyStream = Empty<Result<BytesMessage, Status>>;

    async fn diff_copy(
        &self,
        request: Request<Streaming<BytesMessage>>,
    ) -> Result<Response<Self::DiffCopyStream>, Status> {
        let exporter = exporter(request.metadata())?;
        let done = match self.0.take(exporter)? {
            Receiver::File(archive) => Receiver::File(archive.receive(request.into_inner()).await?),
            Receiver::Writer(writer) => {
                archive::pipe(request.into_inner(), writer).await?;
                Receiver::Done
            }
            other => other,
        };
        self.0.receivers().insert(exporter, done);
        Ok(Response::new(tokio_stream::empty()))
    }
}

fn exporter(metadata: &MetadataMap) -> Result<usize, Status> {
    let Some(exporter) = metadata::value(metadata, EXPORTER_KEY) else {
        return Ok(0);
    };
    let unknown = |_| Status::invalid_argument(format!("`{exporter}` is no exporter"));
    exporter.parse().map_err(unknown)
}

/// A result that does not come into its place.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The system does not let us write.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The place of the result.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The build succeeded, and the engine sent no result.
    #[error("BuildKit sent nothing for `{}`", path.display())]
    NothingFor {
        /// The place of the result.
        path: PathBuf,
    },
    /// The same for what is written elsewhere.
    #[error("BuildKit sent nothing for exporter {exporter}")]
    Nothing {
        /// Its place in the request.
        exporter: usize,
    },
    /// The engine stopped in the middle of a result.
    #[error("BuildKit sent only a part of the result of exporter {exporter}")]
    Incomplete {
        /// Its place in the request.
        exporter: usize,
    },
}

impl ReceiveError {
    fn new(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}

#[cfg(test)]
mod tests;
