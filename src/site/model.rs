//! The published site: its pages and assets, and the listings that connect them (sections, districts, years, topics).
//! References between them are indices into sorted vectors.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::{Timestamp, Zoned};

use crate::config::{Config, DistrictId, Districts};
use crate::content::assets::ImageView;
use crate::content::document::{Document, SectionIndex};
use crate::content::{AssetInfo, File, HeldDocuments};
use crate::site::ids::{PageId, SectionId, TopicId};
use crate::site::scope::Scope;
use crate::site::topics::Topic;
use crate::text::{ending, nearest};
use crate::world::CONTENT;

/// A published document or plain page.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its content and front matter.
    pub document: Arc<Document>,
    /// The file's path below the root, spelled as on disk.
    pub path: String,
    /// Its path on the site, from `/`, not percent-encoded.
    pub url: String,
    /// Its section; plain pages have none.
    pub section: Option<SectionId>,
    /// Its districts without duplicates, in the order of its front matter.
    pub districts: Vec<DistrictId>,
    /// Its topics, in the order of its front matter.
    pub topics: Vec<TopicId>,
    /// Its date in the site's time zone.
    pub date: Option<Zoned>,
    /// The year it reports on.
    pub year: Option<i16>,
    /// Whether its page stays as an earlier build has left it, because its file has errors now.
    pub is_kept: bool,
}

/// A first-level folder of documents.
#[derive(Debug, Clone)]
pub struct Section {
    /// The folder's name.
    pub name: String,
    /// Its URL segment.
    pub slug: String,
    /// Its title; by default the folder's name.
    pub title: String,
    /// The number of documents per listing page.
    pub paginate: usize,
    /// Its `_index.md`.
    pub index: Option<SectionIndex>,
}

/// A file that is copied to the output.
#[derive(Debug, PartialEq, Eq)]
pub struct Asset {
    /// The file.
    pub file: File,
    /// Its path on the site, from `/`.
    pub url: String,
    /// What was found in its content.
    pub content: AssetInfo,
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
    /// All published pages, sorted by the names of their files.
    pub pages: Vec<Page>,
    /// The files that are copied to the output.
    pub assets: Vec<Asset>,
    /// The documents of every listing, in the order they are shown. Districts include those below them.
    pub(crate) listings: BTreeMap<Scope, Vec<PageId>>,
    /// The documents of every listing with a feed that changed after their date, by the last change, latest first.
    pub(crate) changed_later: BTreeMap<Scope, Vec<PageId>>,
    /// The pages before and after each page in its section's listing.
    pub(crate) neighbours: Vec<(Option<PageId>, Option<PageId>)>,
    /// The position of each document among all; listings are sorted by it.
    pub(crate) ranks: Vec<u32>,
    /// The names of documents that are not published.
    pub(crate) withdrawn: HashSet<String>,
    /// What remains of documents that are held back because of their errors.
    pub(crate) held: HeldDocuments,
    /// The names of documents with errors.
    pub(crate) failed: HashSet<String>,
    /// Indices into `assets`.
    pub(crate) assets_by_name: HashMap<String, usize>,
    /// Files that nothing published refers to, in the order of names: they are not published.
    pub unreferenced: Vec<File>,
    /// The names of files that documents refer to which are not published.
    pub(crate) waiting: BTreeSet<String>,
    /// Whether there are drafts that cannot be parsed: they may refer to any file.
    pub has_broken_drafts: bool,
    /// The next time at which a document is published or expires.
    pub next_change: Option<Timestamp>,
}

/// The options that decide which documents are published.
#[derive(Debug, Clone, Copy, Default, Hash)]
pub struct Publication {
    /// Publish drafts.
    pub drafts: bool,
    /// Publish documents whose `publish_at` is in the future.
    pub future: bool,
}

/// What a path below the content folder refers to.
pub enum Named<'s> {
    /// A page.
    Page(PageId),
    /// The asset with this index.
    Asset(usize),
    /// A document with errors whose page of an earlier build is at this path of the site.
    Kept(&'s str),
    /// A document that is not published.
    Withdrawn,
    /// A document with errors, which are reported there.
    Failed,
    /// Nothing.
    Nothing,
}

impl Site {
    /// The page `id`.
    pub fn page(&self, id: PageId) -> &Page {
        &self.pages[id.0 as usize]
    }

    /// The identifiers of all pages, sorted by name.
    pub fn page_ids(&self) -> impl Iterator<Item = PageId> + use<> {
        (0..self.pages.len() as u32).map(PageId)
    }

    /// The section `id`.
    pub fn section(&self, id: SectionId) -> &Section {
        &self.sections[id.0 as usize]
    }

    /// The topic `id`.
    pub fn topic(&self, id: TopicId) -> &Topic {
        &self.topics[id.0 as usize]
    }

    /// The listing's folder on the site, with slashes at both ends: `/districts/hanyang/2025/`.
    pub fn folder(&self, scope: Scope) -> String {
        match scope {
            Scope::All => "/".to_owned(),
            Scope::Section(id) => format!("/{}/", self.section(id).slug),
            Scope::District(id) => format!("/districts/{}/", self.districts.get(id).slug),
            Scope::DistrictYear(id, year) => format!("/districts/{}/{year}/", self.districts.get(id).slug),
            Scope::Year(year) => format!("/years/{year}/"),
            Scope::Topic(id) => format!("/topics/{}/", self.topic(id).slug),
        }
    }

    /// The number of documents per page of a listing.
    pub fn paginate(&self, scope: Scope) -> usize {
        match scope {
            Scope::Section(id) => self.section(id).paginate,
            _ => self.config.paginate,
        }
    }

    /// The path of the listing's feed. Only the site, sections and districts have one.
    pub fn feed(&self, scope: Scope) -> Option<String> {
        scope.has_feed().then(|| format!("{}feed.xml", self.folder(scope)))
    }

    /// The documents of a listing, in the order they are shown.
    pub fn documents(&self, scope: Scope) -> &[PageId] {
        self.listings.get(&scope).map_or(&[], Vec::as_slice)
    }

    /// The documents of a listing that were published or corrected after their date, latest change first.
    pub fn changed_later(&self, scope: Scope) -> &[PageId] {
        self.changed_later.get(&scope).map_or(&[], Vec::as_slice)
    }

    /// The position (from 0) of a document in a listing.
    pub fn place_in(&self, scope: Scope, id: PageId) -> Option<usize> {
        let rank = |id: &PageId| self.ranks[id.0 as usize];
        let listing = self.documents(scope);
        let place = listing.binary_search_by_key(&rank(&id), rank).ok()?;
        (listing[place] == id).then_some(place)
    }

    /// All listings, including those of sections without documents.
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

    /// The listings that contain a page.
    pub fn scopes_of(&self, id: PageId) -> Vec<Scope> {
        let page = self.page(id);
        if page.section.is_some() { scopes(&self.districts, page) } else { Vec::new() }
    }

    /// The pages before and after `id` in its section's listing.
    pub fn neighbours(&self, id: PageId) -> (Option<PageId>, Option<PageId>) {
        self.neighbours[id.0 as usize]
    }

    /// What `name`, a path below the content folder, refers to.
    pub fn named(&self, name: &str) -> Named<'_> {
        if let Ok(at) = self.pages.binary_search_by(|page| page.document.source.as_str().cmp(name)) {
            return Named::Page(PageId(at as u32));
        }
        if let Some(at) = self.assets_by_name.get(name) {
            return Named::Asset(*at);
        }
        if let Some(url) = self.held.addresses.get(name) {
            Named::Kept(url)
        } else if self.withdrawn.contains(name) {
            Named::Withdrawn
        } else if self.failed.contains(name) {
            Named::Failed
        } else {
            Named::Nothing
        }
    }

    /// Files that nothing refers to, not even a document that is not published.
    pub fn forgotten(&self) -> impl Iterator<Item = &File> {
        self.unreferenced.iter().filter(|file| !self.waiting.contains(&file.name))
    }

    /// Whether `name` is a file that is not published because nothing refers to it.
    pub fn is_unreferenced(&self, name: &str) -> bool {
        self.unreferenced.binary_search_by(|file| file.name.as_str().cmp(name)).is_ok()
    }

    /// The asset with the index `at` as a view for templates, if it is a picture.
    pub fn image_view(&self, at: usize) -> Option<ImageView> {
        let Asset { url, content, .. } = &self.assets[at];
        content.picture.map(|picture| ImageView::of(&picture, url, &self.config.base_url))
    }

    /// The picture at a path of the content folder, from `/`, as a view for templates; without its size if that is not
    /// known.
    pub fn image_view_at(&self, path: &str) -> ImageView {
        let base = &self.config.base_url;
        let sized = match self.named(path.trim_start_matches('/')) {
            Named::Asset(at) => self.image_view(at),
            _ => None,
        };
        sized.unwrap_or_else(|| ImageView {
            url: base.link(path),
            permalink: base.absolute(path),
            ..ImageView::default()
        })
    }

    /// The document or asset whose name is most similar to `name`, preferably in the same folder.
    pub fn nearest_name(&self, name: &str) -> Option<&str> {
        // Only files of the same type: a picture is no suggestion for a document.
        let wanted = ending(name);
        let pages = self.pages.iter().map(|page| page.document.source.as_str());
        let files = self.assets.iter().map(|asset| &asset.file).chain(&self.unreferenced);
        let names = pages.chain(files.map(|file| file.name.as_str()));
        let names = names.filter(move |other| ending(other).eq_ignore_ascii_case(wanted));
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let beside = names.clone().filter(|other| other.rsplit_once('/').map_or("", |(f, _)| f) == folder);
        let found = nearest(name, beside).or_else(|| nearest(name, names));
        found.filter(|found| has_common_part(last_segment(found), last_segment(name)))
    }

    /// A content file's path below the root.
    pub fn path_of(name: &str) -> String {
        format!("{CONTENT}/{name}")
    }
}

/// The last segment of a path, without its ending.
fn last_segment(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether two names have two characters in a row, or one that is not ASCII, in common. A name of one character is in
/// names of at most two.
fn has_common_part(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    let lengths = [one.chars().count(), other.chars().count()];
    if lengths.contains(&1) {
        return lengths.iter().all(|length| *length <= 2) && (one.contains(&other) || other.contains(&one));
    }
    let chars: Vec<char> = one.chars().collect();
    chars.iter().any(|c| !c.is_ascii() && other.contains(*c))
        || chars.windows(2).any(|pair| other.contains(&pair.iter().collect::<String>()))
}

/// The listings that contain a document.
pub(crate) fn scopes(districts: &Districts, page: &Page) -> Vec<Scope> {
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
