//! Static sites: files that are served as they are.
//!
//! Rules: <https://github.com/railwayapp/railpack/blob/v0.37.0/core/providers/staticfile/staticfile.go>,
//! <https://railpack.com/languages/staticfile>.

use super::Provider;
use crate::analyze::caddy::{self, Headers, Site};
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;
use crate::analyze::parts::{leads_out, local_layer, step_layer, step_paths};
use crate::analyze::staticfile::{STATICFILE, Staticfile};
use crate::analyze::steps::CommandStep;

/// Where Caddy's configuration is, in the app's directory.
const CADDYFILE: &str = "Caddyfile";
/// The directory that is served where nothing names another one.
const PUBLIC_DIRECTORY: &str = "public";

const START_COMMAND_HELP: &str =
    "a static site is served by Caddy; its directory is looked for in this order:
1. the variable RAILPACK_STATIC_FILE_ROOT
2. the field `root` of a Staticfile
3. the directory public
4. the app's own directory, if it holds an index.html";

/// The provider of static sites.
pub(super) struct StaticfileProvider;

impl Provider for StaticfileProvider {
    fn name(&self) -> &'static str {
        "staticfile"
    }

    fn detect(&self, context: &Context<'_>) -> Result<bool, AnalyzeError> {
        Ok(find_root(context)?.is_some())
    }

    fn plan(&self, context: &mut Context<'_>) -> Result<(), AnalyzeError> {
        let (root, origin) = find_root(context)?.unwrap_or_default();
        context
            .messages
            .info(format!("serving the directory {root} ({origin})"));
        let staticfile = Staticfile::read(context.app)?;
        staticfile.warn_of_unknown_fields(&mut context.messages);
        let site = Site {
            root,
            index_fallback: staticfile.index_fallback.unwrap_or(false),
            headers: Headers::Strict,
        };

        let caddy = caddy::binary(&mut context.packages, &context.images.builder);
        let mut build = CommandStep::new("build");
        build
            .inputs
            .extend([step_layer(&caddy.step.name), local_layer()]);
        let caddyfile = site.caddyfile(context.app, &mut context.messages)?;
        caddy::write_caddyfile(&mut build, CADDYFILE, caddyfile);

        context
            .deploy
            .inputs
            .extend([caddy.layer(), step_paths(&build.name, &["."], &[])]);
        context.deploy.start_command = Some(caddy::start_command(CADDYFILE));
        context.add_step(caddy.step);
        context.add_step(build);
        Ok(())
    }

    fn start_command_help(&self) -> Option<&'static str> {
        Some(START_COMMAND_HELP)
    }
}

/// The directory to serve, and what says so.
fn find_root(context: &Context<'_>) -> Result<Option<(String, String)>, AnalyzeError> {
    if let Some(setting) = context.environment.setting("STATIC_FILE_ROOT") {
        if leads_out(&setting.value) {
            return Err(AnalyzeError::not_in_app(setting));
        }
        return Ok(Some((setting.value, setting.origin)));
    }
    if let Some(root) = Staticfile::read(context.app)?.root() {
        return Ok(Some((root.to_owned(), format!("{STATICFILE} > root"))));
    }
    if context.app.has(PUBLIC_DIRECTORY)? {
        return Ok(Some((
            PUBLIC_DIRECTORY.to_owned(),
            "it is there".to_owned(),
        )));
    }
    if context.app.has("index.html")? {
        return Ok(Some((".".to_owned(), "index.html is in it".to_owned())));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use crate::analyze::app::memory::Memory;
    use crate::analyze::testing::{plan, step, try_plan};

    /// The line of Caddy's configuration that names the directory.
    fn root(tree: Memory, variables: &[(&str, &str)]) -> Option<String> {
        let analysis = try_plan(tree, variables).ok()?;
        assert_eq!(analysis.providers, ["staticfile"]);
        let caddyfile = &step(&analysis, "build").assets["Caddyfile"].value;
        let line = caddyfile.lines().find(|line| line.contains("root *"))?;
        Some(line.trim().to_owned())
    }

    #[test]
    fn the_directory_is_the_settings_then_the_files_then_public_then_the_app() {
        let all = || {
            Memory::default()
                .file("Staticfile", "root: dist")
                .file("public/x", "")
                .file("index.html", "")
        };
        let setting = [("RAILPACK_STATIC_FILE_ROOT", " /srv/x ")];
        assert_eq!(root(all(), &setting).as_deref(), Some("root * /srv/x"));
        assert_eq!(root(all(), &[]).as_deref(), Some("root * dist"));
        let without_root = all().file("Staticfile", "index_fallback: true");
        assert_eq!(root(without_root, &[]).as_deref(), Some("root * public"));
        let page = Memory::default().file("index.html", "");
        assert_eq!(root(page, &[]).as_deref(), Some("root * ."));
        assert_eq!(root(Memory::default().file("Staticfile", ""), &[]), None);
    }

    #[test]
    fn a_directory_outside_the_app_is_refused() {
        let page = || Memory::default().file("index.html", "");
        let error = |tree, variables: &[_]| try_plan(tree, variables).unwrap_err().to_string();
        let errors = [
            error(page(), &[("RAILPACK_STATIC_FILE_ROOT", "../../etc")]),
            error(page(), &[("RAILPACK_STATIC_FILE_ROOT", "a/../../b")]),
            error(
                page().file("Staticfile", "index_fallback: true\nroot: ../../etc\n"),
                &[],
            ),
        ];
        insta::assert_snapshot!(errors.join("\n"), @r#"
        RAILPACK_STATIC_FILE_ROOT: found `../../etc`, expected a directory of the app
        RAILPACK_STATIC_FILE_ROOT: found `a/../../b`, expected a directory of the app
        Staticfile:2:7: invalid value: string "../../etc", expected a directory of the app
        "#);
        let inside = page().file("Staticfile", "root: a/../b/./..");
        assert_eq!(root(inside, &[]).as_deref(), Some("root * a/../b/./.."));
    }

    #[test]
    fn a_site_is_served_by_caddy_alone() {
        let tree = Memory::default().file("index.html", "").file(
            "Caddyfile.template",
            ":{$PORT:80}\nroot * {{.StaticFileRoot}}\n",
        );
        let analysis = plan(tree, &[]);
        let json = analysis
            .plan
            .to_json()
            .replace(env!("CARGO_PKG_VERSION"), "[version]");
        insta::assert_snapshot!(json, @r#"
        {
          "steps": [
            {
              "name": "packages:caddy",
              "inputs": [
                {
                  "image": "ghcr.io/railwayapp/railpack-builder:mise-2026.8.6"
                }
              ],
              "commands": [
                {
                  "cmd": "mise install-into caddy@2 /railpack/caddy"
                },
                {
                  "path": "/railpack/caddy"
                },
                {
                  "path": "/railpack/caddy/bin"
                }
              ],
              "variables": {
                "MISE_PARANOID": "1"
              }
            },
            {
              "name": "build",
              "inputs": [
                {
                  "step": "packages:caddy"
                },
                {
                  "local": true,
                  "include": [
                    "."
                  ]
                }
              ],
              "commands": [
                {
                  "path": "Caddyfile",
                  "name": "Caddyfile"
                },
                {
                  "cmd": "caddy fmt --overwrite Caddyfile"
                }
              ],
              "secrets": [
                "*"
              ],
              "assets": {
                "Caddyfile": ":{$PORT:80}\nroot * .\n"
              }
            }
          ],
          "deploy": {
            "base": {
              "image": "ghcr.io/railwayapp/railpack-runtime:mise-2026.8.6"
            },
            "inputs": [
              {
                "step": "packages:caddy",
                "include": [
                  "/railpack/caddy"
                ]
              },
              {
                "step": "build",
                "include": [
                  "."
                ]
              }
            ],
            "startCommand": "caddy run --config Caddyfile --adapter caddyfile 2>&1",
            "variables": {
              "RAILPACK_VERSION": "[version]"
            }
          }
        }
        "#);
    }

    #[test]
    fn the_index_page_answers_for_all_paths_only_if_asked_to() {
        for (staticfile, expected) in [("", false), ("index_fallback: true", true)] {
            let tree = Memory::default()
                .file("index.html", "")
                .file("Staticfile", staticfile);
            let json = plan(tree, &[]).plan.to_json();
            assert_eq!(json.contains("/index.html /index.html"), expected);
        }
    }

    #[test]
    fn a_broken_staticfile_is_an_error() {
        let tree = Memory::default().file("Staticfile", "index_fallback: 3");
        insta::assert_snapshot!(try_plan(tree, &[]).unwrap_err(), @"Staticfile:1:17: invalid type: integer `3`, expected `true` or `false`");
    }
}
