//! The text that the parser reads: a body with amendments where the parser would lose or alter text. An amendment inserts
//! or replaces a few characters; noncharacters stand for what is removed or restored in the events.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Tag};

use crate::config::Paragraphs;
use crate::content::markdown::marks::{Edit, NEUTRAL};
use crate::content::markdown::{emphasis, lines, paragraphs};

/// A body with its amendments.
pub struct Body<'a> {
    /// The body as written.
    pub(super) written: &'a str,
    /// What ends its paragraphs.
    pub(super) paragraphs: Paragraphs,
    /// The text to parse.
    pub(super) text: Cow<'a, str>,
    /// For each edit, the offsets in `text` and in `written` after it.
    ends: Vec<(usize, usize)>,
}

impl<'a> Body<'a> {
    /// Amends the body `written`, whose paragraphs end as `paragraphs` says.
    pub fn of(written: &'a str, paragraphs: Paragraphs) -> Body<'a> {
        let mut body = Body { written, paragraphs, text: Cow::Borrowed(written), ends: Vec::new() };
        if holds_marks(written) {
            return body;
        }
        let mut edits = emphasis::edits(written);
        if paragraphs == Paragraphs::Lines {
            paragraphs::add_edits(written, &mut edits);
        }
        lines::add_edits(written, &mut edits);
        if !edits.is_empty() {
            body.apply(edits);
        }
        body
    }

    fn apply(&mut self, mut edits: Vec<Edit>) {
        // What is inserted stands before what is replaced.
        edits.sort_by_key(|edit| (edit.at, edit.length > 0));
        let mut text = String::with_capacity(self.written.len() + 4 * edits.len());
        let mut copied = 0;
        for Edit { at, length, text: new } in edits {
            if at < copied {
                // Another edit has replaced this part.
                continue;
            }
            text.push_str(&self.written[copied..at]);
            text.push_str(&new);
            copied = at + length;
            self.ends.push((text.len(), copied));
        }
        text.push_str(&self.written[copied..]);
        self.text = Cow::Owned(text);
    }

    /// The offset in the body as written of an offset in the text to parse.
    pub(super) fn original(&self, offset: usize) -> usize {
        match self.ends.partition_point(|(end, _)| *end <= offset).checked_sub(1) {
            Some(before) => self.ends[before].1 + (offset - self.ends[before].0),
            None => offset,
        }
    }

    /// Undoes the amendments in an event.
    pub(super) fn clean<'e>(&self, event: Event<'e>) -> Event<'e> {
        if self.ends.is_empty() { event } else { clean_event(event) }
    }
}

/// The first bytes of all noncharacters in the block of the marks; they do not occur in Chinese text.
static MARKS: LazyLock<Finder> = LazyLock::new(|| Finder::new(b"\xEF\xB7"));

/// Whether `text` contains a mark.
fn holds_marks(text: &str) -> bool {
    MARKS.find(text.as_bytes()).is_some() && text.contains(|c| matches!(c, '\u{FDD0}'..='\u{FDD6}'))
}

fn clean_text(text: CowStr<'_>) -> CowStr<'_> {
    let text = match text {
        // Beside emphasis a text begins or ends with a neutral mark, and mostly has no others.
        CowStr::Borrowed(text) => {
            let text = text.strip_prefix(NEUTRAL).unwrap_or(text);
            CowStr::Borrowed(text.strip_suffix(NEUTRAL).unwrap_or(text))
        }
        text => text,
    };
    if MARKS.find(text.as_bytes()).is_none() {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = MARKS.find(rest.as_bytes()) {
        clean.push_str(&rest[..at]);
        let mut chars = rest[at..].chars();
        match chars.next() {
            Some('\u{FDD0}') | None => {}
            Some('\u{FDD1}') => drop(chars.next()),
            Some('\u{FDD2}') => drop(clean.pop()),
            Some('\u{FDD3}') => clean.push('*'),
            Some('\u{FDD4}') => clean.push('_'),
            Some('\u{FDD5}') => clean.push('~'),
            Some('\u{FDD6}') => clean.push('\t'),
            Some(other) => clean.push(other),
        }
        rest = chars.as_str();
    }
    clean.push_str(rest);
    clean.into()
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
