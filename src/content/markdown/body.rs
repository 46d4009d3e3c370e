//! Markdown with amendments for Chinese. Loading reads a body's [`Digest`]: summary and links. Rendering produces the
//! HTML and the table of contents.

use pulldown_cmark::{Event, Tag};
use serde::{Deserialize, Serialize};

use crate::config::HtmlPolicy;
use crate::content::markdown::amended::Body;
use crate::content::markdown::attributes::RawPieces;
use crate::content::markdown::destination::{Destination, LinkTarget, destination};
use crate::content::markdown::html::TocEntry;
use crate::content::markdown::links::{Link, Links, Slip};
use crate::content::markdown::raw_html::LossyHtml;
use crate::content::markdown::{autolinks, events, headings, html, links, raw_links, sanitize, summary};
use crate::text::{SlugStyle, count_words, is_unfit};

/// What is read from a body without rendering it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The first paragraph, cut at the end of a sentence to at most `SUMMARY_LIMIT` characters; empty if the front
    /// matter has a summary.
    pub summary: String,
    /// The links and pictures into the site, those of permitted raw HTML among them.
    pub links: Vec<Link>,
    /// Pictures of other sites.
    pub pictures_elsewhere: Vec<Link>,
    /// Raw HTML that makes text disappear.
    pub lossy_html: LossyHtml,
    /// Files that raw HTML mentions, and files among the addresses of other sites: they may be those of this one.
    pub mentions: Vec<String>,
}

impl Digest {
    /// Whether the body has nothing that the settings of a site may forbid.
    pub fn is_fit_for_any_site(&self) -> bool {
        self.pictures_elsewhere.is_empty() && self.lossy_html == LossyHtml::default()
    }
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

/// Reads a body without rendering it; without `summarise` the summary stays empty. Also returns what is wrong with its
/// links and pictures.
pub fn digest(body: &Body, summarise: bool, policy: HtmlPolicy) -> (Digest, Vec<Slip>) {
    let summary = if summarise { summary::read(body) } else { String::new() };
    let Links { inside: links, pictures_elsewhere, files: mentions, slips } = links::read(body, policy);
    (Digest { summary, links, pictures_elsewhere, lossy_html: LossyHtml::default(), mentions }, slips)
}

/// The ids of a body: of its headings, with their texts, and of permitted raw HTML, without.
pub fn anchors(body: &Body, slugs: SlugStyle, policy: HtmlPolicy) -> Vec<(String, String)> {
    let mut events = events::read(body);
    headings::identify_headings(&mut events, slugs);
    let mut pieces = RawPieces::default();
    let mut anchors = Vec::new();
    for (at, event) in events.iter().enumerate() {
        if policy != HtmlPolicy::Escape {
            let ids = pieces.next(event, 0).into_iter().flat_map(|piece| raw_links::ids(&piece.html));
            anchors.extend(ids.map(|id| (id, String::new())));
        }
        if let Event::Start(Tag::Heading { id: Some(id), .. }) = event {
            anchors.push((id.to_string(), headings::heading_text(&events[at + 1..])));
        }
    }
    anchors
}

/// Whether there is nothing to read in a body.
pub fn is_empty(written: &str) -> bool {
    let mut rest = written.trim_start();
    while let Some((_, after)) = rest.strip_prefix("<!--").and_then(|comment| comment.split_once("-->")) {
        rest = after.trim_start();
    }
    rest.is_empty()
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
    autolinks::link(&body.text, &mut events);
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
