//! The links and pictures of a body: where each stands, where it leads, and what is wrong with it.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};

use crate::config::HtmlPolicy;
use crate::content::markdown::amended::Body;
use crate::content::markdown::attributes::RawPieces;
use crate::content::markdown::destination::{Destination, destination};
use crate::content::markdown::{events, raw_links};
use crate::diagnostics::messages::{LinkProblem, MarkdownProblem};
use crate::diagnostics::{Problem, REPORTED};

/// The longest part of a link that a diagnostic marks, in characters: links may contain images that contain images.
const LONGEST_SHOWN: usize = 200;

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

/// A mistake in a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Slip {
    /// What is wrong.
    pub problem: Problem,
    /// The byte in the body at which it stands.
    pub offset: usize,
    /// Its length in characters.
    pub width: u32,
}

/// The links of a body.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Those into the site.
    pub inside: Vec<Link>,
    /// Pictures of other sites.
    pub pictures_elsewhere: Vec<Link>,
    /// Whole addresses of files, but not of pages.
    pub files: Vec<String>,
    /// Links that are not allowed, and pictures that readers cannot see.
    pub slips: Vec<Slip>,
}

/// A link or a picture in a body.
#[derive(Debug, PartialEq)]
struct Found {
    link_type: LinkType,
    target: String,
    range: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Link,
    Picture { is_described: bool },
}

/// The links of a body, with those of its raw HTML as far as `policy` permits it.
pub(super) fn read(body: &Body, policy: HtmlPolicy) -> Links {
    let mut links = Links::default();
    for Found { link_type, target, range, kind } in links_of(body, policy) {
        let width = body.written.get(range.clone()).unwrap_or_default().chars().take(LONGEST_SHOWN);
        let width = width.take_while(|c| *c != '\n').count() as u32;
        let destination = destination(link_type, &target);
        let link = Link { target, offset: range.start, width };
        for problem in slips(&link.target, destination, kind) {
            if links.slips.len() < REPORTED {
                links.slips.push(Slip { problem, offset: range.start, width });
            }
        }
        if destination == Destination::Elsewhere && is_file(&link.target) {
            links.files.push(link.target.clone());
        }
        match (destination, kind) {
            (Destination::Inside, _) => links.inside.push(link),
            (Destination::Elsewhere, Kind::Picture { .. }) if links.pictures_elsewhere.len() < REPORTED => {
                links.pictures_elsewhere.push(link);
            }
            _ => {}
        }
    }
    links
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

/// What is wrong with a link or a picture, whatever else the site holds.
fn slips(target: &str, destination: Destination, kind: Kind) -> impl Iterator<Item = Problem> {
    let is_picture = matches!(kind, Kind::Picture { .. });
    let is_data = target.trim_start().get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
    let forbidden: Option<Problem> = match destination {
        Destination::Unsafe if is_data && is_picture => Some(MarkdownProblem::PictureData.into()),
        Destination::Unsafe if is_data => Some(LinkProblem::Unsafe { target: "data:…".to_owned() }.into()),
        Destination::Unsafe => Some(match is_local_file(target) {
            true => LinkProblem::OnThisComputer { target: target.to_owned() }.into(),
            false => LinkProblem::Unsafe { target: target.to_owned() }.into(),
        }),
        _ => None,
    };
    let format = is_picture.then(|| unseen_format(target)).flatten();
    let format = format.map(|ending| MarkdownProblem::PictureFormat { ending: ending.to_owned() }.into());
    let undescribed = kind == Kind::Picture { is_described: false } && !target.is_empty();
    let undescribed = undescribed.then(|| MarkdownProblem::PictureAlt.into());
    [forbidden, format, undescribed].into_iter().flatten()
}

/// The ending of a picture that most browsers cannot show.
fn unseen_format(target: &str) -> Option<&'static str> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let (_, ending) = path.rsplit_once('.')?;
    ["heic", "heif", "tif", "tiff", "psd", "cdr", "emf", "wmf", "eps"]
        .into_iter()
        .find(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether a link points to a file on the author's computer: `C:\…`, `file:///…`.
fn is_local_file(target: &str) -> bool {
    let scheme = target.split(':').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("file")
        || (scheme.len() == 1 && scheme.bytes().all(|b| b.is_ascii_alphabetic()))
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

/// The links and pictures of a body with their destinations and places.
fn links_of(body: &Body, policy: HtmlPolicy) -> Vec<Found> {
    if !may_link(&body.text) {
        return Vec::new();
    }
    let whole = 0..body.text.len();
    let parts = parts_with_links(&body.text).unwrap_or_else(|| vec![whole]);
    parts.into_iter().flat_map(|part| links_of_part(body, part, policy)).collect()
}

/// The links and pictures of a `part` of the text to parse, with their places in the body as written.
fn links_of_part(body: &Body, part: Range<usize>, policy: HtmlPolicy) -> Vec<Found> {
    let mut links: Vec<Found> = Vec::new();
    let mut pieces = RawPieces::default();
    // The pictures that are open, by their index in `links`, and whether there is text in them.
    let mut open: Vec<(usize, bool)> = Vec::new();
    for (event, range) in Parser::new_ext(&body.text[part.clone()], events::options()).into_offset_iter() {
        let place = || body.original(part.start + range.start)..body.original(part.start + range.end);
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => match body.clean(event) {
                Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                    let target = dest_url.to_string();
                    links.push(Found { link_type, target, range: place(), kind: Kind::Link });
                }
                Event::Start(Tag::Image { link_type, dest_url, .. }) => {
                    open.push((links.len(), false));
                    let (target, kind) = (dest_url.to_string(), Kind::Picture { is_described: false });
                    links.push(Found { link_type, target, range: place(), kind });
                }
                _ => {}
            },
            Event::End(TagEnd::Image) => {
                if let Some((at, is_described)) = open.pop() {
                    links[at].kind = Kind::Picture { is_described };
                    open.last_mut().into_iter().for_each(|(_, described)| *described |= is_described);
                }
            }
            Event::Text(text) | Event::Code(text) => {
                open.last_mut().into_iter().for_each(|(_, described)| *described |= !text.trim().is_empty());
            }
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::Start(Tag::HtmlBlock)
            | Event::End(TagEnd::HtmlBlock) => {
                let Some(piece) = pieces.next(&body.clean(event), place().start) else { continue };
                for link in raw_links::links(&piece.html, policy) {
                    let kind = if link.is_picture {
                        Kind::Picture { is_described: link.is_described }
                    } else {
                        Kind::Link
                    };
                    let range = piece.place(link.range.start)..piece.place(link.range.end);
                    links.push(Found { link_type: LinkType::Inline, target: link.target, range, kind });
                }
            }
            _ => {}
        }
    }
    links
}

/// The paragraphs of a body that contain links, if they can be parsed one by one: nothing in the body spans a blank
/// line, as definitions, code, lists and raw HTML may.
fn parts_with_links(body: &str) -> Option<Vec<Range<usize>>> {
    let bytes = body.as_bytes();
    let reaches = memchr::memchr3(b'<', b'`', b'\t', bytes).is_some()
        || ["]:", "~~~", "\n ", "\n:"]
            .iter()
            .any(|mark| memchr::memmem::find(bytes, mark.as_bytes()).is_some())
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
            let policy = HtmlPolicy::Sanitize;
            let whole = links_of_part(&body, 0..body.text.len(), policy);
            prop_assert_eq!(links_of(&body, policy), whole, "{:?}", body.written);
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
