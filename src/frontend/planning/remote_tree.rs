//! The app as the analysis sees it: what was listed beforehand, and questions to who talks with the engine.

use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};

use tokio::sync::mpsc::UnboundedSender;

use super::listing::Listing;
use super::names::Names;
use crate::analyze::{Entry, EntryKind, LikelySearch, Tree};

/// A question of the analysis, with where the answer goes.
pub(in crate::frontend) enum Call {
    /// What a directory holds.
    List(String, SyncSender<io::Result<Vec<Entry>>>),
    /// More of the names.
    ListNames(Names, SyncSender<io::Result<Listing>>),
    /// What matches one of these patterns, among others.
    Find(
        Vec<&'static str>,
        SyncSender<io::Result<Vec<(String, EntryKind)>>>,
    ),
    /// What a file holds, up to a number of bytes.
    Read(String, u64, SyncSender<io::Result<Vec<u8>>>),
}

/// What is known of an app before it is analyzed.
#[derive(Debug)]
pub(in crate::frontend) struct Opened {
    /// What is at its root.
    pub(super) root: Listing,
    /// What the engine has begun to list.
    pub(super) search: LikelySearch,
}

/// An app that the engine holds.
pub(super) struct RemoteTree {
    /// `None` where the engine must be asked for each directory.
    known: Option<Known>,
    calls: UnboundedSender<Call>,
}

/// What is known of an app, as much as was needed yet.
struct Known {
    listing: RefCell<Listing>,
    /// How often more was listed.
    parts: Cell<usize>,
    search: LikelySearch,
    found: OnceCell<Vec<(String, EntryKind)>>,
}

impl RemoteTree {
    pub(super) fn new(opened: Option<Opened>, calls: UnboundedSender<Call>) -> Self {
        let known = opened.map(|opened| Known {
            listing: RefCell::new(opened.root),
            parts: Cell::new(0),
            search: opened.search,
            found: OnceCell::new(),
        });
        Self { known, calls }
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
        let mut entries = match &self.known {
            Some(Known { listing, parts, .. }) => {
                if !listing.borrow().knows(directory) {
                    let names = Names::around(directory, parts.replace(parts.get() + 1));
                    let more = self.ask(|reply| Call::ListNames(names, reply))?;
                    listing.borrow_mut().extend(more);
                }
                listing.borrow().entries(directory)
            }
            None => self.ask(|reply| Call::List(directory.to_owned(), reply))?,
        };
        entries.truncate(limit);
        Ok(entries)
    }

    /// What the engine was told to look for in time. All else is found in what directories hold.
    fn find(&self, pattern: &str) -> io::Result<Option<Vec<(String, EntryKind)>>> {
        let Some(known) = &self.known else {
            return Ok(None);
        };
        let patterns = &known.search.patterns;
        if !patterns.contains(&pattern) {
            if pattern.contains("**") && !known.listing.borrow().is_complete() {
                // Each directory would be asked for.
                let all = self.ask(|reply| Call::ListNames(Names::All, reply))?;
                known.listing.borrow_mut().extend(all);
            }
            return Ok(None);
        }
        if let Some(found) = known.found.get() {
            return Ok(Some(found.clone()));
        }
        let found = self.ask(|reply| Call::Find(patterns.clone(), reply))?;
        Ok(Some(known.found.get_or_init(|| found).clone()))
    }

    fn read(&self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        self.ask(|reply| Call::Read(path.to_owned(), limit, reply))
    }
}
