//! Serving files with Caddy (<https://caddyserver.com>).
//!
//! Two providers do it: the one of static sites, and the one of Node.js for apps that are only files once they are built. What
//! Caddy does stands in the app's own `Caddyfile` if there is one, else in Railpack's.

mod caddyfile;

use std::collections::BTreeMap;

use super::app::App;
use super::error::AnalyzeError;
use super::messages::Messages;
use super::packages::Packages;
use super::parts::exec;
use super::steps::{Binary, CommandStep};
use super::template::{TemplateValue, render};
use crate::plan::{Command, FileCommand};
pub(crate) use caddyfile::{Headers, word};

/// The tool's name in mise.
const CADDY: &str = "caddy";
/// The version that Railpack's own configuration is written for.
const VERSION: &str = "2";
/// The name of the asset that holds the configuration, and of the app's own file.
const CADDYFILE: &str = "Caddyfile";
/// The app's own configuration, in the order in which it counts.
const APP_FILES: [&str; 2] = ["Caddyfile.template", CADDYFILE];

/// What is served, and how.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The directory that is served.
    pub(crate) root: String,
    /// Whether `index.html` answers for every path that nothing else answers for.
    pub(crate) index_fallback: bool,
    pub(crate) headers: Headers,
}

impl Site {
    /// Caddy's configuration.
    pub(crate) fn caddyfile(
        &self,
        app: &App,
        messages: &mut Messages,
    ) -> Result<String, AnalyzeError> {
        let Some(name) = app.first_of(&APP_FILES)? else {
            return Ok(caddyfile::generate(self));
        };
        messages.info(format!("the web server is configured by {name}"));
        let root = || TemplateValue::Text(self.root.clone());
        let values = BTreeMap::from([
            ("DIST_DIR", root()),
            ("IndexFallback", TemplateValue::Flag(self.index_fallback)),
            ("StaticFileRoot", root()),
        ]);
        render(name, &app.read_text(name)?, &values)
    }
}

/// Caddy itself.
pub(crate) fn binary(packages: &mut Packages, builder_image: &str) -> Binary {
    Binary::new(CADDY, VERSION, packages, builder_image)
}

/// Writes the configuration in a step, which has Caddy on its PATH: what Caddy cannot read ends the build there.
pub(crate) fn write_caddyfile(step: &mut CommandStep, path: &str, content: String) {
    step.commands.extend([
        Command::File(FileCommand {
            path: path.to_owned(),
            name: CADDYFILE.to_owned(),
            mode: None,
            custom_name: None,
        }),
        exec(format!("caddy fmt --overwrite {path}")),
    ]);
    step.assets.insert(CADDYFILE.to_owned(), content);
}

/// What the container runs. The log goes where the app's own output is looked for.
pub(crate) fn start_command(path: &str) -> String {
    format!("caddy run --config {path} --adapter caddyfile 2>&1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;

    fn caddyfile(app: Memory) -> String {
        let site = Site {
            root: "/app/dist".to_owned(),
            index_fallback: true,
            headers: Headers::Basic,
        };
        site.caddyfile(&app.app(), &mut Messages::default())
            .unwrap()
    }

    #[test]
    fn the_apps_own_configuration_goes_before() {
        let own = Memory::default().file("Caddyfile", "root * {{.DIST_DIR}}");
        assert_eq!(caddyfile(own), "root * /app/dist");
        let both = Memory::default()
            .file("Caddyfile", "x")
            .file("Caddyfile.template", "{{if .IndexFallback}}y{{end}}");
        assert_eq!(caddyfile(both), "y");
        assert!(caddyfile(Memory::default()).contains("try_files"));
    }
}
