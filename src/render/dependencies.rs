//! What each output depends on, as fingerprints: its source, what it shows of the rest of the site, and its templates.
//! The queries of templates are recorded while they run.

use std::hash::Hash;

use crate::content::assets::Picture;
use crate::content::document::SectionIndex;
use crate::content::markdown::{Digest, Link};
use crate::render::outputs::{icon, newest, part_of_sitemap};
use crate::render::page::Renderer;
use crate::render::plan::{Job, JobKind, SITEMAP_LIMIT};
use crate::render::queries::{Inputs, QueryEngine};
use crate::render::views::site_view;
use crate::site::routes::{LinkContext, resolve};
use crate::site::{PageId, Scope, Site, page_count};
use crate::world::Fingerprint;

/// The fingerprint of what every output depends on: the program, the settings, and the navigation.
pub(super) fn settings(renderer: &Renderer) -> Fingerprint {
    let config = &renderer.engine.site.config;
    let site =
        serde_json::to_string(&site_view(&renderer.engine.site, &renderer.theme.extra)).unwrap_or_default();
    let zone = config.time_zone.iana_name().unwrap_or_default();
    let words = ["home", "districts", "years", "topics", "not-found", "site-map", "year_title"]
        .map(|key| renderer.word(key));
    let how = (config.html, config.slugs, config.paragraphs);
    Fingerprint::of_value(&(renderer.program, site, zone, how, renderer.nav(), words))
}

/// The fingerprints of what `job` depends on.
pub(super) fn inputs(renderer: &Renderer, job: &Job) -> Inputs {
    let engine = &*renderer.engine;
    let site = &engine.site;
    let none = Fingerprint::default();
    let of = |source, context| Inputs { source, context, templates: renderer.template_fingerprint(job) };
    match &job.kind {
        JobKind::Page(id, _) => {
            let page = site.page(*id);
            of(page.document.fingerprint, page_context(renderer, job, *id))
        }
        JobKind::Listing(scope, number, _) => {
            let index = site.index_of(*scope).filter(|_| *number == 1);
            let source = index.map_or(none, |index| index.fingerprint);
            let links = index.map(|index| introduction_links(engine, index, &job.url));
            let items = site.listing_items(*scope, *number).iter().map(|id| engine.card_fingerprint(*id));
            let items: Vec<Fingerprint> = items.collect();
            let context = (engine.listing(*scope).head, pages(site, *scope, *number), items, links);
            of(source, Fingerprint::of_value(&context))
        }
        JobKind::Home(_) => {
            let index = site.home.as_ref();
            let links = index.map(|index| introduction_links(engine, index, &job.url));
            of(index.map_or(none, |index| index.fingerprint), Fingerprint::of_value(&links))
        }
        JobKind::Alias(id) => of(none, Fingerprint::of_value(&(&job.url, &site.page(*id).url))),
        JobKind::Feed(scope) => of(none, feed_context(engine, *scope)),
        JobKind::Sitemap => {
            let parts = renderer.readers.chunks(SITEMAP_LIMIT).len();
            of(none, if parts > 1 { Fingerprint::of_value(&parts) } else { listed(site, &renderer.readers) })
        }
        JobKind::SitemapPart(part) => of(none, listed(site, part_of_sitemap(&renderer.readers, *part))),
        JobKind::Manifest => of(none, Fingerprint::of_value(&icon(renderer.theme).map(|icon| &icon.url))),
        // Settings are part of every output's dependencies.
        JobKind::Districts
        | JobKind::Years
        | JobKind::Topics
        | JobKind::SiteMap
        | JobKind::NotFound
        | JobKind::Robots
        | JobKind::Headers
        | JobKind::NginxHeaders
        | JobKind::Kept(_) => of(none, none),
        JobKind::Asset(at) => of(site.assets[*at].content.fingerprint, none),
        JobKind::Thumbnail(at, width) => {
            of(site.assets[*at].content.fingerprint, Fingerprint::of_value(&(renderer.program, width)))
        }
        JobKind::Static(at) => of(renderer.theme.statics[*at].fingerprint(), none),
    }
}

/// The fingerprint of the entries of a sitemap or of a part of it.
fn listed(site: &Site, jobs: &[&Job]) -> Fingerprint {
    let changed = |job: &Job| match job.kind {
        JobKind::Page(id, _) | JobKind::Kept(Some(id)) => {
            site.modified(site.page(id)).map(|at| at.timestamp())
        }
        _ => None,
    };
    let jobs: Vec<_> = jobs.iter().map(|job| (&job.url, changed(job))).collect();
    Fingerprint::of_value(&jobs)
}

/// The number of a listing page, the number of pages and, for the first page, the number of documents.
fn pages(site: &Site, scope: Scope, number: usize) -> (usize, usize, Option<usize>) {
    let total = site.documents(scope).len();
    (number, page_count(total, site.paginate(scope)), (number == 1).then_some(total))
}

/// The fingerprint of what a page shows of the site: cards, its section's page tags, and the targets of its links.
fn page_context(renderer: &Renderer, job: &Job, id: PageId) -> Fingerprint {
    let engine = &*renderer.engine;
    let site = &engine.site;
    let page = site.page(id);
    let (previous, next) = site.neighbours(id);
    let from = LinkContext { name: &page.document.source, url: &page.url };
    let related = renderer.related(job, id).into_iter().map(|id| engine.card_fingerprint(id));
    Fingerprint::of_value(&(
        &job.url,
        engine.card_fingerprint(id),
        previous.map(|id| engine.card_fingerprint(id)),
        next.map(|id| engine.card_fingerprint(id)),
        related.collect::<Vec<Fingerprint>>(),
        page.section.map(|id| engine.section_tags(id).0),
        links(engine, &page.document.digest, from),
    ))
}

fn introduction_links(engine: &QueryEngine, index: &SectionIndex, url: &str) -> impl Hash + use<> {
    links(engine, &index.digest, LinkContext { name: &index.source, url })
}

/// The targets of a body's links, with the sizes of pictures.
fn links(engine: &QueryEngine, digest: &Digest, from: LinkContext) -> Vec<(Option<String>, Option<Picture>)> {
    let QueryEngine { site, routes, .. } = engine;
    let one = |link: &Link| {
        let resolved = resolve(site, routes, from, &link.target);
        (resolved.target.href(), resolved.asset.and_then(|at| site.assets[at].content.picture))
    };
    digest.links.iter().map(one).collect()
}

fn feed_context(engine: &QueryEngine, scope: Scope) -> Fingerprint {
    let site: &Site = &engine.site;
    let entries = newest(site, scope);
    let entries: Vec<Fingerprint> = entries.into_iter().map(|id| engine.card_fingerprint(id)).collect();
    Fingerprint::of_value(&(site.listing_title(scope), site.folder(scope), entries))
}
