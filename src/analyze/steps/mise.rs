//! The step that installs tools with mise.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/generate/mise_step_builder.go>.

use std::collections::{BTreeMap, BTreeSet};

use toml::Value;

use super::mise_files::app_versions;
use super::{CommandStep, install_packages, mise_config};
use crate::analyze::AnalyzeError;
use crate::analyze::app::{App, AppError};
use crate::analyze::caches::Caches;
use crate::analyze::environment::Environment;
use crate::analyze::packages::Packages;
use crate::analyze::parts::{
    copy_file, exec_named, file, image_layer, path, step_layer, step_paths,
};
use crate::plan::Layer;

/// The name of the asset with mise's configuration; `generated` tells a reader of the plan that no user wrote it.
const CONFIG_ASSET: &str = "generated-mise-toml";
/// Where mise finds a configuration that it trusts without being asked to.
const CONFIG_PATH: &str = "/etc/mise/config.toml";
/// Where mise puts the programs that run a tool's version of the app.
pub(crate) const MISE_SHIMS: &str = "/mise/shims";
/// Where mise puts the tools themselves.
pub(crate) const MISE_INSTALLS: &str = "/mise/installs";
/// What the image needs to run the installed tools.
const OUTPUT_PATHS: [&str; 5] = [
    MISE_SHIMS,
    MISE_INSTALLS,
    "/usr/local/bin/mise",
    CONFIG_PATH,
    "/root/.local/state/mise",
];

/// Files in which an app configures mise or names versions that mise reads
/// (<https://mise.jdx.dev/configuration.html>).
const CONFIG_FILES: [&str; 22] = [
    "mise.toml",
    ".mise.toml",
    "mise/config.toml",
    ".mise/config.toml",
    ".config/mise.toml",
    ".config/mise/config.toml",
    ".tool-versions",
    ".python-version",
    ".python-versions",
    ".node-version",
    ".nvmrc",
    ".ruby-version",
    "Gemfile",
    ".go-version",
    ".java-version",
    ".sdkmanrc",
    ".exenv-version",
    ".deno-version",
    "rust-toolchain.toml",
    ".bun-version",
    ".yvmrc",
    "global.json",
];
/// The same, for environments that `MISE_ENV` selects.
const CONFIG_PATTERNS: [&str; 3] = ["mise.*.toml", ".mise.*.toml", ".config/mise/conf.d/*.toml"];

/// Installs tools with mise; on its way into the plan.
#[derive(Clone, Debug)]
pub(crate) struct MiseStep {
    pub(crate) name: String,
    /// Debian packages that the tools need to be built or to run.
    pub(crate) apt_packages: Vec<String>,
    pub(crate) variables: BTreeMap<String, String>,
    /// Settings of mise by dotted name.
    pub(crate) settings: BTreeMap<String, Value>,
    packages: BTreeSet<String>,
    /// The tools whose versions count before those in the app's files.
    insisted: BTreeSet<String>,
    config_files: Vec<String>,
}

impl MiseStep {
    /// A step for an app, which may hold configuration of mise.
    pub(crate) fn new(name: &str, app: &App) -> Result<Self, AppError> {
        Ok(Self {
            name: name.to_owned(),
            apt_packages: Vec::new(),
            variables: BTreeMap::new(),
            settings: BTreeMap::new(),
            packages: BTreeSet::new(),
            insisted: BTreeSet::new(),
            config_files: find_config_files(app)?,
        })
    }

    /// Installs a tool, by default in this version.
    pub(crate) fn install(&mut self, packages: &mut Packages, tool: &str, default_version: &str) {
        packages.default_to(tool, default_version);
        self.packages.insert(tool.to_owned());
    }

    /// Asks for the versions that the app's own files ask mise for, as far as they are of tools that are installed.
    pub(crate) fn follow_app(&self, app: &App, packages: &mut Packages) -> Result<(), AppError> {
        for (tool, found) in app_versions(app)? {
            if self.packages.contains(&tool) {
                packages.request(&tool, &found.version, found.file);
            }
        }
        Ok(())
    }

    /// The version of a tool that the app's own files ask mise for, and the file.
    pub(crate) fn version_in_app(
        app: &App,
        tool: &str,
    ) -> Result<Option<(String, &'static str)>, AppError> {
        let found = app_versions(app)?.remove(tool);
        Ok(found.map(|found| (found.version, found.file)))
    }

    /// Lets the version that is asked for count before those that mise reads in the app's files, here and in all that goes on
    /// from this step.
    pub(crate) fn insist_on(&mut self, tool: &str) {
        if !self.config_files.is_empty() {
            self.insisted.insert(tool.to_owned());
        }
    }

    /// Installs no such tool after all: what is asked for under its name comes from elsewhere.
    pub(crate) fn leave_out(&mut self, tool: &str) {
        self.packages.remove(tool);
    }

    /// Whether tools are installed that the plan names, be they the user's or a provider's.
    pub(crate) fn has_packages(&self) -> bool {
        !self.packages.is_empty()
    }

    /// The app's files that configure mise.
    pub(crate) fn config_files(&self) -> &[String] {
        &self.config_files
    }

    /// The paths that the image needs to run the tools; none if nothing is installed.
    pub(crate) fn output_paths(&self) -> &'static [&'static str] {
        if self.is_empty() { &[] } else { &OUTPUT_PATHS }
    }

    /// The installed tools, for the image; `None` if nothing is installed.
    pub(crate) fn layer(&self) -> Option<Layer> {
        if self.is_empty() {
            None
        } else {
            Some(step_paths(&self.name, self.output_paths(), &[]))
        }
    }

    /// The steps of the plan: Debian packages if there are any, then the tools.
    pub(crate) fn into_steps(
        self,
        builder_image: &str,
        environment: &Environment,
        packages: &Packages,
        caches: &mut Caches,
    ) -> Result<Vec<CommandStep>, AnalyzeError> {
        let mut steps = Vec::new();
        let mut base = image_layer(builder_image);
        if !self.apt_packages.is_empty() {
            let apt = install_packages("packages:apt:build", base, &self.apt_packages, caches);
            base = step_layer(&apt.name);
            steps.push(apt);
        }

        let mut step = CommandStep::new(&self.name);
        step.inputs.push(base);
        step.secrets.clear();
        if !self.is_empty() {
            let tools: BTreeMap<_, _> = self
                .packages
                .iter()
                .filter_map(|tool| Some((tool.clone(), packages.get(tool)?.version_for_mise())))
                .collect();
            let names: Vec<_> = tools.keys().map(String::as_str).collect();
            step.commands.push(path(MISE_SHIMS));
            step.commands
                .extend(self.config_files.iter().map(|file| copy_file(file)));
            step.commands
                .push(file(CONFIG_PATH, CONFIG_ASSET, "create mise config"));
            step.commands.push(exec_named(
                "mise install",
                format!("install mise packages: {}", names.join(", ")),
            ));
            let config =
                mise_config::generate(&tools, &self.settings).map_err(AnalyzeError::MiseConfig)?;
            step.assets.insert(CONFIG_ASSET.to_owned(), config);
            step.variables = variables(environment);
            let insisted = tools
                .iter()
                .filter(|(tool, _)| self.insisted.contains(*tool));
            step.variables
                .extend(insisted.map(|(tool, version)| (version_variable(tool), version.clone())));
            step.variables.extend(self.variables);
        }
        steps.push(step);
        Ok(steps)
    }

    fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.config_files.is_empty()
    }
}

/// The variable that mise takes a tool's version from before all files
/// (<https://mise.jdx.dev/configuration.html#mise-tool-version>).
fn version_variable(tool: &str) -> String {
    format!("MISE_{}_VERSION", tool.to_uppercase().replace('-', "_"))
}

fn variables(environment: &Environment) -> BTreeMap<String, String> {
    let mut variables: BTreeMap<_, _> = [
        ("MISE_DATA_DIR", "/mise"),
        ("MISE_CONFIG_DIR", "/mise"),
        ("MISE_CACHE_DIR", "/mise/cache"),
        ("MISE_SHIMS_DIR", MISE_SHIMS),
        ("MISE_INSTALLS_DIR", MISE_INSTALLS),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    if let Some(verbose) = environment.variable("MISE_VERBOSE") {
        variables.insert("MISE_VERBOSE".to_owned(), verbose.to_owned());
    }
    variables
}

fn find_config_files(app: &App) -> Result<Vec<String>, AppError> {
    let mut files = Vec::new();
    for file in CONFIG_FILES {
        if app.has(file)? {
            files.push(file.to_owned());
        }
    }
    for pattern in CONFIG_PATTERNS {
        let found = app.find_files(pattern)?;
        files.extend(
            found
                .into_iter()
                .filter(|file| !CONFIG_FILES.contains(&file.as_str())),
        );
    }
    let mut locks = BTreeSet::new();
    for file in files.iter().filter_map(|file| file.strip_suffix(".toml")) {
        let lock = match file.rsplit_once('/') {
            Some((directory, _)) => format!("{directory}/mise.lock"),
            None => "mise.lock".to_owned(),
        };
        if app.has(&lock)? {
            locks.insert(lock);
        }
    }
    files.extend(locks);
    Ok(files)
}
