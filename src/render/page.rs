//! Makes one output: builds the context for its template, and runs the template.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::sync::Arc;

use tera::{Context, Tera, Value};

use crate::config::Config;
use crate::content::document::SectionIndex;
use crate::content::markdown;
use crate::content::markdown::{Body, LinkTarget, Rendered};
use crate::diagnostics::messages::ContentProblem;
use crate::diagnostics::{Diagnostic, Place, read_source, world_error};
use crate::render::navigation::{Navigation, breadcrumbs, link, listing_breadcrumbs};
use crate::render::outputs::{
    ThumbnailCache, feed, manifest, nginx, plain, robots, sitemap, sitemap_of_part,
};
use crate::render::plan::{Job, JobKind};
use crate::render::queries::{QueryEngine, register};
use crate::render::views::{
    CurrentView, LinkView, PageTagsView, PageView, Subject, TargetView, linked_data, reading_minutes,
    site_view, value_of,
};
use crate::site::routes::{LinkContext, resolve};
use crate::site::{Asset, PageId, Scope, Site};
use crate::theme::Theme;
use crate::world::{Expected, Fingerprint, SourceFile, World, WorldError};

/// Everything that rendering needs, shared by all jobs.
pub struct Renderer<'a> {
    world: &'a dyn World,
    pub(crate) theme: &'a Theme,
    pub(crate) engine: Arc<QueryEngine>,
    tera: Tera,
    pub(crate) jobs: &'a [Job],
    nav: Navigation,
    templates: HashMap<String, TemplateUse>,
    /// The jobs of pages for readers, which the sitemap lists.
    pub(crate) readers: Vec<&'a Job>,
    thumbnails: ThumbnailCache,
    /// The fingerprint of this program.
    pub(crate) program: Fingerprint,
}

/// A template together with all templates that it may use.
#[derive(Debug, Clone, Copy, Default)]
struct TemplateUse {
    fingerprint: Fingerprint,
    /// Whether they use related documents.
    related: bool,
    /// Whether they use structured data.
    linked_data: bool,
}

impl TemplateUse {
    fn of(theme: &Theme, name: &str) -> TemplateUse {
        TemplateUse {
            fingerprint: theme.fingerprint(name),
            related: theme.mentions(name, "related"),
            linked_data: theme.mentions(name, "linked_data"),
        }
    }
}

impl<'a> Renderer<'a> {
    /// Compiles the theme for a site.
    ///
    /// # Errors
    /// Every mistake in the templates that shows without rendering.
    pub fn new(
        world: &'a dyn World,
        theme: &'a Theme,
        engine: Arc<QueryEngine>,
        jobs: &'a [Job],
        program: Fingerprint,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut tera = theme.compile(|tera| register(tera, &engine))?;
        let site = site_view(&engine.site, &theme.extra);
        if let Ok(site) = Value::try_from_serializable(&site) {
            tera.global_context().insert_value("site", site);
        }
        let nav = Navigation::new(&engine);
        let names: HashSet<&str> = jobs.iter().filter_map(|job| job.kind.template()).collect();
        let templates =
            names.into_iter().map(|name| (name.to_owned(), TemplateUse::of(theme, name))).collect();
        Ok(Renderer {
            world,
            theme,
            engine,
            tera,
            jobs,
            nav,
            templates,
            readers: jobs.iter().filter(|job| job.kind.is_for_readers()).collect(),
            thumbnails: ThumbnailCache::default(),
            program,
        })
    }

    /// The fingerprint of a job's template and of all templates that it may use.
    pub fn template_fingerprint(&self, job: &Job) -> Fingerprint {
        self.template_use(job).fingerprint
    }

    fn template_use(&self, job: &Job) -> TemplateUse {
        job.kind.template().and_then(|name| self.templates.get(name).copied()).unwrap_or_default()
    }

    /// The related documents of a page, if its template uses them.
    pub fn related(&self, job: &Job, id: PageId) -> Vec<PageId> {
        if self.template_use(job).related { self.engine.site.related(id) } else { Vec::new() }
    }

    /// Makes one output.
    ///
    /// # Errors
    /// A file that cannot be read, a template that fails.
    pub fn make(&self, job: &Job) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let site = &self.engine.site;
        match &job.kind {
            JobKind::Page(id, _) => self.page(job, *id),
            JobKind::Listing(scope, number, _) => self.listing(job, *scope, *number),
            JobKind::Home(_) => self.home(job),
            JobKind::Districts => self.index(job, "districts"),
            JobKind::Years => self.index(job, "years"),
            JobKind::Topics => self.index(job, "topics"),
            JobKind::SiteMap => self.index(job, "site-map"),
            JobKind::NotFound => self.index(job, "not-found"),
            JobKind::Alias(id) => self.alias(job, *id),
            JobKind::Feed(scope) => Ok(feed(site, *scope).into_bytes()),
            JobKind::Sitemap => Ok(sitemap(site, &self.readers).into_bytes()),
            JobKind::SitemapPart(part) => Ok(sitemap_of_part(site, &self.readers, *part).into_bytes()),
            JobKind::Robots => Ok(robots(&site.config.base_url).into_bytes()),
            JobKind::Manifest => Ok(manifest(site, self.theme).into_bytes()),
            JobKind::Headers => Ok(plain(&site.config).into_bytes()),
            JobKind::NginxHeaders => Ok(nginx(&site.config).into_bytes()),
            JobKind::Asset(at) => self.read_asset(*at),
            JobKind::Thumbnail(at, width) => self.thumbnail(*at, *width),
            JobKind::Static(at) => Ok(self.theme.statics[*at].bytes.clone()),
            // It is in the output folder, and cannot be made.
            JobKind::Kept(_) => Err(Vec::new()),
        }
    }

    /// Opens the asset with the number `at`, and gives the content that it must have.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn open_asset(&self, at: usize) -> Result<(SourceFile, Expected), Vec<Diagnostic>> {
        let Asset { file, content, .. } = &self.engine.site.assets[at];
        let source = self.world.open(&file.path).map_err(|error| vec![world_error(&error)])?;
        Ok((source, Expected { size: content.size, fingerprint: content.fingerprint }))
    }

    fn read_asset(&self, at: usize) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let (file, expected) = self.open_asset(at)?;
        file.read_expected(expected).map_err(|error| vec![world_error(&error)])
    }

    fn thumbnail(&self, at: usize, width: u32) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let picture = self.engine.site.assets[at].content.picture.unwrap_or_default();
        self.thumbnails.thumbnail(at, &picture, width, || self.read_asset(at))
    }

    /// Whether the output of `job` has a warning that later builds have to repeat.
    pub fn is_damaged(&self, job: &Job) -> bool {
        matches!(job.kind, JobKind::Thumbnail(at, _) if self.thumbnails.damaged().contains(&at))
    }

    /// The warnings found while rendering.
    pub fn warnings(&self) -> Vec<Diagnostic> {
        let warning = |at: usize| {
            let place = Place::file(self.engine.site.assets[at].file.path.clone());
            Diagnostic::new(ContentProblem::PictureDamaged).at(place)
        };
        self.thumbnails.damaged().into_iter().map(warning).collect()
    }

    fn page(&self, job: &Job, id: PageId) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let site = &self.engine.site;
        let page = site.page(id);
        let from = LinkContext { name: &page.document.source, url: &page.url };
        let Rendered { html, toc, words } =
            self.body(&page.path, page.document.body_start, page.document.fingerprint, from)?;
        let (previous, next) = site.neighbours(id);
        let mut breadcrumbs = breadcrumbs(&self.engine, Vec::new());
        if let Some(section) = page.section {
            let section = site.section_name(section);
            breadcrumbs.push(link(section.title, section.url));
        }
        breadcrumbs.push(link(page.document.meta.title.clone(), site.link(&job.url)));
        let view = PageView {
            words,
            minutes: reading_minutes(words),
            toc,
            previous: previous.map(|id| self.engine.card_value(id)),
            next: next.map(|id| self.engine.card_value(id)),
            related: self.related(job, id).into_iter().map(|id| self.engine.card_value(id)).collect(),
            content: Value::safe_string(&html),
        };
        let kind = if page.section.is_some() { "document" } else { "page" };
        let tags = page.section.map(|id| self.engine.section_tags(id).1);
        let card = page.section.filter(|_| self.template_use(job).linked_data).map(|_| self.engine.card(id));
        let subject = card.as_ref().map_or(Subject::Other, Subject::Document);
        let mut context = self.context(job, kind, breadcrumbs, tags, subject);
        context.insert_value("page", view.value(self.engine.card_value(id)));
        self.template(job, &context, &page.path, html.len())
    }

    fn listing(&self, job: &Job, scope: Scope, number: usize) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let site = &self.engine.site;
        let view = site.listing_view(scope, number);
        let items: Vec<Value> = view.items.iter().map(|id| self.engine.card_value(*id)).collect();
        let index = site.index_of(scope).filter(|_| number == 1);
        let introduction = self.introduction(index, &job.url)?;
        let tags = PageTagsView::of_listing(&self.engine.site, &|key| self.engine.word_or_key(key), scope);
        let breadcrumbs = listing_breadcrumbs(&self.engine, scope);
        let subject = Subject::Listing(&tags);
        let mut context = self.context(job, scope.kind(), breadcrumbs, Some(value_of(&tags)), subject);
        let mut map = value_of(&view).into_map().unwrap_or_default();
        map.insert("items".into(), items.into());
        map.insert("introduction".into(), Value::safe_string(&introduction));
        context.insert_value("listing", Value::from(map));
        self.template(job, &context, &job.url, 0)
    }

    fn home(&self, job: &Job) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let home = self.engine.site.home.as_ref();
        let introduction = self.introduction(home, &job.url)?;
        let tags = value_of(&PageTagsView::of_home(&self.engine.site, &|key| self.engine.word_or_key(key)));
        let mut context = self.context(job, "home", Vec::new(), Some(tags), Subject::Home);
        context.insert_value("introduction", Value::safe_string(&introduction));
        let title = home.and_then(|home| home.title.clone());
        context.insert("title", &title);
        context.insert("description", &home.and_then(|home| home.description.clone()));
        context.insert("extra", &home.and_then(|home| home.extra.clone()));
        self.template(job, &context, &job.url, 0)
    }

    fn index(&self, job: &Job, kind: &'static str) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let title = self.word(kind);
        let breadcrumbs = breadcrumbs(&self.engine, vec![link(title, self.engine.site.link(&job.url))]);
        let tags = (kind != "not-found").then(|| {
            value_of(&PageTagsView::of_index(&self.engine.site, &|key| self.engine.word_or_key(key), kind))
        });
        let context = self.context(job, kind, breadcrumbs, tags, Subject::Other);
        self.template(job, &context, &job.url, 0)
    }

    fn alias(&self, job: &Job, id: PageId) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let mut context = self.context(job, "redirect", Vec::new(), None, Subject::Other);
        let site = &self.engine.site;
        let url = &site.page(id).url;
        let target = TargetView { url: site.link(url), permalink: site.config.base_url.absolute(url) };
        context.insert("target", &target);
        self.template(job, &context, &job.url, 0)
    }

    fn introduction(&self, index: Option<&SectionIndex>, url: &str) -> Result<String, Vec<Diagnostic>> {
        let Some(index) = index else { return Ok(String::new()) };
        let from = LinkContext { name: &index.source, url };
        Ok(self.body(&Site::path_of(&index.source), index.body_start, index.fingerprint, from)?.html)
    }

    /// Reads and renders a body.
    fn body(
        &self,
        path: &str,
        start: usize,
        parsed: Fingerprint,
        from: LinkContext,
    ) -> Result<Rendered, Vec<Diagnostic>> {
        let source = read_source(self.world, path).map_err(|error| vec![*error])?;
        if Fingerprint::of(source.text.as_bytes()) != parsed {
            // It was saved after it was parsed.
            return Err(vec![world_error(&WorldError::changed(path))]);
        }
        let QueryEngine { site, routes, .. } = &*self.engine;
        let resolve = |target: &str| {
            let resolved = resolve(site, routes, from, target);
            match (resolved.target, resolved.asset.and_then(|at| site.image_view(at))) {
                (LinkTarget::Href(href), Some(shown)) => LinkTarget::Picture(href, Box::new(shown)),
                (target, _) => target,
            }
        };
        let body = source.text.get(start..).unwrap_or_default();
        let Config { slugs, html, paragraphs, .. } = &site.config;
        Ok(markdown::render(&Body::of(body, *paragraphs), *slugs, *html, &resolve))
    }

    fn context(
        &self,
        job: &Job,
        kind: &'static str,
        breadcrumbs: Vec<LinkView>,
        tags: Option<Value>,
        subject: Subject,
    ) -> Context {
        let site = &self.engine.site;
        let url = site.link(&job.url);
        let permalink = site.config.base_url.absolute(&job.url);
        let mut context = Context::new();
        context.insert_value("nav", self.nav.value(&url, site));
        let data = (self.template_use(job).linked_data && kind != "not-found")
            .then(|| linked_data(&site.config, &permalink, &breadcrumbs, subject))
            .flatten();
        context.insert_value("linked_data", data.map_or(Value::none(), |data| Value::safe_string(&data)));
        context.insert("current", &CurrentView { kind, url, permalink });
        context.insert("breadcrumbs", &breadcrumbs);
        context.insert_value("column", tags.unwrap_or_else(Value::none));
        context
    }

    /// The entries of the navigation.
    pub fn nav(&self) -> &[LinkView] {
        &self.nav.items
    }

    /// A word of the theme.
    pub fn word(&self, key: &str) -> String {
        self.engine.word_or_key(key)
    }

    /// Runs the job's template. `body` is the length of the body's HTML in bytes.
    fn template(
        &self,
        job: &Job,
        context: &Context,
        page: &str,
        body: usize,
    ) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let name = job.kind.template().unwrap_or_default();
        let mut page_bytes = Bounded(Vec::with_capacity(body + 16 * 1024));
        match self.tera.render_to(name, context, &mut page_bytes) {
            Ok(()) => Ok(page_bytes.0),
            Err(error) => {
                let page = if page == job.url { job.url.clone() } else { format!("{page} ({})", job.url) };
                Err(self.theme.errors(&error, name, Some(&page)))
            }
        }
    }
}

/// The longest page that a template may write, in bytes: it stops endless loops.
const LONGEST_PAGE: usize = 128 * 1024 * 1024;

/// The page that a template writes to.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LONGEST_PAGE {
            return Err(io::Error::other(format!("the page has more than {} MB", LONGEST_PAGE >> 20)));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    // Templates write a few bytes at a time.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes).map(drop)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
