//! From YAML's text to a tree.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::Problem;
use crate::analyze::app::object::without_capital;
use crate::analyze::app::read::count;
use crate::plan::Position;

/// How deep lists and mappings may be in each other. Lock files stay below ten.
const DEPTH_LIMIT: usize = 128;
/// The most values in one file. The largest lock files have a tenth of it.
const VALUE_LIMIT: usize = 1_000_000;

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) position: Position,
    pub(super) value: Value<'a>,
    /// How deep lists and mappings are in each other below it.
    height: usize,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Value<'a> {
    /// A word. A plain one may stand for a number, a truth value or nothing.
    Scalar {
        text: Cow<'a, str>,
        is_plain: bool,
    },
    List(Vec<Rc<Node<'a>>>),
    /// All keys are scalars, and no two the same.
    Mapping(Vec<Entry<'a>>),
}

/// A key and what it stands for.
type Entry<'a> = (Rc<Node<'a>>, Rc<Node<'a>>);

/// A list or mapping that has begun.
struct Open<'a> {
    position: Position,
    anchor: usize,
    height: usize,
    content: Content<'a>,
}

enum Content<'a> {
    List(Vec<Rc<Node<'a>>>),
    Mapping {
        entries: Vec<Entry<'a>>,
        keys: BTreeSet<String>,
        key: Option<Rc<Node<'a>>>,
    },
}

/// Reads the first document of a text; one that holds nothing is an empty mapping.
pub(super) fn parse(text: &str) -> Result<Rc<Node<'_>>, Problem> {
    let mut parser = Parser::new_from_str(text);
    let mut builder = Builder::default();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            Problem::new(position(error.marker()), without_capital(error.info()))
        })?;
        builder.take(event, position(&span.start))?;
        if builder.root.is_some() {
            break;
        }
    }
    Ok(match builder.root {
        Some(root) if !root.is_nothing() => root,
        _ => Rc::new(Node {
            position: Position { line: 1, column: 1 },
            value: Value::Mapping(Vec::new()),
            height: 1,
        }),
    })
}

fn position(marker: &Marker) -> Position {
    Position {
        line: count(marker.line()),
        column: count(marker.col() + 1),
    }
}

#[derive(Default)]
struct Builder<'a> {
    root: Option<Rc<Node<'a>>>,
    open: Vec<Open<'a>>,
    anchors: BTreeMap<usize, Rc<Node<'a>>>,
    values: usize,
}

impl<'a> Builder<'a> {
    fn take(&mut self, event: Event<'a>, position: Position) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain && !is_text(tag.as_deref());
                let value = Value::Scalar { text, is_plain };
                self.close(position, anchor, 0, value)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(node) => {
                    let node = Rc::clone(node);
                    self.add(node, position)
                }
                None => Err(Problem::new(position, "an alias inside what it stands for")),
            },
            Event::SequenceStart(anchor, _) => {
                self.start(position, anchor, Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, _) => {
                let content = Content::Mapping {
                    entries: Vec::new(),
                    keys: BTreeSet::new(),
                    key: None,
                };
                self.start(position, anchor, content)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else {
                    return Ok(());
                };
                let value = match open.content {
                    Content::List(items) => Value::List(items),
                    Content::Mapping { entries, .. } => Value::Mapping(entries),
                };
                self.close(open.position, open.anchor, open.height + 1, value)
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn start(
        &mut self,
        position: Position,
        anchor: usize,
        content: Content<'a>,
    ) -> Result<(), Problem> {
        if self.open.len() >= DEPTH_LIMIT {
            return Err(too_deep(position));
        }
        self.open.push(Open {
            position,
            anchor,
            height: 0,
            content,
        });
        Ok(())
    }

    fn close(
        &mut self,
        position: Position,
        anchor: usize,
        height: usize,
        value: Value<'a>,
    ) -> Result<(), Problem> {
        self.values += 1;
        if self.values > VALUE_LIMIT {
            let text = format!("holds more than {VALUE_LIMIT} values");
            return Err(Problem::new(position, text));
        }
        let node = Rc::new(Node {
            position,
            value,
            height,
        });
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.add(node, position)
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Rc<Node<'a>>, position: Position) -> Result<(), Problem> {
        let depth = self.open.len();
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.height = open.height.max(node.height);
        // What an alias stands for was built in a shallower place.
        if depth + node.height > DEPTH_LIMIT {
            return Err(too_deep(position));
        }
        match &mut open.content {
            Content::List(items) => items.push(node),
            Content::Mapping { entries, keys, key } => {
                if let Some(key) = key.take() {
                    entries.push((key, node));
                    return Ok(());
                }
                let Value::Scalar { text, .. } = &node.value else {
                    let text = "a list or mapping as key, expected a word";
                    return Err(Problem::new(position, text));
                };
                if !keys.insert(text.clone().into_owned()) {
                    return Err(Problem::new(position, format!("duplicate key `{text}`")));
                }
                *key = Some(node);
            }
        }
        Ok(())
    }
}

fn too_deep(position: Position) -> Problem {
    Problem::new(
        position,
        format!("lists and mappings are nested more than {DEPTH_LIMIT} levels deep"),
    )
}

/// Whether a tag makes a text of what looks like a number.
fn is_text(tag: Option<&Tag>) -> bool {
    tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str")
}

impl Node<'_> {
    /// Whether it stands for nothing.
    pub(super) fn is_nothing(&self) -> bool {
        let Value::Scalar { text, is_plain } = &self.value else {
            return false;
        };
        *is_plain && matches!(&**text, "" | "~" | "null" | "Null" | "NULL")
    }
}
