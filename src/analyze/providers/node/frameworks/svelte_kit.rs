//! `SvelteKit`, whose adapter says what the build makes (<https://svelte.dev/docs/kit/adapters>).

use super::source::Source;
use crate::analyze::app::AppError;
use crate::analyze::parts::shell_word;

const CONFIG_FILES: [&str; 2] = ["svelte.config.js", "svelte.config.ts"];
/// What all adapters that matter here make, unless an option says otherwise.
const DEFAULT_OUTPUT: &str = "build";
/// The only variable that makes `adapter-auto` choose the adapter for Node.js
/// (<https://github.com/sveltejs/kit/blob/main/packages/adapter-auto/adapters.js>).
pub(super) const NODE_ADAPTER: (&str, &str) = ("GCP_BUILDPACKS", "true");

pub(super) fn is_used(source: Source<'_>) -> bool {
    source.has_dependency("svelte") && source.has_dependency("@sveltejs/kit")
}

pub(super) fn chooses_adapter(source: Source<'_>) -> bool {
    source.has_dependency("@sveltejs/adapter-auto")
}

/// How the server is started that the build makes, if it makes one for Node.js.
pub(super) fn start(source: Source<'_>) -> Result<Option<String>, AppError> {
    if !is_used(source) {
        return Ok(None);
    }
    if chooses_adapter(source) {
        return Ok(Some(format!("node {DEFAULT_OUTPUT}")));
    }
    if !source.has_dependency("@sveltejs/adapter-node") {
        return Ok(None);
    }
    let configuration = source.configuration(&CONFIG_FILES)?;
    let output = configuration.string("out").unwrap_or(DEFAULT_OUTPUT);
    Ok(Some(format!("node {}", shell_word(output))))
}

/// Whether the build makes files that need no server (<https://svelte.dev/docs/kit/adapter-static>).
pub(super) fn is_static(source: Source<'_>) -> bool {
    is_used(source)
        && source.build_script().is_some()
        && source.has_dependency("@sveltejs/adapter-static")
        && !source.has_dependency("@sveltejs/adapter-node")
}

pub(super) fn output(source: Source<'_>) -> Result<String, AppError> {
    let configuration = source.configuration(&CONFIG_FILES)?;
    Ok(configuration
        .string("pages")
        .unwrap_or(DEFAULT_OUTPUT)
        .to_owned())
}
