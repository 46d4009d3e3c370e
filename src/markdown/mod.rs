//! Markdown: pulldown-cmark's events, amended for Chinese. At parse time they give a [`Digest`], in the
//! render job the HTML and the table of contents; both see the same events.

mod emphasis;
mod events;
mod html;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use serde::{Deserialize, Serialize};

use crate::config::HtmlPolicy;
use crate::document::SUMMARY_LIMIT;
use crate::slug::SlugStyle;
use crate::text::{count_words, cut_at_sentence, joins_without_space};

/// How many bad links of one kind are reported for a file.
const REPORTED: usize = 50;

/// What a body tells without being rendered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The first paragraph, cut at a sentence end, at most [`SUMMARY_LIMIT`] characters.
    pub summary: String,
    /// The ids of the headings.
    pub anchors: Vec<String>,
    /// The links and images that lead into the site.
    pub links: Vec<Link>,
    /// Words, by [`count_words`].
    pub words: u32,
}

/// A link or an image in a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Its destination as written.
    pub target: String,
    /// Where it begins in the body, in bytes.
    pub offset: usize,
    /// Its length in characters.
    pub width: u32,
}

/// A body as HTML.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rendered {
    /// The HTML.
    pub html: String,
    /// Its headings, nested.
    pub toc: Vec<TocEntry>,
}

/// A heading in the table of contents.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
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

/// Where a link of a body leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To this address.
    Href(String),
    /// Nowhere: only its text is shown.
    Nowhere,
}

/// The kind of a link's destination, judged after entities are decoded and controls taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Destination {
    /// Another site, or a mail address or telephone number.
    Elsewhere,
    /// This site.
    Inside,
    /// A scheme that is not allowed.
    Unsafe,
}

/// Reads a body without rendering it. Also gives the links whose scheme is not allowed.
pub fn digest(body: &str, slugs: SlugStyle) -> (Digest, Vec<Link>) {
    let marked = emphasis::mark(body);
    let events = events::read(&marked, slugs);
    let mut digest = Digest { summary: summary(&events), ..Digest::default() };
    let mut unsafe_links = Vec::new();
    for (event, range) in &events {
        match event {
            Event::Start(Tag::Heading { id: Some(id), .. }) => digest.anchors.push(id.to_string()),
            Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
                let width = body.get(range.clone()).unwrap_or_default();
                let width = width.lines().next().unwrap_or_default().chars().count() as u32;
                let link = Link { target: dest_url.to_string(), offset: range.start, width };
                match destination(*link_type, dest_url) {
                    Destination::Inside => digest.links.push(link),
                    Destination::Unsafe if unsafe_links.len() < REPORTED => unsafe_links.push(link),
                    _ => {}
                }
            }
            Event::Text(text) | Event::Code(text) => digest.words += count_words(text),
            _ => {}
        }
    }
    (digest, unsafe_links)
}

/// Renders a body; `resolve` tells where the links into the site lead.
pub fn render(
    body: &str,
    slugs: SlugStyle,
    policy: HtmlPolicy,
    resolve: &dyn Fn(&str) -> Target,
) -> Rendered {
    let marked = emphasis::mark(body);
    let events = events::read(&marked, slugs);
    let toc = html::toc(&events);
    let html = html::write(events, policy, &|link_type, target| match destination(link_type, target) {
        Destination::Elsewhere => Target::Href(target.to_owned()),
        Destination::Inside => resolve(target),
        Destination::Unsafe => Target::Nowhere,
    });
    Rendered { html, toc }
}

fn destination(link_type: LinkType, target: &str) -> Destination {
    if link_type == LinkType::Email || target.starts_with("//") {
        return Destination::Elsewhere;
    }
    let visible: String = target.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let Some((scheme, _)) = visible.split_once(':') else { return Destination::Inside };
    if !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.')) {
        return Destination::Inside;
    }
    match scheme.to_ascii_lowercase().as_str() {
        "http" | "https" | "mailto" | "tel" => Destination::Elsewhere,
        _ => Destination::Unsafe,
    }
}

/// The first paragraph of the body itself; failing that, the first text that is not a heading.
fn summary(events: &[events::Located<'_>]) -> String {
    let mut paragraph = None;
    let mut anything = String::new();
    let mut open: Vec<TagEnd> = Vec::new();
    for (event, _) in events {
        let (images, headings, notes) = (
            open.contains(&TagEnd::Image),
            open.iter().any(|tag| matches!(tag, TagEnd::Heading(_))),
            open.contains(&TagEnd::FootnoteDefinition),
        );
        match event {
            Event::Start(Tag::Paragraph) if open.is_empty() => {
                paragraph = Some(String::new());
                open.push(TagEnd::Paragraph);
            }
            Event::Start(tag) => open.push(tag.to_end()),
            Event::End(end) => {
                open.pop();
                if open.is_empty() && *end == TagEnd::Paragraph {
                    let text = paragraph.take().unwrap_or_default();
                    if !text.trim().is_empty() {
                        return cut_at_sentence(&text, SUMMARY_LIMIT);
                    }
                }
            }
            _ if images || headings || notes => {}
            event => {
                if let Some(paragraph) = &mut paragraph {
                    append(paragraph, event);
                } else if anything.chars().count() <= SUMMARY_LIMIT {
                    append(&mut anything, event);
                }
            }
        }
    }
    cut_at_sentence(&anything, SUMMARY_LIMIT)
}

fn append(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(more) | Event::Code(more) => {
            if text.ends_with('\n') {
                text.pop();
                let joins = text.chars().next_back().zip(more.chars().next());
                if !joins.is_some_and(|(before, after)| joins_without_space(before, after)) {
                    text.push(' ');
                }
            }
            text.push_str(more);
        }
        Event::SoftBreak => text.push(' '),
        Event::HardBreak if !text.is_empty() => text.push('\n'),
        _ => {}
    }
}
