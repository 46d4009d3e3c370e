//! Assembles the site from its documents, assets and settings.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::{Config, DistrictId, Districts};
use crate::content::document::{Document, Meta, SectionIndex};
use crate::content::{AssetInfo, File, Parsed};
use crate::diagnostics::DiagnosticSink;
use crate::site::address::address_of;
use crate::site::dates::{Calendar, modified};
use crate::site::ids::{PageId, SectionId};
use crate::site::model::{Asset, Page, Publication, Section, Site, scopes};
use crate::site::references::names_in;
use crate::site::scope::Scope;
use crate::site::topics::Topics;
use crate::site::{copies, references, validate};
use crate::text::segment;

/// Assembles the site: decides what is published, sorts it into listings, and reports what is wrong with it.
/// `mentioned` are the files that the theme mentions.
pub fn assemble(
    config: Config,
    districts: Districts,
    parsed: Parsed,
    publication: Publication,
    now: Timestamp,
    mentioned: &[String],
    sink: &mut DiagnosticSink,
) -> Site {
    let (home, sections) = sections(&config, &parsed);
    for (file, index) in &parsed.indexes {
        validate::html(&file.path, &index.digest, index.body_start, &config, sink);
        validate::pictures(&file.path, &index.digest, index.body_start, &config, sink);
    }
    let calendar = Calendar { config: &config, publication, now };
    calendar.check(&parsed.documents, sink);
    let next_change = calendar.next_change(&parsed.documents);
    let (published, withdrawn): (Vec<_>, Vec<_>) =
        parsed.documents.into_iter().partition(|(_, document)| calendar.is_published(document));
    let waiting = withdrawn.iter().flat_map(|(_, document)| names_in(&config, document)).collect();
    let withdrawn = withdrawn.into_iter().map(|(file, _)| file.name);
    let has_broken_drafts = !parsed.drafts.is_empty();
    let withdrawn: HashSet<String> = withdrawn.chain(parsed.drafts).collect();
    let topics = Topics::of(&config, &published);
    let pages: Vec<Page> = published
        .into_iter()
        .map(|(file, document)| {
            let is_kept = parsed.held.kept.contains(&file.name);
            // What is wrong with it now is reported already.
            let mut unheard = DiagnosticSink::default();
            let sink = if is_kept { &mut unheard } else { &mut *sink };
            let page = page(&config, &districts, &sections, &topics, file, document, sink);
            Page { is_kept, ..page }
        })
        .collect();
    copies::check(&pages, sink);
    let assets = assets(parsed.assets);
    validate::sections(&sections, sink);
    let listings = listings(&districts, &pages);
    let changed_later = changed_later(&config, &districts, &pages);
    let neighbours = neighbours(&listings, pages.len());
    let ranks = ranks(&listings, pages.len());
    let assets_by_name = assets.iter().enumerate().map(|(at, asset)| (asset.file.name.clone(), at)).collect();
    let mut site = Site {
        config,
        districts,
        sections,
        topics: topics.all,
        home,
        pages,
        assets,
        listings,
        changed_later,
        neighbours,
        ranks,
        withdrawn,
        held: parsed.held,
        failed: parsed.failed.into_iter().collect(),
        assets_by_name,
        unreferenced: Vec::new(),
        waiting,
        has_broken_drafts,
        next_change,
    };
    references::settle(&mut site, parsed.problems, mentioned, sink);
    validate::assets(&site.assets, &site.config, sink);
    site
}

/// The introduction of the home page, and the sections: first-level folders with a document or an `_index.md`.
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
            slug: segment(name, config.slugs),
            title: index.and_then(|index| index.title.clone()).unwrap_or_else(|| name.to_owned()),
            paginate: index.and_then(|index| index.paginate).unwrap_or(config.paginate),
            index: index.cloned(),
        })
        .collect();
    let order = |section: &Section| section.index.as_ref().and_then(|index| index.order).unwrap_or(i64::MAX);
    sections.sort_by(|a, b| (order(a), &a.name).cmp(&(order(b), &b.name)));
    (home, sections)
}

fn page(
    config: &Config,
    districts: &Districts,
    sections: &[Section],
    topics: &Topics,
    file: File,
    document: Arc<Document>,
    sink: &mut DiagnosticSink,
) -> Page {
    let folder = document.source.split_once('/').map(|(folder, _)| folder);
    let section = folder.and_then(|folder| sections.iter().position(|section| section.name == folder));
    let date = document.meta.date.as_ref().map(|date| date.value.in_zone(&config.time_zone));
    let year = document.meta.year.or_else(|| date.as_ref().map(|date| date.year()));
    if let Some(section) = section {
        validate::required(&sections[section], &file, &document, sink);
        topics.check(&file, &document, sink);
    }
    validate::html(&file.path, &document.digest, document.body_start, config, sink);
    validate::pictures(&file.path, &document.digest, document.body_start, config, sink);
    Page {
        url: address_of(&document, config),
        section: section.map(|at| SectionId(at as u32)),
        districts: page_districts(districts, &file, &document, sink),
        topics: section.map(|_| topics.of_document(&document)).unwrap_or_default(),
        date,
        year,
        is_kept: false,
        path: file.path,
        document,
    }
}

fn page_districts(
    districts: &Districts,
    file: &File,
    document: &Document,
    sink: &mut DiagnosticSink,
) -> Vec<DistrictId> {
    let mut ids = Vec::new();
    for name in &document.meta.districts {
        match districts.find(&name.value) {
            Ok(id) if !ids.contains(&id) => ids.push(id),
            Ok(_) => {}
            // The district may be missing only because of an error in districts.yaml, reported there.
            Err(_) if districts.broken => {}
            Err(_) if sink.is_full(&file.path) => {}
            Err(reason) => {
                let problem = districts.problem(&name.value, reason, sink.may_suggest());
                sink.add(&file.path, name.span, problem);
            }
        }
    }
    ids
}

fn assets(files: Vec<(File, AssetInfo)>) -> Vec<Asset> {
    let asset = |(file, content): (File, AssetInfo)| Asset { url: format!("/{}", file.name), file, content };
    files.into_iter().map(asset).collect()
}

/// The documents of each listing: pinned ones first, then by date (latest first, undated last), then by path.
fn listings(districts: &Districts, pages: &[Page]) -> BTreeMap<Scope, Vec<PageId>> {
    let mut order: Vec<u32> =
        (0..pages.len() as u32).filter(|at| pages[*at as usize].section.is_some()).collect();
    let key = |at: &u32| {
        let page = &pages[*at as usize];
        let date = page.date.as_ref().map(|date| date.timestamp());
        (!page.document.meta.top, Reverse(date), *at)
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

/// The documents of each listing with a feed that changed after their date, by the last change, latest first.
fn changed_later(config: &Config, districts: &Districts, pages: &[Page]) -> BTreeMap<Scope, Vec<PageId>> {
    let change = |page: &Page| {
        let Meta { publish_at, updated, .. } = &page.document.meta;
        let may_be = page.section.is_some() && (publish_at.is_some() || updated.is_some());
        let at = may_be.then(|| modified(config, page)).flatten()?;
        page.date.as_ref().is_some_and(|date| *date < at).then(|| Reverse(at.timestamp()))
    };
    let changes = (0..).zip(pages).filter_map(|(at, page)| Some((change(page)?, PageId(at), page)));
    let mut changes: Vec<_> = changes.collect();
    changes.sort_unstable_by_key(|(change, id, _)| (*change, *id));
    let mut listings: BTreeMap<Scope, Vec<PageId>> = BTreeMap::new();
    for (_, id, page) in changes {
        for scope in scopes(districts, page).into_iter().filter(|scope| scope.has_feed()) {
            listings.entry(scope).or_default().push(id);
        }
    }
    listings
}

/// The position of each document in the listing of all documents.
fn ranks(listings: &BTreeMap<Scope, Vec<PageId>>, pages: usize) -> Vec<u32> {
    let mut ranks = vec![0; pages];
    for (rank, id) in (0..).zip(listings.get(&Scope::All).into_iter().flatten()) {
        ranks[id.0 as usize] = rank;
    }
    ranks
}

/// The pages before and after each page in its section's listing.
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
            let previous = at.checked_sub(1).map(|at| ids[at]);
            neighbours[id.0 as usize] = (previous, ids.get(at + 1).copied());
        }
    }
    neighbours
}
