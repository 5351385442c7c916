//! The app's files, out of the client by way of the engine.
//!
//! Nothing is transferred but what planning needs: the names at the root, those that it searches for, those in the directories
//! that it looks into, and the content of the files that it reads. A transfer takes a while however small it is, so with a file
//! come the others that are likely to be read next: those beside it at the root, or those of the same name or kind elsewhere (the
//! manifests of a workspace, the modules of an app). Engines that cannot transfer names alone hold the whole app, which the build needs in any case; the
//! others begin to load it while the app is planned.

use std::collections::BTreeMap;
use std::io;

use super::companions::companions;
use super::listing::{ListedFiles, Listing, as_entry, read_paths};
use super::names::Names;
use super::remote_tree::{Call, Opened};
use super::transfers::Transfers;
use crate::analyze::{Entry, EntryKind, likely_search, parse_ignore_file};
use crate::gateway::{Bridge, GatewayError, Reference};
use crate::llb::CapabilitySet;

/// What leaves out of a build what `docker build` would leave out.
const IGNORE_FILE: &str = ".dockerignore";

/// The field of a configuration that keeps more out.
const CONFIGURED_EXCLUDE: &str = "exclude";

/// The manifest that says whether a package is alone.
const MANIFEST: &str = "package.json";

/// The app's files.
pub(in crate::frontend) struct ContextFiles<'a> {
    transfers: Transfers<'a>,
    held: Held,
}

/// What the engine holds of them.
enum Held {
    /// All of them.
    Whole(Reference),
    /// Some of them.
    Parts {
        /// Those that there are, with their sizes.
        known: ListedFiles,
        /// In which tree each is that was asked for.
        fetched: BTreeMap<String, Reference>,
        /// Patterns of what the user wants to keep out; it comes only where planning depends on it.
        ignored: Vec<String>,
    },
}

/// What is read before anything else.
struct Beginning {
    ignored: Vec<String>,
    package_json: String,
}

impl<'a> ContextFiles<'a> {
    /// The files that the client offers in `session`, read by an engine with these capabilities.
    pub(in crate::frontend) fn new(
        bridge: &'a Bridge,
        session: Option<String>,
        capabilities: CapabilitySet,
    ) -> Self {
        Self {
            transfers: Transfers {
                bridge,
                session,
                capabilities,
            },
            held: Held::Parts {
                known: ListedFiles::new(),
                fetched: BTreeMap::new(),
                ignored: Vec::new(),
            },
        }
    }

    /// Files that the engine has already.
    pub(in crate::frontend) fn of_tree(
        bridge: &'a Bridge,
        tree: Reference,
        capabilities: CapabilitySet,
    ) -> Self {
        Self {
            held: Held::Whole(tree),
            ..Self::new(bridge, None, capabilities)
        }
    }

    /// Finds out what there is. Gives names if the engine can tell many at once. `config_file` is the path of the app's
    /// configuration, if it has one.
    pub(super) async fn open(
        mut self,
        config_file: &str,
    ) -> Result<(Self, Option<Opened>), GatewayError> {
        if matches!(self.held, Held::Whole(_)) {
            return Ok((self, None));
        }
        if !self.transfers.can_list() {
            self.held = Held::Whole(self.load_whole().await?);
            return Ok((self, None));
        }
        // Each takes a transfer of its own, and so most of the time is waiting.
        let names = Names::root();
        let listing = self.transfers.list(&names);
        let (beginning, listed) = tokio::join!(self.begin(config_file), listing);
        let (root, known) = Listing::read(&listed?, &names);
        let beginning = beginning?;
        let search = likely_search(&root.root(), &beginning.package_json);
        if !search.patterns.is_empty() {
            let names = Names::Matching(search.patterns.clone());
            self.transfers.begin_to_list(&names);
        }
        if search.is_explored {
            self.transfers.begin_to_list(&Names::below_root());
        }
        self.held = Held::Parts {
            known,
            fetched: BTreeMap::new(),
            ignored: beginning.ignored,
        };
        Ok((self, Some(Opened { root, search })))
    }

    /// Reads what the user keeps out. The engine then loads the rest, as the build will ask for it: that goes through all files,
    /// as listing them does. Where a configuration keeps out more, that would be another tree.
    async fn begin(&self, config_file: &str) -> Result<Beginning, GatewayError> {
        let title = format!("{IGNORE_FILE}, {config_file} and {MANIFEST}");
        let paths = [IGNORE_FILE, config_file, MANIFEST];
        let files = self.transfers.load(&title, paths, Vec::new()).await?;
        let ignored = self.transfers.read_text(&files, IGNORE_FILE).await?;
        let ignored = parse_ignore_file(&ignored);
        // What is wrong with them is told by the analysis.
        let config = self.transfers.read_text(&files, config_file).await;
        if config.is_ok_and(|config| !config.contains(CONFIGURED_EXCLUDE)) {
            self.transfers.begin_to_load(ignored.clone());
        }
        let package_json = self.transfers.read_text(&files, MANIFEST).await;
        Ok(Beginning {
            ignored,
            package_json: package_json.unwrap_or_default(),
        })
    }

    /// The whole app but for what the user keeps out.
    async fn load_whole(&self) -> Result<Reference, GatewayError> {
        let files = self.transfers.load(IGNORE_FILE, [IGNORE_FILE], Vec::new());
        let ignored = self.transfers.read_text(&files.await?, IGNORE_FILE).await?;
        let ignored = parse_ignore_file(&ignored);
        self.transfers.load_whole(ignored, IGNORE_FILE).await
    }

    /// Answers a question of the analysis. An analysis that has ended needs no answer any more.
    pub(super) async fn answer(&mut self, call: Call) {
        match call {
            Call::List(directory, reply) => {
                let listed = self.list(&directory).await;
                let _ = reply.send(listed);
            }
            Call::ListNames(names, reply) => {
                let listed = self.list_names(&names).await;
                let _ = reply.send(listed.map_err(io::Error::other));
            }
            Call::Find(patterns, reply) => {
                let found = self.find(patterns).await;
                let _ = reply.send(found.map_err(io::Error::other));
            }
            Call::Read(path, limit, reply) => {
                let read = self.read(&path, limit).await;
                let _ = reply.send(read);
            }
        }
    }

    async fn list(&self, directory: &str) -> io::Result<Vec<Entry>> {
        let Held::Whole(whole) = &self.held else {
            return Ok(Vec::new());
        };
        let path = format!("/{directory}");
        let entries = self.transfers.bridge.read_directory(whole, &path).await;
        let entries = entries.map_err(io::Error::other)?;
        Ok(entries.into_iter().map(as_entry).collect())
    }

    async fn list_names(&mut self, names: &Names) -> Result<Listing, GatewayError> {
        let listed = self.transfers.list(names).await?;
        let (listing, files) = Listing::read(&listed, names);
        if let Held::Parts { known, .. } = &mut self.held {
            known.extend(files);
        }
        Ok(listing)
    }

    async fn find(
        &mut self,
        patterns: Vec<&'static str>,
    ) -> Result<Vec<(String, EntryKind)>, GatewayError> {
        let listed = self.transfers.list(&Names::Matching(patterns)).await?;
        let (paths, files) = read_paths(&listed);
        if let Held::Parts { known, .. } = &mut self.held {
            known.extend(files);
        }
        Ok(paths)
    }

    async fn read(&mut self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let bridge = self.transfers.bridge;
        let read = match &self.held {
            Held::Whole(whole) => bridge.read_file_start(whole, path, limit).await,
            Held::Parts { .. } => self.read_part(path, limit).await,
        };
        read.map_err(io::Error::other)?
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Reads a file that may have to be transferred first.
    async fn read_part(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, GatewayError> {
        let bridge = self.transfers.bridge;
        let reference = match self.fetched(path) {
            Some(reference) => reference,
            None => self.load_with_companions(path).await?,
        };
        let read = bridge.read_file_start(&reference, path, limit).await?;
        if read.is_some() {
            return Ok(read);
        }
        // The user keeps it out of the build, and yet the plan depends on it.
        let alone = self.transfers.load(path, [path], Vec::new()).await?;
        let status = bridge.stat_file(&alone, path).await?;
        if status.is_some_and(|status| status.is_file) {
            return bridge.read_file_start(&alone, path, limit).await;
        }
        Ok(None)
    }

    fn fetched(&self, path: &str) -> Option<Reference> {
        match &self.held {
            Held::Parts { fetched, .. } => fetched.get(path).cloned(),
            Held::Whole(_) => None,
        }
    }

    /// Transfers a file and those that are likely to be read with it, but for those that the user keeps out.
    async fn load_with_companions(&mut self, path: &str) -> Result<Reference, GatewayError> {
        let Held::Parts {
            known,
            fetched,
            ignored,
        } = &mut self.held
        else {
            return Ok(Reference::scratch());
        };
        let paths = companions(path, known, fetched);
        let words = paths.iter().map(String::as_str);
        let loading = self.transfers.load(path, words, ignored.clone());
        let reference = loading.await?;
        fetched.extend(paths.into_iter().map(|path| (path, reference.clone())));
        Ok(reference)
    }
}
