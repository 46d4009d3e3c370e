//! Parses a body into events, without its amendments and without the line breaks between Chinese characters.

use pulldown_cmark::{Event, Options, Parser, TagEnd, TextMergeStream, TextMergeWithOffset};

use crate::content::markdown::amended::Body;
use crate::content::markdown::numbers::Numbers;
use crate::content::markdown::{headings, numbers};
use crate::text::{is_unfit, joins_without_space};

/// The extensions of CommonMark that are enabled.
pub(super) fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST
}

/// The events of a body.
pub(super) fn read<'a>(amended: &'a Body<'_>) -> Vec<Event<'a>> {
    let text = &amended.text;
    let parser = Parser::new_ext(text, options());
    let mut events = if numbers::may_jump(text) || memchr::memchr(b'{', text.as_bytes()).is_some() {
        with_sources(amended, parser)
    } else {
        TextMergeStream::new(parser).map(|event| amended.clean(event)).collect()
    };
    if has_references(text) {
        events.iter_mut().for_each(drop_unfit);
    }
    join_lines(&mut events);
    events
}

/// The events of a body where some depend on how they are written: numbers of items, and attributes of headings.
fn with_sources<'a>(amended: &'a Body<'_>, parser: Parser<'a>) -> Vec<Event<'a>> {
    let mut numbers = Numbers::default();
    let mut events = Vec::new();
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        let source = &amended.text[range];
        let jump = numbers.next(&event, source);
        events.extend(jump.map(|jump| item_number(jump.written)));
        let is_heading = matches!(event, Event::End(TagEnd::Heading(_)));
        events.push(amended.clean(event));
        if is_heading {
            headings::take_attributes(&mut events, source);
        }
    }
    events
}

/// The event for the number of the list item that follows, where it is not the next one. The parser has none; that for
/// formulas is free, because they are not enabled.
fn item_number(number: u64) -> Event<'static> {
    Event::InlineMath(number.to_string().into())
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

/// Drops the soft breaks between two characters that Chinese text writes without a space.
fn join_lines(events: &mut [Event]) {
    let mut last: Option<char> = None;
    let mut pending: Option<(usize, char)> = None;
    for at in 0..events.len() {
        let (first, end) = match &events[at] {
            Event::Text(text) => (text.chars().next(), text.trim_end_matches('\t').chars().next_back()),
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
            if let Some(Event::Text(text)) = index.checked_sub(1).and_then(|before| events.get_mut(before))
                && text.ends_with('\t')
            {
                *text = text.trim_end_matches('\t').to_owned().into();
            }
        }
        last = end;
    }
}
