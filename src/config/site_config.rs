//! Reads `site.yaml` into a [`Config`], and reports all errors in it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::config::base_url::{BaseUrl, is_link};
use crate::config::body_rules::{HtmlPolicy, Paragraphs};
use crate::config::limits::Limits;
use crate::config::organization::{Organization, office, own_picture};
use crate::config::publish::{Pattern, publish};
use crate::config::yaml::{Fields, Located, Node, Value, Yaml, located};
use crate::diagnostics::messages::{ConfigProblem, Shape, YamlProblem};
use crate::diagnostics::{Diagnostic, Source, Span};
use crate::text::{SlugStyle, is_slug, nearest, split_list, suggestion};

const SITE_KEYS: &[&str] = &[
    "title",
    "base_url",
    "description",
    "keywords",
    "emblem",
    "office",
    "language",
    "timezone",
    "theme",
    "paginate",
    "slugs",
    "html",
    "paragraphs",
    "publish",
    "on_error",
    "nav",
    "topics",
    "limits",
    "extra",
];
const NAV_KEYS: &[&str] = &["title", "url"];

/// The site's settings.
#[derive(Debug, Clone)]
pub struct Config {
    /// The site's name.
    pub title: String,
    /// The URL that the site will be published at.
    pub base_url: BaseUrl,
    /// The one in `site.yaml`, where an option replaces it.
    pub written_url: BaseUrl,
    /// One or two sentences about the site; may be empty.
    pub description: String,
    /// Keywords of the site, for the meta tags of its pages.
    pub keywords: Vec<String>,
    /// The path on the site of the organization's emblem.
    pub emblem: Option<Located<String>>,
    /// The organization that runs the site.
    pub office: Organization,
    /// BCP 47 language tag.
    pub language: String,
    /// The time zone of dates without an offset, and of the dates shown.
    pub time_zone: TimeZone,
    /// The theme's name.
    pub theme: Located<String>,
    /// The number of documents per listing page.
    pub paginate: usize,
    /// How hanzi are written in URLs.
    pub slugs: SlugStyle,
    /// What to do with raw HTML in Markdown.
    pub html: HtmlPolicy,
    /// What ends a paragraph.
    pub paragraphs: Paragraphs,
    /// What happens to the site if documents have errors.
    pub on_error: OnError,
    /// Files that are published although nothing refers to them.
    pub publish: Vec<Pattern>,
    /// The navigation, if the site overrides the default one.
    pub nav: Option<Vec<NavItem>>,
    /// URL segments of topics, in place of their pinyin.
    pub topics: BTreeMap<String, String>,
    /// The limits of the site's size.
    pub limits: Limits,
    /// Settings for themes, of any content.
    pub extra: Node,
}

/// What a site says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteName {
    /// Its title.
    pub title: String,
    /// Its address, as written in `site.yaml`.
    pub url: String,
}

impl Config {
    /// What the site says of itself.
    pub fn name(&self) -> SiteName {
        SiteName { title: self.title.clone(), url: self.written_url.absolute("") }
    }
}

/// What happens to the site if documents have errors (`on_error` in site.yaml).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnError {
    /// It stays as it is.
    #[default]
    Stop,
    /// It goes out, and the documents keep the pages that they have.
    Keep,
}

/// An entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Its text.
    pub title: String,
    /// A path of the site, from `/`, or a URL.
    pub url: String,
}

/// Reads `site.yaml`. Invalid values become the defaults, so that the rest of the site can be checked, too.
pub fn read_site(source: &Source) -> (Config, Vec<Diagnostic>) {
    let yaml = Yaml::file(source);
    let fields = yaml.parse(SITE_KEYS).and_then(|node| yaml.fields(node, SITE_KEYS));
    match fields {
        Ok(mut fields) => {
            let place = fields.key_span("title").unwrap_or(fields.span());
            let config = site(&mut fields);
            let list_in_one_text = list_in_one_text(&config.keywords);
            let keywords = fields.key_span("keywords").unwrap_or(place);
            let mut diagnostics = located(source, fields.finish());
            diagnostics
                .extend(list_in_one_text.map(|problem| Diagnostic::new(problem).at(source.place(keywords))));
            // With other errors, settings may be misspelt rather than missing.
            let missing = if diagnostics.is_empty() { missing_for_inspection(&config) } else { Vec::new() };
            if !missing.is_empty() {
                // A notice, not a warning: a new site cannot have a site code yet.
                let problem = ConfigProblem::InspectionSettings { missing };
                diagnostics.push(Diagnostic::new(problem).at(source.place(place)));
            }
            (config, diagnostics)
        }
        Err(error) => (Config::default(), vec![*error]),
    }
}

/// Finds a keyword that is probably a list: `keywords: 人大、监督`.
fn list_in_one_text(keywords: &[String]) -> Option<ConfigProblem> {
    let value = keywords.iter().find(|keyword| split_list(keyword).len() > 1)?;
    Some(ConfigProblem::ListInOneText { key: "keywords", value: value.clone() })
}

/// The missing settings that meta tags need: a site without them fails inspection (国办发〔2017〕47号).
fn missing_for_inspection(config: &Config) -> Vec<&'static str> {
    let needed = [
        ("description", config.description.is_empty()),
        ("keywords", config.keywords.is_empty()),
        ("office.site_code", config.office.site_code.is_none()),
    ];
    needed.into_iter().filter(|(_, missing)| *missing).map(|(key, _)| key).collect()
}

impl Default for Config {
    fn default() -> Self {
        let base_url = BaseUrl { origin: "http://localhost".into(), path: String::new() };
        Config {
            title: String::new(),
            base_url: base_url.clone(),
            written_url: base_url,
            description: String::new(),
            keywords: Vec::new(),
            emblem: None,
            office: Organization::default(),
            language: "zh-CN".into(),
            time_zone: TimeZone::get("Asia/Shanghai").unwrap_or(TimeZone::UTC),
            theme: Located { value: "chamber".into(), span: Span { line: 1, column: 1, width: 1 } },
            paginate: 20,
            slugs: SlugStyle::Pinyin,
            html: HtmlPolicy::Sanitize,
            paragraphs: Paragraphs::Markdown,
            on_error: OnError::Stop,
            publish: Vec::new(),
            nav: None,
            topics: BTreeMap::new(),
            limits: Limits::default(),
            extra: Node::empty_map(),
        }
    }
}

fn site(fields: &mut Fields) -> Config {
    let default = Config::default();
    let html = html(fields);
    let paragraphs =
        one_of(fields, "paragraphs", &[("lines", Paragraphs::Lines), ("markdown", Paragraphs::Markdown)]);
    let title = fields.required_text("title").map(|title| title.value).unwrap_or_default();
    let base_url = base_url(fields).unwrap_or(default.base_url);
    Config {
        title,
        written_url: base_url.clone(),
        base_url,
        description: fields.text("description").map(|text| text.value).unwrap_or_default(),
        keywords: fields.texts("keywords").into_iter().map(|text| text.value).collect(),
        emblem: fields.name("emblem").and_then(|emblem| own_picture(fields, "emblem", emblem)),
        office: office(fields),
        language: language(fields).unwrap_or(default.language),
        time_zone: time_zone(fields).unwrap_or(default.time_zone),
        theme: fields.name("theme").unwrap_or(default.theme),
        paginate: fields.integer("paginate", 1, 1000).map_or(default.paginate, |number| number as usize),
        slugs: one_of(fields, "slugs", &[("pinyin", SlugStyle::Pinyin), ("keep", SlugStyle::Keep)]),
        html,
        paragraphs,
        on_error: one_of(fields, "on_error", &[("stop", OnError::Stop), ("keep", OnError::Keep)]),
        publish: publish(fields),
        nav: nav(fields),
        topics: topic_slugs(fields),
        limits: Limits { html, paragraphs, ..Limits::read(fields) },
        extra: fields.free_map("extra"),
    }
}

fn html(fields: &mut Fields) -> HtmlPolicy {
    one_of(
        fields,
        "html",
        &[("sanitize", HtmlPolicy::Sanitize), ("escape", HtmlPolicy::Escape), ("trust", HtmlPolicy::Trust)],
    )
}

fn base_url(fields: &mut Fields) -> Option<BaseUrl> {
    let text = fields.required_text("base_url")?;
    let parsed = BaseUrl::parse(&text.value);
    if parsed.is_none() {
        fields.mistake(ConfigProblem::BadBaseUrl { value: text.value }, text.span);
    }
    parsed
}

fn language(fields: &mut Fields) -> Option<String> {
    let text = fields.name("language")?;
    let subtag = |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    if text.value.split('-').all(subtag) && text.value.split('-').next().is_some_and(|tag| tag.len() >= 2) {
        return Some(text.value);
    }
    let allowed = vec!["zh-CN".to_owned(), "zh-Hans".to_owned(), "en".to_owned()];
    let problem = YamlProblem::NotAllowed { key: "language", value: text.value, allowed, nearest: None };
    fields.mistake(problem, text.span);
    None
}

fn time_zone(fields: &mut Fields) -> Option<TimeZone> {
    let text = fields.name("timezone")?;
    match TimeZone::get(&text.value) {
        Ok(zone) => Some(zone),
        Err(_) => {
            let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
            let near = nearest(&text.value, names.iter().map(String::as_str)).map(str::to_owned);
            let allowed = vec!["Asia/Shanghai".to_owned(), "Asia/Urumqi".to_owned(), "UTC".to_owned()];
            let problem =
                YamlProblem::NotAllowed { key: "timezone", value: text.value, allowed, nearest: near };
            fields.mistake(problem, text.span);
            None
        }
    }
}

fn one_of<T: Copy + Default>(fields: &mut Fields, key: &'static str, choices: &[(&str, T)]) -> T {
    let Some(node) = fields.node(key) else { return T::default() };
    let value = node.spelling();
    if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == value) {
        return *choice;
    }
    let near = nearest(&value, choices.iter().map(|(name, _)| *name)).map(str::to_owned);
    let allowed = choices.iter().map(|(name, _)| (*name).to_owned()).collect();
    fields.mistake(YamlProblem::NotAllowed { key, value, allowed, nearest: near }, node.span);
    T::default()
}

fn nav(fields: &mut Fields) -> Option<Vec<NavItem>> {
    let items = fields.list("nav")?;
    let items = items.into_iter().filter_map(|item| {
        let mut inner = fields.inner("nav", item, NAV_KEYS)?;
        let title = inner.required_text("title");
        let url = inner.required_text("url");
        if let Some(url) = &url
            && !is_link(&url.value)
        {
            inner.mistake(ConfigProblem::BadLink { key: "url", value: url.value.clone() }, url.span);
        }
        fields.absorb(inner);
        Some(NavItem { title: title?.value, url: url?.value })
    });
    Some(items.collect())
}

fn topic_slugs(fields: &mut Fields) -> BTreeMap<String, String> {
    let node = fields.node("topics");
    if node.as_ref().is_some_and(|node| !fields.check("topics", node)) {
        return BTreeMap::new();
    }
    let Some(mut inner) = node.and_then(|node| fields.inner("topics", node, &[])) else {
        return BTreeMap::new();
    };
    let mut slugs = BTreeMap::new();
    for (name, node) in inner.take_all() {
        match &node.value {
            Value::Text(slug) if is_slug(slug) => {
                slugs.insert(name.name, slug.clone());
            }
            Value::Text(slug) => {
                let suggestion = suggestion(slug);
                fields.mistake(ConfigProblem::BadSlug { value: slug.clone(), suggestion }, node.span);
            }
            _ => fields.wrong("topics", Shape::Text, &node),
        }
    }
    slugs
}
