//! The links and images of a body: where each stands, where it leads, and which addresses are allowed.

use std::ops::Range;

use pulldown_cmark::LinkType;
use serde::{Deserialize, Serialize};

use crate::content::assets::ImageView;
use crate::content::markdown::amended::Body;
use crate::content::markdown::events;
use crate::diagnostics::REPORTED;

/// The longest part of a link that a diagnostic marks, in characters: links may contain images that contain images.
const LONGEST_SHOWN: usize = 200;

/// The schemes that links and images may have.
pub(super) const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// A link or an image in a body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Its destination as written.
    pub target: String,
    /// Where it begins in the body, in bytes.
    pub offset: usize,
    /// Its length in characters, as far as a diagnostic marks it.
    pub width: u32,
}

/// Where a link leads after it was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkTarget {
    /// To this address.
    Href(String),
    /// To an image at this address.
    Picture(String, Box<ImageView>),
    /// Nowhere: only the text of the link is shown.
    Nowhere,
}

impl LinkTarget {
    /// The address.
    pub fn href(self) -> Option<String> {
        match self {
            LinkTarget::Href(href) | LinkTarget::Picture(href, _) => Some(href),
            LinkTarget::Nowhere => None,
        }
    }
}

/// The kind of a link's destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// Another site, a mail address or a telephone number.
    Elsewhere,
    /// This site.
    Inside,
    /// A scheme that is not allowed.
    Unsafe,
}

/// The links of a body.
#[derive(Default)]
pub(super) struct Links {
    /// Those into the site.
    pub inside: Vec<Link>,
    /// Those whose scheme is not allowed.
    pub forbidden: Vec<Link>,
    /// Whole addresses of files, but not of pages.
    pub files: Vec<String>,
}

/// Reads the links of a body.
pub(super) fn read(body: &Body) -> Links {
    let Links { mut inside, mut forbidden, mut files } = Links::default();
    for (link_type, target, range) in links(body) {
        let width = body.written.get(range.clone()).unwrap_or_default().chars().take(LONGEST_SHOWN);
        let width = width.take_while(|c| *c != '\n').count() as u32;
        let destination = destination(link_type, &target);
        let link = Link { target, offset: range.start, width };
        match destination {
            Destination::Inside => inside.push(link),
            Destination::Unsafe if forbidden.len() < REPORTED => forbidden.push(link),
            Destination::Elsewhere if is_file(&link.target) => files.push(link.target),
            _ => {}
        }
    }
    Links { inside, forbidden, files }
}

/// Whether the address `url` is one of the web that ends like the name of a file: `https://…/a.pdf`.
fn is_file(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let Some((_, path)) = path.split_once("://").and_then(|(_, rest)| rest.split_once('/')) else {
        return false;
    };
    let last = path.rsplit('/').next().unwrap_or_default();
    last.rsplit_once('.').is_some_and(|(_, ending)| !["html", "htm"].contains(&ending))
}

/// Whether there can be a link in a body. Every link needs `](`, the `]:` of a reference definition, or `<`.
fn may_link(body: &str) -> bool {
    let bytes = body.as_bytes();
    memchr::memchr(b'<', bytes).is_some()
        || memchr::memchr_iter(b']', bytes).any(|at| match bytes.get(at + 1) {
            Some(b'(') => true,
            Some(b':') => !is_footnote(&body[..at]),
            _ => false,
        })
}

/// The links and images of a body with their destinations and places.
fn links(body: &Body) -> Vec<(LinkType, String, Range<usize>)> {
    if !may_link(&body.text) {
        return Vec::new();
    }
    let whole = 0..body.text.len();
    let parts = parts_with_links(&body.text).unwrap_or_else(|| vec![whole]);
    parts.into_iter().flat_map(|part| events::links(body, part)).collect()
}

/// The paragraphs of a body that contain links, if they can be parsed one by one: nothing in the body spans a blank
/// line, as definitions, code, lists and raw HTML may.
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

/// Whether `before` ends with the label of a footnote.
fn is_footnote(before: &str) -> bool {
    let Some((front, label)) = before.rsplit_once('[') else { return false };
    label.len() > 1
        && label.starts_with('^')
        && !label.contains(|c: char| c.is_whitespace() || c == '\\')
        && !front.ends_with('\\')
}

/// The kind of the destination `target`.
pub(super) fn destination(link_type: LinkType, target: &str) -> Destination {
    if link_type == LinkType::Email || target.starts_with("//") {
        return Destination::Elsewhere;
    }
    match scheme(target) {
        None => Destination::Inside,
        // `https:/www…` is no address: it is reported as a link that leads nowhere.
        Some(scheme) if scheme.starts_with("http") && !target.contains("://") => Destination::Inside,
        Some(scheme) if SCHEMES.contains(&scheme.as_str()) => Destination::Elsewhere,
        Some(_) => Destination::Unsafe,
    }
}

/// The scheme of an address in lower case. Control characters and spaces are skipped: browsers skip some of them (URL
/// Standard, section 4.4).
fn scheme(target: &str) -> Option<String> {
    let visible: String = target.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let (scheme, _) = visible.split_once(':')?;
    let is_scheme = scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    is_scheme.then(|| scheme.to_ascii_lowercase())
}

/// Whether an address has a scheme that is not allowed.
pub(super) fn is_unsafe(target: &str) -> bool {
    scheme(target).is_some_and(|scheme| !SCHEMES.contains(&scheme.as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Tag};

    use super::*;
    use crate::config::Paragraphs;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn links_are_the_same_part_by_part(
            blocks in proptest::collection::vec(r"( {0,6}|[-#>*_`~|1.+=!\\]{0,3} ?)(\[汉\]\(a\)|[a汉*|\[\]()\n]){0,5}", 0..8)
        ) {
            let body = blocks.join("\n\n");
            let body = Body::of(&body, Paragraphs::Markdown);
            prop_assert_eq!(links(&body), events::links(&body, 0..body.text.len()), "{:?}", body.written);
        }

        #[test]
        fn a_body_that_is_not_read_to_its_end_has_no_links(body in r"(\[\^?\]:? ?a?\n?|\\|[\[\]()<>:^!a/ \n汉]){0,30}") {
            let body = Body::of(&body, Paragraphs::Markdown);
            if !may_link(&body.text) {
                let link = |event: &Event| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. }));
                prop_assert!(!events::read(&body).iter().any(link));
            }
        }
    }
}
