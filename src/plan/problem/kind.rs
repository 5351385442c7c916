//! Every problem there is, with its message.

use std::fmt;

use thiserror::Error;

use super::fault::{NameFault, PathFault, PathUse, TestFault, UserFault};
use super::quote;
use super::quote::MAX_CHARACTERS;
use crate::plan::parse::{MAX_NESTING, MAX_PLAN_SIZE, MAX_VALUES};
use crate::plan::shortcut::CommandTextError;
use crate::plan::validate::MAX_STEPS;
use crate::plan::wildcard::WildcardError;
use crate::plan::words::SplitWordsError;
use crate::plan::{ImageReferenceError, Position};

/// What a problem is, with what was found. Its `Display` is the message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum ProblemKind {
    #[error("the file has {size} bytes, more than the {MAX_PLAN_SIZE} that a plan may have")]
    TooLarge { size: usize },
    #[error("the file is not UTF-8 text")]
    NotUtf8 { is_utf16: bool },
    #[error("the file is empty")]
    Empty,
    #[error("a plan is a JSON object and begins with `{{`, found {found}")]
    NotAnObject { found: Excerpt },
    #[error("this is not JSON: {reason}")]
    InvalidJson { reason: String },
    #[error("the {what} that begins here is never closed: the file ends before")]
    Unclosed { what: &'static str },
    #[error("lists and objects are nested more than {MAX_NESTING} deep")]
    TooDeep,
    #[error("the file has more than {MAX_VALUES} values")]
    TooManyValues,
    #[error("the plan has {count} steps, more than the {MAX_STEPS} that a plan may have")]
    TooManySteps { count: usize },
    #[error("{} must be {expected}, found {found}", subject(path))]
    WrongType {
        path: String,
        expected: &'static str,
        found: &'static str,
    },
    #[error("unknown field {field}{}", inside(path))]
    UnknownField {
        path: String,
        field: Excerpt,
        suggestion: Option<Excerpt>,
    },
    #[error("unknown field {field}{}", inside(path))]
    UnknownSetting {
        path: String,
        field: Excerpt,
        suggestion: Option<Excerpt>,
        known: Vec<Excerpt>,
    },
    #[error("{key} is given twice, the first time at {first}")]
    DuplicateKey { key: Excerpt, first: Position },
    #[error("this object is no command: it has none of `cmd`, `path` and `src`")]
    UnknownCommand,
    #[error(transparent)]
    CommandText(#[from] CommandTextError),
    #[error("{text} is no layer")]
    UnknownLayer { text: Excerpt },
    #[error("this layer has no source")]
    LayerWithoutSource,
    #[error("this layer has two sources: `{second}`, and `{first}` at {first_position}")]
    TwoSources {
        first: &'static str,
        first_position: Position,
        second: &'static str,
    },
    #[error("unknown cache type {found}")]
    UnknownCacheType { found: Excerpt },
    #[error("`mode` must be a whole number from 0 to 4294967295, found {found}")]
    InvalidMode { found: Excerpt },

    #[error("a step has no name")]
    UnnamedStep,
    #[error("step {step} is there twice{}", at(*first))]
    DuplicateStep {
        step: Excerpt,
        first: Option<Position>,
    },
    #[error("{part} uses step {step}, which does not exist")]
    UnknownStep {
        part: Part,
        step: Excerpt,
        suggestion: Option<Excerpt>,
        known: Vec<Excerpt>,
    },
    #[error("steps build on each other in a circle: {}", circle(steps, *more))]
    Cycle { steps: Vec<Excerpt>, more: usize },
    #[error("step {step} has no inputs")]
    StepWithoutInputs { step: Excerpt },
    #[error("the first input of step {step} must be an image or a step, found the local tree")]
    LocalFirstInput { step: Excerpt },
    #[error("the first input of step {step} cannot have `include` or `exclude`")]
    FilteredFirstInput { step: Excerpt },
    #[error("this input of {part} has no `include`, and so copies nothing")]
    InputWithoutInclude { part: Part },
    #[error("`...` stands for what was there before, which a finished plan does not have")]
    Spread,
    #[error("`deploy.base` is missing")]
    MissingBase,
    #[error("`deploy.base` must be an image or a step, found the local tree")]
    LocalBase,
    #[error("`deploy.base` cannot have `include` or `exclude`")]
    FilteredBase,
    #[error("no step and no part of `deploy` uses step {step}")]
    UnusedStep { step: Excerpt },
    #[error("{image} is not the name of an image: {error}")]
    InvalidImage {
        image: Excerpt,
        error: ImageReferenceError,
    },
    #[error("step {step} uses cache {cache}, which does not exist")]
    UnknownCache {
        step: Excerpt,
        cache: Excerpt,
        suggestion: Option<Excerpt>,
        known: Vec<Excerpt>,
    },
    #[error("a cache has no name")]
    UnnamedCache,
    #[error("step {step} has two caches in the directory {directory}: {first} and {second}")]
    SharedDirectory {
        step: Excerpt,
        directory: Excerpt,
        first: Excerpt,
        second: Excerpt,
    },
    #[error("step {step} names cache {cache} twice")]
    RepeatedCache { step: Excerpt, cache: Excerpt },
    #[error("step {step} has no asset {asset}")]
    UnknownAsset {
        step: Excerpt,
        asset: Excerpt,
        suggestion: Option<Excerpt>,
        known: Vec<Excerpt>,
    },
    #[error("{path_use} {fault}{}", path_text(path))]
    InvalidPath {
        path_use: PathUse,
        path: Excerpt,
        fault: PathFault,
    },
    #[error("the wildcard {pattern} is malformed: {error}")]
    InvalidWildcard {
        pattern: Excerpt,
        error: WildcardError,
    },
    #[error("the exclude pattern {pattern} is malformed: {error}")]
    InvalidExclude {
        pattern: Excerpt,
        error: WildcardError,
    },
    #[error("the copy has no `dest`, and so goes to `/app`")]
    CopyWithoutDest,
    #[error("mode {mode} is 0{mode:o} in octal, of which only 0{:o} are permissions", mode & 0o777)]
    ModeBeyondPermissions { mode: u32 },
    #[error("the command line {command} cannot be split into words: {error}")]
    UnsplittableCommand {
        command: Excerpt,
        error: SplitWordsError,
    },
    #[error("the command line names no program")]
    EmptyCommand,
    #[error("the command line has a NUL character")]
    NulInCommand,
    #[error("{name} cannot be the name of a secret: {fault}")]
    InvalidSecretName { name: Excerpt, fault: NameFault },
    #[error("step {step} uses secret {secret}, which the list `secrets` does not name")]
    UndeclaredSecret { step: Excerpt, secret: Excerpt },
    #[error("step {step} has a file of secret {secret}, which the list `secrets` does not name")]
    UndeclaredSecretFile {
        step: Excerpt,
        secret: Excerpt,
        suggestion: Option<Excerpt>,
        known: Vec<Excerpt>,
    },
    #[error("the secret file {path} of step {step} is in the way of {other}")]
    OverlappingSecretFile {
        step: Excerpt,
        path: Excerpt,
        other: Excerpt,
    },
    #[error("an SSH agent has no id")]
    UnnamedSshAgent,
    #[error("step {step} names SSH agent {id} twice")]
    RepeatedSshAgent { step: Excerpt, id: Excerpt },
    #[error("{name} cannot be the name of a variable: {fault}")]
    InvalidVariableName { name: Excerpt, fault: NameFault },
    #[error("the value of variable {name} has a NUL character")]
    NulInVariable { name: Excerpt },
    #[error("`deploy.startCommand` is missing")]
    MissingStartCommand,
    #[error("`deploy.startCommand` names no program")]
    EmptyStartCommand,
    #[error("{user} cannot be a user: {fault}")]
    InvalidUser { user: Excerpt, fault: UserFault },
    #[error("a label has no name")]
    UnnamedLabel,
    #[error("{port} is no port")]
    InvalidPort { port: Excerpt },
    #[error("the health check has no `test`")]
    HealthcheckWithoutTest,
    #[error("the `test` of the health check is malformed: {fault}")]
    InvalidHealthcheckTest { fault: TestFault },
    #[error("the `{field}` of the health check is no time of 1 millisecond or more: {found}")]
    InvalidHealthcheckTime { field: &'static str, found: Excerpt },
    #[error("{signal} is no signal")]
    InvalidStopSignal { signal: Excerpt },
    #[error("there are {more} more problems")]
    More { severity: Severity, more: usize },
}

impl ProblemKind {
    /// Whether a plan with this problem can be built all the same.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::UnknownField { .. }
            | Self::UnknownSetting { .. }
            | Self::InputWithoutInclude { .. }
            | Self::UnusedStep { .. }
            | Self::RepeatedCache { .. }
            | Self::CopyWithoutDest
            | Self::ModeBeyondPermissions { .. }
            | Self::UndeclaredSecret { .. }
            | Self::MissingStartCommand => Severity::Warning,
            Self::More { severity, .. } => *severity,
            _ => Severity::Error,
        }
    }
}

/// Whether a plan with this problem can be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, but it may not do what its author means.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// The beginning of a text of the plan. Its `Display` puts it between backticks and shows no control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Excerpt(String);

impl Excerpt {
    pub(crate) fn new(text: &str) -> Self {
        // One more than is shown, so that it shows that there was more.
        Self(text.chars().take(MAX_CHARACTERS + 1).collect())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        quote(&self.0).fmt(formatter)
    }
}

/// The part of a plan that uses something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A step, by name.
    Step(Excerpt),
    /// The final image.
    Deploy,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(name) => write!(formatter, "step {name}"),
            Self::Deploy => formatter.write_str("`deploy`"),
        }
    }
}

fn subject(path: &str) -> String {
    if path.is_empty() {
        "the file".to_owned()
    } else {
        format!("`{path}`")
    }
}

fn inside(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" in `{path}`")
    }
}

fn at(first: Option<Position>) -> String {
    first.map_or_else(String::new, |first| format!(", the first time at {first}"))
}

fn path_text(path: &Excerpt) -> String {
    if path.as_str().is_empty() {
        String::new()
    } else {
        format!(": {path}")
    }
}

/// `a`, `b`, `a`: each builds on the next.
fn circle(steps: &[Excerpt], more: usize) -> String {
    let mut parts: Vec<String> = steps.iter().map(Excerpt::to_string).collect();
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    parts.extend(steps.first().map(Excerpt::to_string));
    parts.join(" on ")
}
