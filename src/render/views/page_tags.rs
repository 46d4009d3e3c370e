//! The column (栏目) that a page belongs to, for the page tags that inspectors look for (国办发〔2017〕47号):
//! a name, a description, keywords and a type, of which none is ever empty. Nothing in it depends on how
//! many documents there are: a new one changes no other page of its section.

use serde::Serialize;

use crate::diagnostics::collector::DiagnosticSink;
use crate::diagnostics::problem::Problem;
use crate::diagnostics::{Diagnostic, Place};
use crate::render::queries::query_engine::QueryEngine;
use crate::site::listing::Scope;
use crate::site::model::{Named, SectionId, Site};

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
    pub fn of_home(engine: &QueryEngine) -> PageTagsView {
        let site = &engine.site;
        let own = site.home.as_ref();
        let description = own.and_then(|index| index.description.as_deref());
        let general = Some(site.config.description.as_str()).filter(|text| !text.is_empty());
        let keywords = own.map(|index| index.keywords.as_slice()).filter(|own| !own.is_empty());
        PageTagsView::new(site, engine.word_or_key("home"), TYPE_OF_HOME.to_owned())
            .described(description.or(general), keywords.unwrap_or(&site.config.keywords))
    }

    /// The column that a section is.
    pub fn of_section(site: &Site, id: SectionId) -> PageTagsView {
        let section = site.section(id);
        let (name, index) = (section.title.clone(), section.index.as_ref());
        let kind = index.and_then(|index| index.column_type.clone()).unwrap_or_else(|| name.clone());
        let keywords = index.map(|index| index.keywords.as_slice()).unwrap_or_default();
        let description = index.and_then(|index| index.description.as_deref());
        PageTagsView::new(site, name, kind).described(description, keywords)
    }

    /// The column that a listing is.
    pub fn of_listing(engine: &QueryEngine, scope: Scope) -> PageTagsView {
        let site = &engine.site;
        let title = site.listing_title(scope);
        let year = |year: i16| engine.word_or_key("year_title").replace("{year}", &year.to_string());
        let (name, kind) = match scope {
            Scope::Section(id) => return PageTagsView::of_section(site, id),
            Scope::District(_) => (title, "districts"),
            Scope::DistrictYear(_, number) => (format!("{title} {}", year(number)), "districts"),
            Scope::Year(number) => (year(number), "years"),
            Scope::Topic(_) => (title, "topics"),
            Scope::All => (title, "home"),
        };
        PageTagsView::new(site, name, engine.word_or_key(kind))
    }

    /// The column that an overview is, by its word: `districts`, `years`, `topics`, `site-map`.
    pub fn of_index(engine: &QueryEngine, word: &str) -> PageTagsView {
        let name = engine.word_or_key(word);
        PageTagsView::new(&engine.site, name.clone(), name)
    }
}

/// Warns of sections that do not say what they are about.
pub fn check_descriptions(site: &Site, sink: &mut DiagnosticSink) {
    for section in &site.sections {
        let problem = Problem::ColumnDescription { section: section.name.clone() };
        match &section.index {
            Some(index) if index.is_described => {}
            Some(index) => sink.warning(&Site::path_of(&index.source), index.title_span, problem),
            // What is wrong with its index is reported there.
            None if matches!(site.named(&format!("{}/_index.md", section.name)), Named::Failed) => {}
            None => {
                let folder = Place::file(Site::path_of(&section.name));
                sink.push(Diagnostic::warning(problem).at(folder));
            }
        }
    }
}
