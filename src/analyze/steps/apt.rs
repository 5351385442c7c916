//! Installing Debian packages.

use super::CommandStep;
use crate::analyze::caches::Caches;
use crate::analyze::parts::exec_named;
use crate::plan::{Command, Layer, shell_command};

/// A step that adds Debian packages to `base`.
pub(crate) fn install_packages(
    name: &str,
    base: Layer,
    packages: &[String],
    caches: &mut Caches,
) -> CommandStep {
    let mut step = CommandStep::new(name);
    step.inputs.push(base);
    step.commands.push(install_command(packages));
    step.caches = caches.add_apt();
    step.secrets.clear();
    step
}

fn install_command(packages: &[String]) -> Command {
    let mut packages: Vec<&str> = packages.iter().map(String::as_str).collect();
    packages.sort_unstable();
    packages.dedup();
    let packages = packages.join(" ");
    let line = format!("apt-get update && apt-get install -y {packages}");
    exec_named(
        shell_command(&line),
        format!("install apt packages: {packages}"),
    )
}
