//! Secrets: what makes steps run again for another value, and which secrets have none.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::Request;
use super::options::{OptionWarning, Options};
use super::plan_file::PlanFile;
use super::subrequests::visible;
use super::warnings::Warnings;
use crate::convert::{FINGERPRINT_DIRECTORY, SecretsHash, fingerprint_definition, uses_secrets};
use crate::fingerprint::MISSING_FILE;
use crate::gateway::{Bridge, GatewayError};
use crate::plan::{Span, ValidPlan};

/// What makes steps run again: what the user gives goes before what this side could do.
pub(super) fn chosen(options: &Options, request: &Request) -> SecretsHash {
    match &options.secrets_hash {
        Some(hash) => SecretsHash::Given(hash.clone()),
        None => request.secrets_hash.clone(),
    }
}

/// Warns where nothing does.
pub(super) fn not_hashed(
    chosen: &SecretsHash,
    plan: &ValidPlan,
    target: Option<&str>,
) -> Option<OptionWarning> {
    let is_stale = *chosen == SecretsHash::Unknown && uses_secrets(plan, target);
    is_stale.then_some(OptionWarning::SecretsNotHashed)
}

/// The hashing of secrets, under way.
pub(super) type Hashing = JoinHandle<Result<(), GatewayError>>;

/// Has the engine hash the secrets, while this side and the engine do other things, and warns of those without a value, but for
/// `settings`, whose values planning had. `None` if there is nothing to hash.
pub(super) fn hash(
    bridge: &Bridge,
    plan: &Arc<ValidPlan>,
    file: &Arc<PlanFile>,
    secrets_hash: &SecretsHash,
    settings: BTreeSet<String>,
    target: Option<&str>,
) -> Option<Hashing> {
    let SecretsHash::Fingerprint(fingerprint) = secrets_hash else {
        return None;
    };
    if !uses_secrets(plan, target) {
        return None;
    }
    // The conversion tells of a definition that is none.
    let engine = bridge.capabilities().llb();
    let definition = fingerprint_definition(plan, fingerprint, engine).ok()?;
    let (bridge, plan, file) = (bridge.clone(), Arc::clone(plan), Arc::clone(file));
    Some(tokio::spawn(async move {
        let hashes = bridge.solve(definition, &[]).await?;
        let missing = format!("{FINGERPRINT_DIRECTORY}/{MISSING_FILE}");
        let missing = bridge.read_file(&hashes, &missing).await?;
        // What the program writes is such a list; another one would be a program of another version.
        let mut missing: Vec<String> = serde_json::from_slice(&missing).unwrap_or_default();
        missing.retain(|name| !settings.contains(name));
        warn_of_missing(&Warnings::new(&bridge, &file), &missing, &plan).await;
        Ok(())
    }))
}

/// Warns of the secrets of which it is known that the client does not offer them.
pub(super) async fn warn_of_missing(warnings: &Warnings<'_>, missing: &[String], plan: &ValidPlan) {
    if missing.is_empty() {
        return;
    }
    let secrets = plan.plan().secrets.iter();
    let spans: Vec<Span> = secrets
        .filter(|secret| missing.contains(&secret.value))
        .filter_map(|secret| secret.span)
        .collect();
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
    let short = format!("secrets without a value: {}", names.join(", "));
    let detail = variables.into_iter().chain(files).collect();
    warnings
        .show_at(&spans, &short, detail, String::new())
        .await;
}
