//! Atom feeds (RFC 4287) and sitemaps (sitemaps.org protocol 0.9).

use std::fmt::Write;

use jiff::Zoned;

use crate::config::base_url::BaseUrl;
use crate::render::plan::{Job, JobKind, SITEMAP_LIMIT, sitemap_part};
use crate::site::listing::Scope;
use crate::site::model::{PageId, Site};

/// How many documents a feed holds.
const FEED_LENGTH: usize = 20;
/// What a feed without documents says of its last change: it must say something, and always the same.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// Text as XML: markup characters escaped, characters that XML 1.0 (section 2.2) cannot hold left out.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // The sitemap protocol asks for this one, too.
            '\'' => escaped.push_str("&apos;"),
            '\u{0}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// The newest dated documents of a listing: pins have no place in a feed.
pub fn newest(site: &Site, scope: Scope) -> Vec<PageId> {
    let ids = site.documents(scope);
    let pinned = ids.partition_point(|id| site.page(*id).document.meta.top);
    let (pinned, rest) = ids.split_at(pinned);
    let heads = pinned.iter().take(FEED_LENGTH).chain(rest.iter().take(FEED_LENGTH));
    let mut newest: Vec<PageId> = heads.copied().filter(|id| site.page(*id).date.is_some()).collect();
    let date = |id: &PageId| site.page(*id).date.as_ref().map(|date| date.timestamp());
    newest.sort_by(|a, b| date(b).cmp(&date(a)).then_with(|| a.cmp(b)));
    newest.truncate(FEED_LENGTH);
    newest
}

/// The feed of a listing.
pub fn feed(site: &Site, scope: Scope) -> String {
    let base = &site.config.base_url;
    let own = base.absolute(&scope.feed(site).unwrap_or_default());
    let home = base.absolute(&scope.folder(site));
    let entries = newest(site, scope);
    let updated = entries.first().and_then(|id| date(site, *id)).unwrap_or_else(|| NEVER.to_owned());
    let title = match scope {
        Scope::All => site.config.title.clone(),
        _ => format!("{} - {}", site.listing_title(scope), site.config.title),
    };
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let language = escape(&site.config.language);
    let _ = writeln!(xml, "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{language}\">");
    let _ = writeln!(xml, "<title>{}</title>", escape(&title));
    let _ = writeln!(xml, "<id>{}</id>", escape(&home));
    let _ = writeln!(xml, "<link rel=\"self\" type=\"application/atom+xml\" href=\"{}\"/>", escape(&own));
    let _ = writeln!(xml, "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>", escape(&home));
    let _ = writeln!(xml, "<updated>{updated}</updated>");
    let _ = writeln!(xml, "<author><name>{}</name></author>", escape(&site.config.title));
    for id in entries {
        entry(&mut xml, site, id);
    }
    xml.push_str("</feed>\n");
    xml
}

fn entry(xml: &mut String, site: &Site, id: PageId) {
    let page = site.page(id);
    let meta = &page.document.meta;
    let url = escape(&site.config.base_url.absolute(&page.url));
    let date = date(site, id).unwrap_or_else(|| NEVER.to_owned());
    let summary = meta.summary.as_deref().unwrap_or(&page.document.digest.summary);
    let _ = writeln!(xml, "<entry>\n<title>{}</title>", escape(&meta.title));
    let _ = writeln!(xml, "<id>{url}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{url}\"/>");
    let _ = writeln!(xml, "<published>{date}</published>\n<updated>{date}</updated>");
    for author in &meta.authors {
        let _ = writeln!(xml, "<author><name>{}</name></author>", escape(author));
    }
    for topic in &meta.topics {
        let _ = writeln!(xml, "<category term=\"{}\"/>", escape(topic));
    }
    if !summary.is_empty() {
        let _ = writeln!(xml, "<summary>{}</summary>", escape(summary));
    }
    xml.push_str("</entry>\n");
}

/// The date of a page as an instant by RFC 3339.
fn date(site: &Site, id: PageId) -> Option<String> {
    site.page(id).date.as_ref().map(instant)
}

/// An instant by RFC 3339, which knows no seconds in an offset: local mean times, before there were zones,
/// are told in UTC.
fn instant(date: &Zoned) -> String {
    if date.offset().seconds() % 60 == 0 {
        date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    } else {
        date.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

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

/// When the page of a job changed last, as far as it says so: the date of a document.
fn last_change(site: &Site, job: &Job) -> Option<String> {
    match job.kind {
        JobKind::Page(id, _) => date(site, id),
        _ => None,
    }
}

/// `robots.txt` (RFC 9309): everything may be read, and here is the sitemap.
pub fn robots(base: &BaseUrl) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", base.absolute("/sitemap.xml"))
}

#[cfg(test)]
mod tests {
    use crate::render::outputs::feeds::{escape, instant};

    #[test]
    fn markup_is_escaped_and_controls_are_dropped() {
        assert_eq!(escape("<&\"'>\u{0}\u{B}甲\n"), "&lt;&amp;&quot;&apos;&gt;甲\n");
    }

    #[test]
    fn offsets_of_instants_have_no_seconds() {
        let zoned = |text: &str| text.parse::<jiff::Zoned>().unwrap();
        assert_eq!(instant(&zoned("2026-01-08T09:30[Asia/Shanghai]")), "2026-01-08T09:30:00+08:00");
        assert_eq!(instant(&zoned("1900-01-01T00:00[Asia/Shanghai]")), "1899-12-31T15:54:17Z");
    }
}
