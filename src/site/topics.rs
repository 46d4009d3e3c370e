//! The topics of the site. Names that differ in case, width or spaces are one topic.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::config::Config;
use crate::content::File;
use crate::content::document::Document;
use crate::diagnostics::DiagnosticSink;
use crate::diagnostics::messages::{ConfigProblem, SiteProblem};
use crate::site::ids::{PageId, TopicId};
use crate::text::{is_cjk, loose, segment, split_list};

/// A topic that documents have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name, as most documents spell it: 监督工作
    pub name: String,
    /// Its URL segment.
    pub slug: String,
    /// The first document that has it.
    pub first: PageId,
}

/// The topics, and the topic that each spelling means.
pub(super) struct Topics {
    pub(super) all: Vec<Topic>,
    by_spelling: HashMap<String, TopicId>,
}

/// The spellings of a topic.
struct Group<'a> {
    /// How many documents have the topic.
    documents: usize,
    first: PageId,
    /// How many documents have each spelling, and where it occurs first.
    spellings: BTreeMap<&'a str, (usize, Reverse<usize>)>,
}

impl Group<'_> {
    /// The spelling of most documents; of several, one without spaces between hanzi, and then the one that occurs first. A list in one
    /// text is no name.
    fn name(&self) -> &str {
        let rank = |(name, (documents, order)): &(&&str, &(usize, Reverse<usize>))| {
            (!is_list(name), *documents, !has_space(name), *order)
        };
        self.spellings.iter().max_by_key(rank).map_or("", |(name, _)| name)
    }
}

impl Topics {
    /// The topics of the documents in sections, those of most documents first.
    pub(super) fn of(config: &Config, documents: &[(File, Arc<Document>)]) -> Topics {
        let (mut groups, mut numbers) = (Vec::<Group>::new(), HashMap::<&str, usize>::new());
        let mut by_key: HashMap<String, usize> = HashMap::new();
        for (at, (_, document)) in
            documents.iter().enumerate().filter(|(_, (file, _))| file.name.contains('/'))
        {
            let mut seen = Vec::new();
            for name in &document.meta.topics {
                let number =
                    *numbers.entry(name).or_insert_with(|| *by_key.entry(key(name)).or_insert(groups.len()));
                if number == groups.len() {
                    groups.push(Group { documents: 0, first: PageId(at as u32), spellings: BTreeMap::new() });
                }
                let group = &mut groups[number];
                let order = Reverse(numbers.len());
                group.spellings.entry(name).or_insert((0, order)).0 += 1;
                group.documents += usize::from(!seen.contains(&number));
                seen.push(number);
            }
        }
        groups.sort_by_cached_key(|group| (Reverse(group.documents), group.name().to_owned()));
        let all = groups.iter().map(|group| Topic {
            name: group.name().to_owned(),
            slug: slug(config, group.name()),
            first: group.first,
        });
        let spellings = |(at, group): (usize, &Group)| {
            let id = TopicId(at as u32);
            group.spellings.keys().map(|name| ((*name).to_owned(), id)).collect::<Vec<_>>()
        };
        Topics { all: all.collect(), by_spelling: groups.iter().enumerate().flat_map(spellings).collect() }
    }

    /// The topics of a document, each once.
    pub(super) fn of_document(&self, document: &Document) -> Vec<TopicId> {
        let mut ids = Vec::new();
        for id in document.meta.topics.iter().filter_map(|name| self.by_spelling.get(name)) {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        ids
    }

    /// Warns of a topic that is spelt otherwise than in most documents, and of one that is probably a list:
    /// `topics: 监督工作、代表工作`.
    pub(super) fn check(&self, file: &File, document: &Document, sink: &mut DiagnosticSink) {
        let meta = &document.meta;
        for written in &meta.topics {
            if is_list(written) {
                let problem = ConfigProblem::ListInOneText { key: "topics", value: written.clone() };
                sink.add(&file.path, meta.topics_span, problem);
                continue;
            }
            let usual = self.by_spelling.get(written).map(|id| &self.all[id.0 as usize].name);
            if let Some(usual) = usual.filter(|usual| *usual != written) {
                let problem = SiteProblem::TopicSpelling { written: written.clone(), usual: usual.clone() };
                sink.add(&file.path, meta.topics_span, problem);
            }
        }
    }
}

/// Whether a topic is probably several in one text: `监督、代表`.
fn is_list(name: &str) -> bool {
    split_list(name).len() > 1
}

/// Whether there are spaces between hanzi. Beside Latin letters they are usual: `AI 应用`.
fn has_space(name: &str) -> bool {
    let mut words = name.split_whitespace().peekable();
    std::iter::from_fn(|| words.next().zip(words.peek().copied()))
        .any(|(one, next)| one.ends_with(is_cjk) && next.starts_with(is_cjk))
}

/// What spellings of one topic have in common. The marks of a list are left out as in addresses: lists that differ in
/// them must not collide.
fn key(name: &str) -> String {
    if is_list(name) { loose(&split_list(name).concat()) } else { loose(name) }
}

/// The URL segment of a topic: that of site.yaml, which may spell the topic otherwise, or its name.
fn slug(config: &Config, name: &str) -> String {
    let other = || config.topics.iter().find(|(other, _)| loose(other) == loose(name)).map(|(_, slug)| slug);
    let own = config.topics.get(name).or_else(other);
    own.cloned().unwrap_or_else(|| segment(name, config.slugs))
}
