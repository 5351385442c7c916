//! The final image, on its way into the plan.

use std::collections::BTreeMap;

use super::caches::Caches;
use super::parts::step_layer;
use super::steps::{CommandStep, install_packages, spanned, spanned_values};
use crate::plan::{CommandLine, Deploy, ImageConfig, Layer, Spanned};

/// The step that installs Debian packages for the image.
pub(crate) const RUNTIME_PACKAGES_STEP: &str = "packages:apt:runtime";

/// What the final image holds and runs.
#[derive(Clone, Debug)]
pub(crate) struct DeployBuilder {
    pub(crate) base: Layer,
    pub(crate) inputs: Vec<Layer>,
    /// What a provider starts, in a shell.
    pub(crate) start_command: Option<String>,
    /// What the user configured in place of it.
    pub(crate) configured_start: Option<CommandLine>,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) paths: Vec<String>,
    /// Debian packages that the app needs when it runs.
    pub(crate) apt_packages: Vec<String>,
    pub(crate) config: ImageConfig,
}

impl DeployBuilder {
    pub(crate) fn new(base: Layer) -> Self {
        Self {
            base,
            inputs: Vec::new(),
            start_command: None,
            configured_start: None,
            variables: BTreeMap::new(),
            paths: Vec::new(),
            apt_packages: Vec::new(),
            config: ImageConfig::default(),
        }
    }

    /// Adds Debian packages that the app needs when it runs.
    pub(crate) fn add_apt_packages(&mut self, packages: &[&str]) {
        self.apt_packages
            .extend(packages.iter().map(|&package| package.to_owned()));
    }

    /// The image, and the step that installs Debian packages into its base if there are any.
    pub(crate) fn into_deploy(self, caches: &mut Caches) -> (Deploy, Option<CommandStep>) {
        let mut base = self.base;
        let mut apt = None;
        if !self.apt_packages.is_empty() {
            let step = install_packages(RUNTIME_PACKAGES_STEP, base, &self.apt_packages, caches);
            base = step_layer(&step.name);
            apt = Some(step);
        }
        let deploy = Deploy {
            base: Some(base.into()),
            inputs: spanned(self.inputs),
            start_command: self
                .configured_start
                .or(self.start_command.map(CommandLine::Shell))
                .map(Spanned::from),
            variables: spanned_values(self.variables),
            paths: spanned(self.paths),
            config: self.config,
        };
        (deploy, apt)
    }
}
