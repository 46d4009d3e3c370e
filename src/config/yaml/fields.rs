//! Reads mappings field by field, and collects all errors: unknown keys, missing keys, wrong types.

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

use crate::config::yaml::keys::{elsewhere, english};
use crate::config::yaml::tree::{Key, Node, Value};
use crate::config::yaml::typos;
use crate::diagnostics::messages::{Shape, YamlProblem};
use crate::diagnostics::{Diagnostic, Problem, ReportCounts, Source, Span};
use crate::text::{changes_direction, is_unfit, nearest};

/// The keys that suggest a mapping among the items of a list of texts, as in `- name：甲`.
const ITEM_KEYS: &[&str] = &["name"];

/// An error in a mapping, and its position in the file.
pub type Mistake = (Problem, Span);

/// A value and its position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its position in the file.
    pub span: Span,
}

/// Reads a mapping field by field. [`Fields::finish`] returns the errors.
pub struct Fields<'a> {
    entries: Vec<(Key, Option<Node>)>,
    known: &'a [&'a str],
    span: Span,
    mistakes: Vec<Mistake>,
    /// What each unknown key probably means; computed once, as it compares the key with all known ones.
    meant: OnceCell<Vec<Option<&'a str>>>,
}

impl<'a> Fields<'a> {
    /// Reads `entries`, a mapping at `span`.
    pub fn new(entries: Vec<(Key, Node)>, span: Span, known: &'a [&'a str]) -> Self {
        let entries = entries.into_iter().map(|(key, node)| (key, Some(node))).collect();
        Fields { entries, known, span, mistakes: Vec::new(), meant: OnceCell::new() }
    }

    /// Reads a mapping inside this one; any other value is an error.
    pub fn inner<'b>(&mut self, key: &'static str, node: Node, known: &'b [&'b str]) -> Option<Fields<'b>> {
        match node.value {
            Value::Map(entries) => Some(Fields::new(entries, node.span, known)),
            _ => {
                self.not_a_mapping(key, &node, known);
                None
            }
        }
    }

    /// Reports that `node`, the value of `key`, is not a mapping. `known` are its keys; if empty, all are allowed.
    fn not_a_mapping(&mut self, key: &str, node: &Node, known: &[&str]) {
        match node.as_text().and_then(|text| typos::in_mapping(text, known)) {
            Some(problem) => self.mistake(problem, node.span),
            None => self.wrong(key, Shape::Map, node),
        }
    }

    /// Adds the errors of a mapping inside this one.
    pub fn absorb(&mut self, inner: Fields<'_>) {
        self.mistakes.extend(inner.finish());
    }

    /// Whether `key` has a value that is not empty.
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

    /// Whether an unknown key probably means `key`.
    pub fn is_misspelt(&self, key: &str) -> bool {
        self.unknown().any(|(_, meant)| meant == Some(key))
    }

    /// The unknown keys, with the known ones that they probably mean.
    fn unknown(&self) -> impl Iterator<Item = (&Key, Option<&'a str>)> {
        let unknown = self.entries.iter().map(|(key, _)| key);
        let unknown = unknown.filter(|key| !self.known.contains(&key.name.as_str()));
        let meant = self.meant.get_or_init(|| unknown.clone().map(|key| self.nearest(&key.name)).collect());
        unknown.zip(meant.iter().copied())
    }

    fn nearest(&self, name: &str) -> Option<&'a str> {
        let name = typos::bare(name);
        let name = name.split(['：', ':']).next().unwrap_or_default();
        if let Some(own) = elsewhere(name) {
            return self.known.iter().copied().find(|known| own.first() == Some(known));
        }
        let translated = self.known.iter().copied().find(|known| *known == english(name));
        translated.or_else(|| nearest(name, self.known.iter().copied()))
    }

    /// The position of `key`, if it is present.
    pub fn key_span(&self, key: &str) -> Option<Span> {
        self.entries.iter().find(|(entry, _)| entry.name == key).map(|(entry, _)| entry.span)
    }

    /// The position of the mapping.
    pub fn span(&self) -> Span {
        self.span
    }

    /// Adds an error.
    pub fn mistake(&mut self, problem: impl Into<Problem>, span: Span) {
        self.mistakes.push((problem.into(), span));
    }

    /// All keys that were not read yet, with their values, for mappings without fixed keys.
    pub fn take_all(&mut self) -> Vec<(Key, Node)> {
        self.entries.drain(..).filter_map(|(key, node)| node.map(|node| (key, node))).collect()
    }

    /// The node of `key`, unless it is missing or null.
    pub fn node(&mut self, key: &'static str) -> Option<Node> {
        let (_, node) = self.entries.iter_mut().find(|(entry, _)| entry.name == key)?;
        node.take().filter(|node| node.value != Value::Null)
    }

    /// A string; an empty one counts as missing, and a number is a string as spelled.
    pub fn text(&mut self, key: &'static str) -> Option<Located<String>> {
        let node = self.node(key)?;
        let text = self.text_of(key, &node)?;
        (!text.value.is_empty()).then_some(text)
    }

    /// A required string; a missing or empty one is an error.
    pub fn required_text(&mut self, key: &'static str) -> Option<Located<String>> {
        let present = self.key_span(key);
        let before = self.mistakes.len();
        let text = self.text(key);
        if text.is_none() && !self.mistakes[before..].iter().any(|(problem, _)| problem.is_error()) {
            match present {
                Some(span) => self.mistake(YamlProblem::EmptyValue { key }, span),
                None if self.is_misspelt(key) => {}
                None => self.mistake(YamlProblem::MissingKey { key }, self.span),
            }
        }
        text
    }

    /// A name or path, which may be missing, but not empty.
    pub fn name(&mut self, key: &'static str) -> Option<Located<String>> {
        let node = self.node(key)?;
        let name = self.text_of(key, &node)?;
        if name.value.is_empty() {
            self.mistake(YamlProblem::EmptyValue { key }, name.span);
            return None;
        }
        Some(name)
    }

    fn text_of(&mut self, key: &'static str, node: &Node) -> Option<Located<String>> {
        let Some(text) = node.as_text() else {
            self.wrong(key, Shape::Text, node);
            return None;
        };
        if let Some(control) = text.chars().find(|c| is_unfit(*c)) {
            self.mistake(YamlProblem::ControlCharacter { key, code: control as u32 }, node.span);
            return None;
        }
        if let Some(problem) = typos::turning(text) {
            self.mistake(problem, node.span);
            return None;
        }
        let visible = typos::without_invisible(text).map(|(visible, problem)| {
            self.mistake(problem, node.span);
            visible
        });
        let text = visible.as_deref().unwrap_or(text);
        let value = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Located { value, span: node.span })
    }

    /// The string in a node of `key`, as [`Fields::text`] reads it.
    pub fn text_in(&mut self, key: &'static str, node: &Node) -> Option<Located<String>> {
        self.text_of(key, node).filter(|text| !text.value.is_empty())
    }

    /// A string or a list of strings.
    pub fn texts(&mut self, key: &'static str) -> Vec<Located<String>> {
        let Some(node) = self.node(key) else { return Vec::new() };
        if let Value::Text(text) = &node.value
            && let Some(problem) = typos::in_list(text)
        {
            self.mistake(problem, node.span);
            return Vec::new();
        }
        // `topics: 【监督】` is probably a list. An unknown district is reported with suggestions anyway.
        let mark = node.as_text().and_then(typos::bracketed).filter(|_| key != "district");
        if let Some(mark) = mark {
            self.mistake(YamlProblem::FullWidthMark { mark }, node.span);
            return Vec::new();
        }
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
                self.mistake(YamlProblem::EmptyValue { key }, item.span);
                continue;
            }
            if let Some(problem) = item.as_text().and_then(|text| typos::in_mapping(text, ITEM_KEYS)) {
                self.mistake(problem, item.span);
                continue;
            }
            match self.text_of(key, &item) {
                Some(text) if text.value.is_empty() => {
                    self.mistake(YamlProblem::EmptyValue { key }, item.span);
                }
                text => texts.extend(text),
            }
        }
        texts
    }

    /// `true` or `false`; `false` if missing.
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
                self.mistake(YamlProblem::OutOfRange { key, least, most }, node.span);
                None
            }
            None => {
                self.wrong(key, Shape::Integer, &node);
                None
            }
        }
    }

    /// A mapping of any content, for themes; empty if missing.
    pub fn free_map(&mut self, key: &'static str) -> Node {
        match self.node(key) {
            None => Node::empty_map(),
            Some(node) if matches!(node.value, Value::Map(_)) => {
                self.check(key, &node);
                if let Some((problem, span)) = full_width_colon_in(&node) {
                    self.mistake(problem, span);
                }
                node
            }
            Some(node) => {
                self.not_a_mapping(key, &node, &[]);
                Node::empty_map()
            }
        }
    }

    /// Reports control characters, and characters that change the direction of text, anywhere in `node`. Returns
    /// whether `node` is valid.
    pub fn check(&mut self, key: &'static str, node: &Node) -> bool {
        let Some((c, span)) = unfit_in(node) else { return true };
        let code = c as u32;
        let problem = match changes_direction(c) {
            true => YamlProblem::InvisibleCharacter { code },
            false => YamlProblem::ControlCharacter { key, code },
        };
        self.mistake(problem, span);
        false
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

    /// Reports that `node`, the value of `key`, has the wrong type.
    pub fn wrong(&mut self, key: &str, expected: Shape, node: &Node) {
        if let Some(problem) = node.as_text().and_then(typos::invisible) {
            return self.mistake(problem, node.span);
        }
        self.mistake(
            YamlProblem::WrongType { key: key.to_owned(), expected, found: node.shape() },
            node.span,
        );
    }

    /// All errors, including unknown keys.
    pub fn finish(mut self) -> Vec<Mistake> {
        let unknown: Vec<Mistake> = self
            .unknown()
            .map(|(key, meant)| {
                let unknown = || YamlProblem::UnknownKey {
                    key: key.name.clone(),
                    nearest: meant.map(|meant| {
                        elsewhere(&key.name).map_or_else(|| meant.to_owned(), |own| own.join(" / "))
                    }),
                    known: self.known.iter().map(|name| (*name).to_owned()).collect(),
                };
                (typos::in_key(&key.name, self.known).unwrap_or_else(unknown).into(), key.span)
            })
            .collect();
        self.mistakes.extend(unknown);
        self.mistakes
    }
}

/// The first control character in `node`, or character that changes the direction of text. Text without such characters
/// may still contain them as YAML escapes: `"\u0007"`.
fn unfit_in(node: &Node) -> Option<(char, Span)> {
    let unfit = |text: &str, span| {
        let bad = |c: &char| is_unfit(*c) || changes_direction(*c);
        text.chars().find(bad).map(|c| (c, span))
    };
    match &node.value {
        Value::Text(text) => unfit(text, node.span),
        Value::List(items) => items.iter().find_map(unfit_in),
        Value::Map(entries) => {
            entries.iter().find_map(|(key, value)| unfit(&key.name, key.span).or_else(|| unfit_in(value)))
        }
        _ => None,
    }
}

/// The first key in `node` that contains a full-width colon and has no value: `{a：1}`.
fn full_width_colon_in(node: &Node) -> Option<(YamlProblem, Span)> {
    match &node.value {
        Value::List(items) => items.iter().find_map(full_width_colon_in),
        Value::Map(entries) => entries.iter().find_map(|(key, value)| match value.value {
            Value::Null => Some((typos::in_mapping(&key.name, &[])?, key.span)),
            _ => full_width_colon_in(value),
        }),
        _ => None,
    }
}

/// Converts the errors of a file to diagnostics.
pub fn located(source: &Source, mut mistakes: Vec<Mistake>) -> Vec<Diagnostic> {
    mistakes.sort_by_key(|(_, span)| (span.line, span.column));
    let mut counts = ReportCounts::default();
    let reported = mistakes.into_iter().filter(|(problem, _)| counts.count(problem.severity()));
    let (problems, spans): (Vec<Problem>, Vec<Span>) = reported.unzip();
    let places = source.places(&spans);
    problems.into_iter().zip(places).map(|(problem, place)| Diagnostic::new(problem).at(place)).collect()
}
