//! Laying one source of configuration over another.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/internal/utils/merge.go>. What loses is told, as the
//! reference's documentation of Procfiles says that `RAILPACK_START_CMD` wins over the file, and its code lets it lose.

use super::{Config, DeployConfig, Sourced, StepConfig};
use crate::analyze::messages::Messages;
use crate::plan::ImageConfig;

impl Config {
    /// Lays a later source over this one.
    pub(super) fn merge(&mut self, later: Self, messages: &mut Messages) {
        for (name, step) in later.steps {
            let what = format!("the commands of step `{name}`");
            self.steps
                .entry(name)
                .or_default()
                .merge(step, &what, messages);
        }
        replace(&mut self.providers, later.providers);
        replace_telling(
            &mut self.app_directory,
            later.app_directory,
            "the app's directory",
            messages,
        );
        replace_telling(
            &mut self.build_apt_packages,
            later.build_apt_packages,
            "the build apt packages",
            messages,
        );
        self.deploy.merge(later.deploy, messages);
        for (name, version) in later.packages {
            let what = format!("the version of `{name}`");
            let mut earlier = self.packages.remove(&name);
            replace_telling(&mut earlier, Some(version), &what, messages);
            self.packages.extend(earlier.map(|version| (name, version)));
        }
        self.caches.extend(later.caches);
        self.secrets.extend(later.secrets);
        replace(&mut self.exclude, later.exclude);
        replace(&mut self.file, later.file);
    }
}

impl StepConfig {
    fn merge(&mut self, later: Self, what: &str, messages: &mut Messages) {
        replace(&mut self.span, later.span);
        replace(&mut self.inputs, later.inputs);
        replace_telling(&mut self.commands, later.commands, what, messages);
        replace(&mut self.secrets, later.secrets);
        replace(&mut self.secret_files, later.secret_files);
        replace(&mut self.ssh, later.ssh);
        replace(&mut self.caches, later.caches);
        replace(&mut self.deploy_outputs, later.deploy_outputs);
        self.assets.extend(later.assets);
        self.variables.extend(later.variables);
    }
}

impl DeployConfig {
    fn merge(&mut self, later: Self, messages: &mut Messages) {
        replace_telling(
            &mut self.apt_packages,
            later.apt_packages,
            "the deploy apt packages",
            messages,
        );
        replace(&mut self.base, later.base);
        replace(&mut self.inputs, later.inputs);
        replace_telling(
            &mut self.start_command,
            later.start_command,
            "the start command",
            messages,
        );
        replace(&mut self.paths, later.paths);
        if later.config != ImageConfig::default() {
            self.config = later.config;
        }
        self.variables.extend(later.variables);
    }
}

fn replace<T>(value: &mut Option<T>, later: Option<T>) {
    if later.is_some() {
        *value = later;
    }
}

/// [`replace`], which warns where two sources contradict each other.
fn replace_telling<T: PartialEq>(
    value: &mut Option<Sourced<T>>,
    later: Option<Sourced<T>>,
    what: &str,
    messages: &mut Messages,
) {
    if let (Some(earlier), Some(later)) = (&value, &later)
        && earlier.value != later.value
    {
        messages.warning(format!(
            "{} sets {what}, but {} sets it otherwise and wins",
            earlier.origin, later.origin
        ));
    }
    replace(value, later);
}
