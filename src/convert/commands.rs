//! The commands of a step.

use std::collections::BTreeSet;

use super::converter::Converter;
use super::environment::Environment;
use super::paths::{APP_DIRECTORY, absolute, absolute_destination, parent};
use crate::llb::{
    Access, CacheSharing, ContentCache, Copy, Exec, FileAction, MakeDirectory, MakeFile, Metadata,
    Mount, MountKind, Output, SecretEnvironment, capability,
};
use crate::plan::{
    self, Command, CopyCommand, ExecCommand, FileCommand, Span, Spanned, Step, split_words,
};

/// Permission bits of files that the plan writes, where it does not say.
const DEFAULT_FILE_MODE: u32 = 0o644;

/// Permission bits of the directories made for them.
const DIRECTORY_MODE: u32 = 0o755;

/// 1980-01-01T00:00:01Z, the modification time of what the conversion writes itself. A fixed time makes layers the same
/// in every build; this one, which buildpacks use too, is the first that zip archives can hold.
const FIXED_TIME: i64 = 315_532_801;

const NANOSECONDS: i64 = 1_000_000_000;

const GITHUB_TOKEN: &str = "GITHUB_TOKEN";

/// Where commands of steps with secrets find the hash of the secrets, which makes them run again when it changes.
const SECRETS_HASH_DIRECTORY: &str = "/run/railpack/secrets-hash";

/// File actions of commands that follow each other: one op does them all.
#[derive(Default)]
struct PendingActions {
    actions: Vec<FileAction>,
    names: Vec<String>,
    spans: Vec<Option<Span>>,
}

impl Converter<'_> {
    /// Runs a step's commands on its root file system. Gives the file system and environment after the last.
    pub(super) fn commands(
        &mut self,
        step: &Step,
        base: Option<Output>,
        mut environment: Environment,
    ) -> (Option<Output>, Environment) {
        let mut root = base;
        let mut pending = PendingActions::default();
        for command in &step.commands {
            match &command.value {
                Command::Path(path) => environment.push_path(&path.path),
                Command::Copy(copy) => self.copy(copy, command.span, &mut pending),
                Command::File(file) => self.file(step, file, command.span, &mut pending),
                Command::Exec(exec) => {
                    root = self.flush(step, root, &mut pending);
                    root = Some(self.exec(step, exec, command, root, &environment));
                }
            }
        }
        (self.flush(step, root, &mut pending), environment)
    }

    fn flush(
        &mut self,
        step: &Step,
        root: Option<Output>,
        pending: &mut PendingActions,
    ) -> Option<Output> {
        let PendingActions {
            actions,
            names,
            spans,
        } = std::mem::take(pending);
        if actions.is_empty() {
            return root;
        }
        let metadata = Metadata {
            name: Some(format!("{} {}", self.owner(&step.name), names.join(", "))),
            locations: spans
                .into_iter()
                .filter_map(|span| self.location(span))
                .collect(),
            ..Metadata::default()
        };
        Some(self.graph.file(root, actions, metadata))
    }

    fn copy(&mut self, command: &CopyCommand, span: Option<Span>, pending: &mut PendingActions) {
        let from = match &command.image {
            Some(image) => self.image_output(image, span),
            None => Some(self.context()),
        };
        pending.actions.push(FileAction::Copy(Copy {
            from,
            source: absolute("/", &command.src),
            destination: absolute_destination(APP_DIRECTORY, &command.dest),
            follow_symlink: true,
            create_destination_path: true,
            allow_wildcard: true,
            allow_empty_wildcard: true,
            ..Copy::default()
        }));
        pending
            .names
            .push(match (&command.image, command.src == command.dest) {
                (None, true) => format!("copy {}", command.src),
                (None, false) => format!("copy {} to {}", command.src, command.dest),
                (Some(image), _) => {
                    format!("copy {} from {image} to {}", command.src, command.dest)
                }
            });
        pending.spans.push(span);
    }

    fn file(
        &mut self,
        step: &Step,
        command: &FileCommand,
        span: Option<Span>,
        pending: &mut PendingActions,
    ) {
        let path = absolute(APP_DIRECTORY, &command.path);
        let timestamp = Some(
            self.options
                .source_date_epoch
                .unwrap_or(FIXED_TIME)
                .saturating_mul(NANOSECONDS),
        );
        if parent(&path) != "/" {
            pending
                .actions
                .push(FileAction::MakeDirectory(MakeDirectory {
                    path: parent(&path).to_owned(),
                    mode: DIRECTORY_MODE,
                    make_parents: true,
                    owner: None,
                    timestamp,
                }));
        }
        pending.actions.push(FileAction::MakeFile(MakeFile {
            mode: command.mode.unwrap_or(DEFAULT_FILE_MODE),
            data: step
                .assets
                .get(&command.name)
                .map(|asset| asset.value.clone().into_bytes())
                .unwrap_or_default(),
            owner: None,
            timestamp,
            path,
        }));
        pending.names.push(
            command
                .custom_name
                .clone()
                .unwrap_or_else(|| format!("write {}", command.path)),
        );
        pending.spans.push(span);
    }

    fn exec(
        &mut self,
        step: &Step,
        exec: &ExecCommand,
        command: &Spanned<Command>,
        root: Option<Output>,
        environment: &Environment,
    ) -> Output {
        let mut variables = environment.resolve();
        if let Some(token) = self
            .options
            .github_token
            .as_ref()
            .filter(|_| self.takes_github_token(exec))
        {
            variables.insert(GITHUB_TOKEN.to_owned(), token.clone());
        }
        let op = Exec {
            args: split_words(&exec.cmd).unwrap_or_default(),
            environment: variables.into_iter().collect(),
            working_directory: APP_DIRECTORY.to_owned(),
            root,
            mounts: self.mounts(step),
            secret_environment: self.secret_environment(command.span),
            platform: Some(self.options.platform.clone()),
            proxy: self.options.proxy.clone(),
            ..Exec::default()
        };
        let op = self.sandboxed(op, command.span);
        let metadata = Metadata {
            name: Some(format!(
                "{} {}",
                self.owner(&step.name),
                exec.custom_name.as_ref().unwrap_or(&exec.cmd)
            )),
            ignore_cache: self.ignores_cache(&step.name),
            locations: Vec::from_iter(self.location(command.span)),
            ..Metadata::default()
        };
        self.graph.exec(op, metadata).root()
    }

    /// The caches of a step, and the hash of the secrets if it uses any.
    fn mounts(&mut self, step: &Step) -> Vec<Mount> {
        let plan = self.plan.plan();
        let mut seen = BTreeSet::new();
        let caches = step
            .caches
            .iter()
            .filter(|key| seen.insert(&key.value))
            .filter_map(|key| plan.caches.get(&key.value).map(|cache| (&key.value, cache)));
        let mut mounts = caches
            .map(|(key, cache)| Mount {
                destination: absolute(APP_DIRECTORY, &cache.directory),
                kind: MountKind::Cache {
                    id: self
                        .options
                        .cache_key
                        .as_ref()
                        .map_or_else(|| key.clone(), |prefix| format!("{prefix}-{key}")),
                    sharing: match cache.sharing {
                        plan::CacheSharing::Shared => CacheSharing::Shared,
                        plan::CacheSharing::Locked => CacheSharing::Locked,
                    },
                    input: None,
                    selector: None,
                },
            })
            .collect::<Vec<_>>();
        if let Some(hash) = self
            .options
            .secrets_hash
            .as_ref()
            .filter(|_| !step.secrets.is_empty())
        {
            let file = FileAction::MakeFile(MakeFile {
                path: "/secrets-hash".to_owned(),
                mode: DEFAULT_FILE_MODE,
                data: hash.clone().into_bytes(),
                owner: None,
                timestamp: Some(FIXED_TIME * NANOSECONDS),
            });
            let metadata = Metadata {
                name: Some("[internal] hash of the secrets".to_owned()),
                ..Metadata::default()
            };
            mounts.push(Mount {
                destination: SECRETS_HASH_DIRECTORY.to_owned(),
                kind: MountKind::Bind {
                    input: Some(self.graph.file(None, vec![file], metadata)),
                    selector: None,
                    access: Access::ReadOnly,
                    content_cache: ContentCache::Default,
                },
            });
        }
        mounts
    }

    /// All secrets of the plan, for every command: which ones a command reads is not known, only (from the step) which
    /// ones it must run again for.
    fn secret_environment(&mut self, span: Option<Span>) -> Vec<SecretEnvironment> {
        let secrets = &self.plan.plan().secrets;
        if !secrets.is_empty() {
            self.require(
                capability::EXEC_SECRET_ENVIRONMENT,
                "0.10",
                "gives secrets to its commands",
                span,
            );
        }
        secrets
            .iter()
            .map(|secret| SecretEnvironment {
                id: secret.value.clone(),
                name: secret.value.clone(),
                optional: true,
            })
            .collect()
    }

    /// Only what installs tools asks GitHub, and a token among the secrets goes before.
    fn takes_github_token(&self, exec: &ExecCommand) -> bool {
        exec.cmd.starts_with("mise install")
            && !self
                .plan
                .plan()
                .secrets
                .iter()
                .any(|secret| secret.value == GITHUB_TOKEN)
    }
}
