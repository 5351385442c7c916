//! `Staticfile`: what of an app is served, and how.
//!
//! Two fields in YAML, read by the provider of static sites and by the one of Node.js
//! (<https://railpack.com/languages/staticfile>).

use super::app::App;
use super::error::AnalyzeError;
use super::messages::Messages;

/// The name of the file.
pub(crate) const STATICFILE: &str = "Staticfile";

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Staticfile {
    /// The directory that is served.
    pub(crate) root: Option<String>,
    /// Whether `index.html` answers for every path that nothing else answers for.
    pub(crate) index_fallback: Option<bool>,
    /// Fields that mean nothing here, with their lines.
    unknown: Vec<(usize, String)>,
}

impl Staticfile {
    /// Reads the app's file; without one, nothing is said.
    pub(crate) fn read(app: &App) -> Result<Self, AnalyzeError> {
        if app.has(STATICFILE)? {
            Self::parse(&app.read_text(STATICFILE)?)
        } else {
            Ok(Self::default())
        }
    }

    /// Warns of fields that change nothing.
    pub(crate) fn warn_of_unknown_fields(&self, messages: &mut Messages) {
        for (line, name) in &self.unknown {
            messages.warning(format!(
                "{STATICFILE}:{line}: `{name}` has no effect; `root` and `index_fallback` are what is read"
            ));
        }
    }

    fn parse(text: &str) -> Result<Self, AnalyzeError> {
        let mut file = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            // What is indented, or an item of a list, belongs to a field that is not read.
            if line.starts_with(|first: char| first.is_whitespace() || "#-".contains(first))
                || line.trim().is_empty()
                || matches!(line.trim_end(), "..." | "{}")
            {
                continue;
            }
            let Some((name, value)) = line.split_once(':') else {
                return Err(AnalyzeError::Value {
                    place: format!("{STATICFILE}:{line_number}"),
                    found: line.trim().to_owned(),
                    expected: "a field and its value, as in `root: dist`",
                });
            };
            let value = scalar(value);
            match unquoted(name.trim()) {
                "root" => file.root = value,
                "index_fallback" => {
                    file.index_fallback = match value.as_deref().map(str::to_lowercase).as_deref() {
                        None => None,
                        Some("true" | "yes" | "on") => Some(true),
                        Some("false" | "no" | "off") => Some(false),
                        Some(found) => {
                            return Err(AnalyzeError::Value {
                                place: format!("{STATICFILE}:{line_number}: index_fallback"),
                                found: found.to_owned(),
                                expected: "`true` or `false`",
                            });
                        }
                    };
                }
                name => file.unknown.push((line_number, name.to_owned())),
            }
        }
        Ok(file)
    }
}

/// A value on one line, without its comment and quotes; `None` if there is none.
fn scalar(text: &str) -> Option<String> {
    let text = text.trim();
    let text = match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let rest = text.get(1..).unwrap_or_default();
            rest.split(quote).next().unwrap_or_default()
        }
        Some('#') => "",
        _ => text.split(" #").next().unwrap_or_default(),
    };
    let text = text.trim();
    if text.is_empty() || matches!(text, "~" | "null") {
        None
    } else {
        Some(text.to_owned())
    }
}

fn unquoted(name: &str) -> &str {
    name.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<String>, Option<bool>) {
        let file = Staticfile::parse(text).unwrap();
        (file.root, file.index_fallback)
    }

    #[test]
    fn the_fields_are_read_as_yaml_writes_them() {
        let root = |root: &str| Some(root.to_owned());
        for (text, expected) in [
            (
                "root: dist\nindex_fallback: true\n",
                (root("dist"), Some(true)),
            ),
            ("---\n# served\nroot: \"a b\" # x\n", (root("a b"), None)),
            (
                "root: 'x#y'\n'index_fallback': No",
                (root("x#y"), Some(false)),
            ),
            ("root: x # y\n", (root("x"), None)),
            ("root:\nindex_fallback: ~", (None, None)),
            ("root: # nothing", (None, None)),
            (
                "pushstate: enabled\nlist:\n- root: x\n  root: y\n",
                (None, None),
            ),
            ("", (None, None)),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_an_error_with_its_line() {
        let problem = |text| Staticfile::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(problem("root: x\nindex_fallback: maybe"), @"Staticfile:2: index_fallback: found `maybe`, expected `true` or `false`");
        insta::assert_snapshot!(problem("\ndist"), @"Staticfile:2: found `dist`, expected a field and its value, as in `root: dist`");
    }

    #[test]
    fn fields_without_effect_are_told() {
        let mut messages = Messages::default();
        Staticfile::parse("root: x\npushstate: enabled")
            .unwrap()
            .warn_of_unknown_fields(&mut messages);
        insta::assert_snapshot!(messages.to_vec()[0].text, @"Staticfile:2: `pushstate` has no effect; `root` and `index_fallback` are what is read");
    }
}
