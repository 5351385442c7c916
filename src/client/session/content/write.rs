//! One blob that the engine writes: what each of its requests does.
//!
//! <https://github.com/containerd/containerd/blob/v2.3.3/plugins/services/content/contentserver/contentserver.go>, `Write`

use std::io;
use std::sync::Arc;

use tonic::Status;

use super::digest::Digest;
use super::store::{Incoming, Store};
use super::{digest, failed};
use crate::proto::content::{WriteAction, WriteContentRequest, WriteContentResponse};

/// A blob that the engine writes.
pub(super) struct Writing {
    store: Arc<Store>,
    blob: Option<Incoming>,
    /// Bytes of the whole blob, as the engine said them last; 0 if it did not.
    total: i64,
    expected: Option<Digest>,
}

impl Writing {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            blob: None,
            total: 0,
            expected: None,
        }
    }

    /// Does what a request wants.
    pub(super) fn answer(
        &mut self,
        request: &WriteContentRequest,
    ) -> Result<WriteContentResponse, Status> {
        if !request.expected.is_empty() {
            let expected = digest(&request.expected)?;
            if self.store.has(&expected) {
                let message = format!("blob {expected} is there already");
                return Err(Status::already_exists(message));
            }
            self.expected = Some(expected);
        }
        if request.total > 0 {
            self.total = request.total;
        }
        let action = WriteAction::try_from(request.action)
            .map_err(|_| Status::invalid_argument("there is no such action"))?;
        if self.blob.is_none() {
            self.blob = Some(self.begin(request)?);
        }
        if action != WriteAction::Stat {
            self.write(request)?;
        }
        let blob = self.blob.as_ref();
        let response = WriteContentResponse {
            action: request.action,
            offset: blob.map_or(0, |blob| blob.size().try_into().unwrap_or(i64::MAX)),
            total: self.total,
            // It costs, and only this one is looked at.
            digest: match (action, blob) {
                (WriteAction::Commit, Some(blob)) => blob.digest().to_string(),
                _ => String::new(),
            },
        };
        if action == WriteAction::Commit {
            self.commit(response.offset)?;
        }
        Ok(response)
    }

    fn begin(&self, request: &WriteContentRequest) -> Result<Incoming, Status> {
        if request.r#ref.is_empty() {
            return Err(Status::invalid_argument(
                "the first request does not say what is written",
            ));
        }
        let begun = self.store.begin().map_err(|error| self.failed(&error))?;
        begun.ok_or_else(|| Status::permission_denied("this store is only read"))
    }

    fn write(&mut self, request: &WriteContentRequest) -> Result<(), Status> {
        let size = self.blob.as_ref().map_or(0, Incoming::size);
        if request.offset == 0 && size > 0 {
            // From the beginning once more.
            let begun = self.store.begin().map_err(|error| self.failed(&error))?;
            self.blob = begun;
        } else if u64::try_from(request.offset) != Ok(size) {
            return Err(Status::out_of_range(format!(
                "there are {size} bytes, and what comes is not for behind them"
            )));
        }
        let Some(blob) = &mut self.blob else {
            return Ok(());
        };
        let written = blob.write(&request.data);
        written.map_err(|error| self.failed(&error))
    }

    fn commit(&mut self, size: i64) -> Result<(), Status> {
        let Some(blob) = self.blob.take() else {
            return Ok(());
        };
        if self.total > 0 && self.total != size {
            return Err(Status::failed_precondition(format!(
                "the blob has {size} bytes, and not {}",
                self.total
            )));
        }
        let digest = blob.digest();
        if let Some(expected) = self
            .expected
            .as_ref()
            .filter(|expected| **expected != digest)
        {
            return Err(Status::failed_precondition(format!(
                "the blob's digest is {digest}, and not {expected}"
            )));
        }
        let kept = self.store.keep(blob, &digest);
        kept.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Status {
        self.store.fail(error);
        failed(error)
    }
}
