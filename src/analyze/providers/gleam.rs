//! Gleam.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/gleam/gleam.go>,
//! <https://railpack.com/languages/gleam>.

use serde::Deserialize;

use super::Provider;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{exec, local_layer, step_layer, step_paths};
use crate::analyze::steps::CommandStep;

/// The manifest (<https://gleam.run/writing-gleam/gleam-toml/>).
const MANIFEST: &str = "gleam.toml";
const GLEAM: &str = "gleam";
const ERLANG: &str = "erlang";
/// The app, compiled for Erlang with all that it needs.
const SHIPMENT: &str = "build/erlang-shipment/.";
/// The switch that puts the sources into the image too.
const SOURCE_SWITCH: &str = "GLEAM_INCLUDE_SOURCE";

const START_COMMAND_HELP: &str =
    "a Gleam app is started by the entry point that `gleam export erlang-shipment` makes";

/// The provider of Gleam apps.
pub(super) struct GleamProvider;

#[derive(Debug, Deserialize)]
struct Manifest {
    name: String,
    #[serde(default)]
    target: Option<String>,
}

impl Provider for GleamProvider {
    fn name(&self) -> &'static str {
        "gleam"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(context.app.has(MANIFEST)?)
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let manifest: Manifest = context.app.read_toml(MANIFEST)?;
        if let Some(target) = manifest.target.filter(|target| target != ERLANG) {
            return Err(AnalyzeError::Unsupported {
                what: format!("the target {target} of {}", manifest.name),
                found: format!("{MANIFEST} > target"),
            });
        }
        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&context.mise.name), local_layer()]);
        build.commands.push(exec("gleam export erlang-shipment"));
        for tool in [ERLANG, GLEAM] {
            context.mise.install(&mut context.packages, tool, "latest");
        }
        context
            .mise
            .follow_app(context.app, &mut context.packages)?;
        context.install_in_image(ERLANG, "latest")?;

        let output = if context.environment.flag(SOURCE_SWITCH) {
            "."
        } else {
            SHIPMENT
        };
        context
            .deploy
            .inputs
            .push(step_paths(&build.name, &[output], &[]));
        context.deploy.start_command = Some("./build/erlang-shipment/entrypoint.sh run".to_owned());
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::{commands, package, plan, start_command, step, try_plan};

    fn app(manifest: &str) -> Memory {
        Memory::default().file(MANIFEST, manifest)
    }

    #[test]
    fn the_shipment_runs_on_an_erlang_of_its_own() {
        let analysis = plan(
            app("name = \"shop\"\n").file(".tool-versions", "gleam 1.11.0\n"),
            &[],
        );
        assert_eq!(
            commands(&analysis, "build"),
            ["gleam export erlang-shipment"]
        );
        assert_eq!(
            package(&analysis, GLEAM),
            Some(("1.11.0", ".tool-versions"))
        );
        let tools = |name| {
            let assets = &step(&analysis, name).assets;
            let (tools, _) = assets["generated-mise-toml"].split_once("\n\n").unwrap();
            tools.to_owned()
        };
        insta::assert_snapshot!(tools("packages:mise"), @r#"
        [tools]
        erlang = "latest"
        gleam = "1.11.0"
        "#);
        insta::assert_snapshot!(tools("packages:mise:runtime"), @r#"
        [tools]
        erlang = "latest"
        "#);
        assert_eq!(
            start_command(&analysis),
            Some("./build/erlang-shipment/entrypoint.sh run")
        );
    }

    #[test]
    fn the_sources_are_in_the_image_if_asked_for() {
        let included = |variables: &[(&str, &str)]| {
            let analysis = plan(app("name = \"shop\"\n"), variables);
            let input = analysis.plan.deploy.inputs.last().unwrap();
            input.value.filter.include[0].value.clone()
        };
        assert_eq!(included(&[]), SHIPMENT);
        assert_eq!(included(&[("RAILPACK_GLEAM_INCLUDE_SOURCE", "1")]), ".");
    }

    #[test]
    fn what_cannot_be_planned_is_an_error() {
        let told = |manifest| try_plan(app(manifest), &[]).unwrap_err().to_string();
        insta::assert_snapshot!([
            told("name = \"shop\"\ntarget = \"javascript\"\n"),
            told("version = \"1.0.0\"\n"),
            told("name = shop\n"),
        ].join("\n"), @"
        found gleam.toml > target: the target javascript of shop is not supported yet
        gleam.toml:1:1: missing field `name`
        gleam.toml:1:8: string values must be quoted, expected literal string
        ");
    }
}
