//! Secrets: what makes steps run again for another value, and which secrets have none.

use super::options::{OptionWarning, Options};
use super::plan_file::PlanFile;
use super::shown::shown;
use super::subrequests::visible;
use super::{FrontendError, Request};
use crate::convert::{SecretsHash, fingerprint_definition, uses_secrets};
use crate::fingerprint::MISSING_FILE;
use crate::gateway::{Bridge, Warning};
use crate::plan::{Span, ValidPlan};

/// What makes steps run again: what the user gives goes before what this side could do.
pub(super) fn chosen(
    options: &Options,
    request: &Request,
    plan: &ValidPlan,
    target: Option<&str>,
) -> (SecretsHash, Option<OptionWarning>) {
    let chosen = match &options.secrets_hash {
        Some(hash) => SecretsHash::Given(hash.clone()),
        None => request.secrets_hash.clone(),
    };
    let is_stale = chosen == SecretsHash::Unknown && uses_secrets(plan, target);
    (chosen, is_stale.then_some(OptionWarning::SecretsNotHashed))
}

/// Warns of the secrets of which it is known that the client does not offer them.
pub(super) async fn warn_of_missing(
    bridge: &Bridge,
    missing: &[String],
    plan: &ValidPlan,
    file: &PlanFile,
) {
    if !missing.is_empty() {
        warn(bridge, plan, file, missing).await;
    }
}

/// Has the engine hash the secrets, while this side does other things, and warns of those without a value.
pub(super) async fn hash(
    bridge: &Bridge,
    plan: &ValidPlan,
    file: &PlanFile,
    secrets_hash: &SecretsHash,
    target: Option<&str>,
) -> Result<(), FrontendError> {
    let engine = bridge.capabilities().llb();
    let SecretsHash::Fingerprint(fingerprint) = secrets_hash else {
        return Ok(());
    };
    if !uses_secrets(plan, target) {
        return Ok(());
    }
    // The conversion tells of a definition that is none.
    let Ok(definition) = fingerprint_definition(plan, fingerprint, engine) else {
        return Ok(());
    };
    let hashes = bridge.solve(definition, &[]).await;
    let hashes = hashes.map_err(FrontendError::Solve)?;
    let missing = bridge.read_file(&hashes, MISSING_FILE).await;
    let missing = missing.map_err(FrontendError::Solve)?;
    // What the program writes is such a list; another one would be a program of another version.
    let missing: Vec<String> = serde_json::from_slice(&missing).unwrap_or_default();
    if !missing.is_empty() {
        warn(bridge, plan, file, &missing).await;
    }
    Ok(())
}

async fn warn(bridge: &Bridge, plan: &ValidPlan, file: &PlanFile, missing: &[String]) {
    let secrets = plan.plan().secrets.iter();
    let spans: Vec<Span> = secrets
        .filter(|secret| missing.contains(&secret.value))
        .filter_map(|secret| secret.span)
        .collect();
    let place = spans
        .first()
        .map_or_else(String::new, |span| format!(":{}", span.start.line));
    let names: Vec<String> = missing.iter().map(|name| visible(name)).collect();
    let files = plan.plan().file_secrets();
    let first = |is_file: bool| {
        let mut names = missing.iter();
        let name = names.find(|name| files.contains(name.as_str()) == is_file);
        name.map(|name| visible(name))
    };
    let variables = first(false).map(|id| {
        format!("commands find these variables empty; give values: `--secret id={id},env={id}`")
    });
    let files = first(true).map(|id| {
        format!("commands do not find these files; give them: `--secret id={id},src=FILE`")
    });
    let source = shown(&file.source);
    let warning = Warning {
        vertex: file.vertex.clone(),
        short: format!(
            "secrets without a value: {} ({}{place})",
            names.join(", "),
            file.source.filename
        ),
        detail: variables.into_iter().chain(files).collect(),
        url: String::new(),
        source: source.as_ref().map(|source| {
            (
                source,
                spans.iter().copied().map(super::error::range).collect(),
            )
        }),
    };
    if let Err(error) = bridge.warn(warning).await {
        tracing::warn!("a warning was not shown: {error}");
    }
}
