//! From what the user wants to what a certain engine is asked for, and where that goes.

use std::path::PathBuf;

use thiserror::Error;

use super::request::{Destination, NAME, OutputKind, OutputRequest, PUSH};
use crate::client::address::{Connection, ImageStore};
use crate::proto::control::Exporter;

/// What an engine is asked for, and where that goes on this machine.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Export {
    /// What the engine is told.
    pub(crate) exporter: Exporter,
    /// Where that goes.
    pub(crate) target: Target,
}

/// Where a result goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// It stays in the engine, or goes from there to a registry.
    Engine,
    /// Docker has it, and is to push it.
    Push,
    /// The image store of this machine, through its program.
    Load,
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
    /// A directory.
    Directory(PathBuf),
    /// A directory with an image in the layout of OCI.
    Layout(PathBuf),
}

/// What Docker calls the exporter that keeps the image.
const MOBY: &str = "moby";

/// What the engine is to be asked for. Nothing is an image in the local engine.
///
/// `names` are the image's; `push` is whether to push it, `is_index` whether it is of several platforms.
pub(crate) fn exports(
    requests: &[OutputRequest],
    names: &[String],
    push: bool,
    is_index: bool,
    connection: &Connection,
) -> Result<Vec<Export>, ExportError> {
    let mut requests = requests.to_vec();
    let is_image = |request: &OutputRequest| request.kind == OutputKind::Image;
    if push {
        for request in requests.iter_mut().filter(|request| is_image(request)) {
            let attributes = &mut request.attributes;
            attributes.insert(PUSH.to_owned(), "true".to_owned());
        }
    }
    if requests.is_empty() || push && !requests.iter().any(is_image) {
        let (kind, attribute) = if push {
            let pushes = (PUSH.to_owned(), "true".to_owned());
            (OutputKind::Image, Some(pushes))
        } else {
            (OutputKind::Docker, None)
        };
        requests.push(OutputRequest {
            kind,
            destination: None,
            attributes: attribute.into_iter().collect(),
        });
    }
    if requests
        .iter()
        .filter(|request| request.is_layout())
        .count()
        > 1
    {
        return Err(ExportError::SeveralLayouts);
    }
    let exports = requests
        .into_iter()
        .filter(|request| request.kind != OutputKind::CacheOnly);
    exports
        .map(|request| {
            let export = export(request, names, connection)?;
            if is_index && export.holds_one_platform(connection) {
                return Err(ExportError::SeveralPlatforms);
            }
            Ok(export)
        })
        .collect()
}

fn export(
    mut request: OutputRequest,
    names: &[String],
    connection: &Connection,
) -> Result<Export, ExportError> {
    let is_layout = request.is_layout();
    let is_image = matches!(
        request.kind,
        OutputKind::Docker | OutputKind::Oci | OutputKind::Image
    );
    if is_image && !request.attributes.contains_key(NAME) {
        request.attributes.insert(NAME.to_owned(), names.join(","));
    }
    let (kind, target) = match (request.kind, request.destination, connection.docker) {
        (OutputKind::Docker, None, Some(_))
        | (OutputKind::Image, _, Some(ImageStore::Containerd)) => (MOBY, Target::Engine),
        (OutputKind::Docker, None, None) => ("docker", Target::Load),
        (OutputKind::Docker | OutputKind::Oci, _, Some(ImageStore::GraphDriver)) => {
            return Err(ExportError::NoArchives);
        }
        // Docker's classic image store pushes by itself, not through its BuildKit.
        (OutputKind::Image, _, Some(ImageStore::GraphDriver)) => {
            let push = request.attributes.remove(PUSH);
            let push = push.is_some_and(|push| push == "true");
            (MOBY, if push { Target::Push } else { Target::Engine })
        }
        (OutputKind::Image, _, None) => ("image", Target::Engine),
        (OutputKind::Docker, Some(destination), _) => ("docker", file(destination)),
        (OutputKind::Oci, destination, _) => ("oci", file_or_stdout(destination)),
        (OutputKind::Tar, destination, _) => ("tar", file_or_stdout(destination)),
        (OutputKind::Local, Some(Destination::Path(path)), _) => ("local", Target::Directory(path)),
        (OutputKind::Local | OutputKind::CacheOnly, _, _) => return Err(ExportError::NoDirectory),
    };
    let target = match target {
        Target::File(path) if is_layout => Target::Layout(path),
        target => target,
    };
    Ok(Export {
        exporter: Exporter {
            r#type: kind.to_owned(),
            attrs: request.attributes,
        },
        target,
    })
}

impl Export {
    /// Whether what it makes is of one platform, always: archives for `docker load`, and Docker's classic image store.
    fn holds_one_platform(&self, connection: &Connection) -> bool {
        self.exporter.r#type == "docker"
            || (self.exporter.r#type == MOBY && connection.docker == Some(ImageStore::GraphDriver))
    }
}

fn file(destination: Destination) -> Target {
    match destination {
        Destination::Stdout => Target::Stdout,
        Destination::Path(path) => Target::File(path),
    }
}

fn file_or_stdout(destination: Option<Destination>) -> Target {
    destination.map_or(Target::Stdout, file)
}

/// Why an engine cannot make what is wanted.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum ExportError {
    /// Docker's classic image store writes no archives.
    #[error(
        "this Docker keeps images in its classic store, whose BuildKit writes no archives of images"
    )]
    NoArchives,
    /// Something of one platform, for several.
    #[error(
        "several platforms make an index, and what is to be made of it holds one platform only"
    )]
    SeveralPlatforms,
    /// Engines know of one layout.
    #[error("engines write one image with `tar=false` in a build")]
    SeveralLayouts,
    /// No directory for files; told when the option was read.
    #[error("files go into a directory only")]
    NoDirectory,
}

impl ExportError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::NoArchives => {
                "build the image and `docker save` it; or switch Docker to its containerd image store; or build with a \
                 buildkitd: `--builder`"
            }
            Self::SeveralPlatforms => {
                "push it with `--push`, or write it with `--output type=oci,dest=FILE`; Docker's containerd image store takes \
                 it too"
            }
            Self::SeveralLayouts => "build again for the next one: nothing runs twice",
            Self::NoDirectory => "give one: `--output type=local,dest=files`",
        }
    }
}
