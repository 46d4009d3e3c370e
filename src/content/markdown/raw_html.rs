//! What raw HTML asks of the sanitizer, which parses it as browsers do: some of that takes the square of its
//! length. One pass over the tags tells, before anything is built of them, whether people write such things. The
//! same pass finds what is not closed, and takes the rest of the text with it.

use std::collections::HashMap;

use pulldown_cmark::{Event, Tag, TagEnd};
use serde::{Deserialize, Serialize};

use crate::content::markdown::complexity::{Excess, Kind};
use crate::content::markdown::escapes::Escapes;
use crate::content::markdown::html;

/// How many tags a body may have.
const TAGS_LIMIT: usize = 20_000;
/// How many attributes a tag may have.
const ATTRIBUTES_LIMIT: usize = 256;
/// How many bytes the parser may add, at least: formatting that was not closed is opened again in every block
/// (HTML standard, section 13.2.4.3).
const ADDED_LIMIT: usize = 1 << 20;

/// Elements that are formatting by the HTML standard, section 13.2.4.2.
const FORMATTING: &[&str] =
    &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// Elements that have no end, or that the next of their kind ends.
const FLAT: &[&str] = &[
    "area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
    "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
];
/// Elements that hold nothing but text.
const TEXT: &[&str] = &["iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"];

/// Elements that end a drawing or a formula in which they begin (HTML standard, section 13.2.6.5).
const BREAKING_OUT: &[&str] = &[
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "strike",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
    "var",
];

/// Others that hold what is after them, and of which the sanitizer leaves nothing.
const HOLDING: &[&str] = &["noscript", "plaintext", "template"];

/// What readers would see, or use, and the sanitizer leaves out; elements that only hold others are not among them.
const LEFT_OUT: &[&str] = &[
    "audio", "button", "canvas", "embed", "iframe", "input", "math", "meter", "object", "progress", "script",
    "select", "style", "svg", "textarea", "video",
];

/// A piece of raw HTML that takes text with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swallower {
    /// How it begins: `<!--`, `<style>`, `<div`.
    pub what: String,
    /// The byte in the body.
    pub offset: usize,
}

/// The first pieces of raw HTML in a body that take text with them, of each kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Swallowers {
    /// A comment, an element or a tag that is not closed: all that follows is in it.
    pub unclosed: Option<Swallower>,
    /// An element of drawings or formulas outside of them: the sanitizer leaves nothing of what is in it.
    pub foreign: Option<Swallower>,
    /// Elements that the sanitizer leaves out, the first of each name.
    pub left_out: Vec<Swallower>,
}

/// What follows next, as the HTML standard's tokenizer (section 13.2.5) has it.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Data,
    /// In a tag, outside of the values of its attributes.
    Tag,
    /// Behind an equals sign.
    Value,
    Quoted(u8),
    Comment,
}

/// The tags so far.
pub struct Tags {
    state: State,
    /// Did the tag end in a slash so far?
    slash: bool,
    /// How many drawings and formulas are open.
    drawn: usize,
    /// The element that holds nothing but text, while one is open.
    text: Option<String>,
    name: String,
    length: usize,
    attributes: usize,
    tags: usize,
    open: HashMap<String, usize>,
    depth: usize,
    deepest: usize,
    /// The tags of open formatting elements: their lengths, and how much is read for what is escaped in them.
    formatting: Vec<(String, usize, u64)>,
    added: usize,
    allowed: usize,
    /// Where the comment or the tag that was read last begins, in bytes.
    start: usize,
    /// Where the outermost of the open elements of [`HOLDING`] begins.
    holds: Option<Swallower>,
    /// The first element whose contents the sanitizer drops, though readers of other sites see them.
    foreign: Option<Swallower>,
    /// The first of the elements of each name in [`LEFT_OUT`].
    left_out: Vec<Swallower>,
    /// Did another comment begin in one, on a line further down?
    nested: bool,
    escapes: Escapes,
}

impl Tags {
    /// Nothing so far, of a body of `length` bytes, in which elements may stand `deepest` in one another.
    fn new(length: usize, deepest: usize) -> Tags {
        Tags {
            state: State::Data,
            slash: false,
            drawn: 0,
            text: None,
            name: String::new(),
            length: 0,
            attributes: 0,
            tags: 0,
            open: HashMap::new(),
            depth: 0,
            deepest,
            formatting: Vec::new(),
            added: 0,
            allowed: allowed(length),
            start: 0,
            holds: None,
            foreign: None,
            left_out: Vec::new(),
            nested: false,
            escapes: Escapes::default(),
        }
    }

    /// Takes in some raw HTML that begins at the byte `start`; tells what is too much.
    fn read(&mut self, html: &str, start: usize) -> Option<Kind> {
        let bytes = html.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            at += match self.state {
                State::Data => self.data(&html[at..], start + at),
                State::Comment => self.comment(&bytes[at..], at == 0),
                _ => self.tag(bytes[at]),
            };
            if let Some(kind) = self.excess() {
                return Some(kind);
            }
        }
        None
    }

    fn excess(&self) -> Option<Kind> {
        if self.depth > self.deepest {
            return Some(Kind::Nesting);
        }
        let much = self.tags > TAGS_LIMIT || self.attributes > ATTRIBUTES_LIMIT || self.added > self.allowed;
        much.then_some(Kind::Html)
    }

    /// Reads up to the end of a comment, which may have begun before; gives how far.
    fn comment(&mut self, html: &[u8], goes_on: bool) -> usize {
        let end = memchr::memmem::find(html, b"-->");
        // Comments do not nest (HTML standard, section 13.2.5): the first was not meant to reach as far.
        self.nested |= goes_on && memchr::memmem::find(&html[..end.unwrap_or(html.len())], b"<!--").is_some();
        if end.is_some() {
            self.state = State::Data;
        }
        end.map_or(html.len(), |end| end + 3)
    }

    /// Reads up to the beginning of a tag, and its name; gives how far.
    fn data(&mut self, html: &str, start: usize) -> usize {
        let Some(found) = memchr::memchr(b'<', html.as_bytes()) else {
            self.escapes.text(html);
            return html.len();
        };
        self.escapes.text(&html[..found]);
        let rest = &html[found + 1..];
        let (closes, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let name = &rest[..rest.find(ends_a_name).unwrap_or(rest.len())];
        if let Some(text) = &self.text {
            if closes && name.eq_ignore_ascii_case(text) {
                self.text = None;
            }
            return found + 1;
        }
        // `<!-->` and `<!--->` are whole comments.
        if rest.strip_prefix("!--").is_some_and(|comment| !comment.starts_with(['>', '-'])) {
            (self.state, self.start) = (State::Comment, start + found);
        }
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return found + 1;
        }
        let length = name.len();
        (self.state, self.attributes, self.length, self.slash) = (State::Tag, 0, length, false);
        self.name = name.to_ascii_lowercase();
        self.start = start + found;
        self.tags += 1;
        self.escapes.tag(&self.name, closes);
        if closes {
            self.close();
            self.name.clear();
        }
        found + 1 + usize::from(closes) + length
    }

    /// Reads a byte of a tag.
    fn tag(&mut self, byte: u8) -> usize {
        self.length += 1;
        self.escapes.byte(byte);
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
            (_, b' ' | b'\t' | b'\n' | b'/') => {
                self.attributes += 1;
                State::Tag
            }
            _ => State::Tag,
        };
        1
    }

    /// The start tag that was read is at its end.
    fn open(&mut self) {
        let name = std::mem::take(&mut self.name);
        self.attributes = 0;
        if name.is_empty() {
            return;
        }
        let piece = Swallower { what: format!("<{name}>"), offset: self.start };
        let is_left_out = self.drawn == 0 && LEFT_OUT.contains(&name.as_str());
        if is_left_out && !self.left_out.iter().any(|known| known.what == piece.what) {
            self.left_out.push(piece.clone());
        }
        match name.as_str() {
            "svg" | "math" => self.drawn += usize::from(!self.slash),
            other if BREAKING_OUT.contains(&other) => self.drawn = 0,
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
            self.formatting.push((name.clone(), self.length, self.escapes.of_tag()));
        }
        if HOLDING.contains(&name.as_str()) {
            self.holds = self.holds.take().or(Some(piece));
        } else if self.foreign.is_none() && self.drawn == 0 && html::is_dropped(&name) {
            self.foreign = Some(piece);
        }
        *self.open.entry(name).or_default() += 1;
        self.depth += 1;
    }

    /// An end tag; one that ends nothing counts for nothing.
    fn close(&mut self) {
        match self.name.as_str() {
            "svg" | "math" => self.drawn = self.drawn.saturating_sub(1),
            "p" | "br" => self.drawn = 0,
            _ => {}
        }
        let Some(open) = self.open.get_mut(&self.name).filter(|open| **open > 0) else { return };
        *open -= 1;
        if *open == 0 && HOLDING.contains(&self.name.as_str()) {
            self.holds = None;
        }
        self.depth -= 1;
        if let Some(at) = self.formatting.iter().rposition(|(name, ..)| *name == self.name) {
            self.formatting.remove(at);
        }
    }

    /// What Markdown writes ends a drawing.
    fn markdown(&mut self, event: &Event) {
        if matches!(event, Event::Start(tag) if *tag != Tag::HtmlBlock) {
            self.drawn = 0;
        }
    }

    /// A block begins: open formatting goes on in it.
    fn block(&mut self) {
        for (_, length, read) in &self.formatting {
            self.added += length;
            self.escapes.again(*read);
        }
    }
}

/// Does `c` end the name of a tag (HTML standard, section 13.2.5.8)?
fn ends_a_name(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\x0C' | '/' | '>')
}

/// May there be anything in a body that takes text with it? Cheap to ask, as nearly every body has none.
pub fn may_swallow(body: &str) -> bool {
    let bytes = body.as_bytes();
    memchr::memchr_iter(b'<', bytes).any(|at| match bytes.get(at + 1) {
        Some(b'!' | b'?') => true,
        Some(first) if first.is_ascii_alphabetic() => {
            let rest = &bytes[at + 1..];
            let name = rest.split(|byte| ends_a_name(char::from(*byte))).next().unwrap_or_default();
            let Some(end) = memchr::memchr2(b'<', b'>', rest).filter(|end| rest[*end] == b'>') else {
                return true;
            };
            let quotes = |quote: u8| memchr::memchr_iter(quote, &rest[..end]).count();
            let is_kept = str::from_utf8(name).is_ok_and(|name| html::is_kept(&name.to_ascii_lowercase()));
            quotes(b'"') % 2 + quotes(b'\'') % 2 > 0 || !is_kept
        }
        _ => false,
    })
}

/// What of the raw HTML in a body takes text with it.
pub fn swallowers<'e>(
    body: &str,
    events: impl Iterator<Item = (Event<'e>, std::ops::Range<usize>)>,
) -> Swallowers {
    let mut tags = Tags::new(body.len(), usize::MAX);
    let unclosed = unclosed(body, events, &mut tags);
    Swallowers { unclosed, foreign: tags.foreign, left_out: tags.left_out }
}

/// The first comment, element or tag that is not closed, and takes with it what comes after it.
fn unclosed<'e>(
    body: &str,
    events: impl Iterator<Item = (Event<'e>, std::ops::Range<usize>)>,
    tags: &mut Tags,
) -> Option<Swallower> {
    for (event, range) in events {
        tags.markdown(&event);
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                if tags.read(&html, range.start).is_some() {
                    return None;
                }
                if tags.nested {
                    return Some(Swallower { what: "<!--".to_owned(), offset: tags.start });
                }
            }
            Event::Start(Tag::HtmlBlock) => {
                if let Some(unclosed) = unclosed_block(body, range) {
                    return Some(unclosed);
                }
            }
            // What Markdown writes next would be in that tag.
            Event::End(TagEnd::HtmlBlock) if !matches!(tags.state, State::Data | State::Comment) => break,
            _ => {}
        }
    }
    let found = |what: String| Some(Swallower { what, offset: tags.start });
    match (&tags.state, &tags.text) {
        (State::Comment, _) => found("<!--".to_owned()),
        (State::Data, None) => tags.holds.take(),
        (State::Data, Some(name)) => found(format!("<{name}>")),
        _ => found(format!("<{}", tags.name)),
    }
}

/// Processing instructions, declarations and sections of characters that reach to the end of the text, or of what
/// they stand in (CommonMark 0.31, section 4.6, conditions 3 to 5).
fn unclosed_block(body: &str, range: std::ops::Range<usize>) -> Option<Swallower> {
    let block = body.get(range.clone())?;
    let text = block.trim_start_matches(' ');
    let (what, _) = [("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">")]
        .into_iter()
        .find(|(what, _)| text.starts_with(what))
        .filter(|(_, end)| !text.contains(end))?;
    let what = if text.starts_with("<!--") { "<!--" } else { what };
    Some(Swallower { what: what.to_owned(), offset: range.start + block.len() - text.len() })
}

/// How many bytes the parser may add to a body of `length`.
pub fn allowed(length: usize) -> usize {
    ADDED_LIMIT.max(4 * length)
}

/// The first place at which the raw HTML of a body is too much for the sanitizer, and what is to be escaped if
/// `escapes`.
pub fn excess<'e>(
    events: impl Iterator<Item = (Event<'e>, std::ops::Range<usize>)>,
    length: usize,
    deepest: usize,
    escapes: bool,
) -> Option<Excess> {
    let mut tags = Tags { escapes: Escapes::new(escapes), ..Tags::new(length, deepest) };
    // Without any raw HTML nothing is sanitized.
    let (mut is_raw, mut escaped) = (false, None);
    for (event, range) in events {
        is_raw |= matches!(event, Event::Html(_) | Event::InlineHtml(_));
        tags.escapes.event(&event);
        let found = match event {
            Event::Html(html) | Event::InlineHtml(html) => tags.read(&html, range.start),
            Event::Start(Tag::HtmlBlock) => None,
            Event::Start(_) => {
                tags.block();
                tags.excess()
            }
            _ => None,
        };
        if let Some(kind) = found {
            return Some(Excess { kind, offset: range.start });
        }
        if escapes && escaped.is_none() && tags.escapes.are_too_much() {
            escaped = Some(Excess { kind: Kind::Escapes, offset: range.start });
        }
    }
    escaped.filter(|_| is_raw)
}
