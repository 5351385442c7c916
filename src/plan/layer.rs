//! Inputs of steps and of the final image.

use serde::Serialize;

use super::Spanned;

/// Files that a step or the image starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Where the files come from.
    #[serde(flatten)]
    pub source: LayerSource,
    /// Which of them. The first input of a step, and `deploy.base`, are taken whole and have no filter.
    #[serde(flatten)]
    pub filter: Filter,
}

/// Where a layer's files come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerSource {
    /// An image, by reference.
    Image(String),
    /// The result of another step, by name.
    Step(String),
    /// The local tree: the client's build context.
    Local,
    /// `...`: in a configuration, what was there before. A finished plan has none.
    Spread,
}

/// Which files of a layer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Filter {
    /// Paths to take; relative ones are below `/app`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<Spanned<String>>,
    /// Patterns to leave out, in `.dockerignore` syntax, relative to each included path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Spanned<String>>,
}
