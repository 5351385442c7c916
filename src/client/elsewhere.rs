//! An app that is not on this machine: the engine loads it, and its plan is heard of then. The plan that is there is read, or one
//! is made, by this program's own frontend.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::error::ClientError;
use super::plan_source::PlanSource;
use super::request::{check_secrets, check_ssh_agents, missing};
use super::served::hashes;
use super::session::Locals;
use super::settings::{SecretSource, Settings};
use crate::analyze::Environment;
use crate::cli::{PlanningArguments, PlanningError, environment, options};
use crate::frontend::{PlanListener, Planning, local, option};
use crate::gateway::ReturnedError;
use crate::llb::SourceFile;

/// What the names of settings of planning start with.
const SETTING_PREFIX: &str = "RAILPACK_";

/// An app that is not on this machine. Values of secrets are in it, so it has no `Debug`.
#[derive(Clone)]
pub(super) struct Elsewhere {
    /// How to plan it.
    pub(super) planning: Planning,
    /// Values that the user gave for names: `--env`.
    pub(super) values: BTreeMap<String, String>,
    /// The plan's text, when it has been heard of.
    heard: Arc<OnceLock<Vec<u8>>>,
}

impl Elsewhere {
    /// Reads how to plan an app. Gives the names of `--env` without a value too.
    pub(super) fn new(
        arguments: &PlanningArguments,
        settings: &Settings,
        is_verbose: bool,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Self, Vec<String>), ClientError> {
        let (mut environment, left_out) =
            environment(&arguments.variables, is_verbose, variable).map_err(PlanningError::from)?;
        // The frontend takes settings as build arguments too.
        for (key, value) in &settings.options {
            let name = key.strip_prefix(option::BUILD_ARG_PREFIX);
            if let Some(name) = name.filter(|name| name.starts_with(SETTING_PREFIX)) {
                environment.set(name, value);
            }
        }
        // A mise on this machine is not asked: it must never be one of the app's, and where that is nobody knows here.
        let options = options(arguments, &environment, variable, &Arc::default());
        let names = environment.names().map(str::to_owned);
        let values = names.filter_map(|name| {
            let value = environment.variable(&name)?.to_owned();
            Some((name, value))
        });
        let elsewhere = Self {
            values: values.collect(),
            heard: Arc::default(),
            planning: Planning {
                given: given(arguments, &environment),
                environment,
                options,
            },
        };
        Ok((elsewhere, left_out))
    }

    /// All secrets that may be offered: which of them the plan uses is not known yet.
    pub(super) fn secrets(&self, settings: &Settings) -> BTreeMap<String, SecretSource> {
        let values = self.values.iter();
        let values = values.map(|(name, value)| (name.clone(), SecretSource::Value(value.clone())));
        let mut secrets: BTreeMap<_, _> = values.collect();
        secrets.extend(settings.secrets.clone());
        secrets
    }

    /// Does what is done with a plan that is known beforehand, when the plan is known: looks whether all is offered that it
    /// needs, and adds the hashes of its secrets to `locals`.
    pub(super) fn listener(
        &self,
        settings: &Settings,
        secrets: &BTreeMap<String, SecretSource>,
        locals: &Locals,
    ) -> PlanListener {
        let (values, heard) = (self.values.clone(), Arc::clone(&self.heard));
        let (agents, secrets, locals) = (settings.ssh.clone(), secrets.clone(), locals.clone());
        PlanListener(Arc::new(move |file: &SourceFile| {
            let value = |name: &str| values.get(name).cloned();
            let plan = PlanSource::of(file.filename.clone(), file.data.clone(), &value);
            let prepared = check_secrets(&plan, &secrets)
                .and_then(|()| check_ssh_agents(&agents, &plan))
                .and_then(|()| hashes(&plan, &secrets))
                .and_then(|hashes| Ok(locals.insert_files(local::SECRETS_HASH, hashes)?));
            let missing = missing(&plan, &secrets).cloned().collect();
            // Each build has one plan.
            let _ = heard.set(plan.text);
            prepared.map_err(|error| refusal(&error))?;
            Ok(missing)
        }))
    }

    /// The text of the plan, if it was heard of.
    pub(super) fn plan(&self) -> Option<&[u8]> {
        self.heard.get().map(Vec::as_slice)
    }
}

fn refusal(error: &ClientError) -> ReturnedError {
    let hint = error.hint();
    let hint = hint.map_or_else(String::new, |hint| format!("\n  hint: {hint}"));
    ReturnedError::new(format!("{error}{hint}"))
}

/// What the user has said of planning, which has no effect where there is a plan.
fn given(arguments: &PlanningArguments, environment: &Environment) -> Vec<String> {
    let flags = [
        ("--previous", !arguments.previous.is_empty()),
        ("--build-cmd", arguments.build_command.is_some()),
        ("--start-cmd", arguments.start_command.is_some()),
        ("--app-dir", arguments.app_directory.is_some()),
        ("--config-file", arguments.config_file.is_some()),
        ("--error-missing-start", arguments.error_missing_start),
        ("--frontend", arguments.frontend.is_some()),
        ("--builder-image", arguments.builder_image.is_some()),
        ("--runtime-image", arguments.runtime_image.is_some()),
    ];
    let flags = flags.into_iter().filter(|(_, is_given)| *is_given);
    let settings = environment.names();
    let settings = settings.filter(|name| name.starts_with(SETTING_PREFIX));
    let names = flags.map(|(flag, _)| flag).chain(settings);
    names.map(str::to_owned).collect()
}
