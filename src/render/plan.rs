//! Site → Jobs: the list of all outputs, and what each is made from.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::config::yaml::Located;
use crate::content::assets::{Picture, thumbnail_path};
use crate::diagnostics::messages::ThemeProblem;
use crate::diagnostics::{DiagnosticSink, Span};
use crate::site::routes::{Origin, OriginKind};
use crate::site::{Page, PageId, Scope, Section, Site, page_count, page_url, routes};
use crate::text::{is_slug, output_path};
use crate::theme::Theme;
use crate::world::DISTRICTS_FILE;

/// One output to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its path below the output folder, with `/` between segments.
    pub path: Arc<str>,
    /// Its path on the site, from `/`.
    pub url: String,
    /// What it is.
    pub kind: JobKind,
}

/// The kinds of outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobKind {
    /// A document or plain page, by a template.
    Page(PageId, Arc<str>),
    /// A page of a listing, by a template.
    Listing(Scope, usize, Arc<str>),
    /// The home page, by a template.
    Home(Arc<str>),
    /// `/districts/`
    Districts,
    /// `/years/`
    Years,
    /// `/topics/`
    Topics,
    /// `/sitemap.html`, for people.
    SiteMap,
    /// `/404.html`
    NotFound,
    /// A page that redirects to the path of another.
    Alias(PageId),
    /// An Atom feed.
    Feed(Scope),
    /// The sitemap, or the index of its parts.
    Sitemap,
    /// Part of a sitemap, from 1.
    SitemapPart(usize),
    /// `/robots.txt`
    Robots,
    /// `/manifest.webmanifest`
    Manifest,
    /// `/_headers`
    Headers,
    /// `/_headers.nginx.conf`
    NginxHeaders,
    /// A copy of the asset with this number.
    Asset(usize),
    /// The picture that is the asset with this number, this many pixels wide.
    Thumbnail(usize, u32),
    /// The theme's static file with this number.
    Static(usize),
    /// What an earlier build has made: the page of a document that has errors now, or a file that such a page needs.
    Kept(Option<PageId>),
}

impl JobKind {
    /// Whether it is rendered, rather than copied.
    pub fn is_rendered(&self) -> bool {
        !matches!(self, JobKind::Asset(_) | JobKind::Thumbnail(..) | JobKind::Static(_) | JobKind::Kept(_))
    }

    /// The short name of the template that makes it.
    pub fn template(&self) -> Option<&str> {
        Some(match self {
            JobKind::Page(_, name) | JobKind::Listing(_, _, name) | JobKind::Home(name) => name,
            JobKind::Districts => "districts.html",
            JobKind::Years => "years.html",
            JobKind::Topics => "topics.html",
            JobKind::SiteMap => "sitemap.html",
            JobKind::NotFound => "404.html",
            JobKind::Alias(_) => "redirect.html",
            _ => return None,
        })
    }

    /// Whether it is a page for readers, which the sitemap lists.
    pub fn is_for_readers(&self) -> bool {
        use JobKind::{Districts, Home, Kept, Listing, Page, SiteMap, Topics, Years};
        matches!(
            self,
            Page(..) | Kept(Some(_)) | Listing(..) | Home(_) | Districts | Years | Topics | SiteMap
        )
    }
}

/// The path of the site map for people.
const SITE_MAP: &str = "/sitemap.html";
/// The most URLs that one sitemap file may hold (sitemaps.org protocol, "Using Sitemap index files").
pub(super) const SITEMAP_LIMIT: usize = 50_000;

/// All jobs of a site, and where to find some of them.
#[derive(Debug, Default)]
pub struct Plan {
    /// The jobs. Those of pages come first, in the order of the pages.
    pub jobs: Vec<Job>,
    /// The first page of each listing, by its place among the jobs; the others follow it.
    listings: FxHashMap<Scope, usize>,
    /// The feed of each listing.
    feeds: FxHashMap<Scope, usize>,
}

impl Plan {
    /// The job of a page.
    pub fn page(&self, id: PageId) -> usize {
        id.0 as usize
    }

    /// The paths of the pages that redirect to others.
    pub fn redirects(&self) -> HashSet<&str> {
        let jobs = self.jobs.iter().filter(|job| matches!(job.kind, JobKind::Alias(_)));
        jobs.map(|job| &*job.path).collect()
    }

    /// The job of page `number` (from 1) of a listing.
    pub fn listing(&self, scope: Scope, number: usize) -> Option<usize> {
        self.listings.get(&scope).map(|first| first + number - 1)
    }

    /// The job of a listing's feed.
    pub fn feed(&self, scope: Scope) -> Option<usize> {
        self.feeds.get(&scope).copied()
    }
}

/// The jobs of a site.
pub fn plan(site: &Site, theme: &Theme, sink: &mut DiagnosticSink) -> Plan {
    let mut planner = Planner { plan: Plan::default(), sink };
    planner.pages(site, theme);
    planner.listings(site, theme);
    planner.indexes(site, theme);
    planner.assets(site, theme);
    planner.feeds(site);
    planner.sitemap();
    planner.aliases(site);
    planner.kept(site);
    let jobs = &planner.plan.jobs;
    let origin = |number: usize| origin(site, theme, &jobs[number]);
    let base = site.config.base_url.length();
    routes::check_paths(jobs.iter().map(|job| &*job.path), base, &origin, planner.sink);
    planner.plan
}

struct Planner<'a> {
    plan: Plan,
    sink: &'a mut DiagnosticSink,
}

impl Planner<'_> {
    fn add(&mut self, url: String, kind: JobKind) {
        self.plan.jobs.push(Job { path: output_path(&url).into(), url, kind });
    }

    fn pages(&mut self, site: &Site, theme: &Theme) {
        let plain: Arc<str> = "page.html".into();
        let of_section = |section: &Section| {
            theme.section_template(&section.name).map_or_else(|| Arc::clone(&plain), Arc::from)
        };
        let of_sections: Vec<Arc<str>> = site.sections.iter().map(of_section).collect();
        let mut shows: BTreeMap<Arc<str>, bool> = BTreeMap::new();
        for id in site.page_ids() {
            let page = site.page(id);
            if page.is_kept {
                self.add(page.url.clone(), JobKind::Kept(Some(id)));
                continue;
            }
            let wanted = page.document.meta.template.as_ref();
            let own = self.template(theme, &page.path, wanted);
            if let Some((name, wanted)) = own.as_ref().zip(wanted)
                && !*shows.entry(Arc::clone(name)).or_insert_with(|| theme.mentions(name, ".content"))
            {
                let problem = ThemeProblem::TemplateWithoutBody { name: wanted.value.clone() };
                self.sink.add(&page.path, wanted.span, problem);
            }
            let default = || page.section.map_or(&plain, |id| &of_sections[id.0 as usize]);
            let template = own.unwrap_or_else(|| Arc::clone(default()));
            self.add(page.url.clone(), JobKind::Page(id, template));
        }
    }

    /// The template that a front matter names, if the theme has it.
    fn template(&mut self, theme: &Theme, path: &str, wanted: Option<&Located<String>>) -> Option<Arc<str>> {
        let wanted = wanted?;
        if theme.template(&wanted.value).is_some() {
            return Some(wanted.value.as_str().into());
        }
        let nearest = theme.nearest_template(&wanted.value);
        self.sink.add(
            path,
            wanted.span,
            ThemeProblem::UnknownTemplate { name: wanted.value.clone(), nearest },
        );
        None
    }

    fn listings(&mut self, site: &Site, theme: &Theme) {
        for scope in site.scopes() {
            if scope == Scope::All {
                continue;
            }
            let template = self.listing_template(site, theme, scope);
            let folder = site.folder(scope);
            let pages = page_count(site.documents(scope).len(), site.paginate(scope));
            self.plan.listings.insert(scope, self.plan.jobs.len());
            for number in 1..=pages {
                let url = page_url(&folder, number);
                self.add(url, JobKind::Listing(scope, number, Arc::clone(&template)));
            }
        }
    }

    fn listing_template(&mut self, site: &Site, theme: &Theme, scope: Scope) -> Arc<str> {
        if let Scope::Section(id) = scope
            && let Some(index) = &site.section(id).index
            && let Some(name) = self.template(theme, &Site::path_of(&index.source), index.template.as_ref())
        {
            return name;
        }
        let own = format!("listing-{}.html", scope.kind());
        theme.first_of(&[&own]).unwrap_or("listing.html").into()
    }

    fn indexes(&mut self, site: &Site, theme: &Theme) {
        let index = site.home.as_ref();
        let template = index
            .and_then(|index| self.template(theme, &Site::path_of(&index.source), index.template.as_ref()));
        let template = template.unwrap_or_else(|| "home.html".into());
        self.add("/".into(), JobKind::Home(template));
        self.add("/districts/".into(), JobKind::Districts);
        self.add("/years/".into(), JobKind::Years);
        self.add("/topics/".into(), JobKind::Topics);
        if !has_own_site_map(site) {
            self.add(SITE_MAP.into(), JobKind::SiteMap);
        }
        self.add("/404.html".into(), JobKind::NotFound);
        // A site may bring its own files of these names.
        for (url, kind) in [("/robots.txt", JobKind::Robots), ("/manifest.webmanifest", JobKind::Manifest)] {
            if !site.assets.iter().any(|asset| asset.url == url) {
                self.add(url.into(), kind);
            }
        }
        self.add("/_headers".into(), JobKind::Headers);
        self.add("/_headers.nginx.conf".into(), JobKind::NginxHeaders);
    }

    fn assets(&mut self, site: &Site, theme: &Theme) {
        for (at, asset) in site.assets.iter().enumerate() {
            self.add(asset.url.clone(), JobKind::Asset(at));
            for width in asset.content.picture.iter().flat_map(Picture::widths) {
                self.add(thumbnail_path(&asset.url, *width), JobKind::Thumbnail(at, *width));
            }
        }
        for (at, file) in theme.statics.iter().enumerate() {
            self.add(file.url.clone(), JobKind::Static(at));
        }
    }

    fn feeds(&mut self, site: &Site) {
        for scope in site.scopes() {
            if let Some(url) = site.feed(scope) {
                self.plan.feeds.insert(scope, self.plan.jobs.len());
                self.add(url, JobKind::Feed(scope));
            }
        }
    }

    /// The sitemap lists the pages planned so far: aliases come after it.
    fn sitemap(&mut self) {
        let pages = self.plan.jobs.iter().filter(|job| job.kind.is_for_readers()).count();
        self.add("/sitemap.xml".into(), JobKind::Sitemap);
        if pages > SITEMAP_LIMIT {
            for part in 1..=pages.div_ceil(SITEMAP_LIMIT) {
                self.add(sitemap_part(part), JobKind::SitemapPart(part));
            }
        }
    }

    /// Outputs of earlier builds that nothing makes any more.
    fn kept(&mut self, site: &Site) {
        let planned: HashSet<Arc<str>> = match site.held.outputs.is_empty() {
            true => return,
            false => self.plan.jobs.iter().map(|job| Arc::clone(&job.path)).collect(),
        };
        for path in site.held.outputs.iter().filter(|path| !planned.contains(path.as_str())) {
            self.add(format!("/{path}"), JobKind::Kept(None));
        }
    }

    fn aliases(&mut self, site: &Site) {
        for id in site.page_ids() {
            let page = site.page(id);
            for alias in &page.document.meta.aliases {
                self.add(alias_url(&alias.value), JobKind::Alias(id));
            }
        }
    }
}

/// Whether the site has its own site map: a page, a file or an alias.
fn has_own_site_map(site: &Site) -> bool {
    // On many disks names that differ only in case are one.
    let is_it = |url: &str| url.eq_ignore_ascii_case(SITE_MAP);
    let by_page =
        |page: &Page| is_it(&page.url) || page.document.meta.aliases.iter().any(|alias| is_it(&alias.value));
    site.pages.iter().any(by_page) || site.assets.iter().any(|asset| is_it(&asset.url))
}

/// The path of part `part` of the sitemap.
pub(super) fn sitemap_part(part: usize) -> String {
    format!("/sitemap-{part}.xml")
}

/// An alias as a path of the site: a last segment without an extension is a folder.
fn alias_url(alias: &str) -> String {
    let last = alias.rsplit('/').next().unwrap_or_default();
    if last.is_empty() || last.contains('.') { alias.to_owned() } else { format!("{alias}/") }
}

/// The source of a job's output, for reports of collisions.
fn origin(site: &Site, theme: &Theme, job: &Job) -> Origin {
    match &job.kind {
        JobKind::Page(id, _) | JobKind::Kept(Some(id)) => {
            let page = site.page(*id);
            let meta = &page.document.meta;
            Origin::file(&page.path, meta.slug.as_ref().map_or(meta.title_span, |slug| slug.span))
        }
        JobKind::Listing(scope, ..) | JobKind::Feed(scope) => origin_of_listing(site, *scope),
        JobKind::Asset(at) | JobKind::Thumbnail(at, _) => {
            Origin::file(&site.assets[*at].file.path, Span { line: 1, column: 1, width: 1 })
        }
        JobKind::Static(at) => Origin { kind: OriginKind::Theme, ..Origin::made(&theme.statics[*at].origin) },
        JobKind::Alias(id) => {
            let page = site.page(*id);
            let aliases = &page.document.meta.aliases;
            match aliases.iter().find(|alias| alias_url(&alias.value) == job.url) {
                Some(alias) => Origin {
                    kind: OriginKind::Alias(alias.value.clone()),
                    ..Origin::file(&page.path, alias.span)
                },
                None => Origin::file(&page.path, page.document.meta.title_span),
            }
        }
        _ => Origin::made(&job.url),
    }
}

/// The source of a listing, for reports of collisions.
fn origin_of_listing(site: &Site, scope: Scope) -> Origin {
    match scope {
        Scope::All => Origin::made("/"),
        Scope::Section(id) => {
            let section = site.section(id);
            match &section.index {
                Some(index) => Origin::made(Site::path_of(&index.source)),
                None => Origin::made(format!("{}/", Site::path_of(&section.name))),
            }
        }
        Scope::District(id) | Scope::DistrictYear(id, _) => {
            let district = site.districts.get(id);
            let kind = if is_slug(&district.slug) { OriginKind::Name } else { OriginKind::Reported };
            Origin { kind, ..Origin::file(DISTRICTS_FILE, district.span) }
        }
        Scope::Year(year) => Origin::made(format!("/years/{year}/")),
        Scope::Topic(id) => {
            let topic = site.topic(id);
            let page = site.page(topic.first);
            let file = Some((page.path.clone(), page.document.meta.topics_span));
            Origin { name: topic.name.clone(), file, kind: OriginKind::Topic }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_without_an_ending_is_a_folder() {
        assert_eq!(alias_url("/old/path.html"), "/old/path.html");
        assert_eq!(alias_url("/old/"), "/old/");
        assert_eq!(alias_url("/old"), "/old/");
    }
}
