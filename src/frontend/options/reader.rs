//! Reads the frontend options one by one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::context::ContextOptions;
use super::keys as key;
use super::values::{join_cache_keys, parse_bool, plan_location, read_no_cache, registry_cache};
use super::{OptionProblem, OptionWarning, Options, Token, sandbox};
use crate::convert::{NoCache, Sandbox};
use crate::gateway::CacheImport;
use crate::llb::{Platform, Proxy, ResolveMode};

/// The operating system of every image that a plan makes.
const LINUX: &str = "linux";

/// What was read so far.
#[derive(Default)]
pub(super) struct Reader {
    platforms: Vec<Platform>,
    multi_platform: Option<bool>,
    multi_platform_argument: Option<bool>,
    target: Option<String>,
    sandbox: Sandbox,
    hostname_argument: Option<String>,
    cache_key: Option<String>,
    cache_namespace: Option<String>,
    secrets_hash: Option<String>,
    github_token: Option<Token>,
    source_date_epoch: Option<i64>,
    built_at: Option<String>,
    disabled_capabilities: BTreeSet<String>,
    planning_variables: BTreeMap<String, String>,
    no_cache: NoCache,
    cache_imports: Vec<CacheImport>,
    resolve_mode: Option<ResolveMode>,
    labels: BTreeMap<String, String>,
    proxy: Option<Proxy>,
    local_sessions: BTreeMap<String, String>,
    contexts: ContextOptions,
    subrequest: Option<String>,
    unused_build_args: Vec<String>,
    problems: Vec<OptionProblem>,
    warnings: Vec<OptionWarning>,
}

impl Reader {
    pub(super) fn read(&mut self, options: &BTreeMap<String, String>, key: &str, value: &str) {
        if let Some(name) = key.strip_prefix(key::BUILD_ARG_PREFIX) {
            return self.read_build_arg(name, value);
        }
        if let Some(name) = key.strip_prefix(key::LABEL_PREFIX) {
            self.labels.insert(name.to_owned(), value.to_owned());
            return;
        }
        if let Some(name) = key.strip_prefix(key::LOCAL_SESSION_PREFIX) {
            self.local_sessions
                .insert(name.to_owned(), value.to_owned());
            return;
        }
        if key == key::NO_CACHE {
            self.no_cache = read_no_cache(value);
            return;
        }
        // Clients send options that the user did not set as empty ones.
        if value.is_empty() {
            return;
        }
        match self.contexts.read(options, key, value) {
            Ok(true) => return,
            Ok(false) => {}
            Err(problem) => return self.problems.push(problem),
        }
        match key {
            key::FILENAME
            | key::PLAN_LOCAL
            | key::CONTEXT_KEY
            | key::SOURCE
            | key::COMMAND_LINE => {}
            key::PLATFORM => self.read_platforms(value),
            key::MULTI_PLATFORM => self.multi_platform = self.read_multi_platform(value),
            key::IMAGE_RESOLVE_MODE => self.read_resolve_mode(value),
            key::CACHE_IMPORTS => self.read_cache_imports(value),
            key::CACHE_FROM => self
                .cache_imports
                .extend(value.split(',').map(registry_cache)),
            key::REQUEST_ID => self.subrequest = Some(value.to_owned()),
            key::TARGET => self.target = Some(value.to_owned()),
            _ if key::SANDBOX.contains(&key) => self.read_sandbox(key, value),
            _ if key::NOT_FOR_FRONTENDS
                .iter()
                .any(|known| key.starts_with(known)) => {}
            _ if key::RAILPACK_ARGUMENTS.contains(&key) => {
                self.warnings.push(OptionWarning::BareBuildArg {
                    name: key.to_owned(),
                });
            }
            _ => match key::UNSUPPORTED.iter().find(|(known, _)| *known == key) {
                Some((_, flag)) => self.problems.push(OptionProblem::Unsupported {
                    option: key.to_owned(),
                    flag,
                }),
                None => self.warnings.push(OptionWarning::UnknownOption {
                    option: key.to_owned(),
                }),
            },
        }
    }

    fn read_build_arg(&mut self, name: &str, value: &str) {
        let given = Some(value)
            .filter(|value| !value.is_empty())
            .map(str::to_owned);
        match name {
            key::CACHE_KEY => self.cache_key = given,
            key::SECRETS_HASH => self.secrets_hash = given,
            key::GITHUB_TOKEN => self.github_token = given.map(Token),
            key::RAILPACK_BUILT_AT => self.built_at = given,
            key::RAILPACK_DISABLE_CAPABILITIES => {
                let names = value
                    .split(',')
                    .map(str::trim)
                    .filter(|name| !name.is_empty());
                self.disabled_capabilities = names.map(str::to_owned).collect();
            }
            key::SOURCE_DATE_EPOCH if !value.is_empty() => match value.parse::<i64>() {
                Ok(seconds) if seconds >= 0 => self.source_date_epoch = Some(seconds),
                _ => self.problems.push(OptionProblem::SourceDateEpoch {
                    value: value.to_owned(),
                }),
            },
            key::BUILDKIT_CACHE_MOUNT_NS => self.cache_namespace = given,
            key::BUILDKIT_MULTI_PLATFORM if !value.is_empty() => {
                self.multi_platform_argument = self.read_multi_platform(value);
            }
            key::BUILDKIT_SANDBOX_HOSTNAME => self.hostname_argument = given,
            key::BUILDKIT_CONTEXT_KEEP_GIT_DIR if !value.is_empty() => match parse_bool(value) {
                Some(keep) => self.contexts.keep_git_directory = keep,
                None => self.problems.push(OptionProblem::Boolean {
                    option: key::BUILDKIT_CONTEXT_KEEP_GIT_DIR,
                    value: value.to_owned(),
                }),
            },
            key::SOURCE_DATE_EPOCH => {}
            _ if key::BUILDKIT_SBOM_SCAN.contains(&name) => {
                if !value.is_empty() && parse_bool(value) != Some(false) {
                    self.warnings.push(OptionWarning::SbomScan {
                        name: name.to_owned(),
                    });
                }
            }
            _ if name.starts_with(key::BUILDKIT_ARGUMENT_PREFIX) => {}
            _ if name.starts_with(key::RAILPACK_PREFIX) => {
                self.planning_variables
                    .extend(given.map(|value| (name.to_owned(), value)));
            }
            _ => {
                if !self.read_proxy(name, value) {
                    self.unused_build_args.push(name.to_owned());
                }
            }
        }
    }

    /// Whether `name` is one of the proxy arguments that Docker predefines, in any case.
    fn read_proxy(&mut self, name: &str, value: &str) -> bool {
        let mut proxy = self.proxy.take().unwrap_or_default();
        let field = match name.to_ascii_lowercase().as_str() {
            "http_proxy" => Some(&mut proxy.http),
            "https_proxy" => Some(&mut proxy.https),
            "ftp_proxy" => Some(&mut proxy.ftp),
            "no_proxy" => Some(&mut proxy.no),
            "all_proxy" => Some(&mut proxy.all),
            _ => None,
        };
        let is_proxy = field.is_some();
        if let Some(field) = field {
            value.clone_into(field);
        }
        self.proxy = Some(proxy).filter(|proxy| *proxy != Proxy::default());
        is_proxy
    }

    fn read_sandbox(&mut self, key: &str, value: &str) {
        if let Err(problem) = sandbox::read(&mut self.sandbox, key, value) {
            self.problems.push(problem);
        }
    }

    fn read_platforms(&mut self, value: &str) {
        for value in value.split(',').map(str::trim) {
            match value.parse::<Platform>() {
                Ok(platform) if platform.os != LINUX => {
                    self.problems.push(OptionProblem::NotLinux {
                        value: value.to_owned(),
                    });
                }
                Ok(platform) if self.platforms.contains(&platform) => {}
                Ok(platform) => self.platforms.push(platform),
                Err(error) => self.problems.push(OptionProblem::Platform(error)),
            }
        }
    }

    fn read_multi_platform(&mut self, value: &str) -> Option<bool> {
        let read = parse_bool(value);
        if read.is_none() {
            self.problems.push(OptionProblem::Boolean {
                option: key::MULTI_PLATFORM,
                value: value.to_owned(),
            });
        }
        read
    }

    fn read_resolve_mode(&mut self, value: &str) {
        match value {
            "default" => self.resolve_mode = Some(ResolveMode::Default),
            "pull" => self.resolve_mode = Some(ResolveMode::Pull),
            "local" => self.resolve_mode = Some(ResolveMode::Local),
            _ => self.problems.push(OptionProblem::ResolveMode {
                value: value.to_owned(),
            }),
        }
    }

    fn read_cache_imports(&mut self, value: &str) {
        /// <https://github.com/moby/buildkit/blob/v0.32.2/api/services/control/control.proto>, `CacheOptionsEntry`, as
        /// Go's `encoding/json` writes it.
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Entry {
            #[serde(rename = "Type")]
            kind: String,
            attrs: Option<BTreeMap<String, String>>,
        }

        match serde_json::from_str::<Option<Vec<Entry>>>(value) {
            Ok(entries) => self
                .cache_imports
                .extend(entries.into_iter().flatten().map(|entry| CacheImport {
                    kind: entry.kind,
                    attributes: entry.attrs.unwrap_or_default(),
                })),
            // The text may hold credentials of a cache, so only the place of the fault is told.
            Err(error) => self.problems.push(OptionProblem::CacheImports {
                line: error.line(),
                column: error.column(),
            }),
        }
    }

    pub(super) fn finish(
        mut self,
        options: &BTreeMap<String, String>,
        default_platform: Option<&Platform>,
    ) -> Result<(Options, Vec<OptionWarning>), Vec<OptionProblem>> {
        if !self.unused_build_args.is_empty() {
            self.warnings.push(OptionWarning::UnusedBuildArgs {
                names: self.unused_build_args,
            });
        }
        if self.contexts.main.is_none() && self.contexts.subdirectory.is_some() {
            self.warnings.push(OptionWarning::LocalSubdirectory);
        }
        let is_platform_given = options
            .get(key::PLATFORM)
            .is_some_and(|value| !value.is_empty());
        if !is_platform_given {
            self.platforms.extend(default_platform.cloned());
            if self.platforms.is_empty() {
                self.problems.push(OptionProblem::NoPlatform);
            }
        }
        let is_several = self.platforms.len() > 1;
        let is_multi_platform = self.multi_platform_argument.or(self.multi_platform);
        if is_several && is_multi_platform == Some(false) {
            self.problems.push(OptionProblem::NotMultiPlatform);
        }
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        Ok((
            Options {
                plan_location: plan_location(options),
                platforms: self.platforms,
                is_multi_platform: is_multi_platform.unwrap_or(is_several),
                target: self.target,
                sandbox: Sandbox {
                    hostname: self.hostname_argument.or(self.sandbox.hostname),
                    ..self.sandbox
                },
                cache_key: join_cache_keys(self.cache_namespace, self.cache_key),
                secrets_hash: self.secrets_hash,
                github_token: self.github_token,
                source_date_epoch: self.source_date_epoch,
                built_at: self.built_at,
                disabled_capabilities: self.disabled_capabilities,
                planning_variables: self.planning_variables,
                no_cache: self.no_cache,
                cache_imports: self.cache_imports,
                resolve_mode: self.resolve_mode,
                labels: self.labels,
                proxy: self.proxy,
                local_sessions: self.local_sessions,
                contexts: self.contexts,
                subrequest: self.subrequest,
            },
            self.warnings,
        ))
    }
}
