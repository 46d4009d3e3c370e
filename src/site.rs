//! Documents → Site: what is published, how it hangs together (sections, districts, years, topics,
//! neighbours), by index into sorted vectors. Complete once made; nothing is mended later.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};

use crate::active::{is_page, is_xml};
use crate::complaint::Complaints;
use crate::config::{Config, HtmlPolicy};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::district::{DistrictId, Districts};
use crate::document::{Document, SectionIndex};
use crate::fingerprint::Fingerprint;
use crate::limits::NUMBERED;
use crate::listing::Scope;
use crate::markdown::{Digest, Swallowers};
use crate::picture::{self, Picture, Shown};
use crate::problem::{Problem, parts_of};
use crate::scan::{CONTENT, File};
use crate::slug;
use crate::text::nearest;

/// A page's number: its place in [`Site::pages`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub u32);

/// A section's number: its place in [`Site::sections`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionId(pub u32);

/// A topic's number: its place in [`Site::topics`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicId(pub u32);

/// A document or a plain page that is published.
#[derive(Debug, Clone)]
pub struct Page {
    /// What its file says.
    pub document: Arc<Document>,
    /// The file's path below the root, as the disk spells it.
    pub path: String,
    /// Its path on the site, from `/`, with hanzi as they are.
    pub url: String,
    /// Its section; plain pages have none.
    pub section: Option<SectionId>,
    /// Its districts, without repetition, in its own order.
    pub districts: Vec<DistrictId>,
    /// Its topics, in its own order.
    pub topics: Vec<TopicId>,
    /// Its date in the site's zone.
    pub date: Option<Zoned>,
    /// The year it reports on.
    pub year: Option<i16>,
}

/// A first-level folder of documents.
#[derive(Debug, Clone)]
pub struct Section {
    /// The folder's name.
    pub name: String,
    /// Its URL segment.
    pub slug: String,
    /// Its title; the folder's name where there is none.
    pub title: String,
    /// Documents a listing page.
    pub paginate: usize,
    /// Its `_index.md`.
    pub index: Option<SectionIndex>,
}

/// A topic that documents have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// 监督工作
    pub name: String,
    /// Its URL segment.
    pub slug: String,
    /// The first document that has it.
    pub first: PageId,
}

/// A file that is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// The file.
    pub file: File,
    /// Its path on the site, from `/`.
    pub url: String,
    /// What is known of its content.
    pub content: Content,
}

/// What is known of an asset's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// What it is as a picture, if it is one and tells its size.
    pub picture: Option<Picture>,
    /// Where in it something active begins, in bytes, if it is a picture or data that should hold nothing of it.
    pub active: Option<u32>,
}

/// The whole site.
#[derive(Debug)]
pub struct Site {
    /// `site.yaml`
    pub config: Config,
    /// `districts.yaml`
    pub districts: Districts,
    /// The sections, in the order they are shown.
    pub sections: Vec<Section>,
    /// The topics, those of most documents first.
    pub topics: Vec<Topic>,
    /// The home page's `_index.md`.
    pub home: Option<SectionIndex>,
    /// All published pages, in the order of their files' names.
    pub pages: Vec<Page>,
    /// What is copied.
    pub assets: Vec<Asset>,
    /// The documents of every listing, in the order they are shown. Districts hold those below them.
    listings: BTreeMap<Scope, Vec<PageId>>,
    neighbours: Vec<(Option<PageId>, Option<PageId>)>,
    /// The place of each document among all: what all listings are ordered by.
    ranks: Vec<u32>,
    withdrawn: HashSet<String>,
    failed: HashSet<String>,
    assets_by_name: HashMap<String, usize>,
    /// The next instant at which the clock alone changes what is published.
    pub next_change: Option<Timestamp>,
}

/// What decides whether a document is published.
#[derive(Debug, Clone, Copy, Default, Hash)]
pub struct Publication {
    /// Publish drafts.
    pub drafts: bool,
    /// Publish what is not due yet.
    pub future: bool,
}

/// What the parse phase gives.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Documents and plain pages with their files, in the order of names.
    pub documents: Vec<(File, Arc<Document>)>,
    /// The indexes with their files.
    pub indexes: Vec<(File, SectionIndex)>,
    /// The assets with what is known of their contents.
    pub assets: Vec<(File, Content)>,
    /// Names of files that exist but could not be parsed: links to them are not reported as well.
    pub failed: Vec<String>,
}

/// Puts the site together.
pub fn assemble(
    config: Config,
    districts: Districts,
    parsed: Parsed,
    publication: Publication,
    now: Timestamp,
    complaints: &mut Complaints,
) -> Site {
    let (home, sections) = sections(&config, &parsed);
    for (file, index) in &parsed.indexes {
        check_html(&file.path, &index.digest, index.body_start, &config, complaints);
    }
    let next_change = next_change(&parsed.documents, &config, publication, now);
    let (published, withdrawn): (Vec<_>, Vec<_>) = parsed
        .documents
        .into_iter()
        .partition(|(_, document)| is_published(document, &config, publication, now));
    let withdrawn: HashSet<String> = withdrawn.into_iter().map(|(file, _)| file.name).collect();
    let topics = topics(&config, &published);
    let numbers: HashMap<&str, TopicId> =
        topics.iter().enumerate().map(|(at, topic)| (topic.name.as_str(), TopicId(at as u32))).collect();
    let pages: Vec<Page> = published
        .into_iter()
        .map(|(file, document)| page(&config, &districts, &sections, &numbers, file, document, complaints))
        .collect();
    let assets = assets(parsed.assets);
    check_assets(&assets, &config, complaints);
    check_sections(&sections, complaints);
    let listings = listings(&districts, &pages);
    let neighbours = neighbours(&listings, pages.len());
    let ranks = ranks(&listings, pages.len());
    let assets_by_name = assets.iter().enumerate().map(|(at, asset)| (asset.file.name.clone(), at)).collect();
    Site {
        config,
        districts,
        sections,
        topics,
        home,
        pages,
        assets,
        listings,
        neighbours,
        ranks,
        withdrawn,
        failed: parsed.failed.into_iter().collect(),
        assets_by_name,
        next_change,
    }
}

/// The sections: first-level folders that hold a document or an `_index.md`.
fn sections(config: &Config, parsed: &Parsed) -> (Option<SectionIndex>, Vec<Section>) {
    let mut home = None;
    let mut indexes: BTreeMap<&str, Option<&SectionIndex>> = BTreeMap::new();
    for (file, _) in &parsed.documents {
        if let Some((folder, _)) = file.name.split_once('/') {
            indexes.entry(folder).or_default();
        }
    }
    for (file, index) in &parsed.indexes {
        match file.name.split_once('/') {
            Some((folder, _)) => {
                indexes.insert(folder, Some(index));
            }
            None => home = Some(index.clone()),
        }
    }
    let mut sections: Vec<Section> = indexes
        .into_iter()
        .map(|(name, index)| Section {
            name: name.to_owned(),
            slug: slug::segment(name, config.slugs),
            title: index.and_then(|index| index.title.clone()).unwrap_or_else(|| name.to_owned()),
            paginate: index.and_then(|index| index.paginate).unwrap_or(config.paginate),
            index: index.cloned(),
        })
        .collect();
    let order = |section: &Section| section.index.as_ref().and_then(|index| index.order).unwrap_or(i64::MAX);
    sections.sort_by(|a, b| (order(a), &a.name).cmp(&(order(b), &b.name)));
    (home, sections)
}

fn is_published(document: &Document, config: &Config, publication: Publication, now: Timestamp) -> bool {
    let meta = &document.meta;
    let due = |date: &crate::date::Date| date.in_zone(&config.time_zone).timestamp() <= now;
    (publication.drafts || !meta.draft)
        && (publication.future || meta.publish_at.as_ref().is_none_or(due))
        && !meta.expires.as_ref().is_some_and(due)
}

fn next_change(
    documents: &[(File, Arc<Document>)],
    config: &Config,
    publication: Publication,
    now: Timestamp,
) -> Option<Timestamp> {
    let instants =
        documents.iter().filter(|(_, d)| publication.drafts || !d.meta.draft).flat_map(|(_, d)| {
            let publish_at = d.meta.publish_at.filter(|_| !publication.future);
            [publish_at, d.meta.expires].into_iter().flatten()
        });
    instants.map(|date| date.in_zone(&config.time_zone).timestamp()).filter(|at| *at > now).min()
}

fn topics(config: &Config, documents: &[(File, Arc<Document>)]) -> Vec<Topic> {
    let mut counts: BTreeMap<&str, (usize, PageId)> = BTreeMap::new();
    for (at, (file, document)) in documents.iter().enumerate() {
        if file.name.contains('/') {
            for topic in &document.meta.topics {
                counts.entry(topic).or_insert((0, PageId(at as u32))).0 += 1;
            }
        }
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|(a, (a_count, _)), (b, (b_count, _))| b_count.cmp(a_count).then_with(|| a.cmp(b)));
    let slug =
        |name: &str| config.topics.get(name).cloned().unwrap_or_else(|| slug::segment(name, config.slugs));
    let topic = |(name, (_, first)): (&str, _)| Topic { name: name.to_owned(), slug: slug(name), first };
    counts.into_iter().map(topic).collect()
}

fn page(
    config: &Config,
    districts: &Districts,
    sections: &[Section],
    topics: &HashMap<&str, TopicId>,
    file: File,
    document: Arc<Document>,
    complaints: &mut Complaints,
) -> Page {
    let folder = document.source.split_once('/').map(|(folder, _)| folder);
    let section = folder.and_then(|folder| sections.iter().position(|section| section.name == folder));
    let date = document.meta.date.as_ref().map(|date| date.value.in_zone(&config.time_zone));
    let year = document.meta.year.or_else(|| date.as_ref().map(|date| date.year()));
    if let Some(section) = section {
        check_required(&sections[section], &file, &document, complaints);
        check_topics(&file, &document, complaints);
    }
    check_html(&file.path, &document.digest, document.body_start, config, complaints);
    Page {
        url: page_url(&document, config),
        section: section.map(|at| SectionId(at as u32)),
        districts: page_districts(districts, &file, &document, complaints),
        topics: match section {
            Some(_) => {
                document.meta.topics.iter().filter_map(|name| topics.get(name.as_str()).copied()).collect()
            }
            None => Vec::new(),
        },
        date,
        year,
        path: file.path,
        document,
    }
}

/// `topics: 监督工作、代表工作` is one topic, and hardly what was meant.
fn check_topics(file: &File, document: &Document, complaints: &mut Complaints) {
    let meta = &document.meta;
    for topic in meta.topics.iter().filter(|topic| parts_of(topic).len() > 1) {
        let problem = Problem::ListInOneText { key: "topics", value: topic.clone() };
        complaints.warning(&file.path, meta.topics_span, problem);
    }
}

/// A comment or an element that is not closed takes the rest of the text with it, unless HTML is shown as text; one
/// that is sanitized away may take its own.
fn check_html(path: &str, digest: &Digest, body_start: usize, config: &Config, complaints: &mut Complaints) {
    let Swallowers { unclosed, foreign } = &digest.swallowers;
    let unclosed = unclosed.as_ref().filter(|_| config.html != HtmlPolicy::Escape);
    let foreign = foreign.as_ref().filter(|_| config.html == HtmlPolicy::Sanitize);
    let (problem, at): (fn(String) -> Problem, _) = match (unclosed, foreign) {
        (Some(at), _) => (|what| Problem::HtmlUnclosed { what }, at),
        (None, Some(at)) => (|what| Problem::HtmlForeign { what }, at),
        (None, None) => return,
    };
    let width = at.what.len() as u32;
    complaints.at_offset(path, Severity::Error, body_start + at.offset, width, problem(at.what.clone()));
}

/// Files that browsers or servers run are published only where the site trusts its content.
fn check_assets(assets: &[Asset], config: &Config, complaints: &mut Complaints) {
    if config.html == HtmlPolicy::Trust {
        return;
    }
    for asset in assets {
        let path = &asset.file.path;
        let is_inside = asset.content.active.is_some() && !is_xml(&asset.file.name);
        if is_page(&asset.file.name) || is_inside {
            complaints.push(Diagnostic::error(Problem::HtmlFile).at(Place::file(path.clone())));
        } else if let Some(at) = asset.content.active {
            complaints.at_offset(path, Severity::Error, at as usize, 1, Problem::ActiveFile);
        }
    }
}

fn check_sections(sections: &[Section], complaints: &mut Complaints) {
    if let Some(beyond) = sections.get(NUMBERED) {
        let problem = Problem::TooMany { what: "sections", count: sections.len(), limit: NUMBERED };
        complaints.push(Diagnostic::error(problem).at(Place::file(format!("{CONTENT}/{}", beyond.name))));
    }
}

fn check_required(section: &Section, file: &File, document: &Document, complaints: &mut Complaints) {
    let default = ["date".to_owned(), "district".to_owned()];
    let requires = section.index.as_ref().and_then(|index| index.requires.as_deref()).unwrap_or(&default);
    for key in requires.iter().filter(|key| !document.meta.has(key)) {
        let problem = Problem::RequiredBySection { key: key.clone(), section: section.name.clone() };
        complaints.error(&file.path, document.meta.place_for(key), problem);
    }
}

fn page_districts(
    districts: &Districts,
    file: &File,
    document: &Document,
    complaints: &mut Complaints,
) -> Vec<DistrictId> {
    let mut ids = Vec::new();
    for name in &document.meta.districts {
        match districts.find(&name.value) {
            Ok(id) if !ids.contains(&id) => ids.push(id),
            Ok(_) => {}
            // What is missing may only be missing because the registry has mistakes of its own.
            Err(_) if districts.broken => {}
            Err(_) if complaints.is_full(&file.path) => {}
            Err(why) => {
                let problem = districts.problem(&name.value, why, complaints.may_suggest());
                complaints.error(&file.path, name.span, problem);
            }
        }
    }
    ids
}

/// The path on the site: the folders are the URL, the slug or the file's name its last segment.
fn page_url(document: &Document, config: &Config) -> String {
    let stem = &document.source[..document.source.len() - ".md".len()];
    let mut url = String::new();
    let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        url.push('/');
        url.push_str(&slug::segment(folder, config.slugs));
    }
    url.push('/');
    match &document.meta.slug {
        Some(slug) => url.push_str(&slug.value),
        None => url.push_str(&slug::segment(name, config.slugs)),
    }
    url.push_str(".html");
    url
}

fn assets(files: Vec<(File, Content)>) -> Vec<Asset> {
    let asset = |(file, content): (File, Content)| Asset { url: format!("/{}", file.name), file, content };
    files.into_iter().map(asset).collect()
}

/// Newest first: pinned, then by date descending (undated last), then by path ascending.
fn listings(districts: &Districts, pages: &[Page]) -> BTreeMap<Scope, Vec<PageId>> {
    let mut order: Vec<u32> =
        (0..pages.len() as u32).filter(|at| pages[*at as usize].section.is_some()).collect();
    let key = |at: &u32| {
        let page = &pages[*at as usize];
        let date = page.date.as_ref().map(|date| date.timestamp());
        (!page.document.meta.top, std::cmp::Reverse(date), *at)
    };
    order.sort_by_cached_key(key);
    let mut listings: BTreeMap<Scope, Vec<PageId>> = BTreeMap::new();
    listings.insert(Scope::All, Vec::new());
    for (id, _) in districts.iter() {
        listings.insert(Scope::District(id), Vec::new());
    }
    for at in order {
        for scope in scopes(districts, &pages[at as usize]) {
            listings.entry(scope).or_default().push(PageId(at));
        }
    }
    listings
}

/// The listings that hold a document.
fn scopes(districts: &Districts, page: &Page) -> Vec<Scope> {
    let mut scopes = vec![Scope::All];
    scopes.extend(page.section.map(Scope::Section));
    scopes.extend(page.year.map(Scope::Year));
    scopes.extend(page.topics.iter().copied().map(Scope::Topic));
    let mut above: Vec<DistrictId> = page.districts.iter().flat_map(|id| districts.upwards(*id)).collect();
    above.sort();
    above.dedup();
    for id in above {
        scopes.push(Scope::District(id));
        scopes.extend(page.year.map(|year| Scope::DistrictYear(id, year)));
    }
    scopes
}

/// For each document its place in the listing of all.
fn ranks(listings: &BTreeMap<Scope, Vec<PageId>>, pages: usize) -> Vec<u32> {
    let mut ranks = vec![0; pages];
    for (rank, id) in (0..).zip(listings.get(&Scope::All).into_iter().flatten()) {
        ranks[id.0 as usize] = rank;
    }
    ranks
}

/// For each page the one above and the one below it in its section's listing.
fn neighbours(
    listings: &BTreeMap<Scope, Vec<PageId>>,
    pages: usize,
) -> Vec<(Option<PageId>, Option<PageId>)> {
    let mut neighbours = vec![(None, None); pages];
    for (scope, ids) in listings {
        if !matches!(scope, Scope::Section(_)) {
            continue;
        }
        for (at, id) in ids.iter().enumerate() {
            let above = at.checked_sub(1).map(|at| ids[at]);
            neighbours[id.0 as usize] = (above, ids.get(at + 1).copied());
        }
    }
    neighbours
}

/// What a path of the content folder is.
pub enum Named {
    /// A page.
    Page(PageId),
    /// The asset with this number.
    Asset(usize),
    /// A document that is not published.
    Withdrawn,
    /// A document with mistakes of its own, reported there.
    Failed,
    /// Nothing.
    Nothing,
}

impl Site {
    /// The page with the number `id`.
    pub fn page(&self, id: PageId) -> &Page {
        &self.pages[id.0 as usize]
    }

    /// All page numbers, in the order of names.
    pub fn page_ids(&self) -> impl Iterator<Item = PageId> + use<> {
        (0..self.pages.len() as u32).map(PageId)
    }

    /// The section with the number `id`.
    pub fn section(&self, id: SectionId) -> &Section {
        &self.sections[id.0 as usize]
    }

    /// The topic with the number `id`.
    pub fn topic(&self, id: TopicId) -> &Topic {
        &self.topics[id.0 as usize]
    }

    /// The documents of a listing, in the order they are shown.
    pub fn documents(&self, scope: Scope) -> &[PageId] {
        self.listings.get(&scope).map_or(&[], Vec::as_slice)
    }

    /// The place (from 0) of a document in a listing.
    pub fn place_in(&self, scope: Scope, id: PageId) -> Option<usize> {
        let rank = |id: &PageId| self.ranks[id.0 as usize];
        let listing = self.documents(scope);
        let place = listing.binary_search_by_key(&rank(&id), rank).ok()?;
        (listing[place] == id).then_some(place)
    }

    /// All listings that exist, those of sections without documents included.
    pub fn scopes(&self) -> Vec<Scope> {
        let mut scopes: Vec<Scope> = self.listings.keys().copied().collect();
        scopes.extend((0..self.sections.len()).map(|at| Scope::Section(SectionId(at as u32))));
        scopes.sort();
        scopes.dedup();
        scopes
    }

    /// The years that documents report on, latest first.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.listings.keys().rev().filter_map(|scope| match scope {
            Scope::Year(year) => Some(*year),
            _ => None,
        })
    }

    /// The years in which a district has documents, latest first.
    pub fn years_of(&self, id: DistrictId) -> impl Iterator<Item = i16> {
        let range = Scope::DistrictYear(id, i16::MIN)..=Scope::DistrictYear(id, i16::MAX);
        self.listings.range(range).rev().filter_map(|(scope, _)| match scope {
            Scope::DistrictYear(_, year) => Some(*year),
            _ => None,
        })
    }

    /// The listings that hold a page.
    pub fn scopes_of(&self, id: PageId) -> Vec<Scope> {
        let page = self.page(id);
        if page.section.is_some() { scopes(&self.districts, page) } else { Vec::new() }
    }

    /// The pages before and after `id` in its section's listing.
    pub fn neighbours(&self, id: PageId) -> (Option<PageId>, Option<PageId>) {
        self.neighbours[id.0 as usize]
    }

    /// What a path below the content folder is.
    pub fn named(&self, name: &str) -> Named {
        if let Ok(at) = self.pages.binary_search_by(|page| page.document.source.as_str().cmp(name)) {
            return Named::Page(PageId(at as u32));
        }
        if let Some(at) = self.assets_by_name.get(name) {
            return Named::Asset(*at);
        }
        if self.withdrawn.contains(name) {
            Named::Withdrawn
        } else if self.failed.contains(name) {
            Named::Failed
        } else {
            Named::Nothing
        }
    }

    /// The asset with the number `at` as pages show it, if it is a picture.
    pub fn shown(&self, at: usize) -> Option<Shown> {
        let Asset { url, content, .. } = &self.assets[at];
        content.picture.map(|picture| picture::shown(&picture, url, &self.config.base_url))
    }

    /// The picture at a path of the content folder, from `/`, as pages show it; without its size if it does
    /// not tell it.
    pub fn shown_at(&self, path: &str) -> Shown {
        let base = &self.config.base_url;
        let sized = match self.named(path.trim_start_matches('/')) {
            Named::Asset(at) => self.shown(at),
            _ => None,
        };
        sized.unwrap_or_else(|| Shown {
            url: base.link(path),
            permalink: base.absolute(path),
            ..Shown::default()
        })
    }

    /// The name of a document or asset nearest to `name`.
    pub fn nearest_name(&self, name: &str) -> Option<&str> {
        // A picture is not what was meant by a document, nor the other way round.
        let ending = |name: &str| name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        let wanted = ending(name);
        let pages = self.pages.iter().map(|page| page.document.source.as_str());
        let names = pages.chain(self.assets.iter().map(|asset| asset.file.name.as_str()));
        let names = names.filter(move |other| ending(other) == wanted);
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = names.clone().filter(|other| other.rsplit_once('/').map_or("", |(f, _)| f) == folder);
        nearest(name, beside).or_else(|| nearest(name, names))
    }

    /// A content file's path below the root.
    pub fn path_of(name: &str) -> String {
        format!("{CONTENT}/{name}")
    }
}
