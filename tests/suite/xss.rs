//! mdBook CVE-2020-26297, Hexo CVE-2021-25987, Hugo CVE-2024-32875, goldmark CVE-2026-5160, comrak RUSTSEC-2021-0026,
//! nuxt MDC CVE-2025-24981: every attempt of `tests/xss/vectors.txt` in every field that an editor can fill, and
//! nothing active in any output. What is refused with a located error is inactive, too.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use rayon::prelude::*;
use tribune::internals::config::read_site;
use tribune::internals::diagnostics::Diagnostic;
use tribune::internals::diagnostics::Source;
use tribune::internals::text::is_unfit;
use tribune::internals::world::MemoryWorld;

use crate::html::Page;
use crate::inert::active;
use crate::memory;
use crate::site_test::repository;

type Outputs = BTreeMap<String, Vec<u8>>;

/// The attempts, in order.
pub fn vectors() -> Vec<String> {
    let text = fs::read_to_string(repository().join("tests/xss/vectors.txt")).unwrap();
    text.split('\n').filter(|line| !line.is_empty() && !line.starts_with("## ")).map(unescaped).collect()
}

/// `{%%2028%%}` → U+2028.
fn unescaped(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("{%%") {
        let (code, after) = after.split_once("%%}").unwrap();
        text.push_str(before);
        text.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap());
        rest = after;
    }
    text + rest
}

/// A YAML string with exactly this value.
fn yaml(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' | '\u{A1}'..='\u{D7FF}' => quoted.push(c),
            c => write!(quoted, "\\U{:08X}", c as u32).unwrap(),
        }
    }
    quoted + "\""
}

/// As fields of one line hold it.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// May it stand in the front matter at all? Controls may not, nor marks of direction; what cannot be seen is left out.
fn is_text(text: &str) -> bool {
    let hidden = |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FEFF}' | '\u{AD}');
    let refused = |c: char| is_unfit(c) || c == '\r' || hidden(c);
    !text.chars().any(refused) && !plain(text).is_empty()
}

/// Builds, leaving out the files that are refused; also tells which.
#[track_caller]
fn built(mut world: MemoryWorld) -> (Outputs, BTreeSet<String>) {
    let mut refused = BTreeSet::new();
    // A file may be refused for what another one, refused before it, was to hold.
    for _ in 0..4 {
        let (build, outputs) = memory::build(&world);
        let errors: Vec<&Diagnostic> = build.diagnostics.iter().filter(|found| found.is_error()).collect();
        if errors.is_empty() {
            return (outputs, refused);
        }
        for error in errors {
            let place = error.place.as_ref().unwrap_or_else(|| panic!("not located: {:?}", error.problem));
            assert!(world.files.remove(&place.file).is_some() || refused.contains(&place.file), "{error:?}");
            refused.insert(place.file.clone());
        }
    }
    panic!("errors without end");
}

/// Checks all outputs.
#[track_caller]
fn check(outputs: &Outputs) {
    let faults: Vec<String> = outputs
        .par_iter()
        .flat_map_iter(|(path, bytes)| {
            active(path, bytes).into_iter().map(move |fault| format!("{path}: {fault}"))
        })
        .collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}

fn document(number: usize, body: &str) -> (String, String) {
    let text = format!("---\ntitle: 第{number}篇\ndate: 2025-01-01\ndistrict: 汉阳区\n---\n\n{body}\n");
    (format!("content/news/d{number}.md"), text)
}

#[test]
fn there_are_enough_attempts_and_each_is_another() {
    let all = vectors();
    assert!(all.len() >= 300, "{}", all.len());
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
}

/// Title, subtitle, summary, source, authors, editor, topics and `extra`, shown by pages, listings, feeds, JSON-LD.
#[test]
fn nothing_in_the_front_matter_becomes_active() {
    let all: Vec<String> = vectors().into_iter().filter(|vector| is_text(vector)).collect();
    assert!(all.len() >= 450);
    let mut site = String::from(crate::site_test::SITE) + "topics:\n";
    let mut files = Vec::new();
    let mut districts = String::from(crate::site_test::DISTRICTS);
    let mut topics = BTreeSet::new();
    for (number, vector) in all.iter().enumerate() {
        let v = yaml(vector);
        let topic = plain(vector);
        if topics.insert(topic.clone()) {
            writeln!(site, "  {}: t{number}", yaml(&topic)).unwrap();
        }
        writeln!(districts, "- {{code: \"{number:06}\", name: {v}, slug: d{number}}}").unwrap();
        let text = format!(
            "---\ntitle: {v}\nsubtitle: {v}\nsummary: {v}\nsource: {{name: {v}}}\nauthors: [{v}]\neditor: {v}\n\
             topics: [{v}]\ndate: 2025-01-01\ndistrict: d{number}\nextra: {{shown: {v}}}\ntemplate: shown.txt\n---\n\n正文。\n"
        );
        files.push((format!("content/news/d{number}.md"), text));
    }
    files.extend([
        ("content/site.yaml".to_owned(), site + "theme: shows\n"),
        ("content/districts.yaml".to_owned(), districts),
        ("content/news/_index.md".to_owned(), "---\ntitle: 要闻\ndescription: 一\npaginate: 50\n---\n".to_owned()),
        ("themes/shows/theme.yaml".to_owned(), "name: shows\n".to_owned()),
        // What is not called .html is escaped, too.
        (
            "themes/shows/templates/shown.txt".to_owned(),
            "{% extends \"page.html\" %}{% block head %}{{ super() }}{% include \"extra.txt\" %}{% endblock head %}"
                .to_owned(),
        ),
        (
            "themes/shows/templates/extra.txt".to_owned(),
            "<meta name=\"extra\" content=\"{{ page.extra.shown }}\">".to_owned(),
        ),
    ]);
    let (outputs, refused) = built(memory::world(files));
    assert_eq!(refused, BTreeSet::new());
    check(&outputs);
    // They did reach the pages, as text.
    for (number, vector) in all.iter().enumerate() {
        let page = Page::parse(&String::from_utf8_lossy(&outputs[&format!("news/d{number}.html")]));
        assert_eq!(page.text("h1"), plain(vector));
        assert_eq!(page.attributes("meta[name=ArticleTitle]", "content"), [plain(vector)]);
        assert_eq!(page.attributes("meta[name=extra]", "content"), [vector.as_str()]);
    }
}

/// Controls in the front matter are errors that name the file and the line.
#[test]
fn controls_in_the_front_matter_are_refused() {
    let bad = |vector: &String| vector.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    let all: Vec<String> = vectors().into_iter().filter(bad).collect();
    let files = all.iter().enumerate().map(|(number, vector)| {
        (
            format!("content/news/d{number}.md"),
            crate::site_test::document(&format!("title: {}", yaml(vector))),
        )
    });
    let (build, outputs) = memory::build(&memory::world(files));
    assert!(outputs.is_empty());
    let places: BTreeSet<_> =
        build.diagnostics.iter().filter(|d| d.problem.code() == "control-character").collect_places();
    assert_eq!(places.len(), all.len());
}

trait Places<'d> {
    fn collect_places(self) -> BTreeSet<(String, u32)>;
}

impl<'d, I: Iterator<Item = &'d Diagnostic>> Places<'d> for I {
    fn collect_places(self) -> BTreeSet<(String, u32)> {
        self.filter_map(|found| found.place.as_ref()).map(|place| (place.file.clone(), place.line)).collect()
    }
}

/// A theme whose pages show bodies and little else: there are thousands to look at.
fn short_pages() -> Vec<(String, String)> {
    let page = "<!doctype html><meta name=description content=\"{{ page.summary }}\"><title>{{ page.title }}</title>\
                <main>{{ page.content }}</main>{% if page.picture %}<img src=\"{{ page.picture.url }}\" alt=x>{% endif %}\
                {% if page.source and page.source.url %}<a href=\"{{ page.source.url }}\">x</a>{% endif %}\
                {% for entry in page.toc %}<a href=\"#{{ entry.id }}\">{{ entry.title }}</a>{% endfor %}\
                {% if linked_data %}<script type=\"application/ld+json\">{{ linked_data }}</script>{% endif %}";
    let listing = "<!doctype html>{% for item in listing.items %}<a href=\"{{ item.url }}\">{{ item.title }}</a> \
                   {{ item.summary }}{% endfor %}";
    let index = "---\ntitle: 要闻\ndescription: 一\npaginate: 1000\n---\n";
    [
        ("content/site.yaml", format!("{}theme: short\n", crate::site_test::SITE)),
        ("content/districts.yaml", "- {code: \"420105\", name: 汉阳区, slug: hanyang}\n".to_owned()),
        ("content/news/_index.md", index.to_owned()),
        ("themes/short/templates/page.html", page.to_owned()),
        ("themes/short/templates/listing.html", listing.to_owned()),
    ]
    .map(|(path, text)| (path.to_owned(), text))
    .into()
}

/// The places of a body, where `V` stands for the attempt.
const PLACES: &[&str] = &[
    "V",
    "段落 V 之中",
    "# V\n\n## V {#V .V V=V}\n\n### 甲 V\n\nV\n===",
    "[甲](https://a.example/ \"V\") [甲](https://a.example/ 'V') [甲](https://a.example/V)",
    "![V](https://a.example/x.png \"V\") ![V](https://a.example/V)\n\n![甲](https://a.example/x.png \"V|V\")",
    "[甲][r] [V][r]\n\n[r]: https://a.example/ \"V\"",
    "甲[^n] 乙[^V]\n\n[^n]: V\n\n[^V]: V",
    "| V | 乙 |\n|---|:-:|\n| V | V |",
    "```V\nV\n```\n\n~~~ V\nV\n~~~\n\n`V`\n\n    V",
    "- V\n- [ ] V\n\n1. V\n\n> V\n\n甲\n: V\n\n**V** ~~V~~",
    "<div title=\"V\">V</div>\n\n<p class='V' id=\"V\">V</p> <a href=\"/\" title=V>V</a>",
    "<a href=\"V\">甲</a> <img src=\"V\" srcset=\"V 2x\" alt=\"V\"> <q cite=\"V\">乙</q>\n\n<img src=V alt='V'>",
];

/// Places where an attempt is an address: many are refused, as links that lead nowhere.
const ADDRESSES: &[&str] =
    &["[甲](V)", "[甲](<V>)", "![甲](<V>)", "<V>", "[甲][r]\n\n[r]: <V>", "[甲][r]\n\n[r]: V 'V'"];

#[test]
fn nothing_in_a_body_becomes_active() {
    let mut files = Vec::new();
    for vector in vectors() {
        // Each place by itself: what does not close swallows what follows.
        for place in PLACES {
            files.push(document(files.len(), &place.replace('V', &vector)));
        }
    }
    let total = files.len();
    let (outputs, refused) = built(memory::world(files.into_iter().chain(short_pages())));
    assert!(refused.len() * 5 < total, "{} of {total} refused", refused.len());
    check(&outputs);
}

#[test]
fn nothing_becomes_active_as_an_address_in_a_body() {
    let mut files = Vec::new();
    for vector in vectors() {
        for place in ADDRESSES {
            files.push(document(files.len(), &place.replace('V', &vector)));
        }
    }
    let total = files.len();
    let (outputs, refused) = built(memory::world(files.into_iter().chain(short_pages())));
    assert!(refused.len() * 2 < total, "{} of {total} refused", refused.len());
    check(&outputs);
}

/// `image`, `source.url`, `slug` and `aliases` of documents.
#[test]
fn nothing_becomes_active_as_an_address_in_the_front_matter() {
    let mut files = Vec::new();
    for vector in vectors() {
        let v = yaml(&vector);
        let web = yaml(&format!("https://a.example/{vector}"));
        for field in [
            format!("image: {v}"),
            format!("image: {web}"),
            format!("source: {{name: 甲, url: {v}}}"),
            format!("source: {{name: 甲, url: {web}}}"),
            format!("slug: {v}"),
            format!("aliases: [{v}]"),
            format!("aliases: [{}]", yaml(&format!("/old/{}/{vector}", files.len()))),
            format!("template: {v}"),
            format!("{v}: 甲"),
        ] {
            let (path, text) = document(files.len(), "正文。");
            files.push((path, text.replacen("title:", &format!("{field}\ntitle:"), 1)));
        }
    }
    let (outputs, refused) = built(memory::world(files.into_iter().chain(short_pages())));
    assert!(refused.len() > 1000 && outputs.len() > 700, "{} and {}", refused.len(), outputs.len());
    check(&outputs);
}

/// Names of files, folders and pictures.
#[test]
fn nothing_in_a_name_becomes_active() {
    let mut files = Vec::new();
    for (number, vector) in vectors().iter().enumerate() {
        let name = vector.replace(['/', '\0', '\n', '\\', ':'], "_");
        let (_, text) = document(number, "正文。");
        files.push((format!("content/news/{number}-{name}.md"), text.clone()));
        files.push((format!("content/news/{number}-{name}/b.md"), text));
        let asset = format!("content/news/{number}-{name}.bin");
        files.push((asset, "x".to_owned()));
        let link: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        files.push(document(number, &format!("[甲]({number}-{link}.bin)")));
    }
    let (outputs, refused) = built(memory::world(files.into_iter().chain(short_pages())));
    assert!(outputs.len() > 1000, "{} and {}", refused.len(), outputs.len());
    check(&outputs);
}

/// The settings of the site, of its sections and of its home page: small sites, of some attempts each.
#[test]
fn nothing_in_the_settings_becomes_active() {
    let all: Vec<String> = vectors().into_iter().filter(|vector| is_text(vector)).collect();
    let sites: Vec<String> = all.chunks(6).map(|some| some.join(" ¦ ")).collect();
    sites.par_iter().enumerate().for_each(|(number, vectors)| settings(number, vectors));
}

fn settings(number: usize, vector: &str) {
    let v = yaml(vector);
    let site = format!(
        "title: {v}\nbase_url: https://example.gov.cn\ndescription: {v}\nkeywords: [{v}]\n\
         office: {{host: {v}, operator: {v}, contact: [{v}], icp: {v}, police: {}}}\n\
         nav: [{{title: {v}, url: /}}, {{title: 外, url: https://a.example/}}]\nextra: {{a: {v}}}\n",
        yaml(&format!("鄂公网安备42010502000001号{}", vector.replace(|c: char| c.is_ascii_digit(), "")))
    );
    let section = format!(
        "---\ntitle: {v}\ndescription: {v}\nkeywords: [{v}]\ncolumn_type: {v}\nextra: {{a: {v}}}\n---\n{vector}\n"
    );
    let home = format!("---\ntitle: {v}\ndescription: {v}\nkeywords: [{v}]\n---\n\n段落 {vector}\n");
    let (_, text) = document(number, "正文。");
    let aliased = text.replacen("title:", "aliases: [/old.html]\ntitle:", 1);
    let short: String = vector.chars().take(60).collect();
    let folder = format!("content/{number}-{}", short.replace(['/', '\\', ':', '\n'], "_"));
    let world = memory::world([
        ("content/site.yaml".to_owned(), site),
        ("content/news/_index.md".to_owned(), section),
        ("content/_index.md".to_owned(), home),
        ("content/news/a.md".to_owned(), aliased),
        (format!("{folder}/a.md"), text),
    ]);
    let (mut outputs, refused) = built(world);
    assert!(!refused.contains("content/site.yaml"), "{vector}");
    // Of pages of one kind one is enough.
    outputs.retain(|path, _| {
        !["static/", "districts/", "years/", "topics/"].iter().any(|other| path.starts_with(other))
    });
    check(&outputs);
    let home = Page::parse(&String::from_utf8_lossy(&outputs["index.html"]));
    assert_eq!(home.attributes("meta[name=SiteName]", "content"), [plain(vector)]);
    let headers = String::from_utf8_lossy(&outputs["_headers"]).into_owned();
    assert!(!headers.contains("alert") && outputs["robots.txt"].split(|byte| *byte == b'\n').count() == 5);
}

/// Addresses in the settings: refused, or harmless.
#[test]
fn nothing_becomes_active_as_an_address_in_the_settings() {
    vectors().par_iter().for_each(|vector| {
        let v = yaml(vector);
        for field in [
            format!("nav: [{{title: 甲, url: {v}}}]"),
            format!("emblem: {v}"),
            format!("office: {{badge: {{image: /a.png, url: {v}}}}}"),
            format!("language: {v}"),
            format!("theme: {v}"),
            format!("base_url: {v}"),
            format!("base_url: {}", yaml(&format!("https://a.example/{vector}"))),
        ] {
            let site = match field.starts_with("base_url") {
                true => format!("title: 甲\n{field}\n"),
                false => format!("title: 甲\nbase_url: https://a.example\n{field}\n"),
            };
            let source = Source::decode("content/site.yaml", site.as_bytes());
            let found = source.map_or_else(|error| vec![*error], |source| read_site(&source).1);
            if found.iter().any(Diagnostic::is_error) {
                assert!(found.iter().all(|found| found.place.is_some()), "{field}");
                continue;
            }
            let (build, outputs) = memory::build(&memory::world([("content/site.yaml".to_owned(), site)]));
            let mut errors = build.diagnostics.iter().filter(|found| found.is_error());
            assert!(errors.all(|error| error.place.is_some()), "{field}: {:?}", build.diagnostics);
            check(&outputs);
        }
    });
}
