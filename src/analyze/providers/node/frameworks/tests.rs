//! Whole plans of small apps of each framework.

use crate::analyze::Analysis;
use crate::analyze::app::memory::Memory;
use crate::analyze::messages::Level;
use crate::analyze::testing::{caches, plan, start_command, step, try_plan};

fn app(package_json: &str) -> Memory {
    Memory::default()
        .file("package.json", package_json)
        .file("package-lock.json", "{}")
}

/// An app with one dependency and the script `build`.
fn built(dependency: &str, build: &str) -> Memory {
    app(&format!(
        r#"{{"dependencies": {{"{dependency}": "1"}}, "scripts": {{"build": "{build}"}}}}"#
    ))
}

/// The directory that Caddy serves, and what made it.
fn site(analysis: &Analysis) -> Option<(String, String)> {
    analysis.metadata.get("nodeIsSPA")?;
    let caddyfile = &step(analysis, "caddy").assets["Caddyfile"].value;
    let root = caddyfile
        .lines()
        .find_map(|line| line.trim().strip_prefix("root * "))?;
    Some((root.to_owned(), analysis.metadata["nodeRuntime"].clone()))
}

fn served(tree: Memory, variables: &[(&str, &str)]) -> Option<String> {
    site(&plan(tree, variables)).map(|(root, framework)| format!("{root} {framework}"))
}

#[test]
fn apps_that_are_only_files_are_served() {
    let vite = || built("vite", "tsc && vite build");
    let next = |config: &str| built("next", "next build").file("next.config.ts", config);
    let astro = |config: &str| built("astro", "astro build").file("astro.config.mjs", config);
    let router = |config: &str| {
        built("@react-router/dev", "react-router build").file("react-router.config.ts", config)
    };
    let expo = |output: &str| {
        app(r#"{"dependencies": {"expo": "1", "react-native-web": "1"}, "scripts": {"build": "x"}}"#)
            .file("app.json", format!(r#"{{"expo": {{"web": {{"output": "{output}"}}}}}}"#))
    };
    let svelte = |adapter: &str| {
        app(&format!(
            r#"{{"dependencies": {{"svelte": "5", "@sveltejs/kit": "2", "{adapter}": "1", "vite": "8"}}, "scripts": {{"build": "vite build"}}}}"#
        ))
    };
    for (tree, expected) in [
        (vite(), Some("/app/dist vite")),
        (
            vite().file("vite.config.ts", "{ build: { outDir: 'out' } }"),
            Some("/app/out vite"),
        ),
        (
            vite().file(
                "vite.config.mjs",
                "{ root: 'client', build: { outDir: '../dist' } }",
            ),
            Some("/app/dist vite"),
        ),
        (
            vite().file("vite.config.js", "{ root: './web' }"),
            Some("/app/web/dist vite"),
        ),
        (
            built("vite", "vite build --outDir my-out"),
            Some("/app/my-out vite"),
        ),
        (
            built("vite", "tsc").file("vite.config.js", ""),
            Some("/app/dist vite"),
        ),
        (built("vite", "tsc"), None),
        (astro(""), Some("/app/dist astro")),
        (astro("{ outDir: './build', }"), Some("/app/build astro")),
        (astro("{ output: \"server\" }"), None),
        (astro("{\n  adapter: deno(),\n}"), None),
        (next("{ output: 'export' }"), Some("/app/out next")),
        (
            next("{ output:\"export\", distDir: 'x' }"),
            Some("/app/x next"),
        ),
        (next("{ output: 'standalone' }"), None),
        (next("{\n  // output: 'export'\n}"), None),
        (
            built("react-scripts", "react-scripts build"),
            Some("/app/build cra"),
        ),
        (
            router("{ ssr: false }"),
            Some("/app/build/client react-router"),
        ),
        (
            router("{ ssr: false, buildDirectory: 'x/' }"),
            Some("/app/x/client react-router"),
        ),
        (router("{ ssr: true }"), None),
        (router(""), None),
        (expo("static"), Some("/app/dist expo")),
        (expo("Single"), Some("/app/dist expo")),
        (expo("server"), None),
        (
            svelte("@sveltejs/adapter-static"),
            Some("/app/build sveltekit"),
        ),
        (svelte("@sveltejs/adapter-auto"), None),
        (
            built("nuxt", "nuxt generate"),
            Some("/app/.output/public nuxt"),
        ),
        (built("nuxt", "nuxt build"), None),
    ] {
        assert_eq!(served(tree, &[]).as_deref(), expected);
    }
}

#[test]
fn what_angular_builds_for_browsers_is_served() {
    let angular = |json: &str| built("@angular/core", "ng build").file("angular.json", json);
    for (tree, expected) in [
        (
            angular(
                r#"{"projects": {"a": {"architect": {"build": {"builder": "@angular/build:application"}}}}}"#,
            ),
            Some("/app/dist/a/browser angular"),
        ),
        (
            angular(
                r#"{"projects": {"a": {"projectType": "library"}, "b": {"projectType": "application", "architect": {"build": {"builder": "x:browser", "options": {"outputPath": "dist/x"}}}}}}"#,
            ),
            Some("/app/dist/x angular"),
        ),
        (
            angular(
                r#"{"projects": {"a": {"architect": {"build": {"builder": "x:application", "options": {"outputPath": {"base": "www", "browser": ""}}}}}}}"#,
            ),
            Some("/app/www angular"),
        ),
        (angular("{}"), None),
    ] {
        assert_eq!(served(tree, &[]).as_deref(), expected);
    }
}

#[test]
fn settings_and_start_commands_decide_whether_files_are_served() {
    let vite = |start: &str| {
        app(&format!(
            r#"{{"devDependencies": {{"vite": "8"}}, "scripts": {{"build": "vite build", "start": "{start}"}}}}"#
        ))
    };
    for start in ["", "vite", "ng serve", "next start"] {
        assert!(served(vite(start), &[]).is_some(), "{start}");
    }
    for start in ["node server.js", "vite preview --host"] {
        let analysis = plan(vite(start), &[]);
        assert_eq!(site(&analysis), None, "{start}");
        assert_eq!(start_command(&analysis), Some("npm run start"));
    }
    assert_eq!(served(vite(""), &[("RAILPACK_NO_SPA", "1")]), None);
    let procfile = vite("").file("Procfile", "web: serve -s dist");
    assert_eq!(served(procfile, &[]), None);
    assert_eq!(served(vite(""), &[("RAILPACK_START_CMD", "x")]), None);
    let forced = [("RAILPACK_SPA_OUTPUT_DIR", "./public/")];
    assert_eq!(
        served(app("{}"), &forced).as_deref(),
        Some("/app/public static")
    );
    assert_eq!(
        served(vite("node x"), &forced).as_deref(),
        Some("/app/public vite")
    );
}

#[test]
fn files_outside_the_app_are_not_served() {
    let outside = [("RAILPACK_SPA_OUTPUT_DIR", "../x")];
    insta::assert_snapshot!(try_plan(app("{}"), &outside).unwrap_err(), @"RAILPACK_SPA_OUTPUT_DIR: found `../x`, expected a directory of the app");
    let workspace = app(r#"{"workspaces": ["apps/*"]}"#).file("apps/web/package.json", "{}");
    let inside = [("RAILPACK_APP_DIR", "apps/web"), outside[0]];
    assert_eq!(
        served(workspace, &inside).as_deref(),
        Some("/app/apps/x static")
    );
}

#[test]
fn a_start_command_that_finds_no_app_in_the_image_is_told() {
    let told = |tree: Memory, start: &str| {
        let variables = [
            ("RAILPACK_SPA_OUTPUT_DIR", "dist"),
            ("RAILPACK_START_CMD", start),
        ];
        let messages = plan(tree, &variables).messages.into_iter();
        let texts = messages.map(|message| message.text);
        let texts: Vec<_> = texts.filter(|text| text.contains("alone")).collect();
        texts.join("\n")
    };
    insta::assert_snapshot!(told(app("{}"), "node x"), @"RAILPACK_SPA_OUTPUT_DIR makes the image hold the files of dist alone, and RAILPACK_START_CMD starts something else in it; take one of the two away");
    let procfile = || app("{}").file("Procfile", "web: node x");
    insta::assert_snapshot!(told(procfile(), ""), @"RAILPACK_SPA_OUTPUT_DIR makes the image hold the files of dist alone, and Procfile:1 starts something else in it; take one of the two away");
    assert_eq!(told(procfile(), "caddy run --config /Caddyfile"), "");
    assert_eq!(told(app("{}"), ""), "");
}

#[test]
fn an_angular_project_that_is_chosen_has_to_be_there() {
    let tree =
        built("@angular/core", "ng build").file("angular.json", r#"{"projects": {"a": {}}}"#);
    let error = try_plan(tree, &[("RAILPACK_ANGULAR_PROJECT", "b")]).unwrap_err();
    insta::assert_snapshot!(error, @"RAILPACK_ANGULAR_PROJECT: found `b`, expected the name of a project in angular.json");
}

#[test]
fn an_image_of_files_holds_nothing_else() {
    let tree = built("vite", "vite build").file("Staticfile", "index_fallback: false");
    let analysis = plan(tree, &[("RAILPACK_PRUNE_DEPS", "1")]);
    let json = analysis.plan.to_json();
    let (_, deploy) = json.split_once("\"deploy\"").unwrap();
    insta::assert_snapshot!(deploy.replace(env!("CARGO_PKG_VERSION"), "[version]"), @r#"
    : {
        "base": {
          "step": "packages:apt:runtime"
        },
        "inputs": [
          {
            "step": "packages:caddy",
            "include": [
              "/railpack/caddy"
            ]
          },
          {
            "step": "caddy",
            "include": [
              "/Caddyfile"
            ]
          },
          {
            "step": "build",
            "include": [
              "dist"
            ]
          }
        ],
        "startCommand": "caddy run --config /Caddyfile --adapter caddyfile 2>&1",
        "variables": {
          "CI": "true",
          "NODE_ENV": "production",
          "NPM_CONFIG_FETCH_RETRIES": "5",
          "NPM_CONFIG_FUND": "false",
          "NPM_CONFIG_PRODUCTION": "false",
          "NPM_CONFIG_UPDATE_NOTIFIER": "false",
          "RAILPACK_VERSION": "[version]"
        }
      }
    }
    "#);
    let caddyfile = &step(&analysis, "caddy").assets["Caddyfile"].value;
    assert!(caddyfile.contains("{path}/index.html\n"), "{caddyfile}");
}

#[test]
fn servers_of_frameworks_are_started() {
    let svelte = |adapter: &str| {
        app(&format!(
            r#"{{"devDependencies": {{"svelte": "5", "@sveltejs/kit": "2", "{adapter}": "1"}}, "scripts": {{"build": "vite build"}}}}"#
        ))
    };
    for (tree, expected) in [
        (
            built("nuxt", "nuxt build"),
            Some("node .output/server/index.mjs"),
        ),
        (
            built("@tanstack/react-start", "vite build"),
            Some("npx srvx --prod -s ../client dist/server/server.js"),
        ),
        (svelte("@sveltejs/adapter-auto"), Some("node build")),
        (built("next", "next build"), Some("npx next start")),
        (
            svelte("@sveltejs/adapter-node").file("svelte.config.js", "adapter({ out: 'my app' })"),
            Some("node 'my app'"),
        ),
        (svelte("@sveltejs/adapter-vercel"), None),
    ] {
        assert_eq!(start_command(&plan(tree, &[])), expected);
    }
    let analysis = plan(svelte("@sveltejs/adapter-auto"), &[]);
    assert_eq!(
        step(&analysis, "build").variables["GCP_BUILDPACKS"].value,
        "true"
    );
}

#[test]
fn frameworks_set_variables() {
    let analysis = plan(built("next", "next build"), &[]);
    assert_eq!(
        step(&analysis, "build").variables["NEXT_TELEMETRY_DISABLED"].value,
        "1"
    );
    assert_eq!(analysis.metadata["nodeRuntime"], "next");

    let tree = built("@astrojs/node", "astro build").file("astro.config.mjs", "");
    let analysis = plan(tree, &[]);
    assert_eq!(analysis.plan.deploy.variables["HOST"].value, "0.0.0.0");
    assert_eq!(
        step(&analysis, "install").variables["HOST"].value,
        "0.0.0.0"
    );
}

#[test]
fn each_package_of_a_workspace_has_its_caches() {
    let package = |dependency: &str, build: &str| {
        format!(r#"{{"dependencies": {{"{dependency}": "1"}}, "scripts": {{"build": "{build}"}}}}"#)
    };
    let tree = app(r#"{"workspaces": ["apps/*"], "dependencies": {"@remix-run/node": "2"}}"#)
        .file("apps/a/package.json", package("next", "next build"))
        .file(
            "apps/b/package.json",
            package("@tanstack/react-start", "vite build"),
        )
        .file("apps/c/package.json", package("vite", "vite build"))
        .file("apps/d/package.json", package("astro", "astro build"))
        .file("apps/d/astro.config.ts", "")
        .file("apps/e/package.json", package("x", "react-router build"));
    let analysis = plan(tree, &[]);
    let directories: Vec<_> = caches(&analysis, "build")
        .iter()
        .map(|key| format!("{key} {}", analysis.plan.caches[key].directory))
        .collect();
    insta::assert_snapshot!(directories.join("\n"), @"
    node-modules /app/node_modules/.cache
    next-apps-a /app/apps/a/.next/cache
    remix /app/.cache
    vite-apps-c /app/apps/c/node_modules/.vite
    tanstack-start-apps-b /app/apps/b/node_modules/.vite
    astro-apps-d /app/apps/d/node_modules/.astro
    react-router-apps-e /app/apps/e/.react-router
    ");
}

#[test]
fn a_package_of_a_workspace_is_served_from_its_own_directory() {
    let tree = app(r#"{"workspaces": ["apps/*"]}"#).file(
        "apps/web/package.json",
        r#"{"devDependencies": {"vite": "8"}, "scripts": {"build": "vite build"}}"#,
    );
    let web = [("RAILPACK_APP_DIR", "apps/web")];
    assert_eq!(
        served(tree, &web).as_deref(),
        Some("/app/apps/web/dist vite")
    );
}

#[test]
fn what_tanstack_start_lacks_is_suggested() {
    let analysis = plan(built("@tanstack/react-start", "vite build"), &[]);
    assert!(
        analysis
            .messages
            .iter()
            .any(|message| message.level == Level::Suggestion && message.text.contains("Nitro"))
    );
}
