//! `Staticfile`: what of an app is served, and how.
//!
//! Two fields in YAML, read by the provider of static sites and by the one of Node.js
//! (<https://railpack.com/languages/staticfile>).

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, Visitor};

use super::app::{App, AppError};
use super::messages::Messages;
use super::parts::{INNER_DIRECTORY, leads_out};

/// The name of the file.
pub(crate) const STATICFILE: &str = "Staticfile";

/// What the file says.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(crate) struct Staticfile {
    /// The directory that is served.
    #[serde(default)]
    root: Option<InnerDirectory>,
    /// Whether `index.html` answers for every path that nothing else answers for.
    #[serde(default, deserialize_with = "truth_value")]
    pub(crate) index_fallback: Option<bool>,
    /// Fields that mean nothing here.
    #[serde(flatten)]
    #[expect(
        clippy::zero_sized_map_values,
        reason = "serde gathers what is left in a map"
    )]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// A path that does not lead out of the app.
#[derive(Clone, Debug)]
struct InnerDirectory(String);

impl<'de> Deserialize<'de> for InnerDirectory {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// An error that a visitor gives gets its place in the file.
        struct Directories;

        impl Visitor<'_> for Directories {
            type Value = InnerDirectory;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(INNER_DIRECTORY)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<InnerDirectory, E> {
                if leads_out(text.trim()) {
                    return Err(E::invalid_value(de::Unexpected::Str(text), &self));
                }
                Ok(InnerDirectory(text.to_owned()))
            }
        }

        deserializer.deserialize_str(Directories)
    }
}

impl Staticfile {
    /// Reads the app's file; without one, nothing is said.
    pub(crate) fn read(app: &App) -> Result<Self, AppError> {
        if app.has(STATICFILE)? {
            app.read_yaml(STATICFILE)
        } else {
            Ok(Self::default())
        }
    }

    /// The directory that is served.
    pub(crate) fn root(&self) -> Option<&str> {
        let root = self.root.as_ref().map(|root| root.0.trim());
        root.filter(|root| !root.is_empty())
    }

    /// Warns of fields that change nothing.
    pub(crate) fn warn_of_unknown_fields(&self, messages: &mut Messages) {
        for name in self.unknown.keys() {
            messages.warning(format!(
                "{STATICFILE}: `{name}` has no effect; `root` and `index_fallback` are what is read"
            ));
        }
    }
}

/// Also the words for true and false of YAML 1.1 (<https://yaml.org/type/bool.html>), which the reference reads.
fn truth_value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    struct Word(bool);

    struct Words;

    impl Visitor<'_> for Words {
        type Value = Word;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("`true` or `false`")
        }

        fn visit_bool<E: de::Error>(self, value: bool) -> Result<Word, E> {
            Ok(Word(value))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Word, E> {
            match text.to_lowercase().as_str() {
                "y" | "yes" | "on" | "true" => Ok(Word(true)),
                "n" | "no" | "off" | "false" => Ok(Word(false)),
                _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
            }
        }
    }

    impl<'de> Deserialize<'de> for Word {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Words)
        }
    }

    let word: Option<Word> = Deserialize::deserialize(deserializer)?;
    Ok(word.map(|Word(value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::app::memory::Memory;

    fn read(text: &str) -> Result<Staticfile, AppError> {
        Staticfile::read(&Memory::default().file(STATICFILE, text).app())
    }

    #[test]
    fn the_fields_are_read_as_yaml_writes_them() {
        for (text, root, index_fallback) in [
            (
                "root: dist\nindex_fallback: true\n",
                Some("dist"),
                Some(true),
            ),
            ("---\n# served\nroot: \"a b\" # x\n", Some("a b"), None),
            (
                "root: 'x#y'\n'index_fallback': No",
                Some("x#y"),
                Some(false),
            ),
            ("{root: ' x ', index_fallback: on}", Some("x"), Some(true)),
            ("root: 2024", Some("2024"), None),
            ("root:\nindex_fallback: ~", None, None),
            ("root: # nothing", None, None),
            ("root: ''", None, None),
            ("list:\n- root: x\n  more: y\n", None, None),
            ("# nothing\n", None, None),
            ("", None, None),
        ] {
            let file = read(text).unwrap();
            assert_eq!(
                (file.root(), file.index_fallback),
                (root, index_fallback),
                "{text}"
            );
        }
    }

    #[test]
    fn what_makes_no_sense_is_an_error_with_its_place() {
        let problems = ["root: x\nindex_fallback: maybe", "root: [a]", "\ndist"]
            .map(|text| read(text).unwrap_err().to_string());
        insta::assert_snapshot!(problems.join("\n"), @r#"
        Staticfile:2:17: invalid value: string "maybe", expected `true` or `false`
        Staticfile:1:7: invalid type: sequence, expected a directory of the app
        Staticfile:2:1: invalid type: string "dist", expected an object
        "#);
    }

    #[test]
    fn fields_without_effect_are_told() {
        let mut messages = Messages::default();
        read("root: x\npushstate: enabled\ndirectory: {a: b}")
            .unwrap()
            .warn_of_unknown_fields(&mut messages);
        let told: Vec<_> = messages
            .to_vec()
            .into_iter()
            .map(|message| message.text)
            .collect();
        insta::assert_snapshot!(told.join("\n"), @"
        Staticfile: `directory` has no effect; `root` and `index_fallback` are what is read
        Staticfile: `pushstate` has no effect; `root` and `index_fallback` are what is read
        ");
    }
}
