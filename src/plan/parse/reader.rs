//! Typed reading of a syntax tree: what is wrong is collected, and reading goes on.

use std::collections::BTreeMap;
use std::fmt::Write;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;

use super::Dialect;
use crate::plan::lines::Lines;
use crate::plan::problem::{Excerpt, ProblemList, suggest};
use crate::plan::{ProblemKind, Severity, Span, Spanned};

/// Reads values. All readers give `None` after they have told what is wrong.
pub(crate) struct Reader<'a> {
    dialect: Dialect,
    lines: &'a Lines<'a>,
    /// Where the JSON body begins in the text of `lines`.
    start: usize,
    problems: &'a mut ProblemList,
    /// The way from the root to the value that is being read.
    path: Vec<Segment<'a>>,
}

enum Segment<'a> {
    Field(&'static str),
    Key(&'a str),
    Index(usize),
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        dialect: Dialect,
        lines: &'a Lines<'a>,
        start: usize,
        problems: &'a mut ProblemList,
    ) -> Self {
        Self {
            dialect,
            lines,
            start,
            problems,
            path: Vec::new(),
        }
    }

    pub(crate) fn span(&self, node: &impl Ranged) -> Span {
        self.lines
            .span(self.start + node.start(), self.start + node.end())
    }

    pub(crate) fn problem(&mut self, kind: ProblemKind, node: &impl Ranged) {
        let span = self.span(node);
        self.problems.add(kind, Some(span));
    }

    pub(super) fn error_count(&self) -> usize {
        self.problems.error_count()
    }

    /// The fields of an object in the order of `known`; `None` for those that it does not have.
    pub(crate) fn fields<const N: usize>(
        &mut self,
        object: &'a Object<'a>,
        known: [&'static str; N],
    ) -> [Option<&'a ObjectProp<'a>>; N] {
        let mut fields = [None; N];
        for property in &object.properties {
            let name = property.name.as_str();
            let place = known
                .iter()
                .zip(&mut fields)
                .find(|(known, _)| **known == name);
            match place {
                Some((_, place @ None)) => *place = Some(property),
                Some((_, Some(first))) => {
                    let first = self.span(&first.name).start;
                    let key = Excerpt::new(name);
                    self.problem(ProblemKind::DuplicateKey { key, first }, &property.name);
                }
                None => {
                    let field = Excerpt::new(name);
                    let keeps = self.problems.keeps(Severity::Warning);
                    let suggestion = keeps
                        .then(|| suggest(name, known))
                        .flatten()
                        .map(Excerpt::new);
                    let path = self.path_text();
                    let kind = match self.dialect {
                        Dialect::Strict => ProblemKind::UnknownField {
                            path,
                            field,
                            suggestion,
                        },
                        Dialect::WithComments => ProblemKind::UnknownSetting {
                            path,
                            field,
                            suggestion,
                            known: known.iter().map(|known| Excerpt::new(known)).collect(),
                        },
                    };
                    self.problem(kind, &property.name);
                }
            }
        }
        fields
    }

    /// Reads the value of a field; `None` also if there is none, or if it is `null`.
    pub(crate) fn field<T>(
        &mut self,
        name: &'static str,
        property: Option<&'a ObjectProp<'a>>,
        read: impl FnOnce(&mut Self, &'a Value<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = &property?.value;
        if value.as_null_keyword().is_some() {
            return None;
        }
        self.within(Segment::Field(name), |reader| read(reader, value))
    }

    pub(crate) fn string(&mut self, value: &'a Value<'a>) -> Option<Spanned<String>> {
        let Some(text) = value.as_string_lit() else {
            return self.wrong_type("a string", value);
        };
        Some(Spanned::new(
            text.value.clone().into_owned(),
            self.span(text),
        ))
    }

    pub(crate) fn boolean(&mut self, value: &'a Value<'a>) -> Option<bool> {
        let Some(boolean) = value.as_boolean_lit() else {
            return self.wrong_type("true or false", value);
        };
        Some(boolean.value)
    }

    pub(crate) fn object(&mut self, value: &'a Value<'a>) -> Option<&'a Object<'a>> {
        value
            .as_object()
            .or_else(|| self.wrong_type("an object", value))
    }

    pub(crate) fn list<T>(
        &mut self,
        value: &'a Value<'a>,
        mut read: impl FnMut(&mut Self, &'a Value<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let Some(list) = value.as_array() else {
            return self.wrong_type("a list", value);
        };
        let mut read_elements = Vec::with_capacity(list.elements.len());
        for (index, element) in list.elements.iter().enumerate() {
            let segment = Segment::Index(index);
            read_elements.extend(self.within(segment, |reader| read(reader, element)));
        }
        Some(read_elements)
    }

    pub(crate) fn strings(&mut self, value: &'a Value<'a>) -> Option<Vec<Spanned<String>>> {
        self.list(value, Self::string)
    }

    /// Reads an object whose keys are names. The place of an entry is that of its key and value.
    pub(crate) fn map<T>(
        &mut self,
        value: &'a Value<'a>,
        mut read: impl FnMut(&mut Self, &'a Value<'a>) -> Option<T>,
    ) -> Option<BTreeMap<String, Spanned<T>>> {
        let mut map: BTreeMap<String, Spanned<T>> = BTreeMap::new();
        for property in &self.object(value)?.properties {
            let key = property.name.as_str();
            if let Some(first) = map.get(key).and_then(|first| first.span) {
                let kind = ProblemKind::DuplicateKey {
                    key: Excerpt::new(key),
                    first: first.start,
                };
                self.problem(kind, &property.name);
                continue;
            }
            let entry = self.within(Segment::Key(key), |reader| read(reader, &property.value));
            if let Some(value) = entry {
                map.insert(key.to_owned(), Spanned::new(value, self.span(property)));
            }
        }
        Some(map)
    }

    pub(crate) fn string_map(
        &mut self,
        value: &'a Value<'a>,
    ) -> Option<BTreeMap<String, Spanned<String>>> {
        self.map(value, |reader, value| {
            reader.string(value).map(|text| text.value)
        })
    }

    /// Tells that a value has not the type that is needed here.
    pub(crate) fn wrong_type<T>(&mut self, expected: &'static str, value: &Value<'_>) -> Option<T> {
        let found = match value {
            Value::StringLit(_) => "a string",
            Value::NumberLit(_) => "a number",
            Value::BooleanLit(boolean) if boolean.value => "true",
            Value::BooleanLit(_) => "false",
            Value::Object(_) => "an object",
            Value::Array(_) => "a list",
            Value::NullKeyword(_) => "null",
        };
        let path = self.path_text();
        self.problem(
            ProblemKind::WrongType {
                path,
                expected,
                found,
            },
            value,
        );
        None
    }

    fn within<T>(&mut self, segment: Segment<'a>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(segment);
        let result = read(self);
        self.path.pop();
        result
    }

    /// `steps[2].variables["A"]`
    fn path_text(&self) -> String {
        let mut text = String::new();
        for segment in &self.path {
            // Writing to a String cannot fail.
            let _ = match segment {
                Segment::Field(name) if text.is_empty() => write!(text, "{name}"),
                Segment::Field(name) => write!(text, ".{name}"),
                Segment::Key(key) => write!(text, "[{:?}]", Excerpt::new(key).as_str()),
                Segment::Index(index) => write!(text, "[{index}]"),
            };
        }
        text
    }
}
