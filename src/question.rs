//! What templates can ask for beyond their own page: questions as data, and the one place where they are
//! answered, from the site alone. An answer has a fingerprint, so that a later build can tell whether it
//! would be the same without rendering anything.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{OnceLock, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tera::{Error, TeraResult, Value};

use crate::district::DistrictId;
use crate::fingerprint::Fingerprint;
use crate::listing::Scope;
use crate::markdown::Target;
use crate::route::{Routes, Standpoint, follow};
use crate::site::{Named, PageId, SectionId, Site, TopicId};
use crate::text::nearest;
use crate::view::Card;

/// How many answers are kept for the next asker.
const KEPT_ANSWERS: usize = 4096;

/// Which documents are meant: all that fit every part that is given. Names are kept as they were asked
/// with: they mean the same in the next build, numbers may not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Filter {
    /// Of this section: folder or URL segment.
    pub section: Option<String>,
    /// Of this district or one below it: name, code or URL segment.
    pub district: Option<String>,
    /// Of this year.
    pub year: Option<i16>,
    /// Of this topic: name or URL segment.
    pub topic: Option<String>,
}

/// A question that a template asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Question {
    /// `documents(…)`: cards, in the order of listings, from an offset on, up to a limit.
    Documents(Filter, usize, Option<usize>),
    /// `count(…)`: how many documents.
    Count(Filter),
    /// `sections()`
    Sections,
    /// `section(name)`
    Section(String),
    /// `districts()`: the topmost, with all below them.
    Districts,
    /// `district(name)`: by name, code or slug.
    District(String),
    /// `years()`: latest first.
    Years,
    /// `topics(limit)`: those of most documents first.
    Topics(Option<usize>),
    /// `page(path)`: the card of a page.
    Page(String),
    /// `url(path)`: a link.
    Url(String),
    /// `asset(path)`: the link to a static file of the theme.
    Asset(String),
    /// `t(key)`: a word of the theme.
    Word(String),
}

/// An answer: its value for the template, and its fingerprint.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the template gets.
    pub value: Value,
    /// The same for the same answer in every build.
    pub fingerprint: Fingerprint,
}

/// Everything that a template may learn of.
#[derive(Debug)]
pub struct Library {
    /// The site.
    pub site: Site,
    /// Its outputs.
    pub routes: Routes,
    statics: BTreeMap<String, String>,
    /// The theme's words.
    pub words: BTreeMap<String, String>,
    cards: Vec<OnceLock<Fingerprint>>,
    answers: RwLock<HashMap<Question, Answer>>,
}

/// The districts that are meant, by number.
#[derive(Debug, Clone, Copy, Default)]
struct Ids {
    section: Option<SectionId>,
    district: Option<DistrictId>,
    year: Option<i16>,
    topic: Option<TopicId>,
}

impl Library {
    /// The library of a site with these outputs, static files (name → path on the site) and words.
    pub fn new(
        site: Site,
        routes: Routes,
        statics: BTreeMap<String, String>,
        words: BTreeMap<String, String>,
    ) -> Library {
        let cards = site.pages.iter().map(|_| OnceLock::new()).collect();
        Library { site, routes, statics, words, cards, answers: RwLock::default() }
    }

    /// The card of a page, its picture included.
    pub fn card(&self, id: PageId) -> Card {
        let page = self.site.page(id);
        let image = page.document.meta.image.as_ref().and_then(|image| {
            if image.value.starts_with("http://") || image.value.starts_with("https://") {
                return Some(image.value.clone());
            }
            let from = Standpoint { name: &page.document.source, url: &page.url };
            match follow(&self.site, &self.routes, from, &image.value).target {
                Target::Href(href) => Some(href),
                Target::Nowhere => None,
            }
        });
        Card { image, ..self.site.card(id) }
    }

    /// The fingerprint of a page's card, made once.
    pub fn card_fingerprint(&self, id: PageId) -> Fingerprint {
        *self.cards[id.0 as usize].get_or_init(|| Fingerprint::of_value(&self.card(id)))
    }

    /// The answer to a question; each distinct one is worked out once.
    ///
    /// # Errors
    /// It asks for something by a name that nothing has.
    pub fn answer(&self, question: &Question) -> TeraResult<Answer> {
        let known = self.answers.read().unwrap_or_else(PoisonError::into_inner).get(question).cloned();
        if let Some(answer) = known {
            return Ok(answer);
        }
        let answer = self.work_out(question)?;
        let mut answers = self.answers.write().unwrap_or_else(PoisonError::into_inner);
        // A theme may ask a question of its own on every page: those are not worth keeping.
        if answers.len() < KEPT_ANSWERS {
            answers.insert(question.clone(), answer.clone());
        }
        Ok(answer)
    }

    fn work_out(&self, question: &Question) -> TeraResult<Answer> {
        let site = &self.site;
        match question {
            Question::Documents(filter, offset, limit) => {
                let ids: Vec<PageId> =
                    self.documents(filter)?.skip(*offset).take(limit.unwrap_or(usize::MAX)).collect();
                let cards: Vec<Card> = ids.iter().map(|id| self.card(*id)).collect();
                answer(&cards)
            }
            Question::Count(filter) => answer(&self.documents(filter)?.count()),
            Question::Sections => {
                let ids = (0..site.sections.len()).map(|at| SectionId(at as u16));
                answer(&ids.map(|id| site.section_view(id)).collect::<Vec<_>>())
            }
            Question::Section(name) => answer(&site.section_view(self.section(name)?)),
            Question::Districts => {
                let top = site.districts.below(None);
                answer(&top.map(|id| site.district_view(id)).collect::<Vec<_>>())
            }
            Question::District(name) => answer(&site.district_view(self.district(name)?)),
            Question::Years => {
                let years = site.years().map(|year| site.year_view(year, Scope::Year(year)));
                answer(&years.collect::<Vec<_>>())
            }
            Question::Topics(limit) => {
                let ids = (0..site.topics.len()).map(|at| TopicId(at as u32));
                let ids = ids.take(limit.unwrap_or(usize::MAX));
                answer(&ids.map(|id| site.topic_view(id)).collect::<Vec<_>>())
            }
            Question::Page(path) => answer(&self.card(self.page(path)?)),
            Question::Url(path) => answer(&self.link(path)?),
            Question::Asset(name) => answer(&self.asset(name)?),
            Question::Word(key) => answer(self.word(key)?),
        }
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
        // Topics come and go with the documents: an unknown one is an empty listing.
        let all = if topic == Some(None) { &[] } else { site.documents(scope) };
        Ok(all.iter().copied().filter(move |id| fits(site, *id, ids)))
    }

    fn section(&self, name: &str) -> TeraResult<SectionId> {
        let sections = &self.site.sections;
        match sections.iter().position(|section| section.name == name || section.slug == name) {
            Some(at) => Ok(SectionId(at as u16)),
            None => Err(unknown("section", name, sections.iter().map(|section| section.name.as_str()))),
        }
    }

    fn district(&self, name: &str) -> TeraResult<DistrictId> {
        let names = self.site.districts.iter().map(|(_, district)| district.slug.as_str());
        self.site.districts.find(name).map_err(|_| unknown("district", name, names))
    }

    fn topic(&self, name: &str) -> Option<TopicId> {
        let at = self.site.topics.iter().position(|topic| topic.name == name || topic.slug == name)?;
        Some(TopicId(at as u32))
    }

    fn page(&self, path: &str) -> TeraResult<PageId> {
        match self.site.named(path) {
            Named::Page(id) => Ok(id),
            _ => Err(unknown("page", path, self.site.nearest_name(path).into_iter())),
        }
    }

    fn word(&self, key: &str) -> TeraResult<&str> {
        let names = self.words.keys().map(String::as_str);
        self.words.get(key).map(String::as_str).ok_or_else(|| unknown("word", key, names))
    }

    fn link(&self, path: &str) -> TeraResult<String> {
        let from = Standpoint { name: "", url: "/" };
        match follow(&self.site, &self.routes, from, path).target {
            Target::Href(href) => Ok(href),
            Target::Nowhere => Err(Error::message(format!("there is no page `{path}`"))),
        }
    }

    fn asset(&self, name: &str) -> TeraResult<String> {
        match self.statics.get(name) {
            Some(url) => Ok(self.site.link(url)),
            None => Err(unknown("static file", name, self.statics.keys().map(String::as_str))),
        }
    }
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

fn answer<T: Serialize + Hash + ?Sized>(answer: &T) -> TeraResult<Answer> {
    Ok(Answer { value: Value::try_from_serializable(answer)?, fingerprint: Fingerprint::of_value(answer) })
}

/// The error for a name that nothing has, with the nearest name that something has.
pub fn unknown<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    match nearest(name, names) {
        Some(near) => Error::message(format!("there is no {what} `{name}`; did you mean `{near}`?")),
        None => Error::message(format!("there is no {what} `{name}`")),
    }
}
