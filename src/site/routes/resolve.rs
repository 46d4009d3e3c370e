//! Resolves the links of documents to pages, assets and URLs.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::content::markdown::LinkTarget;
use crate::site::ids::PageId;
use crate::site::model::{Named, Site};
use crate::site::routes::table::Routes;
use crate::text::join;
use crate::world::INDEX_FILE;

/// Why a link cannot be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkError {
    /// No file has this name.
    NotFound,
    /// It leads out of the content folder.
    LeavesContent,
    /// The document is not published.
    Withdrawn,
    /// An absolute path that this site does not have; another system on the server may.
    Unknown,
}

/// The result of resolving a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedLink {
    /// The address, if there is one; valid even if there is an error.
    pub target: LinkTarget,
    /// The page, if the link leads to one.
    pub page: Option<PageId>,
    /// The index of the asset, if the link leads to one and has no query or fragment.
    pub asset: Option<usize>,
    /// What is wrong with the link.
    pub error: Option<LinkError>,
}

impl ResolvedLink {
    fn to(target: LinkTarget) -> ResolvedLink {
        ResolvedLink { target, page: None, asset: None, error: None }
    }

    fn broken(error: LinkError) -> ResolvedLink {
        ResolvedLink { error: Some(error), ..ResolvedLink::to(LinkTarget::Nowhere) }
    }
}

/// The document that contains a link.
#[derive(Debug, Clone, Copy)]
pub struct LinkContext<'a> {
    /// The content file, relative to the content folder.
    pub name: &'a str,
    /// The path of its page on the site.
    pub url: &'a str,
}

/// Resolves `target`, a link written in the file `from`. Its fragment is not checked here, but by
/// [`crate::site::routes::links::check_links`].
pub fn resolve(site: &Site, routes: &Routes, from: LinkContext, target: &str) -> ResolvedLink {
    let split = target.find(['?', '#']).unwrap_or(target.len());
    let (path, rest) = target.split_at(split);
    if path.is_empty() {
        let page = match site.named(from.name) {
            Named::Page(id) => Some(id),
            _ => None,
        };
        return ResolvedLink { page, ..ResolvedLink::to(LinkTarget::Href(target.to_owned())) };
    }
    let Ok(decoded) = percent_decode_str(path).decode_utf8() else {
        // `%C4%E3`: a GBK address of another system, which cannot be checked.
        let href = ResolvedLink::to(LinkTarget::Href(format!("{}{target}", site.config.base_url.path)));
        return if path.starts_with('/') {
            ResolvedLink { error: Some(LinkError::Unknown), ..href }
        } else {
            ResolvedLink::broken(LinkError::NotFound)
        };
    };
    let path: Cow<str> = if is_nfc(&decoded) { decoded } else { decoded.nfc().collect() };
    let href =
        |url: &str| ResolvedLink::to(LinkTarget::Href(format!("{}{rest}", site.config.base_url.link(url))));
    let absolute = path.starts_with('/');
    let base = if absolute { "" } else { from.name };
    let Some(name) = join(base, &path) else { return ResolvedLink::broken(LinkError::LeavesContent) };
    match site.named(&name) {
        Named::Page(id) => return ResolvedLink { page: Some(id), ..href(&site.page(id).url) },
        Named::Asset(at) => {
            let asset = rest.is_empty().then_some(at);
            return ResolvedLink { asset, ..href(&site.assets[at].url) };
        }
        Named::Kept(url) => return href(url),
        Named::Withdrawn => return ResolvedLink::broken(LinkError::Withdrawn),
        Named::Failed => return ResolvedLink::to(LinkTarget::Nowhere),
        Named::Nothing => {}
    }
    if let Some(url) = index_url(site, &name) {
        return href(&url);
    }
    let is_source = name.to_ascii_lowercase().ends_with(".md");
    let base = if absolute { "" } else { from.url };
    let url = join(base, &path).map(|joined| with_slashes(&joined, &path));
    match url {
        Some(url) if !is_source && routes.contains(&url) => href(&url),
        Some(url) if !is_source && absolute => ResolvedLink { error: Some(LinkError::Unknown), ..href(&url) },
        _ => ResolvedLink::broken(LinkError::NotFound),
    }
}

fn with_slashes(joined: &str, path: &str) -> String {
    let slash = if path.ends_with('/') && !joined.is_empty() { "/" } else { "" };
    format!("/{joined}{slash}")
}

/// The URL of the listing whose introduction is `name`, the `_index.md` of a section or of the home page.
fn index_url(site: &Site, name: &str) -> Option<String> {
    if name == INDEX_FILE {
        return Some("/".to_owned());
    }
    let folder = name.strip_suffix("/_index.md")?;
    let section = site.sections.iter().find(|section| section.name == folder)?;
    Some(format!("/{}/", section.slug))
}
