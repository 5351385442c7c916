//! Providers: the analysis of one language each.

mod deno;
mod node;
mod shell;
mod staticfile;
mod unplanned;

use super::context::Context;
use super::error::AnalyzeError;
use crate::plan::Plan;
use deno::DenoProvider;
use node::NodeProvider;
use shell::ShellProvider;
use staticfile::StaticfileProvider;
use unplanned::Unplanned;

/// Knows the apps of one language and plans them.
pub(crate) trait Provider: Sync {
    /// Its name, in the reference's spelling.
    fn name(&self) -> &'static str;

    /// Whether the app is one of this language.
    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError>;

    /// Adds what the app needs to the context.
    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError>;

    /// Changes the finished plan, in which the user's configuration is visible.
    fn amend(&self, _plan: &mut Plan) {}

    /// Where the provider looks for a start command, for an app without one.
    fn start_command_help(&self) -> Option<&'static str> {
        None
    }
}

/// All providers. The first that detects an app plans it, so the order is part of the behaviour
/// (<https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/provider.go>).
pub(crate) static ALL: [&dyn Provider; 14] = [
    &Unplanned {
        name: "php",
        files: &["index.php", "composer.json"],
        patterns: &[],
    },
    &Unplanned {
        name: "golang",
        files: &["go.mod", "go.work", "main.go"],
        patterns: &[],
    },
    &Unplanned {
        name: "java",
        files: &["gradlew"],
        patterns: &["pom.{xml,atom,clj,groovy,rb,scala,yaml,yml}"],
    },
    &Unplanned {
        name: "rust",
        files: &["Cargo.toml"],
        patterns: &[],
    },
    &Unplanned {
        name: "ruby",
        files: &["Gemfile"],
        patterns: &[],
    },
    &Unplanned {
        name: "elixir",
        files: &["mix.exs"],
        patterns: &[],
    },
    &Unplanned {
        name: "python",
        files: &[
            "main.py",
            "app.py",
            "start.py",
            "bot.py",
            "hello.py",
            "server.py",
            "requirements.txt",
            "pyproject.toml",
            "Pipfile",
        ],
        patterns: &[],
    },
    &DenoProvider,
    &Unplanned {
        name: "dotnet",
        files: &[],
        patterns: &["*.csproj"],
    },
    &NodeProvider,
    &Unplanned {
        name: "gleam",
        files: &["gleam.toml"],
        patterns: &[],
    },
    &Unplanned {
        name: "cpp",
        files: &["CMakeLists.txt", "meson.build"],
        patterns: &[],
    },
    &StaticfileProvider,
    &ShellProvider,
];

/// The first provider that knows the app.
pub(crate) fn detect(context: &Context<'_>) -> Result<Option<&'static dyn Provider>, AnalyzeError> {
    for provider in ALL {
        if provider.detect(context)? {
            return Ok(Some(provider));
        }
    }
    Ok(None)
}

/// Which providers were asked until one knew the app, for who wonders.
pub(crate) fn asked(found: Option<&str>) -> String {
    let mut names: Vec<_> = ALL.iter().map(|provider| provider.name()).collect();
    if let Some(position) = found.and_then(|found| names.iter().position(|name| *name == found)) {
        names.truncate(position);
    }
    match (found, names.is_empty()) {
        (Some(found), true) => format!("{found} was asked first, and knows the app"),
        (Some(found), false) => format!("not known to {}, but to {found}", names.join(", ")),
        (None, _) => format!("not known to {}", names.join(", ")),
    }
}
