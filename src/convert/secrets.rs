//! Secrets: given to the commands, and what makes them run again when a value changes.

use std::collections::{BTreeMap, BTreeSet};

use super::ConvertError;
use super::ancestors::needed;
use super::converter::Converter;
use super::options::{Fingerprint, SecretsHash};
use super::paths::{APP_DIRECTORY, absolute};
use crate::fingerprint::{HASH_FILE, arguments};
use crate::llb::{
    Access, CapabilitySet, ContentCache, Exec, FileAction, Graph, ImportError, LocalSource,
    MakeFile, Metadata, Mount, MountKind, NetworkMode, Output, SecretEnvironment, Source,
    capability,
};
use crate::plan::{Command, Plan, Step, ValidPlan};
use crate::proto::pb;

/// Where commands of steps with secrets find the hash of the secrets, which makes them run again when it changes: engines
/// key what is mounted read-only, outside the root, by its content.
const SECRETS_HASH_DIRECTORY: &str = "/run/railpack/secrets-hash";

/// Where the program that makes the hashes writes them.
pub(crate) const FINGERPRINT_DIRECTORY: &str = "/run/railpack/fingerprint";

/// Where that program finds the secrets that are files.
const FINGERPRINT_FILES: &str = "/run/railpack/secret-files";

/// Permission bits of secret files, where the plan does not say.
pub(super) const SECRET_FILE_MODE: u32 = 0o400;

/// Variable that makes a run of that program another one in each build. Its value is read by nobody.
const SALT_VARIABLE: &str = "RAILPACK_FINGERPRINT_SALT";

/// Permission bits of a hash that the caller gives.
const HASH_MODE: u32 = 0o644;

/// A step that has to run again for any secret that is a variable names this.
const ALL: &str = "*";

/// The distinct sets of secrets that steps of a plan use, each with its number.
#[derive(Debug)]
pub(crate) struct SecretSets<'p> {
    /// Of the whole plan.
    all: BTreeSet<&'p str>,
    /// Those of the plan that are files.
    files: BTreeSet<&'p str>,
    numbers: BTreeMap<BTreeSet<&'p str>, usize>,
}

impl<'p> SecretSets<'p> {
    /// The sets of all steps, whether they are built or not.
    pub(crate) fn new(plan: &'p Plan) -> Self {
        let all: BTreeSet<&str> = plan.secrets.iter().map(|secret| secret.as_str()).collect();
        let mut sets = Self {
            all,
            files: plan.file_secrets(),
            numbers: BTreeMap::new(),
        };
        if sets.all.is_empty() {
            return sets;
        }
        let distinct: BTreeSet<_> = plan.steps.iter().map(|step| sets.of(step)).collect();
        let numbered = distinct.into_iter().filter(|set| !set.is_empty());
        sets.numbers = numbered.zip(0..).collect();
        sets
    }

    /// The sets, by number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &BTreeSet<&'p str>> {
        self.numbers.keys()
    }

    /// The number of the step's set; `None` if it uses no secrets.
    fn number(&self, step: &'p Step) -> Option<usize> {
        if self.numbers.is_empty() || !names_secrets(step) {
            return None;
        }
        self.numbers.get(&self.of(step)).copied()
    }

    fn of(&self, step: &'p Step) -> BTreeSet<&'p str> {
        let names = || step.secrets.iter().map(|secret| secret.as_str());
        let files = step.secret_files.iter().map(|file| file.id.as_str());
        let mut set: BTreeSet<_> = names().chain(files).collect();
        if set.contains(ALL) {
            set.extend(self.variables());
        }
        set.retain(|name| self.all.contains(name));
        set
    }

    /// Whether a secret is a file of a step.
    pub(super) fn is_file(&self, secret: &str) -> bool {
        self.files.contains(secret)
    }

    fn variables(&self) -> impl Iterator<Item = &'p str> {
        self.all.difference(&self.files).copied()
    }
}

fn names_secrets(step: &Step) -> bool {
    !step.secrets.is_empty() || !step.secret_files.is_empty()
}

/// Whether what is built has commands that run again when a secret changes: all steps, or those that `target` needs. That
/// contexts stand in for some of them is not looked at: to hash in vain costs little.
pub(crate) fn uses_secrets(plan: &ValidPlan, target: Option<&str>) -> bool {
    let sets = SecretSets::new(plan.plan());
    let target = target.and_then(|target| plan.step_index(target));
    let needed = needed(plan, target, &BTreeSet::new());
    let steps = plan.plan().steps.iter().enumerate();
    let mut built = steps.filter(|(index, _)| needed.contains(index));
    built.any(|(_, step)| {
        let has_commands = || {
            let mut commands = step.commands.iter();
            commands.any(|command| matches!(command.value, Command::Exec(_)))
        };
        sets.number(step).is_some() && has_commands()
    })
}

/// The definition of the hashes of a plan's secrets alone. It is part of that of the plan.
pub(crate) fn fingerprint_definition(
    plan: &ValidPlan,
    fingerprint: &Fingerprint,
    engine: &CapabilitySet,
) -> Result<pb::Definition, ImportError> {
    let mut graph = Graph::new();
    let sets = SecretSets::new(plan.plan());
    let hashes = add_fingerprint(&mut graph, fingerprint, &sets, engine)?;
    Ok(graph.definition(hashes, &[], engine))
}

/// Runs the program that hashes the secrets. Gives what it leaves, with [`FINGERPRINT_DIRECTORY`] in it: in its own root, because a
/// mount to write to would be one more file system for the engine to make and to keep. An engine without secrets in variables gives
/// it all of them as files.
fn add_fingerprint(
    graph: &mut Graph,
    fingerprint: &Fingerprint,
    sets: &SecretSets<'_>,
    engine: &CapabilitySet,
) -> Result<Output, ImportError> {
    let root = graph.import(&fingerprint.image)?;
    let mut args = vec![fingerprint.program.clone()];
    args.extend(arguments(
        FINGERPRINT_DIRECTORY,
        FINGERPRINT_FILES,
        &sets.all,
        sets.iter(),
    ));
    let has_variables = engine.supports(capability::EXEC_SECRET_ENVIRONMENT);
    let numbered = sets.all.iter().enumerate();
    let files = numbered.filter(|(_, name)| !has_variables || sets.files.contains(*name));
    let mounts = files.map(|(number, id)| Mount {
        destination: format!("{FINGERPRINT_FILES}/{number}"),
        kind: secret_mount(id, SECRET_FILE_MODE),
    });
    let exec = Exec {
        args,
        environment: vec![(SALT_VARIABLE.to_owned(), fingerprint.salt.clone())],
        working_directory: "/".to_owned(),
        root,
        mounts: mounts.collect(),
        network: NetworkMode::None,
        secret_environment: sets
            .variables()
            .filter(|_| has_variables)
            .map(secret)
            .collect(),
        ..Exec::default()
    };
    let metadata = Metadata {
        name: Some("[internal] hash the secrets".to_owned()),
        ..Metadata::default()
    };
    Ok(graph.exec(exec, metadata).root())
}

/// A secret as a variable of its name.
pub(super) fn secret(name: &str) -> SecretEnvironment {
    SecretEnvironment {
        id: name.to_owned(),
        name: name.to_owned(),
        optional: true,
    }
}

/// A secret as a file of root.
pub(super) fn secret_mount(id: &str, mode: u32) -> MountKind {
    MountKind::Secret {
        id: id.to_owned(),
        uid: 0,
        gid: 0,
        mode,
        optional: true,
    }
}

impl<'a> Converter<'a> {
    /// The secrets that a step wants as files.
    pub(super) fn secret_files(step: &Step) -> impl Iterator<Item = Mount> {
        step.secret_files.iter().map(|file| Mount {
            destination: absolute(APP_DIRECTORY, &file.path_from_home()).into_owned(),
            kind: secret_mount(&file.id, file.mode.unwrap_or(SECRET_FILE_MODE)),
        })
    }

    /// The hash of the secrets that a step uses.
    pub(super) fn secrets_hash(&mut self, step: &'a Step) -> Option<Mount> {
        let options = self.options;
        let (input, selector) = match &options.secrets_hash {
            SecretsHash::Unknown => return None,
            SecretsHash::Given(_) if !names_secrets(step) => return None,
            SecretsHash::Given(hash) => (self.given_hash(hash), None),
            SecretsHash::Offered { local, session } => {
                let number = self.secret_sets.number(step)?;
                let hashes = self.offered_hashes(local, session.clone());
                (hashes, Some(format!("/{number}")))
            }
            SecretsHash::Fingerprint(fingerprint) => {
                let number = self.secret_sets.number(step)?;
                let hashes = self.fingerprint(fingerprint)?;
                (hashes, Some(format!("{FINGERPRINT_DIRECTORY}/{number}")))
            }
        };
        Some(Mount {
            destination: SECRETS_HASH_DIRECTORY.to_owned(),
            kind: MountKind::Bind {
                input: Some(input),
                selector,
                access: Access::ReadOnly,
                content_cache: ContentCache::Default,
            },
        })
    }

    fn given_hash(&mut self, hash: &str) -> Output {
        let file = FileAction::MakeFile(MakeFile {
            path: format!("/{HASH_FILE}"),
            mode: HASH_MODE,
            data: hash.as_bytes().to_vec(),
            owner: None,
            timestamp: Some(super::commands::FIXED_TIME * super::commands::NANOSECONDS),
        });
        let metadata = Metadata {
            name: Some("[internal] hash of the secrets".to_owned()),
            ..Metadata::default()
        };
        self.graph.file(None, vec![file], metadata)
    }

    fn offered_hashes(&mut self, local: &str, session: Option<String>) -> Output {
        let source = LocalSource {
            name: local.to_owned(),
            session,
            ..LocalSource::default()
        };
        let metadata = Metadata {
            name: Some("[internal] load hashes of the secrets".to_owned()),
            ..Metadata::default()
        };
        self.graph.source(Source::Local(source), metadata)
    }

    fn fingerprint(&mut self, fingerprint: &Fingerprint) -> Option<Output> {
        if self.hashes.is_none() {
            let engine = &self.options.capabilities;
            match add_fingerprint(&mut self.graph, fingerprint, &self.secret_sets, engine) {
                Ok(hashes) => self.hashes = Some(hashes),
                Err(source) => {
                    let known =
                        |error: &ConvertError| matches!(error, ConvertError::Frontend { .. });
                    if !self.errors.iter().any(known) {
                        self.errors.push(ConvertError::Frontend { source });
                    }
                }
            }
        }
        self.hashes
    }
}
