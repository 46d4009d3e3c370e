//! The tree of a YAML text, with the position of each value.

use std::hash::{Hash, Hasher};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::diagnostics::Span;
use crate::diagnostics::messages::Shape;

/// A YAML value and its position.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its position in the file.
    pub span: Span,
}

/// A YAML value. Numbers and booleans keep their spelling: `1.10` is also the text `1.10`.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// `true`, `yes`, …
    Bool(bool),
    /// A whole number and its spelling.
    Integer(i64, String),
    /// Another number and its spelling.
    Float(f64, String),
    /// A string.
    Text(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Map(Vec<(Key, Node)>),
}

/// A mapping's key.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Its position in the file.
    pub span: Span,
}

impl Node {
    /// An empty mapping without a position, for defaults.
    pub fn empty_map() -> Node {
        Node { value: Value::Map(Vec::new()), span: Span::default() }
    }

    /// All texts in it but the keys.
    pub fn texts(&self) -> Vec<&str> {
        match &self.value {
            Value::Text(text) => vec![text],
            Value::List(items) => items.iter().flat_map(Node::texts).collect(),
            Value::Map(entries) => entries.iter().flat_map(|(_, node)| node.texts()).collect(),
            _ => Vec::new(),
        }
    }

    /// Its shape, for messages.
    pub fn shape(&self) -> Shape {
        match self.value {
            Value::Null => Shape::Nothing,
            Value::Bool(_) => Shape::Bool,
            Value::Integer(..) | Value::Float(..) => Shape::Number,
            Value::Text(_) => Shape::Text,
            Value::List(_) => Shape::List,
            Value::Map(_) => Shape::Map,
        }
    }

    /// The first key of a mapping that is one of `known`.
    pub fn key_among(&self, known: &[&str]) -> Option<&Key> {
        match &self.value {
            Value::Map(entries) => {
                entries.iter().map(|(key, _)| key).find(|key| known.contains(&key.name.as_str()))
            }
            _ => None,
        }
    }

    /// The value as a message shows it.
    pub fn spelling(&self) -> String {
        match &self.value {
            Value::Bool(value) => value.to_string(),
            Value::List(_) => "[…]".to_owned(),
            Value::Map(_) => "{…}".to_owned(),
            _ => self.as_text().unwrap_or_default().to_owned(),
        }
    }

    /// The text, or the spelling of a number.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Integer(_, text) | Value::Float(_, text) => Some(text),
            _ => None,
        }
    }
}

/// Hashes values only, not positions.
impl Hash for Node {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(&self.value).hash(state);
        match &self.value {
            Value::Null => {}
            Value::Bool(value) => value.hash(state),
            Value::Integer(value, _) => value.hash(state),
            Value::Float(value, _) => value.to_bits().hash(state),
            Value::Text(text) => text.hash(state),
            Value::List(items) => items.hash(state),
            Value::Map(entries) => {
                entries.len().hash(state);
                for (key, node) in entries {
                    key.name.hash(state);
                    node.hash(state);
                }
            }
        }
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Integer(value, _) => serializer.serialize_i64(*value),
            Value::Float(value, _) => serializer.serialize_f64(*value),
            Value::Text(text) => serializer.serialize_str(text),
            Value::List(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Value::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(&key.name, value)?;
                }
                map.end()
            }
        }
    }
}

/// Stores a node in the cache as JSON, because the cache's format is not self-describing. Positions are left out.
pub mod as_json {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::config::yaml::tree::{Key, Node, Value};
    use crate::diagnostics::Span;

    /// Writes the JSON.
    pub fn serialize<S: Serializer>(node: &Option<Node>, serializer: S) -> Result<S::Ok, S::Error> {
        node.as_ref().and_then(|node| serde_json::to_string(node).ok()).serialize(serializer)
    }

    /// Reads the JSON.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Node>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).map(node))
    }

    fn node(json: serde_json::Value) -> Node {
        let value = match json {
            serde_json::Value::Null => Value::Null,
            serde_json::Value::Bool(value) => Value::Bool(value),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(whole) => Value::Integer(whole, number.to_string()),
                None => Value::Float(number.as_f64().unwrap_or(0.0), number.to_string()),
            },
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Array(items) => Value::List(items.into_iter().map(node).collect()),
            serde_json::Value::Object(map) => Value::Map(
                map.into_iter()
                    .map(|(name, value)| (Key { name, span: Span::default() }, node(value)))
                    .collect(),
            ),
        };
        Node { value, span: Span::default() }
    }
}
