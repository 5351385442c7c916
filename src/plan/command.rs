//! What a step does.

use serde::Serialize;

/// One command of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Command {
    /// Runs a program.
    Exec(ExecCommand),
    /// Puts a directory in front of PATH.
    Path(PathCommand),
    /// Copies from the local tree or from an image.
    Copy(CopyCommand),
    /// Writes a file from the step's assets.
    File(FileCommand),
}

/// Runs a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExecCommand {
    /// The command line, split into words as a shell would but run without one (`sh -c '...'` asks for one).
    pub cmd: String,
    /// What the build's progress shows instead of the command line.
    #[serde(rename = "customName", skip_serializing_if = "Option::is_none")]
    pub custom_name: Option<String>,
}

/// Puts a directory in front of PATH, for the commands that follow, the steps that build on this one and the image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PathCommand {
    /// The directory.
    pub path: String,
}

/// Copies a file or directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CopyCommand {
    /// The image to copy from; `None` is the local tree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// What to copy; may hold wildcards.
    pub src: String,
    /// Where to; relative paths are below `/app`.
    pub dest: String,
}

/// Writes a file whose content is one of the step's assets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileCommand {
    /// The file to write; relative paths are below `/app`.
    pub path: String,
    /// The asset that holds the content.
    pub name: String,
    /// Permission bits; `None` is 0644.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
    /// What the build's progress shows.
    #[serde(rename = "customName", skip_serializing_if = "Option::is_none")]
    pub custom_name: Option<String>,
}
