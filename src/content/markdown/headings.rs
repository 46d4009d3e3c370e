//! Headings: attributes that authors write behind them, and ids.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use crate::text::{SlugStyle, heading_id};

/// The attributes of a heading.
struct Attributes<'a> {
    id: Option<CowStr<'a>>,
    classes: Vec<CowStr<'a>>,
    others: Vec<(CowStr<'a>, Option<CowStr<'a>>)>,
}

/// Moves `{#id .class key=value}` from the end of the heading that has just ended to its tag. `source` is the heading as
/// written. (The parser drops anything in braces.)
pub(super) fn take_attributes(events: &mut [Event], source: &str) {
    let [before @ .., Event::Text(text), Event::End(_)] = events else { return };
    let Some((rest, inside)) = text.trim_end().strip_suffix('}').and_then(|text| text.rsplit_once('{'))
    else {
        return;
    };
    let is_escaped = source.rsplit_once('{').is_none_or(|(front, _)| front.ends_with('\\'));
    if is_escaped || !(rest.is_empty() || rest.ends_with([' ', '\t'])) {
        return;
    }
    let Some(found) = attributes(inside) else { return };
    let heading = before.iter_mut().rev().find_map(|event| match event {
        Event::Start(Tag::Heading { id, classes, attrs, .. }) => Some((id, classes, attrs)),
        _ => None,
    });
    if let Some((id, classes, attrs)) = heading {
        (*id, *classes, *attrs) = (found.id, found.classes, found.others);
        *text = rest.trim_end().to_owned().into();
    }
}

/// The attributes in braces; `None` if anything there is something else.
fn attributes(inside: &str) -> Option<Attributes<'static>> {
    let owned = |text: &str| CowStr::from(text.to_owned());
    let is_name = |text: &str| !text.is_empty() && !text.contains(['#', '.', '=', '"', '\'', '<', '>', '{']);
    let mut attributes = Attributes { id: None, classes: Vec::new(), others: Vec::new() };
    for part in inside.split_whitespace() {
        if let Some(id) = part.strip_prefix('#').filter(|id| is_name(id)) {
            attributes.id = Some(owned(id));
        } else if let Some(class) = part.strip_prefix('.').filter(|class| is_name(class)) {
            attributes.classes.push(owned(class));
        } else {
            let (key, value) = part.split_once('=')?;
            let is_key = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            if !is_key {
                return None;
            }
            attributes.others.push((owned(key), Some(owned(value.trim_matches('"')))));
        }
    }
    (!inside.trim().is_empty()).then_some(attributes)
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
