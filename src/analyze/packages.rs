//! The versions that were asked for, and what they came to.

use std::collections::{BTreeMap, BTreeSet};

use super::AnalyzeError;
use super::lookup::{self, LookupError, VersionLookup};
use super::messages::Messages;
use super::version::{self, Asked};

/// Where a version comes from that nobody asked for.
const DEFAULT_ORIGIN: &str = "railpack default";
/// Where a version comes from that the app was built with before.
const PREVIOUS_ORIGIN: &str = "previous installed version";

/// A tool, the version asked for, and by what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedPackage {
    /// The name of the tool in mise.
    pub tool: String,
    /// The version as it was written: exact, a range or an alias.
    pub version: String,
    /// What asked for it: a file and field, a variable, or Railpack's default.
    pub origin: String,
    /// The exact version; `None` where mise takes the newest that fits, inside the build.
    pub resolved: Option<Resolved>,
}

/// An exact version, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// It is what was asked for.
    Exact(String),
    /// It is the newest that fits, as mise on the planning machine says.
    LookedUp(String),
}

impl RequestedPackage {
    /// The version in the form that mise takes. What is not resolved is left to mise, inside the build.
    #[must_use]
    pub fn version_for_mise(&self) -> String {
        match self.resolved_version() {
            Some(version) => version.to_owned(),
            None => version::for_mise(&self.tool, &self.version),
        }
    }

    /// The exact version, if it is known while planning.
    #[must_use]
    pub fn resolved_version(&self) -> Option<&str> {
        match &self.resolved {
            Some(Resolved::Exact(version) | Resolved::LookedUp(version)) => Some(version),
            None => None,
        }
    }
}

/// The versions asked for, by the name of the tool in mise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Packages {
    requested: BTreeMap<String, RequestedPackage>,
    fixed: BTreeSet<String>,
    /// What was asked for beside a version that the user fixed otherwise: the tool, and by what.
    overruled: BTreeSet<(String, String)>,
    previous: BTreeMap<String, String>,
}

impl Packages {
    /// Says with which versions the app was built before.
    pub(crate) fn set_previous(&mut self, previous: &BTreeMap<String, String>) {
        self.previous.clone_from(previous);
    }

    /// Asks for a version that no other request replaces: the user's.
    pub(crate) fn fix(&mut self, name: &str, version: &str, origin: &str) {
        self.request(name, version, origin);
        self.fixed.insert(name.to_owned());
    }

    /// Asks for a version of a package; it replaces what was asked for before.
    pub(crate) fn request(&mut self, name: &str, version: &str, origin: &str) {
        let version = version.trim().to_owned();
        if self.fixed.contains(name) {
            if self.get(name).is_some_and(|fixed| fixed.version != version) {
                self.overruled.insert((name.to_owned(), origin.to_owned()));
            }
            return;
        }
        let resolved = match Asked::read(name, &version) {
            Asked::Exact(exact) => Some(Resolved::Exact(exact)),
            _ => None,
        };
        let package = RequestedPackage {
            tool: name.to_owned(),
            version,
            origin: origin.to_owned(),
            resolved,
        };
        self.requested.insert(name.to_owned(), package);
    }

    /// Asks for a version if nothing has asked for one. A version that the app was built with before goes before the
    /// default, so that no app moves to the next major version by itself.
    pub(crate) fn default_to(&mut self, name: &str, version: &str) {
        if self.requested.contains_key(name) {
            return;
        }
        match self.previous.get(name).cloned() {
            Some(previous) if !previous.is_empty() && previous != version => {
                self.request(name, &previous, PREVIOUS_ORIGIN);
            }
            _ => self.request(name, version, DEFAULT_ORIGIN),
        }
    }

    /// What is asked for under this name.
    pub(crate) fn get(&self, name: &str) -> Option<&RequestedPackage> {
        self.requested.get(name)
    }

    /// Tells which requests do not count. Who set a variable expects that it does something.
    fn tell_overruled(&self, messages: &mut Messages) {
        for (tool, origin) in &self.overruled {
            let Some(fixed) = self.get(tool) else {
                continue;
            };
            let text = format!(
                "{} sets {tool} to {}, so {origin} does not count",
                fixed.origin, fixed.version
            );
            if origin.starts_with("RAILPACK_") {
                messages.warning(text);
            } else {
                messages.detail(text);
            }
        }
    }

    /// Finds the exact versions, as far as `lookup` knows them. It is not asked about exact versions.
    pub(crate) fn resolve(
        &mut self,
        lookup: Option<&dyn VersionLookup>,
        messages: &mut Messages,
    ) -> Result<(), AnalyzeError> {
        self.tell_overruled(messages);
        let mut lookup = lookup;
        for package in self.requested.values_mut() {
            let asked = Asked::read(&package.tool, &package.version);
            if matches!(asked, Asked::Nothing) {
                return Err(AnalyzeError::Value {
                    place: package.origin.clone(),
                    found: package.version.clone(),
                    expected: "a range that a version can be in".into(),
                });
            }
            let Some(known) = lookup else { continue };
            match look_up(&package.tool, &asked, known) {
                None => {}
                Some(Ok(version)) => {
                    let text = format!(
                        "mise says that {} {} is {version}",
                        package.tool, package.version
                    );
                    messages.detail(text);
                    package.resolved = Some(Resolved::LookedUp(version));
                }
                Some(Err(error)) => {
                    messages.warning(format!(
                        "mise could not say which {} {} is: {error}; it is chosen in the build",
                        package.tool, package.version
                    ));
                    if error.is_final {
                        lookup = None;
                    }
                }
            }
        }
        Ok(())
    }

    pub(crate) fn into_map(self) -> BTreeMap<String, RequestedPackage> {
        self.requested
    }
}

/// What a lookup says to a request; `None` if it is not asked.
fn look_up(
    tool: &str,
    asked: &Asked,
    lookup: &dyn VersionLookup,
) -> Option<Result<String, LookupError>> {
    let answer = match asked {
        _ if !lookup::is_listed(tool) => return None,
        Asked::Prefix(prefix) if lookup::is_version(prefix) => lookup.newest(tool, prefix),
        Asked::Range(range, _) => lookup.versions(tool).and_then(|versions| {
            let none = || LookupError {
                reason: "it knows no version in this range".to_owned(),
                is_final: false,
            };
            range.newest(&versions).map(str::to_owned).ok_or_else(none)
        }),
        Asked::Prefix(_) | Asked::Exact(_) | Asked::Nothing => return None,
    };
    Some(answer.and_then(|version| {
        if lookup::is_version(&version) {
            return Ok(version);
        }
        let shown: String = version.chars().take(40).collect();
        Err(LookupError {
            reason: format!("its answer {shown:?} is no version"),
            is_final: false,
        })
    }))
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
    use std::cell::RefCell;

    use super::*;

    /// Knows Node.js alone, and which questions it was asked.
    #[derive(Debug, Default)]
    struct Known {
        asked: RefCell<Vec<String>>,
        is_offline: bool,
    }

    impl Known {
        fn answer<T>(&self, question: String, answer: T) -> Result<T, LookupError> {
            self.asked.borrow_mut().push(question);
            if self.is_offline {
                return Err(LookupError {
                    reason: "no answer within 20 s".to_owned(),
                    is_final: true,
                });
            }
            Ok(answer)
        }
    }

    impl VersionLookup for Known {
        fn newest(&self, tool: &str, version: &str) -> Result<String, LookupError> {
            let answer = match version {
                "strange" => "no such\nversion".to_owned(),
                _ => format!("{version}.9.9"),
            };
            self.answer(format!("{tool}@{version}"), answer)
        }

        fn versions(&self, tool: &str) -> Result<Vec<String>, LookupError> {
            let versions = ["18.20.0", "20.19.0", "21.0.0", "22.1.0"].map(str::to_owned);
            self.answer(tool.to_owned(), versions.to_vec())
        }
    }

    /// The versions for mise, and the messages.
    fn resolved(lookup: &Known, requests: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let mut packages = Packages::default();
        let mut messages = Messages::default();
        for (tool, version) in requests {
            packages.request(tool, version, "test");
        }
        packages.resolve(Some(lookup), &mut messages).unwrap();
        let versions = packages.into_map().into_values();
        (
            versions.map(|package| package.version_for_mise()).collect(),
            messages
                .to_vec()
                .into_iter()
                .map(|message| message.text)
                .collect(),
        )
    }

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
        packages.request("node", "18", "RAILPACK_NODE_VERSION");
        packages.request("node", "20", "elsewhere");
        assert_eq!(packages.get("node").unwrap().version, "20");
        let mut messages = Messages::default();
        packages.resolve(None, &mut messages).unwrap();
        let told: Vec<_> = messages
            .to_vec()
            .into_iter()
            .map(|message| format!("{:?}: {}", message.level, message.text))
            .collect();
        insta::assert_snapshot!(told.join("\n"), @"
        Warning: custom config sets node to 20, so RAILPACK_NODE_VERSION does not count
        Detail: custom config sets node to 20, so package.json > engines > node does not count
        ");
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

    #[test]
    fn a_previous_version_goes_before_the_default_and_behind_all_else() {
        let previous = BTreeMap::from([
            ("node".to_owned(), "20.11.0".to_owned()),
            ("bun".to_owned(), "latest".to_owned()),
            ("deno".to_owned(), "1".to_owned()),
        ]);
        let mut packages = Packages::default();
        packages.set_previous(&previous);
        packages.default_to("node", "lts");
        packages.default_to("bun", "latest");
        packages.default_to("deno", "2");
        packages.request("deno", "2.1", "deno.json");
        let shown = |name: &str| {
            let package = packages.get(name).unwrap();
            format!("{} ({})", package.version, package.origin)
        };
        assert_eq!(shown("node"), "20.11.0 (previous installed version)");
        assert_eq!(shown("bun"), "latest (railpack default)");
        assert_eq!(shown("deno"), "2.1 (deno.json)");
    }

    #[test]
    fn a_lookup_says_what_is_newest() {
        let known = Known::default();
        let requests = [
            ("bun", "1.2.3"),
            ("deno", "lts"),
            ("node", ">=18 <21"),
            ("npm:tool", "1"),
            ("pnpm", ">=9"),
            ("yarn", "$(x)"),
        ];
        let (versions, _) = resolved(&known, &requests);
        assert_eq!(
            versions,
            ["1.2.3", "lts.9.9", "20.19.0", "1", "9.9.9", "$(x)"]
        );
        assert_eq!(*known.asked.borrow(), ["deno@lts", "node", "pnpm@9"]);
    }

    #[test]
    fn what_a_lookup_cannot_say_is_left_for_the_build() {
        let known = Known::default();
        let (versions, messages) = resolved(&known, &[("bun", "strange"), ("node", ">=19 <20")]);
        assert_eq!(versions, ["strange", "19"]);
        insta::assert_snapshot!(messages.join("\n"), @r#"
        mise could not say which bun strange is: its answer "no such\nversion" is no version; it is chosen in the build
        mise could not say which node >=19 <20 is: it knows no version in this range; it is chosen in the build
        "#);

        let offline = Known {
            is_offline: true,
            ..Known::default()
        };
        let (versions, messages) = resolved(&offline, &[("bun", "1"), ("node", "lts")]);
        assert_eq!(versions, ["1", "lts"]);
        assert_eq!(*offline.asked.borrow(), ["bun@1"], "nothing else is asked");
        insta::assert_snapshot!(messages.join("\n"), @"mise could not say which bun 1 is: no answer within 20 s; it is chosen in the build");
    }

    #[test]
    fn a_range_that_no_version_is_in_is_an_error() {
        let mut packages = Packages::default();
        packages.request("node", ">20 <19", "package.json > engines > node");
        let error = packages
            .resolve(None, &mut Messages::default())
            .unwrap_err();
        insta::assert_snapshot!(error, @"package.json > engines > node: found `>20 <19`, expected a range that a version can be in");
    }
}
