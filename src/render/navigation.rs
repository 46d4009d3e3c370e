//! The ways through the site that pages show: the navigation, and breadcrumbs.

use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use tera::Value;

use crate::render::queries::QueryEngine;
use crate::render::views::{LinkView, value_of};
use crate::site::{Scope, SectionId, Site};

/// The navigation.
pub(super) struct Navigation {
    /// Its entries, none of them active.
    pub items: Vec<LinkView>,
    /// The template values, by which of the entries are active.
    values: RwLock<FxHashMap<Vec<bool>, Value>>,
}

impl Navigation {
    /// The navigation of a site.
    pub(super) fn new(engine: &QueryEngine) -> Navigation {
        Navigation { items: items(engine), values: RwLock::default() }
    }

    /// The navigation on the page with this `url`, for its template.
    pub(super) fn value(&self, url: &str, site: &Site) -> Value {
        let active: Vec<bool> = self.items.iter().map(|item| is_active(item, url, site)).collect();
        if let Some(value) = self.values.read().get(&active) {
            return value.clone();
        }
        let item = |(item, active): (&LinkView, &bool)| LinkView { active: *active, ..item.clone() };
        let value = value_of(&self.items.iter().zip(&active).map(item).collect::<Vec<_>>());
        self.values.write().insert(active, value.clone());
        value
    }
}

/// The navigation: the site's own, else home, the sections, districts and years.
fn items(engine: &QueryEngine) -> Vec<LinkView> {
    let site = &engine.site;
    if let Some(items) = &site.config.nav {
        let own = |url: &str| if url.starts_with('/') { site.link(url) } else { url.to_owned() };
        return items.iter().map(|item| link(item.title.clone(), own(&item.url))).collect();
    }
    let word = |key: &str| engine.word_or_key(key);
    let mut items = vec![link(word("home"), site.link("/"))];
    items.extend((0..site.sections.len()).map(|at| {
        let name = site.section_name(SectionId(at as u32));
        link(name.title, name.url)
    }));
    items.push(link(word("districts"), site.link("/districts/")));
    items.push(link(word("years"), site.link("/years/")));
    items
}

/// Whether an entry of the navigation is active: on its own page, and for a folder on all pages below it.
fn is_active(item: &LinkView, url: &str, site: &Site) -> bool {
    item.url == url || (item.url.ends_with('/') && item.url != site.link("/") && url.starts_with(&item.url))
}

/// The home page, and then the `rest`.
pub(super) fn breadcrumbs(engine: &QueryEngine, rest: Vec<LinkView>) -> Vec<LinkView> {
    let mut all = vec![link(engine.word_or_key("home"), engine.site.link("/"))];
    all.extend(rest);
    all
}

/// The breadcrumbs of a listing.
pub(super) fn listing_breadcrumbs(engine: &QueryEngine, scope: Scope) -> Vec<LinkView> {
    let (site, word) = (&engine.site, |key: &str| engine.word_or_key(key));
    let own = link(site.listing_title(scope), site.link(&site.folder(scope)));
    let index = |kind: &str, url: &str| link(word(kind), site.link(url));
    let year = |number: i16| word("year_title").replace("{year}", &number.to_string());
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
    let rest = match scope {
        Scope::District(id) => district(id, None),
        Scope::DistrictYear(id, number) => district(id, Some(link(year(number), own.url))),
        Scope::Year(number) => vec![index("years", "/years/"), link(year(number), own.url)],
        Scope::Topic(_) => vec![index("topics", "/topics/"), own],
        Scope::All | Scope::Section(_) => vec![own],
    };
    breadcrumbs(engine, rest)
}

pub(super) fn link(title: String, url: String) -> LinkView {
    LinkView { title, url, active: false }
}
