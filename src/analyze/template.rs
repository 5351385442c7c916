//! Templates: text in which the app's own files name values that planning knows.
//!
//! The reference renders them with Go's `text/template` (<https://pkg.go.dev/text/template>,
//! <https://github.com/railwayapp/railpack/blob/v0.37.0/core/generate/template.go>). Of that language this is what such files
//! use: `{{.Name}}`, `{{if .Name}}`, `{{if not .Name}}`, `{{else}}`, `{{else if .Name}}`, `{{end}}`, `{{"text"}}`, comments, and
//! `{{-` and `-}}`, which take the white space beside them away.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::error::AnalyzeError;

/// What an action stands between.
const OPENING: &str = "{{";
const CLOSING: &str = "}}";
/// How deep conditions are nested at most.
const DEPTH_LIMIT: usize = 100;

/// What a template knows by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TemplateValue {
    Text(String),
    Flag(bool),
}

/// Renders the text of a file. `path` is what errors name.
pub(crate) fn render(
    path: &str,
    text: &str,
    values: &BTreeMap<&'static str, TemplateValue>,
) -> Result<String, AnalyzeError> {
    let mut renderer = Renderer {
        path,
        text,
        values,
        open: Vec::new(),
        result: String::new(),
    };
    let mut rest = text;
    let mut is_trimmed = false;
    while let Some(start) = rest.find(OPENING) {
        let (literal, at) = rest.split_at(start);
        let action =
            Action::read(at).ok_or_else(|| renderer.problem(at, OPENING, "`}}` further on"))?;
        let literal = if is_trimmed {
            literal.trim_start()
        } else {
            literal
        };
        renderer.write(if action.trims_before {
            literal.trim_end()
        } else {
            literal
        });
        renderer.act(&action, at)?;
        is_trimmed = action.trims_behind;
        rest = action.rest;
    }
    renderer.write(if is_trimmed { rest.trim_start() } else { rest });
    match renderer.open.last() {
        Some(unclosed) => Err(renderer.problem(unclosed.at, "if", "`{{end}}` further on")),
        None => Ok(renderer.result),
    }
}

/// What is between `{{` and `}}`.
struct Action<'a> {
    words: &'a str,
    trims_before: bool,
    trims_behind: bool,
    /// What follows it.
    rest: &'a str,
}

impl<'a> Action<'a> {
    /// The action at the start of `text`; `None` if it does not end.
    fn read(text: &'a str) -> Option<Self> {
        let inside = text.strip_prefix(OPENING)?;
        let (words, rest) = inside.split_at(end_of_action(inside)?);
        let space = char::is_whitespace;
        let before = words
            .strip_prefix('-')
            .filter(|rest| rest.starts_with(space));
        let words = before.unwrap_or(words);
        let behind = words.strip_suffix('-').filter(|rest| rest.ends_with(space));
        Some(Self {
            words: behind.unwrap_or(words).trim(),
            trims_before: before.is_some(),
            trims_behind: behind.is_some(),
            rest: rest.strip_prefix(CLOSING)?,
        })
    }
}

/// A condition that is open.
struct Condition<'a> {
    /// What is left of the text where it began.
    at: &'a str,
    branch: Branch,
    has_else: bool,
}

/// What becomes of the text inside a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    Written,
    /// Left out, and a later branch may be written.
    LeftOut,
    /// Left out, as all further branches are.
    Over,
}

struct Renderer<'a> {
    path: &'a str,
    text: &'a str,
    values: &'a BTreeMap<&'static str, TemplateValue>,
    open: Vec<Condition<'a>>,
    result: String,
}

impl<'a> Renderer<'a> {
    fn act(&mut self, action: &Action<'a>, at: &'a str) -> Result<(), AnalyzeError> {
        let words = action.words;
        if words.starts_with("/*") && words.ends_with("*/") {
            return Ok(());
        }
        let (keyword, argument) = words
            .split_once(char::is_whitespace)
            .map_or((words, ""), |(keyword, argument)| {
                (keyword, argument.trim())
            });
        match keyword {
            "if" => self.begin(argument, at),
            "else" => self.switch(argument, at),
            "end" if argument.is_empty() => match self.open.pop() {
                Some(_) => Ok(()),
                None => Err(self.problem(at, words, "an `if` in front of it")),
            },
            _ if words.starts_with('.') => {
                let shown = self.value(words, at)?.shown();
                self.write(&shown);
                Ok(())
            }
            _ => {
                let text = quoted(words).ok_or_else(|| self.unknown(at, words))?;
                self.write(&text);
                Ok(())
            }
        }
    }

    fn begin(&mut self, condition: &str, at: &'a str) -> Result<(), AnalyzeError> {
        if self.open.len() == DEPTH_LIMIT {
            return Err(self.problem(at, "if", "fewer conditions in each other"));
        }
        let branch = match (self.is_written(), self.holds(condition, at)?) {
            (false, _) => Branch::Over,
            (true, true) => Branch::Written,
            (true, false) => Branch::LeftOut,
        };
        self.open.push(Condition {
            at,
            branch,
            has_else: false,
        });
        Ok(())
    }

    /// `else`, and `else if`.
    fn switch(&mut self, argument: &str, at: &'a str) -> Result<(), AnalyzeError> {
        let holds = match argument.split_once(char::is_whitespace) {
            None if argument.is_empty() => true,
            Some(("if", condition)) => self.holds(condition.trim(), at)?,
            _ => return Err(self.unknown(at, argument)),
        };
        let Some(last) = self.open.last_mut().filter(|last| !last.has_else) else {
            return Err(self.problem(at, "else", "an `if` in front of it"));
        };
        last.has_else = argument.is_empty();
        last.branch = match last.branch {
            Branch::LeftOut if holds => Branch::Written,
            Branch::LeftOut => Branch::LeftOut,
            Branch::Written | Branch::Over => Branch::Over,
        };
        Ok(())
    }

    fn holds(&self, condition: &str, at: &str) -> Result<bool, AnalyzeError> {
        match condition.strip_prefix("not ") {
            Some(name) => Ok(!self.value(name.trim(), at)?.is_true()),
            None => Ok(self.value(condition, at)?.is_true()),
        }
    }

    fn value(&self, name: &str, at: &str) -> Result<&'a TemplateValue, AnalyzeError> {
        name.strip_prefix('.')
            .and_then(|name| self.values.get(name))
            .ok_or_else(|| self.problem(at, name, self.known_values()))
    }

    /// What errors say that the template can name.
    fn known_values(&self) -> String {
        let names: Vec<_> = self
            .values
            .keys()
            .map(|name| format!("`.{name}`"))
            .collect();
        match names.split_last() {
            Some((last, others)) if !others.is_empty() => {
                format!("one of {} and {last}", others.join(", "))
            }
            _ => names.concat(),
        }
    }

    fn is_written(&self) -> bool {
        self.open
            .last()
            .is_none_or(|last| last.branch == Branch::Written)
    }

    fn write(&mut self, text: &str) {
        if self.is_written() {
            self.result.push_str(text);
        }
    }

    fn unknown(&self, at: &str, found: &str) -> AnalyzeError {
        self.problem(
            at,
            found,
            "a value such as `.Name`, a quoted text, or `if`, `else` and `end`",
        )
    }

    /// An error with line and column. `at` is what is left of the text there.
    fn problem(
        &self,
        at: &str,
        found: &str,
        expected: impl Into<Cow<'static, str>>,
    ) -> AnalyzeError {
        let length = self.text.len().saturating_sub(at.len());
        let before = self.text.get(..length).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        AnalyzeError::Value {
            place: format!("{}:{line}:{column}", self.path),
            found: found.to_owned(),
            expected: expected.into(),
        }
    }
}

impl TemplateValue {
    fn is_true(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Flag(flag) => *flag,
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

/// Where an action ends: at the first `}}` that is not in quotes.
fn end_of_action(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut is_escaped = false;
    for (index, character) in text.char_indices() {
        match quote {
            None if text.get(index..)?.starts_with(CLOSING) => return Some(index),
            None if matches!(character, '"' | '`') => quote = Some(character),
            Some('"') if character == '\\' && !is_escaped => {
                is_escaped = true;
                continue;
            }
            Some(end) if character == end && !is_escaped => quote = None,
            _ => {}
        }
        is_escaped = false;
    }
    None
}

/// The text of a literal: `` `as it is` `` or `"with JSON's escapes"`.
fn quoted(word: &str) -> Option<String> {
    if let Some(raw) = word
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'))
    {
        return Some(raw.to_owned());
    }
    serde_json::from_str(word).ok()
}

#[cfg(test)]
mod tests;
