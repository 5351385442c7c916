//! The versions that were asked for, and what they came to.

use std::collections::{BTreeMap, BTreeSet};

use super::AnalyzeError;
use super::lookup::{self, LookupError, VersionLookup};
use super::messages::Messages;
use super::steps::is_config_of_mise;
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
    /// What an image brings along, and mise does not install.
    of_images: BTreeSet<String>,
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

    /// Says that an image brings this package along: mise, which may know other versions, is not asked about it.
    pub(crate) fn leave_to_image(&mut self, name: &str) {
        self.of_images.insert(name.to_owned());
    }

    /// What is asked for under this name.
    pub(crate) fn get(&self, name: &str) -> Option<&RequestedPackage> {
        self.requested.get(name)
    }

    /// Whether the version under this name is one that no other request replaces.
    pub(crate) fn is_fixed(&self, name: &str) -> bool {
        self.fixed.contains(name)
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
            // mise's own configuration may give versions names.
            if version::is_no_version(&package.tool, &package.version)
                && !is_config_of_mise(&package.origin)
            {
                messages.warning(format!(
                    "{}: found `{}`, which is no version of {}; expected one such as `1.2` or `latest`",
                    package.origin, package.version, package.tool
                ));
                continue;
            }
            let Some(known) = lookup.filter(|_| !self.of_images.contains(&package.tool)) else {
                continue;
            };
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

/// Whether a text is of the form `name[@version]`, with both of them there.
pub(crate) fn is_name_and_version(package: &str) -> bool {
    let (name, version) = name_and_version(package);
    // Only behind the source of a tool an `@` is part of its name.
    !name.is_empty()
        && !version.is_empty()
        && !name.ends_with(':')
        && (name.contains(':') || !name.contains('@'))
}

#[cfg(test)]
mod tests;
