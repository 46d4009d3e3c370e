//! `site.yaml`: typed, every mistake reported, unknown keys refused.

pub mod districts;
pub mod limits;
pub mod organization;
pub mod yaml;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::config::limits::Limits;
use crate::config::organization::{Organization, office, own_picture};
use crate::config::yaml::fields::{Fields, Located, located};
use crate::config::yaml::{Node, Yaml};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::{Problem, Shape, split_list};
use crate::diagnostics::source::{Source, Span};
use crate::text::cjk::nearest;
use crate::text::slug;
use crate::text::slug::{SlugStyle, is_slug};

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
    /// Where the site will stand.
    pub base_url: BaseUrl,
    /// One or two sentences about the site; may be empty.
    pub description: String,
    /// What the site is about, for the page tags.
    pub keywords: Vec<String>,
    /// A picture that stands for the office, by its path on the site.
    pub emblem: Option<Located<String>>,
    /// Who runs the site.
    pub office: Organization,
    /// BCP 47 language tag.
    pub language: String,
    /// The zone of dates without an offset, and of the dates shown.
    pub time_zone: TimeZone,
    /// The theme's name.
    pub theme: Located<String>,
    /// Documents a listing page.
    pub paginate: usize,
    /// What becomes of hanzi in URLs.
    pub slugs: SlugStyle,
    /// What becomes of raw HTML in Markdown.
    pub html: HtmlPolicy,
    /// The navigation, where the site sets its own.
    pub nav: Option<Vec<NavItem>>,
    /// URL segments of topics whose pinyin will not do.
    pub topics: BTreeMap<String, String>,
    /// How much the site may hold.
    pub limits: Limits,
    /// Anything a theme wants.
    pub extra: Node,
}

/// What becomes of raw HTML in Markdown (`html` in site.yaml).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HtmlPolicy {
    /// Harmless elements stay, scripts and styles go.
    #[default]
    Sanitize,
    /// It is shown as text.
    Escape,
    /// It stays as it is.
    Trust,
}

/// An entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// What is shown.
    pub title: String,
    /// A path of the site, from `/`, or a URL.
    pub url: String,
}

/// How long an address must not be, in bytes (sitemaps.org protocol, `<loc>`): scheme, host and path, percent-encoded.
pub const ADDRESS_LIMIT: usize = 2048;

/// The URL of the site's home, in two parts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    /// Scheme and host: `https://www.example.gov.cn`.
    pub origin: String,
    /// The path below it, without a slash at its end: empty, or `/renda`.
    pub path: String,
}

/// What a path in a link must have percent-encoded (RFC 3986, section 3.3), beside what is not ASCII.
pub(crate) const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl BaseUrl {
    /// Parses `https://host[:port][/path]`; `None` if it is not that, or so long that it leaves no room for paths.
    pub fn parse(url: &str) -> Option<BaseUrl> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let scheme = &url[..url.len() - rest.len()];
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host_char = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let good_host = !host.is_empty() && host.chars().all(host_char) && !host.starts_with(['.', ':', '-']);
        let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
        let good_host = good_host && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        let good_path = !path.contains(['?', '#', '\\', '<', '>', '"', ' ', '\'']) && leads_down(path);
        let base = BaseUrl {
            origin: format!("{scheme}{host}"),
            path: utf8_percent_encode(path.trim_end_matches('/'), NOT_IN_PATH)
                .to_string()
                .replace("%25", "%"),
        };
        (good_host && good_path && base.length() <= ADDRESS_LIMIT / 2).then_some(base)
    }

    /// How long it is, in bytes.
    pub fn length(&self) -> usize {
        self.origin.len() + self.path.len()
    }

    /// The host without its port: `www.example.gov.cn`.
    pub fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or("", |(_, host)| host);
        let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        port.map_or(host, |(host, _)| host)
    }

    /// The link to a path of the site (`/a/汉阳.html`) from any of its pages: percent-encoded, below
    /// the base path.
    pub fn link(&self, path: &str) -> String {
        format!("{}{}", self.path, utf8_percent_encode(path, NOT_IN_PATH))
    }

    /// The whole URL of a path of the site.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{}", self.origin, self.link(path))
    }
}

/// Does a path lead nowhere but down, by the names that browsers and servers see in it? To them `%2e` is a dot (URL
/// Standard, "double-dot URL path segment").
fn leads_down(path: &str) -> bool {
    let bytes: Vec<u8> = percent_decode_str(path.trim_end_matches('/')).collect();
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let is_here = |segment: &[u8]| segment == b".";
    // `//a` in a link is another host.
    let climbs = has(b"..") || has(b"//") || bytes.split(|byte| *byte == b'/').any(is_here);
    !climbs && !bytes.iter().any(|byte| *byte == b'\\' || byte.is_ascii_control())
}

/// Reads `site.yaml`. What is wrong gets its default, so that the rest of the site can be checked too.
pub fn read_site(source: &Source) -> (Config, Vec<Diagnostic>) {
    let yaml = Yaml::file(source);
    let fields = yaml.parse(SITE_KEYS).and_then(|node| yaml.fields(node, SITE_KEYS));
    match fields {
        Ok(mut fields) => {
            let place = fields.key_span("title").unwrap_or(fields.span());
            let config = site(&mut fields);
            let in_one = lists_in_one(&config.keywords);
            let keywords = fields.key_span("keywords").unwrap_or(place);
            let mut diagnostics = located(source, fields.finish());
            diagnostics.extend(in_one.map(|problem| Diagnostic::warning(problem).at(source.place(keywords))));
            // What is missing may only be misspelt.
            let missing = if diagnostics.is_empty() { missing_for_inspection(&config) } else { Vec::new() };
            if !missing.is_empty() {
                // No warning: a new site cannot have a site code yet.
                let problem = Problem::InspectionSettings { missing };
                diagnostics.push(Diagnostic::notice(problem).at(source.place(place)));
            }
            (config, diagnostics)
        }
        Err(error) => (Config::default(), vec![*error]),
    }
}

/// `keywords: 人大、监督` is one keyword, and hardly what was meant.
fn lists_in_one(keywords: &[String]) -> Option<Problem> {
    let value = keywords.iter().find(|keyword| split_list(keyword).len() > 1)?;
    Some(Problem::ListInOneText { key: "keywords", value: value.clone() })
}

/// What the page tags need and the settings lack: a site without it fails inspection (国办发〔2017〕47号).
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
        Config {
            title: String::new(),
            base_url: BaseUrl { origin: "http://localhost".into(), path: String::new() },
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
    Config {
        title: fields.required_text("title").map(|title| title.value).unwrap_or_default(),
        base_url: base_url(fields).unwrap_or(default.base_url),
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
        nav: nav(fields),
        topics: topic_slugs(fields),
        limits: Limits { sanitizes: html == HtmlPolicy::Sanitize, ..Limits::read(fields) },
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
        fields.mistake(Problem::BadBaseUrl { value: text.value }, text.span);
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
    let problem = Problem::OneOf { key: "language", value: text.value, allowed, nearest: None };
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
            let problem = Problem::OneOf { key: "timezone", value: text.value, allowed, nearest: near };
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
    fields.mistake(Problem::OneOf { key, value, allowed, nearest: near }, node.span);
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
            inner.mistake(Problem::BadLink { key: "url", value: url.value.clone() }, url.span);
        }
        fields.absorb(inner);
        Some(NavItem { title: title?.value, url: url?.value })
    });
    Some(items.collect())
}

/// Is `url` an absolute web address or a path of this site?
pub fn is_link(url: &str) -> bool {
    let web = url.starts_with("http://") || url.starts_with("https://");
    let own = url.starts_with('/') && !url.starts_with("//");
    (web || own) && !url.contains([' ', '"', '<', '>', '\\'])
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
            crate::config::yaml::Value::Text(slug) if is_slug(slug) => {
                slugs.insert(name.name, slug.clone());
            }
            crate::config::yaml::Value::Text(slug) => {
                let suggestion = slug::suggestion(slug);
                fields.mistake(Problem::BadSlug { value: slug.clone(), suggestion }, node.span);
            }
            _ => fields.wrong("topics", Shape::Text, &node),
        }
    }
    slugs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_base_url_has_no_port() {
        for (url, host) in [
            ("https://www.example.gov.cn", "www.example.gov.cn"),
            ("http://localhost:1111/renda", "localhost"),
            ("http://[::1]:80", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(BaseUrl::parse(url).unwrap().host(), host);
        }
    }

    #[test]
    fn base_urls_have_a_scheme_a_host_and_perhaps_a_path() {
        let base = BaseUrl::parse("https://example.gov.cn/renda/").unwrap();
        assert_eq!(base.link("/news/"), "/renda/news/");
        assert_eq!(base.absolute("/"), "https://example.gov.cn/renda/");
        for good in ["https://a/%E4%BA%BA", "https://a/v1.0", "https://a/b%20c"] {
            assert!(BaseUrl::parse(good).is_some(), "{good}");
        }
        for bad in [
            "example.gov.cn",
            "ftp://a",
            "https://",
            "https:///a",
            "https://a b/",
            "https://a/?q",
            "https://a//b",
            "https://a/../b",
            "https://a/%2e%2e/b",
            "https://a/.%2E/b",
            "https://a/b/%2e",
            "https://a/b/%2F/c",
            "https://a/%5cb",
            "https://a/%0d%0ab",
        ] {
            assert!(BaseUrl::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn hanzi_in_links_are_percent_encoded() {
        let base = BaseUrl::parse("https://example.gov.cn").unwrap();
        assert_eq!(base.link("/汉.html"), "/%E6%B1%89.html");
        assert_eq!(base.link("/a b%.html"), "/a%20b%25.html");
    }
}
