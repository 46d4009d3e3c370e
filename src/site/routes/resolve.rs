//! Where a link leads: the page, asset or address of what is written in a body.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::content::markdown::Target;
use crate::site::ids::PageId;
use crate::site::model::{Named, Site};
use crate::site::routes::table::Routes;
use crate::text::join;

/// Why a link cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkError {
    /// There is nothing of that name.
    Nowhere,
    /// It climbs out of the content folder.
    Climbs,
    /// The document is not published.
    Withdrawn,
    /// An absolute path that is not this site's: another system may answer it.
    Unknown,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedLink {
    /// The address: right even where there is a fault to report, as far as there is one.
    pub target: Target,
    /// The page there, if it is a page's.
    pub page: Option<PageId>,
    /// The asset there, by number, if it is an asset's and nothing but it is asked for.
    pub asset: Option<usize>,
    /// What is wrong with it.
    pub error: Option<LinkError>,
}

impl ResolvedLink {
    fn to(target: Target) -> ResolvedLink {
        ResolvedLink { target, page: None, asset: None, error: None }
    }

    fn nowhere(error: LinkError) -> ResolvedLink {
        ResolvedLink { error: Some(error), ..ResolvedLink::to(Target::Nowhere) }
    }
}

/// Where a link stands.
#[derive(Debug, Clone, Copy)]
pub struct LinkContext<'a> {
    /// The content file, relative to the content folder.
    pub name: &'a str,
    /// The path of its page on the site.
    pub url: &'a str,
}

/// Follows `target`, a link written in the file at `from`. Whether the page has the heading that it names
/// is for [`crate::site::routes::links::check_links`] to find out.
pub fn resolve(site: &Site, routes: &Routes, from: LinkContext, target: &str) -> ResolvedLink {
    let split = target.find(['?', '#']).unwrap_or(target.len());
    let (path, rest) = target.split_at(split);
    if path.is_empty() {
        let page = match site.named(from.name) {
            Named::Page(id) => Some(id),
            _ => None,
        };
        return ResolvedLink { page, ..ResolvedLink::to(Target::Href(target.to_owned())) };
    }
    let Ok(decoded) = percent_decode_str(path).decode_utf8() else {
        // `%C4%E3`: an older system's address in GBK, which is that system's affair.
        let href = ResolvedLink::to(Target::Href(format!("{}{target}", site.config.base_url.path)));
        let own = path.starts_with('/');
        return if own {
            ResolvedLink { error: Some(LinkError::Unknown), ..href }
        } else {
            ResolvedLink::nowhere(LinkError::Nowhere)
        };
    };
    let path: Cow<str> = if is_nfc(&decoded) { decoded } else { decoded.nfc().collect() };
    let href =
        |url: &str| ResolvedLink::to(Target::Href(format!("{}{rest}", site.config.base_url.link(url))));
    let absolute = path.starts_with('/');
    let base = if absolute { "" } else { from.name };
    let Some(name) = join(base, &path) else { return ResolvedLink::nowhere(LinkError::Climbs) };
    match site.named(&name) {
        Named::Page(id) => return ResolvedLink { page: Some(id), ..href(&site.page(id).url) },
        Named::Asset(at) => {
            let asset = rest.is_empty().then_some(at);
            return ResolvedLink { asset, ..href(&site.assets[at].url) };
        }
        Named::Withdrawn => return ResolvedLink::nowhere(LinkError::Withdrawn),
        Named::Failed => return ResolvedLink::to(Target::Nowhere),
        Named::Nothing => {}
    }
    if let Some(url) = index_url(site, &name) {
        return href(&url);
    }
    let is_source = name.to_ascii_lowercase().ends_with(".md");
    let base = if absolute { "" } else { from.url };
    let url = join(base, &path).map(|joined| with_slashes(&joined, &path));
    match url {
        Some(url) if !is_source && routes.holds(&url) => href(&url),
        Some(url) if !is_source && absolute => ResolvedLink { error: Some(LinkError::Unknown), ..href(&url) },
        _ => ResolvedLink::nowhere(LinkError::Nowhere),
    }
}

fn with_slashes(joined: &str, path: &str) -> String {
    let slash = if path.ends_with('/') && !joined.is_empty() { "/" } else { "" };
    format!("/{joined}{slash}")
}

/// A link to a section's or the home page's `_index.md` leads to its listing.
fn index_url(site: &Site, name: &str) -> Option<String> {
    if name == "_index.md" {
        return Some("/".to_owned());
    }
    let folder = name.strip_suffix("/_index.md")?;
    let section = site.sections.iter().find(|section| section.name == folder)?;
    Some(format!("/{}/", section.slug))
}
