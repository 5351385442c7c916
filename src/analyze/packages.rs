//! The versions that were asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::version;

/// Where a version comes from that nobody asked for.
const DEFAULT_ORIGIN: &str = "railpack default";

/// A tool, the version asked for, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedPackage {
    /// The version as it was written: exact, a range or an alias.
    pub version: String,
    /// What asked for it: a file and field, a variable, or Railpack's default.
    pub origin: String,
}

impl RequestedPackage {
    /// The version in the form that mise takes. A range is left to mise, which resolves it inside the build.
    #[must_use]
    pub fn version_for_mise(&self) -> String {
        version::for_mise(&self.version)
    }
}

/// The versions asked for, by the name of the tool in mise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packages {
    requested: BTreeMap<String, RequestedPackage>,
    fixed: BTreeSet<String>,
}

impl Packages {
    /// Asks for a version that no other request replaces: the user's.
    pub(crate) fn fix(&mut self, name: &str, version: &str, origin: &str) {
        self.request(name, version, origin);
        self.fixed.insert(name.to_owned());
    }

    /// Asks for a version of a package; it replaces what was asked for before.
    pub(crate) fn request(&mut self, name: &str, version: &str, origin: &str) {
        if !self.fixed.contains(name) {
            let (version, origin) = (version.trim().to_owned(), origin.to_owned());
            self.requested
                .insert(name.to_owned(), RequestedPackage { version, origin });
        }
    }

    /// Asks for a version if nothing has asked for one.
    pub(crate) fn default_to(&mut self, name: &str, version: &str) {
        if !self.requested.contains_key(name) {
            self.request(name, version, DEFAULT_ORIGIN);
        }
    }

    /// What is asked for under this name.
    pub(crate) fn get(&self, name: &str) -> Option<&RequestedPackage> {
        self.requested.get(name)
    }

    pub(crate) fn into_map(self) -> BTreeMap<String, RequestedPackage> {
        self.requested
    }
}

/// `name[@version]` as name and version. An `@` behind a colon belongs to the name: `npm:@scope/tool@1`.
pub(crate) fn name_and_version(package: &str) -> (String, String) {
    match package.rsplit_once('@') {
        Some((name, version)) if !name.is_empty() && !name.ends_with(':') => {
            (name.to_owned(), version.to_owned())
        }
        _ => (package.to_owned(), "latest".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_may_name_its_version() {
        for (package, name, version) in [
            ("node@14.2", "node", "14.2"),
            ("python", "python", "latest"),
            ("node@^14.3", "node", "^14.3"),
            ("pipx:httpie@3.2.4", "pipx:httpie", "3.2.4"),
            ("npm:@scope/tool", "npm:@scope/tool", "latest"),
            ("npm:@scope/tool@1", "npm:@scope/tool", "1"),
        ] {
            assert_eq!(
                name_and_version(package),
                (name.to_owned(), version.to_owned())
            );
        }
    }

    #[test]
    fn nothing_replaces_what_the_user_fixed() {
        let mut packages = Packages::default();
        packages.fix("node", "20", "custom config");
        packages.request("node", "22", "package.json > engines > node");
        assert_eq!(packages.get("node").unwrap().version, "20");
    }

    #[test]
    fn a_request_replaces_the_default_and_a_default_replaces_nothing() {
        let mut packages = Packages::default();
        packages.default_to("node", "lts");
        assert_eq!(packages.get("node").unwrap().origin, DEFAULT_ORIGIN);
        packages.request("node", " >=20 ", "package.json > engines > node");
        packages.default_to("node", "lts");
        let node = packages.get("node").unwrap();
        assert_eq!(
            (node.version.as_str(), node.version_for_mise().as_str()),
            (">=20", "20")
        );
        assert_eq!(node.origin, "package.json > engines > node");
    }
}
