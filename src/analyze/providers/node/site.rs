//! Serving an app that is only files once it is built.

use super::Node;
use super::frameworks::StaticSite;
use crate::analyze::caddy::{self, Headers, Site};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{step_layer, step_paths};
use crate::analyze::staticfile::Staticfile;
use crate::analyze::steps::CommandStep;

/// Where Caddy's configuration is: not among the files that are served.
const CADDYFILE: &str = "/Caddyfile";

impl Node<'_> {
    /// Makes the image serve what the build made, and hold nothing else of the app.
    pub(super) fn deploy_site(
        &self,
        context: &mut Context<'_>,
        static_site: &StaticSite,
        build: &CommandStep,
    ) -> Result<(), AnalyzeError> {
        context.messages.info(format!(
            "serving the directory {} ({})",
            static_site.output,
            static_site.framework.unwrap_or("static")
        ));
        let staticfile = Staticfile::read(self.app)?;
        staticfile.warn_of_unknown_fields(&mut context.messages);
        let site = Site {
            root: static_site.root(),
            // Pages that a framework makes up in the browser have no file.
            index_fallback: staticfile.index_fallback.unwrap_or(true),
            headers: Headers::Basic,
        };

        let binary = caddy::binary(&mut context.packages, &context.images.builder);
        let mut caddy = CommandStep::new("caddy");
        caddy.inputs.push(step_layer(&binary.step.name));
        let caddyfile = site.caddyfile(self.app, &mut context.messages)?;
        caddy::write_caddyfile(&mut caddy, CADDYFILE, caddyfile);

        context.deploy.start_command = Some(caddy::start_command(CADDYFILE));
        context.deploy.inputs.extend([
            binary.layer(),
            step_paths(&caddy.name, &[CADDYFILE], &[]),
            step_paths(&build.name, &[&static_site.output], &[]),
        ]);
        context.add_step(binary.step);
        context.add_step(caddy);
        Ok(())
    }
}
