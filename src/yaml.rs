//! YAML as a tree with places. What a syntax error probably meant is said in the clerk's words.

use std::fmt;
use std::hash::{Hash, Hasher};

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_yaml::Spanned;
use serde_yaml::options::MergeKeyPolicy;

use crate::diagnostic::Diagnostic;
use crate::fields::Fields;
use crate::problem::{Problem, Shape};
use crate::slip;
use crate::source::{Source, Span};
use crate::tag;

/// The largest settings file that is read, in bytes: a province has thousands of townships.
pub const SETTINGS_LIMIT: u64 = 4 * 1024 * 1024;

/// What a stretch of YAML may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Its length in bytes.
    pub bytes: usize,
    /// How deep mappings and lists may nest.
    pub depth: usize,
    /// How many `*aliases` it may have.
    pub aliases: usize,
}

impl Bounds {
    /// Front matter, unless `limits` says otherwise: it is a few lines, not a book.
    pub const FRONT_MATTER: Bounds = Bounds { bytes: 64 * 1024, depth: 16, aliases: 0 };
    /// Settings files.
    pub const SETTINGS: Bounds = Bounds { bytes: SETTINGS_LIMIT as usize, ..Bounds::FRONT_MATTER };
}

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
    fn key_among(&self, known: &[&str]) -> Option<&Key> {
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

    /// The string that is meant: texts, and numbers as they are spelled.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Integer(_, text) | Value::Float(_, text) => Some(text),
            _ => None,
        }
    }
}

/// By value: where a node stands makes no difference.
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

/// A node in the cache: as JSON, for it tells its own types. Places are not needed any more.
pub mod as_json {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Key, Node, Value};
    use crate::source::Span;

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
    /// What it may be.
    pub bounds: Bounds,
}

impl<'a> Yaml<'a> {
    /// A file that is YAML from end to end.
    pub fn file(source: &'a Source) -> Self {
        Yaml { source, text: &source.text, lines_before: 0, bounds: Bounds::SETTINGS }
    }
}

impl Yaml<'_> {
    /// Parses the text; `known` keys help to recognise slips of the pen.
    ///
    /// # Errors
    /// One located diagnostic: YAML cannot be read beyond its first syntax error.
    pub fn parse(self, known: &[&str]) -> Result<Node, Box<Diagnostic>> {
        let Bounds { bytes: limit, depth, aliases } = self.bounds;
        if self.text.len() > limit {
            let problem = Problem::YamlTooLong { bytes: self.text.len(), limit };
            return Err(self.error(problem, Span { line: 1, column: 1, width: 1 }));
        }
        if let Some((span, rest)) = tag::first(self.text, depth) {
            return Err(self.error(Problem::YamlTag { text: slip::shortened(rest) }, span));
        }
        let options = serde_yaml::options! {
            budget: serde_yaml::budget! { max_depth: depth, max_aliases: aliases, max_anchors: aliases },
            merge_keys: MergeKeyPolicy::Error,
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
        if let Some(error) = self.slip(known).or_else(|| self.second_document()) {
            return error;
        }
        let error = error.without_snippet();
        let (line, column) =
            error.location().map_or((1, 1), |at| (at.line().max(1) as u32, at.column().max(1) as u32));
        let text = error.to_string();
        let nested = || slip::nested(self.text, line as usize);
        let is_colon =
            text.contains("simple key expected") || text.contains("mapping values are not allowed");
        if let Some((problem, line, column)) = is_colon.then(nested).flatten() {
            return self.error(problem, Span { line: line as u32, column: column as u32, width: 1 });
        }
        if let Some(error) = self.missing_colon(line) {
            return error;
        }
        // The parser stumbles in the very line, or in the one after it.
        let near = |at: u32| at <= line && line - at <= 1;
        let opening = self.unclosed();
        let trailing = self.text_after_quote().filter(|span| near(span.line));
        let tab = self.text.lines().position(|line| line.starts_with('\t')).map(|at| at as u32 + 1);
        let tab = tab.filter(|at| near(*at));
        let (line, column) = tab.map_or((line, column), |at| (at, 1));
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
            _ if ["Depth", "nesting", "recursion"].iter().any(|word| text.contains(word)) => {
                Problem::YamlTooDeep { limit: self.bounds.depth }
            }
            // The rest of the crate's budget: nodes, above all.
            _ if text.contains("budget") => {
                Problem::YamlTooMuch { by_references: self.bounds.aliases > 0 && self.text.contains('*') }
            }
            _ if text.contains("alias") && text.contains("exceeded") => {
                Problem::YamlTooMuch { by_references: true }
            }
            _ if text.contains("while parsing a quoted scalar") => Problem::YamlEscape,
            _ if text.contains("tag") => Problem::YamlTag { text: self.value_at(line, column) },
            _ if text.contains("tab") || tab.is_some() => Problem::YamlTab,
            _ if trailing.is_some() => {
                return self.error(Problem::TextAfterQuote, trailing.unwrap_or_default());
            }
            _ if opening.is_some() || text.contains("quote") || text.contains("unclosed") => {
                let span = opening.unwrap_or(Span { line, column, width: 1 });
                return self.error(Problem::YamlUnclosed, span);
            }
            _ if slip::indentation(self.text, line as usize).is_some() => Problem::YamlIndent,
            _ if text.contains("mapping values are not allowed") => Problem::YamlColon,
            _ => Problem::YamlSyntax { detail: detail(&text) },
        };
        self.error(problem, Span { line, column, width: 1 })
    }

    /// What stands from a place to the end of its line, for a message.
    fn value_at(self, line: u32, column: u32) -> String {
        let text = self.text.lines().nth((line as usize).saturating_sub(1)).unwrap_or_default();
        let at =
            text.char_indices().nth((column as usize).saturating_sub(1)).map_or(text.len(), |(at, _)| at);
        slip::shortened(tag::value(&text[..at], &text[at..]))
    }

    /// The commonest slips, which YAML's own messages explain least: `title：甲` and `title:甲`.
    fn slip(self, known: &[&str]) -> Option<Box<Diagnostic>> {
        let (problem, line, column) = slip::first(self.text, known)?;
        Some(self.error(problem, Span { line: line as u32, column: column as u32, width: 1 }))
    }

    /// `---`, or what was meant for it, in a file that is settings from end to end, or within front matter.
    fn second_document(self) -> Option<Box<Diagnostic>> {
        let first = self.text.lines().position(|line| !line.trim().is_empty())?;
        let (found, line, problem) = self.text.lines().zip(0..).find_map(|(line, number)| {
            // The first line of a file may be `---`.
            let second = line.trim_end() == "---" && number != first;
            let problem = slip::fence(line).or(second.then_some(Problem::YamlDocument))?;
            Some((line, number as u32 + 1, problem))
        })?;
        let problem = if self.lines_before > 0 { problem } else { Problem::YamlDocument };
        let width = found.trim_end().chars().count() as u32;
        Some(self.error(problem, Span { line, column: 1, width }))
    }

    /// The quote or bracket that opens a value and is not closed on its line: the parser notices only later.
    fn unclosed(self) -> Option<Span> {
        self.text.lines().zip(1..).find_map(|(line, number)| {
            let (key, value) = entry(line)?;
            let value = value.trim();
            let closed = match value.chars().next()? {
                quote @ ('"' | '\'') => value[1..].contains(quote),
                '[' => value.contains(']'),
                '{' => value.contains('}'),
                _ => true,
            };
            let column = key.chars().count() as u32 + 3;
            (!closed).then_some(Span { line: number, column, width: 1 })
        })
    }

    /// Where text goes on after a quoted or bracketed value: `title: "甲"乙`.
    fn text_after_quote(self) -> Option<Span> {
        self.text.lines().zip(1..).find_map(|(line, number)| {
            let (key, value) = entry(line)?;
            let closing = match value.trim_start().chars().next()? {
                quote @ ('"' | '\'') => quote,
                '[' => ']',
                _ => return None,
            };
            let opening = value.len() - value.trim_start().len() + 1;
            let end = opening + value[opening..].find(closing)? + 1;
            let rest = &value[end..];
            let more = !rest.trim().is_empty() && !rest.trim_start().starts_with(['#', '"', '\'']);
            let column = (key.chars().count() + 2 + value[..end].chars().count() + 1) as u32;
            more.then_some(Span { line: number, column, width: rest.trim_end().chars().count() as u32 })
        })
    }

    /// A line without a colon is noticed at its end or only at the next one: the last line up to `line`
    /// that has none is the one to mend.
    fn missing_colon(self, line: u32) -> Option<Box<Diagnostic>> {
        let before = self.text.lines().take(line as usize).enumerate();
        let (at, text) = before.filter(|(_, text)| !text.trim().is_empty() && !text.contains(':')).last()?;
        if at + 2 < line as usize {
            return None;
        }
        let is_entry =
            !text.starts_with([' ', '\t', '-', '#', '[', '{', ']', '}', '"', '\'']) && !text.contains(':');
        let width = text.trim_end().chars().count() as u32;
        let span = Span { line: at as u32 + 1, column: 1, width };
        is_entry.then(|| self.error(Problem::NoColon { text: text.trim().to_owned() }, span))
    }

    /// The node as a mapping's reader.
    ///
    /// # Errors
    /// A node that is not a mapping; nothing at all counts as an empty mapping.
    pub fn fields(
        self,
        node: Node,
        known: &'static [&'static str],
    ) -> Result<Fields<'static>, Box<Diagnostic>> {
        match node.value {
            Value::Map(entries) => Ok(Fields::new(entries, node.span, known)),
            Value::Null => Ok(Fields::new(Vec::new(), node.span, known)),
            Value::List(items) if items.iter().any(|item| item.key_among(known).is_some()) => {
                let first = items.iter().find_map(|item| item.key_among(known));
                let (key, span) = first.map_or_else(Default::default, |key| (key.name.clone(), key.span));
                let problem = Problem::DashBeforeKey { key };
                Err(Box::new(Diagnostic::error(problem).at(self.source.place(span))))
            }
            _ => Err(self.slip(known).unwrap_or_else(|| {
                Box::new(
                    Diagnostic::error(Problem::NotAMapping { known: known.to_vec() })
                        .at(self.source.place(node.span)),
                )
            })),
        }
    }
}

/// The key and the value of a line `key: value`; flow mappings are more than one.
fn entry(line: &str) -> Option<(&str, &str)> {
    let plain = |key: &str| key.trim_start().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    line.split_once(": ").filter(|(key, _)| plain(key))
}

/// The crate's message without its own "at line 1, column 2", which counts from the wrong place.
fn detail(text: &str) -> String {
    text.split(" at line ").next().unwrap_or(text).to_owned()
}
