//! The directories in which frameworks keep what makes their next build faster.

use super::source::Source;
use super::{Frameworks, REMIX, astro, react_router, tanstack_start, vite};
use crate::analyze::app::{App, AppError};
use crate::analyze::caches::Caches;
use crate::analyze::providers::node::nx;
use crate::analyze::providers::node::workspace::{Package, Workspace};

/// What tells a framework.
type Detection = fn(Source<'_>) -> Result<bool, AppError>;

/// Frameworks, and where in a package each keeps its cache.
const CACHES: [(&str, &str, Detection); 6] = [
    ("next", ".next/cache", |source| {
        Ok(source.builds_with("next build") || nx::is_next_app(source.app, source.package)?)
    }),
    ("remix", ".cache", |source| Ok(source.has_dependency(REMIX))),
    ("vite", "node_modules/.vite", vite::is_used),
    ("tanstack-start", "node_modules/.vite", |source| {
        Ok(tanstack_start::is_used(source))
    }),
    ("astro", "node_modules/.astro", astro::is_used),
    ("react-router", ".react-router", react_router::is_used),
];

impl Frameworks {
    /// Adds the caches of all packages of a workspace, and gives their keys.
    pub(in crate::analyze::providers::node) fn add_caches(
        app: &App,
        workspace: &Workspace,
        caches: &mut Caches,
    ) -> Result<Vec<String>, AppError> {
        let mut keys = Vec::new();
        for (name, directory, is_used) in CACHES {
            for package in workspace.packages() {
                if is_used(Source { app, package })? {
                    let directory = format!("/app/{}", package.path(directory));
                    keys.push(caches.add(&cache_name(name, package), &directory));
                }
            }
        }
        Ok(keys)
    }
}

fn cache_name(framework: &str, package: &Package) -> String {
    if package.directory.is_empty() {
        framework.to_owned()
    } else {
        format!("{framework}-{}", package.directory.replace('/', "-"))
    }
}
