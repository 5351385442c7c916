//! The commands of a step.

use std::collections::BTreeSet;

use super::converter::Converter;
use super::environment::Environment;
use super::paths::{APP_DIRECTORY, absolute, absolute_destination, parent};
use super::ssh;
use crate::llb::{
    CacheSharing, Copy, Exec, FileAction, MakeDirectory, MakeFile, Metadata, Mount, MountKind,
    Output,
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
pub(super) const FIXED_TIME: i64 = 315_532_801;

pub(super) const NANOSECONDS: i64 = 1_000_000_000;

const GITHUB_TOKEN: &str = "GITHUB_TOKEN";

/// File actions of commands that follow each other: one op does them all.
#[derive(Default)]
struct PendingActions {
    actions: Vec<FileAction>,
    names: Vec<String>,
    spans: Vec<Option<Span>>,
}

impl<'a> Converter<'a> {
    /// Runs a step's commands on its root file system. Gives the file system and environment after the last.
    pub(super) fn commands(
        &mut self,
        step: &'a Step,
        base: Option<Output>,
        mut environment: Environment,
    ) -> (Option<Output>, Environment) {
        let mut root = base;
        let mut pending = PendingActions::default();
        for command in &step.commands {
            match &command.value {
                Command::Path(path) => environment.push_path(&path.path),
                Command::Copy(copy) => self.copy(step, copy, command.span, &mut pending),
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

    fn copy(
        &mut self,
        step: &Step,
        command: &CopyCommand,
        span: Option<Span>,
        pending: &mut PendingActions,
    ) {
        let from = match &command.image {
            Some(image) => self.image_output(image, span),
            None => Some(self.context()),
        };
        let destination = absolute_destination(APP_DIRECTORY, &command.dest);
        pending.actions.push(FileAction::Copy(Copy {
            from,
            source: absolute("/", &command.src).into_owned(),
            directory_contents_only: self.holds_cache(step, &destination),
            destination,
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

    /// Whether a cache of the step is below a directory. An engine without `removeMountStubsRecursive` leaves it there when a
    /// command has had the cache, and a directory that is then copied to it would go into it.
    /// <https://github.com/moby/buildkit/blob/v0.32.2/executor/stubs.go>
    fn holds_cache(&self, step: &Step, directory: &str) -> bool {
        let caches = &self.plan.plan().caches;
        step.caches.iter().any(|key| {
            caches.get(&key.value).is_some_and(|cache| {
                absolute(APP_DIRECTORY, &cache.directory)
                    .strip_prefix(directory)
                    .is_some_and(|below| below.starts_with('/'))
            })
        })
    }

    fn file(
        &mut self,
        step: &Step,
        command: &FileCommand,
        span: Option<Span>,
        pending: &mut PendingActions,
    ) {
        let path = absolute(APP_DIRECTORY, &command.path).into_owned();
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
        step: &'a Step,
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
        variables.extend(ssh::variable(step));
        let op = Exec {
            args: split_words(&exec.cmd).unwrap_or_default(),
            environment: variables.into_iter().collect(),
            working_directory: APP_DIRECTORY.to_owned(),
            root,
            mounts: self.mounts(step),
            platform: Some(self.options.platform.clone()),
            proxy: self.options.proxy.clone(),
            ..Exec::default()
        };
        let op = self.with_secret_variables(op, command.span);
        let op = self.trusting(op, environment);
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

    /// The caches, secret files and SSH agents of a step, and the hash of the secrets if it uses any.
    fn mounts(&mut self, step: &'a Step) -> Vec<Mount> {
        let plan = self.plan.plan();
        let mut seen = BTreeSet::new();
        let caches = step
            .caches
            .iter()
            .filter(|key| seen.insert(&key.value))
            .filter_map(|key| plan.caches.get(&key.value).map(|cache| (&key.value, cache)));
        let mut mounts = caches
            .map(|(key, cache)| Mount {
                destination: absolute(APP_DIRECTORY, &cache.directory).into_owned(),
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
        mounts.extend(Self::secret_files(step));
        mounts.extend(ssh::sockets(step));
        mounts.extend(self.secrets_hash(step));
        mounts
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
