//! Angular (<https://angular.dev/reference/configs/workspace-config>).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::source::Source;
use crate::analyze::app::AppError;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;

const CONFIG_FILE: &str = "angular.json";
/// The setting `RAILPACK_ANGULAR_PROJECT`.
const PROJECT: &str = "ANGULAR_PROJECT";
/// Where newer builders put what browsers load, in the output directory.
const BROWSER_DIRECTORY: &str = "browser";

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Workspace {
    default_project: Option<String>,
    projects: BTreeMap<String, Project>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Project {
    project_type: Option<String>,
    #[serde(alias = "targets")]
    architect: Option<Architect>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Architect {
    build: Option<Build>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Build {
    builder: String,
    options: Option<Options>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Options {
    output_path: Option<OutputPath>,
    browser: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OutputPath {
    Base(String),
    Parts {
        base: String,
        browser: Option<String>,
    },
}

pub(super) fn is_used(source: Source<'_>) -> Result<bool, AppError> {
    Ok(source.has_dependency("@angular/core")
        && source.builds_with("ng build")
        && source.file(CONFIG_FILE)?.is_some())
}

/// What the build makes of the project that is chosen; `None` if no project says.
pub(super) fn output(
    context: &Context<'_>,
    source: Source<'_>,
) -> Result<Option<String>, AnalyzeError> {
    let Some(path) = source.file(CONFIG_FILE)? else {
        return Ok(None);
    };
    let workspace: Workspace = source.app.read_json(&path)?;
    let chosen = match context.environment.setting(PROJECT) {
        Some(setting) => match workspace.projects.get_key_value(&setting.value) {
            Some(project) => Some(project),
            None => {
                return Err(AnalyzeError::Value {
                    place: setting.origin,
                    found: setting.value,
                    expected: "the name of a project in angular.json".into(),
                });
            }
        },
        None => workspace.default(),
    };
    Ok(chosen.and_then(|(name, project)| project.output(name)))
}

impl Workspace {
    fn default(&self) -> Option<(&String, &Project)> {
        let named = self.default_project.as_ref();
        named
            .and_then(|name| self.projects.get_key_value(name))
            .or_else(|| {
                let mut projects = self.projects.iter();
                projects.find(|(_, project)| project.project_type.as_deref() == Some("application"))
            })
            .or_else(|| self.projects.iter().next())
    }
}

impl Project {
    fn output(&self, name: &str) -> Option<String> {
        let build = self.architect.as_ref()?.build.as_ref()?;
        let options = build.options.as_ref();
        let is_new = build.builder.ends_with(":application")
            || options.is_some_and(|options| options.browser.is_some());
        let (base, browser) = match options.and_then(|options| options.output_path.as_ref()) {
            Some(OutputPath::Base(base)) => (base.clone(), None),
            Some(OutputPath::Parts { base, browser }) => (base.clone(), browser.as_deref()),
            // What builders of today use where nothing is said.
            None if is_new => (format!("dist/{name}"), None),
            None => return None,
        };
        if !is_new {
            return Some(base);
        }
        Some(match browser.unwrap_or(BROWSER_DIRECTORY) {
            "" => base,
            browser => format!("{}/{browser}", base.trim_end_matches('/')),
        })
    }
}
