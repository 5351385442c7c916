//! The service that takes results. One method takes two kinds of messages, by the kind of the exporter that calls it:
//! pieces of a file, or the packets of a directory.

use std::convert::Infallible;
use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::codegen::tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::codegen::tokio_stream::{self, Empty};
use tonic::codegen::{BoxFuture, Service, http};
use tonic::metadata::MetadataMap;
use tonic::server::{Grpc, NamedService, StreamingService};
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;

use super::super::metadata;
use super::folder::Folder;
use super::{ReceiveError, Receiver, Receivers, archive, packets};
use crate::client::session::serve::MAX_MESSAGE_SIZE;
use crate::proto::filesync::BytesMessage;
use crate::proto::filesync::file_send_server::{FileSend, FileSendServer};
use crate::proto::fsutil::Packet;

/// Which exporter a call is of: its place in the request to build. Absent before BuildKit 0.13, which has only one.
/// <https://github.com/moby/buildkit/blob/v0.32.2/session/filesync/filesync.go>
const EXPORTER_KEY: &str = "buildkit-attachable-exporter-id";

/// The service that takes results.
#[derive(Clone)]
pub(in super::super) struct FileTarget {
    pieces: FileSendServer<Pieces>,
    directories: Directories,
}

impl FileTarget {
    pub(in super::super) fn new(receivers: Receivers) -> Self {
        Self {
            directories: Directories(receivers.clone()),
            pieces: FileSendServer::new(Pieces(receivers))
                .max_decoding_message_size(MAX_MESSAGE_SIZE)
                .max_encoding_message_size(MAX_MESSAGE_SIZE),
        }
    }
}

impl NamedService for FileTarget {
    const NAME: &'static str = <FileSendServer<Pieces> as NamedService>::NAME;
}

impl Service<http::Request<Body>> for FileTarget {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let metadata = MetadataMap::from_headers(request.headers().clone());
        let exporter = exporter(&metadata).ok();
        let directories = self.directories.clone();
        if exporter.is_none_or(|exporter| directories.0.directory(exporter).is_none()) {
            return self.pieces.call(request);
        }
        Box::pin(async move {
            let mut server = Grpc::new(ProstCodec::<Packet, Packet>::default())
                .apply_max_message_size_config(Some(MAX_MESSAGE_SIZE), Some(MAX_MESSAGE_SIZE));
            Ok(server.streaming(directories, request).await)
        })
    }
}

/// Takes the pieces of files.
pub(super) struct Pieces(Receivers);

#[tonic::async_trait]
impl FileSend for Pieces {
    type DiffCopyStream = Empty<Result<BytesMessage, Status>>;

    async fn diff_copy(
        &self,
        request: Request<Streaming<BytesMessage>>,
    ) -> Result<Response<Self::DiffCopyStream>, Status> {
        let exporter = exporter(request.metadata())?;
        let pieces = request.into_inner();
        let done = match self.0.take(exporter)? {
            Receiver::File(archive) => {
                let target = archive.target().to_owned();
                let error = |source| ReceiveError::new(&target, source);
                let receiving = self.0.begin().await;
                let received = archive.receive(pieces, receiving).await;
                Receiver::File(received.map_err(|broken| self.0.fail(exporter, broken, error))?)
            }
            Receiver::Writer { writer, .. } => {
                let piped = archive::pipe(pieces, &mut *writer.lock().await).await;
                piped.map_err(|broken| self.0.fail(exporter, broken, ReceiveError::Pipe))?;
                Receiver::Done
            }
            other => other,
        };
        self.0.receivers().insert(exporter, done);
        Ok(Response::new(tokio_stream::empty()))
    }
}

/// Takes the packets of directories.
#[derive(Clone)]
struct Directories(Receivers);

impl StreamingService<Packet> for Directories {
    type Response = Packet;
    type ResponseStream = UnboundedReceiverStream<Result<Packet, Status>>;
    type Future = BoxFuture<Response<Self::ResponseStream>, Status>;

    fn call(&mut self, request: Request<Streaming<Packet>>) -> Self::Future {
        let receivers = self.0.clone();
        Box::pin(async move {
            let exporter = exporter(request.metadata())?;
            let target = receivers.directory(exporter).unwrap_or_default();
            let receiving = receivers.begin().await;
            let folder = super::super::blocking(move || Folder::near(&target)).await?;
            let folder = folder.map_err(|error| {
                Status::unknown(format!("the client cannot write the result: {error}"))
            })?;
            let done = move |result| receivers.keep(exporter, result);
            let requests = packets::receive(request.into_inner(), folder, receiving, done);
            Ok(Response::new(UnboundedReceiverStream::new(requests)))
        })
    }
}

fn exporter(metadata: &MetadataMap) -> Result<usize, Status> {
    let Some(exporter) = metadata::value(metadata, EXPORTER_KEY) else {
        return Ok(0);
    };
    let unknown = |_| Status::invalid_argument(format!("`{exporter}` is no exporter"));
    exporter.parse().map_err(unknown)
}
