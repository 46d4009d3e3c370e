//! Jobs → Outputs: the context of each output, and its template. The work is spread over all cores.

use std::sync::Arc;

use rayon::prelude::*;
use tera::{Context, Tera, Value};

use crate::diagnostic::Diagnostic;
use crate::document::SectionIndex;
use crate::listing::Scope;
use crate::markdown::{self, Rendered};
use crate::plan::{Job, JobKind};
use crate::question::{Library, register};
use crate::route::{Standpoint, follow};
use crate::scan::{read_source, world_error};
use crate::site::{PageId, Site};
use crate::theme::Theme;
use crate::view::{CurrentView, LinkView, PageView, TargetView, reading_minutes, site_view};
use crate::world::World;
use crate::xml;

/// Takes the outputs as they are made.
pub trait Sink: Sync {
    /// Takes the bytes for the output at `path`; tells whether they differ from what was there.
    ///
    /// # Errors
    /// The diagnostic to report where they cannot be taken.
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<bool, Box<Diagnostic>>;
}

/// How many outputs were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Outputs made by a template, or as feeds and sitemaps.
    pub rendered: usize,
    /// Outputs whose bytes differ from what was there.
    pub written: usize,
}

/// All that rendering needs, shared by the jobs.
pub struct Renderer<'a> {
    world: &'a dyn World,
    theme: &'a Theme,
    library: Arc<Library>,
    tera: Tera,
    jobs: &'a [Job],
    nav: Vec<LinkView>,
}

impl<'a> Renderer<'a> {
    /// Compiles the theme for a site.
    ///
    /// # Errors
    /// Every mistake in the templates that can be seen without rendering.
    pub fn new(
        world: &'a dyn World,
        theme: &'a Theme,
        library: Arc<Library>,
        jobs: &'a [Job],
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut tera = theme.compile(|tera| register(tera, &library))?;
        let site = site_view(&library.site.config, &theme.extra);
        if let Ok(site) = Value::try_from_serializable(&site) {
            tera.global_context().insert_value("site", site);
        }
        let nav = nav(&library);
        Ok(Renderer { world, theme, library, tera, jobs, nav })
    }

    /// Makes all outputs; `done` is called after each.
    ///
    /// # Errors
    /// The diagnostics of every job that failed.
    pub fn render_all(&self, sink: &dyn Sink, done: &(dyn Fn() + Sync)) -> Result<Counts, Vec<Diagnostic>> {
        let results: Vec<Result<Counts, Vec<Diagnostic>>> = self
            .jobs
            .par_iter()
            .map(|job| {
                let bytes = self.render(job)?;
                let written = sink.put(&job.path, bytes).map_err(|error| vec![*error])?;
                done();
                Ok(Counts { rendered: usize::from(job.kind.is_rendered()), written: usize::from(written) })
            })
            .collect();
        let mut counts = Counts::default();
        let mut failed = Vec::new();
        for result in results {
            match result {
                Ok(more) => {
                    counts.rendered += more.rendered;
                    counts.written += more.written;
                }
                Err(diagnostics) => failed.extend(diagnostics),
            }
        }
        if failed.is_empty() { Ok(counts) } else { Err(failed) }
    }

    /// Makes one output.
    fn render(&self, job: &Job) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let site = &self.library.site;
        match &job.kind {
            JobKind::Page(id, template) => self.page(job, *id, template),
            JobKind::Listing(scope, number, template) => self.listing(job, *scope, *number, template),
            JobKind::Home(template) => self.home(job, template),
            JobKind::Districts => self.index(job, "districts", "districts.html"),
            JobKind::Years => self.index(job, "years", "years.html"),
            JobKind::Topics => self.index(job, "topics", "topics.html"),
            JobKind::NotFound => self.index(job, "not-found", "404.html"),
            JobKind::Alias(id) => self.alias(job, *id),
            JobKind::Feed(scope) => Ok(xml::feed(site, *scope).into_bytes()),
            JobKind::Sitemap => Ok(xml::sitemap(site, &self.readers()).into_bytes()),
            JobKind::SitemapPart(part) => Ok(xml::sitemap_of_part(site, &self.readers(), *part).into_bytes()),
            JobKind::Robots => Ok(xml::robots(&site.config.base_url).into_bytes()),
            JobKind::Asset(at) => {
                let path = &site.assets[*at].file.path;
                self.world.read(path).map_err(|error| vec![world_error(&error)])
            }
            JobKind::Static(at) => Ok(self.theme.statics[*at].bytes.clone()),
        }
    }

    fn readers(&self) -> Vec<&Job> {
        self.jobs.iter().filter(|job| job.kind.is_for_readers()).collect()
    }

    fn page(&self, job: &Job, id: PageId, template: &str) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let site = &self.library.site;
        let page = site.page(id);
        let from = Standpoint { name: &page.document.source, url: &page.url };
        let Rendered { html, toc } = self.body(&page.path, page.document.body_start, from)?;
        let (previous, next) = site.neighbours(id);
        let card = self.library.card(id);
        let title = card.title.clone();
        let mut breadcrumbs = self.breadcrumbs(Vec::new());
        if let Some(section) = page.section {
            let section = site.section_name(section);
            breadcrumbs.push(link(section.title, section.url));
        }
        breadcrumbs.push(link(title, job_link(site, job)));
        let words = page.document.digest.words;
        let view = PageView {
            card,
            words,
            minutes: reading_minutes(words),
            toc,
            previous: previous.map(|id| self.library.card(id)),
            next: next.map(|id| self.library.card(id)),
            content: String::new(),
        };
        let kind = if page.section.is_some() { "document" } else { "page" };
        let mut context = self.context(job, kind, breadcrumbs);
        let mut map = Value::from_serializable(&view).into_map().unwrap_or_default();
        map.insert("content".into(), Value::safe_string(&html));
        context.insert_value("page", Value::from(map));
        self.template(job, template, &context, &page.path)
    }

    fn listing(
        &self,
        job: &Job,
        scope: Scope,
        number: usize,
        template: &str,
    ) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let site = &self.library.site;
        let view = site.listing_view(scope, number, &|id| self.library.card(id));
        let introduction = match scope {
            Scope::Section(id) if number == 1 => {
                self.introduction(site.section(id).index.as_ref(), &job.url)?
            }
            _ => String::new(),
        };
        let mut context = self.context(job, scope.kind(), self.listing_breadcrumbs(scope));
        let mut map = Value::from_serializable(&view).into_map().unwrap_or_default();
        map.insert("introduction".into(), Value::safe_string(&introduction));
        context.insert_value("listing", Value::from(map));
        self.template(job, template, &context, &job.url)
    }

    fn home(&self, job: &Job, template: &str) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let home = self.library.site.home.as_ref();
        let introduction = self.introduction(home, &job.url)?;
        let mut context = self.context(job, "home", Vec::new());
        context.insert_value("introduction", Value::safe_string(&introduction));
        let title = home.and_then(|home| home.title.clone());
        context.insert("title", &title);
        context.insert("description", &home.and_then(|home| home.description.clone()));
        context.insert("extra", &home.and_then(|home| home.extra.clone()));
        self.template(job, template, &context, &job.url)
    }

    fn index(&self, job: &Job, kind: &'static str, template: &str) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let title = self.word(kind);
        let breadcrumbs = self.breadcrumbs(vec![link(title, job_link(&self.library.site, job))]);
        let context = self.context(job, kind, breadcrumbs);
        self.template(job, template, &context, &job.url)
    }

    fn alias(&self, job: &Job, id: PageId) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let mut context = self.context(job, "redirect", Vec::new());
        let site = &self.library.site;
        let url = &site.page(id).url;
        let target = TargetView { url: site.link(url), permalink: site.config.base_url.absolute(url) };
        context.insert("target", &target);
        self.template(job, "redirect.html", &context, &job.url)
    }

    fn introduction(&self, index: Option<&SectionIndex>, url: &str) -> Result<String, Vec<Diagnostic>> {
        let Some(index) = index else { return Ok(String::new()) };
        let from = Standpoint { name: &index.source, url };
        Ok(self.body(&Site::path_of(&index.source), index.body_start, from)?.html)
    }

    /// Reads a body and renders it; it is dropped as soon as it is written.
    fn body(&self, path: &str, start: usize, from: Standpoint) -> Result<Rendered, Vec<Diagnostic>> {
        let source = read_source(self.world, path).map_err(|error| vec![*error])?;
        let Library { site, routes, .. } = &*self.library;
        let resolve = |target: &str| follow(site, routes, from, target).0;
        let body = source.text.get(start..).unwrap_or_default();
        Ok(markdown::render(body, site.config.slugs, site.config.html, &resolve))
    }

    fn context(&self, job: &Job, kind: &'static str, breadcrumbs: Vec<LinkView>) -> Context {
        let site = &self.library.site;
        let url = job_link(site, job);
        let nav: Vec<LinkView> = self
            .nav
            .iter()
            .map(|item| LinkView { active: is_active(item, &url, site), ..item.clone() })
            .collect();
        let permalink = site.config.base_url.absolute(&job.url);
        let mut context = Context::new();
        context.insert("current", &CurrentView { kind, url, permalink });
        context.insert("nav", &nav);
        context.insert("breadcrumbs", &breadcrumbs);
        context
    }

    fn breadcrumbs(&self, rest: Vec<LinkView>) -> Vec<LinkView> {
        let mut all = vec![link(self.word("home"), self.library.site.link("/"))];
        all.extend(rest);
        all
    }

    fn listing_breadcrumbs(&self, scope: Scope) -> Vec<LinkView> {
        let site = &self.library.site;
        let own = link(site.listing_title(scope), site.link(&scope.folder(site)));
        let index = |kind: &str, url: &str| link(self.word(kind), site.link(url));
        let district = |id, own: Option<LinkView>| {
            let mut above: Vec<_> = site.districts.upwards(id).collect();
            above.reverse();
            let mut all = vec![index("districts", "/districts/")];
            all.extend(above.into_iter().map(|id| {
                let name = site.district_name(id);
                link(name.title, name.url)
            }));
            all.extend(own);
            all
        };
        self.breadcrumbs(match scope {
            Scope::District(id) => district(id, None),
            Scope::DistrictYear(id, year) => district(id, Some(link(year.to_string(), own.url))),
            Scope::Year(_) => vec![index("years", "/years/"), own],
            Scope::Topic(_) => vec![index("topics", "/topics/"), own],
            Scope::All | Scope::Section(_) => vec![own],
        })
    }

    fn word(&self, key: &str) -> String {
        self.library.words.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    fn template(
        &self,
        job: &Job,
        name: &str,
        context: &Context,
        page: &str,
    ) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let mut bytes = Vec::with_capacity(16 * 1024);
        match self.tera.render_to(name, context, &mut bytes) {
            Ok(()) => Ok(bytes),
            Err(error) => {
                let page = if page == job.url { job.url.clone() } else { format!("{page} ({})", job.url) };
                Err(self.theme.render_errors(&error, name, &page))
            }
        }
    }
}

fn link(title: String, url: String) -> LinkView {
    LinkView { title, url, active: false }
}

fn job_link(site: &Site, job: &Job) -> String {
    site.link(&job.url)
}

/// An entry of the navigation is active on its own page, and a folder's on all pages below it.
fn is_active(item: &LinkView, url: &str, site: &Site) -> bool {
    item.url == url || (item.url.ends_with('/') && item.url != site.link("/") && url.starts_with(&item.url))
}

/// The navigation: the site's own, else home, the sections, districts and years.
fn nav(library: &Library) -> Vec<LinkView> {
    let site = &library.site;
    if let Some(items) = &site.config.nav {
        let own = |url: &str| if url.starts_with('/') { site.link(url) } else { url.to_owned() };
        return items.iter().map(|item| link(item.title.clone(), own(&item.url))).collect();
    }
    let word = |key: &str| library.words.get(key).cloned().unwrap_or_else(|| key.to_owned());
    let mut items = vec![link(word("home"), site.link("/"))];
    items.extend((0..site.sections.len()).map(|at| {
        let name = site.section_name(crate::site::SectionId(at as u16));
        link(name.title, name.url)
    }));
    items.push(link(word("districts"), site.link("/districts/")));
    items.push(link(word("years"), site.link("/years/")));
    items
}
