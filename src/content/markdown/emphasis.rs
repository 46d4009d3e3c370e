//! CJK-friendly emphasis. CommonMark decides by the characters beside a run of `*` whether it opens or closes emphasis,
//! and its rules presume spaces between words: `**“两个联系”**工作` stays literal. The CommonMark CJK-friendly amendments
//! (section 6.2) fix that. The parser does not support them, so invisible marks are inserted beside the runs concerned
//! before parsing, and removed from the events: a mark is neither space nor punctuation, and lets a run open or close.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag};

use crate::text::{is_cjk, is_punctuation};

/// A noncharacter (Unicode 16, section 23.7): neither space nor punctuation, and in no real text.
const MARK: char = '\u{FDD0}';
/// A noncharacter and a punctuation character: the parser sees punctuation before the run.
const PUNCTUATION_MARK: &str = "\u{FDD1}\u{2026}";

/// A body with its marks.
pub(super) struct Marked<'a> {
    /// The text to parse.
    pub text: Cow<'a, str>,
    /// For each mark, the offset in `text` after it, and the total length of the marks up to there.
    marks: Vec<(usize, usize)>,
}

impl Marked<'_> {
    /// The offset in the body of an offset in the marked text.
    pub(super) fn original(&self, offset: usize) -> usize {
        let before = self.marks.partition_point(|(end, _)| *end <= offset);
        offset - before.checked_sub(1).map_or(0, |at| self.marks[at].1)
    }

    /// Removes the marks from an event.
    pub(super) fn clean<'e>(&self, event: Event<'e>) -> Event<'e> {
        if self.marks.is_empty() { event } else { clean_event(event) }
    }
}

/// The kind of character beside a run.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Space,
    /// Punctuation that is not CJK.
    Punctuation,
    /// CJK punctuation.
    CjkPunctuation,
    /// Another CJK character, as the amendments define it.
    Cjk,
    Other,
}

impl Side {
    fn of(c: Option<char>) -> Side {
        match c {
            None => Side::Space,
            Some(c) if c.is_whitespace() => Side::Space,
            Some(c) => match (is_punctuation(c), is_cjk(c)) {
                (true, true) => Side::CjkPunctuation,
                (true, false) => Side::Punctuation,
                (false, true) => Side::Cjk,
                (false, false) => Side::Other,
            },
        }
    }

    fn is_punctuation(self) -> bool {
        matches!(self, Side::Punctuation | Side::CjkPunctuation)
    }

    fn is_cjk(self) -> bool {
        matches!(self, Side::Cjk | Side::CjkPunctuation)
    }
}

/// Whether a run can open (left-flanking) and close (right-flanking).
type Flanking = (bool, bool);

/// CommonMark 0.31, section 6.2.
fn plain(before: Side, after: Side) -> Flanking {
    let left =
        after != Side::Space && (!after.is_punctuation() || before == Side::Space || before.is_punctuation());
    let right =
        before != Side::Space && (!before.is_punctuation() || after == Side::Space || after.is_punctuation());
    (left, right)
}

/// The amendments, section 6.2.
fn amended(before: Side, after: Side) -> Flanking {
    use Side::{Punctuation, Space};
    let left = after != Space
        && (after != Punctuation || before == Space || before == Punctuation || before.is_cjk());
    let right = before != Space
        && (before != Punctuation || after == Space || after == Punctuation || after.is_cjk());
    (left, right)
}

/// The kind of the character before the run for the parser, and for the amendments, which look behind variation
/// selectors (section 2.1: CJK sequences and punctuation sequences).
fn sides_before(text: &str) -> (Side, Side) {
    let mut chars = text.chars().rev();
    let last = chars.next();
    let seen = Side::of(last);
    let read = match (last, chars.next()) {
        (Some('\u{FE01}'), Some('‘' | '’' | '“' | '”')) => Side::CjkPunctuation,
        (Some('\u{FE00}'..='\u{FE0E}'), Some(base)) => Side::of(Some(base)),
        (Some('\u{E0100}'..='\u{E01EF}'), _) => Side::Cjk,
        _ => seen,
    };
    (seen, read)
}

/// Inserts marks in `body` wherever the amendments differ from CommonMark.
pub(super) fn mark(body: &str) -> Marked<'_> {
    let mut marked = Marked { text: Cow::Borrowed(body), marks: Vec::new() };
    if body.is_ascii() || holds_marks(body) {
        return marked;
    }
    let mut text = String::new();
    let mut copied = 0;
    let mut total = 0;
    let mut at = 0;
    let bytes = body.as_bytes();
    while let Some(found) = memchr::memchr3(b'*', b'_', b'~', &bytes[at..]) {
        let start = at + found;
        let delimiter = bytes[start];
        let end = start + bytes[start..].iter().take_while(|b| **b == delimiter).count();
        at = end;
        if is_escaped(bytes, start) {
            // The first character is literal, and the rest is a run after punctuation.
            at = start + 1;
            continue;
        }
        let (front, back) = marks_for(delimiter, end - start, &body[..start], &body[end..]);
        for (offset, mark) in [(start, front), (end, back)] {
            if mark.is_empty() {
                continue;
            }
            text.push_str(&body[copied..offset]);
            text.push_str(&mark);
            copied = offset;
            total += mark.len();
            marked.marks.push((text.len(), total));
        }
    }
    if !marked.marks.is_empty() {
        text.push_str(&body[copied..]);
        marked.text = Cow::Owned(text);
    }
    marked
}

fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

/// The marks to insert before and after a run.
fn marks_for(delimiter: u8, length: usize, before: &str, after: &str) -> (String, String) {
    if delimiter == b'~' && length != 2 {
        return Default::default();
    }
    let (seen, read) = sides_before(before);
    let next = Side::of(after.chars().next());
    let mut front = String::new();
    // A selector hides the punctuation before it from the parser.
    let seen = if read.is_punctuation() && !seen.is_punctuation() {
        front.push_str(PUNCTUATION_MARK);
        Side::Punctuation
    } else {
        seen
    };
    // For `_` both rules agree, except for those selectors.
    if delimiter == b'_' || plain(seen, next) == amended(read, next) {
        return (front, String::new());
    }
    let (opens, closes) = amended(read, next);
    if closes {
        front.push(MARK);
    }
    (front, if opens { MARK.to_string() } else { String::new() })
}

/// The first bytes of all noncharacters in the block of the marks; they do not occur in Chinese text.
static MARKS: LazyLock<Finder> = LazyLock::new(|| Finder::new(b"\xEF\xB7"));

/// Whether `text` contains a mark.
fn holds_marks(text: &str) -> bool {
    MARKS.find(text.as_bytes()).is_some() && text.contains([MARK, '\u{FDD1}'])
}

fn clean_text(text: CowStr<'_>) -> CowStr<'_> {
    if holds_marks(&text) { text.replace(PUNCTUATION_MARK, "").replace(MARK, "").into() } else { text }
}

fn clean_event(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Text(text) => Event::Text(clean_text(text)),
        Event::Code(text) => Event::Code(clean_text(text)),
        Event::Html(text) => Event::Html(clean_text(text)),
        Event::InlineHtml(text) => Event::InlineHtml(clean_text(text)),
        Event::FootnoteReference(label) => Event::FootnoteReference(clean_text(label)),
        Event::Start(tag) => Event::Start(clean_tag(tag)),
        other => other,
    }
}

fn clean_tag(tag: Tag<'_>) -> Tag<'_> {
    match tag {
        Tag::Link { link_type, dest_url, title, id } => Tag::Link {
            link_type,
            dest_url: clean_text(dest_url),
            title: clean_text(title),
            id: clean_text(id),
        },
        Tag::Image { link_type, dest_url, title, id } => Tag::Image {
            link_type,
            dest_url: clean_text(dest_url),
            title: clean_text(title),
            id: clean_text(id),
        },
        Tag::Heading { level, id, classes, attrs } => Tag::Heading {
            level,
            id: id.map(clean_text),
            classes: classes.into_iter().map(clean_text).collect(),
            attrs,
        },
        Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
            Tag::CodeBlock(CodeBlockKind::Fenced(clean_text(info)))
        }
        Tag::FootnoteDefinition(label) => Tag::FootnoteDefinition(clean_text(label)),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_the_amendments_leave_alone_is_not_marked() {
        for text in
            ["plain", "**bold** text", "人大**代表**工作", "_强调_", "snake_case 和 2*3*4", "a \\**“b”**"]
        {
            assert!(matches!(mark(text).text, Cow::Borrowed(_)), "{text}");
        }
    }

    #[test]
    fn offsets_lead_back_to_the_body() {
        let body = "**“两个联系”**工作";
        let marked = mark(body);
        let at = marked.text.find('工').unwrap();
        assert_eq!(marked.original(at), body.find('工').unwrap());
        assert_eq!(marked.original(0), 0);
    }
}
