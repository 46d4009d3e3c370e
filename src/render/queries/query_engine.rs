//! Answers the queries of templates from the site. Answers, cards and listings have fingerprints, so that a later build
//! can compare them without rendering anything.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use parking_lot::RwLock;
use rustc_hash::FxHashMap;
use tera::{Error, TeraResult, Value};

use crate::config::DistrictId;
use crate::content::assets::ImageView;
use crate::content::document::Document;
use crate::render::queries::query::{Filter, Query, unknown};
use crate::render::views::{Card, DistrictView, PageTagsView, SectionView, TopicView, YearView, value_of};
use crate::site::routes::{LinkContext, Routes, resolve};
use crate::site::{Named, PageId, Scope, SectionId, Site, TopicId};
use crate::text::loose;
use crate::theme::StaticFile;
use crate::world::Fingerprint;

/// How many answers are cached.
const KEPT_ANSWERS: usize = 4096;
/// How many cards are cached, at some 3 KB each. On larger sites the others are made again for each of the dozen
/// listings that show them, so that memory stays bounded.
const KEPT_CARDS: usize = 16_384;

/// The queries made so far, numbered.
#[derive(Debug, Default)]
struct Answers {
    numbers: FxHashMap<Query, u32>,
    /// By number: the fingerprint of the answer and, if it is cached, its value.
    given: Vec<(Fingerprint, Option<Value>)>,
    /// How many values are cached.
    kept: usize,
}

/// Answers the queries of templates.
#[derive(Debug)]
pub struct QueryEngine {
    /// The site.
    pub site: Site,
    /// The paths of its outputs.
    pub routes: Routes,
    statics: BTreeMap<String, Arc<StaticFile>>,
    /// The theme's words.
    pub words: BTreeMap<String, String>,
    cards: Vec<CardSlot>,
    listings: FxHashMap<Scope, ListingFingerprints>,
    /// The page tags of the sections, which all documents of a section share.
    section_tags: Vec<(Fingerprint, Value)>,
    kept_cards: AtomicUsize,
    answers: RwLock<Answers>,
}

/// A card and its fingerprint, each made once.
#[derive(Debug, Default)]
struct CardSlot {
    fingerprint: OnceLock<Fingerprint>,
    value: OnceLock<Value>,
}

/// The fingerprints of a listing, apart from its documents.
#[derive(Debug, Clone, Copy, Default)]
pub struct ListingFingerprints {
    /// Of its title and URL.
    pub name: Fingerprint,
    /// Of its kind, name, description, and the districts above.
    pub head: Fingerprint,
}

impl ListingFingerprints {
    fn of(site: &Site, scope: Scope) -> ListingFingerprints {
        let name = Fingerprint::of_value(&(site.listing_title(scope), site.folder(scope)));
        ListingFingerprints { name, head: Fingerprint::of_value(&(name, site.listing_head(scope))) }
    }
}

/// A filter with ids instead of names.
#[derive(Debug, Clone, Copy, Default)]
struct Ids {
    section: Option<SectionId>,
    district: Option<DistrictId>,
    year: Option<i16>,
    topic: Option<TopicId>,
}

impl QueryEngine {
    /// The engine for a site with these outputs, static files (by name) and words.
    pub fn new(
        site: Site,
        routes: Routes,
        statics: BTreeMap<String, Arc<StaticFile>>,
        words: BTreeMap<String, String>,
    ) -> QueryEngine {
        let cards = site.pages.iter().map(|_| CardSlot::default()).collect();
        let (kept_cards, answers) = (AtomicUsize::new(0), RwLock::default());
        let listings = site.scopes().into_iter().map(|scope| (scope, ListingFingerprints::of(&site, scope)));
        let listings = listings.collect();
        let section_tags = (0..site.sections.len()).map(|at| {
            let tags = PageTagsView::of_section(&site, SectionId(at as u32));
            (Fingerprint::of_value(&tags), value_of(&tags))
        });
        let section_tags = section_tags.collect();
        QueryEngine { site, routes, statics, words, cards, listings, section_tags, kept_cards, answers }
    }

    /// Replaces the document of a page, and clears the cached answers.
    pub fn replace_document(&mut self, id: PageId, document: Arc<Document>) {
        let at = id.0 as usize;
        let page = &mut self.site.pages[at];
        page.document = document;
        if std::mem::take(&mut self.cards[at]).value.get().is_some() {
            *self.kept_cards.get_mut() -= 1;
        }
        self.answers = RwLock::default();
    }

    /// The card of a page, its picture included.
    pub fn card(&self, id: PageId) -> Card {
        let (image, asset) = self.image(id).unzip();
        let picture = image.as_ref().map(|link| self.picture(link, asset.flatten()));
        Card { image, picture, ..self.site.card(id) }
    }

    /// The link to a page's picture, and the number of the asset.
    fn image(&self, id: PageId) -> Option<(String, Option<usize>)> {
        let page = self.site.page(id);
        let image = page.document.meta.image.as_ref()?;
        if is_elsewhere(&image.value) {
            return Some((image.value.clone(), None));
        }
        let from = LinkContext { name: &page.document.source, url: &page.url };
        let resolved = resolve(&self.site, &self.routes, from, &image.value);
        resolved.target.href().map(|href| (href, resolved.asset))
    }

    /// The picture at `link`, with its size if it is an asset.
    fn picture(&self, link: &str, asset: Option<usize>) -> ImageView {
        asset.and_then(|at| self.site.image_view(at)).unwrap_or_else(|| {
            let origin = if is_elsewhere(link) { "" } else { &self.site.config.base_url.origin };
            ImageView { url: link.to_owned(), permalink: format!("{origin}{link}"), ..ImageView::default() }
        })
    }

    /// The fingerprint of what a page's card is made from, which is faster than making the card. Settings that cards
    /// show are part of every output's dependencies.
    pub fn card_fingerprint(&self, id: PageId) -> Fingerprint {
        *self.cards[id.0 as usize].fingerprint.get_or_init(|| {
            let page = self.site.page(id);
            let listings = page.section.map(Scope::Section).into_iter();
            let listings = listings.chain(page.districts.iter().map(|id| Scope::District(*id)));
            let listings = listings.chain(page.topics.iter().map(|id| Scope::Topic(*id)));
            let names: Vec<Fingerprint> = listings.map(|scope| self.listing(scope).name).collect();
            let image = page.document.meta.image.as_ref().and_then(|_| self.image(id));
            let image =
                image.map(|(link, at)| (link, at.and_then(|at| self.site.assets[at].content.picture)));
            Fingerprint::of_value(&(page.document.card, &page.url, page.year, names, image))
        })
    }

    /// The fingerprints of a listing.
    pub fn listing(&self, scope: Scope) -> ListingFingerprints {
        self.listings.get(&scope).copied().unwrap_or_default()
    }

    /// A page's card as a template value.
    pub fn card_value(&self, id: PageId) -> Value {
        let slot = &self.cards[id.0 as usize].value;
        if let Some(value) = slot.get() {
            return value.clone();
        }
        let value = value_of(&self.card(id));
        if self.kept_cards.load(Ordering::Relaxed) < KEPT_CARDS && slot.set(value.clone()).is_ok() {
            self.kept_cards.fetch_add(1, Ordering::Relaxed);
        }
        value
    }

    /// The number of a query, and its answer as a template value.
    ///
    /// # Errors
    /// The query names something unknown.
    pub fn answer(&self, query: Query) -> TeraResult<(u32, Value)> {
        let known = self.read(|answers| {
            let number = *answers.numbers.get(&query)?;
            let value = answers.given[number as usize].1.clone()?;
            Some((number, value))
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let (fingerprint, value) = (self.fingerprint(&query)?, self.value(&query)?);
        let number = self.number(&query, fingerprint);
        let mut answers = self.answers.write();
        // A theme may make a different query on every page: the cache is bounded.
        if answers.kept < KEPT_ANSWERS {
            answers.kept += 1;
            answers.given[number as usize].1 = Some(value.clone());
        }
        Ok((number, value))
    }

    /// The number of a query; a new one is added with the fingerprint of its answer.
    pub fn number(&self, query: &Query, fingerprint: Fingerprint) -> u32 {
        let mut answers = self.answers.write();
        if let Some(number) = answers.numbers.get(query) {
            return *number;
        }
        let number = answers.given.len() as u32;
        answers.given.push((fingerprint, None));
        answers.numbers.insert(query.clone(), number);
        number
    }

    /// All queries made so far, by number, with the fingerprints of their answers.
    pub fn queries(&self) -> Vec<(Query, Fingerprint)> {
        self.read(|answers| {
            let mut queries: Vec<_> = answers.numbers.iter().collect();
            queries.sort_by_key(|(_, number)| **number);
            queries.into_iter().map(|(query, at)| (query.clone(), answers.given[*at as usize].0)).collect()
        })
    }

    fn read<T>(&self, look: impl FnOnce(&Answers) -> T) -> T {
        look(&self.answers.read())
    }

    /// The fingerprint of the answer to a query, which a later build compares.
    ///
    /// # Errors
    /// The query names something unknown.
    pub fn fingerprint(&self, query: &Query) -> TeraResult<Fingerprint> {
        let cards = |ids: &[PageId]| {
            let prints: Vec<Fingerprint> = ids.iter().map(|id| self.card_fingerprint(*id)).collect();
            Fingerprint::of_value(&prints)
        };
        Ok(match query {
            Query::Documents(filter, offset, limit) => cards(&self.cut(filter, *offset, *limit)?),
            Query::Page(path) => self.card_fingerprint(self.page(path)?),
            Query::Count(filter) => Fingerprint::of_value(&self.documents(filter)?.count()),
            Query::Sections => Fingerprint::of_value(&self.sections()),
            Query::Section(name) => Fingerprint::of_value(&self.site.section_view(self.section(name)?)),
            Query::Districts => Fingerprint::of_value(&self.districts()),
            Query::District(name) => Fingerprint::of_value(&self.site.district_view(self.district(name)?)),
            Query::Years => Fingerprint::of_value(&self.years()),
            Query::Topics(limit) => Fingerprint::of_value(&self.topics(*limit)),
            Query::Pages => cards(&self.plain_pages()),
            Query::Url(path) => Fingerprint::of_value(&self.link(path)?),
            Query::UrlIfAny(path) => Fingerprint::of_value(&self.link_if_any(path)),
            Query::Asset(name) => Fingerprint::of_value(&self.asset(name)?),
            Query::Integrity(name) => self.file(name)?.fingerprint(),
            Query::Word(key) => Fingerprint::of_value(self.word(key)?),
        })
    }

    fn value(&self, query: &Query) -> TeraResult<Value> {
        Ok(match query {
            Query::Documents(filter, offset, limit) => {
                let ids = self.cut(filter, *offset, *limit)?;
                ids.into_iter().map(|id| self.card_value(id)).collect::<Vec<Value>>().into()
            }
            Query::Page(path) => self.card_value(self.page(path)?),
            Query::Count(filter) => self.documents(filter)?.count().into(),
            Query::Sections => value_of(&self.sections()),
            Query::Section(name) => value_of(&self.site.section_view(self.section(name)?)),
            Query::Districts => value_of(&self.districts()),
            Query::District(name) => value_of(&self.site.district_view(self.district(name)?)),
            Query::Years => value_of(&self.years()),
            Query::Topics(limit) => value_of(&self.topics(*limit)),
            Query::Pages => {
                let cards = self.plain_pages().into_iter().map(|id| self.card_value(id));
                cards.collect::<Vec<Value>>().into()
            }
            Query::Url(path) => self.link(path)?.into(),
            Query::UrlIfAny(path) => self.link_if_any(path).into(),
            Query::Asset(name) => self.asset(name)?.into(),
            Query::Integrity(name) => self.file(name)?.integrity().into(),
            Query::Word(key) => self.word(key)?.into(),
        })
    }

    fn sections(&self) -> Vec<SectionView> {
        (0..self.site.sections.len()).map(|at| self.site.section_view(SectionId(at as u32))).collect()
    }

    fn districts(&self) -> Vec<DistrictView> {
        self.site.districts.below(None).map(|id| self.site.district_view(id)).collect()
    }

    fn years(&self) -> Vec<YearView> {
        self.site.years().map(|year| self.site.year_view(year, Scope::Year(year))).collect()
    }

    fn topics(&self, limit: Option<usize>) -> Vec<TopicView> {
        let ids = (0..self.site.topics.len()).map(|at| TopicId(at as u32));
        ids.take(limit.unwrap_or(usize::MAX)).map(|id| self.site.topic_view(id)).collect()
    }

    /// The documents that match a filter, from an offset, up to a limit.
    fn cut(&self, filter: &Filter, offset: usize, limit: Option<usize>) -> TeraResult<Vec<PageId>> {
        Ok(self.documents(filter)?.skip(offset).take(limit.unwrap_or(usize::MAX)).collect())
    }

    fn documents(&self, filter: &Filter) -> TeraResult<impl Iterator<Item = PageId>> {
        let site = &self.site;
        let topic = filter.topic.as_ref().map(|name| self.topic(name));
        let ids = Ids {
            section: filter.section.as_ref().map(|name| self.section(name)).transpose()?,
            district: filter.district.as_ref().map(|name| self.district(name)).transpose()?,
            year: filter.year,
            topic: topic.flatten(),
        };
        let scope = match ids {
            Ids { district: Some(id), year: Some(year), .. } => Scope::DistrictYear(id, year),
            Ids { topic: Some(id), .. } => Scope::Topic(id),
            Ids { district: Some(id), .. } => Scope::District(id),
            Ids { section: Some(id), .. } => Scope::Section(id),
            Ids { year: Some(year), .. } => Scope::Year(year),
            _ => Scope::All,
        };
        // Topics come and go with documents: an unknown one is an empty listing, not an error.
        let all = if topic == Some(None) { &[] } else { site.documents(scope) };
        Ok(all.iter().copied().filter(move |id| fits(site, *id, ids)))
    }

    fn section(&self, name: &str) -> TeraResult<SectionId> {
        let sections = &self.site.sections;
        match sections.iter().position(|section| section.name == name || section.slug == name) {
            Some(at) => Ok(SectionId(at as u32)),
            None => Err(unknown("section", name, sections.iter().map(|section| section.name.as_str()))),
        }
    }

    fn district(&self, name: &str) -> TeraResult<DistrictId> {
        let names = self.site.districts.iter().map(|(_, district)| district.slug.as_str());
        self.site.districts.find(name).map_err(|_| unknown("district", name, names))
    }

    fn topic(&self, name: &str) -> Option<TopicId> {
        let topics = &self.site.topics;
        let exact = topics.iter().position(|topic| topic.name == name || topic.slug == name);
        let at = exact.or_else(|| topics.iter().position(|topic| loose(&topic.name) == loose(name)))?;
        Some(TopicId(at as u32))
    }

    fn page(&self, path: &str) -> TeraResult<PageId> {
        match self.site.named(path) {
            Named::Page(id) => Ok(id),
            _ => Err(unknown("page", path, self.site.nearest_name(path).into_iter())),
        }
    }

    /// A word of the theme, or its key if the theme lacks it.
    pub fn word_or_key(&self, key: &str) -> String {
        self.words.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// The page tags of a section: their fingerprint, and their value for templates.
    pub fn section_tags(&self, id: SectionId) -> (Fingerprint, Value) {
        self.section_tags[id.0 as usize].clone()
    }

    fn word(&self, key: &str) -> TeraResult<&str> {
        let names = self.words.keys().map(String::as_str);
        self.words.get(key).map(String::as_str).ok_or_else(|| unknown("word", key, names))
    }

    fn link(&self, path: &str) -> TeraResult<String> {
        if self.site.is_unreferenced(path.trim_start_matches('/')) {
            let message =
                format!("the file `{path}` is not published; name it in `publish` of content/site.yaml");
            return Err(Error::message(message));
        }
        let from = LinkContext { name: "", url: "/" };
        let href = resolve(&self.site, &self.routes, from, path).target.href();
        href.ok_or_else(|| Error::message(format!("there is no page `{path}`")))
    }

    /// The link, if it is one that [`QueryEngine::link`] would give and leads to something of this site.
    fn link_if_any(&self, path: &str) -> Option<String> {
        let resolved = resolve(&self.site, &self.routes, LinkContext { name: "", url: "/" }, path);
        if resolved.error.is_none() { resolved.target.href() } else { None }
    }

    /// The pages that are in no section, by path.
    fn plain_pages(&self) -> Vec<PageId> {
        self.site.page_ids().filter(|id| self.site.page(*id).section.is_none()).collect()
    }

    fn asset(&self, name: &str) -> TeraResult<String> {
        Ok(self.site.link(&self.file(name)?.url))
    }

    fn file(&self, name: &str) -> TeraResult<&StaticFile> {
        let names = self.statics.keys().map(String::as_str);
        self.statics.get(name).map(|file| &**file).ok_or_else(|| unknown("static file", name, names))
    }
}

fn is_elsewhere(link: &str) -> bool {
    link.starts_with("http://") || link.starts_with("https://")
}

fn fits(site: &Site, id: PageId, wanted: Ids) -> bool {
    let page = site.page(id);
    let below = |wanted: DistrictId| {
        page.districts.iter().any(|id| site.districts.upwards(*id).any(|above| above == wanted))
    };
    wanted.section.is_none_or(|section| page.section == Some(section))
        && wanted.year.is_none_or(|year| page.year == Some(year))
        && wanted.topic.is_none_or(|topic| page.topics.contains(&topic))
        && wanted.district.is_none_or(below)
}
