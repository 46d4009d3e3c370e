//! The queries of templates as data: a build stores them, and a later one compares the answers.

use std::fmt;

use serde::{Deserialize, Serialize};
use tera::Error;

use crate::text::nearest;

/// Selects the documents that match all given parts. Names are kept as written, because ids may differ in the next
/// build.
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

/// A query of a template.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Query {
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
    /// `pages()`: the cards of all plain pages.
    Pages,
    /// `url(path)`: a link.
    Url(String),
    /// `url(path, optional=true)`: a link, if it leads somewhere.
    UrlIfAny(String),
    /// `asset(path)`: the link to a static file of the theme.
    Asset(String),
    /// `integrity(path)`: the digest of a static file of the theme.
    Integrity(String),
    /// `t(key)`: a word of the theme.
    Word(String),
}

/// The query as written in a template.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_filter = |filter: &Filter| {
            let Filter { section, district, year, topic } = filter;
            let texts = [("section", section), ("district", district), ("topic", topic)];
            let texts =
                texts.into_iter().filter_map(|(key, text)| Some(format!("{key}={:?}", text.as_ref()?)));
            texts.chain(year.map(|year| format!("year={year}"))).collect::<Vec<_>>()
        };
        let limited = |limit: &Option<usize>| limit.map(|limit| format!("limit={limit}"));
        let (name, arguments) = match self {
            Query::Documents(filter, offset, limit) => {
                let offset = (*offset > 0).then(|| format!("offset={offset}"));
                ("documents", of_filter(filter).into_iter().chain(offset).chain(limited(limit)).collect())
            }
            Query::Count(filter) => ("count", of_filter(filter)),
            Query::Sections => ("sections", Vec::new()),
            Query::Districts => ("districts", Vec::new()),
            Query::Years => ("years", Vec::new()),
            Query::Topics(limit) => ("topics", limited(limit).into_iter().collect()),
            Query::Section(name) => ("section", vec![format!("name={name:?}")]),
            Query::District(name) => ("district", vec![format!("name={name:?}")]),
            Query::Page(path) => ("page", vec![format!("path={path:?}")]),
            Query::Pages => ("pages", Vec::new()),
            Query::Url(path) => ("url", vec![format!("path={path:?}")]),
            Query::UrlIfAny(path) => ("url", vec![format!("path={path:?}"), "optional=true".to_owned()]),
            Query::Asset(path) => ("asset", vec![format!("path={path:?}")]),
            Query::Integrity(path) => ("integrity", vec![format!("path={path:?}")]),
            Query::Word(key) => ("t", vec![format!("key={key:?}")]),
        };
        write!(f, "{name}({})", arguments.join(", "))
    }
}

/// The error for an unknown name, with the nearest known one.
pub(super) fn unknown<'a>(what: &str, name: &str, names: impl Iterator<Item = &'a str>) -> Error {
    match nearest(name, names) {
        Some(near) => Error::message(format!("there is no {what} `{name}`; did you mean `{near}`?")),
        None => Error::message(format!("there is no {what} `{name}`")),
    }
}
