//! What can go wrong in a conversion that no look at the plan alone could find.

use crate::llb::ImportError;
use crate::plan::Span;

/// What can go wrong in a conversion that no look at the plan alone could find.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The registry gave an image configuration that is none.
    #[error("the configuration of the image `{image}` cannot be read: {source}")]
    ImageConfiguration {
        /// The image, as the plan names it.
        image: String,
        /// Where the plan names it.
        span: Option<Span>,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// What stands in for something of the plan is no build graph.
    #[error("the build context `{name}` is no build graph: {source}")]
    Context {
        /// What it stands in for.
        name: String,
        /// Where the plan names that.
        span: Option<Span>,
        /// What is wrong with it.
        source: ImportError,
    },
    /// A step that is to be an image, and has no files.
    #[error("the step `{step}` has no files to make an image of")]
    Empty {
        /// The step.
        step: String,
        /// Where it is.
        span: Option<Span>,
    },
    /// What the engine says of the frontend's own image cannot be used.
    #[error(
        "the definition that the engine gives of the frontend's own image cannot be used: {source}"
    )]
    Frontend {
        /// What is wrong with it.
        source: ImportError,
    },
    /// The plan needs what the engine cannot do.
    #[error("this plan {need}, which this engine cannot do: it does not offer `{capability}`")]
    MissingCapability {
        /// What the plan does that needs it.
        need: &'static str,
        /// The capability that the engine does not offer.
        capability: &'static str,
        /// The first release of BuildKit that offers it.
        since: &'static str,
        /// Where the plan needs it.
        span: Option<Span>,
    },
}

impl ConvertError {
    /// Where in the plan the error is.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::ImageConfiguration { span, .. }
            | Self::Context { span, .. }
            | Self::Empty { span, .. }
            | Self::MissingCapability { span, .. } => *span,
            Self::Frontend { .. } => None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::ImageConfiguration { image, .. } => {
                format!(
                    "`{image}` must be a container image; an artifact of another kind has no file system to build on"
                )
            }
            Self::Context { .. } => "the client that sent it must be repaired".to_owned(),
            Self::Empty { .. } => "build another step, or the image: `--target deploy`".to_owned(),
            Self::Frontend { .. } => {
                "give a text that changes with the secrets: `--build-arg secrets-hash=...`"
                    .to_owned()
            }
            Self::MissingCapability { since, .. } => format!("use BuildKit {since} or newer"),
        }
    }
}
