//! The plan to build: made here, or read from a file; or heard of when the engine has the app.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use super::elsewhere::Elsewhere;
use super::error::ClientError;
use super::interrupt::Interrupt;
use crate::cli::{BuildCommand, Look, Surroundings, describe, environment, plan_app};
use crate::plan::{MAX_PLAN_SIZE, parse};

/// What errors call a plan that was made here.
const FILENAME: &str = "rpk.json";

/// Where the plan is.
#[derive(Clone)]
pub(super) enum PlanOrigin {
    /// It is known.
    Here(PlanSource),
    /// With an app that is not on this machine.
    Elsewhere(Elsewhere),
}

/// A plan, as it goes to the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlanSource {
    /// What errors call it.
    pub(super) filename: String,
    /// Its text.
    pub(super) text: Vec<u8>,
    /// Names of the secrets in it.
    pub(super) secrets: Vec<String>,
    /// Those of them that are files.
    pub(super) file_secrets: BTreeSet<String>,
    /// Ids of the SSH agents that its steps ask.
    pub(super) ssh: BTreeSet<String>,
    /// Values that the user gave for names: `--env`.
    pub(super) values: Vec<(String, String)>,
}

impl PlanSource {
    /// Reads the plan that the arguments name, or plans the app, unless `interrupt` comes first. What was found is shown to a
    /// person unless `is_quiet`.
    pub(super) fn new(
        arguments: &BuildCommand,
        is_verbose: bool,
        is_quiet: bool,
        interrupt: &Interrupt,
        surroundings: &mut Surroundings<'_>,
    ) -> Result<Self, ClientError> {
        let planning = &arguments.planning;
        let (filename, text) = if let Some(file) = &arguments.plan {
            read(file)?
        } else {
            let variable = surroundings.variable;
            let planned = plan_app(planning, is_verbose, variable, &interrupt.flag());
            if interrupt.is_wanted() {
                return Err(ClientError::Interrupted);
            }
            if !is_quiet {
                let look = Look::new(surroundings.stderr_is_terminal, surroundings.variable);
                // A closed error stream leaves nobody to tell.
                let _ = writeln!(surroundings.stderr, "{}", describe(&planned, look));
            }
            let json = planned.outcome?.plan.to_json();
            (FILENAME.to_owned(), json.into_bytes())
        };
        let (environment, _) = environment(&planning.variables, is_verbose, surroundings.variable)
            .map_err(crate::cli::PlanningError::from)?;
        let value = |name: &str| environment.variable(name).map(str::to_owned);
        Ok(Self::of(filename, text, &value))
    }

    /// What is in the text of a plan; `value` gives what the user gave for a name.
    pub(super) fn of(
        filename: String,
        text: Vec<u8>,
        value: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        // What is wrong with it is told by the frontend, with its lines.
        let plan = parse(&text).map(|parsed| parsed.plan).unwrap_or_default();
        let file_secrets = plan.file_secrets().into_iter().map(str::to_owned);
        let file_secrets = file_secrets.collect();
        let ssh = plan.steps.iter().flat_map(|step| &step.ssh);
        let ssh = ssh.map(|id| id.value.clone()).collect();
        let secrets = plan.secrets.into_iter().map(|secret| secret.value);
        let secrets: Vec<_> = secrets.collect();
        let values = secrets.iter().filter_map(|name| {
            let value = value(name)?;
            Some((name.clone(), value))
        });
        Self {
            values: values.collect(),
            filename,
            text,
            secrets,
            file_secrets,
            ssh,
        }
    }
}

fn read(file: &Path) -> Result<(String, Vec<u8>), ClientError> {
    let error = |source| ClientError::ReadPlan {
        file: file.to_owned(),
        source,
    };
    let mut text = Vec::new();
    // A little more than is built, so that the frontend tells that it is too much.
    let limit = MAX_PLAN_SIZE as u64 + 1;
    let opened = std::fs::File::open(file).map_err(error)?;
    opened.take(limit).read_to_end(&mut text).map_err(error)?;
    let name = file.file_name().unwrap_or_default();
    Ok((name.to_string_lossy().into_owned(), text))
}
