//! Atom feeds (RFC 4287) of listings.

use std::cmp::Reverse;
use std::fmt::Write;

use jiff::Zoned;

use crate::render::outputs::xml::escape;
use crate::site::{PageId, Scope, Site};

/// How many documents a feed contains.
const FEED_LENGTH: usize = 20;
/// The date of a feed without documents: Atom requires one.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// The dated documents of a listing that were published or corrected last, whether pinned or not.
pub fn newest(site: &Site, scope: Scope) -> Vec<PageId> {
    let ids = site.documents(scope);
    let pinned = ids.partition_point(|id| site.page(*id).document.meta.top);
    let (pinned, rest) = ids.split_at(pinned);
    // Listings are in the order of dates. Those that changed later stand further down.
    let heads =
        [pinned, rest, site.changed_later(scope)].into_iter().flat_map(|ids| ids.iter().take(FEED_LENGTH));
    let mut newest: Vec<PageId> = heads.copied().filter(|id| site.page(*id).date.is_some()).collect();
    newest.sort_unstable();
    newest.dedup();
    let modified = |id: &PageId| site.modified(site.page(*id)).map(|at| at.timestamp());
    newest.sort_by_cached_key(|id| (Reverse(modified(id)), *id));
    newest.truncate(FEED_LENGTH);
    newest
}

/// The feed of a listing.
pub fn feed(site: &Site, scope: Scope) -> String {
    let base = &site.config.base_url;
    let own = base.absolute(&site.feed(scope).unwrap_or_default());
    let home = base.absolute(&site.folder(scope));
    let entries = newest(site, scope);
    let updated = entries.first().and_then(|id| modified(site, *id)).unwrap_or_else(|| NEVER.to_owned());
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
    let date = page.date.as_ref().map_or_else(|| NEVER.to_owned(), instant);
    let modified = modified(site, id).unwrap_or_else(|| NEVER.to_owned());
    let summary = meta.summary.as_deref().unwrap_or(&page.document.digest.summary);
    let _ = writeln!(xml, "<entry>\n<title>{}</title>", escape(&meta.title));
    let _ = writeln!(xml, "<id>{url}</id>\n<link rel=\"alternate\" type=\"text/html\" href=\"{url}\"/>");
    let _ = writeln!(xml, "<published>{date}</published>\n<updated>{modified}</updated>");
    for author in &meta.authors {
        let _ = writeln!(xml, "<author><name>{}</name></author>", escape(author));
    }
    for topic in &page.topics {
        let _ = writeln!(xml, "<category term=\"{}\"/>", escape(&site.topic(*topic).name));
    }
    if !summary.is_empty() {
        let _ = writeln!(xml, "<summary>{}</summary>", escape(summary));
    }
    xml.push_str("</entry>\n");
}

/// The last change of a page by RFC 3339.
pub(super) fn modified(site: &Site, id: PageId) -> Option<String> {
    site.modified(site.page(id)).as_ref().map(instant)
}

/// An instant by RFC 3339, which has no seconds in offsets: local mean times, from before time zones, are written in
/// UTC.
fn instant(date: &Zoned) -> String {
    if date.offset().seconds() % 60 == 0 {
        date.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    } else {
        date.timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn offsets_of_instants_have_no_seconds() {
        let zoned = |text: &str| text.parse::<jiff::Zoned>().unwrap();
        assert_eq!(instant(&zoned("2026-01-08T09:30[Asia/Shanghai]")), "2026-01-08T09:30:00+08:00");
        assert_eq!(instant(&zoned("1900-01-01T00:00[Asia/Shanghai]")), "1899-12-31T15:54:17Z");
    }
}
