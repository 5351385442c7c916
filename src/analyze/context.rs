//! What a provider works with.

use std::collections::BTreeMap;

use super::app::{App, AppError};
use super::caches::Caches;
use super::config::{Config, Origin, Sourced, is_spread_command};
use super::deploy::DeployBuilder;
use super::environment::{Environment, Setting};
use super::images::BaseImages;
use super::messages::Messages;
use super::packages::Packages;
use super::parts::image_layer;
use super::steps::{CommandStep, MiseStep};

/// The name of the step that installs tools with mise.
const MISE_STEP: &str = "packages:mise";
/// The name of the step that installs those that the image holds, where the build's are others.
pub(crate) const RUNTIME_MISE_STEP: &str = "packages:mise:runtime";

/// The app and what was asked for on one side, the growing plan on the other.
pub(crate) struct Context<'a> {
    pub(crate) app: &'a App,
    pub(crate) environment: &'a Environment,
    pub(crate) config: &'a Config,
    pub(crate) images: &'a BaseImages,

    /// The versions that were asked for.
    pub(crate) packages: Packages,
    /// Installs tools for the build; its result is also where a provider's steps usually start.
    pub(crate) mise: MiseStep,
    /// Installs the tools of the image, where they are not simply the build's.
    pub(crate) runtime_mise: Option<MiseStep>,
    /// The other steps, in the order of the plan.
    pub(crate) steps: Vec<CommandStep>,
    pub(crate) deploy: DeployBuilder,
    pub(crate) caches: Caches,
    /// Whether another provider has planned before: then the app is one of its language, and this is a part of it.
    pub(crate) is_beside: bool,
    /// Whether the image goes without development dependencies though nobody asks for that.
    pub(crate) prunes_dependencies: bool,
    /// What was found out about the app, by name, for who reads more than the plan.
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) messages: Messages,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        app: &'a App,
        environment: &'a Environment,
        config: &'a Config,
        images: &'a BaseImages,
    ) -> Result<Self, AppError> {
        let mut context = Self {
            app,
            environment,
            config,
            images,
            packages: Packages::default(),
            mise: MiseStep::new(MISE_STEP, app)?,
            runtime_mise: None,
            steps: Vec::new(),
            deploy: DeployBuilder::new(image_layer(&images.runtime)),
            caches: Caches::default(),
            is_beside: false,
            prunes_dependencies: false,
            metadata: BTreeMap::new(),
            messages: Messages::default(),
        };
        for (tool, Sourced { value, origin }) in &config.packages {
            context.mise.install(&mut context.packages, tool, value);
            context.packages.fix(tool, value, &origin.to_string());
        }
        Ok(context)
    }

    /// Adds a step; it takes the place of an earlier one of the same name.
    pub(crate) fn add_step(&mut self, step: CommandStep) {
        self.steps.retain(|other| other.name != step.name);
        self.steps.push(step);
    }

    /// Lets a setting, and then the files that mise reads in the app, say the version of a tool. In the build those files
    /// win whatever else is asked for, so that a setting beside them has no effect, which is told.
    pub(crate) fn follow_version_sources(
        &mut self,
        tool: &str,
        setting: &str,
    ) -> Result<(), AppError> {
        let setting = self.environment.setting(setting);
        if let Some(setting) = &setting {
            self.packages.request(tool, &setting.value, &setting.origin);
        }
        let before = self.packages.get(tool).cloned();
        self.mise.follow_app(self.app, &mut self.packages)?;
        if let (Some(setting), Some(before), Some(now)) = (setting, before, self.packages.get(tool))
            && before.origin == setting.origin
            && before.version != now.version
        {
            self.messages.warning(format!(
                "{} sets {tool} to {}, so {} does not count",
                now.origin, now.version, setting.origin
            ));
        }
        Ok(())
    }

    /// Lets the files that mise reads in the app, and then a setting, say the version of a tool. mise is told of the setting,
    /// as in the build it would take what the files say.
    pub(crate) fn follow_files_then_setting(
        &mut self,
        tool: &str,
        setting: &str,
    ) -> Result<(), AppError> {
        self.mise.follow_app(self.app, &mut self.packages)?;
        if let Some(setting) = self.environment.setting(setting) {
            self.packages.request(tool, &setting.value, &setting.origin);
            self.mise.insist_on(tool);
        }
        Ok(())
    }

    /// Installs a tool into the image alone, in the version that is asked for, else in this one.
    pub(crate) fn install_in_image(
        &mut self,
        tool: &str,
        default_version: &str,
    ) -> Result<(), AppError> {
        let mut mise = match self.runtime_mise.take() {
            Some(mise) => mise,
            None => MiseStep::new(RUNTIME_MISE_STEP, self.app)?,
        };
        mise.install(&mut self.packages, tool, default_version);
        if let Some(layer) = mise.layer()
            && !self.deploy.inputs.contains(&layer)
        {
            self.deploy.inputs.push(layer);
        }
        self.runtime_mise = Some(mise);
        Ok(())
    }

    /// Whether the user says what a step runs, in place of the provider.
    pub(crate) fn has_own_commands(&self, step: &str) -> bool {
        let step = self.config.steps.get(step);
        step.is_some_and(|step| step.commands.is_some())
    }

    /// What replaces all that the provider runs in a step, if something does.
    pub(crate) fn replaces_step(&self, step: &str) -> Option<&'a Origin> {
        let configured = self.config.steps.get(step).filter(|_| !self.is_beside)?;
        let commands = configured.commands.as_ref()?;
        let mut commands_of_step = commands.value.iter();
        let keeps_own = commands_of_step.any(|command| is_spread_command(command));
        (!keeps_own).then_some(&commands.origin)
    }

    /// The value of a setting that only what the provider runs in a step follows. Where the user has replaced that it has no
    /// effect, which is told.
    pub(crate) fn setting_of_step(&mut self, step: &str, name: &str) -> Option<Setting> {
        let setting = self.environment.setting(name)?;
        if let Some(origin) = self.replaces_step(step) {
            self.messages.warning(format!(
                "{} has no effect: {origin} says what the step `{step}` runs",
                setting.origin
            ));
        }
        Some(setting)
    }

    /// Notes something about the app if it is so.
    pub(crate) fn note(&mut self, name: &str, is_so: bool) {
        if is_so {
            self.metadata.insert(name.to_owned(), "true".to_owned());
        }
    }
}
