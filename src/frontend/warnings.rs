//! Warnings, shown beside the step of the progress display that read the plan.

use super::error::range;
use super::plan_file::PlanFile;
use super::shown::shown;
use crate::gateway::{Bridge, Warning};
use crate::llb::SourceFile;
use crate::plan::Span;

/// Shows warnings. What goes wrong there fails no build.
pub(super) struct Warnings<'a> {
    bridge: &'a Bridge,
    file: &'a PlanFile,
    /// The file as clients show it; `None` if it is too large.
    pub(super) shown: Option<SourceFile>,
}

impl<'a> Warnings<'a> {
    /// Warnings about a plan, and about what was asked for with it.
    pub(super) fn new(bridge: &'a Bridge, file: &'a PlanFile) -> Self {
        Self {
            bridge,
            file,
            shown: shown(&file.source),
        }
    }

    /// Shows one that is about nothing in the plan: a line, and lines that say more.
    pub(super) async fn show(&self, short: String, detail: Vec<String>) {
        self.send(short, detail, String::new(), &[]).await;
    }

    /// Shows one about places of the plan's file, with those lines of it. `url` is where more is written; empty if nowhere.
    pub(super) async fn show_at(
        &self,
        spans: &[Span],
        short: &str,
        detail: Vec<String>,
        url: String,
    ) {
        let name = &self.file.source.filename;
        let short = match spans.first() {
            Some(span) => format!("{short} ({name}:{})", span.start.line),
            None => format!("{short} ({name})"),
        };
        self.send(short, detail, url, spans).await;
    }

    async fn send(&self, short: String, detail: Vec<String>, url: String, spans: &[Span]) {
        let shown = self.shown.as_ref().filter(|_| !spans.is_empty());
        let warning = Warning {
            vertex: self.file.vertex.clone(),
            short,
            detail,
            url,
            source: shown.map(|source| (source, spans.iter().copied().map(range).collect())),
        };
        if let Err(error) = self.bridge.warn(warning).await {
            tracing::warn!("a warning was not shown: {error}");
        }
    }
}
