//! What a build changes for readers: documents that are new, changed, gone or have another address. A document has
//! changed if its source has and its page is another one; that all pages got a new footer is told as a number.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::build::incremental::Cache;
use crate::build::model::{Moved, Prepared, Shown, SiteChanges};
use crate::content::document::Document;
use crate::render::OutputSink;
use crate::render::queries::Made;
use crate::site::{PageId, address_of};
use crate::world::Fingerprint;

/// A document of an earlier build whose page is none any more.
struct Gone {
    shown: Shown,
    body: Option<Fingerprint>,
    /// Whether its address is that of a redirect now.
    leads_on: bool,
}

/// What the build of `prepared`, which has `made` outputs, changes of what is in `sink`. If only the jobs with the
/// numbers in `which` were looked at, no document is new or gone.
pub(super) fn site_changes(
    prepared: &Prepared,
    made: &[Made],
    cache: &Cache,
    sink: &dyn OutputSink,
    which: Option<&[usize]>,
) -> SiteChanges {
    let site = &prepared.engine.site;
    let shown = |id: PageId| {
        let page = site.page(id);
        Shown { url: page.url.clone(), title: page.document.meta.title.clone() }
    };
    let path = |id: PageId| &prepared.plan.jobs[prepared.plan.page(id)].path;
    let mut changes = SiteChanges::default();
    let looked_at: Vec<PageId> = match which {
        None => site.page_ids().collect(),
        Some(which) => {
            site.page_ids().filter(|id| which.binary_search(&prepared.plan.page(*id)).is_ok()).collect()
        }
    };
    let fresh: Vec<PageId> = match which {
        None => looked_at.iter().copied().filter(|id| !sink.has(path(*id))).collect(),
        Some(_) => Vec::new(),
    };
    let fresh_paths: HashSet<&str> = fresh.iter().map(|id| &**path(*id)).collect();
    let numbers: FxHashMap<&str, PageId> = match made.iter().any(|made| made.written) {
        true => looked_at.iter().map(|id| (&**path(*id), *id)).collect(),
        false => FxHashMap::default(),
    };
    for made in made.iter().filter(|made| made.written && made.path.ends_with(".html")) {
        let is_other_source = || cache.traces.source(&made.path) != Some(made.inputs.source);
        match numbers.get(&*made.path) {
            Some(_) if fresh_paths.contains(&*made.path) => {}
            Some(id) if is_other_source() => changes.changed.push(shown(*id)),
            _ => changes.other_pages += 1,
        }
    }
    if which.is_none() {
        let gone = gone(prepared, cache, sink);
        pair(prepared, fresh, gone, &shown, &mut changes);
    }
    changes.changed.sort();
    changes.new.sort();
    changes.gone.sort();
    changes
}

/// The documents of earlier builds that have no page any more.
fn gone(prepared: &Prepared, cache: &Cache, sink: &dyn OutputSink) -> Vec<Gone> {
    let site = &prepared.engine.site;
    let pages: HashSet<&str> = prepared.plan.jobs[..site.pages.len()].iter().map(|job| &*job.path).collect();
    let former = sink.former();
    let is_left = |path: &&Arc<str>| path.ends_with(".html") && !pages.contains(&***path);
    let mut left: Vec<&Arc<str>> = former.iter().filter(is_left).collect();
    let redirects = prepared.plan.redirects();
    left.retain(|path| !prepared.outputs.contains(*path) || redirects.contains(&***path));
    if left.is_empty() {
        return Vec::new();
    }
    let known: BTreeMap<String, &Arc<Document>> = cache
        .content
        .published()
        .map(|document| (address_of(document, &site.config).trim_start_matches('/').to_owned(), document))
        .collect();
    let one = |path: &Arc<str>| {
        let (title, body) = match known.get(&**path) {
            Some(document) => (document.meta.title.clone(), document.body),
            None => (sink.read(path).and_then(|page| title_of(&page))?, None),
        };
        let leads_on = prepared.outputs.contains(path);
        Some(Gone { shown: Shown { url: format!("/{path}"), title }, body, leads_on })
    };
    left.into_iter().filter_map(one).collect()
}

/// The title of a document's page, as the page tags of official sites (国办发〔2017〕47号) name it. Other pages have no
/// such tag.
fn title_of(page: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(page);
    let (_, rest) = page.split_once("name=\"ArticleTitle\" content=\"")?;
    let title = rest.split('"').next()?;
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")];
    Some(entities.iter().fold(title.to_owned(), |title, (entity, text)| title.replace(entity, text)))
}

/// Pairs documents that are gone with new ones of the same title or the same body.
fn pair(
    prepared: &Prepared,
    fresh: Vec<PageId>,
    mut gone: Vec<Gone>,
    shown: &dyn Fn(PageId) -> Shown,
    changes: &mut SiteChanges,
) {
    let site = &prepared.engine.site;
    for id in fresh {
        let page = site.page(id);
        let meta = &page.document.meta;
        let is_same_body = |gone: &Gone| gone.body.is_some() && gone.body == page.document.body;
        let by_body = gone.iter().position(|gone| is_same_body(gone) && gone.shown.title == meta.title);
        let by_body = by_body.or_else(|| gone.iter().position(is_same_body));
        let found = by_body.or_else(|| gone.iter().position(|gone| gone.shown.title == meta.title));
        let Some(at) = found else {
            changes.new.push(shown(id));
            continue;
        };
        let Gone { shown: from, leads_on, .. } = gone.remove(at);
        let aliases = meta.aliases.iter().map(|alias| alias.value.as_str());
        let aliases: Vec<&str> = aliases.chain([from.url.as_str()]).collect();
        let remedy = (!leads_on).then(|| format!("aliases: [{}]", aliases.join(", ")));
        changes.moved.push(Moved { to: shown(id), from, file: page.path.clone(), remedy });
    }
    changes.gone.extend(gone.into_iter().filter(|gone| !gone.leads_on).map(|gone| gone.shown));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_of_a_page_is_that_of_its_tag() {
        let page = "<title>甲 - 乙</title>\n<meta name=\"ArticleTitle\" content=\"甲&amp;&quot;乙&quot;\">";
        assert_eq!(title_of(page.as_bytes()).as_deref(), Some("甲&\"乙\""));
        assert_eq!(title_of(b"<title>x</title>"), None);
    }
}
