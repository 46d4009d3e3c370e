//! Parses a document from its front matter and body. The result depends on the file's bytes alone, so unchanged files
//! come from the cache.

use serde::{Deserialize, Serialize};

use crate::config::Limits;
use crate::config::yaml::{Fields, Located, Node, Value, located};
use crate::content::document::front_matter::FrontMatter;
use crate::content::document::keys::{DOCUMENT_KEYS, SECTION_KEYS};
use crate::content::document::meta::{Meta, extra, plain};
use crate::content::document::{front_matter, meta};
use crate::content::markdown;
use crate::content::markdown::{Body, COLUMNS_LIMIT, ComplexityKind, Digest, TooComplex};
use crate::diagnostics::messages::{ContentProblem, MarkdownProblem, Shape, YamlProblem};
use crate::diagnostics::{Diagnostic, Source, Span};
use crate::world::Fingerprint;

/// The keys of the home page's `_index.md`.
const HOME_KEYS: &[&str] = &["title", "description", "keywords", "template", "extra"];

/// A document or plain page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    /// Its file, relative to the content folder.
    pub source: String,
    /// The front matter.
    pub meta: Meta,
    /// Summary and links of the body.
    pub digest: Digest,
    /// Where the body begins in the decoded text, in bytes.
    pub body_start: usize,
    /// The fingerprint of the decoded text.
    pub fingerprint: Fingerprint,
    /// The fingerprint of the parts that listings show.
    pub card: Fingerprint,
    /// The fingerprint of the body, if there is any text in it.
    pub body: Option<Fingerprint>,
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
    /// Whether there is a description, even an invalid one.
    pub is_described: bool,
    /// What it is about, for the page tags.
    pub keywords: Vec<String>,
    /// 栏目类别: 工作动态, 政策文件 …
    pub column_type: Option<String>,
    /// Its position among the sections; sections without one come last.
    pub order: Option<i64>,
    /// Documents on each listing page, if the section sets it.
    pub paginate: Option<usize>,
    /// The keys that every document of the section must have.
    pub requires: Option<Vec<String>>,
    /// The listing's template.
    pub template: Option<Located<String>>,
    /// Free values for the theme.
    pub extra: Option<Node>,
    /// Links of the introduction.
    pub digest: Digest,
    /// Where the introduction begins in the decoded text, in bytes.
    pub body_start: usize,
    /// The fingerprint of the decoded text.
    pub fingerprint: Fingerprint,
}

/// Parses a document or plain page; `name` is its path below the content folder.
///
/// # Errors
/// Every mistake in the front matter. As long as its YAML can be read, the document is returned as well, so that links
/// to it are not reported too.
pub fn parse(source: &Source, name: &str, limits: &Limits) -> (Option<Document>, Vec<Diagnostic>) {
    let front_matter = match front_matter::split(source) {
        Ok(Some(front_matter)) => front_matter,
        Ok(None) => {
            let place = source.place(Span { line: 1, column: 1, width: 1 });
            return (None, vec![Diagnostic::new(ContentProblem::FrontMatterMissing).at(place)]);
        }
        Err(error) => return (None, vec![*error]),
    };
    let yaml = front_matter.yaml(source, limits.front_matter);
    let mut fields = match yaml.parse(DOCUMENT_KEYS).and_then(|node| yaml.fields(node, DOCUMENT_KEYS)) {
        Ok(fields) => fields,
        Err(error) => return (None, vec![*error]),
    };
    let meta = meta::read(&mut fields);
    let mut diagnostics = located(source, fields.finish());
    diagnostics.extend(front_matter::cut_title(source, meta.title_span));
    diagnostics.extend(front_matter::cut_values(source, &front_matter));
    let digest = digest(source, front_matter.body_start, meta.summary.is_none(), limits, &mut diagnostics);
    let body = source.text.get(front_matter.body_start..).unwrap_or_default().trim();
    let has_own_template = meta.template.is_some();
    if markdown::is_empty(body) && !meta.draft && !has_own_template {
        let place = source.place_at(source.text.trim_end().len(), 1);
        diagnostics.push(Diagnostic::new(MarkdownProblem::BodyEmpty).at(place));
    }
    let document = Document {
        body: (!body.is_empty()).then(|| Fingerprint::of(body.as_bytes())),
        source: name.to_owned(),
        card: meta.card_fingerprint(name, &digest.summary),
        meta,
        digest,
        body_start: front_matter.body_start,
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
    let body = &Body::of(&source.text[start..], limits.paragraphs);
    let (lossy_html, mentions) = match markdown::check(body, limits) {
        Ok(found) => found,
        Err(TooComplex { kind, offset }) => {
            let problem = match kind {
                ComplexityKind::Nesting => MarkdownProblem::TooDeep { limit: limits.nesting },
                ComplexityKind::Columns => MarkdownProblem::TableTooWide { limit: COLUMNS_LIMIT },
                ComplexityKind::Html => MarkdownProblem::HtmlTooMuch { limit: limits.raw_html },
            };
            diagnostics.push(Diagnostic::new(problem).at(source.place_at(start + offset, 1)));
            return Digest::default();
        }
    };
    let (mut digest, mut slips) = markdown::digest(body, summarise, limits.html);
    digest.mentions.extend(mentions);
    slips.extend(markdown::lints(body));
    for slip in slips {
        let place = source.place_at(start + slip.offset, slip.width);
        diagnostics.push(Diagnostic::new(slip.problem).at(place));
    }
    Digest { lossy_html, ..digest }
}

/// Parses an `_index.md`. Front matter may be missing from the home page's only.
///
/// # Errors
/// Every mistake in the front matter.
pub fn parse_index(source: &Source, name: &str, limits: &Limits) -> (Option<SectionIndex>, Vec<Diagnostic>) {
    let home = !name.contains('/');
    let front_matter = match front_matter::split(source) {
        Ok(Some(front_matter)) => front_matter,
        Ok(None) if home => FrontMatter { text: "", lines_before: 0, body_start: 0 },
        Ok(None) => {
            let place = source.place(Span { line: 1, column: 1, width: 1 });
            return (None, vec![Diagnostic::new(ContentProblem::FrontMatterMissing).at(place)]);
        }
        Err(error) => return (None, vec![*error]),
    };
    let yaml = front_matter.yaml(source, limits.front_matter);
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
        body_start: front_matter.body_start,
        fingerprint: Fingerprint::of(source.text.as_bytes()),
    };
    let mut diagnostics = located(source, fields.finish());
    let digest = digest(source, front_matter.body_start, false, limits, &mut diagnostics);
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
                let problem =
                    YamlProblem::NotAllowed { key: "requires", value: key.clone(), allowed, nearest };
                fields.mistake(problem, item.span);
            }
            _ => fields.wrong("requires", Shape::Text, &item),
        }
    }
    Some(keys)
}
