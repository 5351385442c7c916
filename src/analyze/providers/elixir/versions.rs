//! Which Elixir and Erlang an app asks for.

use super::mix_file::{MIX_FILE, MixFile};
use crate::analyze::app::AppError;
use crate::analyze::context::Context;

const ELIXIR: &str = "elixir";
const ERLANG: &str = "erlang";
const DEFAULT_ELIXIR: &str = "1.18";
const DEFAULT_ERLANG: &str = "27.3";
/// The Erlang for a minor version of Elixir 1
/// (<https://hexdocs.pm/elixir/compatibility-and-deprecations.html#between-elixir-and-erlang-otp>).
const COMPATIBLE: [(u32, &str); 21] = [
    (0, "18"),
    (1, "18"),
    (2, "19"),
    (3, "19"),
    (4, "20"),
    (5, "20"),
    (6, "21"),
    (7, "22"),
    (8, "22"),
    (9, "22"),
    (10, "23"),
    (11, "24"),
    (12, "24"),
    (13, "25"),
    (14, "26"),
    (15, "26"),
    (16, "26"),
    (17, "27"),
    (18, "27"),
    (19, "28"),
    (20, "29"),
];

/// Installs Elixir, and the Erlang that it runs on.
pub(super) fn request(context: &mut Context<'_>, mix_file: &MixFile) -> Result<(), AppError> {
    context
        .mise
        .install(&mut context.packages, ELIXIR, DEFAULT_ELIXIR);
    if let Some(version) = mix_file.elixir() {
        context.packages.request(ELIXIR, version, MIX_FILE);
    }
    request_of_file(context, ELIXIR, ".elixir-version")?;
    context.follow_version_sources(ELIXIR, "ELIXIR_VERSION")?;

    context
        .mise
        .install(&mut context.packages, ERLANG, DEFAULT_ERLANG);
    let elixir = context.packages.get(ELIXIR);
    let elixir = elixir.map_or_else(String::new, |elixir| elixir.version.clone());
    if let Some(version) = compatible(&elixir) {
        let origin = format!("{ELIXIR} {elixir}");
        context.packages.request(ERLANG, version, &origin);
    }
    request_of_file(context, ERLANG, ".erlang-version")?;
    context.follow_version_sources(ERLANG, "ERLANG_VERSION")
}

fn request_of_file(context: &mut Context<'_>, tool: &str, file: &str) -> Result<(), AppError> {
    if context.app.has(file)? {
        let text = context.app.read_text(file)?;
        let version = text.trim();
        if !version.is_empty() {
            context.packages.request(tool, version, file);
        }
    }
    Ok(())
}

/// The Erlang that a version of Elixir names (`1.18.3-otp-27`), or that goes with it.
fn compatible(elixir: &str) -> Option<&str> {
    if let Some((_, erlang)) = elixir.split_once("-otp-") {
        return Some(erlang);
    }
    let mut numbers = elixir.split('.');
    let is_first = numbers.next() == Some("1");
    let minor: u32 = numbers.next()?.parse().ok()?;
    let found = COMPATIBLE.iter().find(|(known, _)| *known == minor);
    found.filter(|_| is_first).map(|(_, erlang)| *erlang)
}
