//! A step that installs one program, and keeps nothing else of what mise needs to install it.
//!
//! An image that only serves files gets a web server this way, without mise and its state. Rule:
//! <https://github.com/railwayapp/railpack/blob/v0.37.0/core/generate/install_bin_builder.go>.

use super::CommandStep;
use crate::analyze::packages::{Packages, RequestedPackage};
use crate::analyze::parts::{exec, image_layer, path, step_paths};
use crate::plan::Layer;

/// What holds a directory of each program.
const DIRECTORY: &str = "/railpack";

/// A program that a step of its own installs.
pub(crate) struct Binary {
    pub(crate) step: CommandStep,
    directory: String,
}

impl Binary {
    /// Installs a tool of mise, in this version unless another was asked for.
    pub(crate) fn new(
        tool: &str,
        default_version: &str,
        packages: &mut Packages,
        builder_image: &str,
    ) -> Self {
        packages.default_to(tool, default_version);
        let version = packages.get(tool).map_or_else(
            || default_version.to_owned(),
            RequestedPackage::version_for_mise,
        );
        let directory = format!("{DIRECTORY}/{tool}");
        let mut step = CommandStep::new(&format!("packages:{tool}"));
        step.inputs.push(image_layer(builder_image));
        step.commands.extend([
            exec(format!("mise install-into {tool}@{version} {directory}")),
            // Some tools are one file, others have it in `bin`.
            path(directory.clone()),
            path(format!("{directory}/bin")),
        ]);
        step.secrets.clear();
        // HTTPS only, as wherever mise installs something.
        step.variables
            .insert("MISE_PARANOID".to_owned(), "1".to_owned());
        Self { step, directory }
    }

    /// The program, for the image.
    pub(crate) fn layer(&self) -> Layer {
        step_paths(&self.step.name, &[&self.directory], &[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Command;

    #[test]
    fn the_version_is_the_one_asked_for_else_the_default() {
        let command = |packages: &mut Packages| {
            let binary = Binary::new("caddy", "2", packages, "builder");
            let [Command::Exec(first), ..] = binary.step.commands.as_slice() else {
                panic!("not a program")
            };
            first.cmd.clone()
        };
        let mut packages = Packages::default();
        assert_eq!(
            command(&mut packages),
            "mise install-into caddy@2 /railpack/caddy"
        );
        packages.fix("caddy", "2.9.1", "custom config");
        assert_eq!(
            command(&mut packages),
            "mise install-into caddy@2.9.1 /railpack/caddy"
        );
    }
}
