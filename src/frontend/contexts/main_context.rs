//! The app's files, where they are no directory of the client's.

use super::archive::{HEADER_SIZE, is_archive};
use super::load::{DOWNLOADED, definition, downloaded};
use crate::convert::Context;
use crate::frontend::FrontendError;
use crate::frontend::options::{ContextSource, Options, without_credentials};
use crate::gateway::{Bridge, GatewayError, Reference};
use crate::llb::{CapabilitySet, Copy, FileAction, GitSource, Graph, Metadata, Source};
use crate::proto::pb;

/// The app's files, where they are no directory of the client's.
pub(in crate::frontend) struct MainContext {
    /// What it is, for people.
    pub(in crate::frontend) shown: String,
    /// What makes the app's files.
    definition: pb::Definition,
    /// The app's files.
    pub(in crate::frontend) app: Reference,
    /// The files among which the plan is: all of the context, even if only a directory of it is the app.
    pub(in crate::frontend) whole: Reference,
    /// The plan's name, if the context is nothing else.
    pub(in crate::frontend) plan_name: Option<String>,
    /// Digest of the vertex that the progress display shows the loading as.
    pub(in crate::frontend) vertex: String,
}

impl MainContext {
    /// Loads the context that the options name; `None` if it is a directory of the client's.
    pub(in crate::frontend) async fn load(
        bridge: &Bridge,
        options: &Options,
        capabilities: &CapabilitySet,
    ) -> Result<Option<Self>, FrontendError> {
        let (shown, loaded) = match &options.contexts.main {
            Some(ContextSource::Git(git)) => {
                let shown = without_credentials(&git.url);
                let title = format!("[internal] load git source {shown}");
                let source = Source::Git(GitSource {
                    keep_git_directory: git.keep_git_directory
                        || options.contexts.keep_git_directory,
                    ..git.clone()
                });
                let loaded = Loaded::of(bridge, source, title, capabilities).await;
                (shown, loaded)
            }
            Some(ContextSource::Http(url)) => {
                let loaded = download(bridge, url, capabilities).await;
                (without_credentials(url), loaded)
            }
            _ => return Ok(None),
        };
        let failed = |error| FrontendError::MainContext {
            context: shown.clone(),
            error,
        };
        let whole = loaded.map_err(failed)?;
        let (definition, app) = match &options.contexts.subdirectory {
            None => (whole.definition.clone(), whole.reference.clone()),
            Some(directory) => {
                let inside = inside(&whole, directory, capabilities);
                let app = solve(bridge, &inside).await.map_err(failed)?;
                (inside, app)
            }
        };
        Ok(Some(Self {
            definition,
            app,
            vertex: whole.vertex,
            plan_name: whole.plan_name,
            whole: whole.reference,
            shown,
        }))
    }

    /// The app's files, for the conversion.
    pub(in crate::frontend) fn files(&self) -> Context {
        Context {
            definition: self.definition.clone(),
            config: Vec::new(),
        }
    }
}

/// Files that the engine has, and what made them.
struct Loaded {
    definition: pb::Definition,
    reference: Reference,
    vertex: String,
    plan_name: Option<String>,
}

impl Loaded {
    async fn of(
        bridge: &Bridge,
        source: Source,
        title: String,
        capabilities: &CapabilitySet,
    ) -> Result<Self, GatewayError> {
        let (definition, vertex) = definition(source, title, capabilities);
        let reference = solve(bridge, &definition).await?;
        Ok(Self {
            definition,
            reference,
            vertex,
            plan_name: None,
        })
    }
}

/// Downloads a file: an archive is what is in it, and anything else is the plan.
async fn download(
    bridge: &Bridge,
    url: &str,
    capabilities: &CapabilitySet,
) -> Result<Loaded, GatewayError> {
    let title = "[internal] load remote build context".to_owned();
    let file = Loaded::of(bridge, downloaded(url), title, capabilities).await?;
    let start = bridge
        .read_file_start(&file.reference, DOWNLOADED, HEADER_SIZE)
        .await?;
    if !is_archive(&start.unwrap_or_default()) {
        return Ok(Loaded {
            plan_name: Some(DOWNLOADED.to_owned()),
            ..file
        });
    }
    let mut graph = Graph::new();
    let archive = graph.source(downloaded(url), Metadata::default());
    let unpack = FileAction::Copy(Copy {
        from: Some(archive),
        source: format!("/{DOWNLOADED}"),
        destination: "/".to_owned(),
        unpack_archive: true,
        ..Copy::default()
    });
    let metadata = Metadata {
        name: Some("[internal] unpack remote build context".to_owned()),
        ..Metadata::default()
    };
    let unpacked = graph.file(None, vec![unpack], metadata);
    let definition = graph.definition(unpacked, &[], capabilities);
    Ok(Loaded {
        reference: solve(bridge, &definition).await?,
        definition,
        ..file
    })
}

/// What is in a directory of a tree, alone.
fn inside(whole: &Loaded, directory: &str, capabilities: &CapabilitySet) -> pb::Definition {
    let mut graph = Graph::new();
    // What this program has made itself is well-formed.
    let from = graph.import(&whole.definition).unwrap_or_default();
    let copy = FileAction::Copy(Copy {
        from,
        source: format!("/{}", directory.trim_start_matches('/')),
        destination: "/".to_owned(),
        directory_contents_only: true,
        ..Copy::default()
    });
    let metadata = Metadata {
        name: Some(format!("[internal] take {directory} of the build context")),
        ..Metadata::default()
    };
    let scoped = graph.file(None, vec![copy], metadata);
    graph.definition(scoped, &[], capabilities)
}

/// Solves, and has it done here and now: what goes wrong is told of the context, and not of who reads it first.
async fn solve(bridge: &Bridge, definition: &pb::Definition) -> Result<Reference, GatewayError> {
    let reference = bridge.solve(definition.clone(), &[]).await?;
    bridge.stat_file(&reference, ".").await?;
    Ok(reference)
}
