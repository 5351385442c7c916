//! The variables handed in with `--env`.
//!
//! Their names become the plan's secrets, their values never leave this type but through a `RAILPACK_*` setting that
//! asks for something in the plan
//! (<https://railpack.com/config/environment-variables>).

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use thiserror::Error;

/// What the names of Railpack's own settings start with.
const PREFIX: &str = "RAILPACK_";

/// The variables that steer the analysis and are secrets of the build.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    asked_for: RefCell<BTreeSet<String>>,
}

/// The value of a `RAILPACK_*` variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value, without white space around it; never empty.
    pub value: String,
    /// The variable's whole name.
    pub origin: String,
}

impl Environment {
    /// The variables of `--env` arguments: `NAME=VALUE`, or `NAME` to take the value that `inherit` knows.
    ///
    /// Gives also the names that have no value, and so are left out.
    pub fn from_arguments<'a>(
        arguments: impl IntoIterator<Item = &'a str>,
        inherit: impl Fn(&str) -> Option<String>,
    ) -> Result<(Self, Vec<String>), EnvironmentError> {
        let mut environment = Self::default();
        let mut left_out = Vec::new();
        for argument in arguments {
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (argument, inherit(argument)),
            };
            if name.is_empty() || !name.chars().all(is_name_character) {
                return Err(EnvironmentError {
                    name: name.to_owned(),
                });
            }
            match value.filter(|value| !value.is_empty()) {
                Some(value) => environment.set(name, value),
                None => left_out.push(name.to_owned()),
            }
        }
        Ok((environment, left_out))
    }

    /// Sets a variable; a later value replaces an earlier one.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.variables.insert(name.into(), value.into());
    }

    /// The value of the variable with exactly this name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// The names of all variables, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// The setting `RAILPACK_<name>`, if it holds more than white space.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<Setting> {
        let origin = format!("{PREFIX}{name}");
        let value = self.variable(&origin).map(|value| value.trim().to_owned());
        self.asked_for.borrow_mut().insert(origin.clone());
        value
            .filter(|value| !value.is_empty())
            .map(|value| Setting { value, origin })
    }

    /// The words of the setting `RAILPACK_<name>`; none if it is not set.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let setting = self.setting(name);
        setting
            .iter()
            .flat_map(|setting| setting.value.split_whitespace())
            .map(str::to_owned)
            .collect()
    }

    /// Whether the setting `RAILPACK_<name>` is `1` or `true`, in any case of letters.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.setting(name)
            .is_some_and(|setting| matches!(setting.value.to_lowercase().as_str(), "1" | "true"))
    }

    /// The `RAILPACK_*` variables that something has asked for so far, sorted: they may have changed the plan.
    #[must_use]
    pub fn used_settings(&self) -> Vec<String> {
        let asked_for = self.asked_for.borrow();
        self.names()
            .filter(|name| asked_for.contains(*name))
            .map(str::to_owned)
            .collect()
    }

    /// The `RAILPACK_*` variables that nothing has asked for so far, sorted: misspelled, or of no use to this app.
    #[must_use]
    pub fn unused_settings(&self) -> Vec<String> {
        let asked_for = self.asked_for.borrow();
        self.names()
            .filter(|name| name.starts_with(PREFIX) && !asked_for.contains(*name))
            .map(str::to_owned)
            .collect()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.names()).finish()
    }
}

fn is_name_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_+-.".contains(character)
}

/// An `--env` argument without a name that a variable can have. The value is not kept: it may be a secret.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "--env: `{name}` cannot be the name of a variable, expected `NAME=VALUE` or `NAME` with letters, digits, `_`, `+`, `-` and `.`"
)]
pub struct EnvironmentError {
    /// What stands in place of the name.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(arguments: &[&str]) -> Environment {
        Environment::from_arguments(arguments.iter().copied(), |_| None)
            .unwrap()
            .0
    }

    #[test]
    fn arguments_keep_everything_behind_the_first_equals_sign() {
        let environment = environment(&[
            "A=b=c==",
            "SPACES=  x  ",
            "LINES=1\n2",
            "JSON={\"k\":[1]}",
            "A+B=ü",
            "A=last",
        ]);
        assert_eq!(environment.variable("A"), Some("last"));
        assert_eq!(environment.variable("SPACES"), Some("  x  "));
        assert_eq!(environment.variable("LINES"), Some("1\n2"));
        assert_eq!(environment.variable("JSON"), Some("{\"k\":[1]}"));
        assert_eq!(environment.variable("A+B"), Some("ü"));
    }

    #[test]
    fn a_bare_name_is_inherited_and_an_empty_value_is_left_out() {
        let inherit = |name: &str| (name == "HERE").then(|| "inherited".to_owned());
        let (environment, left_out) =
            Environment::from_arguments(["HERE", "NOT_HERE", "EMPTY="], inherit).unwrap();
        assert_eq!(environment.names().collect::<Vec<_>>(), ["HERE"]);
        assert_eq!(environment.variable("HERE"), Some("inherited"));
        assert_eq!(left_out, ["NOT_HERE", "EMPTY"]);
    }

    #[test]
    fn a_name_that_no_variable_can_have_is_refused_without_its_value() {
        for argument in ["", "=value", "A B=hidden", "A\nB=hidden"] {
            let error = Environment::from_arguments([argument], |_| None).unwrap_err();
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
        insta::assert_snapshot!(
            Environment::from_arguments(["A B=hidden"], |_| None).unwrap_err(),
            @"--env: `A B` cannot be the name of a variable, expected `NAME=VALUE` or `NAME` with letters, digits, `_`, `+`, `-` and `.`"
        );
    }

    #[test]
    fn settings_are_trimmed_and_know_their_name() {
        let environment = environment(&[
            "RAILPACK_PACKAGES= node@22  jq \n",
            "RAILPACK_BLANK= ",
            "PACKAGES=x",
        ]);
        let setting = environment.setting("PACKAGES").unwrap();
        assert_eq!(
            (setting.value.as_str(), setting.origin.as_str()),
            ("node@22  jq", "RAILPACK_PACKAGES")
        );
        assert_eq!(environment.list("PACKAGES"), ["node@22", "jq"]);
        assert_eq!(environment.setting("BLANK"), None);
        assert!(environment.list("MISSING").is_empty());
    }

    #[test]
    fn a_flag_is_one_or_true() {
        let environment = environment(&[
            "RAILPACK_A=true",
            "RAILPACK_B= True ",
            "RAILPACK_C=1",
            "RAILPACK_D=0",
            "RAILPACK_E=yes",
        ]);
        let set: Vec<_> = ["A", "B", "C", "D", "E", "F"]
            .into_iter()
            .filter(|name| environment.flag(name))
            .collect();
        assert_eq!(set, ["A", "B", "C"]);
    }

    #[test]
    fn settings_that_nothing_asks_for_are_known() {
        let environment = environment(&[
            "RAILPACK_NODE_VERSION=22",
            "RAILPACK_NODE_VERISON=22",
            "TOKEN=x",
        ]);
        let _ = environment.setting("NODE_VERSION");
        assert_eq!(environment.unused_settings(), ["RAILPACK_NODE_VERISON"]);
    }

    #[test]
    fn debug_output_shows_no_value() {
        assert_eq!(
            format!("{:?}", environment(&["TOKEN=hidden"])),
            "{\"TOKEN\"}"
        );
    }
}
