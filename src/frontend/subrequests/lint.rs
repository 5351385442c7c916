//! What the author of the plan should know: `docker build --check`.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/subrequests/lint/lint.go>

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::location::Location;
use super::{metadata_key, result};
use crate::frontend::FrontendError;
use crate::frontend::checks::{Finding, check};
use crate::frontend::run::read_plan;
use crate::frontend::shown::shown;
use crate::frontend::source_lines::SourceLines;
use crate::gateway::{BuildResult, ReturnedError};
use crate::llb::SourceFile;
use crate::plan::{Severity, Span};

const RULE: &str = "--------------------";

#[derive(Serialize)]
struct LintResults {
    warnings: Vec<Warning>,
    sources: [Source; 1],
    #[serde(rename = "buildError", skip_serializing_if = "Option::is_none")]
    build_error: Option<BuildError>,
}

#[derive(Serialize)]
struct Warning {
    #[serde(rename = "ruleName")]
    rule_name: &'static str,
    description: &'static str,
    url: String,
    detail: String,
    location: Location,
}

#[derive(Serialize)]
struct Source {
    filename: String,
    data: String,
    language: String,
}

#[derive(Serialize)]
struct BuildError {
    message: String,
    location: Location,
}

pub(super) fn answer(file: &SourceFile) -> BuildResult {
    let (findings, error) = match read_plan(file) {
        Ok((plan, problems)) => (check(&plan, &problems), None),
        Err(error) => (Vec::new(), Some(build_error(error))),
    };
    let is_clean = findings.is_empty() && error.is_none();
    let shown = shown(file);
    let text = text(&findings, error.as_ref(), shown.as_ref());
    let results = LintResults {
        warnings: findings.iter().map(warning).collect(),
        sources: [Source {
            filename: file.filename.clone(),
            // A file too large to be shown is named only.
            data: STANDARD.encode(shown.map(|shown| shown.data).unwrap_or_default()),
            language: file.language.clone(),
        }],
        build_error: error,
    };
    let mut result = result(&results, text);
    let status = if is_clean { "0" } else { "1" };
    result
        .metadata
        .insert(metadata_key::STATUS_CODE.to_owned(), status.into());
    result
}

fn warning(finding: &Finding) -> Warning {
    Warning {
        rule_name: finding.rule.name(),
        description: finding.rule.description(),
        url: finding.rule.url(),
        detail: detail(finding),
        location: Location::new(finding.span),
    }
}

/// What was found, and on another line what to do.
fn detail(finding: &Finding) -> String {
    match &finding.hint {
        None => finding.message.clone(),
        Some(hint) => format!("{}\n  hint: {hint}", finding.message),
    }
}

fn build_error(error: FrontendError) -> BuildError {
    let span = match &error {
        FrontendError::Plan { problems, .. } => {
            let problems = problems.as_slice().iter();
            let mut errors = problems.filter(|problem| problem.severity == Severity::Error);
            errors.find_map(|problem| problem.span)
        }
        _ => None,
    };
    BuildError {
        message: ReturnedError::from(error).message().to_owned(),
        location: Location::new(span),
    }
}

/// The warnings and the error as BuildKit's own clients print them.
fn text(findings: &[Finding], error: Option<&BuildError>, file: Option<&SourceFile>) -> String {
    let mut text = String::new();
    for finding in findings {
        let (name, url) = (finding.rule.name(), finding.rule.url());
        let _ = write!(text, "\nWARNING: {name} - {url}\n{}\n", detail(finding));
        if let (Some(span), Some(file)) = (finding.span, file) {
            source(&mut text, file, span);
        }
    }
    if let Some(error) = error {
        let _ = writeln!(text, "{}", error.message);
    }
    text
}

fn source(text: &mut String, file: &SourceFile, span: Span) {
    let data = String::from_utf8_lossy(&file.data);
    let line = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
    let lines = (line(span.start.line), line(span.end.line));
    let Some(shown) = SourceLines::new(&data, &[lines]) else {
        return;
    };
    let _ = write!(text, "{}:{}\n{RULE}\n", file.filename, shown.line);
    for line in &shown.lines {
        let mark = if line.is_marked { ">>>" } else { "   " };
        let _ = writeln!(text, " {:3} | {mark} {}", line.number, line.text);
    }
    let _ = writeln!(text, "{RULE}");
}
