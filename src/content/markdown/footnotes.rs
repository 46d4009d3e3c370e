//! Footnotes: numbered, and moved to the end of the text.

use std::collections::HashMap;

use pulldown_cmark::{Event, Tag, TagEnd};

/// Numbers the footnotes by their first reference and moves them to the end, each with a link back to every
/// reference. Footnotes without a reference are left out.
pub(super) fn gather(events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let (body, mut notes) = split_notes(events);
    if notes.is_empty() {
        return body;
    }
    let mut numbers = Numbers::default();
    let mut result: Vec<Event> = body.into_iter().map(|event| numbers.refer(event)).collect();
    let mut list = Vec::new();
    let mut at = 0;
    // A footnote may refer to another: the list grows while it is written.
    while let Some(label) = numbers.order.get(at).cloned() {
        at += 1;
        let Some(note) = notes.remove(&label) else { continue };
        let note: Vec<Event> = note.into_iter().map(|event| numbers.refer(event)).collect();
        list.push((at, label, note));
    }
    if list.is_empty() {
        return result;
    }
    result.push(Event::Html("<div class=\"footnotes\" role=\"doc-endnotes\"><ol>\n".into()));
    for (number, label, note) in list {
        result.push(Event::Html(format!("<li id=\"fn-{number}\">").into()));
        let references = numbers.references.get(&label).copied().unwrap_or(1);
        result.extend(with_back_links(note, number, references));
        result.push(Event::Html("</li>\n".into()));
    }
    result.push(Event::Html("</ol></div>\n".into()));
    result
}

type Notes<'a> = HashMap<String, Vec<Event<'a>>>;

/// Separates the definitions of footnotes from the body; the first of each label counts.
fn split_notes(events: Vec<Event<'_>>) -> (Vec<Event<'_>>, Notes<'_>) {
    let mut body = Vec::with_capacity(events.len());
    let mut notes = Notes::new();
    let mut open: Vec<(String, Vec<Event>)> = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => open.push((label.to_string(), Vec::new())),
            Event::End(TagEnd::FootnoteDefinition) => {
                if let Some((label, note)) = open.pop() {
                    notes.entry(label).or_insert(note);
                }
            }
            event => match open.last_mut() {
                Some((_, note)) => note.push(event),
                None => body.push(event),
            },
        }
    }
    (body, notes)
}

/// The numbers of the footnotes in the order of their first reference, and how often each is referred to.
#[derive(Default)]
struct Numbers {
    order: Vec<String>,
    number: HashMap<String, usize>,
    references: HashMap<String, usize>,
}

impl Numbers {
    fn refer<'a>(&mut self, event: Event<'a>) -> Event<'a> {
        let Event::FootnoteReference(label) = event else { return event };
        let label = label.to_string();
        let number = *self.number.entry(label.clone()).or_insert_with(|| {
            self.order.push(label.clone());
            self.order.len()
        });
        let reference = self.references.entry(label).or_insert(0);
        *reference += 1;
        let id = reference_id(number, *reference);
        let html = format!(
            "<sup class=\"footnote\"><a href=\"#fn-{number}\" id=\"{id}\" role=\"doc-noteref\">{number}</a></sup>"
        );
        Event::InlineHtml(html.into())
    }
}

fn reference_id(number: usize, reference: usize) -> String {
    if reference == 1 { format!("fnref-{number}") } else { format!("fnref-{number}-{reference}") }
}

fn with_back_links(mut note: Vec<Event<'_>>, number: usize, references: usize) -> Vec<Event<'_>> {
    let links: String = (1..=references)
        .map(|reference| {
            let id = reference_id(number, reference);
            format!(" <a href=\"#{id}\" role=\"doc-backlink\" aria-label=\"{number}\">↩</a>")
        })
        .collect();
    let inside = matches!(note.last(), Some(Event::End(TagEnd::Paragraph)));
    let at = if inside { note.len() - 1 } else { note.len() };
    note.insert(at, Event::InlineHtml(links.into()));
    note
}
