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
