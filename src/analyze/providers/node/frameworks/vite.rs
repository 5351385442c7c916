//! Vite (<https://vite.dev/config>).

use super::source::Source;
use super::{svelte_kit, tanstack_start};
use crate::analyze::app::AppError;

const CONFIG_FILES: [&str; 6] = [
    "vite.config.js",
    "vite.config.ts",
    "vite.config.mjs",
    "vite.config.mts",
    "vite.config.cjs",
    "vite.config.cts",
];
const DEFAULT_OUTPUT: &str = "dist";

/// Whether Vite builds the package. Others depend on it for their tests, and some frameworks build a server with it.
pub(super) fn is_used(source: Source<'_>) -> Result<bool, AppError> {
    if !source.has_dependency("vite") || source.build_script().is_none() {
        return Ok(false);
    }
    if svelte_kit::is_used(source) || tanstack_start::is_used(source) {
        return Ok(false);
    }
    Ok(source.builds_with("vite build") || source.has_any_of(&CONFIG_FILES)?)
}

/// What the build makes: the command says it, else the configuration, relative to the root that it names.
pub(super) fn output(source: Source<'_>) -> Result<String, AppError> {
    let configuration = source.configuration(&CONFIG_FILES)?;
    let output = option_of(source.build_script().unwrap_or_default())
        .or_else(|| configuration.string("outDir"))
        .unwrap_or(DEFAULT_OUTPUT);
    Ok(match configuration.string("root") {
        Some(root) if !output.starts_with('/') => format!("{root}/{output}"),
        _ => output.to_owned(),
    })
}

/// The directory that a script passes to `vite build`.
fn option_of(script: &str) -> Option<&str> {
    let (_, command) = script.split_once("vite build")?;
    let command = command.split([';', '&', '|']).next()?;
    let mut words = command.split_whitespace();
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--outDir") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        if let Some(value) = value {
            return Some(value.trim_matches(['"', '\'']));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_may_name_the_directory() {
        for (script, expected) in [
            ("tsc && vite build --outDir out; cp a b", Some("out")),
            ("vite build --mode x --outDir='my-out'", Some("my-out")),
            ("vite build && x --outDir y", None),
            ("vite build --outDir", None),
            ("vite", None),
        ] {
            assert_eq!(option_of(script), expected, "{script}");
        }
    }
}
