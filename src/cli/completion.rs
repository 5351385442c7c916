//! `railpack completion`.

use clap::CommandFactory;
use clap_complete::{Shell as Generator, generate};

use super::Session;
use super::arguments::{Arguments, CompletionArguments, Shell};
use super::build_arguments::BuildCommand;
use super::error::CommandError;

/// The command whose options are another program's.
const BUILD: &str = "build";
/// The program's name, as it is called.
const PROGRAM: &str = "railpack";

/// Writes the script of a shell to standard output.
pub(super) fn run(
    arguments: &CompletionArguments,
    session: &mut Session<'_>,
) -> Result<(), CommandError> {
    let generator = match arguments.shell {
        Shell::Bash => Generator::Bash,
        Shell::Zsh => Generator::Zsh,
        Shell::Fish => Generator::Fish,
        Shell::Powershell => Generator::PowerShell,
    };
    // It cannot tell that writing failed; memory takes all.
    let mut script = Vec::new();
    let build = BuildCommand::command().name(BUILD).visible_alias("b");
    let mut command = Arguments::command().mut_subcommand(BUILD, |_| build);
    generate(generator, &mut command, PROGRAM, &mut script);
    session.write(&String::from_utf8_lossy(&script))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::ExitStatus;
    use crate::cli::testing::railpack;

    #[test]
    fn the_arguments_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn each_shell_completes_every_command() {
        for shell in ["bash", "zsh", "fish", "powershell", "pwsh"] {
            let ended = railpack(&["completion", shell], &[]);
            assert_eq!(
                (ended.status, ended.stderr.as_str()),
                (ExitStatus::Success, "")
            );
            for word in [
                "plan",
                "prepare",
                "info",
                "schema",
                "completion",
                "error-missing-start",
                // Options of `build`, and one's values.
                "cache-to",
                "build-context",
                "rawjson",
            ] {
                assert!(ended.stdout.contains(word), "{shell} {word}");
            }
        }
        let ended = railpack(&["completion", "tcsh"], &[]);
        assert_eq!(ended.status, ExitStatus::Usage);
        insta::assert_snapshot!(ended.stderr, @"
        error: invalid value 'tcsh' for '<SHELL>'
          [possible values: bash, zsh, fish, powershell]

          tip: a similar value exists: 'zsh'

        For more information, try '--help'.
        ");
    }
}
