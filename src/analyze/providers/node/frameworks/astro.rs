//! Astro (<https://docs.astro.build>).

use super::source::Source;
use crate::analyze::app::AppError;

const CONFIG_FILES: [&str; 4] = [
    "astro.config.mjs",
    "astro.config.ts",
    "astro.config.js",
    "astro.config.mts",
];
/// What builds a server, each for one place where it runs (<https://docs.astro.build/en/guides/on-demand-rendering/>).
const ADAPTERS: [&str; 4] = [
    "@astrojs/node",
    "@astrojs/vercel",
    "@astrojs/cloudflare",
    "@astrojs/netlify",
];
const DEFAULT_OUTPUT: &str = "dist";

pub(super) fn is_used(source: Source<'_>) -> Result<bool, AppError> {
    Ok(source.builds_with("astro build") && source.has_any_of(&CONFIG_FILES)?)
}

/// Whether the build makes files that need no server.
pub(super) fn is_static(source: Source<'_>) -> Result<bool, AppError> {
    if !is_used(source)? {
        return Ok(false);
    }
    let configuration = source.configuration(&CONFIG_FILES)?;
    let is_server = configuration.string("output") == Some("server");
    let has_adapter =
        ADAPTERS.iter().any(|name| source.has_dependency(name)) || configuration.has("adapter");
    Ok(!is_server && !has_adapter)
}

pub(super) fn output(source: Source<'_>) -> Result<String, AppError> {
    let configuration = source.configuration(&CONFIG_FILES)?;
    Ok(configuration
        .string("outDir")
        .unwrap_or(DEFAULT_OUTPUT)
        .to_owned())
}
