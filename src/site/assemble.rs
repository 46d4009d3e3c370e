//! Assembles the site from its documents, assets and settings.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::{Config, DistrictId, Districts};
use crate::content::document::{Document, SectionIndex};
use crate::content::{AssetInfo, File, Parsed};
use crate::diagnostics::DiagnosticSink;
use crate::site::ids::{PageId, SectionId, TopicId};
use crate::site::model::{Asset, Page, Publication, Section, Site, Topic, scopes};
use crate::site::scope::Scope;
use crate::site::validate;
use crate::text::segment;

/// Assembles the site: decides what is published, sorts it into listings, and reports what is wrong with it.
pub fn assemble(
    config: Config,
    districts: Districts,
    parsed: Parsed,
    publication: Publication,
    now: Timestamp,
    sink: &mut DiagnosticSink,
) -> Site {
    let (home, sections) = sections(&config, &parsed);
    for (file, index) in &parsed.indexes {
        validate::html(&file.path, &index.digest, index.body_start, &config, sink);
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
        .map(|(file, document)| page(&config, &districts, &sections, &numbers, file, document, sink))
        .collect();
    let assets = assets(parsed.assets);
    validate::assets(&assets, &config, sink);
    validate::sections(&sections, sink);
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

fn is_published(document: &Document, config: &Config, publication: Publication, now: Timestamp) -> bool {
    let meta = &document.meta;
    let due = |date: &crate::text::Date| date.in_zone(&config.time_zone).timestamp() <= now;
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
    let slug = |name: &str| config.topics.get(name).cloned().unwrap_or_else(|| segment(name, config.slugs));
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
    sink: &mut DiagnosticSink,
) -> Page {
    let folder = document.source.split_once('/').map(|(folder, _)| folder);
    let section = folder.and_then(|folder| sections.iter().position(|section| section.name == folder));
    let date = document.meta.date.as_ref().map(|date| date.value.in_zone(&config.time_zone));
    let year = document.meta.year.or_else(|| date.as_ref().map(|date| date.year()));
    if let Some(section) = section {
        validate::required(&sections[section], &file, &document, sink);
        validate::topics(&file, &document, sink);
    }
    validate::html(&file.path, &document.digest, document.body_start, config, sink);
    Page {
        url: page_url(&document, config),
        section: section.map(|at| SectionId(at as u32)),
        districts: page_districts(districts, &file, &document, sink),
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

/// The path on the site: the folders, then the slug or else the file's name.
fn page_url(document: &Document, config: &Config) -> String {
    let stem = &document.source[..document.source.len() - ".md".len()];
    let mut url = String::new();
    let (folders, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
        url.push('/');
        url.push_str(&segment(folder, config.slugs));
    }
    url.push('/');
    match &document.meta.slug {
        Some(slug) => url.push_str(&slug.value),
        None => url.push_str(&segment(name, config.slugs)),
    }
    url.push_str(".html");
    url
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
