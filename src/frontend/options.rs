//! What the user asked for beside the plan, read from the frontend options.
//!
//! Every option ends in one of four ways: it is honoured, it is refused with what to do instead, it is answered with a
//! warning, or it is known to ask nothing of a frontend. None is dropped in silence.

mod context;
pub(crate) mod keys;
mod problem;
mod reader;
mod sandbox;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

pub(super) use context::{ContextOptions, ContextSource, NamedContext};
pub(crate) use problem::without_credentials;
pub(super) use problem::{OptionProblem, OptionWarning};
use reader::Reader;

use crate::convert::{NoCache, Sandbox};
use crate::gateway::CacheImport;
use crate::llb::{Platform, Proxy, ResolveMode};

/// What the user asked for beside the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// Where the plan is.
    pub(super) plan_location: PlanLocation,
    /// The step to build, as the user writes it; `None` is the image.
    pub(super) target: Option<String>,
    /// What commands run in.
    pub(super) sandbox: Sandbox,
    /// The platforms to build for, at least one.
    pub(super) platforms: Vec<Platform>,
    /// Whether the result is an index, even of one platform.
    pub(super) is_multi_platform: bool,
    /// Sets apart the cache mounts of builds.
    pub(super) cache_key: Option<String>,
    /// Changes when a secret's value changes.
    pub(super) secrets_hash: Option<String>,
    /// Token for GitHub's API.
    pub(super) github_token: Option<Token>,
    /// The time that everything in the image gets, in seconds since 1970.
    pub(super) source_date_epoch: Option<i64>,
    /// The time that the image says it was built at.
    pub(super) built_at: Option<String>,
    /// Capabilities of the engine that are not to be used.
    pub(super) disabled_capabilities: BTreeSet<String>,
    /// `RAILPACK_*` settings, by name, for planning the app where there is no plan.
    pub(super) planning_variables: BTreeMap<String, String>,
    /// What to run again though its result is known.
    pub(super) no_cache: NoCache,
    /// Caches to import.
    pub(super) cache_imports: Vec<CacheImport>,
    /// How image references become digests; `None` is the engine's choice.
    pub(super) resolve_mode: Option<ResolveMode>,
    /// Labels of the image.
    pub(super) labels: BTreeMap<String, String>,
    /// Proxy variables for what runs in the build.
    pub(super) proxy: Option<Proxy>,
    /// Sessions that offer one local each, by the local's name, instead of the build's own session.
    pub(super) local_sessions: BTreeMap<String, String>,
    /// Where files come from.
    pub(super) contexts: ContextOptions,
    /// A request other than a build.
    pub(super) subrequest: Option<String>,
}

/// Where the plan is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlanLocation {
    /// The local that the client offers it in.
    pub(super) local: String,
    /// Whether it is there even if the app is elsewhere.
    pub(super) is_local: bool,
    /// Its name there; `None` is one of the default names.
    pub(super) filename: Option<String>,
}

/// A token: a text that no log shows.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token(pub(super) String);

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(..)")
    }
}

/// The name of an app that is behind the URL of a repository or a file: that of its directory there, or else of the
/// repository or the file. `None` if it is no URL; gives what is wrong with one that makes no sense.
#[cfg(feature = "client")]
pub(crate) fn remote_name(value: &str) -> Result<Option<String>, String> {
    Ok(ContextSource::remote(value)?.and_then(|source| source.remote_name()))
}

/// Whether a build context is the URL of a repository or a file, even one that makes no sense.
#[cfg(feature = "client")]
pub(crate) fn is_remote_context(value: &str) -> bool {
    !matches!(ContextSource::remote(value), Ok(None))
}

impl Options {
    /// Reads the options.
    ///
    /// `options` is what the client gave, by key; `default_platform` is what is built for when it asks for none. Gives
    /// the options and what to warn of, or all that is wrong with them at once.
    pub(super) fn read(
        options: &BTreeMap<String, String>,
        default_platform: Option<&Platform>,
    ) -> Result<(Self, Vec<OptionWarning>), Vec<OptionProblem>> {
        let mut reader = Reader::default();
        for (key, value) in options {
            reader.read(options, key, value);
        }
        reader.finish(options, default_platform)
    }
}

#[cfg(test)]
mod tests;
