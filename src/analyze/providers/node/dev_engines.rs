//! The field `devEngines` of `package.json`
//! (<https://docs.npmjs.com/cli/configuring-npm/package-json#devengines>): the tools that work on the app needs.
//!
//! mise follows it wherever it runs in the app, so a plan that installs something else would not work.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// What planning reads of `devEngines`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct DevEngines {
    #[serde(deserialize_with = "one_or_many")]
    pub(super) runtime: Vec<DevEngine>,
    #[serde(deserialize_with = "one_or_many")]
    pub(super) package_manager: Vec<DevEngine>,
}

/// A tool, and the versions that will do.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DevEngine {
    pub(super) name: String,
    version: Option<String>,
}

impl DevEngines {
    /// The version asked for of a runtime.
    pub(super) fn runtime(&self, name: &str) -> Option<&str> {
        self.runtime
            .iter()
            .find(|engine| engine.name == name)?
            .version()
    }
}

impl DevEngine {
    pub(super) fn version(&self) -> Option<&str> {
        self.version
            .as_deref()
            .map(str::trim)
            .filter(|version| !version.is_empty())
    }
}

/// One object, or a list of them.
fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object with `name` and `version`, or a list of them")
        }

        fn visit_unit<E>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }

        fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Vec<T>, A::Error> {
            Ok(vec![T::deserialize(MapAccessDeserializer::new(object))?])
        }
    }

    deserializer.deserialize_any(OneOrMany(PhantomData))
}

#[cfg(test)]
mod tests {
    use crate::analyze::providers::node::package_manager::tests::{bare, warnings};
    use crate::analyze::testing::{package, plan, try_plan};

    #[test]
    fn what_mise_follows_in_the_app_goes_before_a_setting() {
        let package_json = r#"{"engines": {"node": "18"}, "devEngines": {"runtime": {"name": "node", "version": "24.8.0"}}}"#;
        let analysis = plan(bare(package_json), &[("RAILPACK_NODE_VERSION", "22")]);
        assert_eq!(
            package(&analysis, "node"),
            Some(("24.8.0", "package.json > devEngines > runtime"))
        );
        insta::assert_snapshot!(warnings(&analysis)[1], @"RAILPACK_NODE_VERSION has no effect: package.json > devEngines > runtime asks for 24.8.0, and mise follows it in the app's directory; change it there");
    }

    #[test]
    fn a_development_engine_that_cannot_be_read_says_where() {
        let errors: Vec<_> = [
            r#"{"runtime": 5}"#,
            r#"{"runtime": {"version": "1"}}"#,
            r#"{"packageManager": [{"name": 1}]}"#,
        ]
        .map(|engines| {
            let tree = bare(&format!("{{\n  \"devEngines\": {engines}\n}}"));
            try_plan(tree, &[]).unwrap_err().to_string()
        })
        .to_vec();
        insta::assert_snapshot!(errors.join("\n"), @"
        package.json:2:29: invalid type: integer `5`, expected an object with `name` and `version`, or a list of them
        package.json:2:29: missing field `name`
        package.json:2:46: invalid type: integer `1`, expected a string
        ");
        assert!(
            try_plan(
                bare(r#"{"devEngines": {"runtime": null, "packageManager": null}}"#),
                &[]
            )
            .is_ok()
        );
    }
}
