//! YAML as a tree with places. What a syntax error probably meant is said in the clerk's words.

pub mod fields;
pub mod multiline;
pub mod raw;
pub mod syntax_error;
pub mod tags;
pub mod tree;
pub mod typos;

use serde_yaml::Spanned;
use serde_yaml::options::MergeKeyPolicy;

use crate::config::yaml::fields::Fields;
use crate::config::yaml::multiline::Place;
use crate::config::yaml::raw::Raw;
pub use crate::config::yaml::tree::{Key, Node, Value, as_json};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::Problem;
use crate::diagnostics::source::{Source, Span};

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
        if let Some((span, rest)) = tags::first(self.text, depth) {
            return Err(self.error(Problem::YamlTag { text: typos::shortened(rest) }, span));
        }
        let options = serde_yaml::options! {
            budget: serde_yaml::budget! { max_depth: depth, max_aliases: aliases, max_anchors: aliases },
            merge_keys: MergeKeyPolicy::Error,
        };
        match serde_yaml::from_str_with_options::<Spanned<Raw>>(self.text, options) {
            Ok(raw) => {
                let mut slip = None;
                let node = self.node(raw, Place::Prose, known, &mut slip);
                // What a theme says is its own affair.
                slip.filter(|_| !known.is_empty()).map_or(Ok(node), Err)
            }
            Err(error) => Err(self.syntax_error(&error, known)),
        }
    }

    /// The tree of `raw`, the value at `place`, and the first `slip` in a text of several lines.
    fn node(
        self,
        raw: Spanned<Raw>,
        place: Place,
        known: &[&str],
        slip: &mut Option<Box<Diagnostic>>,
    ) -> Node {
        let location = raw.referenced;
        let bytes = location.span().byte_offset().zip(location.span().byte_len());
        let (before, spelling) = bytes
            .and_then(|(start, len)| {
                let (before, rest) = self.text.split_at_checked(start as usize)?;
                Some((before, rest.get(..len as usize)?))
            })
            .unwrap_or_default();
        let width = spelling.lines().next().unwrap_or_default().chars().count() as u32;
        let span = self.span(location.line(), location.column(), width);
        let value = match raw.value {
            Raw::Null => Value::Null,
            Raw::Bool(value) => Value::Bool(value),
            Raw::Integer(value) => Value::Integer(value, spelling.to_owned()),
            Raw::Float(value) => Value::Float(value, spelling.to_owned()),
            Raw::Text(text) => {
                if slip.is_none() && spelling.contains('\n') {
                    let begins_line = before.chars().rev().find(|c| *c != ' ').is_none_or(|c| c == '\n');
                    let found = multiline::slip(spelling, begins_line, place, known);
                    *slip = found.map(|found| self.joined(found, span));
                }
                Value::Text(text)
            }
            Raw::List(items) => {
                Value::List(items.into_iter().map(|item| self.node(item, place, known, slip)).collect())
            }
            Raw::Map(entries) => {
                let entry = |(key, value): (Spanned<String>, _)| {
                    let place = place.of(&key.value);
                    (self.key(key), self.node(value, place, known, slip))
                };
                Value::Map(entries.into_iter().map(entry).collect())
            }
        };
        Node { value, span }
    }

    /// A setting or an item that YAML takes for a part of the text at `span`.
    fn joined(self, (problem, number, column): typos::Slip, span: Span) -> Box<Diagnostic> {
        let column = column as u32 + if number == 0 { span.column.saturating_sub(1) } else { 0 };
        let span = Span { line: span.line + number as u32, column, width: 1 };
        Box::new(Diagnostic::error(problem).at(self.source.place(span)))
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
