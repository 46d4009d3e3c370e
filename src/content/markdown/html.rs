//! Writes a body's events as HTML, with resolved links, and images with their sizes.

use std::fmt::Write;

use pulldown_cmark::html::push_html;
use pulldown_cmark::{Alignment, CowStr, Event, LinkType, Tag, TagEnd};
use serde::Serialize;

use crate::config::HtmlPolicy;
use crate::content::assets::{ImageView, SIZES};
use crate::content::markdown::destination::LinkTarget;
use crate::content::markdown::headings::heading_text;
use crate::content::markdown::sanitize::sanitize;
use crate::content::markdown::{footnotes, raw_links};

/// A heading in the table of contents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TocEntry {
    /// The heading's level, 1 to 6.
    pub level: u8,
    /// Its id.
    pub id: String,
    /// Its text, without markup.
    pub title: String,
    /// The headings below it.
    pub children: Vec<TocEntry>,
}

type Resolve<'r> = &'r dyn Fn(LinkType, &str) -> LinkTarget;

/// Writes the HTML of a body of about `length` bytes.
pub(super) fn write(
    mut events: Vec<Event<'_>>,
    length: usize,
    policy: HtmlPolicy,
    resolve: Resolve,
) -> String {
    let has = |wanted: fn(&Event) -> bool| events.iter().any(wanted);
    let raw = has(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)));
    let notes = has(|event| matches!(event, Event::Start(Tag::FootnoteDefinition(_))));
    let has_pictures = has(|event| matches!(event, Event::Start(Tag::Image { .. })));
    if raw && policy == HtmlPolicy::Escape {
        events = events.into_iter().map(escaped).collect();
    } else if raw {
        events = raw_links::resolve_all(events, policy, resolve);
    }
    if policy != HtmlPolicy::Trust {
        drop_attributes(&mut events);
    }
    if notes {
        events = footnotes::gather(events);
    }
    if has_pictures {
        events = pictures(events, resolve);
    }
    let mut html = String::with_capacity(length + length / 4);
    push_html(&mut html, elements(resolve_links(events, resolve)));
    if raw && policy == HtmlPolicy::Sanitize { sanitize(&html) } else { html }
}

/// The headings of a body, nested by level.
pub(super) fn toc(events: &[Event<'_>]) -> Vec<TocEntry> {
    let headings = events.iter().enumerate().filter_map(|(at, event)| match event {
        Event::Start(Tag::Heading { level, id: Some(id), .. }) => Some(TocEntry {
            level: *level as u8,
            id: id.to_string(),
            title: heading_text(&events[at + 1..]),
            children: Vec::new(),
        }),
        _ => None,
    });
    let mut open: Vec<TocEntry> = Vec::new();
    let mut top = Vec::new();
    for heading in headings {
        close(&mut open, &mut top, heading.level);
        open.push(heading);
    }
    close(&mut open, &mut top, 0);
    top
}

/// Moves the open headings of `level` or deeper below their parents.
fn close(open: &mut Vec<TocEntry>, top: &mut Vec<TocEntry>, level: u8) {
    while open.last().is_some_and(|last| last.level >= level) {
        let Some(done) = open.pop() else { return };
        match open.last_mut() {
            Some(parent) => parent.children.push(done),
            None => top.push(done),
        }
    }
}

/// `# 标题 {#id .class onclick=…}`: only the ids and classes of headings are harmless.
fn drop_attributes(events: &mut [Event]) {
    for event in events {
        if let Event::Start(Tag::Heading { attrs, .. }) = event {
            attrs.clear();
        }
    }
}

/// Raw HTML as text.
fn escaped(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        other => other,
    }
}

/// Replaces the destinations of links; only the text remains of a link that leads nowhere.
fn resolve_links<'a>(events: Vec<Event<'a>>, resolve: Resolve) -> impl Iterator<Item = Event<'a>> {
    // For each open link: was it kept?
    let mut kept = Vec::new();
    events.into_iter().filter_map(move |mut event| {
        match &mut event {
            Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                let href = resolve(*link_type, dest_url).href();
                kept.push(href.is_some());
                *dest_url = href?.into();
            }
            Event::End(TagEnd::Link) if kept.pop() == Some(false) => return None,
            _ => {}
        }
        Some(event)
    })
}

/// Writes the images; only the description remains of an image that leads nowhere. An image with a title that is alone
/// in its paragraph becomes a figure with a caption.
fn pictures<'a>(events: Vec<Event<'a>>, resolve: Resolve) -> Vec<Event<'a>> {
    let mut result = Vec::with_capacity(events.len());
    let mut events = events.into_iter();
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Image { link_type, dest_url, mut title, id }) => {
                let view = match resolve(link_type, &dest_url) {
                    LinkTarget::Picture(_, view) => *view,
                    LinkTarget::Href(url) => ImageView { url, ..ImageView::default() },
                    LinkTarget::Nowhere => continue,
                };
                let length = description_length(events.as_slice());
                let opened = matches!(result.last(), Some(Event::Start(Tag::Paragraph)));
                let closed = matches!(events.as_slice().get(length), Some(Event::End(TagEnd::Paragraph)));
                let alone = opened && closed && !title.is_empty();
                // The caption replaces the `title` attribute.
                let caption = alone.then(|| std::mem::replace(&mut title, "".into()));
                let dest_url = view.url.clone().into();
                let start = Event::Start(Tag::Image { link_type, dest_url, title, id });
                let tag = img(std::iter::once(start).chain(events.by_ref().take(length)), &view);
                match caption {
                    Some(caption) => {
                        // The figure replaces the paragraph.
                        result.pop();
                        events.next();
                        figure(&mut result, &tag, &caption);
                    }
                    None => result.push(Event::InlineHtml(tag.into())),
                }
            }
            // The end of an image that leads nowhere.
            Event::End(TagEnd::Image) => {}
            other => result.push(other),
        }
    }
    result
}

/// How many events the description of an image has, its end included.
fn description_length(events: &[Event]) -> usize {
    let mut open = 1;
    let last = events.iter().position(|event| {
        match event {
            Event::Start(_) => open += 1,
            Event::End(_) => open -= 1,
            _ => {}
        }
        open == 0
    });
    last.map_or(events.len(), |last| last + 1)
}

/// The tag of an image as pulldown-cmark writes it, with its size, thumbnails and loading hints.
fn img<'a>(picture: impl Iterator<Item = Event<'a>>, view: &ImageView) -> String {
    let mut tag = String::new();
    push_html(&mut tag, picture);
    tag.truncate(tag.strip_suffix(" />").map_or(tag.len(), str::len));
    if let Some(srcset) = &view.srcset {
        let srcset = srcset.replace('&', "&amp;").replace('"', "&quot;");
        let _ = write!(tag, " srcset=\"{srcset}\" sizes=\"{SIZES}\"");
    }
    if let (Some(width), Some(height)) = (view.width, view.height) {
        let _ = write!(tag, " width=\"{width}\" height=\"{height}\"");
    }
    tag + " loading=\"lazy\" decoding=\"async\" />"
}

/// An image with its caption; the photographer's name follows the last `|`.
fn figure(events: &mut Vec<Event>, tag: &str, caption: &str) {
    let (caption, credit) = caption.rsplit_once(['|', '｜']).unwrap_or((caption, ""));
    events.push(Event::Html(format!("<figure>{tag}<figcaption>").into()));
    events.push(Event::Text(caption.trim().to_owned().into()));
    if !credit.trim().is_empty() {
        events.push(Event::Html("<span class=\"credit\">".into()));
        events.push(Event::Text(credit.trim().to_owned().into()));
        events.push(Event::Html("</span>".into()));
    }
    events.push(Event::Html("</figcaption></figure>\n".into()));
}

/// Tables in a scrollable box, aligned by classes rather than inline styles; task markers; numbers of list items.
fn elements<'a>(events: impl Iterator<Item = Event<'a>>) -> impl Iterator<Item = Event<'a>> {
    let mut alignments: Vec<Alignment> = Vec::new();
    let mut column = 0;
    let mut head = false;
    let mut number: Option<CowStr> = None;
    let html = |text: &'static str| Event::Html(text.into());
    let one = move |event| match event {
        // See `events::item_number`.
        Event::InlineMath(written) => {
            number = Some(written);
            Event::Text("".into())
        }
        Event::Start(Tag::Item) => match number.take() {
            Some(number) => Event::Html(format!("<li value=\"{number}\">").into()),
            None => event,
        },
        Event::Start(Tag::Table(columns)) => {
            alignments = columns;
            html("<div class=\"table\"><table>")
        }
        Event::End(TagEnd::Table) => html("</tbody></table></div>\n"),
        Event::Start(Tag::TableHead) => {
            (head, column) = (true, 0);
            html("<thead><tr>")
        }
        Event::End(TagEnd::TableHead) => {
            head = false;
            html("</tr></thead><tbody>\n")
        }
        Event::Start(Tag::TableRow) => {
            column = 0;
            html("<tr>")
        }
        Event::End(TagEnd::TableRow) => html("</tr>\n"),
        Event::Start(Tag::TableCell) => {
            let align = alignments.get(column).copied().unwrap_or(Alignment::None);
            column += 1;
            html(cell(head, align))
        }
        Event::End(TagEnd::TableCell) => html(if head { "</th>" } else { "</td>" }),
        // A character rather than a disabled checkbox: a form control would need a label.
        Event::TaskListMarker(done) => {
            let mark =
                if done { "<span class=\"task\">☑</span> " } else { "<span class=\"task\">☐</span> " };
            Event::InlineHtml(mark.into())
        }
        other => other,
    };
    events.map(one)
}

fn cell(head: bool, align: Alignment) -> &'static str {
    match (head, align) {
        (true, Alignment::None) => "<th scope=\"col\">",
        (true, Alignment::Left) => "<th scope=\"col\" class=\"left\">",
        (true, Alignment::Center) => "<th scope=\"col\" class=\"center\">",
        (true, Alignment::Right) => "<th scope=\"col\" class=\"right\">",
        (false, Alignment::None) => "<td>",
        (false, Alignment::Left) => "<td class=\"left\">",
        (false, Alignment::Center) => "<td class=\"center\">",
        (false, Alignment::Right) => "<td class=\"right\">",
    }
}
