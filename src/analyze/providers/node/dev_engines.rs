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
    fn what_really_decides_is_told() {
        let package_json = r#"{"devEngines": {"runtime": {"name": "node", "version": "22"}}}"#;
        let told = |tree, variables: &[_]| {
            let analysis = plan(tree, variables);
            let all = warnings(&analysis).into_iter();
            all.filter(|text| text.contains("_VERSION"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let setting = ("RAILPACK_NODE_VERSION", "16");
        let file = || bare(package_json).file(".nvmrc", "20");
        insta::assert_snapshot!(told(file(), &[setting]), @"RAILPACK_NODE_VERSION has no effect: .nvmrc asks for 20, and mise follows it in the app's directory; change it there");
        insta::assert_snapshot!(told(file().file(".tool-versions", "nodejs 24"), &[setting]), @"RAILPACK_NODE_VERSION has no effect: .tool-versions asks for 24, and mise follows it in the app's directory; change it there");
        insta::assert_snapshot!(told(file(), &[setting, ("RAILPACK_PACKAGES", "node@18")]), @"RAILPACK_PACKAGES sets node to 18, so RAILPACK_NODE_VERSION does not count");
        insta::assert_snapshot!(told(bare("{}").file(".nvmrc", "16"), &[setting]), @"");
        insta::assert_snapshot!(told(bare("{}"), &[setting, ("RAILPACK_BUN_VERSION", "1")]), @"RAILPACK_BUN_VERSION is set, but nothing in this plan depends on it");
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
