//! The service that engines read blobs from and write them to.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use prost::bytes::Bytes;
use tokio::sync::mpsc;
use tonic::codegen::tokio_stream::wrappers::ReceiverStream;
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use super::super::{blocking, metadata};
use super::digest::Digest;
use super::store::Store;
use super::write::Writing;
use super::{Contents, digest, failed};
use crate::proto::content::content_server::Content;
use crate::proto::content::{
    Info, InfoRequest, InfoResponse, ReadContentRequest, ReadContentResponse, WriteAction,
    WriteContentRequest, WriteContentResponse,
};

/// Which store a call is about.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/content/attachable.go>
const STORE_KEY: &str = "buildkit-attachable-store-id";

/// Bytes in one message: what containerd sends.
const PIECE_SIZE: u64 = 1 << 20;

/// Messages that wait for the engine.
const PIECES: usize = 2;

impl Contents {
    fn store(&self, metadata: &MetadataMap) -> Result<Arc<Store>, Status> {
        let id = metadata::value(metadata, STORE_KEY)
            .ok_or_else(|| Status::invalid_argument(format!("the call has no `{STORE_KEY}`")))?;
        let store = self.find(&id);
        store.ok_or_else(|| Status::not_found(format!("there is no store `{id}`")))
    }
}

#[tonic::async_trait]
impl Content for Contents {
    type ReadStream = ReceiverStream<Result<ReadContentResponse, Status>>;
    type WriteStream = ReceiverStream<Result<WriteContentResponse, Status>>;

    async fn info(&self, request: Request<InfoRequest>) -> Result<Response<InfoResponse>, Status> {
        let store = self.store(request.metadata())?;
        let digest = digest(&request.get_ref().digest)?;
        let size = {
            let digest = digest.clone();
            blocking(move || store.open(&digest)).await?
        };
        let (_, size) = size.map_err(|error| missing(&digest, &error))?;
        let info = Info {
            digest: digest.to_string(),
            size: size.try_into().unwrap_or(i64::MAX),
        };
        Ok(Response::new(InfoResponse { info: Some(info) }))
    }

    async fn read(
        &self,
        request: Request<ReadContentRequest>,
    ) -> Result<Response<Self::ReadStream>, Status> {
        let store = self.store(request.metadata())?;
        let request = request.into_inner();
        let digest = digest(&request.digest)?;
        let offset = u64::try_from(request.offset).unwrap_or_default();
        // None is all.
        let size = u64::try_from(request.size).ok().filter(|size| *size > 0);
        let opened = blocking(move || match store.open(&digest) {
            Err(error) => Err(missing(&digest, &error)),
            Ok((_, whole)) if offset > whole => Err(Status::out_of_range(format!(
                "blob {digest} has only {whole} bytes"
            ))),
            Ok((mut file, whole)) => {
                let moved = file.seek(SeekFrom::Start(offset));
                moved.map_err(|error| failed(&error))?;
                let rest = whole - offset;
                Ok(file.take(size.map_or(rest, |size| size.min(rest))))
            }
        });
        let part = opened.await??;
        let (sender, pieces) = mpsc::channel(PIECES);
        tokio::task::spawn_blocking(move || send(part, &sender));
        Ok(Response::new(ReceiverStream::new(pieces)))
    }

    async fn write(
        &self,
        request: Request<Streaming<WriteContentRequest>>,
    ) -> Result<Response<Self::WriteStream>, Status> {
        let writing = Writing::new(self.store(request.metadata())?);
        let (sender, answers) = mpsc::channel(1);
        tokio::spawn(async move {
            let result = take(request.into_inner(), writing, &sender).await;
            if let Err(status) = result {
                // Nobody is left to tell if this fails.
                let _ = sender.send(Err(status)).await;
            }
        });
        Ok(Response::new(ReceiverStream::new(answers)))
    }
}

/// Sends the rest of a file, until it ends or nobody listens any more.
fn send(
    mut part: io::Take<std::fs::File>,
    sender: &mpsc::Sender<Result<ReadContentResponse, Status>>,
) {
    while part.limit() > 0 {
        let mut data = Vec::new();
        let read = part.by_ref().take(PIECE_SIZE).read_to_end(&mut data);
        let piece = match read {
            Ok(0) => return,
            Ok(_) => Ok(ReadContentResponse {
                data: Bytes::from(data),
            }),
            Err(error) => Err(failed(&error)),
        };
        let is_last = piece.is_err();
        if sender.blocking_send(piece).is_err() || is_last {
            return;
        }
    }
}

/// Takes a blob, request by request.
async fn take(
    mut requests: Streaming<WriteContentRequest>,
    mut writing: Writing,
    sender: &mpsc::Sender<Result<WriteContentResponse, Status>>,
) -> Result<(), Status> {
    while let Some(request) = requests.message().await? {
        let is_last = request.action() == WriteAction::Commit;
        let (answer, back) = blocking(move || (writing.answer(&request), writing)).await?;
        writing = back;
        if sender.send(Ok(answer?)).await.is_err() || is_last {
            break;
        }
    }
    Ok(())
}

fn missing(digest: &Digest, error: &io::Error) -> Status {
    match error.kind() {
        io::ErrorKind::NotFound => Status::not_found(format!("there is no blob {digest}")),
        _ => failed(error),
    }
}
