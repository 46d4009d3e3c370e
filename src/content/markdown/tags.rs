//! The tags of raw HTML, read one after another: how deep elements nest, and which are still open.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::content::markdown::cost::ComplexityKind;
use crate::content::markdown::sanitize;

/// Formatting elements (HTML standard, section 13.2.4.2).
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements without an end tag, and elements that the next of their kind closes.
const FLAT: &[&str] = &[
    "area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
];
/// Elements that contain nothing but text.
const TEXT: &[&str] = &["iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"];

/// Elements that close the `<svg>` or `<math>` that they are in (HTML standard, section 13.2.6.5).
#[rustfmt::skip]
const BREAKING_OUT: &[&str] = &[
    "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed",
    "font", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu",
    "meta", "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup",
    "table", "tt", "u", "ul", "var",
];

/// Other elements that the sanitizer removes together with what follows, if they are not closed.
const HOLDING: &[&str] = &["noscript", "plaintext", "template"];

/// Elements that readers would see or use, and that the sanitizer removes.
const LEFT_OUT: &[&str] = &[
    "audio", "button", "canvas", "embed", "iframe", "input", "math", "meter", "object", "progress", "script",
    "select", "style", "svg", "textarea", "video",
];

/// A tag or a comment in a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HtmlPiece {
    /// How it begins: `<!--`, `<style>`, `<div`.
    pub what: String,
    /// The byte in the body.
    pub offset: usize,
}

/// What comes next, by the tokenizer of the HTML standard (section 13.2.5).
#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    #[default]
    Data,
    /// In a tag, outside of attribute values.
    Tag,
    /// After an equals sign.
    Value,
    Quoted(u8),
    Comment,
}

/// The tags that were read so far.
#[derive(Default)]
pub(super) struct Tags {
    state: State,
    /// Was the last byte of the tag a slash?
    slash: bool,
    /// How many `<svg>` and `<math>` elements are open.
    drawings: usize,
    /// The open element of [`TEXT`].
    text: Option<String>,
    /// The start tag that is being read; empty for an end tag.
    name: String,
    length: usize,
    /// Where the tag or comment that was read last begins, in bytes.
    start: usize,
    open: HashMap<String, usize>,
    depth: usize,
    deepest: usize,
    /// Open formatting elements with the lengths of their tags.
    formatting: Vec<(String, usize)>,
    /// How many bytes the parser adds: formatting that is not closed is opened again in every block (HTML standard,
    /// section 13.2.4.3).
    added: usize,
    most_added: usize,
    /// The outermost open element of [`HOLDING`].
    holds: Option<HtmlPiece>,
    /// Whether another comment begins in the last one, on a later line.
    nested: bool,
    /// The first element outside of drawings that the sanitizer removes with its content.
    pub foreign: Option<HtmlPiece>,
    /// The first element of each name in [`LEFT_OUT`].
    pub left_out: Vec<HtmlPiece>,
}

impl Tags {
    /// Elements may nest `deepest` levels, and the parser may add `most_added` bytes.
    pub(super) fn new(deepest: usize, most_added: usize) -> Tags {
        Tags { deepest, most_added, ..Tags::default() }
    }

    /// Reads raw HTML that begins at the byte `start`; returns what there is too much of.
    pub(super) fn read(&mut self, html: &str, start: usize) -> Option<ComplexityKind> {
        let bytes = html.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            at += match self.state {
                State::Data => self.data(&html[at..], start + at),
                State::Comment => self.comment(&bytes[at..], at == 0),
                _ => self.tag(bytes[at]),
            };
            if let Some(kind) = self.too_complex() {
                return Some(kind);
            }
        }
        None
    }

    fn too_complex(&self) -> Option<ComplexityKind> {
        if self.depth > self.deepest {
            return Some(ComplexityKind::Nesting);
        }
        (self.added > self.most_added).then_some(ComplexityKind::Html)
    }

    /// Reads up to the end of a comment; returns the number of bytes.
    fn comment(&mut self, html: &[u8], goes_on: bool) -> usize {
        let end = memchr::memmem::find(html, b"-->");
        // Comments do not nest (HTML standard, section 13.2.5): the end of the first one is missing.
        self.nested |= goes_on && memchr::memmem::find(&html[..end.unwrap_or(html.len())], b"<!--").is_some();
        if end.is_some() {
            self.state = State::Data;
        }
        end.map_or(html.len(), |end| end + 3)
    }

    /// Reads up to the next tag, and its name; returns the number of bytes.
    fn data(&mut self, html: &str, start: usize) -> usize {
        let Some(found) = memchr::memchr(b'<', html.as_bytes()) else { return html.len() };
        let rest = &html[found + 1..];
        let (closes, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        if let Some(text) = &self.text {
            let (name, after) = rest.split_at_checked(text.len()).unwrap_or_default();
            if closes && name.eq_ignore_ascii_case(text) && after.chars().next().is_none_or(ends_a_name) {
                self.text = None;
            }
            return found + 1;
        }
        // `<!-->` and `<!--->` are complete comments.
        if rest.strip_prefix("!--").is_some_and(|comment| !comment.starts_with(['>', '-'])) {
            (self.state, self.start) = (State::Comment, start + found);
        }
        // Only then is the end of the name looked for: it may be far away.
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return found + 1;
        }
        let name = &rest[..rest.find(ends_a_name).unwrap_or(rest.len())];
        let length = name.len();
        (self.state, self.length, self.slash) = (State::Tag, length, false);
        self.name = name.to_ascii_lowercase();
        self.start = start + found;
        if closes {
            self.close();
            self.name.clear();
        }
        found + 1 + usize::from(closes) + length
    }

    /// Reads a byte of a tag.
    fn tag(&mut self, byte: u8) -> usize {
        self.length += 1;
        self.slash = (byte == b'/' && self.state == State::Tag) || (byte == b'>' && self.slash);
        self.state = match (self.state, byte) {
            (State::Quoted(quote), _) if byte != quote => self.state,
            (State::Quoted(_), _) => State::Tag,
            (State::Value, b'"' | b'\'') => State::Quoted(byte),
            (State::Value, b' ' | b'\t' | b'\n') => State::Value,
            (_, b'>') => {
                self.open();
                State::Data
            }
            (_, b'=') => State::Value,
            _ => State::Tag,
        };
        1
    }

    /// At the end of a tag.
    fn open(&mut self) {
        let name = std::mem::take(&mut self.name);
        if name.is_empty() {
            return;
        }
        let piece = HtmlPiece { what: format!("<{name}>"), offset: self.start };
        let is_left_out = self.drawings == 0 && LEFT_OUT.contains(&name.as_str());
        if is_left_out && !self.left_out.iter().any(|known| known.what == piece.what) {
            self.left_out.push(piece.clone());
        }
        match name.as_str() {
            "svg" | "math" => self.drawings += usize::from(!self.slash),
            other if BREAKING_OUT.contains(&other) => self.drawings = 0,
            _ => {}
        }
        let formats = FORMATTING.contains(&name.as_str());
        if !formats {
            self.block();
        }
        if FLAT.contains(&name.as_str()) {
            return;
        }
        if TEXT.contains(&name.as_str()) {
            self.text = Some(name);
            return;
        }
        if formats {
            self.formatting.push((name.clone(), self.length));
        }
        if HOLDING.contains(&name.as_str()) {
            self.holds = self.holds.take().or(Some(piece));
        } else if self.foreign.is_none() && self.drawings == 0 && sanitize::is_dropped(&name) {
            self.foreign = Some(piece);
        }
        *self.open.entry(name).or_default() += 1;
        self.depth += 1;
    }

    /// An end tag. Those without a start tag are ignored.
    fn close(&mut self) {
        match self.name.as_str() {
            "svg" | "math" => self.drawings = self.drawings.saturating_sub(1),
            "p" | "br" => self.drawings = 0,
            _ => {}
        }
        let Some(open) = self.open.get_mut(&self.name).filter(|open| **open > 0) else { return };
        *open -= 1;
        if *open == 0 && HOLDING.contains(&self.name.as_str()) {
            self.holds = None;
        }
        self.depth -= 1;
        if let Some(at) = self.formatting.iter().rposition(|(name, _)| *name == self.name) {
            self.formatting.remove(at);
        }
    }

    /// Markdown produces an element. It closes drawings, and open formatting continues in it.
    pub(super) fn markdown(&mut self) -> Option<ComplexityKind> {
        self.drawings = 0;
        self.block();
        self.too_complex()
    }

    /// A block begins: open formatting is opened again in it.
    fn block(&mut self) {
        self.added += self.formatting.iter().map(|(_, length)| length).sum::<usize>();
    }

    /// Whether the text read so far ends within a tag.
    pub(super) fn is_in_tag(&self) -> bool {
        !matches!(self.state, State::Data | State::Comment)
    }

    /// The comment that was read last, if another one begins in it on a later line.
    pub(super) fn nested_comment(&self) -> Option<HtmlPiece> {
        self.nested.then(|| HtmlPiece { what: "<!--".to_owned(), offset: self.start })
    }

    /// The comment, element or tag that is open, if the text after it disappears with it.
    pub(super) fn unclosed(&self) -> Option<HtmlPiece> {
        let what = match (&self.state, &self.text) {
            (State::Comment, _) => "<!--".to_owned(),
            (State::Data, None) => return self.holds.clone(),
            (State::Data, Some(name)) => format!("<{name}>"),
            _ => format!("<{}", self.name),
        };
        Some(HtmlPiece { what, offset: self.start })
    }
}

/// Whether `c` ends the name of a tag (HTML standard, section 13.2.5.8).
fn ends_a_name(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0C' | '/' | '>')
}
