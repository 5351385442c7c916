//! Browsers that an app drives: Puppeteer's and Playwright's.

use super::Node;
use crate::analyze::context::Context;
use crate::analyze::parts::exec;
use crate::analyze::providers::playwright;
use crate::analyze::steps::CommandStep;

/// The switch that installs Playwright's browsers. They are large, and many apps need Playwright for their tests alone.
const PLAYWRIGHT_SWITCH: &str = "NODE_PLAYWRIGHT_INSTALL";

/// What Chrome and Puppeteer need (<https://pptr.dev/troubleshooting>).
const PUPPETEER_PACKAGES: [&str; 37] = [
    "ca-certificates",
    "fonts-liberation",
    "libasound2",
    "libatk1.0-0",
    "libc6",
    "libcairo2",
    "libcups2",
    "libdbus-1-3",
    "libexpat1",
    "libfontconfig1",
    "libgbm1",
    "libgcc1",
    "libgdk-pixbuf-2.0-0",
    "libglib2.0-0",
    "libgtk-3-0",
    "libnspr4",
    "libnss3",
    "libpango-1.0-0",
    "libpangocairo-1.0-0",
    "libstdc++6",
    "libx11-6",
    "libx11-xcb1",
    "libxcb1",
    "libxcomposite1",
    "libxcursor1",
    "libxdamage1",
    "libxext6",
    "libxfixes3",
    "libxi6",
    "libxrandr2",
    "libxrender1",
    "libxss1",
    "libxtst6",
    "lsb-release",
    "wget",
    "xdg-utils",
    "xvfb",
];
impl Node<'_> {
    /// Makes the step `install` download browsers, and the image hold what they need.
    pub(super) fn install_browsers(&self, context: &mut Context<'_>, install: &mut CommandStep) {
        let has_dependency = |name| {
            self.workspace
                .packages()
                .any(|package| package.package_json.has_dependency(name))
        };
        if has_dependency("puppeteer") {
            context
                .messages
                .info("adding the libraries that Puppeteer's browser needs");
            context.deploy.add_apt_packages(&PUPPETEER_PACKAGES);
        }
        if context.environment.flag(PLAYWRIGHT_SWITCH) {
            context
                .messages
                .info("adding Playwright's browser, and the libraries that it needs");
            context.deploy.add_apt_packages(&playwright::PACKAGES);
            let command = self.package_manager.run_program(playwright::INSTALL);
            install.commands.push(exec(command));
        } else if self
            .workspace
            .packages()
            .any(|package| package.package_json.dependencies.contains_key("playwright"))
        {
            context.messages.suggestion(format!(
                "set RAILPACK_{PLAYWRIGHT_SWITCH}=1 if the app drives a browser with Playwright when it runs"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::analyze::Analysis;
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::{commands, plan};

    fn app(package_json: &str) -> Memory {
        Memory::default().file("package.json", package_json)
    }

    #[test]
    fn browsers_bring_their_libraries() {
        let apt = |analysis: &Analysis| commands(analysis, "packages:apt:runtime").join(" ");
        let puppeteer = plan(app(r#"{"devDependencies": {"puppeteer": "24"}}"#), &[]);
        assert!(apt(&puppeteer).contains(" libnss3 ") && apt(&puppeteer).contains(" xvfb"));

        let package_json = r#"{"dependencies": {"playwright": "1"}}"#;
        let without = plan(app(package_json), &[]);
        assert!(!apt(&without).contains("libnss3"));
        insta::assert_snapshot!(without.messages.iter().find(|message| message.text.contains("PLAYWRIGHT")).unwrap().text, @"set RAILPACK_NODE_PLAYWRIGHT_INSTALL=1 if the app drives a browser with Playwright when it runs");
        for (file, command) in [
            ("package-lock.json", "npx playwright install --only-shell"),
            (
                "pnpm-lock.yaml",
                "pnpm exec playwright install --only-shell",
            ),
            ("bun.lock", "bunx playwright install --only-shell"),
            ("yarn.lock", "npx playwright install --only-shell"),
            (".yarnrc.yml", "yarn run playwright install --only-shell"),
        ] {
            let analysis = plan(
                app(package_json).file(file, ""),
                &[("RAILPACK_NODE_PLAYWRIGHT_INSTALL", "1")],
            );
            assert_eq!(commands(&analysis, "install").last().unwrap(), command);
            assert!(apt(&analysis).contains("libxkbcommon0"));
        }
    }
}
