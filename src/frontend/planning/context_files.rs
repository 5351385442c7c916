//! The app's files, out of the client by way of the engine.
//!
//! Nothing is transferred but what planning needs: the names at the root, all names if it asks for more, and the content of the
//! files that it reads. A transfer takes a while however small it is, so with a file come the others that are likely to be read
//! next: those beside it at the root, or those of the same name elsewhere (the manifests of a workspace). Engines that cannot
//! transfer names alone hold the whole app, which the build needs in any case; the others begin to load it while the app is
//! planned.

use std::collections::BTreeMap;
use std::io;

use super::companions::{COMPANION_SIZE, companions, escaped};
use super::listing::{Depth, ListedFile, Listing, as_entry};
use super::remote_tree::Call;
use crate::analyze::{Entry, parse_ignore_file};
use crate::convert::app_tree;
use crate::frontend::local;
use crate::gateway::{Bridge, GatewayError, Reference};
use crate::llb::{
    CapabilitySet, Differ, Graph, LocalSource, METADATA_FILE, Metadata, Source, capability,
};
use crate::proto::pb;

/// What leaves out of a build what `docker build` would leave out.
const IGNORE_FILE: &str = ".dockerignore";

/// The field of a configuration that keeps more out.
const CONFIGURED_EXCLUDE: &str = "exclude";

/// Directories whose content no plan depends on: installed packages and history.
const UNREAD: [&str; 2] = ["**/node_modules/*", "**/.git/*"];

/// The most that is read of the list of names, in bytes: of a million files.
const LISTING_LIMIT: u64 = 256 << 20;

/// What the transfer of all names is called.
const LIST_ALL: &str = "[internal] list the app's files";

/// The namespace of what was transferred for planning before. The files of a build have their own.
const SHARED_KEY_HINT: &str = "railpack-plan";

/// The app's files.
pub(in crate::frontend) struct ContextFiles<'a> {
    bridge: &'a Bridge,
    session: Option<String>,
    capabilities: CapabilitySet,
    held: Held,
}

/// What the engine holds of them.
enum Held {
    /// All of them.
    Whole(Reference),
    /// Some of them.
    Parts {
        /// Those that there are, with their sizes.
        known: Vec<ListedFile>,
        /// In which tree each is that was asked for.
        fetched: BTreeMap<String, Reference>,
        /// Patterns of what the user wants to keep out; it comes only where planning depends on it.
        ignored: Vec<String>,
    },
}

impl<'a> ContextFiles<'a> {
    /// The files that the client offers in `session`, read by an engine with these capabilities.
    pub(in crate::frontend) fn new(
        bridge: &'a Bridge,
        session: Option<String>,
        capabilities: CapabilitySet,
    ) -> Self {
        Self {
            bridge,
            session,
            capabilities,
            held: Held::Parts {
                known: Vec::new(),
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
            bridge,
            session: None,
            capabilities,
            held: Held::Whole(tree),
        }
    }

    /// Finds out what there is. Gives names if the engine can tell many at once. `config_file` is the path of the app's
    /// configuration, if it has one.
    pub(super) async fn open(
        mut self,
        config_file: &str,
    ) -> Result<(Self, Option<Listing>), GatewayError> {
        if matches!(self.held, Held::Whole(_)) {
            return Ok((self, None));
        }
        let can_list = capability::SOURCE_LOCAL_METADATA_TRANSFER;
        if !self.capabilities.supports(can_list) {
            let whole = self.load_whole(self.read_ignored().await?).await?;
            self.held = Held::Whole(whole);
            return Ok((self, None));
        }
        // Each takes a transfer of its own, and so most of the time is waiting.
        let (ignored, listed) = tokio::join!(self.begin(config_file), self.list_root());
        let (listing, known) = listed?;
        self.held = Held::Parts {
            known,
            fetched: BTreeMap::new(),
            ignored: ignored?,
        };
        Ok((self, Some(listing)))
    }

    /// What the user keeps out. The engine then loads the rest, as the build will ask for it: that goes through all files, as
    /// listing them does. Where a configuration keeps out more, that would be another tree.
    async fn begin(&self, config_file: &str) -> Result<Vec<String>, GatewayError> {
        let files = self.fetch_named(&[IGNORE_FILE, config_file]).await?;
        let ignored = parse_ignore_file(&self.read_text(&files, IGNORE_FILE).await?);
        // What is wrong with it is told by the analysis.
        let config = self.read_text(&files, config_file).await;
        if config.is_ok_and(|config| !config.contains(CONFIGURED_EXCLUDE)) {
            let mut graph = Graph::new();
            let tree = app_tree(&mut graph, self.session.clone(), ignored.clone());
            self.begin_to_load(graph.definition(tree, &[], &self.capabilities));
        }
        Ok(ignored)
    }

    /// Has the engine do what will be asked for later. What is wrong with it is told then.
    fn begin_to_load(&self, definition: pb::Definition) {
        let bridge = self.bridge.clone();
        tokio::spawn(async move { drop(bridge.evaluate(definition, &[]).await) });
    }

    /// The names at the root. Where they show that all will be asked for, the engine begins to list them.
    async fn list_root(&self) -> Result<(Listing, Vec<ListedFile>), GatewayError> {
        let (listing, known) = self.read_listing(Depth::Root).await?;
        if listing.is_searched() {
            self.begin_to_load(self.source(listing_source(Depth::All), LIST_ALL));
        }
        Ok((listing, known))
    }

    /// The whole app but for what the user keeps out, in the transfer that the build continues.
    async fn load_whole(&self, ignored: Vec<String>) -> Result<Reference, GatewayError> {
        let mut exclude_patterns = ignored;
        exclude_patterns.extend(UNREAD.map(str::to_owned));
        exclude_patterns.push(format!("!{IGNORE_FILE}"));
        let source = LocalSource {
            shared_key_hint: Some(local::CONTEXT.to_owned()),
            exclude_patterns,
            ..LocalSource::default()
        };
        let whole = self.fetch(source, "[internal] load the app's tree").await?;
        // What cannot be read is told here rather than as an empty app.
        self.bridge.read_directory(&whole, "/").await?;
        Ok(whole)
    }

    /// Names, and which of them are plain files.
    async fn read_listing(&self, depth: Depth) -> Result<(Listing, Vec<ListedFile>), GatewayError> {
        let title = match depth {
            Depth::Root => "[internal] list the files at the root of the app",
            Depth::All => LIST_ALL,
        };
        let names = self.fetch(listing_source(depth), title).await?;
        let data = self
            .bridge
            .read_file_start(&names, METADATA_FILE, LISTING_LIMIT);
        Ok(Listing::read(&data.await?.unwrap_or_default(), depth))
    }

    /// Answers a question of the analysis. An analysis that has ended needs no answer any more.
    pub(super) async fn answer(&mut self, call: Call) {
        match call {
            Call::List(directory, reply) => {
                let listed = self.list(&directory).await;
                let _ = reply.send(listed);
            }
            Call::ListAll(reply) => {
                let listed = self.list_all().await;
                let _ = reply.send(listed.map_err(io::Error::other));
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
        let entries = self.bridge.read_directory(whole, &path).await;
        let entries = entries.map_err(io::Error::other)?;
        Ok(entries.into_iter().map(as_entry).collect())
    }

    async fn list_all(&mut self) -> Result<Listing, GatewayError> {
        let (listing, files) = self.read_listing(Depth::All).await?;
        if let Held::Parts { known, .. } = &mut self.held {
            *known = files;
        }
        Ok(listing)
    }

    async fn read(&mut self, path: &str, limit: u64) -> io::Result<Vec<u8>> {
        let read = match &self.held {
            Held::Whole(whole) => self.bridge.read_file_start(whole, path, limit).await,
            Held::Parts { .. } => self.read_part(path, limit).await,
        };
        read.map_err(io::Error::other)?
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// Reads a file that may have to be transferred first.
    async fn read_part(&mut self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, GatewayError> {
        let reference = match self.fetched(path) {
            Some(reference) => reference,
            None => self.fetch_with_companions(path).await?,
        };
        let read = self.bridge.read_file_start(&reference, path, limit).await?;
        if read.is_some() {
            return Ok(read);
        }
        // The user keeps it out of the build, and yet the plan depends on it.
        match self.fetch_alone(path).await? {
            Some(reference) => self.bridge.read_file_start(&reference, path, limit).await,
            None => Ok(None),
        }
    }

    fn fetched(&self, path: &str) -> Option<Reference> {
        match &self.held {
            Held::Parts { fetched, .. } => fetched.get(path).cloned(),
            Held::Whole(_) => None,
        }
    }

    /// Transfers a file and those that are likely to be read with it, but for those that the user keeps out.
    async fn fetch_with_companions(&mut self, path: &str) -> Result<Reference, GatewayError> {
        let Held::Parts {
            known,
            fetched,
            ignored,
        } = &self.held
        else {
            return Ok(Reference::scratch());
        };
        let paths = companions(path, known, fetched);
        let source = LocalSource {
            shared_key_hint: Some(SHARED_KEY_HINT.to_owned()),
            include_patterns: paths.iter().map(|path| escaped(path)).collect(),
            exclude_patterns: ignored.clone(),
            differ: Some(Differ::None),
            ..LocalSource::default()
        };
        let reference = self.fetch(source, &title(path)).await?;
        if let Held::Parts { fetched, .. } = &mut self.held {
            fetched.extend(paths.into_iter().map(|path| (path, reference.clone())));
        }
        Ok(reference)
    }

    /// Transfers one file. `None` if the client has none of that name.
    async fn fetch_alone(&self, path: &str) -> Result<Option<Reference>, GatewayError> {
        let reference = self.fetch_named(&[path]).await?;
        let status = self.bridge.stat_file(&reference, path).await?;
        Ok(status.filter(|status| status.is_file).map(|_| reference))
    }

    /// Transfers files, of those that the client has.
    async fn fetch_named(&self, paths: &[&str]) -> Result<Reference, GatewayError> {
        let source = LocalSource {
            shared_key_hint: Some(SHARED_KEY_HINT.to_owned()),
            include_patterns: paths.iter().copied().map(escaped).collect(),
            differ: Some(Differ::None),
            ..LocalSource::default()
        };
        self.fetch(source, &title(&paths.join(" and "))).await
    }

    /// The patterns of the app's ignore file. One that is no text is told by the analysis.
    async fn read_ignored(&self) -> Result<Vec<String>, GatewayError> {
        let files = self.fetch_named(&[IGNORE_FILE]).await?;
        Ok(parse_ignore_file(
            &self.read_text(&files, IGNORE_FILE).await?,
        ))
    }

    /// The text of a small file, empty if there is none.
    async fn read_text(&self, files: &Reference, path: &str) -> Result<String, GatewayError> {
        let status = self.bridge.stat_file(files, path).await?;
        if !status.is_some_and(|status| status.is_file) {
            return Ok(String::new());
        }
        let data = self.bridge.read_file_start(files, path, COMPANION_SIZE);
        Ok(String::from_utf8_lossy(&data.await?.unwrap_or_default()).into_owned())
    }

    async fn fetch(&self, source: LocalSource, title: &str) -> Result<Reference, GatewayError> {
        let definition = self.source(source, title);
        self.bridge.solve(definition, &[]).await
    }

    fn source(&self, source: LocalSource, title: &str) -> pb::Definition {
        let mut graph = Graph::new();
        let output = graph.source(
            Source::Local(LocalSource {
                name: local::CONTEXT.to_owned(),
                session: self.session.clone(),
                ..source
            }),
            Metadata {
                name: Some(title.to_owned()),
                ..Metadata::default()
            },
        );
        graph.definition(output, &[], &self.capabilities)
    }
}

/// The names of files, in [`METADATA_FILE`].
fn listing_source(depth: Depth) -> LocalSource {
    let left_out = UNREAD.into_iter().chain(depth.left_out());
    LocalSource {
        shared_key_hint: Some(SHARED_KEY_HINT.to_owned()),
        exclude_patterns: left_out.map(str::to_owned).collect(),
        metadata_only: true,
        ..LocalSource::default()
    }
}

fn title(path: &str) -> String {
    format!("[internal] load {path} for planning")
}
