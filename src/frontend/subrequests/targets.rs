//! What can be built: the steps, and the image.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/subrequests/targets/targets.go>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::location::Location;
use super::table::Table;
use super::{result, visible};
use crate::frontend::FrontendError;
use crate::frontend::options::keys;
use crate::frontend::run::read_plan;
use crate::gateway::BuildResult;
use crate::llb::SourceFile;
use crate::plan::{Command, Layer, LayerSource, Step};

/// How many commands of a step are told.
const MAX_COMMANDS: usize = 3;

#[derive(Serialize)]
struct List {
    targets: Vec<Target>,
    sources: [String; 1],
}

#[derive(Serialize)]
struct Target {
    name: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    default: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    base: String,
    location: Location,
}

pub(super) fn answer(file: &SourceFile) -> Result<BuildResult, FrontendError> {
    let (plan, _) = read_plan(file)?;
    let plan = plan.plan();
    let steps = plan.steps.iter().map(|step| Target {
        name: visible(&step.name),
        default: false,
        description: visible(&description(step)),
        base: base(step.inputs.first().map(|input| &input.value)),
        location: Location::new(step.span),
    });
    let deploy = Target {
        name: keys::DEPLOY.to_owned(),
        default: true,
        description: match &plan.deploy.start_command {
            Some(command) => visible(&format!("the image, which starts {}", command.value)),
            None => "the image".to_owned(),
        },
        base: base(plan.deploy.base.as_ref().map(|base| &base.value)),
        location: Location::new(plan.deploy.span),
    };
    let targets: Vec<_> = steps.chain([deploy]).collect();

    let mut table = Table::new(1);
    table.row(["TARGET", "DESCRIPTION"]);
    for target in &targets {
        let default = if target.default { " (default)" } else { "" };
        let name = format!("{}{default}", target.name);
        table.row([name.as_str(), target.description.as_str()]);
    }
    let text = table.to_string();
    let sources = [STANDARD.encode(&file.data)];
    Ok(result(&List { targets, sources }, text))
}

/// What a step does, in a few words.
fn description(step: &Step) -> String {
    let told: Vec<_> = step
        .commands
        .iter()
        .map(|command| told(&command.value))
        .collect();
    let more = told.len().saturating_sub(MAX_COMMANDS);
    let text = told
        .into_iter()
        .take(MAX_COMMANDS)
        .collect::<Vec<_>>()
        .join(", ");
    if more > 0 {
        format!("{text}, and {more} more")
    } else {
        text
    }
}

fn told(command: &Command) -> String {
    match command {
        Command::Exec(exec) => exec.custom_name.as_ref().unwrap_or(&exec.cmd).clone(),
        Command::Path(path) => format!("PATH {}", path.path),
        Command::Copy(copy) => format!("copy {}", copy.src),
        Command::File(file) => file
            .custom_name
            .clone()
            .unwrap_or_else(|| format!("write {}", file.path)),
    }
}

fn base(layer: Option<&Layer>) -> String {
    match layer.map(|layer| &layer.source) {
        Some(LayerSource::Image(name) | LayerSource::Step(name)) => visible(name),
        Some(LayerSource::Local | LayerSource::Spread) | None => String::new(),
    }
}
