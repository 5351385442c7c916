//! Next.js (<https://nextjs.org/docs>).

use super::source::Source;
use crate::analyze::app::AppError;

/// Where its configuration may be.
pub(in crate::analyze::providers::node) const CONFIG_FILES: [&str; 3] =
    ["next.config.js", "next.config.mjs", "next.config.ts"];
/// Serves what the build has made.
pub(in crate::analyze::providers::node) const START: &str = "next start";
const DEFAULT_OUTPUT: &str = "out";

pub(super) fn is_used(source: Source<'_>) -> bool {
    source.has_dependency("next")
}

/// Whether the build makes files that need no server (<https://nextjs.org/docs/app/guides/static-exports>).
pub(super) fn is_static(source: Source<'_>) -> Result<bool, AppError> {
    let configuration = source.configuration(&CONFIG_FILES)?;
    Ok(is_used(source) && configuration.string("output") == Some("export"))
}

pub(super) fn output(source: Source<'_>) -> Result<String, AppError> {
    let configuration = source.configuration(&CONFIG_FILES)?;
    Ok(configuration
        .string("distDir")
        .unwrap_or(DEFAULT_OUTPUT)
        .to_owned())
}
