//! `--output`: what the user wants to have, not yet for a certain engine.
//!
//! <https://docs.docker.com/build/exporters/>

use std::collections::BTreeMap;
use std::path::PathBuf;

use thiserror::Error;

use crate::client::settings::csv::{CsvError, fields, pairs};

/// What the user wants to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutputRequest {
    /// What it is.
    pub(crate) kind: OutputKind,
    /// Where it goes; `None` is the engine, or for archives the local Docker.
    pub(crate) destination: Option<Destination>,
    /// What the exporter is told: `name`, `compression`.
    pub(crate) attributes: BTreeMap<String, String>,
}

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputKind {
    /// An archive that `docker load` reads; without a destination, an image in the local engine.
    Docker,
    /// An archive in the layout of OCI.
    Oci,
    /// The image's files, as an archive.
    Tar,
    /// The image's files.
    Local,
    /// An image that the engine keeps or pushes.
    Image,
    /// Nothing but what the engine caches.
    CacheOnly,
}

/// Where a result goes on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Standard output.
    Stdout,
    /// A file, or a directory.
    Path(PathBuf),
}

/// Exporter attribute that pushes the image.
pub(super) const PUSH: &str = "push";
/// Exporter attribute that says whether the image is an archive, or else a directory.
const TAR: &str = "tar";
const NO_ARCHIVE: &str = "false";
/// Exporter attribute with the image's names, separated by commas.
pub(super) const NAME: &str = "name";

impl OutputRequest {
    /// Reads one option.
    pub(crate) fn parse(text: &str) -> Result<Self, OutputFault> {
        if let [path] = fields(text)?.as_slice()
            && !path.contains('=')
        {
            return Ok(Self::short(path));
        }
        let mut attributes = pairs(text)?;
        let kind = attributes.remove("type").ok_or(OutputFault::NoType)?;
        if let Some(path) = attributes.get("output") {
            return Err(OutputFault::Output { path: path.clone() });
        }
        let kind = match kind.as_str() {
            "docker" => OutputKind::Docker,
            "oci" => OutputKind::Oci,
            "tar" => OutputKind::Tar,
            "local" => OutputKind::Local,
            "image" => OutputKind::Image,
            "registry" => {
                attributes.insert(PUSH.to_owned(), "true".to_owned());
                OutputKind::Image
            }
            "cacheonly" => OutputKind::CacheOnly,
            _ => return Err(OutputFault::Kind { kind }),
        };
        if let Some(tar) = attributes.get(TAR) {
            let is_archive =
                parse_bool(tar).ok_or_else(|| OutputFault::Tar { value: tar.clone() })?;
            // Written in one way, for engines and for us.
            let value = if is_archive { "true" } else { NO_ARCHIVE };
            attributes.insert(TAR.to_owned(), value.to_owned());
        }
        let destination = attributes
            .remove("dest")
            .filter(|path| !path.is_empty())
            .map(|path| destination(&path));
        let request = Self {
            kind,
            destination,
            attributes,
        };
        request.check()
    }

    /// A directory, or `-`.
    fn short(path: &str) -> Self {
        let destination = destination(path);
        let kind = match destination {
            Destination::Stdout => OutputKind::Tar,
            Destination::Path(_) => OutputKind::Local,
        };
        Self {
            kind,
            destination: Some(destination),
            attributes: BTreeMap::new(),
        }
    }

    /// Whether it is a directory in the layout of OCI in place of an archive.
    pub(crate) fn is_layout(&self) -> bool {
        self.attributes
            .get(TAR)
            .is_some_and(|tar| tar == NO_ARCHIVE)
    }

    fn check(self) -> Result<Self, OutputFault> {
        match (self.kind, &self.destination) {
            (OutputKind::Docker | OutputKind::Oci, Some(Destination::Path(_))) => Ok(self),
            (OutputKind::Docker | OutputKind::Oci, _) if self.is_layout() => {
                Err(OutputFault::NoDirectory)
            }
            _ if self.is_layout() => Err(OutputFault::NoLayout),
            (OutputKind::Image | OutputKind::CacheOnly, Some(_)) => Err(OutputFault::NoFile),
            (OutputKind::Local, None | Some(Destination::Stdout)) => Err(OutputFault::NoDirectory),
            // An archive without a name for it goes where pipes take it.
            (OutputKind::Oci | OutputKind::Tar, None) => Ok(Self {
                destination: Some(Destination::Stdout),
                ..self
            }),
            _ => Ok(self),
        }
    }
}

/// As Go reads what is true or false.
fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "" | "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

fn destination(path: &str) -> Destination {
    match path {
        "-" => Destination::Stdout,
        _ => Destination::Path(path.into()),
    }
}

/// What is wrong with an output.
#[derive(Debug, PartialEq, Eq, Error)]
pub(crate) enum OutputFault {
    /// It is no list.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// It has no type.
    #[error("it has no `type`")]
    NoType,
    /// A type that is not known.
    #[error("the type `{kind}` is not known")]
    Kind {
        /// The type.
        kind: String,
    },
    /// Another word for the destination.
    #[error("`output` is not known")]
    Output {
        /// Its value.
        path: String,
    },
    /// It is not known whether an archive is wanted.
    #[error("`tar={value}` is neither true nor false")]
    Tar {
        /// The value.
        value: String,
    },
    /// A layout of what is no image.
    #[error("`tar=false` has no meaning for its type")]
    NoLayout,
    /// A destination for what goes nowhere here.
    #[error("`dest` has no meaning for its type")]
    NoFile,
    /// No directory for files.
    #[error("its type needs a directory in `dest`")]
    NoDirectory,
}

impl OutputFault {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Output { path } => format!("write `dest={path}`"),
            Self::Tar { .. } => "give `tar=false` for a directory, or leave it out".to_owned(),
            Self::NoLayout => "give `type=oci,tar=false,dest=image` for an image, `type=local,dest=files` for its files".to_owned(),
            Self::NoFile => "leave it out".to_owned(),
            Self::NoDirectory => "give one: `type=local,dest=files`".to_owned(),
            Self::Csv(_) | Self::NoType | Self::Kind { .. } => {
                "give `type=` docker, oci, tar, local, image, registry or cacheonly, and `dest=` a file or a directory"
                    .to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        match OutputRequest::parse(text) {
            Ok(request) => {
                let destination = match request.destination {
                    None => "the engine".to_owned(),
                    Some(Destination::Stdout) => "standard output".to_owned(),
                    Some(Destination::Path(path)) => path.display().to_string(),
                };
                format!(
                    "{:?} to {destination} {:?}",
                    request.kind, request.attributes
                )
            }
            Err(fault) => format!("{fault} ({})", fault.hint()),
        }
    }

    #[test]
    fn outputs_are_read_as_docker_buildx_reads_them() {
        let texts = [
            "files",
            "-",
            "type=local,dest=files",
            "type=tar",
            "type=tar,dest=image.tar",
            "type=oci,dest=-,compression=zstd",
            "type=oci,tar=0,dest=image",
            "type=docker",
            "type=docker,dest=image.tar,name=a:1",
            r#"type=image,"name=a:1,b:2",push=true"#,
            "type=registry,name=a:1",
            "type=cacheonly",
        ];
        insta::assert_snapshot!(texts.map(parsed).join("\n"), @r#"
        Local to files {}
        Tar to standard output {}
        Local to files {}
        Tar to standard output {}
        Tar to image.tar {}
        Oci to standard output {"compression": "zstd"}
        Oci to image {"tar": "false"}
        Docker to the engine {}
        Docker to image.tar {"name": "a:1"}
        Image to the engine {"name": "a:1,b:2", "push": "true"}
        Image to the engine {"name": "a:1", "push": "true"}
        CacheOnly to the engine {}
        "#);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let texts = [
            "dest=a",
            "type=zip,dest=a",
            "type=oci,output=a",
            "type=oci,tar=no,dest=a",
            "type=oci,tar=false",
            "type=tar,tar=false,dest=a",
            "type=image,dest=a",
            "type=local",
            "type=local,dest=-",
            "type=docker,\"dest=a",
        ];
        insta::assert_snapshot!(texts.map(parsed).join("\n"), @r"
        it has no `type` (give `type=` docker, oci, tar, local, image, registry or cacheonly, and `dest=` a file or a directory)
        the type `zip` is not known (give `type=` docker, oci, tar, local, image, registry or cacheonly, and `dest=` a file or a directory)
        `output` is not known (write `dest=a`)
        `tar=no` is neither true nor false (give `tar=false` for a directory, or leave it out)
        its type needs a directory in `dest` (give one: `type=local,dest=files`)
        `tar=false` has no meaning for its type (give `type=oci,tar=false,dest=image` for an image, `type=local,dest=files` for its files)
        `dest` has no meaning for its type (leave it out)
        its type needs a directory in `dest` (give one: `type=local,dest=files`)
        its type needs a directory in `dest` (give one: `type=local,dest=files`)
        a double quote in it is not closed (give `type=` docker, oci, tar, local, image, registry or cacheonly, and `dest=` a file or a directory)
        ");
    }
}
