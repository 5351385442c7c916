use super::*;
use crate::analyze::app::memory::Memory;
use crate::analyze::testing::warnings;

#[test]
fn an_app_that_nobody_knows_is_told_what_was_looked_for() {
    let app = Memory::default()
        .file("readme.md", "")
        .file("src/x.zig", "")
        .app();
    let error = analyze(&app, &Environment::default(), &AnalyzeOptions::default()).unwrap_err();
    insta::assert_snapshot!(error, @"
        no provider knows this app

        providers: php, golang, java, rust, ruby, elixir, python, deno, dotnet, node, gleam, cpp, staticfile, shell

        the app holds:
        ./
        ├── src/
        └── readme.md
        ");
    insta::assert_snapshot!(error.hint().unwrap(), @"say what to run with --build-cmd and --start-cmd, or plan the directory that holds the app");
}

#[test]
fn an_app_that_nobody_knows_can_be_built_by_the_user() {
    let app = Memory::default().file("src/x.zig", "").app();
    let options = AnalyzeOptions {
        build_command: Some("zig build".to_owned()),
        start_command: Some("./zig-out/bin/x".to_owned()),
        ..AnalyzeOptions::default()
    };
    let mut environment = Environment::default();
    environment.set("RAILPACK_PACKAGES", "zig@0.15");
    let analysis = analyze(&app, &environment, &options).unwrap();
    assert!(analysis.providers.is_empty());
    insta::assert_snapshot!(analysis.plan.to_json().replace(env!("CARGO_PKG_VERSION"), "[version]"), @r#"
        {
          "steps": [
            {
              "name": "packages:mise",
              "inputs": [
                {
                  "image": "ghcr.io/railwayapp/railpack-builder:mise-2026.8.6"
                }
              ],
              "commands": [
                {
                  "path": "/mise/shims"
                },
                {
                  "path": "/etc/mise/config.toml",
                  "name": "generated-mise-toml",
                  "customName": "create mise config"
                },
                {
                  "cmd": "mise install",
                  "customName": "install mise packages: zig"
                }
              ],
              "assets": {
                "generated-mise-toml": "[tools]\nzig = \"0.15\"\n\n[settings]\nidiomatic_version_file_enable_tools = [\"python\", \"node\", \"ruby\", \"elixir\", \"go\", \"java\", \"yarn\", \"bun\", \"deno\", \"dotnet\", \"rust\"]\nminimum_release_age = \"14d\"\nparanoid = true\ntrusted_config_paths = [\"/app\"]\n\n[settings.node]\nverify = false\n"
              },
              "variables": {
                "MISE_CACHE_DIR": "/mise/cache",
                "MISE_CONFIG_DIR": "/mise",
                "MISE_DATA_DIR": "/mise",
                "MISE_INSTALLS_DIR": "/mise/installs",
                "MISE_SHIMS_DIR": "/mise/shims"
              }
            },
            {
              "name": "build",
              "inputs": [
                {
                  "step": "packages:mise"
                }
              ],
              "commands": [
                {
                  "src": ".",
                  "dest": "."
                },
                {
                  "cmd": "sh -c 'zig build'",
                  "customName": "zig build"
                }
              ],
              "secrets": [
                "*"
              ]
            }
          ],
          "secrets": [
            "RAILPACK_PACKAGES"
          ],
          "deploy": {
            "base": {
              "image": "ghcr.io/railwayapp/railpack-runtime:mise-2026.8.6"
            },
            "inputs": [
              {
                "step": "build",
                "include": [
                  "."
                ]
              }
            ],
            "startCommand": "./zig-out/bin/x",
            "variables": {
              "RAILPACK_VERSION": "[version]"
            }
          }
        }
        "#);
}

#[test]
fn the_options_name_the_images() {
    let app = Memory::default().file("package.json", "{}").app();
    let options = AnalyzeOptions {
        images: BaseImages {
            builder: "builder".to_owned(),
            runtime: "runtime".to_owned(),
        },
        frontend: Some("frontend".to_owned()),
        ..AnalyzeOptions::default()
    };
    let json = analyze(&app, &Environment::default(), &options)
        .unwrap()
        .plan
        .to_json();
    assert!(json.starts_with("{\n  \"syntax\": \"frontend\""), "{json}");
    assert!(json.contains("\"image\": \"builder\"") && json.contains("\"image\": \"runtime\""));
    assert!(!json.contains("ghcr.io"));
}

#[test]
fn a_frontend_that_is_no_image_is_refused() {
    let frontend = |text: &str| {
        let app = Memory::default().file("package.json", "{}").app();
        let options = AnalyzeOptions {
            frontend: Some(text.to_owned()),
            ..AnalyzeOptions::default()
        };
        analyze(&app, &Environment::default(), &options).map(|analysis| analysis.plan.syntax)
    };
    assert_eq!(frontend(" ").unwrap(), None);
    assert_eq!(
        frontend("ghcr.io/a/b:1").unwrap(),
        Some("ghcr.io/a/b:1".into())
    );
    insta::assert_snapshot!(frontend("a b").unwrap_err(), @"--frontend or RAILPACK_FRONTEND: found `a b`, expected the name of an image (`a b` is not made of lower-case letters and digits with `.`, `_`, `__` or `-` between them)");
}

#[test]
fn a_previous_version_is_in_the_plan() {
    let app = Memory::default().file("package.json", "{}").app();
    let options = AnalyzeOptions {
        previous: BTreeMap::from([("node".to_owned(), "20.11.1".to_owned())]),
        ..AnalyzeOptions::default()
    };
    let analysis = analyze(&app, &Environment::default(), &options).unwrap();
    assert!(analysis.plan.to_json().contains("node = \\\"20.11.1\\\""));
    assert_eq!(
        analysis.packages["node"].resolved_version(),
        Some("20.11.1")
    );
}

#[test]
fn what_was_ignored_is_told() {
    let app = Memory::default()
        .file("package.json", "{}")
        .file("data/x", "")
        .forbidden("data")
        .app();
    let mut environment = Environment::default();
    environment.set("RAILPACK_NODE_VERISON", "22");
    environment.set("RAILPACK_DISABLE_CACHES", "* npm");
    let analysis = analyze(&app, &environment, &AnalyzeOptions::default()).unwrap();
    insta::assert_snapshot!(warnings(&analysis).join("\n"), @"
        nothing tells the package manager, so npm it is
        RAILPACK_DISABLE_CACHES holds `*`, so its other keys change nothing
        no start command found

        for a Node.js or Bun app these are looked at, in this order:
        1. the script `start` in package.json
        2. the file named by `main` in package.json
        3. index.js, then index.ts
        4. a framework whose server is known: Next.js, Nuxt, TanStack Start, SvelteKit
        5. the app of Next.js in an Nx workspace

        an app that is only files once it is built needs none: name their directory in RAILPACK_SPA_OUTPUT_DIR
        data: permission denied; taken as empty
        RAILPACK_NODE_VERISON is set, but nothing in this plan depends on it
        ");
}
