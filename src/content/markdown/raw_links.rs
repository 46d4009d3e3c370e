//! The links and pictures of raw HTML: where they lead, and their addresses replaced.

use std::fmt::Write;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType};

use crate::config::HtmlPolicy;
use crate::content::assets::{ImageView, SIZES};
use crate::content::markdown::attributes::{Attribute, RawPieces, RawTag, tags};
use crate::content::markdown::destination::{Destination, LinkTarget, destination};

/// An address in raw HTML.
pub(super) struct RawLink {
    /// The address.
    pub target: String,
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Whether it is that of a picture.
    pub is_picture: bool,
    /// Whether it is described, as far as pictures have to be: an empty `alt` is meant.
    pub is_described: bool,
}

/// The addresses in raw HTML that a policy permits.
pub(super) fn links(html: &str, policy: HtmlPolicy) -> Vec<RawLink> {
    let mut links = Vec::new();
    for tag in tags(html) {
        for attribute in addresses(&tag, policy) {
            let is_picture = tag.name == "img" || matches!(&*attribute.name, "srcset" | "poster");
            let is_described = &*attribute.name != "src" || tag.attribute("alt").is_some();
            let range = attribute.value_range.clone();
            let targets: Vec<&str> = match &*attribute.name {
                "srcset" => candidates(&attribute.value).map(|(address, _)| address).collect(),
                _ => vec![attribute.value.trim()],
            };
            for target in targets.into_iter().filter(|target| !target.is_empty()) {
                links.push(RawLink {
                    target: target.to_owned(),
                    range: range.clone(),
                    is_picture,
                    is_described,
                });
            }
        }
    }
    links
}

/// The attributes of a tag that hold addresses.
fn addresses(tag: &RawTag, policy: HtmlPolicy) -> impl Iterator<Item = &Attribute> {
    let is_address = move |attribute: &&Attribute| match (&*tag.name, &*attribute.name) {
        _ if tag.closes || policy == HtmlPolicy::Escape => false,
        ("a", "href") | ("img", "src" | "srcset") => true,
        ("area", "href") | ("object", "data") | ("video", "poster") | ("source", "srcset") => {
            policy == HtmlPolicy::Trust
        }
        ("audio" | "video" | "source" | "track" | "embed" | "iframe" | "input", "src") => {
            policy == HtmlPolicy::Trust
        }
        _ => false,
    };
    tag.attributes.iter().filter(is_address)
}

/// The addresses of a `srcset`, each with its width or density.
fn candidates(srcset: &str) -> impl Iterator<Item = (&str, &str)> {
    let parts = srcset.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| part.split_once(char::is_whitespace).unwrap_or((part, "")))
}

/// Replaces the addresses of raw HTML.
pub(super) fn resolve_all<'a>(
    events: Vec<Event<'a>>,
    policy: HtmlPolicy,
    resolve: &dyn Fn(LinkType, &str) -> LinkTarget,
) -> Vec<Event<'a>> {
    let mut pieces = RawPieces::default();
    let mut result = Vec::with_capacity(events.len());
    for event in events {
        let ended = pieces.next(&event, 0);
        let is_html = matches!(event, Event::Html(_) | Event::InlineHtml(_));
        match ended {
            Some(piece) => {
                let html = rewrite(&piece.html, policy, resolve).unwrap_or(piece.html).into();
                if is_html {
                    result.push(Event::InlineHtml(html));
                } else {
                    result.extend([Event::Html(html), event]);
                }
            }
            // The rest of a block is in its piece.
            None if is_html => {}
            None => result.push(event),
        }
    }
    result
}

/// `html` with its addresses replaced, if there are any.
fn rewrite(html: &str, policy: HtmlPolicy, resolve: &dyn Fn(LinkType, &str) -> LinkTarget) -> Option<String> {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    for tag in tags(html) {
        let mut view = None;
        for attribute in addresses(&tag, policy) {
            let text = if attribute.name == "srcset" {
                Some(resolved_set(&attribute.value, resolve))
            } else {
                let target = attribute.value.trim();
                if !is_inside(target) {
                    continue;
                }
                match resolve(LinkType::Inline, target) {
                    LinkTarget::Href(href) if href == target => continue,
                    LinkTarget::Href(href) => Some(href),
                    LinkTarget::Picture(href, picture) => {
                        view = Some(picture);
                        Some(href)
                    }
                    LinkTarget::Nowhere => None,
                }
            };
            let text = text.map_or(String::new(), |text| format!("{}=\"{}\"", attribute.name, escape(&text)));
            edits.push((attribute.range.clone(), text));
        }
        if let Some(view) = view.filter(|_| tag.name == "img") {
            let last = tag.attributes.last().map_or(0, |attribute| attribute.range.end);
            let end = tag.range.start + html[tag.range.clone()].trim_end_matches(['>', '/', ' ']).len();
            let end = end.max(last);
            edits.push((end..end, hints(&tag, &view)));
        }
    }
    if edits.is_empty() {
        return None;
    }
    let mut result = String::with_capacity(html.len() + 64);
    let mut copied = 0;
    for (range, text) in edits {
        result.push_str(&html[copied..range.start]);
        result.push_str(&text);
        copied = range.end;
    }
    result.push_str(&html[copied..]);
    Some(result)
}

/// Whether an address leads to a place of this site. Fragments alone stay as they are.
fn is_inside(target: &str) -> bool {
    !target.is_empty()
        && !target.starts_with('#')
        && destination(LinkType::Inline, target) == Destination::Inside
}

fn resolved_set(srcset: &str, resolve: &dyn Fn(LinkType, &str) -> LinkTarget) -> String {
    let one = |(address, size): (&str, &str)| {
        let href = match is_inside(address) {
            true => resolve(LinkType::Inline, address).href()?,
            false => address.to_owned(),
        };
        Some(format!("{href} {size}").trim_end().to_owned())
    };
    candidates(srcset).filter_map(one).collect::<Vec<_>>().join(", ")
}

/// What a picture's tag lacks: its size, thumbnails, and that it may be loaded late.
fn hints(tag: &RawTag, view: &ImageView) -> String {
    let lacks = |name: &str| tag.attribute(name).is_none();
    let mut text = String::new();
    if let Some(srcset) = view.srcset.as_ref().filter(|_| lacks("srcset") && lacks("width")) {
        let _ = write!(text, " srcset=\"{}\" sizes=\"{SIZES}\"", escape(srcset));
    }
    if let (Some(width), Some(height), true) = (view.width, view.height, lacks("width") && lacks("height")) {
        let _ = write!(text, " width=\"{width}\" height=\"{height}\"");
    }
    for (name, value) in [("loading", "lazy"), ("decoding", "async")] {
        if lacks(name) {
            let _ = write!(text, " {name}=\"{value}\"");
        }
    }
    text
}

fn escape(value: &str) -> String {
    value.replace('&', "&amp;").replace('"', "&quot;")
}

/// The ids that raw HTML gives: targets of links with a fragment.
pub(super) fn ids(html: &str) -> impl Iterator<Item = String> + use<> {
    let id = |tag: RawTag| {
        let id = tag.attribute("id").or_else(|| tag.attribute("name").filter(|_| tag.name == "a"));
        id.filter(|_| !tag.closes).map(|id| id.value.clone())
    };
    tags(html).into_iter().filter_map(id)
}
