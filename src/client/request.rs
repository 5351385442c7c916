//! What the engine is asked to build.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{Context, SHA256};

use super::address::Connection;
use super::build::Build;
use super::caches::Caches;
use super::error::ClientError;
use super::identifier::random_identifier;
use super::output::Export;
use super::plan_source::{PlanOrigin, PlanSource};
use super::session::{Locals, SshAgents};
use super::settings::{AppSource, Cache, SecretSource, Settings};
use crate::frontend::{local, option};

/// Where Linux keeps a number that no other machine has.
const MACHINE_ID: &str = "/etc/machine-id";

/// The secrets of a build: those that were given as such, and the values that were given for names of the plan. All of the plan
/// that are variables must be there.
pub(super) fn secrets(
    settings: &Settings,
    plan: &PlanSource,
) -> Result<BTreeMap<String, SecretSource>, ClientError> {
    let values = plan.values.iter();
    let values = values.map(|(name, value)| (name.clone(), SecretSource::Value(value.clone())));
    let mut secrets: BTreeMap<_, _> = values.collect();
    secrets.extend(settings.secrets.clone());
    check_secrets(plan, &secrets)?;
    Ok(secrets)
}

/// Fails if the plan has secrets as variables that are not offered.
pub(super) fn check_secrets(
    plan: &PlanSource,
    secrets: &BTreeMap<String, SecretSource>,
) -> Result<(), ClientError> {
    let names: Vec<_> = missing(plan, secrets)
        .filter(|name| !plan.file_secrets.contains(*name))
        .cloned()
        .collect();
    if names.is_empty() {
        Ok(())
    } else {
        Err(ClientError::MissingSecrets { names })
    }
}

/// Fails if the plan asks for SSH agents that are not forwarded.
pub(super) fn check_ssh_agents(agents: &SshAgents, plan: &PlanSource) -> Result<(), ClientError> {
    let ids = plan.ssh.iter();
    let ids: Vec<_> = ids.filter(|id| !agents.contains(id)).cloned().collect();
    if ids.is_empty() {
        Ok(())
    } else {
        Err(ClientError::MissingSshAgents { ids })
    }
}

/// Secrets of the plan that are not offered.
pub(super) fn missing<'a>(
    plan: &'a PlanSource,
    secrets: &BTreeMap<String, SecretSource>,
) -> impl Iterator<Item = &'a String> {
    let names = plan.secrets.iter();
    names.filter(|name| !secrets.contains_key(*name))
}

/// The build. `secrets` are all that are offered.
pub(super) fn build(
    settings: &Settings,
    plan: &PlanOrigin,
    secrets: &BTreeMap<String, SecretSource>,
    connection: &Connection,
    exports: &[Export],
    caches: &Caches,
    locals: &Locals,
) -> Result<Build, ClientError> {
    let mut options = settings.options.clone();
    let mut set = |key: &str, value: &str| {
        options.insert(key.to_owned(), value.to_owned());
    };
    if let PlanOrigin::Here(plan) = plan {
        set(option::FILENAME, &plan.filename);
    }
    let app = match &settings.app {
        AppSource::Directory(directory) => directory.as_path(),
        AppSource::Url(url) => {
            set(option::CONTEXT, url);
            if matches!(plan, PlanOrigin::Here(_)) {
                // It goes before one that is there.
                set(option::PLAN_LOCAL, local::PLAN);
            }
            Path::new(url)
        }
    };
    if !caches.imports.is_empty() {
        let imports = serde_json::to_string(&caches.imports).unwrap_or_default();
        options.insert(option::CACHE_IMPORTS.to_owned(), imports);
    }
    for (name, directory) in &settings.contexts {
        let key = format!("{}{name}", option::SHARED_KEY_PREFIX);
        options.insert(key, shared_key(directory));
    }
    // Docker has images that are in no registry.
    if connection.docker.is_some() {
        options
            .entry(option::IMAGE_RESOLVE_MODE.to_owned())
            .or_insert_with(|| "local".to_owned());
    }
    let (missing_secrets, planning, listener) = match plan {
        PlanOrigin::Here(plan) => (missing(plan, secrets).cloned().collect(), None, None),
        PlanOrigin::Elsewhere(app) => {
            let listener = app.listener(settings, secrets, locals);
            (Vec::new(), Some(app.planning.clone()), Some(listener))
        }
    };
    let entries = |caches: &[Cache]| caches.iter().map(Into::into).collect();
    Ok(Build {
        id: random_identifier()?,
        session_id: random_identifier()?,
        shared_key: shared_key(app),
        options,
        exporters: exports
            .iter()
            .map(|export| export.exporter.clone())
            .collect(),
        cache_exports: entries(&caches.exports),
        cache_imports: entries(&caches.imports),
        missing_secrets,
        planning,
        listener,
        dump: None,
    })
}

/// The same for each build of a directory on this machine, and another one for all others: the engine then needs only
/// what has changed.
fn shared_key(directory: &Path) -> String {
    let machine = fs::read(MACHINE_ID).unwrap_or_default();
    let directory = directory
        .canonicalize()
        .unwrap_or_else(|_| directory.to_owned());
    let mut hasher = Context::new(&SHA256);
    hasher.update(&machine);
    hasher.update(directory.as_os_str().as_encoded_bytes());
    URL_SAFE_NO_PAD.encode(hasher.finish())
}
