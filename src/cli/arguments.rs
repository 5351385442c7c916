//! What can be written behind `railpack`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Plans container images: looks at an app's source tree and writes a build plan.
#[derive(Debug, Parser)]
#[command(name = "railpack", version, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Looks at an app and writes its build plan
    #[command(visible_alias = "p")]
    Plan(PlanArguments),
}

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// The directory that holds the app
    #[arg(default_value = ".")]
    pub(super) directory: PathBuf,

    /// Write the plan to this file, whole or not at all; without it, to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// Set a variable for the analysis; its name becomes a secret of the build. NAME alone takes the value of this
    /// process's environment
    #[arg(short = 'e', long = "env", value_name = "NAME=VALUE")]
    pub(super) variables: Vec<String>,

    /// The command that builds the app
    #[arg(long = "build-cmd", value_name = "COMMAND")]
    pub(super) build_command: Option<String>,

    /// The command that the container runs
    #[arg(long = "start-cmd", value_name = "COMMAND")]
    pub(super) start_command: Option<String>,

    /// Fail if no start command is found
    #[arg(long)]
    pub(super) error_missing_start: bool,

    /// The frontend image for plain `docker build` to use [variable: `RAILPACK_FRONTEND`]
    #[arg(long, value_name = "IMAGE")]
    pub(super) frontend: Option<String>,

    /// The image that the build's steps start from [variable: `RAILPACK_BUILDER_IMAGE`]
    #[arg(long, value_name = "IMAGE")]
    pub(super) builder_image: Option<String>,

    /// The image that the app's image is laid over [variable: `RAILPACK_RUNTIME_IMAGE`]
    #[arg(long, value_name = "IMAGE")]
    pub(super) runtime_image: Option<String>,
}
