//! What the engine exports: archives, which come as pieces of one file, and directories.
//!
//! The engine also closes a stream properly whose export failed in the middle, so nothing appears under its final name
//! until the build as a whole is known to have succeeded: see [`Receivers::commit`].
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/filesync/filesync.go>, `SyncTarget`

mod archive;
mod folder;
mod packets;
mod service;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::AsyncWrite;
use tokio::sync::{OwnedRwLockReadGuard, RwLock};
use tonic::Status;

use crate::analyze::is_temporary;
use archive::{Archive, Broken};
use folder::Folder;
use packets::ReceptionError;
pub(super) use service::FileTarget;

/// Where results go, by the place of their exporter in the request to build.
#[derive(Clone, Default)]
pub struct Receivers {
    places: Arc<Mutex<BTreeMap<usize, Receiver>>>,
    /// Shared by those that are receiving.
    receiving: Arc<RwLock<()>>,
}

/// Something is being received, or what came of it is being removed, as long as this lives.
type Receiving = OwnedRwLockReadGuard<()>;

/// Where one result goes.
enum Receiver {
    /// A file, written beside its place.
    File(Archive),
    /// A directory. Engines send the platforms of a result one by one, each into a folder of its own.
    Directory {
        target: PathBuf,
        received: Vec<Folder>,
    },
    /// What reads it as it comes. It stays open here when receiving breaks: whoever reads would take what there is for all of it, and
    /// complain of that.
    Writer { writer: Writer, is_taken: bool },
    /// It is being received, or receiving it failed.
    Taken,
    /// A writer had all of it.
    Done,
    /// It came and could not be written.
    Failed(ReceiveError),
}

type Writer = Arc<tokio::sync::Mutex<Box<dyn AsyncWrite + Send + Unpin>>>;

impl Receivers {
    /// Has the result of an exporter become the file at `path`, once [`commit`](Self::commit) is called. The folder must be
    /// there and let us write, now.
    pub fn insert_file(&self, exporter: usize, path: &Path) -> Result<(), ReceiveError> {
        let archive = Archive::beside(path).map_err(|source| ReceiveError::new(path, source))?;
        self.receivers().insert(exporter, Receiver::File(archive));
        Ok(())
    }

    /// Has the result of an exporter, files of the exporter `local`, put into the directory at `path`, once
    /// [`commit`](Self::commit) is called. It is made if it is not there; what is in it and not in the result stays.
    pub fn insert_directory(&self, exporter: usize, path: &Path) -> Result<(), ReceiveError> {
        let failed = |source| ReceiveError::new(path, source);
        if path.exists() && !path.is_dir() {
            return Err(failed(io::ErrorKind::NotADirectory.into()));
        }
        // Made and removed, to know before the build that it works.
        Folder::near(path).map_err(failed)?;
        let directory = Receiver::Directory {
            target: path.to_owned(),
            received: Vec::new(),
        };
        self.receivers().insert(exporter, directory);
        Ok(())
    }

    /// Has the result of an exporter written to `writer` as it comes: a pipe, or standard output. At the end it is shut
    /// down; when receiving fails it is only dropped, with this value.
    pub fn insert_writer(&self, exporter: usize, writer: impl AsyncWrite + Send + Unpin + 'static) {
        let receiver = Receiver::Writer {
            writer: Arc::new(tokio::sync::Mutex::new(Box::new(writer))),
            is_taken: false,
        };
        self.receivers().insert(exporter, receiver);
    }

    /// Gives every file its name: for a build that succeeded. Without this nothing of it stays. The error is of the first
    /// that did not come or cannot be put in its place; those after it are not put there either.
    pub fn commit(&self) -> Result<(), ReceiveError> {
        let receivers = std::mem::take(&mut *self.receivers());
        for (exporter, receiver) in receivers {
            match receiver {
                Receiver::File(archive) => archive.commit()?,
                Receiver::Directory { target, received } => commit(&target, received)?,
                Receiver::Done => {}
                Receiver::Writer {
                    is_taken: false, ..
                } => return Err(ReceiveError::Nothing { exporter }),
                Receiver::Writer { .. } | Receiver::Taken => {
                    return Err(ReceiveError::Incomplete { exporter });
                }
                Receiver::Failed(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Takes out why a result could not be written on this side, if one could not: the engine only knows that sending it
    /// failed.
    #[must_use]
    pub fn failure(&self) -> Option<ReceiveError> {
        let mut receivers = self.receivers();
        let failed = receivers.values_mut();
        let failed = failed.filter(|receiver| matches!(receiver, Receiver::Failed(_)));
        failed
            .map(|receiver| std::mem::replace(receiver, Receiver::Taken))
            .find_map(|receiver| match receiver {
                Receiver::Failed(error) => Some(error),
                _ => None,
            })
    }

    fn receivers(&self) -> MutexGuard<'_, BTreeMap<usize, Receiver>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be held while something is received.
    async fn begin(&self) -> Receiving {
        Arc::clone(&self.receiving).read_owned().await
    }

    /// Ready when nothing is received any more, and what did not become whole is removed. It is for the end of the session: a
    /// directory of thousands of files takes its time.
    pub async fn settled(&self) {
        drop(self.receiving.write().await);
    }

    /// The directory that an exporter's result goes to, if it goes to one.
    fn directory(&self, exporter: usize) -> Option<PathBuf> {
        match self.receivers().get(&exporter) {
            Some(Receiver::Directory { target, .. }) => Some(target.clone()),
            _ => None,
        }
    }

    /// Keeps a received directory until the build has succeeded.
    fn keep(&self, exporter: usize, result: Result<Folder, ReceptionError>) {
        let mut receivers = self.receivers();
        let Some(receiver) = receivers.get_mut(&exporter) else {
            return;
        };
        match (receiver, result) {
            (Receiver::Directory { received, .. }, Ok(folder)) => received.push(folder),
            (receiver @ Receiver::Directory { .. }, Err(error)) => {
                if let (Receiver::Directory { target, .. }, Some(source)) =
                    (&*receiver, error.into_source())
                {
                    *receiver = Receiver::Failed(ReceiveError::new(target, source));
                }
            }
            _ => {}
        }
    }

    /// Remembers why the result of an exporter did not arrive, if that is for a reason of this side's. What the engine is
    /// told of it.
    fn fail(
        &self,
        exporter: usize,
        broken: Broken,
        error: impl FnOnce(io::Error) -> ReceiveError,
    ) -> Status {
        match broken {
            Broken::Stream(status) => status,
            Broken::Write(source) => {
                let status =
                    Status::unknown(format!("the client cannot write the result: {source}"));
                let failed = Receiver::Failed(error(source));
                self.receivers().insert(exporter, failed);
                status
            }
        }
    }

    /// Takes out where the result of an exporter goes.
    fn take(&self, exporter: usize) -> Result<Receiver, Status> {
        let mut receivers = self.receivers();
        let receiver = receivers.get_mut(&exporter).ok_or_else(|| {
            Status::not_found(format!("exporter {exporter} has no place for its result"))
        })?;
        match receiver {
            Receiver::File(archive) if !archive.is_complete() => {
                Ok(std::mem::replace(receiver, Receiver::Taken))
            }
            Receiver::Writer { writer, is_taken } if !*is_taken => {
                *is_taken = true;
                let writer = Arc::clone(writer);
                Ok(Receiver::Writer {
                    writer,
                    is_taken: true,
                })
            }
            // Not the code for what exists already: it has the engine go on as if all were well.
            _ => Err(Status::failed_precondition(format!(
                "the result of exporter {exporter} was already sent"
            ))),
        }
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

/// Puts what was received into a directory.
fn commit(target: &Path, received: Vec<Folder>) -> Result<(), ReceiveError> {
    if received.is_empty() {
        return Err(ReceiveError::NothingFor {
            path: target.to_owned(),
        });
    }
    for folder in received {
        folder
            .commit(target)
            .map_err(|error| ReceiveError::Directory {
                path: target.to_owned(),
                reason: error.to_string(),
            })?;
    }
    Ok(())
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
    /// What reads the result reads no more.
    #[error("the result cannot be handed on: {0}")]
    Pipe(#[source] io::Error),
    /// A directory cannot be filled.
    #[error("cannot fill `{}`: {reason}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What is in the way.
        reason: String,
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
    /// Whether it may work a little later: the disk is full.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Write { source, .. } | Self::Pipe(source) => is_temporary(source),
            _ => false,
        }
    }

    pub(super) fn new(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}

#[cfg(test)]
mod tests;
