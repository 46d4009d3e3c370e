//! What templates see: a public contract. Every template gets `site`, `current`, `nav`, `breadcrumbs`, `column`
//! ([`crate::render::views::page_tags::PageTagsView`]; absent from plain pages, redirects and the 404 page) and
//! `linked_data` (JSON-LD by [`mod@crate::render::views::json_ld`]; absent where there is nothing to say); pages get
//! `page`, listings get `listing`, redirects get `target`, and the home page gets `title`, `description` and `extra` of
//! its `_index.md` (absent where that does not say them) and `introduction` (HTML). All else is asked for by the
//! functions of `functions.rs`. All `url`s are links ready for `href`, below the site's base path; `permalink`s are
//! whole.

use std::hash::Hash;

use serde::Serialize;
use tera::Value;

use crate::config::yaml::Node;
use crate::config::{Badge, Organization, digits};
use crate::content::assets::ImageView;
use crate::content::markdown::TocEntry;
use crate::site::{PageId, Site};

/// Where the ministry of industry tells about an ICP number.
const ICP_URL: &str = "https://beian.miit.gov.cn";
/// Where the ministry of public security tells about a number of its own.
const POLICE_URL: &str = "https://beian.mps.gov.cn/#/query/webSearch?code=";

/// Hanzi read in a minute, for the estimated reading time.
const WORDS_A_MINUTE: u32 = 400;

/// `site`: the settings of site.yaml.
#[derive(Debug, Serialize)]
pub struct SiteView {
    /// The site's name.
    pub title: String,
    /// One or two sentences; may be empty.
    pub description: String,
    /// What the site is about; may be empty.
    pub keywords: Vec<String>,
    /// The link to the organization's picture.
    pub emblem: Option<String>,
    /// The same picture with its size.
    pub emblem_picture: Option<ImageView>,
    /// The host, without a port: `www.example.gov.cn`.
    pub domain: String,
    /// Who runs the site.
    pub office: OrganizationView,
    /// BCP 47 language tag, for `lang`.
    pub language: String,
    /// The link to the home page.
    pub url: String,
    /// The whole URL of the home page.
    pub permalink: String,
    /// The link to the site's feed.
    pub feed_url: String,
    /// `extra` of site.yaml, over that of theme.yaml.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// `site.office`: what is not set is absent.
#[derive(Debug, Serialize)]
pub struct OrganizationView {
    /// 主办单位
    pub host: Option<String>,
    /// 承办单位
    pub operator: Option<String>,
    /// 联系方式, a line each; may be empty.
    pub contact: Vec<String>,
    /// 网站标识码
    pub site_code: Option<String>,
    /// ICP 备案号
    pub icp: Option<String>,
    /// Where it can be looked up.
    pub icp_url: Option<&'static str>,
    /// 公安备案号
    pub police: Option<String>,
    /// Where it can be looked up.
    pub police_url: Option<String>,
    /// 党政机关网站标识
    pub badge: Option<BadgeView>,
}

/// The badge with links.
#[derive(Debug, Serialize)]
pub struct BadgeView {
    /// The link to the picture.
    pub image: String,
    /// The picture with its size.
    pub picture: ImageView,
    /// Where it leads.
    pub url: String,
}

impl OrganizationView {
    /// The organization as templates of `site` see it.
    pub fn new(organization: &Organization, site: &Site) -> OrganizationView {
        let own = |url: &str| if url.starts_with('/') { site.link(url) } else { url.to_owned() };
        let badge = |badge: &Badge| BadgeView {
            image: own(&badge.image.value),
            picture: site.image_view_at(&badge.image.value),
            url: own(&badge.url),
        };
        let Organization { host, operator, contact, icp, police, .. } = organization;
        OrganizationView {
            host: host.clone(),
            operator: operator.clone(),
            contact: contact.clone(),
            site_code: organization.site_code.clone(),
            icp: icp.clone(),
            icp_url: icp.as_ref().map(|_| ICP_URL),
            police: police.clone(),
            police_url: police.as_ref().map(|police| format!("{POLICE_URL}{}", digits(police))),
            badge: organization.badge.as_ref().map(badge),
        }
    }
}

/// `current`: the output that is being rendered.
#[derive(Debug, Hash, Serialize)]
pub struct CurrentView {
    /// `home`, `document`, `page`, `section`, `district`, `district-year`, `year`, `topic`,
    /// `districts`, `years`, `topics`, `site-map`, `not-found` or `redirect`.
    pub kind: &'static str,
    /// Its link.
    pub url: String,
    /// Its whole URL.
    pub permalink: String,
}

/// An entry of `nav`, and of `breadcrumbs`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct LinkView {
    /// What is shown.
    pub title: String,
    /// Its link.
    pub url: String,
    /// Whether the current page is it or below it.
    pub active: bool,
}

/// A date, ready to show.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct DateView {
    /// For people: 2026年1月8日, or 2026-01-08 in other languages.
    pub text: String,
    /// For listings: `2026-01-08`.
    pub day: String,
    /// `09:30`; absent where only a day was given.
    pub time: Option<String>,
    /// For `datetime` attributes: RFC 3339, or the day alone.
    pub iso: String,
    /// The year.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: i8,
    /// The day of the month.
    pub day_of_month: i8,
}

/// A document as listings show it, without its body.
#[derive(Debug, Clone, Hash, Serialize)]
pub struct Card {
    /// The title.
    pub title: String,
    /// 副题
    pub subtitle: Option<String>,
    /// Its link.
    pub url: String,
    /// Its whole URL.
    pub permalink: String,
    /// Its file below the content folder.
    pub path: String,
    /// Its date; absent from undated pages.
    pub date: Option<DateView>,
    /// When it was corrected; absent if it was not.
    pub updated: Option<DateView>,
    /// The year it reports on.
    pub year: Option<i16>,
    /// The link to that year's listing; absent from plain pages.
    pub year_url: Option<String>,
    /// Its section: `title`, `url`; absent from plain pages.
    pub section: Option<NameView>,
    /// Its districts: `title`, `url` each.
    pub districts: Vec<NameView>,
    /// Its topics: `title`, `url` each.
    pub topics: Vec<NameView>,
    /// The editor's summary, or the beginning of the first paragraph.
    pub summary: String,
    /// 来源: `name` and perhaps `url`.
    pub source: Option<CreditView>,
    /// Authors as they are to be shown.
    pub authors: Vec<String>,
    /// 责任编辑
    pub editor: Option<String>,
    /// The link to its picture.
    pub image: Option<String>,
    /// Its picture as pages show it: `url`, `permalink`, `width`, `height`, `srcset`.
    pub picture: Option<ImageView>,
    /// Whether it is pinned.
    pub top: bool,
    /// Whether it is a draft (built with `--drafts`).
    pub draft: bool,
    /// `extra` of its front matter; absent where there is none.
    pub extra: Option<Node>,
}

/// A section, district or topic by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct NameView {
    /// Its name.
    pub title: String,
    /// The link to its listing.
    pub url: String,
}

/// A district by name, without counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct DistrictName {
    /// GB/T 2260 code.
    pub code: String,
    /// 汉阳区
    pub name: String,
    /// Its URL segment: what `district(name=…)` may be asked with.
    pub slug: String,
    /// The link to its listing.
    pub url: String,
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CreditView {
    /// 中国人大网
    pub name: String,
    /// Its page there.
    pub url: Option<String>,
}

/// A view as templates see it. (None of them fails to serialise.)
pub fn value_of<T: Serialize + ?Sized>(view: &T) -> Value {
    Value::try_from_serializable(view).unwrap_or_else(|_| Value::none())
}

/// The time it takes to read `words` words, in whole minutes, at least 1.
pub fn reading_minutes(words: u32) -> u32 {
    words.div_ceil(WORDS_A_MINUTE).max(1)
}

/// `page`: a document or plain page with its body: all that its [`Card`] has, and this.
#[derive(Debug)]
pub struct PageView {
    /// Its length: hanzi, and words of other scripts. Cards do not have it, because listings must not depend on bodies.
    pub words: u32,
    /// The estimated reading time in minutes, at least 1.
    pub minutes: u32,
    /// The table of contents: `level`, `id`, `title`, `children`.
    pub toc: Vec<TocEntry>,
    /// The document above it in its section's listing (上一篇): its [`Card`].
    pub previous: Option<Value>,
    /// The document below it (下一篇).
    pub next: Option<Value>,
    /// Up to five documents related to it by topics and districts: a [`Card`] each.
    pub related: Vec<Value>,
    /// The body as HTML, safe to write out.
    pub content: Value,
}

impl PageView {
    /// The page with this card as templates see it.
    pub fn value(self, card: Value) -> Value {
        let mut map = card.into_map().unwrap_or_default();
        for (key, value) in [
            ("words", self.words.into()),
            ("minutes", self.minutes.into()),
            ("toc", value_of(&self.toc)),
            ("previous", self.previous.into()),
            ("next", self.next.into()),
            ("related", self.related.into()),
            ("content", self.content),
        ] {
            map.insert(key.into(), value);
        }
        map.into()
    }
}

/// `listing`: a page of a listing.
#[derive(Debug, Hash, Serialize)]
pub struct ListingView {
    /// `section`, `district`, `district-year`, `year` or `topic`.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// The section's description; may be empty.
    pub description: String,
    /// The link to its first page.
    pub url: String,
    /// The link to its feed, if it has one.
    pub feed_url: Option<String>,
    /// The documents on this page: a [`Card`] each.
    #[serde(skip)]
    pub items: Vec<PageId>,
    /// The number of documents on all pages. Only the first page has it, so that a new document does not change every
    /// page of a long listing.
    pub total: Option<usize>,
    /// This page's number, from 1.
    pub number: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// The link to the page before.
    pub previous_url: Option<String>,
    /// The link to the page after.
    pub next_url: Option<String>,
    /// Links to pages near this one: `number`, `url`, `current`; a gap has neither number nor link.
    pub window: Vec<PageLink>,
    /// The district, in listings of a district or of its year; `district(name=…)` tells more of it.
    pub district: Option<DistrictName>,
    /// The year, in listings of a year.
    pub year: Option<i16>,
    /// `extra` of a section's `_index.md`.
    pub extra: Option<Node>,
    /// The introduction as HTML, on the first page; may be empty.
    pub introduction: String,
}

/// `target`: where a former URL redirects to.
#[derive(Debug, Hash, Serialize)]
pub struct TargetView {
    /// Its link.
    pub url: String,
    /// Its whole URL.
    pub permalink: String,
}

/// A link to a page of a listing.
#[derive(Debug, Hash, Serialize)]
pub struct PageLink {
    /// The page's number.
    pub number: Option<usize>,
    /// Its link.
    pub url: Option<String>,
    /// Whether it is the page that is being rendered.
    pub current: bool,
}

/// A section with its number of documents.
#[derive(Debug, Hash, Serialize)]
pub struct SectionView {
    /// The folder's name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// One or two sentences; may be empty.
    pub description: String,
    /// The link to its listing.
    pub url: String,
    /// The link to its feed.
    pub feed_url: String,
    /// How many documents it has.
    pub count: usize,
    /// `extra` of its `_index.md`.
    pub extra: Option<Node>,
}

/// A district with its number of documents, those below it included.
#[derive(Debug, Hash, Serialize)]
pub struct DistrictView {
    /// GB/T 2260 code.
    pub code: String,
    /// 汉阳区
    pub name: String,
    /// Its URL segment.
    pub slug: String,
    /// The link to its listing.
    pub url: String,
    /// The link to its feed.
    pub feed_url: String,
    /// How many documents its listing has.
    pub count: usize,
    /// The years in which it has documents, latest first: `year`, `url`, `count`.
    pub years: Vec<YearView>,
    /// The districts above it, topmost first: `title`, `url`.
    pub parents: Vec<NameView>,
    /// The districts directly below it.
    pub children: Vec<DistrictView>,
}

/// A year with its number of documents.
#[derive(Debug, Hash, Serialize)]
pub struct YearView {
    /// The year.
    pub year: i16,
    /// The link to its listing.
    pub url: String,
    /// How many documents report on it.
    pub count: usize,
}

/// A topic with its number of documents.
#[derive(Debug, Hash, Serialize)]
pub struct TopicView {
    /// 监督工作
    pub title: String,
    /// The link to its listing.
    pub url: String,
    /// How many documents have it.
    pub count: usize,
}
