//! Sitemaps (sitemaps.org protocol 0.9) and `robots.txt`.

use std::fmt::Write;

use crate::config::BaseUrl;
use crate::render::outputs::feeds::modified;
use crate::render::outputs::xml::escape;
use crate::render::plan::{Job, JobKind, SITEMAP_LIMIT, sitemap_part};
use crate::site::Site;

/// The sitemap, or the index of its parts.
pub fn sitemap(site: &Site, readers: &[&Job]) -> String {
    if readers.len() <= SITEMAP_LIMIT {
        return urls(site, readers);
    }
    let mut xml = head("sitemapindex");
    for part in 1..=readers.len().div_ceil(SITEMAP_LIMIT) {
        let url = escape(&site.config.base_url.absolute(&sitemap_part(part)));
        let _ = writeln!(xml, "<sitemap><loc>{url}</loc></sitemap>");
    }
    xml.push_str("</sitemapindex>\n");
    xml
}

/// Part `part` of the sitemap, from 1.
pub fn sitemap_of_part(site: &Site, readers: &[&Job], part: usize) -> String {
    urls(site, part_of_sitemap(readers, part))
}

/// The pages that part `part` of the sitemap lists.
pub fn part_of_sitemap<'a, 'j>(readers: &'a [&'j Job], part: usize) -> &'a [&'j Job] {
    readers.chunks(SITEMAP_LIMIT).nth(part.saturating_sub(1)).unwrap_or_default()
}

fn head(element: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{element} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    )
}

fn urls(site: &Site, jobs: &[&Job]) -> String {
    let mut xml = head("urlset");
    for job in jobs {
        let url = escape(&site.config.base_url.absolute(&job.url));
        let changed =
            last_change(site, job).map(|date| format!("<lastmod>{date}</lastmod>")).unwrap_or_default();
        let _ = writeln!(xml, "<url><loc>{url}</loc>{changed}</url>");
    }
    xml.push_str("</urlset>\n");
    xml
}

/// The last change of a job's page.
fn last_change(site: &Site, job: &Job) -> Option<String> {
    match job.kind {
        JobKind::Page(id, _) | JobKind::Kept(Some(id)) => modified(site, id),
        _ => None,
    }
}

/// `robots.txt` (RFC 9309): allows everything, and names the sitemap.
pub fn robots(base: &BaseUrl) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", base.absolute("/sitemap.xml"))
}
