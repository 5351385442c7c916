//! Steps that run commands.

use std::collections::BTreeMap;

use crate::analyze::environment::Environment;
use crate::plan::{Command, Layer, SecretFile, Spanned, Step};

/// A step that runs commands, on its way into the plan.
#[derive(Clone, Debug)]
pub(crate) struct CommandStep {
    pub(crate) name: String,
    pub(crate) inputs: Vec<Layer>,
    pub(crate) commands: Vec<Command>,
    /// Names of the secrets whose change reruns the step; `*`, the default, is all of them.
    pub(crate) secrets: Vec<String>,
    /// Secrets that the user wants as files.
    pub(crate) secret_files: Vec<SecretFile>,
    /// SSH agents that the user wants it to ask.
    pub(crate) ssh: Vec<String>,
    pub(crate) assets: BTreeMap<String, String>,
    pub(crate) variables: BTreeMap<String, String>,
    /// Keys of caches.
    pub(crate) caches: Vec<String>,
}

impl CommandStep {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            inputs: Vec::new(),
            commands: Vec::new(),
            secrets: vec!["*".to_owned()],
            secret_files: Vec::new(),
            ssh: Vec::new(),
            assets: BTreeMap::new(),
            variables: BTreeMap::new(),
            caches: Vec::new(),
        }
    }

    /// Limits the step's secrets to the variables whose names start with one of `prefixes`.
    pub(crate) fn use_secrets_with_prefixes(
        &mut self,
        environment: &Environment,
        prefixes: &[&str],
    ) {
        let wanted = |name: &&str| prefixes.iter().any(|prefix| name.starts_with(prefix));
        self.secrets = environment
            .names()
            .filter(wanted)
            .map(str::to_owned)
            .collect();
    }

    pub(crate) fn into_step(self) -> Step {
        Step {
            name: self.name.into(),
            inputs: spanned(self.inputs),
            commands: spanned(self.commands),
            secrets: spanned(self.secrets),
            secret_files: spanned(self.secret_files),
            ssh: spanned(self.ssh),
            assets: spanned_values(self.assets),
            variables: spanned_values(self.variables),
            caches: spanned(self.caches),
        }
    }
}

/// Values made in memory, as the plan holds them.
pub(crate) fn spanned<T>(values: Vec<T>) -> Vec<Spanned<T>> {
    values.into_iter().map(Spanned::from).collect()
}

/// Values made in memory by key, as the plan holds them.
pub(crate) fn spanned_values<T>(values: BTreeMap<String, T>) -> BTreeMap<String, Spanned<T>> {
    values
        .into_iter()
        .map(|(key, value)| (key, Spanned::from(value)))
        .collect()
}
