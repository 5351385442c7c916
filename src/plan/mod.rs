//! The contract: `rpk.json` as types.
//!
//! The format is that of Railpack 0.37
//! (<https://github.com/railwayapp/railpack/tree/v0.37.0/core/plan>), as a superset: every plan that it writes is read
//! here, fields of ours are optional. This module knows nothing of analysis, LLB or gRPC.
//!
//! [`parse()`] reads a plan from a file and [`validate()`] checks that its parts fit together; `parse_valid` does both. [`Plan::to_json`]
//! writes it.

mod cache;
mod command;
mod command_line;
mod deploy;
mod duration;
mod image_config;
mod image_reference;
mod images;
mod layer;
mod lines;
mod parse;
#[cfg(feature = "frontend")]
mod parse_valid;
mod problem;
mod secret_file;
mod shortcut;
mod signal;
mod span;
mod step;
mod validate;
pub(crate) mod wildcard;
mod words;
mod write;

use std::collections::BTreeMap;

use serde::Serialize;

pub use cache::{Cache, CacheSharing};
pub use command::{Command, CopyCommand, ExecCommand, FileCommand, PathCommand};
pub use command_line::CommandLine;
pub use deploy::Deploy;
pub(crate) use duration::nanoseconds;
pub(crate) use image_config::is_root;
pub use image_config::{Healthcheck, ImageConfig};
pub use image_reference::{ImageReference, ImageReferenceError};
pub use layer::{Filter, Layer, LayerSource};
#[cfg(feature = "frontend")]
pub(crate) use parse::is_only_syntax;
pub(crate) use parse::{
    DEPLOY_FIELDS, HEALTHCHECK_FIELDS, Property, Reader, STEP_FIELDS, parse_with_comments,
};
pub use parse::{MAX_NESTING, MAX_PLAN_SIZE, MAX_VALUES, Parsed, parse};
#[cfg(feature = "frontend")]
pub use parse_valid::parse_valid;
#[cfg(feature = "frontend")]
pub(crate) use problem::is_visible;
pub(crate) use problem::quote;
pub use problem::{
    Excerpt, NameFault, Part, PathFault, PathUse, Problem, ProblemKind, Problems, Severity,
    TestFault, UserFault, render,
};
pub(crate) use problem::{suggest, suggest_or_list};
pub use secret_file::SecretFile;
pub use shortcut::{CommandTextError, shell_command};
pub use span::{Position, Span, Spanned};
pub use step::Step;
pub use validate::{MAX_STEPS, ValidPlan, validate};
pub use wildcard::WildcardError;
pub use words::{SplitWordsError, split_words};

/// A build plan: what `railpack plan` writes and the frontend builds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The frontend image that builds this plan: with it plain `docker build -f rpk.json .` finds the frontend
    /// (additive; BuildKit reads a JSON `syntax` key since 0.11).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syntax: Option<Spanned<String>>,
    /// The steps, in any order: what runs before what follows from their inputs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Spanned<Step>>,
    /// Cache mounts by key; steps refer to them in `caches`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub caches: BTreeMap<String, Spanned<Cache>>,
    /// Names of the secrets that the client holds: commands get them as variables, but for those that a step mounts as a
    /// file ([`Plan::file_secrets`]). Values are never part of a plan.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<Spanned<String>>,
    /// The final image.
    pub deploy: Spanned<Deploy>,
    /// Patterns in `.dockerignore` syntax: what of the local tree is not sent to the build.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Spanned<String>>,
}
