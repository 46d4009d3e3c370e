//! Markdown: pulldown-cmark's events, amended for Chinese. At parse time they give a [`Digest`], in the
//! render job the HTML and the table of contents. Most bodies are read as a whole only in the render job:
//! before it, nothing is asked of them but their first paragraph and their links.

pub mod complexity;
pub mod emphasis;
pub mod escapes;
pub mod events;
pub mod html;
pub mod lints;
pub mod raw_html;

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};
use serde::{Deserialize, Serialize};

use crate::config::HtmlPolicy;
use crate::content::assets::image::ImageView;
use crate::content::document::SUMMARY_LIMIT;
pub use crate::content::markdown::complexity::{COLUMNS_LIMIT, Excess, Kind, excess};
pub use crate::content::markdown::lints::slips;
pub use crate::content::markdown::raw_html::{Swallower, Swallowers};
use crate::text::cjk::{count_words, cut_at_sentence, joins_without_space};
use crate::text::encoding::is_unfit;
use crate::text::slug::SlugStyle;

/// How much of a link a diagnostic marks, in characters: links may hold images that hold images.
const LONGEST_SHOWN: usize = 200;

/// How many bad links of one kind are reported for a file.
const REPORTED: usize = 50;

/// What a body tells without being rendered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The first paragraph, cut at a sentence end, at most [`SUMMARY_LIMIT`] characters; empty where the editor
    /// wrote one.
    pub summary: String,
    /// The links and images that lead into the site.
    pub links: Vec<Link>,
    /// What of its raw HTML takes text with it.
    pub swallowers: Swallowers,
}

/// A link or an image in a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Its destination as written.
    pub target: String,
    /// Where it begins in the body, in bytes.
    pub offset: usize,
    /// Its length in characters, as far as a diagnostic shows it.
    pub width: u32,
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
    /// To this address; what is there is a picture, which is shown like this.
    Picture(String, Box<ImageView>),
    /// Nowhere: only its text is shown.
    Nowhere,
}

impl Target {
    /// The address.
    pub fn href(self) -> Option<String> {
        match self {
            Target::Href(href) | Target::Picture(href, _) => Some(href),
            Target::Nowhere => None,
        }
    }
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

/// Reads a body without rendering it; the summary is left empty unless one is wanted. Also gives the links
/// whose scheme is not allowed.
pub fn digest(body: &str, summarise: bool) -> (Digest, Vec<Link>) {
    let opening = if summarise { opening_summary(body) } else { Some(String::new()) };
    if opening.is_some() && !may_link(body) {
        return (Digest { summary: opening.unwrap_or_default(), ..Digest::default() }, Vec::new());
    }
    let summary = opening.unwrap_or_else(|| summary(&events::read(&emphasis::mark(body))).0);
    let mut digest = Digest { summary, links: Vec::new(), swallowers: events::swallowers(body) };
    let mut unsafe_links = Vec::new();
    for (link_type, target, range) in links(body) {
        let width = body.get(range.clone()).unwrap_or_default().chars().take(LONGEST_SHOWN);
        let width = width.take_while(|c| *c != '\n').count() as u32;
        let destination = destination(link_type, &target);
        let link = Link { target, offset: range.start, width };
        match destination {
            Destination::Inside => digest.links.push(link),
            Destination::Unsafe if unsafe_links.len() < REPORTED => unsafe_links.push(link),
            _ => {}
        }
    }
    (digest, unsafe_links)
}

/// The ids of the headings of a body.
pub fn anchors(body: &str, slugs: SlugStyle) -> Vec<String> {
    let marked = emphasis::mark(body);
    let mut events = events::read(&marked);
    events::identify_headings(&mut events, slugs);
    let id = |event| match event {
        Event::Start(Tag::Heading { id, .. }) => id.map(|id| id.to_string()),
        _ => None,
    };
    events.into_iter().filter_map(id).collect()
}

/// Can there be a link in a body? Whatever makes one has `](`, or the `]:` of a reference's definition, or
/// a `<`. A footnote's definition is none.
fn may_link(body: &str) -> bool {
    let bytes = body.as_bytes();
    memchr::memchr(b'<', bytes).is_some()
        || memchr::memchr_iter(b']', bytes).any(|at| match bytes.get(at + 1) {
            Some(b'(') => true,
            Some(b':') => !is_footnote(&body[..at]),
            _ => false,
        })
}

/// The links and images of a body: their kind, their destination, and where they stand.
fn links(body: &str) -> Vec<(LinkType, String, Range<usize>)> {
    let Some(parts) = parts_with_links(body) else { return events::links(&emphasis::mark(body)) };
    let of_part = |part: Range<usize>| {
        let links = events::links(&emphasis::mark(&body[part.clone()]));
        links.into_iter().map(move |(kind, target, range)| {
            (kind, target, part.start + range.start..part.start + range.end)
        })
    };
    parts.into_iter().flat_map(of_part).collect()
}

/// The parts of a body, between blank lines, that hold links, if they mean the same by themselves: nothing
/// in the body reaches over a blank line, as definitions, code, lists and raw HTML may.
fn parts_with_links(body: &str) -> Option<Vec<Range<usize>>> {
    let bytes = body.as_bytes();
    let reaches = memchr::memchr3(b'<', b'`', b'\t', bytes).is_some()
        || ["]:", "~~~", "\n ", "\n:"].iter().any(|mark| body.contains(mark))
        || body.starts_with([' ', ':']);
    if reaches {
        return None;
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    for at in memchr::memmem::find_iter(bytes, b"](") {
        if parts.last().is_some_and(|part| part.contains(&at)) {
            continue;
        }
        let start = memchr::memmem::rfind(&bytes[..at], b"\n\n").map_or(0, |blank| blank + 2);
        let end = memchr::memmem::find(&bytes[at..], b"\n\n").map_or(body.len(), |blank| at + blank + 2);
        parts.push(start..end);
    }
    Some(parts)
}

/// Does `before` end with the label of a footnote?
fn is_footnote(before: &str) -> bool {
    let Some((front, label)) = before.rsplit_once('[') else { return false };
    label.len() > 1
        && label.starts_with('^')
        && !label.contains(|c: char| c.is_whitespace() || c == '\\')
        && !front.ends_with('\\')
}

/// How much of a body is looked at for its first paragraph, in bytes.
const OPENING: usize = 4096;

/// The summary, if the beginning of the body alone decides it: it ends in a whole paragraph, and nothing
/// in it waits for a definition further down.
fn opening_summary(body: &str) -> Option<String> {
    let blank = memchr::memmem::rfind(&body.as_bytes()[..body.len().min(OPENING)], b"\n\n")?;
    let opening = &body[..blank + 2];
    // What follows may turn a paragraph into the term of a definition list.
    if opening.contains('[') || body[opening.len()..].trim_start().starts_with(':') {
        return None;
    }
    let marked = emphasis::mark(opening);
    let (summary, certain) = summary(&events::read(&marked));
    certain.then_some(summary)
}

/// Renders a body, however deep it nests; `resolve` tells where the links into the site lead.
pub fn render(
    body: &str,
    slugs: SlugStyle,
    policy: HtmlPolicy,
    resolve: &dyn Fn(&str) -> Target,
) -> Rendered {
    let marked = emphasis::mark(body);
    let mut events = events::read(&marked);
    events::identify_headings(&mut events, slugs);
    let toc = html::toc(&events);
    let words = events.iter().map(|event| match event {
        Event::Text(text) | Event::Code(text) => count_words(text),
        _ => 0,
    });
    let words = words.sum();
    let mut html =
        html::write(events, body.len(), policy, &|link_type, target| match destination(link_type, target) {
            Destination::Elsewhere => Target::Href(target.to_owned()),
            Destination::Inside => resolve(target),
            Destination::Unsafe => Target::Nowhere,
        });
    // Those in raw HTML and in attributes. What they kept apart is to be judged once more.
    if events::has_references(body) && html.contains(is_unfit) {
        html.retain(|c| !is_unfit(c));
        if policy == HtmlPolicy::Sanitize {
            html = html::sanitize(&html);
        }
    }
    Rendered { html, toc, words }
}

/// The schemes that links and pictures may have.
const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

fn destination(link_type: LinkType, target: &str) -> Destination {
    if link_type == LinkType::Email || target.starts_with("//") {
        return Destination::Elsewhere;
    }
    match scheme(target) {
        None => Destination::Inside,
        // `https:/www…` is no address; that it leads nowhere is said by its name.
        Some(scheme) if scheme.starts_with("http") && !target.contains("://") => Destination::Inside,
        Some(scheme) if SCHEMES.contains(&scheme.as_str()) => Destination::Elsewhere,
        Some(_) => Destination::Unsafe,
    }
}

/// The scheme of an address in lower case, read as browsers do (URL Standard, section 4.4), which pass over
/// controls, and more carefully: over all controls and spaces.
fn scheme(target: &str) -> Option<String> {
    let visible: String = target.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let (scheme, _) = visible.split_once(':')?;
    let is_scheme = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

/// Has an address a scheme that is not allowed?
fn is_unsafe(target: &str) -> bool {
    scheme(target).is_some_and(|scheme| !SCHEMES.contains(&scheme.as_str()))
}

/// The first paragraph of the body itself; failing that, the first text that is not a heading. Is it such a
/// paragraph?
fn summary(events: &[Event<'_>]) -> (String, bool) {
    let mut paragraph = None;
    let mut anything = String::new();
    // How many elements are open, and how many of those whose text is none of the summary's.
    let (mut open, mut aside) = (0_usize, 0_usize);
    let stands_aside =
        |end: TagEnd| matches!(end, TagEnd::Image | TagEnd::Heading(_) | TagEnd::FootnoteDefinition);
    let mut script = false;
    for event in events {
        match event {
            Event::Start(tag) => {
                if open == 0 && matches!(tag, Tag::Paragraph) {
                    paragraph = Some(String::new());
                }
                open += 1;
                aside += usize::from(stands_aside(tag.to_end()));
            }
            Event::End(end) => {
                open = open.saturating_sub(1);
                aside = aside.saturating_sub(usize::from(stands_aside(*end)));
                if open == 0 && *end == TagEnd::Paragraph {
                    let text = paragraph.take().unwrap_or_default();
                    if !text.trim().is_empty() {
                        return (cut_at_sentence(&text, SUMMARY_LIMIT), true);
                    }
                }
            }
            Event::InlineHtml(tag) => script = is_script(tag).unwrap_or(script),
            _ if aside > 0 || script => {}
            event => {
                if let Some(paragraph) = &mut paragraph {
                    append(paragraph, event);
                } else if anything.chars().count() <= SUMMARY_LIMIT {
                    append(&mut anything, event);
                }
            }
        }
    }
    (cut_at_sentence(&anything, SUMMARY_LIMIT), false)
}

/// Does a tag begin (or end) what is code for browsers, and not text?
fn is_script(tag: &str) -> Option<bool> {
    let (name, begins) = match tag.strip_prefix("</") {
        Some(name) => (name, false),
        None => (tag.strip_prefix('<')?, true),
    };
    let is = |wanted: &&str| name.get(..wanted.len()).is_some_and(|name| name.eq_ignore_ascii_case(wanted));
    ["script", "style"].iter().any(is).then_some(begins)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(body: &str) -> String {
        summary(&events::read(&emphasis::mark(body))).0
    }

    #[test]
    fn scripts_are_no_part_of_a_summary() {
        let body = "前文<script>alert(1)</script>后文<STYLE>p {}</STYLE>。\n\n";
        assert_eq!(whole(body), "前文后文。");
        assert_eq!(digest(body, true).0.summary, "前文后文。");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_opening_gives_the_summary_of_the_whole(
            blocks in proptest::collection::vec("[-#>: *_`~|=\\[\\]^(){}0-9a\n汉，。“”]{0,12}", 0..12)
        ) {
            let body = blocks.join("\n\n");
            prop_assert_eq!(digest(&body, true).0.summary, whole(&body));
        }

        #[test]
        fn links_are_the_same_part_by_part(
            blocks in proptest::collection::vec(r"( {0,6}|[-#>*_`~|1.+=!\\]{0,3} ?)(\[汉\]\(a\)|[a汉*|\[\]()\n]){0,5}", 0..8)
        ) {
            let body = blocks.join("\n\n");
            prop_assert_eq!(links(&body), events::links(&emphasis::mark(&body)), "{:?}", body);
        }

        #[test]
        fn a_body_that_is_not_read_to_its_end_has_no_links(body in r"(\[\^?\]:? ?a?\n?|\\|[\[\]()<>:^!a/ \n汉]){0,30}") {
            if !may_link(&body) {
                let marked = emphasis::mark(&body);
                let link = |event: &Event| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. }));
                prop_assert!(!events::read(&marked).iter().any(link));
            }
        }
    }
}
