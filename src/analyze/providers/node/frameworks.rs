//! Frameworks and tools whose apps need more than installing, building and starting. None is planned yet, so an app that
//! uses one is refused: a plan without its caches, its server or its libraries would be wrong.

use super::workspace::{Package, Workspace};
use crate::analyze::app::App;
use crate::analyze::context::Context;
use crate::analyze::error::AnalyzeError;

/// Dependencies that tell a framework.
const DEPENDENCIES: [(&str, &str); 9] = [
    ("next", "Next.js"),
    ("nuxt", "Nuxt"),
    ("@remix-run/node", "Remix"),
    ("@tanstack/react-start", "TanStack Start"),
    ("@sveltejs/kit", "SvelteKit"),
    ("react-scripts", "Create React App"),
    ("@angular/core", "Angular"),
    ("@react-router/dev", "React Router"),
    ("expo", "Expo"),
];
/// Words of a build script, and files of a package, that tell a framework.
const BUILDS: [(&str, &[&str], &str); 4] = [
    (
        "next build",
        &["next.config.js", "next.config.mjs", "next.config.ts"],
        "Next.js",
    ),
    (
        "react-router build",
        &["react-router.config.js", "react-router.config.ts"],
        "React Router",
    ),
    (
        "astro build",
        &["astro.config.mjs", "astro.config.ts"],
        "Astro",
    ),
    ("vite build", &[], "Vite"),
];
/// Files that tell Vite in a package that depends on it; others have them for their tests.
const VITE_FILES: [&str; 2] = ["vite.config.js", "vite.config.ts"];

/// Ends the analysis of an app that uses a framework.
pub(super) fn refuse(
    context: &Context<'_>,
    app: &App,
    workspace: &Workspace,
) -> Result<(), AnalyzeError> {
    if let Some(setting) = context.environment.setting("SPA_OUTPUT_DIR") {
        return Err(unsupported("a static site", setting.origin));
    }
    for package in workspace.packages() {
        if let Some((framework, found)) = find(app, package)? {
            return Err(unsupported(framework, found));
        }
    }
    Ok(())
}

/// The framework of a package, and what tells it.
fn find(app: &App, package: &Package) -> Result<Option<(&'static str, String)>, AnalyzeError> {
    let package_json = &package.package_json;
    let path = |file| package.path(file);
    let manifest = path(super::MANIFEST);
    for (dependency, framework) in DEPENDENCIES {
        if package_json.has_dependency(dependency) {
            return Ok(Some((
                framework,
                format!("the dependency `{dependency}` in {manifest}"),
            )));
        }
    }
    let Some(build) = package_json.script("build") else {
        return Ok(None);
    };
    for (words, files, framework) in BUILDS {
        if build.to_lowercase().contains(words) {
            return Ok(Some((framework, format!("`{words}` in {manifest}"))));
        }
        for file in files {
            if app.has(&path(file))? {
                return Ok(Some((framework, path(file))));
            }
        }
    }
    if package_json.has_dependency("vite") {
        for file in VITE_FILES {
            if app.has(&path(file))? {
                return Ok(Some(("Vite", path(file))));
            }
        }
    }
    Ok(None)
}

fn unsupported(what: &str, found: impl Into<String>) -> AnalyzeError {
    AnalyzeError::Unsupported {
        what: what.to_owned(),
        found: found.into(),
    }
}
