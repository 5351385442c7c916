//! The final image.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{CommandLine, ImageConfig, Layer, Spanned};

/// What the final image holds and runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deploy {
    /// What the image starts from: an image or a step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Spanned<Layer>>,
    /// What is laid over it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Spanned<Layer>>,
    /// What the container runs: a text is given to `/bin/bash -c`, words need no shell in the image (additive).
    #[serde(rename = "startCommand", skip_serializing_if = "Option::is_none")]
    pub start_command: Option<Spanned<CommandLine>>,
    /// Environment of the image.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Spanned<String>>,
    /// Directories in front of PATH.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Spanned<String>>,
    /// What else the image's configuration says.
    #[serde(flatten)]
    pub config: ImageConfig,
}
