//! From a tree of YAML to the type that is asked for.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;

use serde::de::value::{MapAccessDeserializer, SeqDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::{de, forward_to_deserialize_any};

use super::Problem;
use super::tree::{Node, Value};

/// How many values are read, each as often as aliases repeat it.
const VISIT_LIMIT: u32 = 1_000_000;

/// What may still be read.
pub(super) fn budget() -> Cell<u32> {
    Cell::new(VISIT_LIMIT)
}

/// Reads one node.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    node: &'a Node<'a>,
    budget: &'a Cell<u32>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(node: &'a Node<'a>, budget: &'a Cell<u32>) -> Self {
        Self { node, budget }
    }

    /// Reads what `read` makes of the node; an error without a place gets the node's.
    fn visit<T>(self, read: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
        let place = |mut problem: Problem| {
            problem.position.get_or_insert(self.node.position);
            problem
        };
        let Some(left) = self.budget.get().checked_sub(1) else {
            return Err(Problem::new(
                self.node.position,
                format!("aliases make more than {VISIT_LIMIT} values of this file"),
            ));
        };
        self.budget.set(left);
        read().map_err(place)
    }

    fn entries(self) -> Entries<'a> {
        let rest = match &self.node.value {
            Value::Mapping(entries) => entries.as_slice(),
            _ => &[],
        };
        Entries {
            rest,
            budget: self.budget,
        }
    }

    fn visit_scalar<'de, V: Visitor<'de>>(
        text: &str,
        is_plain: bool,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        if !is_plain {
            return visitor.visit_str(text);
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return visitor.visit_unit(),
            "true" | "True" | "TRUE" => return visitor.visit_bool(true),
            "false" | "False" | "FALSE" => return visitor.visit_bool(false),
            _ => {}
        }
        if let Ok(number) = text.parse::<i64>() {
            return visitor.visit_i64(number);
        }
        if let Ok(number) = text.parse::<u64>() {
            return visitor.visit_u64(number);
        }
        // Rust reads words such as `inf` too, which YAML writes with a dot.
        if text.bytes().all(|byte| b"0123456789+-.eE".contains(&byte))
            && let Ok(number) = text.parse::<f64>()
        {
            return visitor.visit_f64(number);
        }
        visitor.visit_str(text)
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.visit(|| match &self.node.value {
            Value::Scalar { text, is_plain } => Self::visit_scalar(text, *is_plain, visitor),
            Value::List(items) => {
                let items = items.iter().map(|item| Reader::new(item, self.budget));
                visitor.visit_seq(SeqDeserializer::new(items))
            }
            Value::Mapping(_) => visitor.visit_map(self.entries()),
        })
    }

    /// A plain number is text as it was written where text is asked for: `18.10` stays what it is.
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match &self.node.value {
            Value::Scalar { text, .. } if !self.node.is_nothing() => {
                self.visit(|| visitor.visit_str(text))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.node.is_nothing() {
            self.visit(|| visitor.visit_none())
        } else {
            self.visit(|| visitor.visit_some(self))
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.visit(|| visitor.visit_newtype_struct(self))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        self.visit(|| match &self.node.value {
            Value::Scalar { text, .. } => visitor.visit_enum((&**text).into_deserializer()),
            Value::Mapping(_) => visitor.visit_enum(MapAccessDeserializer::new(self.entries())),
            Value::List(_) => self.deserialize_any(visitor),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct
    }
}

impl IntoDeserializer<'_, Problem> for Reader<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The entries of a mapping.
struct Entries<'a> {
    rest: &'a [(Rc<Node<'a>>, Rc<Node<'a>>)],
    budget: &'a Cell<u32>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Problem> {
        let Some((key, _)) = self.rest.first() else {
            return Ok(None);
        };
        seed.deserialize(Reader::new(key, self.budget)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let Some(((_, value), rest)) = self.rest.split_first() else {
            return Err(de::Error::custom("a key without a value"));
        };
        self.rest = rest;
        seed.deserialize(Reader::new(value, self.budget))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self {
            position: None,
            text: text.to_string(),
        }
    }
}
