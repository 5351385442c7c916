//! Checks a value by a schema: of JSON Schema what ours uses, and nothing else.

use std::cell::RefCell;
use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Map, Value};

/// A schema, ready to check values.
pub(super) struct Validator {
    root: Value,
    /// Those that were needed so far.
    patterns: RefCell<BTreeMap<String, Regex>>,
}

impl Validator {
    pub(super) fn new(root: Value) -> Self {
        Self {
            root,
            patterns: RefCell::default(),
        }
    }

    pub(super) fn allows(&self, value: &Value) -> bool {
        self.allows_by_schema(&self.root, value)
    }

    fn allows_by_schema(&self, schema: &Value, value: &Value) -> bool {
        match schema {
            Value::Object(keywords) => keywords
                .iter()
                .all(|(keyword, rule)| self.allows_by(keywords, keyword, rule, value)),
            all_or_nothing => all_or_nothing.as_bool().unwrap(),
        }
    }

    fn allows_by(
        &self,
        keywords: &Map<String, Value>,
        keyword: &str,
        rule: &Value,
        value: &Value,
    ) -> bool {
        let count = |rules: &Value| {
            let rules = rules.as_array().unwrap().iter();
            rules
                .filter(|rule| self.allows_by_schema(rule, value))
                .count()
        };
        match keyword {
            "$schema" | "$defs" | "title" | "description" | "default" => true,
            "$ref" => {
                let path = rule.as_str().unwrap().strip_prefix('#').unwrap();
                self.allows_by_schema(self.root.pointer(path).unwrap(), value)
            }
            "type" => match rule {
                Value::Array(types) => types.iter().any(|name| is_of_type(value, name)),
                name => is_of_type(value, name),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "anyOf" => count(rule) > 0,
            "oneOf" => count(rule) == 1,
            "not" => !self.allows_by_schema(rule, value),
            "items" => value.as_array().is_none_or(|items| {
                let mut items = items.iter();
                items.all(|item| self.allows_by_schema(rule, item))
            }),
            "pattern" => value
                .as_str()
                .is_none_or(|text| self.matches(rule.as_str().unwrap(), text)),
            "minLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value
                .as_array()
                .is_none_or(|items| items.len() as u64 <= rule.as_u64().unwrap()),
            "minimum" => value
                .as_f64()
                .is_none_or(|number| number >= rule.as_f64().unwrap()),
            "maximum" => value
                .as_f64()
                .is_none_or(|number| number <= rule.as_f64().unwrap()),
            _ => value
                .as_object()
                .is_none_or(|object| self.allows_object(keywords, keyword, rule, object)),
        }
    }

    fn allows_object(
        &self,
        keywords: &Map<String, Value>,
        keyword: &str,
        rule: &Value,
        object: &Map<String, Value>,
    ) -> bool {
        match keyword {
            "required" => {
                let mut names = rule.as_array().unwrap().iter();
                names.all(|name| object.contains_key(name.as_str().unwrap()))
            }
            "maxProperties" => object.len() as u64 <= rule.as_u64().unwrap(),
            "properties" => object
                .iter()
                .filter_map(|(name, value)| Some((rule.get(name)?, value)))
                .all(|(rule, value)| self.allows_by_schema(rule, value)),
            "additionalProperties" => {
                let known = keywords.get("properties");
                object
                    .iter()
                    .filter(|(name, _)| known.is_none_or(|known| known.get(name).is_none()))
                    .all(|(_, value)| self.allows_by_schema(rule, value))
            }
            keyword => panic!("the schema uses `{keyword}`, which this check does not know"),
        }
    }

    fn matches(&self, pattern: &str, text: &str) -> bool {
        let mut patterns = self.patterns.borrow_mut();
        patterns
            .entry(pattern.to_owned())
            .or_insert_with(|| Regex::new(pattern).unwrap())
            .is_match(text)
    }
}

fn is_of_type(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        name => panic!("the schema uses the type `{name}`, which this check does not know"),
    }
}
