//! `railpack prepare`.
//!
//! Behaviour: <https://github.com/railwayapp/railpack/blob/v0.37.0/cli/prepare.go>. Unlike there, the plan is written before
//! anything is shown, so that what is shown is there.

use super::Session;
use super::arguments::PrepareArguments;
use super::build_result::BuildResult;
use super::error::CommandError;
use super::output::write_file;
use super::pretty::describe;

/// Plans an app, writes the files that the arguments name, and shows the result to a person.
pub(super) fn run(
    arguments: &PrepareArguments,
    session: &mut Session<'_>,
) -> Result<(), CommandError> {
    let planned = session.plan(&arguments.planning)?;
    if let (Some(path), Ok(analysis)) = (&arguments.plan_out, &planned.outcome) {
        write_file(path, analysis.plan.to_json())?;
    }
    // Behind the plan: who reads of success finds one.
    if let Some(path) = &arguments.info_out {
        write_file(path, BuildResult::new(&planned).without_plan().to_json())?;
    }
    if !arguments.hide_pretty_plan {
        session.write(&describe(&planned, session.stdout_look))?;
    }
    let analysis = planned.outcome?;
    if arguments.show_plan {
        session.write(&analysis.plan.to_json())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::cli::ExitStatus;
    use crate::cli::testing::{app, railpack, text, told};

    #[test]
    fn an_analysis_that_fails_is_still_told_to_programs() {
        let app = app();
        fs::remove_file(app.path().join("package.json")).unwrap();
        let info = app.path().join("out/info.json");
        let plan = app.path().join("out/rpk.json");
        let arguments = [
            "prepare",
            text(app.path()),
            "--env=EMPTY=",
            "--info-out",
            text(&info),
            "--plan-out",
            text(&plan),
        ];
        let ended = railpack(&arguments, &[]);
        assert_eq!(ended.status, ExitStatus::Failure);
        assert!(!plan.exists());
        let both = format!(
            "{}---\n{}---\n{}",
            ended.stdout,
            ended.stderr,
            fs::read_to_string(info).unwrap()
        );
        insta::assert_snapshot!(told(&both, &app), @r#"
        Railpack [version]

        Notes
          warning: --env EMPTY: has no value, and is left out
        ---
        error: no provider knows this app

        providers: php, golang, java, rust, ruby, elixir, python, deno, dotnet, node, gleam, cpp, staticfile, shell

        the app holds:
        ./
        ├── index.js
        └── package-lock.json
        hint: say what to run with --build-cmd and --start-cmd, or plan the directory that holds the app
        ---
        {
          "railpackVersion": "[version]",
          "logs": [
            {
              "Level": "warn",
              "Msg": "--env EMPTY: has no value, and is left out",
              "DocsPath": ""
            },
            {
              "Level": "error",
              "Msg": "no provider knows this app\n\nproviders: php, golang, java, rust, ruby, elixir, python, deno, dotnet, node, gleam, cpp, staticfile, shell\n\nthe app holds:\n./\n├── index.js\n└── package-lock.json\nhint: say what to run with --build-cmd and --start-cmd, or plan the directory that holds the app",
              "DocsPath": ""
            }
          ],
          "success": false
        }
        "#);
    }

    #[test]
    fn prepare_writes_both_files_and_describes_the_plan() {
        let app = app();
        let directory = tempfile::tempdir().unwrap();
        let plan = directory.path().join("plan/rpk.json");
        let info = directory.path().join("info/info.json");
        let arguments = [
            "prepare",
            text(app.path()),
            "--plan-out",
            text(&plan),
            "--info-out",
            text(&info),
        ];
        let ended = railpack(&arguments, &[]);
        assert_eq!(
            (ended.status, ended.stderr.as_str()),
            (ExitStatus::Success, "")
        );
        assert_eq!(
            ended.stdout,
            railpack(&["info", text(app.path())], &[]).stdout
        );
        let alone = railpack(&["plan", text(app.path())], &[]).stdout;
        assert_eq!(fs::read_to_string(plan).unwrap(), alone);
        let info: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(info).unwrap()).unwrap();
        assert_eq!((&info["success"], info.get("plan")), (&true.into(), None));

        let arguments = ["p", text(app.path()), "--hide-pretty-plan", "--show-plan"];
        assert_eq!(railpack(&arguments, &[]).stdout, alone);
    }
}
