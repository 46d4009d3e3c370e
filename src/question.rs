//! What templates can ask for beyond their own page. Every function becomes a [`Question`], and every
//! question is answered in one place, by [`Library::answer`], from the site alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Serialize;
use tera::value::Key;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::district::DistrictId;
use crate::listing::Scope;
use crate::markdown::Target;
use crate::route::{Routes, Standpoint, follow};
use crate::site::{PageId, SectionId, Site, TopicId};
use crate::text::nearest;
use crate::view::{Card, DistrictView, SectionView, TopicView, YearView};

/// Everything that a template may learn of.
#[derive(Debug)]
pub struct Library {
    /// The site.
    pub site: Site,
    /// Its outputs.
    pub routes: Routes,
    /// The theme's static files: name → path on the site.
    pub statics: BTreeMap<String, String>,
    /// The theme's words.
    pub words: BTreeMap<String, String>,
}

/// Which documents are meant: all that fit every part that is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Filter {
    /// Of this section.
    pub section: Option<SectionId>,
    /// Of this district or one below it.
    pub district: Option<DistrictId>,
    /// Of this year.
    pub year: Option<i16>,
    /// Of this topic.
    pub topic: Option<TopicId>,
}

/// A question that a template asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Question {
    /// `documents(…)`: cards, in the order of listings.
    Documents(Filter, usize, Option<usize>),
    /// `count(…)`: how many documents.
    Count(Filter),
    /// `sections()`
    Sections,
    /// `section(name)`
    Section(SectionId),
    /// `districts()`: the topmost, with all below them.
    Districts,
    /// `district(name)`: by name, code or slug.
    District(DistrictId),
    /// `years()`: latest first.
    Years,
    /// `topics(limit)`: those of most documents first.
    Topics(Option<usize>),
    /// `page(path)`: the card of a page.
    Page(PageId),
}

impl Library {
    /// The card of a page, its picture included.
    pub fn card(&self, id: PageId) -> Card {
        let page = self.site.page(id);
        let image = page.document.meta.image.as_ref().and_then(|image| {
            if image.value.starts_with("http://") || image.value.starts_with("https://") {
                return Some(image.value.clone());
            }
            let from = Standpoint { name: &page.document.source, url: &page.url };
            match follow(&self.site, &self.routes, from, &image.value).0 {
                Target::Href(href) => Some(href),
                Target::Nowhere => None,
            }
        });
        Card { image, ..self.site.card(id) }
    }

    /// The answer to a question.
    ///
    /// # Errors
    /// A value that the template engine cannot hold; none is known.
    pub fn answer(&self, question: &Question) -> TeraResult<Value> {
        let site = &self.site;
        match question {
            Question::Documents(filter, offset, limit) => {
                let cards = self.documents(*filter).skip(*offset).take(limit.unwrap_or(usize::MAX));
                value(&cards.map(|id| self.card(id)).collect::<Vec<Card>>())
            }
            Question::Count(filter) => Ok(Value::from(self.documents(*filter).count() as u64)),
            Question::Sections => {
                let ids = (0..site.sections.len()).map(|at| SectionId(at as u16));
                value(&ids.map(|id| site.section_view(id)).collect::<Vec<SectionView>>())
            }
            Question::Section(id) => value(&site.section_view(*id)),
            Question::Districts => {
                let top = site.districts.below(None);
                value(&top.map(|id| site.district_view(id)).collect::<Vec<DistrictView>>())
            }
            Question::District(id) => value(&site.district_view(*id)),
            Question::Years => {
                let years = site.years().map(|year| site.year_view(year, Scope::Year(year)));
                value(&years.collect::<Vec<YearView>>())
            }
            Question::Topics(limit) => {
                let ids = (0..site.topics.len()).map(|at| TopicId(at as u32));
                let ids = ids.take(limit.unwrap_or(usize::MAX));
                value(&ids.map(|id| site.topic_view(id)).collect::<Vec<TopicView>>())
            }
            Question::Page(id) => value(&self.card(*id)),
        }
    }

    fn documents(&self, filter: Filter) -> impl Iterator<Item = PageId> {
        let site = &self.site;
        let scope = match filter {
            Filter { district: Some(id), year: Some(year), .. } => Scope::DistrictYear(id, year),
            Filter { topic: Some(id), .. } => Scope::Topic(id),
            Filter { district: Some(id), .. } => Scope::District(id),
            Filter { section: Some(id), .. } => Scope::Section(id),
            Filter { year: Some(year), .. } => Scope::Year(year),
            _ => Scope::All,
        };
        site.documents(scope).iter().copied().filter(move |id| {
            let page = site.page(*id);
            filter.section.is_none_or(|section| page.section == Some(section))
                && filter.year.is_none_or(|year| page.year == Some(year))
                && filter.topic.is_none_or(|topic| page.topics.contains(&topic))
                && filter.district.is_none_or(|wanted| {
                    page.districts.iter().any(|id| site.districts.upwards(*id).any(|id| id == wanted))
                })
        })
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

    fn word(&self, key: &str, kwargs: &Kwargs) -> TeraResult<String> {
        let Some(word) = self.words.get(key) else {
            return Err(unknown("word", key, self.words.keys().map(String::as_str)));
        };
        let mut word = word.clone();
        for (name, value) in kwargs.iter() {
            if let Some(name) = name.as_str().filter(|name| *name != "key") {
                word = word.replace(&format!("{{{name}}}"), &value.to_string());
            }
        }
        Ok(word)
    }

    fn link(&self, path: &str) -> TeraResult<String> {
        let from = Standpoint { name: "", url: "/" };
        match follow(&self.site, &self.routes, from, path) {
            (Target::Href(href), _) => Ok(href),
            (Target::Nowhere, _) => Err(Error::message(format!("there is no page `{path}`"))),
        }
    }

    fn asset(&self, name: &str) -> TeraResult<String> {
        match self.statics.get(name) {
            Some(url) => Ok(self.site.link(url)),
            None => Err(unknown("static file", name, self.statics.keys().map(String::as_str))),
        }
    }
}

fn value<T: Serialize>(answer: &T) -> TeraResult<Value> {
    Value::try_from_serializable(answer)
}

fn unknown<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    match nearest(name, names) {
        Some(near) => Error::message(format!("there is no {what} `{name}`; did you mean `{near}`?")),
        None => Error::message(format!("there is no {what} `{name}`")),
    }
}

/// The keyword arguments of a function; a misspelt one is an error, not silence.
fn only(kwargs: &Kwargs, known: &[&str]) -> TeraResult<()> {
    for (name, _) in kwargs.iter() {
        let name = name.as_str().unwrap_or_default();
        if !known.contains(&name) {
            return Err(unknown("argument", name, known.iter().copied()));
        }
    }
    Ok(())
}

/// The filter that the arguments give; `None` where nothing can fit it.
fn filter(library: &Library, kwargs: &Kwargs) -> TeraResult<Option<Filter>> {
    let section = kwargs.get::<&str>("section")?.map(|name| library.section(name)).transpose()?;
    let district = kwargs.get::<&str>("district")?.map(|name| library.district(name)).transpose()?;
    let year = kwargs.get::<i64>("year")?.map(|year| i16::try_from(year).unwrap_or(i16::MAX));
    let topic = match kwargs.get::<&str>("topic")? {
        // Topics come and go with the documents: an unknown one is an empty listing.
        Some(name) => match library.topic(name) {
            Some(id) => Some(id),
            None => return Ok(None),
        },
        None => None,
    };
    Ok(Some(Filter { section, district, year, topic }))
}

/// The engine's own `group_by` gives the groups in random order; this one in the order of the items, so
/// that the same site always gives the same pages.
fn group_by(items: &[Value], kwargs: Kwargs, _: &State) -> TeraResult<tera::Map> {
    let attribute: &str = kwargs.must_get("attribute")?;
    let mut groups: Vec<(Key<'static>, Vec<Value>)> = Vec::new();
    let mut places: HashMap<Key<'static>, usize> = HashMap::new();
    for item in items {
        let Some(value) = item.get_from_path(attribute) else {
            return Err(Error::message(format!("an item has no `{attribute}`")));
        };
        if value.is_none() {
            continue;
        }
        let place = *places.entry(key_of(value)?).or_insert_with_key(|key| {
            groups.push((key.clone(), Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(item.clone());
    }
    Ok(groups.into_iter().map(|(key, group)| (key, group.into())).collect())
}

fn key_of(value: &Value) -> TeraResult<Key<'static>> {
    if let Some(text) = value.as_str() {
        return Ok(Key::String(text.into()));
    }
    let number = value.as_i64().map(Key::I64).or_else(|| value.as_u64().map(Key::U64));
    number
        .or_else(|| value.as_bool().map(Key::Bool))
        .ok_or_else(|| Error::message("items can be grouped by texts, whole numbers and true or false only"))
}

/// Adds the functions to the engine.
pub fn register(tera: &mut Tera, library: &Arc<Library>) {
    tera.register_filter("group_by", group_by);
    let ask = |tera: &mut Tera, name: &'static str, to_question: ToQuestion| {
        let library = Arc::clone(library);
        tera.register_function(name, move |kwargs: Kwargs, _: &State| -> TeraResult<Value> {
            match to_question(&library, &kwargs)? {
                Asked::Question(question) => library.answer(&question),
                Asked::Nothing(value) => Ok(value),
            }
        });
    };
    for (name, to_question) in QUESTIONS {
        ask(tera, name, *to_question);
    }
    let texts: [(&'static str, ToText); 3] = [
        ("t", |library, kwargs| library.word(kwargs.must_get("key")?, kwargs)),
        ("url", |library, kwargs| {
            only(kwargs, &["path"])?;
            library.link(kwargs.must_get("path")?)
        }),
        ("asset", |library, kwargs| {
            only(kwargs, &["path"])?;
            library.asset(kwargs.must_get("path")?)
        }),
    ];
    for (name, to_text) in texts {
        let library = Arc::clone(library);
        tera.register_function(name, move |kwargs: Kwargs, _: &State| to_text(&library, &kwargs));
    }
}

type ToText = fn(&Library, &Kwargs) -> TeraResult<String>;
type ToQuestion = fn(&Library, &Kwargs) -> TeraResult<Asked>;

/// What a function call comes to.
enum Asked {
    Question(Question),
    Nothing(Value),
}

const DOCUMENT_ARGUMENTS: &[&str] = &["section", "district", "year", "topic", "offset", "limit"];

const QUESTIONS: &[(&str, ToQuestion)] = &[
    ("documents", |library, kwargs| {
        only(kwargs, DOCUMENT_ARGUMENTS)?;
        let offset = kwargs.get::<u64>("offset")?.unwrap_or(0) as usize;
        let limit = kwargs.get::<u64>("limit")?.map(|limit| limit as usize);
        Ok(match filter(library, kwargs)? {
            Some(filter) => Asked::Question(Question::Documents(filter, offset, limit)),
            None => Asked::Nothing(value(&Vec::<Card>::new())?),
        })
    }),
    ("count", |library, kwargs| {
        only(kwargs, &DOCUMENT_ARGUMENTS[..4])?;
        Ok(match filter(library, kwargs)? {
            Some(filter) => Asked::Question(Question::Count(filter)),
            None => Asked::Nothing(Value::from(0_u64)),
        })
    }),
    ("sections", |_, kwargs| {
        only(kwargs, &[])?;
        Ok(Asked::Question(Question::Sections))
    }),
    ("section", |library, kwargs| {
        only(kwargs, &["name"])?;
        Ok(Asked::Question(Question::Section(library.section(kwargs.must_get("name")?)?)))
    }),
    ("districts", |_, kwargs| {
        only(kwargs, &[])?;
        Ok(Asked::Question(Question::Districts))
    }),
    ("district", |library, kwargs| {
        only(kwargs, &["name"])?;
        Ok(Asked::Question(Question::District(library.district(kwargs.must_get("name")?)?)))
    }),
    ("years", |_, kwargs| {
        only(kwargs, &[])?;
        Ok(Asked::Question(Question::Years))
    }),
    ("topics", |_, kwargs| {
        only(kwargs, &["limit"])?;
        let limit = kwargs.get::<u64>("limit")?.map(|limit| limit as usize);
        Ok(Asked::Question(Question::Topics(limit)))
    }),
    ("page", |library, kwargs| {
        only(kwargs, &["path"])?;
        let path: &str = kwargs.must_get("path")?;
        match library.site.named(path) {
            crate::site::Named::Page(id) => Ok(Asked::Question(Question::Page(id))),
            _ => {
                let near = library.site.nearest_name(path).into_iter();
                Err(unknown("page", path, near))
            }
        }
    }),
];

/// Static files by name, for [`Library::statics`].
pub fn static_urls(theme: &crate::theme::Theme) -> BTreeMap<String, String> {
    let pairs = theme.statics.iter().map(|file| (file.name.clone(), file.url.clone()));
    pairs.collect()
}
