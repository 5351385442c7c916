//! Which Rust an app asks for.

use serde::Deserialize;

use super::manifest::{MANIFEST, Manifest};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;

const RUST: &str = "rust";
const DEFAULT_VERSION: &str = "1.89";
const VERSION_SETTING: &str = "RUST_VERSION";
/// The Rust for an edition, where nothing else is said: one that knows it, as the reference chooses it.
const EDITIONS: [(&str, &str); 4] = [
    ("2015", "1.30.0"),
    ("2018", "1.55.0"),
    ("2021", "1.84.0"),
    ("2024", "1.85.1"),
];
const VERSION_FILES: [&str; 2] = ["rust-version.txt", ".rust-version"];
const TOOLCHAIN_FILE: &str = "rust-toolchain.toml";
/// The same with nothing but the channel in it.
const OLD_TOOLCHAIN_FILE: &str = "rust-toolchain";

/// <https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file>
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ToolchainFile {
    toolchain: Toolchain,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Toolchain {
    channel: Option<String>,
    version: Option<String>,
}

/// Installs Rust: in the version of the files that mise reads, else of the setting, the toolchain file, `rust-version`,
/// the version files and the edition.
pub(super) fn request(context: &mut Context<'_>, manifest: &Manifest) -> Result<(), AnalyzeError> {
    context
        .mise
        .install(&mut context.packages, RUST, DEFAULT_VERSION);
    if let Some(edition) = manifest.edition() {
        let Some((_, version)) = EDITIONS.iter().find(|(name, _)| *name == edition) else {
            return Err(AnalyzeError::Value {
                place: format!("{MANIFEST} > edition"),
                found: edition.to_owned(),
                expected: "an edition of Rust: 2015, 2018, 2021 or 2024".into(),
            });
        };
        let origin = format!("{MANIFEST} > edition");
        context.packages.request(RUST, version, &origin);
    }
    for file in VERSION_FILES {
        if context.app.has(file)?
            && let Some(version) = numbers(&context.app.read_text(file)?)
        {
            context.packages.request(RUST, version, file);
        }
    }
    if let Some(asked) = manifest.rust_version() {
        let origin = format!("{MANIFEST} > rust-version");
        let Some(version) = numbers(asked) else {
            return Err(AnalyzeError::Value {
                place: origin,
                found: asked.to_owned(),
                expected: "a version of Rust, such as 1.85".into(),
            });
        };
        context.packages.request(RUST, version, &origin);
    }
    if context.app.has(TOOLCHAIN_FILE)? {
        let toolchain = context
            .app
            .read_toml::<ToolchainFile>(TOOLCHAIN_FILE)?
            .toolchain;
        if toolchain.version.is_some() {
            context.messages.deprecation(format!(
                "{TOOLCHAIN_FILE}: `version` is read for now; rustup knows `channel`"
            ));
        }
        let asked = toolchain.channel.or(toolchain.version).unwrap_or_default();
        if let Some(version) = numbers(&asked) {
            context.packages.request(RUST, version, TOOLCHAIN_FILE);
        }
    } else if context.app.has(OLD_TOOLCHAIN_FILE)?
        && let Some(version) = numbers(&context.app.read_text(OLD_TOOLCHAIN_FILE)?)
    {
        context.packages.request(RUST, version, OLD_TOOLCHAIN_FILE);
    }
    Ok(context.follow_version_sources(RUST, VERSION_SETTING)?)
}

/// The version that a text begins with, of two or three numbers; `None` for a channel such as `stable`.
fn numbers(text: &str) -> Option<&str> {
    let text = text.trim();
    let end = text
        .find(|character: char| !(character.is_ascii_digit() || character == '.'))
        .unwrap_or(text.len());
    let version = text.get(..end)?.trim_end_matches('.');
    let parts = version.split('.');
    let is_version = parts.clone().all(|part| !part.is_empty()) && (1..=3).contains(&parts.count());
    (is_version && !version.is_empty()).then_some(version)
}
