//! The targets that need no site around them.

use std::path::{Component, Path};
use std::sync::{Arc, LazyLock};

use serde::ser::{Serialize, SerializeTuple, Serializer};
use tribune::internals::build::incremental::Cache;
use tribune::internals::build::incremental::UpToDate;
use tribune::internals::build::incremental::{read, write};
use tribune::internals::build::output::Journal;
use tribune::internals::config::Limits;
use tribune::internals::config::read_districts;
use tribune::internals::config::{BaseUrl, is_link};
use tribune::internals::config::{HtmlPolicy, Paragraphs, read_site};
use tribune::internals::content::assets::inspect;
use tribune::internals::content::assets::measure;
use tribune::internals::content::document::Document;
use tribune::internals::content::markdown::{
    Body, LinkTarget, SUMMARY_LIMIT, anchors, check, digest, render,
};
use tribune::internals::content::parse_document;
use tribune::internals::diagnostics::Diagnostic;
use tribune::internals::diagnostics::Problem;
use tribune::internals::diagnostics::messages::{FileProblem, LinkProblem};
use tribune::internals::diagnostics::read_source;
use tribune::internals::serve::{self, find};
use tribune::internals::site::routes::Outputs;
use tribune::internals::text::{SlugStyle, is_slug};
use tribune::internals::world::Fingerprint;
use tribune::internals::world::MemoryWorld;

use super::promises::{addresses, distinct, inert, located, text_of};

/// A world of one file.
fn world(path: &str, bytes: &[u8]) -> MemoryWorld {
    MemoryWorld::new(jiff::Timestamp::UNIX_EPOCH, [(path, bytes)])
}

/// Reads the document twice and checks what is said of it.
fn parsed(file: &[u8]) -> Option<Document> {
    let world = world("content/news/a.md", file);
    let read = || parse_document(&world, "content/news/a.md", "news/a.md", &Limits::default());
    let (document, diagnostics) = read();
    let (again, same) = read();
    assert_eq!(diagnostics, same);
    located(&diagnostics, file);
    for Diagnostic { problem, .. } in &diagnostics {
        if let Problem::File(
            FileProblem::NotUtf8 { offset, .. }
            | FileProblem::NotUtf16 { offset }
            | FileProblem::NulByte { offset },
        ) = problem
        {
            assert!(*offset < file.len(), "offset {offset} of {}", file.len());
        }
    }
    let document = document?.value;
    // What is kept in the cache is what was parsed.
    let bytes = postcard::to_stdvec(&*document).expect("bytes");
    assert_eq!(Some(&bytes), again.and_then(|again| postcard::to_stdvec(&*again.value).ok()).as_ref());
    let kept: Document = postcard::from_bytes(&bytes).expect("the document again");
    assert_eq!(kept.card, document.card);
    document_holds(&document, &diagnostics);
    Some(kept)
}

fn document_holds(document: &Document, diagnostics: &[Diagnostic]) {
    let meta = &document.meta;
    let faulty = diagnostics.iter().any(Diagnostic::is_error);
    assert!(faulty || !meta.title.is_empty());
    assert!(document.digest.summary.chars().count() <= SUMMARY_LIMIT);
    assert!(meta.slug.as_ref().is_none_or(|slug| is_slug(&slug.value)));
    for alias in &meta.aliases {
        let climbs = alias.value.split('/').any(|segment| matches!(segment, "." | ".."));
        assert!(alias.value.starts_with('/') && !climbs && !alias.value.contains(['\\', '\0']), "{alias:?}");
    }
}

/// The front matter of a document, between its fences.
pub fn front_matter(data: &[u8]) {
    parsed(&between_fences(data));
}

/// A file whose front matter is `data`, in its own encoding: UTF-16 with a mark, else one that holds ASCII.
fn between_fences(data: &[u8]) -> Vec<u8> {
    let (mark, unit): (_, fn(u16) -> [u8; 2]) = match data {
        [0xFF, 0xFE, ..] => (2, u16::to_le_bytes),
        [0xFE, 0xFF, ..] => (2, u16::to_be_bytes),
        _ => return [b"---\n", data, b"\n---\ntext\n"].concat(),
    };
    let units = |text: &str| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    [&data[..mark], &units("---\n"), &data[mark..], &units("\n---\ntext\n")].concat()
}

/// A document's whole file, in any encoding.
pub fn document(data: &[u8]) {
    let Some(document) = parsed(data) else { return };
    let path = "content/news/a.md";
    let Ok(source) = read_source(&world(path, data), path) else { panic!("it was read") };
    let body = source.text.get(document.body_start..).expect("the body begins within the text");
    assert!(!source.text.contains('\0') && !source.text.contains('\r'));
    for link in &document.digest.links {
        assert!(body.is_char_boundary(link.offset), "{link:?}");
    }
    if check(&Body::of(body, Paragraphs::Markdown), &Limits::default()).is_err() {
        return;
    }
    let rendered =
        render(&Body::of(body, Paragraphs::Markdown), SlugStyle::Pinyin, HtmlPolicy::Sanitize, &|target| {
            LinkTarget::Href(target.to_owned())
        });
    inert(&rendered.html);
}

/// A body; its first byte chooses what becomes of raw HTML and of hanzi in ids.
pub fn markdown(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let body = text_of(data);
    let paragraphs = if choice & 4 == 0 { Paragraphs::Markdown } else { Paragraphs::Lines };
    if let Err(found) = check(&Body::of(&body, paragraphs), &Limits::default()) {
        assert!(body.is_char_boundary(found.offset), "{found:?}");
        return;
    }
    let policy = if choice & 1 == 0 { HtmlPolicy::Sanitize } else { HtmlPolicy::Escape };
    let slugs = if choice & 2 == 0 { SlugStyle::Pinyin } else { SlugStyle::Keep };
    let (digest, slips) = digest(&Body::of(&body, paragraphs), true, HtmlPolicy::Sanitize);
    assert!(digest.summary.chars().count() <= SUMMARY_LIMIT);
    // `&#0;` asks for it.
    assert!(!digest.summary.contains('\u{FFFD}') || body.contains("&#") || body.contains('\0'));
    let places = digest.links.iter().map(|link| link.offset).chain(slips.iter().map(|slip| slip.offset));
    for place in places {
        assert!(body.is_char_boundary(place), "{place}");
    }
    let resolve = |target: &str| LinkTarget::Href(target.to_owned());
    let rendered = render(&Body::of(&body, paragraphs), slugs, policy, &resolve);
    inert(&rendered.html);
    if !rendered.html.contains("<img") {
        // Nothing is left of an unsafe link but its text.
        let addresses = addresses(&rendered.html);
        for slip in &slips {
            if let Problem::Link(LinkProblem::Unsafe { target }) = &slip.problem {
                assert!(!addresses.contains(target), "{target:?}");
            }
        }
    }
    let anchors = anchors(&Body::of(&body, paragraphs), slugs, policy).into_iter();
    distinct(&anchors.map(|(id, _)| id).collect::<Vec<_>>());
}

/// `site.yaml`.
pub fn site_file(data: &[u8]) {
    let Ok(source) = read_source(&world("content/site.yaml", data), "content/site.yaml") else { return };
    let (config, diagnostics) = read_site(&source);
    assert_eq!(diagnostics, read_site(&source).1);
    located(&diagnostics, data);
    let BaseUrl { origin, path } = &config.base_url;
    assert!(origin.starts_with("http://") || origin.starts_with("https://"));
    assert!(path.is_empty() || (path.starts_with('/') && !path.ends_with('/')), "{path:?}");
    assert!((1..=1000).contains(&config.paginate));
    let faulty = diagnostics.iter().any(Diagnostic::is_error);
    assert!(faulty || config.nav.iter().flatten().all(|item| is_link(&item.url)));
    assert!(config.topics.values().all(|slug| is_slug(slug)));
    // Whatever a path holds, its link is ASCII and stays on the site.
    let link = config.base_url.link("/汉 阳\"<>?#%\n.html");
    assert!(
        link.is_ascii() && link.starts_with('/') && !link.contains(['"', '<', '>', ' ', '\n']),
        "{link:?}"
    );
}

/// `districts.yaml`.
pub fn districts_file(data: &[u8]) {
    let path = "content/districts.yaml";
    let Ok(source) = read_source(&world(path, data), path) else { return };
    let (districts, diagnostics) = read_districts(&source);
    assert_eq!(diagnostics, read_districts(&source).1);
    located(&diagnostics, data);
    let all = districts.iter().count();
    assert!(districts.broken || !diagnostics.iter().any(Diagnostic::is_error));
    for (id, district) in districts.iter() {
        assert!(districts.upwards(id).count() <= all, "the way up ends");
        assert!(districts.broken || is_slug(&district.slug), "{district:?}");
        if let Err(why) = districts.find(&district.name) {
            located(
                &[Diagnostic::new(districts.problem(&district.name, why, true)).at(source.place_at(0, 1))],
                data,
            );
        }
    }
}

static OUTPUTS: LazyLock<Outputs> = LazyLock::new(|| {
    let paths = ["index.html", "404.html", "news/index.html", "news/a.html", "news/2025/index.html"];
    let odd = ["汉阳.html", "a b/index.html", "a%20b.html", "_headers", "con.html", "news.html/index.html"];
    paths.into_iter().chain(odd).map(Arc::from).collect()
});

/// The path of a request to `serve`; the first byte chooses the path below which the site stands.
pub fn request_path(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let path = String::from_utf8_lossy(data);
    let base = ["", "/renda", "/人大"][usize::from(*choice) % 3];
    match find(&path, base, &OUTPUTS) {
        serve::RequestTarget::Output(file) => {
            assert!(OUTPUTS.contains(file.as_str()), "{file:?}");
            assert!(!path.contains("..") && !path.contains(['\\', '\0']), "{path:?}");
        }
        serve::RequestTarget::Elsewhere(to) => {
            assert!(to.is_ascii() && to.starts_with('/') && to.ends_with('/'), "{to:?}");
            assert!(!to.starts_with("//") && !to.contains(|c: char| c.is_control() || c == '\\'), "{to:?}");
            // Nobody is sent on a second time.
            assert!(matches!(find(&to, base, &OUTPUTS), serve::RequestTarget::Output(_)), "{to:?}");
        }
        serve::RequestTarget::Malformed | serve::RequestTarget::Nothing => {}
    }
}

/// Bytes that go out as they are.
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        self.0.iter().try_for_each(|byte| tuple.serialize_element(byte))?;
        tuple.end()
    }
}

static PROGRAM: LazyLock<Fingerprint> = LazyLock::new(|| Fingerprint::of(b"fuzz"));

/// A cache file with this content and a valid checksum.
fn stored(kind: &str, content: &[u8]) -> Vec<u8> {
    let mut file = Vec::new();
    write(&mut file, kind, *PROGRAM, &Raw(content)).expect("memory takes it");
    file
}

/// The cache read from a file with this content and a valid checksum.
pub fn cache_of(content: &[u8]) -> Option<Cache> {
    Cache::read(&stored("cache", content), *PROGRAM)
}

/// A cache or an up-to-date record: the raw file, and the same content with a valid checksum.
pub fn cache_file(data: &[u8]) {
    assert!(Cache::read(data, *PROGRAM).is_none(), "a checksum cannot be guessed");
    if let Some(mut cache) = cache_of(data) {
        let all = cache.traces.outputs_with(|_, _| true).len();
        cache.traces.compact();
        assert_eq!(cache.traces.outputs_with(|_, _| true).len(), all);
        for (path, memo) in &cache.content.documents {
            assert!(
                cache
                    .content
                    .document(path, memo.stamp)
                    .is_none_or(|document| document.source == memo.value.source)
            );
        }
    }
    let _: Option<UpToDate> = read(&stored("up-to-date", data), "up-to-date", *PROGRAM);
}

/// The journal of a commit: the raw file, and the same content with a valid checksum.
pub fn journal(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let complete = format!("{text}\nend {}\n", Fingerprint::of(format!("{text}\n").as_bytes()).short());
    for bytes in [data, complete.as_bytes()] {
        let Some(journal) = Journal::parse(bytes) else { continue };
        assert_eq!(Journal::parse(journal.to_text().as_bytes()), Some(journal.clone()));
        for change in &journal.changes {
            let climbs = |segment: Component| !matches!(segment, Component::Normal(_));
            assert!(!Path::new(change.path()).components().any(climbs), "{change:?}");
        }
    }
}

/// The head of a picture; the first byte chooses the name.
pub fn picture_head(data: &[u8]) {
    let Some((choice, data)) = data.split_first() else { return };
    let name = ["a.jpg", "a.png", "a.gif", "a.webp", "a.svg"][usize::from(*choice) % 5];
    assert!(inspect(name, data).active.is_none_or(|at| at < data.len()));
    let measured = measure(name, data);
    assert_eq!(measured, measure(name, data));
    if let Ok(Some(picture)) = measured {
        assert!(picture.width > 0 && picture.height > 0, "{picture:?}");
        for width in picture.widths() {
            assert!(*width < picture.width && picture.height_at(*width) > 0, "{picture:?}");
        }
    }
}
