//! The made-up site for other generators, to measure Tribune beside them: the same articles and listings,
//! written as Hugo and as Zola want them. Templates that give the same HTML stand in `benches/peers/`, one
//! set for each generator, and a theme of the same kind for Tribune.
//!
//! Where a generator cannot do the same, it gets less to do than Tribune:
//! - A city's part in its districts' articles is written out for them; Tribune finds it in the registry.
//! - An article says its district's name beside its address, so that no listing looks it up.
//! - Links between articles are plain ones, taken as they are; Tribune resolves and checks its own.
//! - They check neither districts against a registry nor HTML within the text.
//! - Their sitemaps list the first page of a listing only, their stylesheet has no fingerprint, and what is
//!   the same on all pages is made once where the generator has a way to (Hugo's `partialCached`).
//! - `**“…”**` between Chinese characters stays as it is written; Zola's footnotes have no way back.
//!
//! What Zola does beyond that cannot be turned off: a page is a folder, a listing has a redirect from its
//! `page/1/`, and the years of districts have an index, which is left empty.

use include_dir::{Dir, DirEntry, include_dir};
use serde_json::{Map, Value, json};

use super::{Article, District, FIRST_YEAR, Kind, Shape, TOPICS, article, districts, kinds};

static TRIBUNE: Dir = include_dir!("$CARGO_MANIFEST_DIR/benches/peers/tribune");
static HUGO: Dir = include_dir!("$CARGO_MANIFEST_DIR/benches/peers/hugo");
static ZOLA: Dir = include_dir!("$CARGO_MANIFEST_DIR/benches/peers/zola");

/// A file of a site: its path below the root, and its text.
type File = (String, String);

/// The site for Tribune, with the theme that is like the others' templates.
pub fn tribune(shape: Shape) -> impl Iterator<Item = File> {
    let site = super::tribune(shape).map(|(path, text)| match path.as_str() {
        "content/site.yaml" => (path, text + "theme: bench\n"),
        _ => (path, text),
    });
    files(&TRIBUNE, "themes/bench/").into_iter().chain(site)
}

/// The site for Hugo.
pub fn hugo(shape: Shape) -> impl Iterator<Item = File> {
    let (kinds, districts) = (kinds(&shape), districts(&shape));
    let mut head = files(&HUGO, "");
    head.extend(data(&shape, &kinds, &districts));
    for kind in &kinds {
        let text = format!("---\ntitle: {}\n---\n", kind.title);
        head.push((format!("content/{}/_index.md", kind.name), text));
    }
    let document = move |number| {
        let article = article(&shape, number);
        (path(&article, &kinds), hugo_front_matter(&article, &districts) + &article.body)
    };
    head.into_iter().chain((0..shape.documents).map(document))
}

/// The site for Zola. Its pages are folders: links in the text lead there.
pub fn zola(shape: Shape) -> impl Iterator<Item = File> {
    let (kinds, districts) = (kinds(&shape), districts(&shape));
    let mut head = files(&ZOLA, "");
    head.extend(data(&shape, &kinds, &districts));
    for kind in &kinds {
        let text = format!(
            "+++\ntitle = {:?}\nsort_by = \"date\"\npaginate_by = 20\ngenerate_feeds = true\n+++\n",
            kind.title
        );
        head.push((format!("content/{}/_index.md", kind.name), text));
        // A year's folder is only a folder.
        for year in years(&shape) {
            let text = "+++\ntransparent = true\nrender = false\n+++\n".to_owned();
            head.push((format!("content/{}/{year}/_index.md", kind.name), text));
        }
    }
    let document = move |number| {
        let article = article(&shape, number);
        let body = article.body.replace(".html)", "/)");
        (path(&article, &kinds), zola_front_matter(&article, &districts) + &body)
    };
    head.into_iter().chain((0..shape.documents).map(document))
}

/// The files of a folder in the program.
fn files(dir: &Dir, prefix: &str) -> Vec<File> {
    let mut all = Vec::new();
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => all.extend(files(dir, prefix)),
            DirEntry::File(file) => {
                let text = file.contents_utf8().unwrap_or_default().to_owned();
                all.push((format!("{prefix}{}", file.path().display()), text));
            }
        }
    }
    all
}

/// What the templates know of the site.
fn data(shape: &Shape, kinds: &[Kind], districts: &[District]) -> [File; 2] {
    let sections: Vec<Value> =
        kinds.iter().map(|kind| json!({ "name": kind.name, "title": kind.title })).collect();
    let titles: Map<String, Value> =
        kinds.iter().map(|kind| (kind.name.clone(), json!(kind.title))).collect();
    let topics: Map<String, Value> =
        TOPICS.iter().map(|(name, slug)| ((*slug).to_owned(), json!(name))).collect();
    let latest_first: Vec<String> = years(shape).rev().map(|year| year.to_string()).collect();
    let site = json!({ "sections": sections, "titles": titles, "topics": topics, "years": latest_first });
    let districts: Map<String, Value> = districts
        .iter()
        .map(|district| {
            let parent = district.parent.map(|parent| &districts[parent].slug);
            (district.slug.clone(), json!({ "name": district.name, "parent": parent }))
        })
        .collect();
    [
        ("data/site.json".to_owned(), site.to_string()),
        ("data/districts.json".to_owned(), Value::Object(districts).to_string()),
    ]
}

fn years(shape: &Shape) -> std::ops::Range<i32> {
    FIRST_YEAR..FIRST_YEAR + shape.years.max(1) as i32
}

fn path(article: &Article, kinds: &[Kind]) -> String {
    format!("content/{}/{}/{}.md", kinds[article.kind].name, article.year, article.slug)
}

/// The addresses of an article's district and of that district's city.
fn lineage(article: &Article, districts: &[District]) -> Vec<String> {
    let own = &districts[article.district];
    let city = own.parent.map(|city| &districts[city]);
    std::iter::once(own).chain(city).map(|district| district.slug.clone()).collect()
}

/// The same with the article's year.
fn district_years(article: &Article, districts: &[District]) -> Vec<String> {
    lineage(article, districts).iter().map(|slug| format!("{slug} {}", article.year)).collect()
}

fn topic_slugs(article: &Article) -> Vec<&'static str> {
    let slugs = |topic: &&str| TOPICS.iter().find(|(name, _)| name == topic).map(|(_, slug)| *slug);
    article.topics.iter().filter_map(slugs).collect()
}

fn hugo_front_matter(article: &Article, districts: &[District]) -> String {
    let Article { title, year, moment: (month, day, hour, minute), summary, author, .. } = article;
    format!(
        "---\ntitle: {title}\ndate: {year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00\n\
         description: {summary}\nauthors: [{author}]\ndistrict: {}\ndistricts: {:?}\ndistrictyears: {:?}\n\
         years: [\"{year}\"]\ntopics: {:?}\n---\n\n",
        districts[article.district].name,
        lineage(article, districts),
        district_years(article, districts),
        topic_slugs(article),
    )
}

fn zola_front_matter(article: &Article, districts: &[District]) -> String {
    let Article { title, year, moment: (month, day, hour, minute), summary, author, .. } = article;
    format!(
        "+++\ntitle = {title:?}\ndate = {year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00+08:00\n\
         description = {summary:?}\nauthors = [{author:?}]\n[taxonomies]\ndistricts = {:?}\n\
         districtyears = {:?}\nyears = [\"{year}\"]\ntopics = {:?}\n[extra]\ndistrict = {:?}\n+++\n\n",
        lineage(article, districts),
        district_years(article, districts),
        topic_slugs(article),
        districts[article.district].name,
    )
}
