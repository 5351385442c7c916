//! The final image.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Layer, Spanned};

/// What the final image holds and runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Deploy {
    /// What the image starts from: an image or a step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<Spanned<Layer>>,
    /// What is laid over it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Spanned<Layer>>,
    /// The command that the container runs, given to `/bin/bash -c`.
    #[serde(rename = "startCommand", skip_serializing_if = "Option::is_none")]
    pub start_command: Option<Spanned<String>>,
    /// Environment of the image.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Spanned<String>>,
    /// Directories in front of PATH.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Spanned<String>>,
}
