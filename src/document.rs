//! Front matter and body → [`Document`]: a pure function of the file's bytes, so that an unchanged
//! file never has to be read twice.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::config::is_link;
use crate::date::{self, Date};
use crate::diagnostic::Diagnostic;
use crate::fields::{Fields, Located, located};
use crate::fingerprint::Fingerprint;
use crate::limits::Limits;
use crate::markdown::{self, COLUMNS_LIMIT, Digest, Kind};
use crate::problem::{Problem, Shape};
use crate::slip;
use crate::slug::{self, SlugStyle};
use crate::source::{Source, Span};
use crate::yaml::{Bounds, Node, Value, Yaml};

/// The keys of a document's front matter.
pub const DOCUMENT_KEYS: &[&str] = &[
    "title",
    "date",
    "district",
    "year",
    "subtitle",
    "summary",
    "source",
    "authors",
    "editor",
    "topics",
    "image",
    "top",
    "draft",
    "publish_at",
    "expires",
    "aliases",
    "slug",
    "template",
    "extra",
];
/// The keys of a section's `_index.md`.
const SECTION_KEYS: &[&str] = &[
    "title",
    "description",
    "keywords",
    "column_type",
    "order",
    "paginate",
    "requires",
    "template",
    "extra",
];
/// The keys of the home page's `_index.md`.
const HOME_KEYS: &[&str] = &["title", "description", "keywords", "template", "extra"];
const SOURCE_KEYS: &[&str] = &["name", "url"];

/// The longest summary made from a body, in characters.
pub const SUMMARY_LIMIT: usize = 120;

/// A document or plain page, as its file says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    /// Its file, relative to the content folder.
    pub source: String,
    /// The front matter.
    pub meta: Meta,
    /// What the body tells: summary, headings, links, length.
    pub digest: Digest,
    /// Where the body begins in the decoded text, in bytes.
    pub body_start: usize,
    /// The fingerprint of the decoded text.
    pub fingerprint: Fingerprint,
    /// The fingerprint of what listings show of it.
    pub shown: Fingerprint,
}

/// The front matter of a document. What is required is checked when the site is assembled, for that
/// depends on the section.
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
    /// A summary of the editor's own.
    pub summary: Option<String>,
    /// Where the text comes from.
    pub credit: Option<Credit>,
    /// The authors, as they are to be shown: 通讯员 吴波.
    pub authors: Vec<String>,
    /// 责任编辑
    pub editor: Option<String>,
    /// Topics.
    pub topics: Vec<String>,
    /// The place of the topics.
    pub topics_span: Span,
    /// A picture for listings: a path or a URL.
    pub image: Option<Located<String>>,
    /// Pinned first in listings.
    pub top: bool,
    /// Built only with `--drafts`.
    pub draft: bool,
    /// Not built before, unless with `--future`.
    pub publish_at: Option<Date>,
    /// Not built from then on.
    pub expires: Option<Date>,
    /// Former URLs.
    pub aliases: Vec<Located<String>>,
    /// The last segment of the URL.
    pub slug: Option<Located<String>>,
    /// The template to use.
    pub template: Option<Located<String>>,
    /// Anything a theme wants.
    #[serde(with = "crate::yaml::as_json")]
    pub extra: Option<Node>,
    /// The place of the title, for problems of the document as a whole.
    pub title_span: Span,
    /// Which of [`DOCUMENT_KEYS`] are written and not empty, a bit each: a value with a mistake is
    /// reported once, not also as missing.
    written: u32,
    /// Keys that stand there without a value.
    blank: Vec<(u8, Span)>,
}

impl Meta {
    /// The fingerprint of what listings show of the document `name`, whose body begins with `summary`.
    fn shown(&self, name: &str, summary: &str) -> Fingerprint {
        let credit = self.credit.as_ref().map(|credit| (&credit.name, &credit.url));
        let summary = self.summary.as_deref().unwrap_or(summary);
        let date = self.date.as_ref().map(|date| date.value);
        let marks = (self.top, self.draft);
        let people = (credit, &self.authors, &self.editor);
        Fingerprint::of_value(&(name, &self.title, &self.subtitle, date, summary, people, marks, &self.extra))
    }

    /// Does it put its document at the same place of the site as `other`, so that nothing but the document
    /// itself, and what shows it, is another? Fields that are only shown make no difference.
    pub fn is_placed_like(&self, other: &Meta) -> bool {
        let value = |located: &Option<Located<String>>| located.as_ref().map(|text| text.value.clone());
        let values = |all: &[Located<String>]| all.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
        let date = |meta: &Meta| meta.date.as_ref().map(|date| date.value);
        date(self) == date(other)
            && values(&self.districts) == values(&other.districts)
            && self.year == other.year
            && self.topics == other.topics
            && value(&self.image) == value(&other.image)
            && (self.top, self.draft) == (other.top, other.draft)
            && (self.publish_at, self.expires) == (other.publish_at, other.expires)
            && values(&self.aliases) == values(&other.aliases)
            && value(&self.slug) == value(&other.slug)
            && value(&self.template) == value(&other.template)
            && self.written == other.written
    }
}

/// Where a text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// 中国人大网
    pub name: String,
    /// Its page there.
    pub url: Option<String>,
}

/// A section's `_index.md`, or the home page's.
#[derive(Debug, Clone)]
pub struct SectionIndex {
    /// The file, relative to the content folder.
    pub source: String,
    /// The section's name.
    pub title: Option<String>,
    /// The place of the title.
    pub title_span: Span,
    /// One or two sentences.
    pub description: Option<String>,
    /// Is there a description, be it a wrong one?
    pub is_described: bool,
    /// What it is about, for the page tags.
    pub keywords: Vec<String>,
    /// 栏目类别: 工作动态, 政策文件 …
    pub column_type: Option<String>,
    /// Its place among the sections; without one it comes after those that have one.
    pub order: Option<i64>,
    /// Documents a listing page, where the section has its own number.
    pub paginate: Option<usize>,
    /// The keys that every document must have.
    pub requires: Option<Vec<String>>,
    /// The listing's template.
    pub template: Option<Located<String>>,
    /// Anything a theme wants.
    pub extra: Option<Node>,
    /// What the introduction tells.
    pub digest: Digest,
    /// Where the introduction begins in the decoded text, in bytes.
    pub body_start: usize,
    /// The fingerprint of the decoded text.
    pub fingerprint: Fingerprint,
}

/// Can `slug` be a segment of a URL and the name of a file?
pub fn is_slug(slug: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    !slug.is_empty()
        && slug.chars().all(good)
        && !slug.starts_with(['.', '_'])
        && !slug.ends_with('.')
        && !slug.contains("..")
}

/// A former URL is often copied from an address bar, with its hanzi percent-encoded.
fn decoded_alias(path: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let decoded: String = unicode_normalization::UnicodeNormalization::nfc(decoded.chars()).collect();
    is_alias(&decoded).then_some(decoded)
}

fn is_alias(path: &str) -> bool {
    let bad = |c: char| c.is_control() || matches!(c, '\\' | '?' | '#' | '<' | '>' | '"' | '|' | '*' | ':');
    path.starts_with('/')
        && path.len() > 1
        && !path.contains("//")
        && !path.chars().any(bad)
        // Hidden files are the server's, or this program's own: `/.htaccess`, `/.tribune-files`.
        && path.split('/').all(|segment| !segment.starts_with('.') && !segment.ends_with(['.', ' ']))
        && !names_a_setting(path)
        && is_shown_as_page(path.rsplit('/').next().unwrap_or_default())
}

/// Endings that addresses of pages have had. Where a server runs such files, it finds no program in what is written
/// there: PHP and ASP begin theirs with `<?` or `<%`, server-side includes with `<!--#`, and every `<` of a title is
/// escaped. JSP is not among them: it also computes `${…}`. Browsers take XHTML for XML, which the page is not.
const ADDRESSES: &[&str] = &["html", "htm", "shtml", "shtm", "php", "asp", "aspx", "do", "action"];

/// What stands at a former URL is a web page: would browsers take it for another kind of file by its name?
fn is_shown_as_page(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_none_or(|ending| ADDRESSES.contains(&ending.as_str()))
}

/// Do servers look for their settings there? `/_redirects`, `/_worker.js`, `/CNAME`, `/web.config`.
fn names_a_setting(path: &str) -> bool {
    path.starts_with("/_")
        || path.split('/').any(|segment| segment.eq_ignore_ascii_case("web.config"))
        || path.trim_end_matches('/').eq_ignore_ascii_case("/cname")
}

/// Front matter cut from a file.
struct Parts<'a> {
    text: &'a str,
    lines_before: u32,
    body_start: usize,
}

impl<'a> Parts<'a> {
    fn yaml(&self, source: &'a Source, bounds: Bounds) -> Yaml<'a> {
        Yaml { source, text: self.text, lines_before: self.lines_before, bounds }
    }
}

/// Cuts the front matter from the body. The fences are lines of three hyphens; blank lines before the
/// first are forgiven.
fn split(source: &Source) -> Result<Option<Parts<'_>>, Box<Diagnostic>> {
    let text = &source.text;
    let start = text.len() - text.trim_start_matches(['\n', ' ', '\t']).len();
    let first_line = text[start..].lines().next().unwrap_or_default();
    let lines_before = memchr::memchr_iter(b'\n', &text.as_bytes()[..start]).count() as u32;
    let at = |line: u32, width: &str| {
        source.place(Span { line, column: 1, width: width.trim_end().chars().count() as u32 })
    };
    if first_line.trim_end() != "---" {
        if let Some(problem) = slip::fence(first_line) {
            return Err(Box::new(Diagnostic::error(problem).at(at(lines_before + 1, first_line))));
        }
        return Ok(None);
    }
    let yaml_start = (start + first_line.len() + 1).min(text.len());
    let mut offset = yaml_start;
    let mut wrong_fence = None;
    for (line, number) in text[yaml_start..].split('\n').zip(lines_before + 2..) {
        if line.trim_end() == "---" {
            let body_start = (offset + line.len() + 1).min(text.len());
            let yaml = &text[yaml_start..offset];
            return Ok(Some(Parts { text: yaml, lines_before: lines_before + 1, body_start }));
        }
        if wrong_fence.is_none() {
            wrong_fence = slip::fence(line).map(|problem| (problem, at(number, line)));
        }
        offset += line.len() + 1;
    }
    let (problem, place) = wrong_fence.unwrap_or_else(|| {
        // It belongs where the settings end: before the first line that is blank.
        let settings = text[yaml_start..].lines().take_while(|line| !line.trim().is_empty()).count() as u32;
        let number = lines_before + 2 + settings;
        let line = source.line(number).unwrap_or_default();
        (Problem::FrontMatterUnclosed, at(number.min(text.lines().count() as u32).max(1), line))
    });
    Err(Box::new(Diagnostic::error(problem).at(place)))
}

/// Parses a document or plain page; `source` is the file, `name` its path below the content folder; it keeps
/// within `limits`.
///
/// # Errors
/// Every mistake in the front matter. A document comes back as long as its title can be read, so that
/// links to it are not reported as well.
pub fn parse(source: &Source, name: &str, limits: &Limits) -> (Option<Document>, Vec<Diagnostic>) {
    let parts = match split(source) {
        Ok(Some(parts)) => parts,
        Ok(None) => {
            let place = source.place(Span { line: 1, column: 1, width: 1 });
            return (None, vec![Diagnostic::error(Problem::FrontMatterMissing).at(place)]);
        }
        Err(error) => return (None, vec![*error]),
    };
    let yaml = parts.yaml(source, limits.front_matter);
    let mut fields = match yaml.parse(DOCUMENT_KEYS).and_then(|node| yaml.fields(node, DOCUMENT_KEYS)) {
        Ok(fields) => fields,
        Err(error) => return (None, vec![*error]),
    };
    let meta = meta(&mut fields);
    let mut diagnostics = located(source, fields.finish());
    diagnostics.extend(cut_title(source, meta.title_span));
    diagnostics.extend(cut_values(source, &parts));
    let digest = digest(source, parts.body_start, meta.summary.is_none(), limits, &mut diagnostics);
    let document = Document {
        source: name.to_owned(),
        shown: meta.shown(name, &digest.summary),
        meta,
        digest,
        body_start: parts.body_start,
        fingerprint: Fingerprint::of(source.text.as_bytes()),
    };
    (Some(document), diagnostics)
}

fn digest(
    source: &Source,
    start: usize,
    summarise: bool,
    limits: &Limits,
    diagnostics: &mut Vec<Diagnostic>,
) -> Digest {
    let body = &source.text[start..];
    if let Some(excess) = markdown::excess(body, limits) {
        let problem = match excess.kind {
            Kind::Nesting => Problem::TooDeep { limit: limits.nesting },
            Kind::Columns => Problem::TableTooWide { limit: COLUMNS_LIMIT },
            Kind::Html => Problem::HtmlTooMuch,
            Kind::Escapes => Problem::HtmlTooManyEscapes,
        };
        diagnostics.push(Diagnostic::error(problem).at(source.place_at(start + excess.offset, 1)));
        return Digest::default();
    }
    let (digest, unsafe_links) = markdown::digest(body, summarise);
    for link in unsafe_links {
        let place = source.place_at(start + link.offset, link.width);
        let diagnostic = match is_of_a_computer(&link.target) {
            true => Diagnostic::error(Problem::LinkOnThisComputer { target: link.target }),
            false => Diagnostic::warning(Problem::UnsafeLink { target: link.target }),
        };
        diagnostics.push(diagnostic.at(place));
    }
    for (problem, offset) in markdown::slips(body) {
        diagnostics.push(Diagnostic::warning(problem).at(source.place_at(start + offset, 1)));
    }
    digest
}

/// Does a link name a file by its place on a computer: `C:\…`, `file:///…`?
fn is_of_a_computer(target: &str) -> bool {
    let scheme = target.split(':').next().unwrap_or_default();
    scheme.eq_ignore_ascii_case("file")
        || (scheme.len() == 1 && scheme.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn meta(fields: &mut Fields) -> Meta {
    let written = DOCUMENT_KEYS.iter().enumerate().filter(|(_, key)| {
        // A misspelt key is reported as such, not also as missing.
        fields.is_written(key) || fields.is_misspelt(key)
    });
    let written = written.fold(0, |bits, (bit, _)| bits | 1 << bit);
    let blank = DOCUMENT_KEYS.iter().enumerate().filter(|(_, key)| !fields.is_written(key));
    let blank = blank.filter_map(|(bit, key)| Some((bit as u8, fields.key_span(key)?))).collect();
    let title = fields.required_text("title");
    let day = date(fields, "date");
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
        image: fields.name("image"),
        top: fields.flag("top"),
        draft: fields.flag("draft"),
        publish_at: publish_at.map(|date| date.value),
        expires: expires.map(|date| date.value),
        aliases: aliases(fields),
        slug: slug_of(fields),
        template: fields.name("template"),
        extra: extra(fields),
    }
}

/// `title: 会议 #1` loses its end to a YAML comment, and nobody would notice.
fn cut_title(source: &Source, title: Span) -> Option<Diagnostic> {
    let line = source.line(title.line)?;
    let end = (title.column + title.width) as usize - 1;
    let rest: String = line.chars().skip(end).collect();
    let comment = rest.trim().strip_prefix('#')?;
    if comment.is_empty() || comment.starts_with(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim().to_owned();
    let width = rest.chars().count() as u32;
    let span = Span { column: (line.trim_end().chars().count() + 1) as u32 - width, width, ..title };
    Some(Diagnostic::warning(Problem::CutByHash { key: "title", rest }).at(source.place(span)))
}

/// The same in other values that stand without quotes.
fn cut_values(source: &Source, parts: &Parts) -> Vec<Diagnostic> {
    let cut = |(line, number): (&str, u32)| {
        let (key, value) = line.split_once(": ")?;
        let key = DOCUMENT_KEYS.iter().find(|known| **known == key && **known != "title")?;
        if value.trim_start().starts_with(['"', '\'', '[', '{', '|', '>', '#']) {
            return None;
        }
        let at = value.find(" #").filter(|at| !value[at + 2..].starts_with([' ', '#', '\t']))? + 1;
        let rest = value[at..].trim_end().to_owned();
        let column = (key.len() + 3 + value[..at].chars().count()) as u32;
        let place = source.place(Span { line: number, column, width: rest.chars().count() as u32 });
        (rest.len() > 1).then(|| Diagnostic::warning(Problem::CutByHash { key, rest }).at(place))
    };
    // Nearly all front matter has no such mark.
    if !parts.text.contains(" #") {
        return Vec::new();
    }
    parts.text.lines().zip(parts.lines_before + 1..).filter_map(cut).collect()
}

fn plain(fields: &mut Fields, key: &'static str) -> Option<String> {
    fields.text(key).map(|text| text.value)
}

fn extra(fields: &mut Fields) -> Option<Node> {
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
            let suggestion = date::suggest(&text.value);
            fields.mistake(Problem::BadDate { key, value: text.value, suggestion }, text.span);
            None
        }
    }
}

/// Notes that a document is withdrawn before it is there.
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
        fields.mistake(Problem::ExpiresFirst { before }, expires.span);
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
                inner.mistake(Problem::BadLink { key: "url", value: bad.value.clone() }, bad.span);
            }
            fields.absorb(inner);
            Some(Credit { name: name?.value, url: url.map(|url| url.value) })
        }
        Value::Text(text) => match slip::in_mapping(text, SOURCE_KEYS) {
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

fn aliases(fields: &mut Fields) -> Vec<Located<String>> {
    let mut aliases = Vec::new();
    for alias in fields.texts("aliases") {
        match decoded_alias(&alias.value) {
            Some(value) => aliases.push(Located { value, span: alias.span }),
            None => fields.mistake(Problem::BadAlias { value: alias.value }, alias.span),
        }
    }
    aliases
}

fn slug_of(fields: &mut Fields) -> Option<Located<String>> {
    let slug = fields.name("slug")?;
    if is_slug(&slug.value) {
        return Some(slug);
    }
    let suggestion = slug::segment(slug.value.trim_matches(['.', '_', '/']), SlugStyle::Pinyin);
    fields.mistake(Problem::BadSlug { value: slug.value, suggestion }, slug.span);
    None
}

/// Parses an `_index.md`. Front matter may be missing from the home page's only.
///
/// # Errors
/// Every mistake in the front matter.
pub fn parse_index(source: &Source, name: &str, limits: &Limits) -> (Option<SectionIndex>, Vec<Diagnostic>) {
    let home = !name.contains('/');
    let parts = match split(source) {
        Ok(Some(parts)) => parts,
        Ok(None) if home => Parts { text: "", lines_before: 0, body_start: 0 },
        Ok(None) => {
            let place = source.place(Span { line: 1, column: 1, width: 1 });
            return (None, vec![Diagnostic::error(Problem::FrontMatterMissing).at(place)]);
        }
        Err(error) => return (None, vec![*error]),
    };
    let yaml = parts.yaml(source, limits.front_matter);
    let known = if home { HOME_KEYS } else { SECTION_KEYS };
    let mut fields = match yaml.parse(known).and_then(|node| yaml.fields(node, known)) {
        Ok(fields) => fields,
        Err(error) => return (None, vec![*error]),
    };
    let is_described = fields.is_written("description") || fields.is_misspelt("description");
    let place = fields.key_span("title").unwrap_or(Span { line: 1, column: 1, width: 1 });
    let title = if home { fields.text("title") } else { fields.required_text("title") };
    let index = SectionIndex {
        source: name.to_owned(),
        title_span: title.as_ref().map_or(place, |title| title.span),
        title: title.map(|title| title.value),
        description: plain(&mut fields, "description"),
        is_described,
        keywords: fields.texts("keywords").into_iter().map(|text| text.value).collect(),
        column_type: plain(&mut fields, "column_type"),
        order: fields.integer("order", -1_000_000, 1_000_000),
        paginate: fields.integer("paginate", 1, 1000).map(|number| number as usize),
        requires: requires(&mut fields),
        template: fields.name("template"),
        extra: extra(&mut fields),
        digest: Digest::default(),
        body_start: parts.body_start,
        fingerprint: Fingerprint::of(source.text.as_bytes()),
    };
    let mut diagnostics = located(source, fields.finish());
    let digest = digest(source, parts.body_start, false, limits, &mut diagnostics);
    (Some(SectionIndex { digest, ..index }), diagnostics)
}

fn requires(fields: &mut Fields) -> Option<Vec<String>> {
    // `requires: []` asks for nothing, `requires` left out asks for the default.
    let items = fields.list("requires")?;
    let mut keys = Vec::new();
    for item in items {
        match &item.value {
            Value::Text(key) if DOCUMENT_KEYS.contains(&key.as_str()) => keys.push(key.clone()),
            Value::Text(key) => {
                let nearest = crate::text::nearest(key, DOCUMENT_KEYS.iter().copied()).map(str::to_owned);
                let allowed = DOCUMENT_KEYS.iter().map(|key| (*key).to_owned()).collect();
                let problem = Problem::OneOf { key: "requires", value: key.clone(), allowed, nearest };
                fields.mistake(problem, item.span);
            }
            _ => fields.wrong("requires", Shape::Text, &item),
        }
    }
    Some(keys)
}

impl Meta {
    /// Where to report that `key` is missing: where it stands without a value, else at the title.
    pub fn place_for(&self, key: &str) -> Span {
        let blank = self.blank.iter().find(|(bit, _)| DOCUMENT_KEYS[usize::from(*bit)] == key);
        blank.map_or(self.title_span, |(_, span)| *span)
    }

    /// Is there a value, right or wrong, for `key`? The year of a document is also that of its date.
    pub fn has(&self, key: &str) -> bool {
        let bit = |key: &str| DOCUMENT_KEYS.iter().position(|known| *known == key);
        let written = |key: &str| bit(key).is_some_and(|bit| self.written & (1 << bit) != 0);
        written(key) || (key == "year" && written("date"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_and_aliases_cannot_climb() {
        assert!(is_slug("hanyang-2025") && is_slug("汉阳"));
        for bad in ["", "..", "a/b", "a\\b", ".a", "_a", "a..b", "a b", "a\0", "a."] {
            assert!(!is_slug(bad), "{bad:?}");
        }
        assert!(is_alias("/old/path.html") && is_alias("/old/"));
        for bad in ["old", "/", "//a", "/../a", "/a/../b", "/a\\b", "/a?b", "/a\0", "/.htaccess", "/a /b"] {
            assert!(!is_alias(bad), "{bad:?}");
        }
    }
}
