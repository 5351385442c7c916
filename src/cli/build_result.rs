//! What is known about an app and its plan, for programs.
//!
//! The names are those of the reference's file, which platforms read
//! (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/core.go>, `BuildResult`); what is empty is left out.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;

use super::planning::{Planned, PlanningError};
use crate::analyze::{Analysis, Level};
use crate::causes::causes;
use crate::plan::Plan;

/// How an analysis ended.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BuildResult<'a> {
    railpack_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a Plan>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    resolved_packages: BTreeMap<&'a str, ResolvedPackage<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    detected_providers: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logs: Vec<Log>,
    success: bool,
}

/// A tool, the version asked for, and what it came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResolvedPackage<'a> {
    name: &'a str,
    requested_version: &'a str,
    /// The exact version; absent where mise takes the newest that fits, inside the build.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_version: Option<&'a str>,
    source: &'a str,
}

/// One thing to tell a person.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Log {
    level: &'static str,
    msg: String,
    docs_path: &'static str,
}

impl<'a> BuildResult<'a> {
    pub(super) fn new(planned: &'a Planned) -> Self {
        let analysis = planned.outcome.as_ref().ok();
        let mut logs: Vec<_> = planned
            .messages
            .iter()
            .map(|message| Log::new(level_name(message.level), message.text.clone()))
            .collect();
        if let Err(error) = &planned.outcome {
            logs.push(Log::new("error", whole_text(error)));
        }
        Self {
            railpack_version: env!("CARGO_PKG_VERSION"),
            plan: analysis.map(|analysis| &analysis.plan),
            resolved_packages: analysis.map(resolved_packages).unwrap_or_default(),
            metadata: analysis.map(metadata).unwrap_or_default(),
            detected_providers: analysis
                .into_iter()
                .flat_map(|analysis| analysis.providers.iter().copied())
                .collect(),
            logs,
            success: analysis.is_some(),
        }
    }

    /// The same without the plan, for who gets that in a file of its own.
    pub(super) fn without_plan(self) -> Self {
        Self { plan: None, ..self }
    }

    /// Indented by two spaces, with a line feed at the end.
    #[expect(
        clippy::expect_used,
        reason = "serde_json fails on map keys that are no strings and on failing Serialize; there is neither"
    )]
    pub(super) fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("it can be written as JSON");
        json.push('\n');
        json
    }
}

impl Log {
    fn new(level: &'static str, msg: String) -> Self {
        Self {
            level,
            msg,
            docs_path: "",
        }
    }
}

fn resolved_packages(analysis: &Analysis) -> BTreeMap<&str, ResolvedPackage<'_>> {
    analysis
        .packages
        .iter()
        .map(|(name, package)| {
            let resolved = ResolvedPackage {
                name,
                requested_version: &package.version,
                resolved_version: package.resolved_version(),
                source: &package.origin,
            };
            (name.as_str(), resolved)
        })
        .collect()
}

fn metadata(analysis: &Analysis) -> BTreeMap<&str, &str> {
    analysis
        .metadata
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// The reference's names (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/logger/logger.go>), and one of ours
/// for what only `--verbose` tells.
fn level_name(level: Level) -> &'static str {
    match level {
        Level::Detail => "debug",
        Level::Info => "info",
        Level::Suggestion => "suggestion",
        Level::Deprecation => "deprecation",
        Level::Warning => "warn",
    }
}

/// An error with its causes and what to do about it.
fn whole_text(error: &PlanningError) -> String {
    let mut text = error.to_string();
    for cause in causes(error) {
        // Writing to a string cannot fail.
        let _ = write!(text, "\ncaused by: {cause}");
    }
    if let Some(hint) = error.hint() {
        let _ = write!(text, "\nhint: {hint}");
    }
    text
}
