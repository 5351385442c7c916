//! Steps.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Command, Layer, SecretFile, Spanned};

/// One step of the build.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name, unique in the plan.
    pub name: Spanned<String>,
    /// What it starts from: the first is the root file system, the others are laid over it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Spanned<Layer>>,
    /// What it does, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Spanned<Command>>,
    /// The secrets whose change reruns its commands; `*` is all of them that are variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Spanned<String>>,
    /// Secrets that its commands find as files, and rerun for (additive).
    #[serde(rename = "secretFiles", skip_serializing_if = "Vec::is_empty")]
    pub secret_files: Vec<Spanned<SecretFile>>,
    /// Ids of SSH agents of the client that its commands can ask (additive); that of most clients is `default`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ssh: Vec<Spanned<String>>,
    /// Contents for file commands, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub assets: BTreeMap<String, Spanned<String>>,
    /// Environment of its commands, of the steps that build on it and of the image.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Spanned<String>>,
    /// Keys of the caches that its commands see.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub caches: Vec<Spanned<String>>,
}
