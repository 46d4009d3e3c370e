//! Where links lead, and which addresses are allowed.

use pulldown_cmark::LinkType;

use crate::content::assets::ImageView;

/// The schemes that links and images may have.
pub(super) const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

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
