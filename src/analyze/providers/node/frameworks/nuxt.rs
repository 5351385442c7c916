//! Nuxt (<https://nuxt.com/docs>).

use super::source::Source;

/// Starts the server that the build has made.
pub(super) const START: &str = "node .output/server/index.mjs";
/// What `nuxt generate` makes.
pub(super) const STATIC_OUTPUT: &str = ".output/public";

pub(super) fn is_used(source: Source<'_>) -> bool {
    source.has_dependency("nuxt")
}

/// Whether the build makes files that need no server (<https://nuxt.com/docs/getting-started/prerendering>).
pub(super) fn is_static(source: Source<'_>) -> bool {
    is_used(source) && source.builds_with("nuxt generate")
}
