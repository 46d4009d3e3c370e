//! The tags of raw HTML with their attributes, by the tokenizer of the HTML standard (section 13.2.5).

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

/// Elements that contain nothing but text.
const TEXT: &[&str] =
    &["iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp"];

/// A tag.
#[derive(Debug, PartialEq)]
pub(super) struct RawTag {
    /// The element's name in lower case.
    pub name: String,
    /// Whether it is an end tag.
    pub closes: bool,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
}

impl RawTag {
    /// The attribute `name`.
    pub(super) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

/// An attribute of a tag.
#[derive(Debug, PartialEq)]
pub(super) struct Attribute {
    /// Its name in lower case.
    pub name: String,
    /// Its value, with character references replaced.
    pub value: String,
    /// Where it stands, from its name to its value.
    pub range: Range<usize>,
    /// Where its value stands, without quotes.
    pub value_range: Range<usize>,
}

/// The tags in `html`, which does not begin within one.
pub(super) fn tags(html: &str) -> Vec<RawTag> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &html.as_bytes()[at..]) {
        let start = at + found;
        let rest = &html[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            // `<!-->` and `<!--->` are complete comments.
            let skipped = if comment.starts_with(['>', '-']) { 2 } else { 4 };
            let end = memchr::memmem::find(&html.as_bytes()[start + skipped..], b"-->");
            at = end.map_or(html.len(), |end| start + skipped + end + 3);
            continue;
        }
        let (closes, name) = rest.strip_prefix('/').map_or((false, rest), |name| (true, name));
        at = start + 1;
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let from = html.len() - name.len();
        let to = from + name.find(ends_a_name).unwrap_or(name.len());
        let mut reader = Reader { html, at: to };
        let attributes = reader.attributes();
        let name = html[from..to].to_ascii_lowercase();
        at = reader.at;
        if !closes && TEXT.contains(&name.as_str()) {
            at += text_length(&html[at..], &name);
        }
        tags.push(RawTag { name, closes, range: start..reader.at, attributes });
    }
    tags
}

/// The length of the content of a text element, up to its end tag.
fn text_length(html: &str, name: &str) -> usize {
    let ends = memchr::memmem::find_iter(html.as_bytes(), b"</").find(|at| {
        let rest = html.get(at + 2..at + 2 + name.len());
        rest.is_some_and(|rest| rest.eq_ignore_ascii_case(name))
    });
    ends.unwrap_or(html.len())
}

/// Whether `c` ends the name of a tag.
fn ends_a_name(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '/' | '>')
}

/// Reads the attributes of one tag.
struct Reader<'a> {
    html: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.html.as_bytes().get(self.at).copied()
    }

    /// Skips what `skips` holds of.
    fn pass(&mut self, skips: impl Fn(u8) -> bool) -> usize {
        let rest = &self.html.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| !skips(*byte)).unwrap_or(rest.len());
        self.at
    }

    /// Reads up to the end of the tag.
    fn attributes(&mut self) -> Vec<Attribute> {
        let is_space = |byte: u8| byte.is_ascii_whitespace();
        let mut attributes = Vec::new();
        let mut names = HashSet::new();
        loop {
            self.pass(|byte| is_space(byte) || byte == b'/');
            let start = self.at;
            match self.peek() {
                None => return attributes,
                Some(b'>') => {
                    self.at += 1;
                    return attributes;
                }
                // An equals sign can begin a name, but not continue it.
                Some(_) => self.at += 1,
            }
            let end = self.pass(|byte| !is_space(byte) && !matches!(byte, b'/' | b'>' | b'='));
            let name = self.html[start..end].to_ascii_lowercase();
            self.pass(is_space);
            let value = match self.peek() {
                Some(b'=') => {
                    self.at += 1;
                    self.pass(is_space);
                    self.value()
                }
                _ => end..end,
            };
            let until = if value.is_empty() && value.start == end { end } else { self.at };
            let text = unescape(&self.html[value.clone()]);
            // Of two attributes with one name the first counts.
            if names.insert(name.clone()) {
                attributes.push(Attribute { name, value: text, range: start..until, value_range: value });
            }
        }
    }

    fn value(&mut self) -> Range<usize> {
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                self.at += 1;
                let start = self.at;
                let end = self.pass(|byte| byte != quote);
                self.at = (end + 1).min(self.html.len());
                start..end
            }
            _ => {
                let start = self.at;
                let end = self.pass(|byte| !byte.is_ascii_whitespace() && byte != b'>');
                start..end
            }
        }
    }
}

/// Replaces numeric character references, and the named ones that occur in addresses.
fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let named = rest.as_bytes().iter().take(10).position(|byte| *byte == b';');
        match named.and_then(|end| Some((reference(&rest[..end])?, end))) {
            Some((c, end)) => {
                text.push(c);
                rest = &rest[end + 1..];
            }
            None => text.push('&'),
        }
    }
    text.push_str(rest);
    text
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "Tab" => Some('\t'),
        "NewLine" => Some('\n'),
        "colon" => Some(':'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// A piece of raw HTML: a tag in text, or a whole block, so that a tag may span its lines.
#[derive(Debug, Default)]
pub(super) struct RawPiece {
    /// The HTML.
    pub html: String,
    /// For each event, its offset in `html` and its place in the body.
    places: Vec<(usize, usize)>,
}

impl RawPiece {
    /// Where the byte `at` of `html` stands in the body.
    pub(super) fn place(&self, at: usize) -> usize {
        let before = self.places.partition_point(|(start, _)| *start <= at);
        before.checked_sub(1).map_or(0, |last| self.places[last].1 + at - self.places[last].0)
    }
}

/// Joins the events of blocks of raw HTML.
#[derive(Debug, Default)]
pub(super) struct RawPieces {
    block: Option<RawPiece>,
}

impl RawPieces {
    /// Follows the next event, which stands at the byte `offset` of the body. Returns the piece that ends with it.
    pub(super) fn next(&mut self, event: &Event, offset: usize) -> Option<RawPiece> {
        match event {
            Event::Start(Tag::HtmlBlock) => {
                self.block = Some(RawPiece::default());
                None
            }
            Event::End(TagEnd::HtmlBlock) => self.block.take(),
            Event::Html(html) | Event::InlineHtml(html) => match &mut self.block {
                Some(block) => {
                    block.places.push((block.html.len(), offset));
                    block.html.push_str(html);
                    None
                }
                None => Some(RawPiece { html: html.to_string(), places: vec![(0, offset)] }),
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_browsers_read_them() {
        let read = |html: &str| {
            let shown = |tag: RawTag| {
                let pairs = tag.attributes.iter().map(|a| {
                    assert!(html.get(a.value_range.clone()).is_some() && html.get(a.range.clone()).is_some());
                    format!(" {}={}", a.name, a.value)
                });
                format!("{}{}{}", if tag.closes { "/" } else { "" }, tag.name, pairs.collect::<String>())
            };
            tags(html).into_iter().map(shown).collect::<Vec<_>>().join("|")
        };
        for (html, expected) in [
            ("<a href=a.md>甲</A >", "a href=a.md|/a"),
            ("<IMG SRC='a b.png' alt/>", "img src=a b.png alt="),
            ("<a\nhref = \"a&amp;b&#x41;&nbsp;\"\n>", "a href=a&bA&nbsp;"),
            ("<a title='>' href=b href=c>", "a title=> href=b"),
            ("<!-- <a href=x> --><b>", "b"),
            ("<!--> <b>", "b"),
            ("<script>'<a href=x>'</script><i>", "script|/script|i"),
            ("1 < 2 <3> <", ""),
            ("<a href", "a href="),
            ("<a href=\"x", "a href=x"),
            ("<a =x=y>", "a =x=y"),
        ] {
            assert_eq!(read(html), expected, "{html}");
        }
    }
}
