//! The images that plans start from.

/// The tag of both images: the version of mise in them
/// (<https://github.com/railwayapp/railpack/tree/v0.37.0/images>).
const TAG: &str = "mise-2026.8.6";

/// The images that plans start from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseImages {
    /// Has mise and what compilers need; steps run in it.
    pub builder: String,
    /// What the final image is laid over.
    pub runtime: String,
}

impl BaseImages {
    /// The images that the settings `RAILPACK_BUILDER_IMAGE` and `RAILPACK_RUNTIME_IMAGE` name, else the default ones.
    /// `setting` gives the value of a setting by its name without the prefix.
    #[must_use]
    pub fn chosen(setting: impl Fn(&str) -> Option<String>) -> Self {
        let default = Self::default();
        Self {
            builder: setting("BUILDER_IMAGE").unwrap_or(default.builder),
            runtime: setting("RUNTIME_IMAGE").unwrap_or(default.runtime),
        }
    }
}

impl Default for BaseImages {
    fn default() -> Self {
        Self {
            builder: format!("ghcr.io/railwayapp/railpack-builder:{TAG}"),
            runtime: format!("ghcr.io/railwayapp/railpack-runtime:{TAG}"),
        }
    }
}
