//! What raw HTML asks of the sanitizer, which parses it as browsers do: some of that takes the square of its
//! length. One pass over the tags tells, before anything is built of them, whether people write such things.

use std::collections::HashMap;

use pulldown_cmark::{Event, Tag};

use super::excess::{Excess, Kind};

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
    /// The element that holds nothing but text, while one is open.
    text: Option<String>,
    name: String,
    length: usize,
    attributes: usize,
    tags: usize,
    open: HashMap<String, usize>,
    depth: usize,
    deepest: usize,
    /// The lengths of the tags of open formatting elements.
    formatting: Vec<(String, usize)>,
    added: usize,
    allowed: usize,
}

impl Tags {
    /// Nothing so far, of a body of `length` bytes, in which elements may stand `deepest` in one another.
    fn new(length: usize, deepest: usize) -> Tags {
        Tags {
            state: State::Data,
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
            allowed: ADDED_LIMIT.max(4 * length),
        }
    }

    /// Takes in some raw HTML; tells what is too much.
    fn read(&mut self, html: &str) -> Option<Kind> {
        let bytes = html.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            at += match self.state {
                State::Data => self.data(&html[at..]),
                State::Comment => match memchr::memmem::find(&bytes[at..], b"-->") {
                    Some(end) => {
                        self.state = State::Data;
                        end + 3
                    }
                    None => bytes.len() - at,
                },
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

    /// Reads up to the beginning of a tag, and its name; gives how far.
    fn data(&mut self, html: &str) -> usize {
        let Some(found) = memchr::memchr(b'<', html.as_bytes()) else { return html.len() };
        let rest = &html[found + 1..];
        let (closes, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        if let Some(text) = &self.text {
            if closes && name.eq_ignore_ascii_case(text) {
                self.text = None;
            }
            return found + 1;
        }
        // `<!-->` and `<!--->` are whole comments.
        if rest.strip_prefix("!--").is_some_and(|comment| !comment.starts_with(['>', '-'])) {
            self.state = State::Comment;
        }
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return found + 1;
        }
        let length = name.len();
        (self.state, self.attributes, self.length) = (State::Tag, 0, length);
        self.name = name.to_ascii_lowercase();
        self.tags += 1;
        if closes {
            self.close();
            self.name.clear();
        }
        found + 1 + usize::from(closes) + length
    }

    /// Reads a byte of a tag.
    fn tag(&mut self, byte: u8) -> usize {
        self.length += 1;
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
        *self.open.entry(name).or_default() += 1;
        self.depth += 1;
    }

    /// An end tag; one that ends nothing counts for nothing.
    fn close(&mut self) {
        let Some(open) = self.open.get_mut(&self.name).filter(|open| **open > 0) else { return };
        *open -= 1;
        self.depth -= 1;
        if let Some(at) = self.formatting.iter().rposition(|(name, _)| *name == self.name) {
            self.formatting.remove(at);
        }
    }

    /// A block begins: open formatting goes on in it.
    fn block(&mut self) {
        self.added += self.formatting.iter().map(|(_, length)| length).sum::<usize>();
    }
}

/// The first place at which the raw HTML of a body is too much for the sanitizer.
pub fn excess<'e>(
    events: impl Iterator<Item = (Event<'e>, std::ops::Range<usize>)>,
    length: usize,
    deepest: usize,
) -> Option<Excess> {
    let mut tags = Tags::new(length, deepest);
    for (event, range) in events {
        let found = match event {
            Event::Html(html) | Event::InlineHtml(html) => tags.read(&html),
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
    }
    None
}
