//! The front matter of a document, field by field.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::config::is_link;
use crate::config::yaml::{Fields, Located, Node, Value, in_mapping};
use crate::content::document::keys::DOCUMENT_KEYS;
use crate::content::document::redirects;
use crate::diagnostics::Span;
use crate::diagnostics::messages::{ConfigProblem, ContentProblem, Shape};
use crate::text::{Date, is_slug, suggest, suggestion};
use crate::world::Fingerprint;

const SOURCE_KEYS: &[&str] = &["name", "url"];

/// The front matter of a document. Required keys depend on the section, and are checked when the site is assembled.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Meta {
    /// The title.
    pub title: String,
    /// The date of publication.
    pub date: Option<Located<Date>>,
    /// The districts it is about, as written: name, code or slug.
    pub districts: Vec<Located<String>>,
    /// The year it reports on.
    pub year: Option<i16>,
    /// 副题
    pub subtitle: Option<String>,
    /// A summary written by the editor.
    pub summary: Option<String>,
    /// Where the text comes from.
    pub credit: Option<Credit>,
    /// The authors as shown: 通讯员 吴波.
    pub authors: Vec<String>,
    /// 责任编辑
    pub editor: Option<String>,
    /// Topics.
    pub topics: Vec<String>,
    /// The place of the topics.
    pub topics_span: Span,
    /// When it was corrected.
    pub updated: Option<Located<Date>>,
    /// An image for listings: a path or a URL.
    pub image: Option<Located<String>>,
    /// Pinned first in listings.
    pub top: bool,
    /// Built only with `--drafts`.
    pub draft: bool,
    /// Not published before this date, except with `--future`.
    pub publish_at: Option<Located<Date>>,
    /// Not published from this date on.
    pub expires: Option<Date>,
    /// Former URLs.
    pub aliases: Vec<Located<String>>,
    /// The last segment of the URL.
    pub slug: Option<Located<String>>,
    /// The template to use.
    pub template: Option<Located<String>>,
    /// Free values for the theme.
    #[serde(with = "crate::config::yaml::as_json")]
    pub extra: Option<Node>,
    /// The place of the title, for problems of the document as a whole.
    pub title_span: Span,
    /// Which of [`DOCUMENT_KEYS`] have a value, one bit each. An invalid value counts: it is reported once, not also as
    /// missing.
    written: u32,
    /// Keys without a value.
    blank: Vec<(u8, Span)>,
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// 中国人大网
    pub name: String,
    /// Its page there.
    pub url: Option<String>,
}

impl Meta {
    /// The fingerprint of what listings show of the document `name`; `summary` is that of its body.
    pub fn card_fingerprint(&self, name: &str, summary: &str) -> Fingerprint {
        let credit = self.credit.as_ref().map(|credit| (&credit.name, &credit.url));
        let summary = self.summary.as_deref().unwrap_or(summary);
        let dates =
            [&self.date, &self.publish_at, &self.updated].map(|date| date.as_ref().map(|date| date.value));
        let marks = (self.top, self.draft);
        let people = (credit, &self.authors, &self.editor);
        Fingerprint::of_value(&(
            name,
            &self.title,
            &self.subtitle,
            dates,
            summary,
            people,
            marks,
            &self.extra,
        ))
    }

    /// Whether the document is at the same place of the site as with `other`. Fields that are only displayed are not
    /// compared.
    pub fn is_placed_like(&self, other: &Meta) -> bool {
        let value = |located: &Option<Located<String>>| located.as_ref().map(|text| text.value.clone());
        let values = |all: &[Located<String>]| all.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
        let date = |date: &Option<Located<Date>>| date.as_ref().map(|date| date.value);
        date(&self.date) == date(&other.date)
            && values(&self.districts) == values(&other.districts)
            && self.year == other.year
            && self.topics == other.topics
            && value(&self.image) == value(&other.image)
            && (self.top, self.draft) == (other.top, other.draft)
            && date(&self.publish_at) == date(&other.publish_at)
            && date(&self.updated) == date(&other.updated)
            && self.expires == other.expires
            && values(&self.aliases) == values(&other.aliases)
            && value(&self.slug) == value(&other.slug)
            && value(&self.template) == value(&other.template)
            && self.written == other.written
    }

    /// Where to report that `key` is missing: at the key without a value, else at the title.
    pub fn place_for(&self, key: &str) -> Span {
        let blank = self.blank.iter().find(|(bit, _)| DOCUMENT_KEYS[usize::from(*bit)] == key);
        blank.map_or(self.title_span, |(_, span)| *span)
    }

    /// Whether there is a value for `key`, valid or not. The date implies the year.
    pub fn has(&self, key: &str) -> bool {
        let bit = |key: &str| DOCUMENT_KEYS.iter().position(|known| *known == key);
        let written = |key: &str| bit(key).is_some_and(|bit| self.written & (1 << bit) != 0);
        written(key) || (key == "year" && written("date"))
    }
}

/// Reads the front matter. Mistakes are noted in `fields`.
pub(super) fn read(fields: &mut Fields) -> Meta {
    let written = DOCUMENT_KEYS.iter().enumerate().filter(|(_, key)| {
        // A misspelt key is reported as such, not also as missing.
        fields.is_written(key) || fields.is_misspelt(key)
    });
    let written = written.fold(0, |bits, (bit, _)| bits | 1 << bit);
    let blank = DOCUMENT_KEYS.iter().enumerate().filter(|(_, key)| !fields.is_written(key));
    let blank = blank.filter_map(|(bit, key)| Some((bit as u8, fields.key_span(key)?))).collect();
    let title = fields.required_text("title");
    let day = date(fields, "date");
    let updated = date(fields, "updated");
    let (publish_at, expires) = (date(fields, "publish_at"), date(fields, "expires"));
    expires_first(fields, expires.as_ref(), [("date", &day), ("publish_at", &publish_at)]);
    let title_span =
        title.as_ref().map_or(Span { line: fields.span().line, column: 1, width: 1 }, |title| title.span);
    Meta {
        title: title.map(|title| title.value).unwrap_or_default(),
        title_span,
        written,
        blank,
        date: day,
        districts: fields.texts("district"),
        year: fields.integer("year", 1000, 9999).map(|year| year as i16),
        subtitle: plain(fields, "subtitle"),
        summary: plain(fields, "summary"),
        credit: credit(fields),
        authors: unique(fields.texts("authors")),
        editor: plain(fields, "editor"),
        topics_span: fields.key_span("topics").unwrap_or(title_span),
        topics: unique(fields.texts("topics")),
        updated,
        image: fields.text("image"),
        top: fields.flag("top"),
        draft: fields.flag("draft"),
        publish_at,
        expires: expires.map(|date| date.value),
        aliases: redirects::read(fields),
        slug: slug_of(fields),
        template: fields.name("template"),
        extra: extra(fields),
    }
}

/// A text without its place.
pub(super) fn plain(fields: &mut Fields, key: &'static str) -> Option<String> {
    fields.text(key).map(|text| text.value)
}

/// The free values for the theme, if there are any.
pub(super) fn extra(fields: &mut Fields) -> Option<Node> {
    let node = fields.free_map("extra");
    (node != Node::empty_map()).then_some(node)
}

fn unique(texts: Vec<Located<String>>) -> Vec<String> {
    let mut seen = HashSet::new();
    texts.into_iter().map(|text| text.value).filter(|text| seen.insert(text.clone())).collect()
}

fn date(fields: &mut Fields, key: &'static str) -> Option<Located<Date>> {
    let text = fields.text(key)?;
    match Date::parse(&text.value) {
        Some(value) => Some(Located { value, span: text.span }),
        None => {
            let suggestion = suggest(&text.value);
            fields.mistake(ContentProblem::BadDate { key, value: text.value, suggestion }, text.span);
            None
        }
    }
}

/// Notes a document that expires before it is published.
fn expires_first(
    fields: &mut Fields,
    expires: Option<&Located<Date>>,
    before: [(&'static str, &Option<Located<Date>>); 2],
) {
    let Some(expires) = expires else { return };
    let late = |(_, date): &(&str, &Option<Located<Date>>)| {
        date.as_ref().is_some_and(|date| !date.value.is_before(&expires.value))
    };
    if let Some((before, _)) = before.into_iter().rfind(late) {
        fields.mistake(ContentProblem::ExpiresFirst { before }, expires.span);
    }
}

fn credit(fields: &mut Fields) -> Option<Credit> {
    let node = fields.node("source")?;
    match &node.value {
        Value::Map(_) => {
            let mut inner = fields.inner("source", node, SOURCE_KEYS)?;
            let name = inner.required_text("name");
            let url = inner.text("url");
            if let Some(bad) = url.as_ref().filter(|url| !is_link(&url.value)) {
                inner.mistake(ConfigProblem::BadLink { key: "url", value: bad.value.clone() }, bad.span);
            }
            fields.absorb(inner);
            Some(Credit { name: name?.value, url: url.map(|url| url.value) })
        }
        Value::Text(text) => match in_mapping(text, SOURCE_KEYS) {
            Some(problem) => {
                fields.mistake(problem, node.span);
                None
            }
            None => Some(Credit { name: fields.text_in("source", &node)?.value, url: None }),
        },
        _ => {
            fields.wrong("source", Shape::Text, &node);
            None
        }
    }
}

fn slug_of(fields: &mut Fields) -> Option<Located<String>> {
    let slug = fields.name("slug")?;
    if is_slug(&slug.value) {
        return Some(slug);
    }
    let suggestion = suggestion(&slug.value);
    fields.mistake(ConfigProblem::BadSlug { value: slug.value, suggestion }, slug.span);
    None
}
