//! URLs and output paths: the table of everything that is written, its collisions, and the lookup of
//! links from document to document.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use crate::complaint::Complaints;
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::{Digest, Target};
use crate::problem::Problem;
use crate::site::{Named, PageId, Site};
use crate::source::Span;
use crate::text::nearest;

/// The longest name of a file, in bytes, that the usual file systems allow.
const LONGEST_NAME: usize = 255;

/// What makes an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// How a message names it: a file, or what the program makes of itself.
    pub name: String,
    /// The file to correct, if it is a file's doing.
    pub file: Option<(String, Span)>,
    /// What kind of mistake a collision would be.
    pub kind: OriginKind,
}

/// What is to be mended where outputs collide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginKind {
    /// The name of a file, or a slug.
    Name,
    /// The name of a topic, in site.yaml.
    Topic,
    /// A former URL, as written.
    Alias(String),
}

impl Origin {
    /// An output of the file at `path`, by what stands at `span`.
    pub fn file(path: &str, span: Span) -> Origin {
        Origin { name: path.to_owned(), file: Some((path.to_owned(), span)), kind: OriginKind::Name }
    }

    /// An output of the program's own.
    pub fn made(name: impl Into<String>) -> Origin {
        Origin { name: name.into(), file: None, kind: OriginKind::Name }
    }
}

/// All output paths of the site.
#[derive(Debug, Default)]
pub struct Routes {
    /// By [`key`]: the path and what makes it.
    table: HashMap<String, (String, Origin)>,
}

/// Paths that differ only in case or in Unicode form are one file on many disks.
fn key(path: &str) -> String {
    path.nfc().flat_map(char::to_lowercase).collect()
}

/// The output path of a path of the site: `/a/` → `a/index.html`.
pub fn output_path(url: &str) -> String {
    let path = url.trim_start_matches('/');
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

impl Routes {
    /// Enters an output; a second one of the same path is reported.
    pub fn add(&mut self, path: &str, origin: Origin, complaints: &mut Complaints) {
        check_names(path, &origin, complaints);
        match self.table.entry(key(path)) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert((path.to_owned(), origin));
            }
            std::collections::hash_map::Entry::Occupied(entry) => {
                report(&entry.get().1, &origin, path, complaints);
            }
        }
    }

    /// Reports outputs that need a folder where another output is a file.
    pub fn check_folders(&self, complaints: &mut Complaints) {
        let mut clashes: Vec<(&str, &Origin, &Origin)> = Vec::new();
        for (key, (path, origin)) in &self.table {
            for (at, _) in key.match_indices('/') {
                if let Some((_, file)) = self.table.get(&key[..at]) {
                    clashes.push((path, file, origin));
                }
            }
        }
        clashes.sort_by(|a, b| a.0.cmp(b.0));
        for (path, file, origin) in clashes {
            report(file, origin, path, complaints);
        }
    }

    /// Is there an output for this path of the site?
    pub fn holds(&self, url: &str) -> bool {
        let path = output_path(url);
        let found = |path: &str| self.table.get(&key(path)).is_some_and(|(known, _)| known == path);
        found(&path) || found(&format!("{path}/index.html"))
    }
}

fn report(first: &Origin, second: &Origin, path: &str, complaints: &mut Complaints) {
    let path = format!("/{path}");
    let problem = match (&first.kind, &second.kind) {
        // Aliases are entered last.
        (_, OriginKind::Alias(alias)) => {
            Problem::AliasCollision { alias: alias.clone(), path, other: first.name.clone() }
        }
        (OriginKind::Topic, OriginKind::Topic) => {
            Problem::TopicCollision { path, first: first.name.clone(), second: second.name.clone() }
        }
        _ => Problem::Collision { path, first: first.name.clone(), second: second.name.clone() },
    };
    let named = [second, first].into_iter().find(|origin| origin.name.starts_with("content/"));
    match (second.file.as_ref().or(first.file.as_ref()), named) {
        (Some((file, span)), _) => complaints.error(file, *span, problem),
        (None, Some(origin)) => {
            complaints.error(&origin.name, Span { line: 1, column: 1, width: 1 }, problem)
        }
        (None, None) => complaints.push(Diagnostic::error(problem)),
    }
}

fn check_names(path: &str, origin: &Origin, complaints: &mut Complaints) {
    for segment in path.split('/') {
        let problem = if segment.len() > LONGEST_NAME {
            Problem::NameTooLong { path: format!("/{path}"), bytes: segment.len() }
        } else if is_reserved(segment) || segment.ends_with(['.', ' ']) {
            Problem::ReservedName { path: format!("/{path}"), name: segment.to_owned() }
        } else {
            continue;
        };
        match &origin.file {
            Some((file, span)) => complaints.error(file, *span, problem),
            None => complaints.push(Diagnostic::error(problem)),
        }
    }
}

/// Names that Windows keeps for devices, whatever their ending (it cuts dots and spaces from the end, too).
fn is_reserved(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered =
        |name: &str| stem.strip_prefix(name).is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

/// Why a link cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is nothing of that name.
    Nowhere,
    /// It climbs out of the content folder.
    Climbs,
    /// The document is not published.
    Withdrawn,
    /// An absolute path that is not this site's: another system may answer it.
    Unknown,
    /// The page is there, but not the heading.
    Anchor(PageId),
}

/// Where a link stands.
#[derive(Debug, Clone, Copy)]
pub struct Standpoint<'a> {
    /// The content file, relative to the content folder.
    pub name: &'a str,
    /// The path of its page on the site.
    pub url: &'a str,
}

/// Follows `target`, a link written in the file at `from`. The address is right even where there is
/// a fault to report, as far as there is one.
pub fn follow(site: &Site, routes: &Routes, from: Standpoint, target: &str) -> (Target, Option<Fault>) {
    let split = target.find(['?', '#']).unwrap_or(target.len());
    let (path, rest) = target.split_at(split);
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    if path.is_empty() {
        let fault = match site.named(from.name) {
            Named::Page(id) => anchor_fault(site, id, rest),
            _ => None,
        };
        return (Target::Href(target.to_owned()), fault);
    }
    let path: String = decoded.nfc().collect();
    let href = |url: &str| Target::Href(format!("{}{rest}", site.config.base_url.link(url)));
    let absolute = path.starts_with('/');
    let base = if absolute { "" } else { from.name };
    let Some(name) = join(base, &path) else { return (Target::Nowhere, Some(Fault::Climbs)) };
    match site.named(&name) {
        Named::Page(id) => return (href(&site.page(id).url), anchor_fault(site, id, rest)),
        Named::Asset(url) => return (href(&url), None),
        Named::Withdrawn => return (Target::Nowhere, Some(Fault::Withdrawn)),
        Named::Failed => return (Target::Nowhere, None),
        Named::Nothing => {}
    }
    if let Some(url) = index_url(site, &name) {
        return (href(&url), None);
    }
    let is_source = name.to_ascii_lowercase().ends_with(".md");
    let base = if absolute { "" } else { from.url };
    let url = join(base, &path).map(|joined| with_slashes(&joined, &path));
    match url {
        Some(url) if !is_source && routes.holds(&url) => (href(&url), None),
        Some(url) if !is_source && absolute => (href(&url), Some(Fault::Unknown)),
        _ => (Target::Nowhere, Some(Fault::Nowhere)),
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

/// `path` as seen from the file `base`; `None` if it climbs above the top.
pub fn join(base: &str, path: &str) -> Option<String> {
    let folder = base.trim_start_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

fn anchor_fault(site: &Site, id: PageId, rest: &str) -> Option<Fault> {
    let (_, anchor) = rest.split_once('#')?;
    let anchor = percent_decode_str(anchor).decode_utf8_lossy();
    let known = anchor.is_empty() || has_anchor(&site.page(id).document.digest, &anchor);
    (!known).then_some(Fault::Anchor(id))
}

fn has_anchor(digest: &Digest, anchor: &str) -> bool {
    let footnote = anchor.starts_with("fn-") || anchor.starts_with("fnref-");
    footnote || digest.anchors.iter().any(|known| known == anchor)
}

/// Follows all links of all pages and introductions, and reports those that lead nowhere.
pub fn check_links(site: &Site, routes: &Routes, complaints: &mut Complaints) {
    for page in &site.pages {
        let from = Standpoint { name: &page.document.source, url: &page.url };
        let digest = &page.document.digest;
        check(site, routes, from, &page.path, digest, page.document.body_start, complaints);
        check_image(site, routes, from, page, complaints);
    }
    for section in &site.sections {
        let Some(index) = &section.index else { continue };
        let url = format!("/{}/", section.slug);
        let from = Standpoint { name: &index.source, url: &url };
        let path = Site::path_of(&index.source);
        check(site, routes, from, &path, &index.digest, index.body_start, complaints);
    }
    if let Some(index) = &site.home {
        let from = Standpoint { name: &index.source, url: "/" };
        let path = Site::path_of(&index.source);
        check(site, routes, from, &path, &index.digest, index.body_start, complaints);
    }
}

fn check(
    site: &Site,
    routes: &Routes,
    from: Standpoint,
    path: &str,
    digest: &Digest,
    body_start: usize,
    complaints: &mut Complaints,
) {
    for link in &digest.links {
        if let (_, Some(fault)) = follow(site, routes, from, &link.target) {
            let (severity, problem) = complaint(site, from, &link.target, fault);
            complaints.at_offset(path, severity, body_start + link.offset, link.width, problem);
        }
    }
}

fn check_image(
    site: &Site,
    routes: &Routes,
    from: Standpoint,
    page: &crate::site::Page,
    complaints: &mut Complaints,
) {
    let Some(image) = &page.document.meta.image else { return };
    if image.value.starts_with("http://") || image.value.starts_with("https://") {
        return;
    }
    match follow(site, routes, from, &image.value) {
        (_, None | Some(Fault::Unknown)) => {}
        (_, Some(fault)) => {
            let (_, problem) = complaint(site, from, &image.value, fault);
            complaints.error(&page.path, image.span, problem);
        }
    }
}

fn complaint(site: &Site, from: Standpoint, target: &str, fault: Fault) -> (Severity, Problem) {
    let target = target.to_owned();
    match fault {
        Fault::Nowhere => {
            let nearest = nearest_link(site, from, &target);
            (Severity::Error, Problem::LinkNowhere { target, nearest })
        }
        Fault::Climbs => (Severity::Error, Problem::LinkClimbs { target }),
        Fault::Withdrawn => (Severity::Warning, Problem::LinkWithdrawn { target }),
        Fault::Unknown => (Severity::Warning, Problem::LinkUnknown { target }),
        Fault::Anchor(id) => {
            let page = site.page(id);
            let anchor = target.split_once('#').map_or("", |(_, anchor)| anchor).to_owned();
            let anchors = page.document.digest.anchors.iter().map(String::as_str);
            let nearest = nearest(&anchor, anchors).map(str::to_owned);
            (Severity::Warning, Problem::AnchorMissing { anchor, file: page.path.clone(), nearest })
        }
    }
}

/// The link that was probably meant, as it would be written in the file at `from`.
fn nearest_link(site: &Site, from: Standpoint, target: &str) -> Option<String> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8_lossy();
    let absolute = path.starts_with('/');
    let wanted = join(if absolute { "" } else { from.name }, &path)?;
    let found = site.nearest_name(&wanted)?;
    if absolute {
        return Some(format!("/{found}"));
    }
    Some(relative(from.name, found))
}

/// The path from the file `from` to the file `to`.
fn relative(from: &str, to: &str) -> String {
    let mut from: Vec<&str> = from.split('/').collect();
    let mut to: Vec<&str> = to.split('/').collect();
    from.pop();
    while !from.is_empty() && to.len() > 1 && from.first() == to.first() {
        from.remove(0);
        to.remove(0);
    }
    format!("{}{}", "../".repeat(from.len()), to.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_written_as_their_index() {
        assert_eq!(output_path("/"), "index.html");
        assert_eq!(output_path("/reports/"), "reports/index.html");
        assert_eq!(output_path("/a/b.html"), "a/b.html");
    }

    #[test]
    fn links_are_seen_from_their_file() {
        assert_eq!(join("news/a.md", "../reports/b.md").as_deref(), Some("reports/b.md"));
        assert_eq!(join("news/a.md", "./b.md").as_deref(), Some("news/b.md"));
        assert_eq!(join("a.md", "../b.md"), None);
        assert_eq!(relative("news/2025/a.md", "news/2023/b.md"), "../2023/b.md");
        assert_eq!(relative("news/a.md", "news/b.md"), "b.md");
    }

    #[test]
    fn windows_keeps_some_names() {
        for name in ["con", "NUL.txt", "com1", "LPT9.html"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["console", "com0", "com10", "nul-a"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
