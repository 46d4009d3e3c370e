//! Reports broken links at their place, with suggestions.

use std::collections::{BTreeMap, HashMap, HashSet};

use percent_encoding::percent_decode_str;

use crate::content::markdown;
use crate::content::markdown::{Body, Digest};
use crate::diagnostics::messages::LinkProblem;
use crate::diagnostics::{DiagnosticSink, read_source};
use crate::site::ids::PageId;
use crate::site::model::{Named, Page, Site};
use crate::site::routes::resolve::{LinkContext, LinkError, ResolvedLink, resolve};
use crate::site::routes::table::Routes;
use crate::text::{heading_id, join, nearest, web_address};
use crate::world::World;

/// Checks all links of all pages and introductions, and reports broken ones. Returns the pages that are targets of
/// links with a fragment.
pub fn check_links(
    world: &dyn World,
    site: &Site,
    routes: &Routes,
    sink: &mut DiagnosticSink,
) -> HashSet<PageId> {
    let mut checker = Checker { world, site, routes, sink, anchors: HashMap::new() };
    for page in &site.pages {
        checker.page(page);
    }
    for section in &site.sections {
        let Some(index) = &section.index else { continue };
        let url = format!("/{}/", section.slug);
        let from = LinkContext { name: &index.source, url: &url };
        checker.body(from, &Site::path_of(&index.source), &index.digest, index.body_start);
    }
    if let Some(index) = &site.home {
        let from = LinkContext { name: &index.source, url: "/" };
        checker.body(from, &Site::path_of(&index.source), &index.digest, index.body_start);
    }
    checker.anchors.into_keys().collect()
}

/// Checks the links of a single page, like [`check_links`].
pub fn check_page(
    world: &dyn World,
    site: &Site,
    routes: &Routes,
    page: &Page,
    sink: &mut DiagnosticSink,
) -> HashSet<PageId> {
    let mut checker = Checker { world, site, routes, sink, anchors: HashMap::new() };
    checker.page(page);
    checker.anchors.into_keys().collect()
}

struct Checker<'a> {
    world: &'a dyn World,
    site: &'a Site,
    routes: &'a Routes,
    sink: &'a mut DiagnosticSink,
    /// The heading ids of pages that are targets of links with a fragment, and the texts of the headings. These pages are
    /// read again for this.
    anchors: HashMap<PageId, BTreeMap<String, String>>,
}

impl Checker<'_> {
    fn page(&mut self, page: &Page) {
        // Its links were checked when it was made.
        if page.is_kept {
            return;
        }
        let from = LinkContext { name: &page.document.source, url: &page.url };
        self.body(from, &page.path, &page.document.digest, page.document.body_start);
        self.image(from, page);
    }

    fn body(&mut self, from: LinkContext, path: &str, digest: &Digest, body_start: usize) {
        for link in &digest.links {
            if self.sink.is_full(path) {
                break;
            }
            let ResolvedLink { page, error, .. } = resolve(self.site, self.routes, from, &link.target);
            let problem = match error {
                Some(error) => Some(self.problem(from, &link.target, error)),
                None => page.and_then(|id| self.missing_anchor(id, &link.target)),
            };
            if let Some(problem) = problem {
                self.sink.at_offset(path, body_start + link.offset, link.width, problem);
            }
        }
    }

    fn image(&mut self, from: LinkContext, page: &Page) {
        let Some(image) = &page.document.meta.image else { return };
        if image.value.starts_with("http://") || image.value.starts_with("https://") {
            return;
        }
        match resolve(self.site, self.routes, from, &image.value).error {
            None | Some(LinkError::Unknown) => {}
            Some(LinkError::Withdrawn) => {
                let target = image.value.clone();
                self.sink.add(&page.path, image.span, LinkProblem::ImageWithdrawn { target });
            }
            Some(error) => {
                let problem = self.problem(from, &image.value, error);
                self.sink.add(&page.path, image.span, problem);
            }
        }
    }

    fn problem(&mut self, from: LinkContext, target: &str, error: LinkError) -> LinkProblem {
        let target = target.to_owned();
        match error {
            // `\\server\share`: Markdown removes one backslash.
            LinkError::NotFound if target.starts_with('\\') => LinkProblem::OnThisComputer { target },
            LinkError::NotFound => {
                let meant = web_address(&target)
                    .or_else(|| document_link(self.site, self.routes, from, &target))
                    .or_else(|| titled_link(self.site, self.routes, from, &target));
                let nearest = match meant {
                    Some(meant) => Some(meant),
                    None if self.sink.may_suggest() => nearest_link(self.site, from, &target),
                    None => None,
                };
                LinkProblem::Nowhere { target, nearest }
            }
            LinkError::LeavesContent => LinkProblem::Climbs { target },
            LinkError::Withdrawn => LinkProblem::Withdrawn { target },
            LinkError::Unknown => {
                let suggest = self.sink.may_suggest();
                let nearest = if suggest { nearest_page(self.site, &target) } else { None };
                LinkProblem::Unknown { target, nearest }
            }
        }
    }

    /// The problem if the fragment of `target` is not a heading id of the page `id`.
    fn missing_anchor(&mut self, id: PageId, target: &str) -> Option<LinkProblem> {
        let (_, written) = target.split_once('#')?;
        let anchor = percent_decode_str(written).decode_utf8_lossy();
        if anchor.is_empty() || anchor.starts_with("fn-") || anchor.starts_with("fnref-") {
            return None;
        }
        let (world, site) = (self.world, self.site);
        let anchors = self.anchors.entry(id).or_insert_with(|| anchors(world, site, id));
        if anchors.contains_key(&*anchor) {
            return None;
        }
        // A heading by its text, which may have an id of its own.
        let heading = heading_id(&anchor, site.config.slugs);
        let is_meant = |(id, text): &(&String, &String)| {
            **id == heading || !text.is_empty() && heading_id(text, site.config.slugs) == heading
        };
        let nearest = if let Some((id, _)) = anchors.iter().find(is_meant) {
            Some(id.clone())
        } else if self.sink.may_suggest() {
            nearest(written, anchors.keys().map(String::as_str)).map(str::to_owned)
        } else {
            None
        };
        let file = site.page(id).path.clone();
        Some(LinkProblem::AnchorMissing { anchor: written.to_owned(), file, nearest })
    }
}

/// The heading ids of a page, and the texts of the headings. A file that cannot be read now is reported when it is rendered.
fn anchors(world: &dyn World, site: &Site, id: PageId) -> BTreeMap<String, String> {
    let page = site.page(id);
    let Ok(source) = read_source(world, &page.path) else { return BTreeMap::new() };
    let body = source.text.get(page.document.body_start..).unwrap_or_default();
    markdown::anchors(&Body::of(body, site.config.paragraphs), site.config.slugs, site.config.html)
        .into_iter()
        .collect()
}

/// The URL of the page probably meant by `target`, a path of the site.
fn nearest_page(site: &Site, target: &str) -> Option<String> {
    let path = percent_decode_str(target.split(['?', '#']).next()?).decode_utf8().ok()?;
    let source = path.trim_start_matches('/').strip_suffix(".html")?.to_owned() + ".md";
    let Named::Page(id) = site.named(site.nearest_name(&source)?) else { return None };
    Some(site.page(id).url.clone())
}

/// The link probably meant by `target`, as written in the file `from`.
fn nearest_link(site: &Site, from: LinkContext, target: &str) -> Option<String> {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8_lossy();
    let absolute = path.starts_with('/');
    let wanted = join(if absolute { "" } else { from.name }, &path)?;
    let found = site.nearest_name(&wanted).filter(|found| *found != from.name)?;
    if absolute {
        return Some(format!("/{found}"));
    }
    Some(relative(from.name, found))
}

/// The link to a document that was written without `.md`, or with the ending of its page.
fn document_link(site: &Site, routes: &Routes, from: LinkContext, target: &str) -> Option<String> {
    let end = target.find(['?', '#']).unwrap_or(target.len());
    let (path, fragment) = target.split_at(end);
    let path = path.trim_end_matches('/');
    let stem = path.strip_suffix(".html").or_else(|| path.strip_suffix(".htm")).unwrap_or(path);
    if stem.is_empty() {
        return None;
    }
    ["", "/index", "/_index"].iter().map(|end| format!("{stem}{end}.md")).find_map(|link| {
        let found = resolve(site, routes, from, &link);
        (found.page.is_some() || found.error.is_none()).then(|| link + fragment)
    })
}

/// The link with a title that became a part of its path: `a.png"图注"`, `a.png「图注」`.
fn titled_link(site: &Site, routes: &Routes, from: LinkContext, target: &str) -> Option<String> {
    let is_quote = |c: char| "\"'“”‘’「」『』＂".contains(c);
    let (path, title) = target.split_at(target.find(is_quote)?);
    let is_file = !path.is_empty() && resolve(site, routes, from, path).error.is_none();
    is_file.then(|| format!("{path} \"{}\"", title.trim_matches(is_quote)))
}

/// The relative path from the file `from` to the file `to`.
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
    fn links_are_relative_to_their_file() {
        assert_eq!(relative("news/2025/a.md", "news/2023/b.md"), "../2023/b.md");
        assert_eq!(relative("news/a.md", "news/b.md"), "b.md");
    }
}
