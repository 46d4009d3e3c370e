//! Structured data for search engines: JSON-LD 1.1 with the vocabulary of schema.org. Unknown values are left out. All
//! of it is also shown on the page or part of the settings, so that it needs no fingerprint of its own.

use serde_json::{Map, Value, json};

use crate::config::{BaseUrl, Config};
use crate::render::views::page_tags::PageTagsView;
use crate::render::views::view::{Card, LinkView};

/// What a page is about.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// The home page: the site and the organization.
    Home,
    /// A document.
    Document(&'a Card),
    /// A listing, with its page tags.
    Listing(&'a PageTagsView),
    /// Anything else.
    Other,
}

/// The JSON-LD of the page at `permalink`, safe inside a `<script>`; `None` if there is nothing to say.
pub fn linked_data(
    config: &Config,
    permalink: &str,
    breadcrumbs: &[LinkView],
    subject: Subject,
) -> Option<String> {
    let maker = Maker { config, base: &config.base_url };
    let mut graph = match subject {
        Subject::Home => vec![maker.organization(), maker.site()],
        Subject::Document(card) => vec![maker.article(card)],
        Subject::Listing(tags) => vec![maker.collection(permalink, tags)],
        Subject::Other => Vec::new(),
    };
    if !breadcrumbs.is_empty() {
        graph.push(maker.breadcrumbs(breadcrumbs));
    }
    if graph.is_empty() {
        return None;
    }
    let data = Thing(Map::new()).with("@context", "https://schema.org").with("@graph", graph);
    serde_json::to_string(&data.0).ok().map(|json| escaped(&json))
}

/// JSON that cannot end a `<script>`: these characters occur in strings only.
fn escaped(json: &str) -> String {
    let special = |c: char| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}');
    let mut escaped = String::with_capacity(json.len());
    let mut written = 0;
    for (at, c) in json.match_indices(special) {
        escaped.push_str(&json[written..at]);
        for unit in c.encode_utf16() {
            escaped.push_str(&format!("\\u{unit:04x}"));
        }
        written = at + c.len();
    }
    escaped.push_str(&json[written..]);
    escaped
}

/// An object of one type. Absent values are not added.
struct Thing(Map<String, Value>);

impl Thing {
    fn new(kind: &str) -> Thing {
        Thing(Map::new()).with("@type", kind)
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Thing {
        let value = value.into();
        let empty = match &value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(key.to_owned(), value);
        }
        self
    }
}

impl From<Thing> for Value {
    fn from(thing: Thing) -> Value {
        Value::Object(thing.0)
    }
}

struct Maker<'a> {
    config: &'a Config,
    base: &'a BaseUrl,
}

impl Maker<'_> {
    fn home(&self) -> String {
        self.base.absolute("/")
    }

    fn id_of_organization(&self) -> String {
        format!("{}#organization", self.home())
    }

    fn id_of_site(&self) -> String {
        format!("{}#website", self.home())
    }

    /// A link as an absolute URL.
    fn whole(&self, link: &str) -> String {
        if link.starts_with('/') { format!("{}{link}", self.base.origin) } else { link.to_owned() }
    }

    /// A reference to the organization.
    fn publisher(&self) -> Thing {
        Thing::new("GovernmentOrganization")
            .with("@id", self.id_of_organization())
            .with("name", self.config.office.host.as_ref().unwrap_or(&self.config.title).as_str())
    }

    fn organization(&self) -> Value {
        let office = &self.config.office;
        let contact = |text: &String| Thing::new("ContactPoint").with("description", text.as_str()).into();
        let emblem = self.config.emblem.as_ref().map(|emblem| self.base.absolute(&emblem.value));
        self.publisher()
            .with("url", self.home())
            .with("identifier", office.site_code.clone())
            .with("logo", emblem)
            .with("contactPoint", office.contact.iter().map(contact).collect::<Vec<Value>>())
            .into()
    }

    fn site(&self) -> Value {
        Thing::new("WebSite")
            .with("@id", self.id_of_site())
            .with("url", self.home())
            .with("name", self.config.title.as_str())
            .with("description", self.config.description.as_str())
            .with("keywords", self.config.keywords.join(","))
            .with("inLanguage", self.config.language.as_str())
            .with("publisher", json!({"@id": self.id_of_organization()}))
            .into()
    }

    fn breadcrumbs(&self, links: &[LinkView]) -> Value {
        let item = |(position, link): (usize, &LinkView)| {
            Thing::new("ListItem")
                .with("position", position)
                .with("name", link.title.as_str())
                .with("item", self.whole(&link.url))
                .into()
        };
        let items: Vec<Value> = (1..).zip(links).map(item).collect();
        Thing::new("BreadcrumbList").with("itemListElement", items).into()
    }

    fn collection(&self, permalink: &str, tags: &PageTagsView) -> Value {
        Thing::new("CollectionPage")
            .with("url", permalink)
            .with("name", tags.name.as_str())
            .with("description", tags.description.as_str())
            .with("keywords", tags.keywords.as_str())
            .with("inLanguage", self.config.language.as_str())
            .with("isPartOf", json!({"@id": self.id_of_site()}))
            .into()
    }

    fn article(&self, card: &Card) -> Value {
        let date = card.date.as_ref().map(|date| date.iso.clone());
        let topics: Vec<&str> = card.topics.iter().map(|topic| topic.title.as_str()).collect();
        let based_on = card.source.as_ref().and_then(|source| source.url.as_deref());
        Thing::new("NewsArticle")
            .with("@id", format!("{}#article", card.permalink))
            .with("url", card.permalink.as_str())
            .with("mainEntityOfPage", card.permalink.as_str())
            .with("headline", card.title.as_str())
            .with("alternativeHeadline", card.subtitle.clone())
            .with("description", card.summary.as_str())
            .with("datePublished", date.clone())
            .with("dateModified", card.updated.as_ref().map(|date| date.iso.clone()).or_else(|| date.clone()))
            .with("author", authors(card))
            .with("publisher", self.publisher())
            .with("articleSection", card.section.as_ref().map(|section| section.title.clone()))
            .with("keywords", topics.join(","))
            .with("image", card.image.as_ref().map(|image| self.whole(image)))
            .with("inLanguage", self.config.language.as_str())
            .with("isBasedOn", based_on.map(|url| self.whole(url)))
            .into()
    }
}

/// The authors of a document, or else its source.
fn authors(card: &Card) -> Vec<Value> {
    let named = |kind: &str, name: &str| Thing::new(kind).with("name", name).into();
    let people: Vec<Value> = card.authors.iter().map(|name| named("Person", name)).collect();
    if !people.is_empty() {
        return people;
    }
    card.source.iter().map(|source| named("Organization", &source.name)).collect()
}

#[cfg(test)]
mod tests {
    use crate::render::views::json_ld::escaped;

    #[test]
    fn structured_data_cannot_close_its_script_element() {
        let json = escaped("{\"a\":\"</script><!--&\u{2028}\u{2029}\"}");
        assert_eq!(json, "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\\u2029\"}");
    }
}
