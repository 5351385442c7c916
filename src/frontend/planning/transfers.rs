//! What the engine transfers of an app for planning, and how it is asked to.

use super::companions::{COMPANION_SIZE, escaped};
use super::names::Names;
use crate::convert::app_tree;
use crate::frontend::local;
use crate::frontend::subrequests::visible;
use crate::gateway::{Bridge, GatewayError, Reference};
use crate::llb::{
    CapabilitySet, Differ, Graph, LocalSource, METADATA_FILE, Metadata, Source, capability,
};
use crate::proto::pb;

/// Directories whose content no plan depends on: installed packages and history.
const UNREAD: [&str; 2] = ["**/node_modules/*", "**/.git/*"];

/// The most that is read of a list of names, in bytes: of a million files.
const LISTING_LIMIT: u64 = 256 << 20;

/// The namespace of what was transferred for planning before. The files of a build have their own.
const SHARED_KEY_HINT: &str = "railpack-plan";

/// A client that offers an app, and the engine that transfers it.
pub(super) struct Transfers<'a> {
    pub(super) bridge: &'a Bridge,
    /// The session of the client.
    pub(super) session: Option<String>,
    /// What the engine can do.
    pub(super) capabilities: CapabilitySet,
}

impl Transfers<'_> {
    /// Whether the engine can transfer names without files.
    pub(super) fn can_list(&self) -> bool {
        let can_list = capability::SOURCE_LOCAL_METADATA_TRANSFER;
        self.capabilities.supports(can_list)
    }

    /// Names, and what is known of each, as [`METADATA_FILE`] says it.
    pub(super) async fn list(&self, names: &Names) -> Result<Vec<u8>, GatewayError> {
        let tree = self.solve(listed(names), &names.title()).await?;
        let data = self
            .bridge
            .read_file_start(&tree, METADATA_FILE, LISTING_LIMIT);
        Ok(data.await?.unwrap_or_default())
    }

    /// Has the engine begin to list names that will most likely be asked for.
    pub(super) fn begin_to_list(&self, names: &Names) {
        self.begin(self.definition(listed(names), &names.title()));
    }

    /// Has the engine begin to load the app without what `ignored` names, as the build will ask for it.
    pub(super) fn begin_to_load(&self, ignored: Vec<String>) {
        let mut graph = Graph::new();
        let tree = app_tree(&mut graph, self.session.clone(), ignored);
        self.begin(graph.definition(tree, &[], &self.capabilities));
    }

    /// Has the engine do what will be asked for later. What is wrong with it is told then.
    fn begin(&self, definition: pb::Definition) {
        let bridge = self.bridge.clone();
        tokio::spawn(async move { drop(bridge.evaluate(definition, &[]).await) });
    }

    /// The whole app but for what the user keeps out and `but` names, in the transfer that the build continues.
    pub(super) async fn load_whole(
        &self,
        ignored: Vec<String>,
        but: &str,
    ) -> Result<Reference, GatewayError> {
        let mut exclude_patterns = ignored;
        exclude_patterns.extend(UNREAD.map(str::to_owned));
        exclude_patterns.push(format!("!{but}"));
        let source = LocalSource {
            shared_key_hint: Some(local::CONTEXT.to_owned()),
            exclude_patterns,
            ..LocalSource::default()
        };
        let whole = self.solve(source, "[internal] load the app's tree").await?;
        // What cannot be read is told here rather than as an empty app.
        self.bridge.read_directory(&whole, "/").await?;
        Ok(whole)
    }

    /// Files, of those that the client has and `ignored` does not name. `title` says which they are.
    pub(super) async fn load(
        &self,
        title: &str,
        paths: impl IntoIterator<Item = &str>,
        ignored: Vec<String>,
    ) -> Result<Reference, GatewayError> {
        let source = LocalSource {
            shared_key_hint: Some(SHARED_KEY_HINT.to_owned()),
            include_patterns: paths.into_iter().map(escaped).collect(),
            exclude_patterns: ignored,
            differ: Some(Differ::None),
            ..LocalSource::default()
        };
        let title = format!("[internal] load {title} for planning");
        self.solve(source, &title).await
    }

    /// The text of a small file, empty if there is none.
    pub(super) async fn read_text(
        &self,
        files: &Reference,
        path: &str,
    ) -> Result<String, GatewayError> {
        let status = self.bridge.stat_file(files, path).await?;
        if !status.is_some_and(|status| status.is_file) {
            return Ok(String::new());
        }
        let data = self.bridge.read_file_start(files, path, COMPANION_SIZE);
        Ok(String::from_utf8_lossy(&data.await?.unwrap_or_default()).into_owned())
    }

    async fn solve(&self, source: LocalSource, title: &str) -> Result<Reference, GatewayError> {
        let definition = self.definition(source, title);
        self.bridge.solve(definition, &[]).await
    }

    fn definition(&self, source: LocalSource, title: &str) -> pb::Definition {
        let mut graph = Graph::new();
        let output = graph.source(
            Source::Local(LocalSource {
                name: local::CONTEXT.to_owned(),
                session: self.session.clone(),
                ..source
            }),
            Metadata {
                // Names of files are in it.
                name: Some(visible(title)),
                ..Metadata::default()
            },
        );
        graph.definition(output, &[], &self.capabilities)
    }
}

/// The names of files, in [`METADATA_FILE`].
fn listed(names: &Names) -> LocalSource {
    let unread = UNREAD.map(str::to_owned);
    LocalSource {
        shared_key_hint: Some(SHARED_KEY_HINT.to_owned()),
        include_patterns: names.included(),
        exclude_patterns: unread.into_iter().chain(names.left_out()).collect(),
        metadata_only: true,
        ..LocalSource::default()
    }
}
