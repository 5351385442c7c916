//! The app as the analysis sees it: what was listed beforehand, and questions to who talks with the engine.

use std::cell::RefCell;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};

use tokio::sync::mpsc::UnboundedSender;

use super::listing::Listing;
use crate::analyze::{Entry, Tree};

/// A question of the analysis, with where the answer goes.
pub(in crate::frontend) enum Call {
    /// What a directory holds.
    List(String, SyncSender<io::Result<Vec<Entry>>>),
    /// All names.
    ListAll(SyncSender<io::Result<Listing>>),
    /// What a file holds, up to a number of bytes.
    Read(String, u64, SyncSender<io::Result<Vec<u8>>>),
}

/// An app that the engine holds.
pub(super) struct RemoteTree {
    /// Its names, as many as were needed yet; `None` where the engine must be asked for each directory.
    listing: Option<RefCell<Listing>>,
    calls: UnboundedSender<Call>,
}

impl RemoteTree {
    pub(super) fn new(listing: Option<Listing>, calls: UnboundedSender<Call>) -> Self {
        Self {
            listing: listing.map(RefCell::new),
            calls,
        }
    }

    fn ask<T>(&self, call: impl FnOnce(SyncSender<io::Result<T>>) -> Call) -> io::Result<T> {
        let gone = || io::Error::other("the build has ended");
        let (reply, answer) = sync_channel(1);
        self.calls.send(call(reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

impl Tree for RemoteTree {
    fn list(&self, directory: &str, limit: usize) -> io::Result<Vec<Entry>> {
        let mut entries = match &self.listing {
            Some(listing) => {
                if !listing.borrow().knows(directory) {
                    listing.replace(self.ask(Call::ListAll)?);
                }
                listing.borrow().entries(directory)
            }
            None => self.ask(|reply| Call::List(directory.to_owned(), reply))?,
        };
        entries.truncate(limit);
        Ok(entries)
    }

    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        self.ask(|reply| Call::Read(path.to_owned(), limit, reply))
    }
}
