//! Parses a body into events, without the marks of `emphasis.rs` and the line breaks between Chinese characters. Gives
//! every heading an id.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};

use crate::content::markdown::emphasis::Marked;
use crate::text::{SlugStyle, heading_id, is_unfit, joins_without_space};

/// The extensions of CommonMark that are enabled.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
}

/// The events of a body.
pub(super) fn read<'a>(marked: &'a Marked<'_>) -> Vec<Event<'a>> {
    let parser = Parser::new_ext(&marked.text, options());
    let mut events: Vec<Event> = TextMergeStream::new(parser).map(|event| marked.clean(event)).collect();
    if has_references(&marked.text) {
        events.iter_mut().for_each(drop_unfit);
    }
    join_lines(&mut events);
    events
}

/// Whether there may be a numeric character reference in `text`.
pub(super) fn has_references(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"&#").is_some()
}

/// Drops characters that no page may contain, such as `&#7;`. (CommonMark and browsers replace invalid ones by U+FFFD.)
fn drop_unfit(event: &mut Event) {
    if let Event::Text(text) = event
        && text.contains(is_unfit)
    {
        *text = text.replace(is_unfit, "").into();
    }
}

/// The links and images of a body with their destinations and places.
pub(super) fn links(marked: &Marked<'_>) -> Vec<(LinkType, String, Range<usize>)> {
    let parser = Parser::new_ext(&marked.text, options()).into_offset_iter();
    let link = |(event, range): (Event, Range<usize>)| match marked.clean(event) {
        Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
            let range = marked.original(range.start)..marked.original(range.end);
            Some((link_type, dest_url.to_string(), range))
        }
        _ => None,
    };
    parser.filter(|(event, _)| matches!(event, Event::Start(_))).filter_map(link).collect()
}

/// Drops the soft breaks between two characters that Chinese text writes without a space.
fn join_lines(events: &mut [Event]) {
    let mut last: Option<char> = None;
    let mut pending: Option<(usize, char)> = None;
    for at in 0..events.len() {
        let (first, end) = match &events[at] {
            Event::Text(text) => (text.chars().next(), text.chars().next_back()),
            Event::Code(_) => (Some('0'), Some('0')),
            Event::SoftBreak => {
                pending = last.map(|before| (at, before));
                continue;
            }
            Event::HardBreak | Event::InlineHtml(_) | Event::Html(_) => (None, None),
            _ => continue,
        };
        if let (Some((index, before)), Some(after)) = (pending.take(), first)
            && joins_without_space(before, after)
        {
            events[index] = Event::Text("".into());
        }
        last = end;
    }
}

/// Gives every heading an id: the author's, else one made of its text. Repeated ids get a number.
pub(super) fn identify_headings(events: &mut [Event], slugs: SlugStyle) {
    let own = events.iter().filter_map(|event| match event {
        Event::Start(Tag::Heading { id: Some(id), .. }) => Some(id.to_string()),
        _ => None,
    });
    let mut ids = Ids { taken: own.collect(), next: HashMap::new() };
    let mut used: HashSet<String> = HashSet::new();
    for at in 0..events.len() {
        let Event::Start(Tag::Heading { id, .. }) = &events[at] else { continue };
        let wanted = match id {
            Some(id) if used.insert(id.to_string()) => continue,
            Some(id) => id.to_string(),
            None => heading_id(&heading_text(&events[at + 1..]), slugs),
        };
        let unique = ids.unique(wanted);
        if let Event::Start(Tag::Heading { id, .. }) = &mut events[at] {
            *id = Some(unique.into());
        }
    }
}

/// The ids of a body so far.
struct Ids {
    taken: HashSet<String>,
    /// The number to try next for an id, so that equal headings are not counted from 2 each time.
    next: HashMap<String, u32>,
}

impl Ids {
    fn unique(&mut self, wanted: String) -> String {
        if self.taken.insert(wanted.clone()) {
            return wanted;
        }
        let next = self.next.entry(wanted.clone()).or_insert(2);
        loop {
            let candidate = format!("{wanted}-{next}");
            *next += 1;
            if self.taken.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}

/// The text of the heading whose events begin here.
pub(super) fn heading_text(events: &[Event]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            Event::Text(more) | Event::Code(more) => text.push_str(more),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::Heading(_)) => break,
            _ => {}
        }
    }
    text
}
