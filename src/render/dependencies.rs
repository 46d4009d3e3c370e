//! What each output is made from, as fingerprints: its source, what it gets from the rest of the site, and
//! its templates. What its templates ask for beyond that is recorded while they run.

use std::hash::Hash;

use crate::content::assets::image::Picture;
use crate::content::document::SectionIndex;
use crate::content::markdown::{Digest, Link};
use crate::render::outputs::manifest;
use crate::render::outputs::{feeds, sitemap};
use crate::render::page::Renderer;
use crate::render::plan::{Job, JobKind, SITEMAP_LIMIT};
use crate::render::queries::query_engine::QueryEngine;
use crate::render::queries::trace::Inputs;
use crate::render::views::view_builder::site_view;
use crate::site::listing::{Scope, page_count};
use crate::site::model::{PageId, Site};
use crate::site::routes::{LinkContext, follow};
use crate::world::fingerprint::Fingerprint;

/// What every output depends on: the program, the settings that all pages show, and the navigation.
pub fn settings(renderer: &Renderer, program: Fingerprint) -> Fingerprint {
    let config = &renderer.engine.site.config;
    let site =
        serde_json::to_string(&site_view(&renderer.engine.site, &renderer.theme.extra)).unwrap_or_default();
    let zone = config.time_zone.iana_name().unwrap_or_default();
    let words = ["home", "districts", "years", "topics", "not-found", "site-map", "year_title"]
        .map(|key| renderer.word(key));
    let how = (config.html, config.slugs);
    Fingerprint::of_value(&(program, site, zone, how, &renderer.nav, words))
}

/// What `job` is made from.
pub fn inputs(renderer: &Renderer, job: &Job) -> Inputs {
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
            let index = match scope {
                Scope::Section(id) if *number == 1 => site.section(*id).index.as_ref(),
                _ => None,
            };
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
        JobKind::Districts => of(none, none),
        JobKind::Years => of(none, none),
        JobKind::Topics => of(none, none),
        JobKind::SiteMap => of(none, none),
        JobKind::NotFound => of(none, none),
        JobKind::Alias(id) => of(none, Fingerprint::of_value(&(&job.url, &site.page(*id).url))),
        JobKind::Feed(scope) => of(none, feed_context(engine, *scope)),
        JobKind::Sitemap => {
            let parts = renderer.readers().chunks(SITEMAP_LIMIT);
            of(
                none,
                if parts.len() > 1 {
                    Fingerprint::of_value(&parts.len())
                } else {
                    listed(site, renderer.readers())
                },
            )
        }
        JobKind::SitemapPart(part) => {
            of(none, listed(site, sitemap::part_of_sitemap(renderer.readers(), *part)))
        }
        JobKind::Robots => of(none, none),
        JobKind::Manifest => {
            of(none, Fingerprint::of_value(&manifest::icon(renderer.theme).map(|icon| &icon.url)))
        }
        // They show settings only.
        JobKind::Headers => of(none, none),
        JobKind::NginxHeaders => of(none, none),
        JobKind::Asset(at) => of(site.assets[*at].content.fingerprint, none),
        JobKind::Thumbnail(at, width) => {
            of(site.assets[*at].content.fingerprint, Fingerprint::of_value(&(renderer.program, width)))
        }
        JobKind::Static(at) => of(renderer.theme.statics[*at].fingerprint(), none),
    }
}

/// What a sitemap, or a part of it, lists.
fn listed(site: &Site, jobs: &[&Job]) -> Fingerprint {
    let changed = |job: &Job| match job.kind {
        JobKind::Page(id, _) => site.page(id).date.as_ref().map(jiff::Zoned::timestamp),
        _ => None,
    };
    let jobs: Vec<_> = jobs.iter().map(|job| (&job.url, changed(job))).collect();
    Fingerprint::of_value(&jobs)
}

/// Which page of how many it is; the first tells how many documents there are.
fn pages(site: &Site, scope: Scope, number: usize) -> (usize, usize, Option<usize>) {
    let total = site.documents(scope).len();
    (number, page_count(total, scope.paginate(site)), (number == 1).then_some(total))
}

/// A page shows itself as listings do, its neighbours, what is related to it, its column, and the addresses of what it links to.
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
        page.section.map(|id| engine.column(id).0),
        links(engine, &page.document.digest, from),
    ))
}

fn introduction_links(engine: &QueryEngine, index: &SectionIndex, url: &str) -> impl Hash + use<> {
    links(engine, &index.digest, LinkContext { name: &index.source, url })
}

/// Where the links of a body lead, and what is shown of a picture there.
fn links(engine: &QueryEngine, digest: &Digest, from: LinkContext) -> Vec<(Option<String>, Option<Picture>)> {
    let QueryEngine { site, routes, .. } = engine;
    let one = |link: &Link| {
        let followed = follow(site, routes, from, &link.target);
        (followed.target.href(), followed.asset.and_then(|at| site.assets[at].content.picture))
    };
    digest.links.iter().map(one).collect()
}

fn feed_context(engine: &QueryEngine, scope: Scope) -> Fingerprint {
    let site: &Site = &engine.site;
    let entries = feeds::newest(site, scope);
    let entries: Vec<Fingerprint> = entries.into_iter().map(|id| engine.card_fingerprint(id)).collect();
    Fingerprint::of_value(&(site.listing_title(scope), scope.folder(site), entries))
}
