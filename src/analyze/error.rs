//! Why an app cannot be planned.

use std::borrow::Cow;

use thiserror::Error;

use super::AppError;
use super::environment::Setting;
use super::parts::INNER_DIRECTORY;
use crate::plan::{Problem, Problems};

/// Why an app cannot be planned.
#[derive(Debug, Error)]
pub enum AnalyzeError {
    /// A file of the app is not as it has to be.
    #[error(transparent)]
    App(#[from] AppError),
    /// No provider knows the app, and the user configured no command.
    #[error("no provider knows this app\n\nproviders: {}\n\nthe app holds:\n{}", providers.join(", "), tree(entries))]
    NoProvider {
        /// The providers that were asked.
        providers: Vec<&'static str>,
        /// What the app's root holds; directories end in a slash.
        entries: Vec<String>,
    },
    /// Nothing says what the container runs.
    #[error("no start command found{}", help.map_or_else(String::new, |help| format!("\n\n{help}")))]
    NoStartCommand {
        /// Where the app's provider looks for one.
        help: Option<&'static str>,
    },
    /// Something in the app that a plan would have to deal with, and this version does not.
    #[error("found {found}: {what} is not supported yet")]
    Unsupported {
        /// What it is.
        what: String,
        /// The file, field or variable that shows it.
        found: String,
    },
    /// A value that a file may hold, and that makes no sense there.
    #[error("{place}: found `{found}`, expected {expected}")]
    Value {
        /// The file and field.
        place: String,
        /// What is there.
        found: String,
        /// What should be.
        expected: Cow<'static, str>,
    },
    /// An app whose program is at none of the places where the provider looks.
    #[error("found nothing to {purpose}\n\nlooked for:\n- {}", looked_for.join("\n- "))]
    NothingFound {
        /// What it is needed for: `build`, say.
        purpose: &'static str,
        /// What was looked for, and where.
        looked_for: Vec<String>,
        /// What to do about it.
        hint: String,
    },
    /// A directory that was chosen as the app, and is no package of the workspace.
    #[error(
        "{origin}: `{found}` is not a package of the workspace; {}",
        members_in_words(members)
    )]
    NotInWorkspace {
        /// What chose it.
        origin: String,
        /// The directory.
        found: String,
        /// The directories that are packages.
        members: Vec<String>,
    },
    /// A configuration file that the user names cannot be read.
    #[error("{origin}: cannot read the configuration file")]
    ConfigFile {
        /// The flag or variable.
        origin: String,
        /// Why.
        source: AppError,
    },
    /// A configuration file that is not as it has to be.
    #[error("{name} is not a configuration of Railpack\n{shown}")]
    Config {
        /// The file.
        name: String,
        /// What is wrong, with the lines that it is in.
        shown: String,
    },
    /// A provider that does not exist.
    #[error("{place}: there is no provider `{name}`")]
    UnknownProvider {
        /// The file and position.
        place: String,
        /// What is asked for.
        name: String,
        /// The provider that may be meant.
        suggestion: Option<&'static str>,
        /// Those that there are.
        known: Vec<&'static str>,
    },
    /// Settings of the user's that make no plan: names, paths, images or command lines that cannot be.
    #[error("the plan cannot be built\n{shown}")]
    Plan {
        /// What is wrong.
        problems: Problems,
        /// The same as text, with the lines of the configuration file that it is in.
        shown: String,
    },
    /// mise's configuration could not be written as TOML.
    #[error("cannot write mise's configuration")]
    MiseConfig(#[source] toml::ser::Error),
}

impl AnalyzeError {
    /// What a setting says that has to name a directory of the app, and names one outside.
    pub(crate) fn not_in_app(setting: Setting) -> Self {
        Self::Value {
            place: setting.origin,
            found: setting.value,
            expected: INNER_DIRECTORY.into(),
        }
    }

    /// Whether the same analysis may work a little later, with nothing about the app changed.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self, Self::App(error) | Self::ConfigFile { source: error, .. } if error.is_temporary())
    }

    /// What to do about it, where the message does not say it already.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::App(error) => error.hint(),
            Self::ConfigFile { .. } => {
                Some("its path is relative to the app's directory, and leads to a file inside".to_owned())
            }
            Self::UnknownProvider {
                suggestion, known, ..
            } => Some(match suggestion {
                Some(suggestion) => format!("did you mean `{suggestion}`?"),
                None => format!("there are {}", known.join(", ")),
            }),
            Self::NoProvider { .. } => {
                Some("say what to run with --build-cmd and --start-cmd, or plan the directory that holds the app".to_owned())
            }
            Self::NoStartCommand { .. } => Some("set it with --start-cmd or RAILPACK_START_CMD".to_owned()),
            Self::NothingFound { hint, .. } => Some(hint.clone()),
            // Those that have a place are shown with their hints.
            Self::Plan { problems, .. } => problems
                .as_slice()
                .iter()
                .filter(|problem| problem.span.is_none())
                .find_map(Problem::hint),
            Self::Config { .. } | Self::Unsupported { .. } | Self::NotInWorkspace { .. } | Self::Value { .. } | Self::MiseConfig(_) => None,
        }
    }
}

/// The packages of a workspace, in the middle of a message.
fn members_in_words(members: &[String]) -> String {
    /// More make no one wiser.
    const SHOWN: usize = 20;
    if members.is_empty() {
        return "there is no workspace here".to_owned();
    }
    let mut shown: Vec<_> = members.iter().take(SHOWN).map(String::as_str).collect();
    if members.len() > SHOWN {
        shown.push("...");
    }
    format!("its packages are {}", shown.join(", "))
}

/// Names under each other, as a tree of one level.
fn tree(entries: &[String]) -> String {
    let mut lines = vec!["./".to_owned()];
    for (index, entry) in entries.iter().enumerate() {
        let branch = if index + 1 == entries.len() {
            "└──"
        } else {
            "├──"
        };
        lines.push(format!("{branch} {entry}"));
    }
    lines.join("\n")
}
