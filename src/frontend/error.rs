//! Why there is no result, and how the user is told.

use std::collections::BTreeSet;
use std::error::Error;

use super::local;
use super::options::{OptionProblem, keys};
use super::shown::shown;
use super::subrequests::listed;
use crate::analyze::AnalyzeError;
use crate::causes::causes;
use crate::convert::ConvertError;
use crate::gateway::{GatewayError, ReturnedError};
use crate::llb::{Range, SourceFile};
use crate::plan::{MAX_PLAN_SIZE, Problems, Severity, Span, render, suggest};

/// How many places of the plan an error shows, and how many bytes it carries for that. With each place goes the whole
/// file, encoded twice, in a header that has a limit in every client.
const MAX_PLACES: usize = 10;
const MAX_PLACES_SIZE: usize = 1 << 20;

const MAIN_CONTEXT_HINT: &str = "check its URL and that the engine can reach it; the secrets GIT_AUTH_TOKEN and \
                                 GIT_AUTH_HEADER open private repositories";
const NAMED_CONTEXT_HINT: &str = "check what it names, and that the engine can reach it; a directory is offered by `docker build \
                                  --build-context NAME=DIRECTORY`, and by `buildctl build` with `--local`";

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrontendError {
    /// Options that cannot be honoured.
    #[error("{} options cannot be honoured:", .0.len())]
    Options(Vec<OptionProblem>),
    /// A request other than a build.
    #[error("unsupported request {0}")]
    Subrequest(String),
    /// There is no plan.
    #[error("no build plan: {place} has no file {}", .names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or "))]
    NoPlan {
        /// Where it was looked for, in words.
        place: String,
        /// Under which names.
        names: Vec<String>,
    },
    /// There is something else than a file.
    #[error("the build plan `{filename}` is not a file")]
    PlanIsNoFile {
        /// Its name.
        filename: String,
    },
    /// The plan is too large.
    #[error(
        "the build plan `{filename}` has {size} bytes, more than the {MAX_PLAN_SIZE} that are read"
    )]
    PlanTooLarge {
        /// Its name.
        filename: String,
        /// Its size in bytes.
        size: u64,
    },
    /// The engine or the client failed while the plan was read.
    #[error("the build plan cannot be read from the local `{local}`: {}", error.message())]
    ReadPlan {
        /// Where it was looked for.
        local: String,
        /// The engine's error.
        error: GatewayError,
    },
    /// The main context was not loaded.
    #[error("the build context `{context}` cannot be loaded: {}", one_line(error.message()))]
    MainContext {
        /// The context.
        context: String,
        /// The engine's error.
        error: GatewayError,
    },
    /// A named context was not loaded.
    #[error("the build context `{name}` (`docker build --build-context`) cannot be loaded: {}", one_line(error.message()))]
    NamedContext {
        /// Its name.
        name: String,
        /// The engine's error.
        error: GatewayError,
    },
    /// A named context is a build graph that the client did not give.
    #[error("the build context `{name}` is the input `{key}`, which the client did not give")]
    NoInput {
        /// Its name.
        name: String,
        /// The key that it was to have.
        key: String,
        /// The keys that the client gave.
        inputs: Vec<String>,
    },
    /// The engine or the client failed while the app was planned.
    #[error("there is no build plan, and the app cannot be planned from the local `{}`: {}", local::CONTEXT, .0.message())]
    ReadApp(GatewayError),
    /// The app cannot be planned.
    #[error("there is no build plan, and this app cannot be planned: {0}")]
    Analyze(#[from] AnalyzeError),
    /// No thread for planning.
    #[error("the app cannot be planned: no thread can be started: {0}")]
    Thread(std::io::Error),
    /// The plan is wrong.
    #[error("the build plan `{}` cannot be built:", file.filename)]
    Plan {
        /// What is wrong with it.
        problems: Problems,
        /// The file.
        file: Box<SourceFile>,
    },
    /// The client does not want the plan built.
    #[error("{}", .0.message())]
    Refused(ReturnedError),
    /// A target that the plan does not have.
    #[error(
        "the target `{name}` (`docker build --target`) is neither a step of the plan nor `{}`",
        keys::DEPLOY
    )]
    UnknownTarget {
        /// What was asked for.
        name: String,
        /// The names of the steps.
        steps: Vec<String>,
    },
    /// The plan cannot be converted for this engine or from these images.
    #[error("the build plan `{}` cannot be built here:", file.filename)]
    Convert {
        /// Why.
        errors: Vec<ConvertError>,
        /// The file.
        file: Box<SourceFile>,
    },
    /// An image was not found.
    #[error("the image `{image}` cannot be resolved: {}", error.message())]
    Image {
        /// The image.
        image: String,
        /// Where the plan names it.
        spans: Vec<Span>,
        /// The file.
        file: Box<SourceFile>,
        /// The engine's error.
        error: GatewayError,
    },
    /// The build failed, or the engine.
    #[error(transparent)]
    Solve(GatewayError),
}

impl From<FrontendError> for ReturnedError {
    fn from(error: FrontendError) -> Self {
        let message = error.to_string();
        match error {
            FrontendError::Options(problems) => {
                let problems = problems.iter();
                let texts =
                    problems.map(|problem| with_hint(&problem.to_string(), &problem.hint()));
                Self::new(list(&message, texts.collect()))
            }
            // The words of BuildKit's own frontends; clients read the detail.
            FrontendError::Subrequest(name) => Self::new(message).with_subrequest(&name),
            FrontendError::NoPlan { .. } => Self::new(with_hint(
                &message,
                "write one with `railpack plan`; name it with `docker build --file` if it has another name or is in \
                 another directory",
            )),
            FrontendError::PlanIsNoFile { .. } | FrontendError::PlanTooLarge { .. } => {
                Self::new(with_hint(
                    &message,
                    "name the file that `railpack plan` wrote with `docker build --file`",
                ))
            }
            FrontendError::ReadPlan { local, error } => {
                let hint = format!(
                    "offer the plan's directory under this name: `docker build` does, `buildctl build` with `--local \
                     {local}=<directory>`"
                );
                Self::from(error).with_message(with_hint(&message, &hint))
            }
            FrontendError::ReadApp(error) => {
                let hint = format!(
                    "offer the app's directory under this name: `docker build` does, `buildctl build` with `--local \
                     {}=<directory>`; or offer a plan that `railpack plan` wrote",
                    local::CONTEXT
                );
                Self::from(error).with_message(with_hint(&message, &hint))
            }
            FrontendError::MainContext { error, .. } => {
                Self::from(error).with_message(with_hint(&message, MAIN_CONTEXT_HINT))
            }
            FrontendError::NamedContext { error, .. } => {
                Self::from(error).with_message(with_hint(&message, NAMED_CONTEXT_HINT))
            }
            FrontendError::NoInput { inputs, .. } => {
                let inputs = inputs.iter().map(String::as_str);
                Self::new(with_hint(&message, &listed(inputs)))
            }
            FrontendError::Analyze(error) => {
                let message = with_causes(message, &error);
                let message = match error.hint() {
                    Some(hint) => with_hint(&message, &hint),
                    None => message,
                };
                Self::new(with_hint(
                    &message,
                    "settings of planning are build arguments here: `--build-arg RAILPACK_START_CMD=...`",
                ))
            }
            FrontendError::Thread(_) => Self::new(message),
            FrontendError::Refused(error) => error,
            FrontendError::Plan { problems, file } => {
                let problems = problems.as_slice();
                let text = render(
                    problems,
                    &file.filename,
                    &String::from_utf8_lossy(&file.data),
                );
                let error = Self::new(format!("{message}\n\n{}", text.trim_end()));
                let errors = problems
                    .iter()
                    .filter(|problem| problem.severity == Severity::Error);
                with_places(error, &file, errors.filter_map(|problem| problem.span))
            }
            FrontendError::UnknownTarget { name, steps } => {
                let steps = steps.iter().map(String::as_str).chain([keys::DEPLOY]);
                let hint = match suggest(&name, steps.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => listed(steps),
                };
                Self::new(with_hint(&message, &hint))
            }
            FrontendError::Convert { errors, file } => {
                let texts = errors.iter().map(|error| {
                    let place = error.span().map_or_else(String::new, |span| {
                        format!("{}:{}: ", file.filename, span.start)
                    });
                    with_hint(&format!("{place}{error}"), &error.hint())
                });
                let error = Self::new(list(&message, texts.collect()));
                with_places(error, &file, errors.iter().filter_map(ConvertError::span))
            }
            FrontendError::Image {
                spans, file, error, ..
            } => {
                let message = with_hint(
                    &message,
                    "check its name, and that the engine can reach its registry and may read there",
                );
                with_places(Self::from(error).with_message(message), &file, spans)
            }
            FrontendError::Solve(error) => Self::from(error),
        }
    }
}

/// With places of the plan, as many as an error may carry.
fn with_places(
    error: ReturnedError,
    source: &SourceFile,
    spans: impl IntoIterator<Item = Span>,
) -> ReturnedError {
    let Some(source) = shown(source) else {
        return error;
    };
    let count = MAX_PLACES_SIZE
        .checked_div(source.data.len())
        .map_or(MAX_PLACES, |count| count.min(MAX_PLACES));
    // Several problems of one line show it once.
    let mut lines = BTreeSet::new();
    let spans = spans.into_iter().map(range);
    let spans = spans.filter(|range| lines.insert((range.start_line, range.end_line)));
    spans
        .take(count)
        .fold(error, |error, range| error.with_source(&source, &[range]))
}

/// A span as clients know it.
pub(super) fn range(span: Span) -> Range {
    Range {
        start_line: span.start.line,
        start_character: span.start.column,
        end_line: span.end.line,
        end_character: span.end.column,
    }
}

/// What another program has said, git for one, in one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A message and what caused the error that it is of, each in a line of its own, as `railpack plan` shows it.
fn with_causes(message: String, error: &dyn Error) -> String {
    causes(error).fold(message, |text, cause| {
        format!("{text}\n  caused by: {cause}")
    })
}

/// A message and what to do about it, in the form of [`render`].
fn with_hint(message: &str, hint: &str) -> String {
    format!("{message}\n  hint: {hint}")
}

/// One text as it is, several below a headline.
fn list(headline: &str, texts: Vec<String>) -> String {
    match <[String; 1]>::try_from(texts) {
        Ok([text]) => text,
        Err(texts) => texts.iter().fold(format!("{headline}\n"), |list, text| {
            format!("{list}\nerror: {text}")
        }),
    }
}
