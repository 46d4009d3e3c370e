//! `list`: what the site holds, as rows for people, spreadsheets and scripts.

use std::borrow::Cow;
use std::io;
use std::io::Write;

use serde::Serialize;

use crate::build::{Prepared, inspect};
use crate::cli::args::{ListArgs, OUT, SiteArgs, What};
use crate::cli::root::start;
use crate::cli::terminal::{check_write, fail};
use crate::config::{BaseUrl, District};
use crate::diagnostics::messages::ConfigProblem;
use crate::diagnostics::{Diagnostic, Lang, visible};
use crate::render::queries::QueryEngine;
use crate::site::{PageId, Scope, Site, Topic, TopicId};
use crate::world::DiskWorld;

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// In columns.
    Text,
    /// A list of objects.
    Json,
    /// With a header line.
    Csv,
}

/// Prints what the site holds. Returns the exit code.
pub(crate) fn list(args: &ListArgs, lang: Lang) -> u8 {
    match prepared(&args.site) {
        Ok(prepared) => {
            let format = match (args.json, args.csv) {
                (true, _) => Format::Json,
                (_, true) => Format::Csv,
                _ => Format::Text,
            };
            check_write(print_list(&prepared, args.what, format));
            0
        }
        Err(diagnostics) => fail(&diagnostics, lang),
    }
}

fn prepared(args: &SiteArgs) -> Result<Prepared, Vec<Diagnostic>> {
    let (root, clock) = start(args.root.as_deref(), args.threads).map_err(|error| vec![*error])?;
    if let Some(url) = args.base_url.as_ref().filter(|url| BaseUrl::parse(url).is_none()) {
        return Err(vec![Diagnostic::new(ConfigProblem::BadBaseUrl { value: url.clone() })]);
    }
    inspect(&DiskWorld::new(&root).building_into(root.join(OUT)).at(clock), &args.options(false))
}

fn print_list(prepared: &Prepared, what: What, format: Format) -> io::Result<()> {
    let engine = &prepared.engine;
    match what {
        What::Documents => print(&documents(engine), DOCUMENT_COLUMNS, format),
        What::Districts => print(&districts(engine), DISTRICT_COLUMNS, format),
        What::Years => print(&years(engine), YEAR_COLUMNS, format),
        What::Topics => print(&topics(engine), TOPIC_COLUMNS, format),
        What::Outputs => print(&outputs(prepared), OUTPUT_COLUMNS, format),
        What::Unreferenced => print(&unreferenced(&engine.site), UNREFERENCED_COLUMNS, format),
    }
}

const DOCUMENT_COLUMNS: &[&str] =
    &["source", "url", "title", "date", "section", "districts", "year", "topics", "draft"];

#[derive(Serialize)]
struct DocumentRow {
    source: String,
    url: String,
    title: String,
    date: Option<String>,
    section: String,
    districts: Vec<String>,
    year: Option<i16>,
    topics: Vec<String>,
    draft: bool,
}

const DISTRICT_COLUMNS: &[&str] = &["code", "name", "slug", "parent", "url", "documents"];

#[derive(Serialize)]
struct DistrictRow {
    code: String,
    name: String,
    slug: String,
    parent: Option<String>,
    url: String,
    documents: usize,
}

const YEAR_COLUMNS: &[&str] = &["year", "url", "documents"];

#[derive(Serialize)]
struct YearRow {
    year: i16,
    url: String,
    documents: usize,
}

const TOPIC_COLUMNS: &[&str] = &["name", "slug", "url", "documents"];

#[derive(Serialize)]
struct TopicRow {
    name: String,
    slug: String,
    url: String,
    documents: usize,
}

const OUTPUT_COLUMNS: &[&str] = &["path", "url"];

#[derive(Serialize)]
struct OutputRow {
    path: String,
    url: String,
}

const UNREFERENCED_COLUMNS: &[&str] = &["source"];

#[derive(Serialize)]
struct UnreferencedRow {
    source: String,
}

/// The files that are not published, in the order of names.
fn unreferenced(site: &Site) -> Vec<UnreferencedRow> {
    site.forgotten().map(|file| UnreferencedRow { source: Site::path_of(&file.name) }).collect()
}

/// The documents, in the order of listings.
fn documents(engine: &QueryEngine) -> Vec<DocumentRow> {
    let site = &engine.site;
    let row = |id: &PageId| {
        let page = site.page(*id);
        let card = site.card(*id);
        DocumentRow {
            source: Site::path_of(&page.document.source),
            url: page.url.clone(),
            title: card.title,
            date: card.date.map(|date| date.iso),
            section: page.section.map(|id| site.section(id).name.clone()).unwrap_or_default(),
            districts: page.districts.iter().map(|id| site.districts.reference(*id).to_owned()).collect(),
            year: page.year,
            topics: page.topics.iter().map(|id| site.topic(*id).name.clone()).collect(),
            draft: card.draft,
        }
    };
    site.documents(Scope::All).iter().map(row).collect()
}

fn districts(engine: &QueryEngine) -> Vec<DistrictRow> {
    let site = &engine.site;
    let row = |(id, district): (_, &District)| DistrictRow {
        code: district.code.clone(),
        name: district.name.clone(),
        slug: district.slug.clone(),
        parent: district.parent.map(|id| site.districts.get(id).code.clone()),
        url: site.folder(Scope::District(id)),
        documents: site.documents(Scope::District(id)).len(),
    };
    site.districts.iter().map(row).collect()
}

fn years(engine: &QueryEngine) -> Vec<YearRow> {
    let site = &engine.site;
    let row = |year| {
        let scope = Scope::Year(year);
        YearRow { year, url: site.folder(scope), documents: site.documents(scope).len() }
    };
    site.years().map(row).collect()
}

fn topics(engine: &QueryEngine) -> Vec<TopicRow> {
    let site = &engine.site;
    let row = |(at, topic): (usize, &Topic)| {
        let scope = Scope::Topic(TopicId(at as u32));
        TopicRow {
            name: topic.name.clone(),
            slug: topic.slug.clone(),
            url: site.folder(scope),
            documents: site.documents(scope).len(),
        }
    };
    site.topics.iter().enumerate().map(row).collect()
}

fn outputs(prepared: &Prepared) -> Vec<OutputRow> {
    let mut rows: Vec<OutputRow> = prepared
        .plan
        .jobs
        .iter()
        .map(|job| OutputRow { path: job.path.to_string(), url: job.url.clone() })
        .collect();
    rows.sort_by(|a, b| a.path.cmp(&b.path));
    rows
}

/// Prints rows as JSON, as CSV, or in columns.
fn print<T: Serialize>(rows: &[T], columns: &[&str], format: Format) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if format == Format::Json {
        serde_json::to_writer_pretty(&mut out, rows)?;
        writeln!(out)?;
        return out.flush();
    }
    let mut table: Vec<Vec<String>> = vec![columns.iter().map(|name| (*name).to_owned()).collect()];
    for row in rows {
        let Ok(serde_json::Value::Object(map)) = serde_json::to_value(row) else { continue };
        table.push(map.values().map(cell).collect());
    }
    if format == Format::Csv {
        // Without the mark, Excel takes UTF-8 for the system's legacy encoding.
        out.write_all("\u{FEFF}".as_bytes())?;
        let mut csv = csv::Writer::from_writer(out);
        for row in &table {
            csv.write_record(row.iter().map(|cell| plain(cell).into_owned())).map_err(|error| match error
                .into_kind()
            {
                csv::ErrorKind::Io(error) => error,
                // Rows of equal length have no other errors.
                kind => io::Error::other(format!("{kind:?}")),
            })?;
        }
        return csv.flush();
    }
    for row in table.iter().skip(1) {
        let cells: Vec<Cow<str>> = row.iter().map(|cell| visible(cell)).collect();
        writeln!(out, "{}", cells.join("\t"))?;
    }
    out.flush()
}

/// A cell that spreadsheets do not run as a formula (OWASP, "CSV Injection"): an apostrophe marks it as text. Some also
/// accept the full-width signs.
fn plain(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        true => format!("'{cell}").into(),
        false => cell.into(),
    }
}

fn cell(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join("、"),
        other => other.to_string(),
    }
}
