//! What can be written behind `railpack`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// Plans container images: looks at an app's source tree and writes a build plan.
#[derive(Debug, Parser)]
#[command(
    name = "railpack",
    version,
    arg_required_else_help = true,
    disable_version_flag = true,
    max_term_width = 120
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,

    /// Tell more of what was decided and why, and let mise do so in the build [variable: `RAILPACK_VERBOSE`]
    #[arg(long, global = true, display_order = 1000)]
    pub(super) verbose: bool,

    /// Print version
    #[arg(short = 'v', short_alias = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Builds the image of an app, with railpack-frontend: see `railpack build --help`
    #[command(visible_alias = "b", disable_help_flag = true)]
    Build(BuildArguments),
    /// Looks at an app and writes its build plan
    Plan(PlanArguments),
    /// Writes all files that a platform needs to build an app with the frontend
    #[command(visible_alias = "p")]
    Prepare(PrepareArguments),
    /// Tells what is known about an app and its image
    #[command(visible_alias = "i")]
    Info(InfoArguments),
    /// Writes the JSON schema of railpack.json, for editors
    Schema,
    /// Writes a script that completes commands and options in a shell
    Completion(CompletionArguments),
}

#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    /// What railpack-frontend takes
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGUMENTS"
    )]
    pub(super) arguments: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(super) struct CompletionArguments {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: Shell,
}

/// A shell that completes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
    #[value(alias = "pwsh")]
    Powershell,
}

/// What every command takes that plans an app.
#[derive(Debug, Args)]
pub(crate) struct PlanningArguments {
    /// The directory that holds the app
    #[arg(default_value = ".")]
    pub(crate) directory: PathBuf,

    /// Set a variable for the analysis; its name becomes a secret of the build. NAME alone takes the value of this
    /// process's environment
    #[arg(short = 'e', long = "env", value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<String>,

    /// The version of a tool that the app was built with before; it goes before Railpack's default
    #[arg(long, value_name = "TOOL@VERSION", value_parser = tool_and_version)]
    pub(crate) previous: Vec<String>,

    /// The command that builds the app
    #[arg(long = "build-cmd", value_name = "COMMAND")]
    pub(crate) build_command: Option<String>,

    /// The command that the container runs
    #[arg(long = "start-cmd", value_name = "COMMAND")]
    pub(crate) start_command: Option<String>,

    /// The package of a workspace that is the app, by its directory below DIRECTORY or its name; by default the one at
    /// the root [`--env` variable: `RAILPACK_APP_DIR`]
    #[arg(long = "app-dir", value_name = "PACKAGE")]
    pub(crate) app_directory: Option<String>,

    /// The configuration file, relative to DIRECTORY; by default railpack.json, if there is one [`--env` variable:
    /// `RAILPACK_CONFIG_FILE`]
    #[arg(long, value_name = "FILE")]
    pub(crate) config_file: Option<String>,

    /// Fail if no start command is found
    #[arg(long)]
    pub(crate) error_missing_start: bool,

    /// The frontend image for plain `docker build` to use [variable: `RAILPACK_FRONTEND`]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) frontend: Option<String>,

    /// The image that the build's steps start from [variable: `RAILPACK_BUILDER_IMAGE`]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) builder_image: Option<String>,

    /// The image that the app's image is laid over [variable: `RAILPACK_RUNTIME_IMAGE`]
    #[arg(long, value_name = "IMAGE")]
    pub(crate) runtime_image: Option<String>,
}

/// Checks `TOOL@VERSION`. An empty text is allowed: platforms hand in every flag.
fn tool_and_version(text: &str) -> Result<String, &'static str> {
    let trimmed = text.trim();
    let is_whole = trimmed.rsplit_once('@').is_some_and(|(tool, version)| {
        // `npm:@scope/tool` has no version yet.
        !tool.trim().is_empty() && !tool.ends_with(':') && !version.trim().is_empty()
    });
    if is_whole || trimmed.is_empty() {
        Ok(trimmed.to_owned())
    } else {
        Err("expected TOOL@VERSION, as in node@22.14.0")
    }
}

#[derive(Debug, Args)]
pub(super) struct PlanArguments {
    /// Write the plan to this file, whole or not at all; without it, to standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    #[command(flatten)]
    pub(super) planning: PlanningArguments,
}

#[derive(Debug, Args)]
pub(super) struct PrepareArguments {
    /// Write the plan to this file
    #[arg(long, value_name = "FILE")]
    pub(super) plan_out: Option<PathBuf>,

    /// Write what is known about the app to this file, as JSON; also if there is no plan
    #[arg(long, value_name = "FILE")]
    pub(super) info_out: Option<PathBuf>,

    /// Write the plan to standard output too
    #[arg(long)]
    pub(super) show_plan: bool,

    /// Write no description of the plan to standard output
    #[arg(long)]
    pub(super) hide_pretty_plan: bool,

    #[command(flatten)]
    pub(super) planning: PlanningArguments,
}

#[derive(Debug, Args)]
pub(super) struct InfoArguments {
    /// For whom: a person, or a program
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    pub(super) format: Format,

    /// Write to this file, whole or not at all; without it, to standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// Show the plan too
    #[arg(long)]
    pub(super) show_plan: bool,

    /// Draw the plan, as SVG, into this file; without a file the picture takes the place of the description
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    #[expect(
        clippy::option_option,
        reason = "clap's type for an option that may be given without a value"
    )]
    pub(super) graph: Option<Option<PathBuf>>,

    #[command(flatten)]
    pub(super) planning: PlanningArguments,
}

/// How `info` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text
    Pretty,
    /// JSON
    Json,
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::cli::ExitStatus;
    use crate::cli::testing::{app, railpack, text};

    #[test]
    fn arguments_that_make_no_sense_are_a_usage_error() {
        let ended = railpack(&["plan", "--build-command", "x"], &[]);
        assert_eq!(
            (ended.status, ended.stdout.as_str()),
            (ExitStatus::Usage, "")
        );
        insta::assert_snapshot!(ended.stderr, @"
        error: unexpected argument '--build-command' found

          tip: a similar argument exists: '--build-cmd'

        Usage: railpack plan --build-cmd <COMMAND> [DIRECTORY]

        For more information, try '--help'.
        ");
    }

    #[test]
    fn a_previous_version_needs_a_tool_and_a_version() {
        let app = app();
        let run =
            |previous: &str| railpack(&["plan", text(app.path()), "--previous", previous], &[]);
        for refused in ["node", "node@", "@1", " @ ", "npm:@scope/tool"] {
            assert_eq!(run(refused).status, ExitStatus::Usage, "{refused}");
        }
        for allowed in ["", " ", "node@20.1.0", "npm:@scope/tool@1"] {
            assert_eq!(run(allowed).status, ExitStatus::Success, "{allowed}");
        }
        let refused = run("garbage");
        assert_eq!(refused.stdout, "");
        insta::assert_snapshot!(refused.stderr, @"
        error: invalid value 'garbage' for '--previous <TOOL@VERSION>': expected TOOL@VERSION, as in node@22.14.0

        For more information, try '--help'.
        ");
    }

    #[test]
    fn a_missing_start_command_is_an_error_for_who_asks_for_one() {
        let app = app();
        fs::write(app.path().join("package.json"), "{}").unwrap();
        fs::remove_file(app.path().join("index.js")).unwrap();
        let run = |more: &[&str]| railpack(&[&["plan", text(app.path())], more].concat(), &[]);
        assert_eq!(run(&[]).status, ExitStatus::Success);
        let flag = "--error-missing-start";
        let started = run(&[flag, "--start-cmd=node x.js"]);
        assert_eq!(started.status, ExitStatus::Success);
        let refused = run(&[flag]);
        assert_eq!(refused.status, ExitStatus::Failure);
        assert_eq!(refused.status.code(), 1);
        assert_eq!(refused.stdout, "");
        insta::assert_snapshot!(refused.stderr, @"
        detected node
        package-lock.json found, so npm it is
        suggestion: name the package manager and its version in package.json as `packageManager`
        using the package manager npm
        error: no start command found

        for a Node.js or Bun app these are looked at, in this order:
        1. the script `start` in package.json
        2. the file named by `main` in package.json
        3. index.js, then index.ts
        4. a framework whose server is known: Next.js, Nuxt, TanStack Start, SvelteKit
        5. the app of Next.js in an Nx workspace

        an app that is only files once it is built needs none: name their directory in RAILPACK_SPA_OUTPUT_DIR
        hint: set it with --start-cmd or RAILPACK_START_CMD
        ");
    }

    #[test]
    fn help_and_version_go_to_standard_output() {
        let version = railpack(&["--version"], &[]);
        assert_eq!(version.status, ExitStatus::Success);
        assert_eq!(
            version.stdout,
            concat!("railpack ", env!("CARGO_PKG_VERSION"), "\n")
        );
        let help = railpack(&["plan", "--help"], &[]);
        assert_eq!(
            (help.status, help.stderr.as_str()),
            (ExitStatus::Success, "")
        );
        insta::assert_snapshot!(help.stdout, @"
        Looks at an app and writes its build plan

        Usage: railpack plan [OPTIONS] [DIRECTORY]

        Arguments:
          [DIRECTORY]  The directory that holds the app [default: .]

        Options:
          -o, --out <FILE>               Write the plan to this file, whole or not at all; without it, to standard output
          -e, --env <NAME=VALUE>         Set a variable for the analysis; its name becomes a secret of the build. NAME alone takes the value of this process's environment
              --previous <TOOL@VERSION>  The version of a tool that the app was built with before; it goes before Railpack's default
              --build-cmd <COMMAND>      The command that builds the app
              --start-cmd <COMMAND>      The command that the container runs
              --app-dir <PACKAGE>        The package of a workspace that is the app, by its directory below DIRECTORY or its name; by default the one at the root [`--env` variable: `RAILPACK_APP_DIR`]
              --config-file <FILE>       The configuration file, relative to DIRECTORY; by default railpack.json, if there is one [`--env` variable: `RAILPACK_CONFIG_FILE`]
              --error-missing-start      Fail if no start command is found
              --frontend <IMAGE>         The frontend image for plain `docker build` to use [variable: `RAILPACK_FRONTEND`]
              --builder-image <IMAGE>    The image that the build's steps start from [variable: `RAILPACK_BUILDER_IMAGE`]
              --runtime-image <IMAGE>    The image that the app's image is laid over [variable: `RAILPACK_RUNTIME_IMAGE`]
          -h, --help                     Print help
              --verbose                  Tell more of what was decided and why, and let mise do so in the build [variable: `RAILPACK_VERBOSE`]
        ");
    }
}
