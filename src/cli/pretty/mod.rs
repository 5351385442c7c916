//! A plan and how it came about, for a person.
//!
//! It says what the reference says (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/pretty_print.go>) and also
//! what a step starts from, where it differs from a plain shell script, and what is in the image.

mod look;
mod plan;
mod text;

#[cfg(feature = "client")]
pub(crate) use look::is_coloured;
pub(crate) use look::{Look, Role};
pub(super) use text::visible;

use std::fmt::Write;

use super::planning::Planned;
use crate::analyze::{Analysis, Level, Message, Resolved};
use text::{Labelled, on_one_line, padded, prose, width};

/// How far what is below a heading is indented.
const INDENT: usize = 2;

/// All that is known, in sections.
pub(crate) fn describe(planned: &Planned, look: Look) -> String {
    let version = concat!("Railpack ", env!("CARGO_PKG_VERSION"));
    let mut text = look.paint(Role::Command, version) + "\n";
    if let Ok(analysis) = &planned.outcome
        && let [first, others @ ..] = analysis.providers.as_slice()
    {
        let title = if others.is_empty() {
            "Provider"
        } else {
            "Providers"
        };
        text.push_str(&section(title, look));
        let mut names = look.paint(Role::Name, first);
        for other in others {
            names.push_str(", ");
            names.push_str(&look.paint(Role::Name, other));
        }
        // Here and below: writing to a string cannot fail.
        let _ = writeln!(text, "  {names}");
    }
    let (found, notes): (Vec<_>, Vec<_>) = planned
        .messages
        .iter()
        .partition(|message| matches!(message.level, Level::Info | Level::Detail));
    add_messages(&mut text, "Found", &found, look);
    if let Ok(analysis) = &planned.outcome {
        add_packages(&mut text, analysis, look);
        plan::add(&mut text, &analysis.plan, look);
        add_metadata(&mut text, analysis, look);
    }
    add_messages(&mut text, "Notes", &notes, look);
    text
}

/// The heading of a section.
pub(super) fn section(name: &str, look: Look) -> String {
    format!("\n{}\n", look.paint(Role::Heading, name))
}

/// What stands in front of a message, and how.
pub(super) fn label(level: Level) -> Option<(&'static str, Role)> {
    match level {
        Level::Detail | Level::Info => None,
        Level::Suggestion => Some(("suggestion: ", Role::Suggestion)),
        Level::Deprecation => Some(("deprecated: ", Role::Warning)),
        Level::Warning => Some(("warning: ", Role::Warning)),
    }
}

/// A message on lines of its own.
pub(super) fn message(message: &Message, indent: usize, look: Look) -> String {
    let text = visible(&message.text);
    match label(message.level) {
        None => prose(indent, "", 0, &text, look),
        Some((label, role)) => {
            let painted = look.paint(role, label);
            prose(indent, &painted, width(label), &text, look)
        }
    }
}

fn add_messages(text: &mut String, heading: &str, messages: &[&Message], look: Look) {
    if messages.is_empty() {
        return;
    }
    text.push_str(&section(heading, look));
    for each in messages {
        text.push_str(&message(each, INDENT, look));
    }
}

fn add_packages(text: &mut String, analysis: &Analysis, look: Look) {
    let rows: Vec<_> = analysis
        .packages
        .iter()
        .map(|(name, package)| {
            let version = on_one_line(&package.version_for_mise());
            let mut origin = on_one_line(&package.origin);
            if package.version != version {
                let _ = write!(origin, " ({})", on_one_line(&package.version));
            }
            let how = match package.resolved {
                Some(Resolved::Exact(_)) => "",
                Some(Resolved::LookedUp(_)) => ", the newest, as mise says",
                None => ", the newest, chosen in the build",
            };
            origin.push_str(&look.paint(Role::Aside, how));
            (on_one_line(name), version, origin)
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    text.push_str(&section("Packages", look));
    let names = rows.iter().map(|row| width(&row.0)).max().unwrap_or(0);
    let versions = rows.iter().map(|row| width(&row.1)).max().unwrap_or(0);
    for (name, version, origin) in rows {
        let name = look.paint(Role::Name, &padded(&name, names));
        let version = look.paint(Role::Version, &padded(&version, versions));
        let _ = writeln!(text, "  {name}  {version}  {origin}");
    }
}

fn add_metadata(text: &mut String, analysis: &Analysis, look: Look) {
    if analysis.metadata.is_empty() {
        return;
    }
    text.push_str(&section("Metadata", look));
    let mut rows = Labelled::default();
    for (name, value) in &analysis.metadata {
        rows.add(name, value, None);
    }
    text.push_str(&rows.render(INDENT, look));
}
