//! `railpack plan`.

use std::path::Path;

use super::Session;
use super::arguments::PlanArguments;
use super::error::CommandError;
use super::output;

/// Plans an app, and writes the plan where the arguments say.
pub(super) fn run(
    arguments: &PlanArguments,
    session: &mut Session<'_>,
) -> Result<(), CommandError> {
    let planned = session.plan(&arguments.planning)?;
    for message in &planned.messages {
        session.report.message(message);
    }
    let analysis = planned.outcome?;
    for (name, package) in &analysis.packages {
        session.report.line(&format!(
            "package {name} {} ({})",
            package.version, package.origin
        ));
    }
    let json = analysis.plan.to_json();
    match &arguments.out {
        None => session.write(&json),
        Some(path) => write(session, path, &json, "plan"),
    }
}

/// Writes a file and says so.
pub(super) fn write(
    session: &mut Session<'_>,
    path: &Path,
    content: &str,
    what: &str,
) -> Result<(), CommandError> {
    output::write_file(path, content)?;
    session
        .report
        .line(&format!("{what} written to {}", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::cli::ExitStatus;
    use crate::cli::testing::{app, railpack, text};

    #[test]
    fn the_plan_alone_goes_to_standard_output() {
        let app = app();
        let ended = railpack(&["plan", text(app.path())], &[]);
        assert_eq!(ended.status, ExitStatus::Success);
        let plan = crate::plan::parse(ended.stdout.as_bytes()).unwrap().plan;
        assert_eq!(plan.deploy.start_command, Some("node index.js".into()));
        insta::assert_snapshot!(ended.stderr, @"
        detected node
        package-lock.json found, so npm it is
        suggestion: name the package manager and its version in package.json as `packageManager`
        using the package manager npm
        package node 22.22.0 (package.json > engines > node)
        ");
    }

    #[test]
    fn a_plan_file_is_written_with_its_directories() {
        let app = app();
        let out = app.path().join("new/directory/rpk.json");
        let ended = railpack(&["plan", text(app.path()), "--out", text(&out)], &[]);
        assert_eq!(
            (ended.status, ended.stdout.as_str()),
            (ExitStatus::Success, "")
        );
        assert!(
            ended
                .stderr
                .ends_with(&format!("plan written to {}\n", out.display()))
        );
        let alone = railpack(&["plan", text(app.path())], &[]);
        assert_eq!(fs::read_to_string(&out).unwrap(), alone.stdout);
        assert_eq!(
            fs::read_dir(out.parent().unwrap()).unwrap().count(),
            1,
            "nothing else is left there"
        );
    }

    #[test]
    fn a_plan_that_fails_leaves_the_file_as_it_was() {
        let app = app();
        let out = app.path().join("rpk.json");
        fs::write(&out, "before").unwrap();
        fs::write(app.path().join("package.json"), "{").unwrap();
        let ended = railpack(&["plan", text(app.path()), "--out", text(&out)], &[]);
        assert_eq!(ended.status, ExitStatus::Failure);
        insta::assert_snapshot!(ended.stderr, @"
        detected node
        error: package.json:1:2: unterminated object
        ");
        assert_eq!(fs::read_to_string(&out).unwrap(), "before");
    }
}
