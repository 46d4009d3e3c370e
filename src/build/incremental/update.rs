//! Applies an edit to a prepared site. Most edits change the text of a document but not its place on the site:
//! listings, routes and jobs stay the same, and only a few outputs can change. In all other cases the site is prepared
//! again.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::build::incremental::cache::Cache;
use crate::build::model::{Changes, Prepared};
use crate::content::document::Document;
use crate::content::{Memo, parse_document};
use crate::diagnostics::{DiagnosticSink, Place};
use crate::render::outputs::newest;
use crate::render::queries::{Query, QueryEngine, Traces};
use crate::site::routes::check_page;
use crate::site::{Named, PageId, files_of, page_of};
use crate::world::{CONTENT, World};

/// The site after `changes`, and the numbers of the jobs whose outputs may change. `None` if the site has to be
/// prepared again.
pub fn update(
    world: &dyn World,
    changes: &Changes,
    mut prepared: Prepared,
    cache: &mut Cache,
) -> Option<(Prepared, Vec<usize>)> {
    let Changes::Files(paths) = changes else { return None };
    let now = world.now();
    let due = prepared.engine.site.next_change.is_some_and(|at| at <= now);
    if due || now < prepared.now || prepared.linked {
        return None;
    }
    let mut touched = BTreeSet::new();
    let mut cards = false;
    for path in paths {
        if is_temporary(world, &prepared, path) {
            continue;
        }
        let (id, document) = reparsed(world, &prepared, path, cache)?;
        if document.fingerprint == prepared.engine.site.page(id).document.fingerprint {
            continue;
        }
        let engine = Arc::get_mut(&mut prepared.engine)?;
        let former = engine.card_fingerprint(id);
        let files = files_of(&engine.site, engine.site.page(id));
        engine.replace_document(id, document);
        // Other files are published now, or no longer.
        if files_of(&engine.site, engine.site.page(id)) != files {
            return None;
        }
        touched.insert(prepared.plan.page(id));
        if engine.card_fingerprint(id) != former {
            touched.extend(jobs_showing(&prepared, id));
            cards = true;
        }
        let mut sink = DiagnosticSink::default();
        let QueryEngine { site, routes, .. } = &*prepared.engine;
        prepared.anchored.extend(check_page(world, site, routes, site.page(id), &mut sink));
        if !sink.is_empty() {
            return None;
        }
    }
    if cards {
        touched.extend(jobs_querying(&prepared, &cache.traces));
    }
    Some((prepared, touched.into_iter().collect()))
}

/// Whether `path` was never part of the site and is gone: editors create temporary files to test for write access.
fn is_temporary(world: &dyn World, prepared: &Prepared, path: &str) -> bool {
    let folder = format!("{path}/");
    let known = |from: &str| {
        let at = prepared.paths.partition_point(|known| **known < *from);
        prepared.paths.get(at).is_some_and(|known| **known == *path || known.starts_with(&folder))
    };
    !known(path) && !known(&folder) && world.open(path).is_err_and(|error| error.is_not_found())
}

/// The page whose file is at `path`, and its new document, if its place on the site stays the same.
fn reparsed(
    world: &dyn World,
    prepared: &Prepared,
    path: &str,
    cache: &mut Cache,
) -> Option<(PageId, Arc<Document>)> {
    let site = &prepared.engine.site;
    let name = path.strip_prefix(CONTENT)?.strip_prefix('/')?;
    let Named::Page(id) = site.named(name) else { return None };
    let page = site.page(id);
    // Its problems may be solved now, and links to its headings may break.
    let is_here = |place: &Place| place.file == path;
    let reported = prepared.diagnostics.iter().any(|found| found.place.as_ref().is_some_and(is_here));
    if page.path != path || reported || prepared.anchored.contains(&id) {
        return None;
    }
    // A link may have taken the file's place.
    world.stamp(path)?;
    let (memo, diagnostics) = parse_document(world, path, name, &site.config.limits);
    let placed = |memo: &Memo<Arc<Document>>| memo.value.meta.is_placed_like(&page.document.meta);
    // What the settings of the site decide is not checked here.
    let certain = |memo: &Memo<Arc<Document>>| memo.value.digest.is_fit_for_any_site();
    let memo = memo.filter(|memo| diagnostics.is_empty() && placed(memo) && certain(memo))?;
    let document = Arc::clone(&memo.value);
    cache.content.documents.insert(path.to_owned(), memo);
    Some((id, document))
}

/// The jobs that show the card of a page without a query: its neighbours, related pages, listings and feeds.
fn jobs_showing(prepared: &Prepared, id: PageId) -> Vec<usize> {
    let (site, plan) = (&prepared.engine.site, &prepared.plan);
    let (previous, next) = site.neighbours(id);
    let beside = [previous, next].into_iter().flatten().chain(site.relating(id));
    let mut jobs: Vec<usize> = beside.map(|id| plan.page(id)).collect();
    for scope in site.scopes_of(id) {
        if let Some(place) = site.place_in(scope, id) {
            jobs.extend(plan.listing(scope, page_of(place, site.paginate(scope))));
        }
        jobs.extend(plan.feed(scope).filter(|_| newest(site, scope).contains(&id)));
    }
    jobs
}

/// The jobs whose templates queried documents or a page and would get a different answer now.
fn jobs_querying(prepared: &Prepared, traces: &Traces) -> Vec<usize> {
    let paths = traces.outputs_with(|query, answer| {
        matches!(query, Query::Documents(..) | Query::Page(_) | Query::Pages)
            && prepared.engine.fingerprint(query).ok() != Some(answer)
    });
    if paths.is_empty() {
        return Vec::new();
    }
    let jobs = prepared.plan.jobs.iter().enumerate();
    jobs.filter(|(_, job)| paths.contains(&*job.path)).map(|(at, _)| at).collect()
}
