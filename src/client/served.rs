//! What the engine may ask of this client during a build.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use prost::bytes::Bytes;

use super::address::Engine;
use super::certificates;
use super::error::ClientError;
use super::output::{Export, Loader, Loading, Target};
use super::plan_source::{PlanOrigin, PlanSource};
use super::session::auth::AUTH_VARIABLE;
use super::session::{Contents, Credentials, Locals, SecretStore, Session};
use super::settings::{AppSource, SecretSource, Settings, local_name};
use crate::convert::{CERTIFICATES_SECRET, SecretSets};
use crate::fingerprint::{HASH_FILE, secrets_hash};
use crate::frontend::{local, option};
use crate::plan::parse;

/// What is served, and the program that loads the image if one does.
///
/// `secrets` are all that are offered; `variable` gives the process environment.
pub(super) fn session(
    settings: &Settings,
    plan: &PlanOrigin,
    secrets: &BTreeMap<String, SecretSource>,
    exports: &[Export],
    contents: Contents,
    engine: &Engine,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<(Session, Option<Loading>), ClientError> {
    let mut session = Session {
        // First, because it tells of what is too large or no certificate.
        secrets: secret_store(secrets)?,
        locals: locals(settings, plan, secrets)?,
        credentials: credentials(variable),
        agents: settings.ssh.clone(),
        contents,
        ..Session::default()
    };
    let mut loading = None;
    let receivers = &mut session.receivers;
    for (place, export) in exports.iter().enumerate() {
        match &export.target {
            Target::Engine | Target::Push => {}
            Target::Stdout => receivers.insert_writer(place, tokio::io::stdout()),
            Target::File(path) => receivers.insert_file(place, path)?,
            Target::Directory(path) => receivers.insert_directory(place, path)?,
            Target::Layout(path) => session.contents.insert_layout_export(path)?,
            Target::Load => {
                let is_on_path = |name: &str| is_on_path(name, variable);
                let loader = Loader::choose(&engine.address, is_on_path)?;
                let (started, input) = loader.start()?;
                receivers.insert_writer(place, input);
                loading = Some(started);
            }
        }
    }
    Ok((session, loading))
}

fn locals(
    settings: &Settings,
    plan: &PlanOrigin,
    secrets: &BTreeMap<String, SecretSource>,
) -> Result<Locals, ClientError> {
    let locals = Locals::default();
    if let AppSource::Directory(directory) = &settings.app {
        // What is left out is in the plan, and so in what the engine asks for.
        locals.insert_directory(local::CONTEXT, directory, Vec::new())?;
    }
    for (name, directory) in &settings.contexts {
        locals.insert_directory(local_name(name), directory, Vec::new())?;
    }
    let PlanOrigin::Here(plan) = plan else {
        return Ok(locals);
    };
    let file = (PathBuf::from(&plan.filename), plan.text.clone().into());
    locals.insert_files(local::PLAN, BTreeMap::from([file]))?;
    let given = format!("{}{}", option::BUILD_ARG_PREFIX, option::SECRETS_HASH);
    if !settings.options.contains_key(&given) {
        locals.insert_files(local::SECRETS_HASH, hashes(plan, secrets)?)?;
    }
    Ok(locals)
}

/// A file for each distinct set of secrets that steps use: its text changes when a value does.
pub(super) fn hashes(
    plan: &PlanSource,
    secrets: &BTreeMap<String, SecretSource>,
) -> Result<BTreeMap<PathBuf, Bytes>, ClientError> {
    // What is wrong with it is told by the frontend, with its lines.
    let Ok(parsed) = parse(&plan.text) else {
        return Ok(BTreeMap::new());
    };
    let secret_files = parsed.plan.file_secrets();
    let mut files = BTreeMap::new();
    for (number, set) in SecretSets::new(&parsed.plan).iter().enumerate() {
        let mut values = BTreeMap::new();
        for name in set {
            let value = value(name, secrets)?;
            // For commands no value is an empty one, but an empty file is one.
            if value.is_some() || !secret_files.contains(name) {
                values.insert(*name, value.unwrap_or_default());
            }
        }
        let file = PathBuf::from(number.to_string()).join(HASH_FILE);
        files.insert(file, secrets_hash(&values)?.into());
    }
    Ok(files)
}

/// The value of a secret, if it is offered.
fn value(
    name: &str,
    secrets: &BTreeMap<String, SecretSource>,
) -> Result<Option<Vec<u8>>, ClientError> {
    match secrets.get(name) {
        None => Ok(None),
        Some(SecretSource::Value(value)) => Ok(Some(value.clone().into_bytes())),
        Some(SecretSource::File(file)) => {
            let value = fs::read(file).map_err(|source| ClientError::Secret {
                id: name.to_owned(),
                source,
            });
            value.map(Some)
        }
    }
}

fn secret_store(secrets: &BTreeMap<String, SecretSource>) -> Result<SecretStore, ClientError> {
    let mut store = SecretStore::default();
    if let Some(certificates) = value(CERTIFICATES_SECRET, secrets)? {
        certificates::check(&certificates)?;
    }
    for (id, source) in secrets {
        match source {
            SecretSource::Value(value) => store.insert_value(id, value.as_bytes())?,
            SecretSource::File(file) => store.insert_file(id, file)?,
        }
    }
    Ok(store)
}

/// What `docker login` keeps, and what a variable holds instead.
fn credentials(variable: &dyn Fn(&str) -> Option<String>) -> Credentials {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let home = || Some(PathBuf::from(set("HOME")?).join(".docker"));
    let folder = set("DOCKER_CONFIG").map(PathBuf::from).or_else(home);
    let credentials = folder.map(Credentials::new).unwrap_or_default();
    match set(AUTH_VARIABLE) {
        Some(text) => credentials.look_first_in(text),
        None => credentials,
    }
}

fn is_on_path(name: &str, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let path = variable("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(name).is_file())
}
