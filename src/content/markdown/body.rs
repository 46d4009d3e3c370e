//! Markdown with amendments for Chinese. Loading reads a body's [`Digest`]: summary and links. Rendering produces the
//! HTML and the table of contents.

use pulldown_cmark::{Event, Tag};
use serde::{Deserialize, Serialize};

use crate::config::HtmlPolicy;
use crate::content::markdown::amended::Body;
use crate::content::markdown::html::TocEntry;
use crate::content::markdown::links::{Destination, Link, LinkTarget, destination};
use crate::content::markdown::raw_html::LossyHtml;
use crate::content::markdown::{events, headings, html, links, sanitize, summary};
use crate::text::{SlugStyle, count_words, is_unfit};

/// What is read from a body without rendering it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The first paragraph, cut at the end of a sentence to at most `SUMMARY_LIMIT` characters; empty if the front
    /// matter has a summary.
    pub summary: String,
    /// The links and images into the site.
    pub links: Vec<Link>,
    /// Raw HTML that makes text disappear.
    pub lossy_html: LossyHtml,
    /// Files that raw HTML mentions, and files among the addresses of other sites: they may be those of this one.
    pub mentions: Vec<String>,
}

/// A body as HTML.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rendered {
    /// The HTML.
    pub html: String,
    /// Its headings, nested.
    pub toc: Vec<TocEntry>,
    /// Words, by [`count_words`].
    pub words: u32,
}

/// Reads a body without rendering it; without `summarise` the summary stays empty. Also returns the links whose scheme
/// is not allowed.
pub fn digest(body: &Body, summarise: bool) -> (Digest, Vec<Link>) {
    let summary = if summarise { summary::read(body) } else { String::new() };
    let links::Links { inside, forbidden, files } = links::read(body);
    (Digest { summary, links: inside, lossy_html: LossyHtml::default(), mentions: files }, forbidden)
}

/// The ids of the headings of a body.
pub fn anchors(body: &Body, slugs: SlugStyle) -> Vec<String> {
    let mut events = events::read(body);
    headings::identify_headings(&mut events, slugs);
    let id = |event| match event {
        Event::Start(Tag::Heading { id, .. }) => id.map(|id| id.to_string()),
        _ => None,
    };
    events.into_iter().filter_map(id).collect()
}

/// Renders a body. `resolve` tells where links into the site lead.
pub fn render(
    body: &Body,
    slugs: SlugStyle,
    policy: HtmlPolicy,
    resolve: &dyn Fn(&str) -> LinkTarget,
) -> Rendered {
    let mut events = events::read(body);
    headings::identify_headings(&mut events, slugs);
    let toc = html::toc(&events);
    let words = events.iter().map(|event| match event {
        Event::Text(text) | Event::Code(text) => count_words(text),
        _ => 0,
    });
    let words = words.sum();
    let mut html = html::write(events, body.text.len(), policy, &|link_type, target| match destination(
        link_type, target,
    ) {
        Destination::Elsewhere => LinkTarget::Href(target.to_owned()),
        Destination::Inside => resolve(target),
        Destination::Unsafe => LinkTarget::Nowhere,
    });
    // References in raw HTML and attributes can name characters that no page may hold. Removing those can join what
    // they separated, so the result is sanitized again.
    if events::has_references(&body.text) && html.contains(is_unfit) {
        html.retain(|c| !is_unfit(c));
        if policy == HtmlPolicy::Sanitize {
            html = sanitize::sanitize(&html);
        }
    }
    Rendered { html, toc, words }
}
