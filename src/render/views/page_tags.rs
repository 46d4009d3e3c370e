//! The page tags that inspections of government websites look for (国办发〔2017〕47号): name, description, keywords and
//! type of the column (栏目) that a page belongs to. None is ever empty, and none depends on the number of documents, so
//! that a new document changes no other page of its section.

use serde::Serialize;

use crate::site::{Scope, SectionId, Site};

/// Looks up a word of the theme by its key.
type Words<'a> = &'a dyn Fn(&str) -> String;

/// The type that the page tags prescribe for the home page.
const TYPE_OF_HOME: &str = "首页";

/// `column`: the column that a page belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PageTagsView {
    /// ColumnName
    pub name: String,
    /// ColumnDescription
    pub description: String,
    /// ColumnKeywords, with commas between.
    pub keywords: String,
    /// ColumnType: 首页, 工作动态 …
    #[serde(rename = "type")]
    pub kind: String,
}

impl PageTagsView {
    fn new(site: &Site, name: String, kind: String) -> PageTagsView {
        let description = format!("{name} - {}", site.config.title);
        PageTagsView { description, keywords: name.clone(), kind, name }
    }

    fn described(mut self, description: Option<&str>, keywords: &[String]) -> PageTagsView {
        if let Some(description) = description {
            self.description = description.to_owned();
        }
        if !keywords.is_empty() {
            self.keywords = keywords.join(",");
        }
        self
    }

    /// The column of the home page.
    pub fn of_home(site: &Site, word: Words) -> PageTagsView {
        let own = site.home.as_ref();
        let description = own.and_then(|index| index.description.as_deref());
        let general = Some(site.config.description.as_str()).filter(|text| !text.is_empty());
        let keywords = own.map(|index| index.keywords.as_slice()).filter(|own| !own.is_empty());
        PageTagsView::new(site, word("home"), TYPE_OF_HOME.to_owned())
            .described(description.or(general), keywords.unwrap_or(&site.config.keywords))
    }

    /// The column of a section.
    pub fn of_section(site: &Site, id: SectionId) -> PageTagsView {
        let section = site.section(id);
        let (name, index) = (section.title.clone(), section.index.as_ref());
        let kind = index.and_then(|index| index.column_type.clone()).unwrap_or_else(|| name.clone());
        let keywords = index.map(|index| index.keywords.as_slice()).unwrap_or_default();
        let description = index.and_then(|index| index.description.as_deref());
        PageTagsView::new(site, name, kind).described(description, keywords)
    }

    /// The column of a listing.
    pub fn of_listing(site: &Site, word: Words, scope: Scope) -> PageTagsView {
        let title = site.listing_title(scope);
        let year = |year: i16| word("year_title").replace("{year}", &year.to_string());
        let (name, kind) = match scope {
            Scope::Section(id) => return PageTagsView::of_section(site, id),
            Scope::District(_) => (title, "districts"),
            Scope::DistrictYear(_, number) => (format!("{title} {}", year(number)), "districts"),
            Scope::Year(number) => (year(number), "years"),
            Scope::Topic(_) => (title, "topics"),
            Scope::All => (title, "home"),
        };
        PageTagsView::new(site, name, word(kind))
    }

    /// The column of an overview page: `districts`, `years`, `topics`, `site-map`.
    pub fn of_index(site: &Site, word: Words, key: &str) -> PageTagsView {
        let name = word(key);
        PageTagsView::new(site, name.clone(), name)
    }
}
