//! What editors write, through the page template of the default theme: nothing of it becomes markup.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use tera::{Context, Tera, Value};
use tribune::internals::build::incremental::Cache;
use tribune::internals::build::prepare;
use tribune::internals::build::{Options, Prepared};
use tribune::internals::content::assets::ImageView;
use tribune::internals::content::markdown::TocEntry;
use tribune::internals::render::queries::QueryEngine;
use tribune::internals::render::queries::register;
use tribune::internals::render::views::site_view;
use tribune::internals::render::views::{
    Card, CreditView, CurrentView, DateView, LinkView, NameView, PageView, value_of,
};
use tribune::internals::render::views::{Subject, linked_data};
use tribune::internals::text::{SlugStyle, segment};
use tribune::internals::world::MemoryWorld;

use super::promises::text_of;

/// How many lines are fields.
const FIELDS: usize = 10;

/// A small site with the default theme, put together once.
struct Stage {
    engine: Arc<QueryEngine>,
    tera: Tera,
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let files = [
        ("content/site.yaml", "title: 江城人大\nbase_url: https://example.gov.cn/renda\n"),
        ("content/news/_index.md", "---\ntitle: 要闻\nrequires: []\n---\n"),
        ("content/news/a.md", "---\ntitle: 甲\n---\n\n正文。\n"),
    ];
    let world = MemoryWorld::new(jiff::Timestamp::UNIX_EPOCH, files);
    let Ok(Prepared { engine, theme, .. }) = prepare(&world, &Options::default(), &mut Cache::default())
    else {
        panic!("the site is sound");
    };
    let Ok(mut tera) = theme.compile(|tera| register(tera, &engine)) else { panic!("the theme is sound") };
    tera.global_context().insert_value("site", value_of(&site_view(&engine.site, &theme.extra)));
    Stage { engine, tera }
});

/// The card of a document whose fields are the lines of `text`.
fn card(text: &str) -> Card {
    let mut lines = text.split('\n').map(str::to_owned);
    let mut next = || lines.next().unwrap_or_default();
    let link = |path: &str| STAGE.engine.site.link(path);
    let name = |folder: &str, title: &str| NameView {
        title: title.to_owned(),
        url: link(&format!("/{folder}/{}/", segment(title, SlugStyle::Keep))),
    };
    let some = |text: String| (!text.is_empty()).then_some(text);
    let many =
        |text: String| text.split('|').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let picture = |file: String| ImageView {
        url: link(&file),
        permalink: link(&file),
        width: Some(3),
        ..ImageView::default()
    };
    Card {
        title: next(),
        subtitle: some(next()),
        summary: next(),
        source: some(next()).map(|name| CreditView { name, url: Some("https://example.com/".into()) }),
        authors: many(next()),
        editor: some(next()),
        topics: many(next()).iter().map(|topic| name("topics", topic)).collect(),
        districts: many(next()).iter().map(|district| name("districts", district)).collect(),
        section: some(next()).map(|title| NameView { title, url: link("/news/") }),
        picture: some(next()).map(picture),
        url: link("/news/a.html"),
        permalink: "https://example.gov.cn/renda/news/a.html".into(),
        path: "news/a.md".into(),
        updated: None,
        date: Some(DateView {
            text: "2026年1月8日".into(),
            day: "2026-01-08".into(),
            time: Some("09:30".into()),
            iso: "2026-01-08T09:30:00+08:00".into(),
            year: 2026,
            month: 1,
            day_of_month: 8,
        }),
        year: Some(2026),
        year_url: Some(link("/years/2026/")),
        image: None,
        top: false,
        draft: false,
        extra: None,
    }
}

/// The page of such a document, and its linked data.
fn page(text: &str) -> (String, Option<String>) {
    let card = card(text);
    let (url, permalink) = (card.url.clone(), card.permalink.clone());
    let crumb =
        |title: &str, url: &str| LinkView { title: title.to_owned(), url: url.to_owned(), active: false };
    let breadcrumbs = vec![crumb("首页", "/renda/"), crumb(&card.title, &url)];
    let entry =
        |id: &str| TocEntry { level: 2, id: id.into(), title: card.title.clone(), children: Vec::new() };
    let data = linked_data(&STAGE.engine.site.config, &permalink, &breadcrumbs, Subject::Document(&card));
    let value = value_of(&card);
    let view = PageView {
        words: 2,
        minutes: 1,
        toc: vec![entry("yi"), entry("er")],
        previous: Some(value.clone()),
        next: None,
        related: vec![value.clone()],
        content: Value::safe_string("<p>正文。</p>"),
    };
    let mut context = Context::new();
    context.insert("nav", &[crumb(&card.title, &url)]);
    context.insert("breadcrumbs", &breadcrumbs);
    context.insert("current", &CurrentView { kind: "document", url, permalink });
    context.insert_value("linked_data", data.as_ref().map_or(Value::none(), |data| Value::safe_string(data)));
    context.insert_value("column", Value::none());
    context.insert_value("page", view.value(value));
    let html = STAGE.tera.render("page.html", &context).expect("the template takes any text");
    (html, data)
}

/// How many marks of HTML there are in a page; in its JSON, quotes are written otherwise.
fn marks((html, data): &(String, Option<String>)) -> Marks {
    let html = data.as_ref().map_or(html.clone(), |data| html.replace(data, ""));
    ['<', '>', '"'].map(|mark| html.matches(mark).count())
}

type Marks = [usize; 3];

/// What a page shows of its fields, whatever they say: which are empty, and how many items the others have.
fn structure(text: &str) -> Vec<usize> {
    let items = |line: &str| line.split('|').filter(|part| !part.is_empty()).count();
    text.split('\n').take(FIELDS).map(|line| 2 * items(line) + usize::from(line.is_empty())).collect()
}

thread_local! {
    /// The marks of pages with harmless texts, by what they show.
    static HARMLESS: RefCell<HashMap<Vec<usize>, Marks>> = RefCell::default();
}

/// Titles, names and summaries, a line each. A page has the same markup as with harmless texts.
pub fn template_data(data: &[u8]) {
    let text = text_of(data);
    let made = page(&text);
    if let (_, Some(data)) = &made {
        serde_json::from_str::<serde_json::Value>(data).expect("JSON");
        assert!(!data.contains(['<', '>', '&']), "{data}");
    }
    let harmless = HARMLESS.with_borrow_mut(|known| {
        let special = |c: char| matches!(c, '<' | '>' | '&' | '"' | '\'' | '`' | '{' | '}' | '\\' | '=');
        *known.entry(structure(&text)).or_insert_with(|| marks(&page(&text.replace(special, "x"))))
    });
    assert_eq!(marks(&made), harmless, "{}", made.0);
}
