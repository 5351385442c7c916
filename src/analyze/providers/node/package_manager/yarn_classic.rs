//! Yarn 1.

use super::Node;
use crate::analyze::context::Context;

/// Without it Yarn 1 takes `NODE_ENV` to mean that development dependencies are not wanted.
pub(super) const VARIABLES: &[(&str, &str)] = &[("YARN_PRODUCTION", "false")];
const DEFAULT_VERSION: &str = "1";

pub(super) fn request(node: &Node<'_>, context: &mut Context<'_>) {
    // mise unpacks a signed archive.
    context
        .mise
        .apt_packages
        .extend(["tar", "gpg"].map(str::to_owned));
    node.request_package_manager(context, "yarn", DEFAULT_VERSION, None);
}

#[cfg(test)]
mod tests {
    use super::super::tests::{bare, lines, tools};
    use crate::analyze::testing::{plan, start_command, step};

    #[test]
    fn yarn_1_is_told_that_development_dependencies_are_wanted() {
        let analysis = plan(
            bare(r#"{"scripts": {"start": "x"}}"#).file("yarn.lock", ""),
            &[],
        );
        insta::assert_snapshot!(lines(&analysis, "install"), @"
        PATH /app/node_modules/.bin
        mkdir -p /app/node_modules/.cache
        COPY package.json package.json
        COPY yarn.lock yarn.lock
        yarn install --frozen-lockfile
        ");
        assert_eq!(
            step(&analysis, "install").variables["YARN_PRODUCTION"].value,
            "false"
        );
        assert_eq!(
            analysis.plan.deploy.variables["YARN_PRODUCTION"].value,
            "false"
        );
        assert_eq!(
            lines(&analysis, "packages:apt:build"),
            "sh -c 'apt-get update && apt-get install -y gpg tar'"
        );
        assert_eq!(tools(&analysis), "[tools]\nnode = \"lts\"\nyarn = \"1\"");
        let cache = &analysis.plan.caches["yarn-install"];
        assert_eq!(cache.directory, "/usr/local/share/.cache/yarn");
        assert_eq!(cache.sharing, crate::plan::CacheSharing::Locked);
        assert_eq!(start_command(&analysis), Some("yarn run start"));
    }
}
