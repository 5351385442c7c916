//! .NET, for projects of C#.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/dotnet/dotnet.go>,
//! <https://railpack.com/languages/dotnet>.

mod project;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::Provider;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{copy, exec, local_layer, shell_word, step_layer, step_paths};
use crate::analyze::steps::CommandStep;
use project::Project;

const DOTNET: &str = "dotnet";
const DEFAULT_VERSION: &str = "8.0";
const VERSION_SETTING: &str = "DOTNET_VERSION";
const PROJECTS: &str = "*.csproj";
/// Names the SDK that builds an app (<https://learn.microsoft.com/dotnet/core/tools/global-json>).
const GLOBAL_FILE: &str = "global.json";
/// Where packages are installed.
const PACKAGES: &str = "/root/.nuget/packages";
/// Where mise installs .NET, below its version.
const INSTALLS: &str = "/mise/installs/dotnet";
/// Where the published app is, in the app's directory.
const OUTPUT: &str = "out";
/// What .NET needs for languages and regions.
const RUNTIME_PACKAGES: [&str; 1] = ["libicu-dev"];

const START_COMMAND_HELP: &str =
    "a .NET app is started by the program of the first *.csproj in its directory";

/// The provider of .NET apps.
pub(super) struct DotnetProvider;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GlobalFile {
    sdk: Sdk,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sdk {
    version: Option<String>,
}

impl Provider for DotnetProvider {
    fn name(&self) -> &'static str {
        "dotnet"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(!context.app.find_files(PROJECTS)?.is_empty())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let files = context.app.find_files(PROJECTS)?;
        let Some(file) = files.first() else {
            return Err(AnalyzeError::NothingFound {
                purpose: "build",
                looked_for: vec![format!("{PROJECTS} in the app's directory")],
                hint: "say what to build with RAILPACK_BUILD_CMD, or plan the directory of the project".to_owned(),
            });
        };
        let project = Project::read(context.app, file)?;
        request_version(context, file, &project)?;
        let version = context.packages.get(DOTNET);
        let version = version.map_or(DEFAULT_VERSION, |dotnet| dotnet.version.as_str());
        let root = format!("{INSTALLS}/{version}");
        let variables = [
            ("ASPNETCORE_ENVIRONMENT", "Production"),
            ("ASPNETCORE_CONTENTROOT", "/app/out"),
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
            ("DOTNET_ROOT", &root),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));

        let mut install = CommandStep::new("install");
        install.inputs.push(step_layer(&context.mise.name));
        install.variables.extend(variables.clone());
        install
            .commands
            .extend(["nuget.config*", PROJECTS, "global.json*"].map(copy));
        install
            .commands
            .extend([exec(format!("mkdir -p {PACKAGES}")), exec("dotnet restore")]);

        let mut build = CommandStep::new("build");
        build.inputs.extend([
            step_layer(&context.mise.name),
            step_paths(&install.name, &["obj/", PACKAGES], &[]),
            local_layer(),
        ]);
        build.variables.extend(variables.clone());
        build.commands.push(exec(format!(
            "dotnet publish --no-restore -c Release -o {OUTPUT}"
        )));

        context.deploy.add_apt_packages(&RUNTIME_PACKAGES);
        context.deploy.inputs.extend([
            step_paths(&context.mise.name, &[&root], &[]),
            step_paths(&build.name, &[OUTPUT], &[]),
        ]);
        let program = format!("./{OUTPUT}/{}", project.program);
        context.deploy.start_command = Some(format!(
            "ASPNETCORE_URLS=http://0.0.0.0:${{PORT:-3000}} {}",
            shell_word(&program)
        ));
        context.deploy.variables.extend(variables);
        context.add_step(install);
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// The version of the files that mise reads, then of the setting, then of `global.json`, then of the project's framework.
fn request_version(
    context: &mut Context<'_>,
    file: &str,
    project: &Project,
) -> Result<(), AnalyzeError> {
    context
        .mise
        .install(&mut context.packages, DOTNET, DEFAULT_VERSION);
    if let Some(framework) = &project.framework {
        let place = format!("{file} > TargetFramework");
        let Some(version) = project::version(framework) else {
            return Err(AnalyzeError::Value {
                place,
                found: framework.clone(),
                expected: "a framework that runs on Linux, such as net8.0".into(),
            });
        };
        context.packages.request(DOTNET, version, &place);
    }
    if context.app.has(GLOBAL_FILE)? {
        let global: GlobalFile = context.app.read_json(GLOBAL_FILE)?;
        if let Some(version) = global.sdk.version {
            let origin = format!("{GLOBAL_FILE} > sdk > version");
            context.packages.request(DOTNET, &version, &origin);
        }
    }
    Ok(context.follow_version_sources(DOTNET, VERSION_SETTING)?)
}
