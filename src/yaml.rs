//! YAML as a tree with places, and a reader of mappings that collects every mistake instead of
//! stopping at the first: unknown keys with the nearest known one, missing keys, wrong types.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_yaml::Spanned;
use serde_yaml::options::MergeKeyPolicy;

use crate::diagnostic::Diagnostic;
use crate::problem::{Problem, Shape};
use crate::source::{Source, Span};
use crate::text::nearest;

/// The largest YAML text that is read, in bytes: front matter is a few lines, not a book.
pub const SIZE_LIMIT: usize = 64 * 1024;
/// How deep mappings and lists may nest.
const DEPTH_LIMIT: usize = 16;

/// A YAML value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its place in the file.
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
    /// Its place in the file.
    pub span: Span,
}

impl Node {
    /// A value that stands nowhere: for defaults.
    pub fn empty_map() -> Node {
        Node { value: Value::Map(Vec::new()), span: Span::default() }
    }

    fn shape(&self) -> Shape {
        match self.value {
            Value::Null => Shape::Nothing,
            Value::Bool(_) => Shape::Bool,
            Value::Integer(..) | Value::Float(..) => Shape::Number,
            Value::Text(_) => Shape::Text,
            Value::List(_) => Shape::List,
            Value::Map(_) => Shape::Map,
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

    /// The string that is meant: texts, and numbers as they are spelled.
    fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Integer(_, text) | Value::Float(_, text) => Some(text),
            _ => None,
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

/// What the YAML crate gives, before spellings are cut from the source.
enum Raw {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Raw;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("any YAML value")
            }
            fn visit_unit<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }
            fn visit_none<E>(self) -> Result<Raw, E> {
                Ok(Raw::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
                Ok(Raw::Bool(value))
            }
            fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
                Ok(Raw::Integer(value))
            }
            fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
                Ok(i64::try_from(value).map_or(Raw::Float(value as f64), Raw::Integer))
            }
            fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
                Ok(Raw::Float(value))
            }
            fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
                Ok(Raw::Text(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Raw::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
                let mut map = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    map.push(entry);
                }
                Ok(Raw::Map(map))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A stretch of YAML in a file: a whole file, or the front matter of a document.
#[derive(Clone, Copy)]
pub struct Yaml<'a> {
    /// The file.
    pub source: &'a Source,
    /// The YAML text.
    pub text: &'a str,
    /// How many lines of the file stand before it.
    pub lines_before: u32,
}

impl Yaml<'_> {
    /// Parses the text; `known` keys help to recognise slips of the pen.
    ///
    /// # Errors
    /// One located diagnostic: YAML cannot be read beyond its first syntax error.
    pub fn parse(self, known: &[&str]) -> Result<Node, Box<Diagnostic>> {
        if self.text.len() > SIZE_LIMIT {
            let problem = Problem::YamlTooLong { bytes: self.text.len(), limit: SIZE_LIMIT };
            return Err(self.error(problem, Span { line: 1, column: 1, width: 1 }));
        }
        let options = serde_yaml::options! {
            budget: serde_yaml::budget! { max_depth: DEPTH_LIMIT, max_aliases: 0, max_anchors: 0 },
            merge_keys: MergeKeyPolicy::Error,
            reject_unsupported_tags: true,
        };
        match serde_yaml::from_str_with_options::<Spanned<Raw>>(self.text, options) {
            Ok(raw) => Ok(self.node(raw)),
            Err(error) => Err(self.syntax_error(&error, known)),
        }
    }

    fn node(self, raw: Spanned<Raw>) -> Node {
        let location = raw.referenced;
        let bytes = location.span().byte_offset().zip(location.span().byte_len());
        let spelling = bytes
            .and_then(|(start, len)| self.text.get(start as usize..(start + len) as usize))
            .unwrap_or_default();
        let width = spelling.lines().next().unwrap_or_default().chars().count() as u32;
        let span = self.span(location.line(), location.column(), width);
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Bool(value) => Value::Bool(value),
            Raw::Integer(value) => Value::Integer(value, spelling.to_owned()),
            Raw::Float(value) => Value::Float(value, spelling.to_owned()),
            Raw::Text(text) => Value::Text(text),
            Raw::List(items) => Value::List(items.into_iter().map(|item| self.node(item)).collect()),
            Raw::Map(entries) => Value::Map(
                entries.into_iter().map(|(key, value)| (self.key(key), self.node(value))).collect(),
            ),
        };
        Node { value, span }
    }

    fn key(self, key: Spanned<String>) -> Key {
        let width = key.value.chars().count() as u32;
        let span = self.span(key.referenced.line(), key.referenced.column(), width);
        Key { name: key.value, span }
    }

    fn span(self, line: u64, column: u64, width: u32) -> Span {
        Span { line: self.lines_before + line as u32, column: column as u32, width: width.max(1) }
    }

    fn error(self, problem: Problem, span: Span) -> Box<Diagnostic> {
        let span = Span { line: span.line + self.lines_before, ..span };
        Box::new(Diagnostic::error(problem).at(self.source.place(span)))
    }

    /// Says what was probably meant; the crate's own words are the last resort.
    fn syntax_error(self, error: &serde_yaml::Error, known: &[&str]) -> Box<Diagnostic> {
        if let Some(error) = self.full_width_colon(known) {
            return error;
        }
        let error = error.without_snippet();
        let (line, column) =
            error.location().map_or((1, 1), |at| (at.line().max(1) as u32, at.column().max(1) as u32));
        let text = error.to_string();
        let near = self.text.lines().nth(line as usize - 1).unwrap_or_default();
        let problem = match error {
            serde_yaml::Error::DuplicateMappingKey { key, .. } => {
                Problem::DuplicateKey { key: key.clone().unwrap_or_default() }
            }
            serde_yaml::Error::MergeKeyNotAllowed { .. } | serde_yaml::Error::UnknownAnchor { .. } => {
                Problem::YamlReference
            }
            _ if text.contains("nchors") || text.contains("liases") || text.contains("anchor") => {
                Problem::YamlReference
            }
            _ if text.contains("Depth") || text.contains("nesting") => {
                Problem::YamlTooDeep { limit: DEPTH_LIMIT }
            }
            _ if text.contains("tag") => Problem::YamlTag,
            _ if text.contains("tab") || near.starts_with('\t') => Problem::YamlTab,
            _ if text.contains("mapping values are not allowed") => Problem::YamlColon,
            _ if text.contains("quoted") || text.contains("unclosed") || text.contains("quote") => {
                Problem::YamlUnclosed { detail: detail(&text) }
            }
            _ => Problem::YamlSyntax { detail: detail(&text) },
        };
        self.error(problem, Span { line, column, width: 1 })
    }

    /// `title：甲`: the commonest slip, and the one that YAML's own message explains least.
    fn full_width_colon(self, known: &[&str]) -> Option<Box<Diagnostic>> {
        self.text.lines().zip(1..).find_map(|(line, number)| {
            let (key, _) = line.split_once('：')?;
            let name = key.trim();
            known.contains(&name).then(|| {
                let span = Span { line: number, column: 1 + key.chars().count() as u32, width: 1 };
                self.error(Problem::FullWidthColon { key: name.to_owned() }, span)
            })
        })
    }

    /// The node as a mapping's reader.
    ///
    /// # Errors
    /// A node that is not a mapping; nothing at all counts as an empty mapping.
    pub fn fields(self, node: Node, known: &'static [&'static str]) -> Result<Fields<'static>, Box<Diagnostic>>
    where
        Self: Sized,
    {
        match node.value {
            Value::Map(entries) => Ok(Fields::new(entries, node.span, known)),
            Value::Null => Ok(Fields::new(Vec::new(), node.span, known)),
            _ => Err(self.full_width_colon(known).unwrap_or_else(|| {
                Box::new(
                    Diagnostic::error(Problem::NotAMapping { known: known.to_vec() })
                        .at(self.source.place(node.span)),
                )
            })),
        }
    }
}

/// The crate's message without its own "at line 1, column 2", which counts from the wrong place.
fn detail(text: &str) -> String {
    text.split(" at line ").next().unwrap_or(text).to_owned()
}

/// A located mistake in a mapping, before it is tied to a file.
pub type Mistake = (Problem, Span);

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place in the file.
    pub span: Span,
}

/// Reads a mapping field by field. Every mistake is noted; [`Fields::finish`] hands them over.
pub struct Fields<'a> {
    entries: Vec<(Key, Option<Node>)>,
    known: &'a [&'a str],
    span: Span,
    mistakes: Vec<Mistake>,
}

impl<'a> Fields<'a> {
    fn new(entries: Vec<(Key, Node)>, span: Span, known: &'a [&'a str]) -> Self {
        let entries = entries.into_iter().map(|(key, node)| (key, Some(node))).collect();
        Fields { entries, known, span, mistakes: Vec::new() }
    }

    /// A reader of a mapping inside this one; anything but a mapping is a mistake.
    pub fn inner<'b>(&mut self, key: &'static str, node: Node, known: &'b [&'b str]) -> Option<Fields<'b>> {
        match node.value {
            Value::Map(entries) => Some(Fields::new(entries, node.span, known)),
            _ => {
                self.wrong(key, Shape::Map, &node);
                None
            }
        }
    }

    /// Takes over the mistakes of a mapping inside this one, its unknown keys included.
    pub fn absorb(&mut self, inner: Fields<'_>) {
        self.mistakes.extend(inner.finish());
    }

    /// Is there a value for `key` that is not empty?
    pub fn is_written(&self, key: &str) -> bool {
        self.entries.iter().any(|(entry, node)| {
            let empty = |node: &Node| match &node.value {
                Value::Null => true,
                Value::Text(text) => text.trim().is_empty(),
                Value::List(items) => items.is_empty(),
                _ => false,
            };
            entry.name == key && node.as_ref().is_some_and(|node| !empty(node))
        })
    }

    /// Where `key` stands, if it is there.
    pub fn key_span(&self, key: &str) -> Option<Span> {
        self.entries.iter().find(|(entry, _)| entry.name == key).map(|(entry, _)| entry.span)
    }

    /// Where the mapping stands.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Notes a mistake.
    pub fn mistake(&mut self, problem: Problem, span: Span) {
        self.mistakes.push((problem, span));
    }

    /// The keys that are not `known`, with their values: for mappings whose keys are data.
    pub fn take_all(&mut self) -> Vec<(Key, Node)> {
        self.entries.drain(..).filter_map(|(key, node)| node.map(|node| (key, node))).collect()
    }

    /// The node of `key`, unless it is missing or nothing.
    pub fn node(&mut self, key: &'static str) -> Option<Node> {
        let (_, node) = self.entries.iter_mut().find(|(entry, _)| entry.name == key)?;
        node.take().filter(|node| node.value != Value::Null)
    }

    /// A string; empty ones count as missing, numbers as they are spelled.
    pub fn text(&mut self, key: &'static str) -> Option<Located<String>> {
        let node = self.node(key)?;
        let text = self.text_of(key, &node)?;
        (!text.value.is_empty()).then_some(text)
    }

    /// A string that has to be there; `empty` values are a mistake of their own.
    pub fn required_text(&mut self, key: &'static str) -> Option<Located<String>> {
        let present = self.key_span(key);
        let before = self.mistakes.len();
        let text = self.text(key);
        if text.is_none() && self.mistakes.len() == before {
            match present {
                Some(span) => self.mistake(Problem::EmptyValue { key }, span),
                None => self.mistake(Problem::MissingKey { key }, self.span),
            }
        }
        text
    }

    /// A name or path: it may be left out, but not be empty.
    pub fn name(&mut self, key: &'static str) -> Option<Located<String>> {
        let node = self.node(key)?;
        let name = self.text_of(key, &node)?;
        if name.value.is_empty() {
            self.mistake(Problem::EmptyValue { key }, name.span);
            return None;
        }
        Some(name)
    }

    fn text_of(&mut self, key: &'static str, node: &Node) -> Option<Located<String>> {
        let Some(text) = node.as_text() else {
            self.wrong(key, Shape::Text, node);
            return None;
        };
        if let Some(control) = text.chars().find(|c| c.is_control() && *c != '\n' && *c != '\t') {
            self.mistake(Problem::ControlCharacter { key, code: control as u32 }, node.span);
            return None;
        }
        let value = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Located { value, span: node.span })
    }

    /// A string or a list of strings.
    pub fn texts(&mut self, key: &'static str) -> Vec<Located<String>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        let items = match node.value {
            Value::List(items) => items,
            Value::Map(_) => {
                self.wrong(key, Shape::List, &node);
                return Vec::new();
            }
            _ => vec![node],
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            if item.value == Value::Null {
                self.mistake(Problem::EmptyValue { key }, item.span);
                continue;
            }
            match self.text_of(key, &item) {
                Some(text) if text.value.is_empty() => {
                    self.mistake(Problem::EmptyValue { key }, item.span);
                }
                text => texts.extend(text),
            }
        }
        texts
    }

    /// `true` or `false`; missing is `false`.
    pub fn flag(&mut self, key: &'static str) -> bool {
        match self.node(key) {
            None => false,
            Some(Node { value: Value::Bool(value), .. }) => value,
            Some(node) => {
                self.wrong(key, Shape::Bool, &node);
                false
            }
        }
    }

    /// A whole number between `least` and `most`.
    pub fn integer(&mut self, key: &'static str, least: i64, most: i64) -> Option<i64> {
        let node = self.node(key)?;
        let value = match &node.value {
            Value::Integer(value, _) => Some(*value),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match value {
            Some(value) if (least..=most).contains(&value) => Some(value),
            Some(_) => {
                self.mistake(Problem::OutOfRange { key, least, most }, node.span);
                None
            }
            None => {
                self.wrong(key, Shape::Integer, &node);
                None
            }
        }
    }

    /// A mapping of any content, for themes; missing is an empty one.
    pub fn free_map(&mut self, key: &'static str) -> Node {
        match self.node(key) {
            None => Node::empty_map(),
            Some(node) if matches!(node.value, Value::Map(_)) => node,
            Some(node) => {
                self.wrong(key, Shape::Map, &node);
                Node::empty_map()
            }
        }
    }

    /// A list of nodes.
    pub fn list(&mut self, key: &'static str) -> Option<Vec<Node>> {
        let node = self.node(key)?;
        match node.value {
            Value::List(items) => Some(items),
            _ => {
                self.wrong(key, Shape::List, &node);
                None
            }
        }
    }

    /// Notes that `node`, the value of `key`, is not what was expected.
    pub fn wrong(&mut self, key: &'static str, expected: Shape, node: &Node) {
        self.mistake(Problem::WrongType { key, expected, found: node.shape() }, node.span);
    }

    /// All mistakes, those of unknown keys among them.
    pub fn finish(mut self) -> Vec<Mistake> {
        let unknown: Vec<Mistake> = self
            .entries
            .iter()
            .filter(|(key, _)| !self.known.contains(&key.name.as_str()))
            .map(|(key, _)| {
                let near = nearest(&key.name, self.known.iter().copied()).map(str::to_owned);
                let known = self.known.iter().map(|name| (*name).to_owned()).collect();
                (Problem::UnknownKey { key: key.name.clone(), nearest: near, known }, key.span)
            })
            .collect();
        self.mistakes.extend(unknown);
        self.mistakes
    }
}
