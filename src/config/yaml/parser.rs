//! Builds the tree of a YAML text from the events of the parser, within limits. Tags, merge keys and too many anchors
//! are errors.

use std::borrow::Cow;

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, StrInput};
use rustc_hash::FxHashSet;

use crate::config::yaml::folding::join_lines;
use crate::config::yaml::multiline::ValueKind;
use crate::config::yaml::tree::{Key, Node, Value};
use crate::config::yaml::typos::shortened;
use crate::config::yaml::{multiline, scalars};
use crate::diagnostics::Span;
use crate::diagnostics::messages::{Detail, YamlProblem};

/// The maximum number of values in a text, with aliases expanded. A long scalar counts as several.
const MAX_VALUES: usize = 250_000;
/// The number of bytes of a scalar that count as one more value.
const BYTES_PER_VALUE: usize = 256;
/// The maximum number of values copied for anchors. Values in nested anchors are copied once per level.
const MAX_COPIES: usize = 1_000_000;

/// The limits of a YAML text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// The maximum length in bytes.
    pub bytes: usize,
    /// The maximum depth of mappings and lists.
    pub depth: usize,
    /// The maximum number of `*aliases`, and that of `&anchors`.
    pub aliases: usize,
}

/// Why a text cannot be read, and where; lines count from the first line of the text.
pub(super) struct ParseError {
    /// The kind of error.
    pub reason: Reason,
    /// Its position in the text.
    pub span: Span,
}

/// Why a text cannot be read.
pub(super) enum Reason {
    /// It is not valid YAML.
    Syntax(ErrorKind),
    /// Valid YAML that is not supported. A typo before it may be the cause.
    Refused(YamlProblem),
    /// An error that cannot have another cause.
    Mistake(YamlProblem),
}

/// Parses `text`, which begins after `lines_before` lines of its file. `known` are the keys of the file.
///
/// # Errors
/// The first syntax error, unsupported feature, or typo in an unquoted text of several lines.
pub(super) fn parse(
    text: &str,
    lines_before: u32,
    bounds: Bounds,
    known: &[&str],
) -> Result<Node, ParseError> {
    let options = granit_parser::options! { emit_comments: false };
    let mut builder = Builder {
        events: Parser::new_from_str_with_options(text, options),
        text,
        lines_before,
        bounds,
        known,
        depth: 0,
        values: 0,
        copies: 0,
        aliases: 0,
        anchors: Vec::new(),
        typo: None,
    };
    let node = match builder.next()? {
        (Event::StreamEnd, at) => Node { value: Value::Null, span: builder.span(&at, 1) },
        (event, at) => builder.node(event, &at, ValueKind::Prose)?,
    };
    match builder.next()? {
        (Event::StreamEnd, _) => builder.typo.map_or(Ok(node), Err),
        (_, at) => Err(refused(YamlProblem::DocumentMark, &at)),
    }
}

struct Builder<'t> {
    events: Parser<'t, StrInput<'t>>,
    text: &'t str,
    lines_before: u32,
    bounds: Bounds,
    known: &'t [&'t str],
    depth: usize,
    values: usize,
    copies: usize,
    aliases: usize,
    /// The node of each anchor; `None` until it is complete.
    anchors: Vec<Option<Anchored>>,
    typo: Option<ParseError>,
}

struct Anchored {
    node: Node,
    values: usize,
    depth: usize,
}

type Place = granit_parser::Span;

impl<'t> Builder<'t> {
    /// The next event that belongs to the tree, or the end of the text.
    fn next(&mut self) -> Result<(Event<'t>, Place), ParseError> {
        loop {
            let Some(event) = self.events.next() else {
                return Ok((Event::StreamEnd, Place::empty(Marker::new(0, 1, 0))));
            };
            let (event, at) = event.map_err(|error| ParseError {
                span: place(error.marker()),
                reason: Reason::Syntax(error.kind().clone()),
            })?;
            if let Some(tag) = at.tag_start() {
                return Err(self.tag(&tag));
            }
            if event.anchor_id().is_some_and(|id| id > self.bounds.aliases) {
                return Err(refused(YamlProblem::Reference, &at));
            }
            match &event {
                Event::Scalar(text, ..) => self.charge(1 + text.len() / BYTES_PER_VALUE, &at)?,
                Event::SequenceStart(..) | Event::MappingStart(..) => {
                    self.charge(1, &at)?;
                    self.depth += 1;
                    self.check_depth(0, &at)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.depth -= 1,
                Event::Alias(_) | Event::StreamEnd => {}
                _ => continue,
            }
            return Ok((event, at));
        }
    }

    fn node(&mut self, event: Event<'t>, at: &Place, kind: ValueKind) -> Result<Node, ParseError> {
        let anchor = event.anchor_id();
        if let Some(id) = anchor {
            self.anchors.resize_with(self.anchors.len().max(id + 1), || None);
        }
        let source = at.slice(self.text).unwrap_or_default();
        let first_line = source.lines().next().unwrap_or_default();
        let span = self.span(at, first_line.chars().count());
        let value = match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) => {
                self.look_for_typo(at, kind);
                let infinite =
                    || YamlProblem::Syntax { detail: Detail(format!("`{text}` is not a finite number")) };
                scalars::value(&join_lines(text.clone(), source)).ok_or_else(|| refused(infinite(), at))?
            }
            Event::Scalar(text, ScalarStyle::Literal, ..) => Value::Text(text.into_owned()),
            Event::Scalar(text, ..) => Value::Text(join_lines(text, source).into_owned()),
            Event::SequenceStart(..) => Value::List(self.items(kind)?),
            Event::MappingStart(..) => Value::Map(self.entries()?),
            Event::Alias(id) => return self.alias(id, at, span),
            _ => {
                return Err(ParseError {
                    reason: Reason::Syntax(ErrorKind::UnexpectedEof),
                    span: place(&at.start),
                });
            }
        };
        let node = Node { value, span };
        if let Some(id) = anchor {
            self.store(id, &node, at)?;
        }
        Ok(node)
    }

    fn items(&mut self, kind: ValueKind) -> Result<Vec<Node>, ParseError> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, at) => items.push(self.node(event, &at, kind)?),
            }
        }
    }

    fn entries(&mut self) -> Result<Vec<(Key, Node)>, ParseError> {
        let mut entries = Vec::new();
        let mut seen = FxHashSet::default();
        loop {
            let (event, at) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let name = self.key(event, &at)?;
            if !seen.insert(name.clone()) {
                return Err(refused(YamlProblem::DuplicateKey { key: name.into_owned() }, &at));
            }
            let span = self.span(&at, name.chars().count());
            let kind = ValueKind::of(&name);
            let (event, at) = self.next()?;
            entries.push((Key { name: name.into_owned(), span }, self.node(event, &at, kind)?));
        }
    }

    fn key(&mut self, event: Event<'t>, at: &Place) -> Result<Cow<'t, str>, ParseError> {
        let not_text = || YamlProblem::Syntax { detail: Detail("a key must be text".to_owned()) };
        match &event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<" => {
                return Err(refused(YamlProblem::Reference, at));
            }
            Event::Scalar(text, ScalarStyle::Plain, ..) if scalars::is_null(text) => {
                return Err(refused(not_text(), at));
            }
            Event::Scalar(text, _, 0, _) => return Ok(text.clone()),
            _ => {}
        }
        let node = self.node(event, at, ValueKind::Prose)?;
        match node.value {
            Value::Bool(_) | Value::Integer(..) | Value::Float(..) | Value::Text(_) => {
                Ok(node.spelling().into())
            }
            _ => Err(refused(not_text(), at)),
        }
    }

    fn alias(&mut self, id: usize, at: &Place, span: Span) -> Result<Node, ParseError> {
        self.aliases += 1;
        let anchored = self.anchors.get_mut(id).and_then(Option::take);
        // The node of the anchor is not complete: it contains the alias.
        let Some(anchored) = anchored.filter(|_| self.aliases <= self.bounds.aliases) else {
            return Err(refused(YamlProblem::Reference, at));
        };
        self.charge(anchored.values, at)?;
        self.check_depth(anchored.depth, at)?;
        let mut node = anchored.node.clone();
        move_to(&mut node, span);
        self.anchors[id] = Some(anchored);
        Ok(node)
    }

    /// Stores a copy of `node` for the aliases of the anchor `id`.
    fn store(&mut self, id: usize, node: &Node, at: &Place) -> Result<(), ParseError> {
        let (values, depth) = size(node);
        self.copies += values;
        if self.copies > MAX_COPIES {
            return Err(self.too_much(at));
        }
        self.anchors[id] = Some(Anchored { node: node.clone(), values, depth });
        Ok(())
    }

    fn charge(&mut self, values: usize, at: &Place) -> Result<(), ParseError> {
        self.values += values;
        if self.values > MAX_VALUES { Err(self.too_much(at)) } else { Ok(()) }
    }

    fn too_much(&self, at: &Place) -> ParseError {
        let aliases = self.aliases > 0;
        refused(if aliases { YamlProblem::AliasesTooLong } else { YamlProblem::TooManyItems }, at)
    }

    fn check_depth(&self, more: usize, at: &Place) -> Result<(), ParseError> {
        let limit = self.bounds.depth;
        if self.depth + more > limit { Err(refused(YamlProblem::TooDeep { limit }, at)) } else { Ok(()) }
    }

    /// The error for a tag. Tags change or drop values (`!!null x`), and in settings they are always mistakes.
    fn tag(&self, tag: &Marker) -> ParseError {
        let (before, rest) = self.text.split_at_checked(tag.byte_offset().unwrap_or(0)).unwrap_or_default();
        let rest = value(before, rest);
        let problem = YamlProblem::Tag { text: shortened(rest) };
        let width = rest.chars().count() as u32;
        ParseError { reason: Reason::Mistake(problem), span: Span { width, ..place(tag) } }
    }

    fn look_for_typo(&mut self, at: &Place, kind: ValueKind) {
        let spelling = at.slice(self.text).unwrap_or_default();
        // The keys of a theme's own settings are not known.
        if self.typo.is_none() && !self.known.is_empty() && spelling.contains('\n') {
            let before = at.byte_range().and_then(|range| self.text.get(..range.start)).unwrap_or_default();
            let before = before.trim_end_matches(' ');
            let begins_line = before.is_empty() || before.ends_with('\n');
            let typo = multiline::typo(spelling, place(&at.start), begins_line, kind, self.known);
            self.typo = typo.map(|(problem, span)| ParseError { reason: Reason::Mistake(problem), span });
        }
    }

    /// The position in the file.
    fn span(&self, at: &Place, width: usize) -> Span {
        let span = place(&at.start);
        Span { line: span.line + self.lines_before, width: width.max(1) as u32, ..span }
    }
}

/// The value at the beginning of `rest`, up to the end of the line or, inside brackets, of the item. `before` is the
/// text before it.
pub(super) fn value<'t>(before: &str, rest: &'t str) -> &'t str {
    let rest = rest.lines().next().unwrap_or_default();
    let is_inside = before.rsplit('\n').next().is_some_and(|line| line.contains(['[', '{']));
    let end = rest.find([',', ']', '}']).filter(|_| is_inside).unwrap_or(rest.len());
    rest[..end].trim_end()
}

fn refused(problem: YamlProblem, at: &Place) -> ParseError {
    ParseError { reason: Reason::Refused(problem), span: place(&at.start) }
}

fn place(at: &Marker) -> Span {
    Span { line: at.line().max(1) as u32, column: at.col() as u32 + 1, width: 1 }
}

/// The number of values in a node, and its depth.
fn size(node: &Node) -> (usize, usize) {
    let add = |(values, depth): (usize, usize), part: &Node| {
        let (more, deep) = size(part);
        (values + more, depth.max(deep + 1))
    };
    match &node.value {
        Value::Text(text) => (1 + text.len() / BYTES_PER_VALUE, 0),
        Value::List(items) => items.iter().fold((1, 1), add),
        Value::Map(entries) => entries.iter().fold((1, 1), |size, (key, value)| {
            let (values, depth) = add(size, value);
            (values + 1 + key.name.len() / BYTES_PER_VALUE, depth)
        }),
        _ => (1, 0),
    }
}

/// Sets all positions in `node`: errors in the value of an alias are reported at the alias.
fn move_to(node: &mut Node, span: Span) {
    node.span = span;
    match &mut node.value {
        Value::List(items) => items.iter_mut().for_each(|item| move_to(item, span)),
        Value::Map(entries) => entries.iter_mut().for_each(|(key, value)| {
            key.span = span;
            move_to(value, span);
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::messages::Describe;

    const BOUNDS: Bounds = Bounds { bytes: 1000, depth: 4, aliases: 3 };

    fn refusal(text: &str) -> Option<(&'static str, u32, u32)> {
        let error = parse(text, 0, BOUNDS, &["a"]).err()?;
        let code = match &error.reason {
            Reason::Refused(problem) | Reason::Mistake(problem) => problem.code().to_owned().leak(),
            Reason::Syntax(_) => "syntax",
        };
        Some((code, error.span.line, error.span.column))
    }

    #[test]
    fn tags_are_found_but_exclamation_marks_in_text_are_not_tags() {
        for (text, line, column) in [
            ("a: !!str x", 1, 4),
            ("甲:\n- 乙\n- {丙: !<tag:yaml.org,2002:str> 丁}", 3, 7),
            ("a: 1\n!!str b: 2", 2, 1),
            ("!!map\na: 1", 1, 1),
            ("a: !", 1, 4),
            ("a: [x, ! ]", 1, 8),
            ("a: &b !!seq [1]", 1, 7),
            ("a: !!str\n  x", 1, 4),
            ("a: !!str |\n  x", 1, 4),
            ("? !!str a\n: 1", 1, 3),
            ("%TAG ! tag:a.cn,2026:\n---\na: !b x", 3, 4),
        ] {
            assert_eq!(refusal(text), Some(("yaml-tag", line, column)), "{text}");
        }
        for text in ["a: \"!b\"", "a: b!", "a: b !c", "a: |\n  !b", "# !b", "a: '!'", "!: [", "a!: 1"] {
            assert_ne!(refusal(text).map(|(code, ..)| code), Some("yaml-tag"), "{text}");
        }
    }

    #[test]
    fn aliases_are_copies_and_their_number_and_depth_is_bounded() {
        let node = parse("a: &x [&y 01, 乙]\nb: {c: *x, *y : 1}", 0, BOUNDS, &[]).ok().unwrap();
        let json = serde_json::to_string(&node).unwrap();
        assert_eq!(json, r#"{"a":[1.0,"乙"],"b":{"c":[1.0,"乙"],"01":1}}"#);
        for (text, refused) in [
            ("a: &x 1\nb: [*x, *x, *x, *x]", Some(("yaml-reference", 2, 17))),
            ("a: [&x 1, &y 1, &z 1]", None),
            ("a: [&w 1, &x 1, &y 1, &z 1]", Some(("yaml-reference", 1, 26))),
            ("a: &x {b: *x}", Some(("yaml-reference", 1, 11))),
            ("a: *x", Some(("syntax", 1, 4))),
            ("a: &x [[1]]\nb: [[*x]]", Some(("yaml-too-deep", 2, 6))),
            ("a: &x [[1]]\nb: [*x]", None),
            ("<<: {a: 1}", Some(("yaml-reference", 1, 1))),
            ("\"<<\": {a: 1}", None),
        ] {
            assert_eq!(refusal(text), refused, "{text}");
        }
    }

    #[test]
    fn keys_are_text_and_unique() {
        for (text, refused) in [
            ("1: 2\nyes: no\n'1 ': 3", None),
            ("a: 1\nb: 2\na: 3", Some(("duplicate-key", 3, 1))),
            ("a: {b: 1}\nc: {b: 1}", None),
            ("~: 1", Some(("yaml-syntax", 1, 1))),
            ("[a]: 1", Some(("yaml-syntax", 1, 1))),
            ("a: 1\n...\nb: 1", Some(("yaml-document", 3, 1))),
        ] {
            assert_eq!(refusal(text), refused, "{text}");
        }
    }
}
