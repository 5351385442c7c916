//! `railpack info`.

use super::Session;
use super::arguments::{Format, InfoArguments};
use super::build_result::BuildResult;
use super::error::CommandError;
use super::graph;
use super::plan::write;
use super::planning::Planned;
use super::pretty::{Look, describe, section};

/// Plans an app and writes what is known about it.
pub(super) fn run(
    arguments: &InfoArguments,
    session: &mut Session<'_>,
) -> Result<(), CommandError> {
    let planned = session.plan(&arguments.planning)?;
    let picture = match (&arguments.graph, &planned.outcome) {
        (Some(_), Ok(analysis)) => {
            let providers = analysis.providers.join(", ");
            let providers = (!providers.is_empty()).then_some(providers.as_str());
            Some(graph::draw(&analysis.plan, providers)?)
        }
        _ => None,
    };
    let (what, text) = match (&arguments.graph, picture) {
        (Some(Some(file)), Some(picture)) => {
            write(session, file, &picture, "graph")?;
            ("info", text(arguments, &planned, session))
        }
        (Some(None), Some(picture)) => ("graph", picture),
        // No picture shows that there is no plan.
        (Some(None), None) => {
            planned.outcome?;
            return Ok(());
        }
        _ => ("info", text(arguments, &planned, session)),
    };
    match &arguments.out {
        None => session.write(&text)?,
        Some(path) => write(session, path, &text, what)?,
    }
    planned.outcome?;
    Ok(())
}

/// What is known, for a person or for programs.
fn text(arguments: &InfoArguments, planned: &Planned, session: &Session<'_>) -> String {
    if arguments.format == Format::Json {
        return BuildResult::new(planned).to_json();
    }
    let look = match arguments.out {
        None => session.stdout_look,
        Some(_) => Look::PLAIN,
    };
    let mut text = describe(planned, look);
    if let (true, Ok(analysis)) = (arguments.show_plan, &planned.outcome) {
        text.push_str(&section("Plan", look));
        text.push_str(&analysis.plan.to_json());
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::cli::ExitStatus;
    use crate::cli::testing::{app, railpack, text, told};

    #[test]
    fn info_describes_all_that_is_known() {
        let app = app();
        let arguments = ["info", text(app.path()), "--env", "TOKEN=hidden"];
        let ended = railpack(&arguments, &[]);
        assert_eq!(
            (ended.status, ended.stderr.as_str()),
            (ExitStatus::Success, "")
        );
        insta::assert_snapshot!(told(&ended.stdout, &app), @"
        Railpack [version]

        Provider
          node

        Found
          detected node
          package-lock.json found, so npm it is
          using the package manager npm

        Packages
          node  22.22.0  package.json > engines > node

        Steps
          packages:mise
            on         ghcr.io/railwayapp/railpack-builder:mise-2026.8.6
            PATH       /mise/shims
            write      /etc/mise/config.toml
            run        install mise packages: node
            variables  MISE_CACHE_DIR, MISE_CONFIG_DIR, MISE_DATA_DIR, MISE_INSTALLS_DIR, MISE_SHIMS_DIR
          install
            on         packages:mise
            PATH       /app/node_modules/.bin
            run        mkdir -p /app/node_modules/.cache
            copy       package-lock.json, package.json
            run        npm install
            caches     npm-install (/root/.npm)
            variables  CI, NODE_ENV, NPM_CONFIG_FETCH_RETRIES, NPM_CONFIG_FUND, NPM_CONFIG_PRODUCTION, NPM_CONFIG_UPDATE_NOTIFIER
          build
            on         install
            with       the app's directory
            caches     node-modules (/app/node_modules/.cache)
            secrets    all
          packages:apt:runtime
            on         ghcr.io/railwayapp/railpack-runtime:mise-2026.8.6
            run        install apt packages: libatomic1
            caches     apt (/var/cache/apt), apt-lists (/var/lib/apt/lists)

        Image
          on         packages:apt:runtime
          with       packages:mise (/mise/shims, /mise/installs, /usr/local/bin/mise, /etc/mise/config.toml, /root/.local/state/mise)
          with       build (/app/node_modules)
          with       build (/root/.cache, . without node_modules, .yarn)
          variables  CI, NODE_ENV, NPM_CONFIG_FETCH_RETRIES, NPM_CONFIG_FUND, NPM_CONFIG_PRODUCTION, NPM_CONFIG_UPDATE_NOTIFIER, RAILPACK_VERSION
          start      node index.js

        Secrets
          TOKEN

        Metadata
          nodePackageManager  npm
          nodeRuntime         node
          providers           node

        Notes
          suggestion: name the package manager and its version in package.json as `packageManager`
        ");
    }

    #[test]
    fn info_tells_which_versions_the_build_chooses() {
        let app = app();
        fs::write(
            app.path().join("package.json"),
            r#"{"engines": {"node": ">=20 <23"}}"#,
        )
        .unwrap();
        let arguments = [
            "info",
            text(app.path()),
            "--env",
            "RAILPACK_PACKAGES=jq@1.8.1",
        ];
        let described = railpack(&arguments, &[]).stdout;
        let packages: Vec<_> = described
            .lines()
            .skip_while(|line| *line != "Packages")
            .take_while(|line| !line.is_empty())
            .collect();
        insta::assert_snapshot!(packages.join("\n"), @"
        Packages
          jq    1.8.1  RAILPACK_PACKAGES
          node  22     package.json > engines > node (>=20 <23), the newest, chosen in the build
        ");
    }

    #[test]
    fn colour_changes_no_word() {
        let app = app();
        let plain = railpack(&["info", text(app.path())], &[]).stdout;
        let coloured = railpack(&["info", text(app.path())], &[("FORCE_COLOR", "1")]).stdout;
        assert!(coloured.contains('\u{1b}'));
        let codes = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap();
        assert_eq!(codes.replace_all(&coloured, ""), plain);
        let out = app.path().join("info.txt");
        let arguments = ["info", text(app.path()), "--out", text(&out)];
        railpack(&arguments, &[("FORCE_COLOR", "1")]);
        assert_eq!(fs::read_to_string(out).unwrap(), plain);
    }

    #[test]
    fn info_for_programs_has_the_names_that_platforms_read() {
        let app = app();
        let arguments = ["info", text(app.path()), "--format", "json"];
        let ended = railpack(&arguments, &[]);
        assert_eq!(
            (ended.status, ended.stderr.as_str()),
            (ExitStatus::Success, "")
        );
        let mut info: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
        let plan = info.as_object_mut().unwrap().remove("plan").unwrap();
        let alone = railpack(&["plan", text(app.path())], &[]).stdout;
        assert_eq!(
            plan,
            serde_json::from_str::<serde_json::Value>(&alone).unwrap()
        );
        let rest = serde_json::to_string_pretty(&info).unwrap();
        insta::assert_snapshot!(told(&rest, &app), @r#"
        {
          "detectedProviders": [
            "node"
          ],
          "logs": [
            {
              "DocsPath": "",
              "Level": "info",
              "Msg": "detected node"
            },
            {
              "DocsPath": "",
              "Level": "info",
              "Msg": "package-lock.json found, so npm it is"
            },
            {
              "DocsPath": "",
              "Level": "suggestion",
              "Msg": "name the package manager and its version in package.json as `packageManager`"
            },
            {
              "DocsPath": "",
              "Level": "info",
              "Msg": "using the package manager npm"
            }
          ],
          "metadata": {
            "nodePackageManager": "npm",
            "nodeRuntime": "node",
            "providers": "node"
          },
          "railpackVersion": "[version]",
          "resolvedPackages": {
            "node": {
              "name": "node",
              "requestedVersion": "22.22.0",
              "resolvedVersion": "22.22.0",
              "source": "package.json > engines > node"
            }
          },
          "success": true
        }
        "#);
    }

    #[test]
    fn a_picture_goes_where_the_arguments_say() {
        let app = app();
        let (picture, other) = (app.path().join("plan.svg"), app.path().join("other.svg"));
        let described = railpack(&["info", text(app.path())], &[]).stdout;
        let ended = railpack(&["info", text(app.path()), "--graph", text(&picture)], &[]);
        assert_eq!(
            (ended.status, ended.stdout),
            (ExitStatus::Success, described)
        );
        let picture = fs::read_to_string(picture).unwrap();
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert_eq!(
            railpack(&["info", text(app.path()), "--graph"], &[]).stdout,
            picture
        );
        let ended = railpack(
            &["info", text(app.path()), "--graph", "--out", text(&other)],
            &[],
        );
        assert_eq!(
            (ended.status, ended.stdout.as_str()),
            (ExitStatus::Success, "")
        );
        assert_eq!(fs::read_to_string(other).unwrap(), picture);

        fs::write(app.path().join("package.json"), "{").unwrap();
        let ended = railpack(&["info", text(app.path()), "--graph"], &[]);
        assert_eq!(
            (ended.status, ended.stdout.as_str()),
            (ExitStatus::Failure, "")
        );
    }
}
