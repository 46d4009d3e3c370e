//! What is published, when, where, and by which template.

use crate::memory;
use crate::site_test::{NEWS, SITE, SiteTest, document};

fn news(title: &str, more: &str) -> String {
    document(&format!("title: {title}\ndate: 2025-01-01\ndistrict: 汉阳区\n{more}"))
}

#[test]
fn drafts_and_scheduled_documents_need_an_option_and_expired_ones_are_never_published() {
    let mut site = SiteTest::empty();
    site.write("content/news/plain.md", news("平常", ""))
        .write("content/news/draft.md", news("草稿", "draft: true"))
        .write("content/news/future.md", news("未到", "publish_at: 2999-01-01 08:00"))
        .write("content/news/past.md", news("已到", "publish_at: 2020-01-01"))
        .write("content/news/expired.md", news("过期", "expires: 2020-01-01"));
    let cases: [(&[&str], &[&str]); 4] = [
        (&[], &["past", "plain"]),
        (&["--drafts"], &["draft", "past", "plain"]),
        (&["--future"], &["future", "past", "plain"]),
        (&["--drafts", "--future"], &["draft", "future", "past", "plain"]),
    ];
    for (args, names) in cases {
        site.args(args).build();
        for name in ["plain", "draft", "future", "past", "expired"] {
            let there = site.out().join(format!("news/{name}.html")).exists();
            assert_eq!(there, names.contains(&name), "{name} with {args:?}");
        }
        let listed: Vec<String> = names.iter().map(|name| format!("/news/{name}.html")).collect();
        let page = site.page("news/index.html").hrefs();
        let shown: Vec<String> =
            page.into_iter().filter(|href| href.starts_with("/news/") && href.ends_with(".html")).collect();
        assert_eq!(shown, listed, "{args:?}");
    }
}

#[test]
fn a_document_is_due_at_its_instant_in_the_sites_zone() {
    // It is noon in Wuhan.
    let published = |more: &str| {
        let world = memory::world([("content/news/a.md".to_owned(), news("甲", more))]);
        memory::build(&world).1.contains_key("news/a.html")
    };
    assert!(published("publish_at: 2026-06-01 12:00"));
    assert!(!published("publish_at: 2026-06-01 12:01"));
    assert!(published("publish_at: 2026-06-01T04:00:00Z"));
    assert!(!published("expires: 2026-06-01 12:00"));
    assert!(published("expires: 2026-06-01 12:01"));
}

#[test]
fn names_that_begin_with_a_dot_or_an_underscore_are_not_published() {
    SiteTest::empty()
        .publish_all()
        .write("content/_drafts/a.md", "x")
        .write("content/news/_b.md", "x")
        .write("content/news/.hidden.txt", "x")
        .write("content/news/_files/c.txt", "x")
        .write("content/news/d.txt", "x")
        .build()
        .has("news/d.txt")
        .has_not("_drafts")
        .has_not("news/_b.html")
        .has_not("news/.hidden.txt")
        .has_not("news/_files");
}

#[test]
fn assets_are_copied_byte_for_byte_to_the_same_path() {
    let bytes: Vec<u8> = (0..=255).collect();
    let mut site = SiteTest::empty();
    site.publish_all()
        .write("content/news/2025/图 一.JPG", &bytes)
        .write("content/favicon.ico", &bytes)
        .build();
    for path in ["news/2025/图 一.JPG", "favicon.ico"] {
        assert!(std::fs::read(site.out().join(path)).unwrap() == bytes, "{path}");
    }
}

#[test]
fn links_between_sources_become_urls() {
    SiteTest::empty()
        .write("content/reports/2025/hanyang.md", news("报告", "") + "## 要点 {#h}\n")
        .write("content/about.md", document("title: 关于"))
        .write("content/news/2025/附件 一.pdf", "x")
        .write(
            "content/news/2025/a.md",
            news("甲", "slug: jia")
                + "[一](../../reports/2025/hanyang.md#h) [二](/about.md) [三](附件%20一.pdf) [四](../../reports/_index.md) [五](a.md)\n",
        )
        .write("content/reports/_index.md", "---\ntitle: 报告\ndescription: 历年报告。\n---\n")
        .write("content/news/_index.md", NEWS)
        .args(&["--strict"])
        .build()
        .check_page("news/2025/jia.html", |page| {
            let hrefs: Vec<String> = page.links("article p").into_iter().map(|link| link.href).collect();
            assert_eq!(
                hrefs,
                [
                    "/reports/2025/hanyang.html#h",
                    "/about.html",
                    "/news/2025/%E9%99%84%E4%BB%B6%20%E4%B8%80.pdf",
                    "/reports/",
                    "/news/2025/jia.html",
                ]
            );
        });
}

#[test]
fn aliases_lead_to_the_page_below_any_base_path() {
    SiteTest::empty()
        .write("content/news/a.md", news("甲", "aliases: [/old/path.html, /old/folder/]"))
        .args(&["--base-url", "https://a.cn/b"])
        .build()
        .check_file("old/path.html", |html| assert!(html.contains("url=/b/news/a.html"), "{html}"))
        .check_file("old/folder/index.html", |html| assert!(html.contains("https://a.cn/b/news/a.html")))
        .check_file("sitemap.xml", |xml| assert!(!xml.contains("old/path")));
}

#[test]
fn the_sitemap_lists_every_page_once_and_nothing_else() {
    let mut site = SiteTest::sample();
    site.build();
    let xml = site.output("sitemap.xml");
    let mut urls: Vec<&str> =
        xml.split("<loc>").skip(1).map(|rest| rest.split("</loc>").next().unwrap()).collect();
    let count = urls.len();
    urls.sort_unstable();
    urls.dedup();
    assert_eq!(urls.len(), count, "a page is listed twice");
    for url in urls {
        let path = url.strip_prefix("https://www.example.gov.cn/").unwrap();
        let path = percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned();
        let file = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path };
        site.has(&file);
    }
    site.check_file("robots.txt", |text| assert!(text.contains("https://www.example.gov.cn/sitemap.xml")));
}

#[test]
fn no_page_of_the_sample_site_has_a_dead_link() {
    let mut site = SiteTest::sample();
    site.args(&["--base-url", "https://www.example.gov.cn/renda"]).build();
    for path in site.outputs().into_keys().filter(|path| path.ends_with(".html")) {
        let page = site.page(&path);
        let targets = [page.attributes("[href]", "href"), page.attributes("[src]", "src")].concat();
        for target in targets.iter().filter(|target| target.starts_with('/')) {
            let below = target.strip_prefix("/renda/").unwrap_or_else(|| panic!("{target} in {path}"));
            let below = below.split(['#', '?']).next().unwrap();
            let below = percent_encoding::percent_decode_str(below).decode_utf8().unwrap().into_owned();
            let file =
                if below.is_empty() || below.ends_with('/') { format!("{below}index.html") } else { below };
            assert!(site.out().join(&file).is_file(), "{target} in {path}");
        }
        let ids = page.attributes("[id]", "id");
        for target in targets.iter().filter_map(|target| target.strip_prefix('#')) {
            let id = percent_encoding::percent_decode_str(target).decode_utf8().unwrap().into_owned();
            assert!(ids.contains(&id), "#{id} in {path}");
        }
    }
}

#[test]
fn a_document_takes_its_own_template_or_its_sections_or_the_common_one() {
    let template = |text: &str| {
        format!("{{% extends \"page.html\" %}}{{% block footer %}}{text}{{% endblock footer %}}")
    };
    SiteTest::empty()
        .write("themes/chamber/templates/reports.html", template("报告的模板"))
        .write("themes/chamber/templates/special.html", template("特别的模板"))
        .write("content/reports/a.md", news("甲", ""))
        .write("content/reports/b.md", news("乙", "template: special.html"))
        .write("content/news/c.md", news("丙", ""))
        .build()
        .check_file("reports/a.html", |html| assert!(html.contains("报告的模板")))
        .check_file("reports/b.html", |html| assert!(html.contains("特别的模板")))
        .check_file("news/c.html", |html| assert!(!html.contains("的模板")));
}

#[test]
fn a_theme_of_the_sites_own_rests_on_the_default_one() {
    SiteTest::empty()
        .write("content/site.yaml", "title: 站\nbase_url: https://a.cn\ntheme: mine\nextra: {a: 站点}\n")
        .write("themes/mine/theme.yaml", "name: mine\nextra: {a: 主题, b: 主题乙}\n")
        .write(
            "themes/mine/templates/404.html",
            "<p>{{ site.extra.a }} {{ site.extra.b }} {{ asset(path=\"x.txt\") }}</p>",
        )
        .write("themes/mine/static/x.txt", "x")
        .write("content/news/a.md", news("甲", ""))
        .build()
        .check_file("404.html", |html| {
            assert!(html.starts_with("<p>站点 主题乙 /static/x."), "{html}");
        })
        .check_file("news/a.html", |html| assert!(html.contains("<article")));
}

#[test]
fn the_sites_words_stand_over_the_themes() {
    SiteTest::empty()
        .write("themes/chamber/i18n/zh-CN.yaml", "home: 主页\n")
        .build()
        .check_file("index.html", |html| assert!(html.contains(">主页</a>") && html.contains("历年")));
    SiteTest::empty()
        .write("content/site.yaml", "title: Site\nbase_url: https://a.cn\nlanguage: en\n")
        .build()
        .check_file("index.html", |html| assert!(html.contains("lang=\"en\"") && html.contains(">Home</a>")));
}

#[test]
fn markup_in_titles_and_names_is_text_everywhere() {
    let mut site = SiteTest::empty();
    site.write("content/site.yaml", "title: 站<b>&\"\nbase_url: https://a.cn\ndescription: 述<b>&\"\n")
        .write("content/districts.yaml", "- {code: \"1\", name: \"区<b>&\", slug: qu}\n")
        .write("content/news/_index.md", "---\ntitle: 栏<b>&\n---\n")
        .write(
            "content/news/a.md",
            document("title: 题<b>&\"\ndate: 2025-01-01\ndistrict: qu\ntopics: [\"主<b>&\"]\nauthors: [\"者<b>&\"]\nsource: \"源<b>&\"\nsummary: 摘<b>&\nsubtitle: 副<b>&"),
        )
        .build();
    for (path, bytes) in site.outputs() {
        let text = String::from_utf8(bytes).unwrap();
        if path.ends_with(".html") || path.ends_with(".xml") {
            assert!(!text.contains("<b>"), "{path}");
        }
    }
}

#[test]
fn two_sources_of_one_output_are_an_error_that_names_both() {
    let pairs = [
        ("content/news/a.md", "content/news/A.md"),
        ("content/news/e\u{301}.md", "content/news/\u{e9}.md"),
        ("content/news/汉阳.md", "content/news/han-yang.md"),
        ("content/news/b.md", "content/news/b.html"),
    ];
    for (first, second) in pairs {
        let text = news("甲", "");
        let other = news("乙", "");
        let trust = ("content/site.yaml".to_owned(), format!("{SITE}html: trust\n"));
        let other = if second.ends_with(".html") { "<p>甲".to_owned() } else { other };
        let world = memory::publishing([(first.to_owned(), text), (second.to_owned(), other), trust]);
        let (build, outputs) = memory::build(&world);
        let [diagnostic] = build.diagnostics.as_slice() else { panic!("{first}: {:?}", build.diagnostics) };
        assert_eq!(diagnostic.problem.code(), "collision");
        let message = diagnostic.problem.message(tribune::internals::diagnostics::Lang::En).text;
        let name = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        assert!(message.contains(&name(second)), "{message}");
        assert!(outputs.is_empty(), "nothing is written");
    }
}

#[test]
fn pages_of_the_programs_own_are_not_to_be_overwritten() {
    SiteTest::empty()
        .write("content/districts/_index.md", NEWS)
        .write("content/districts/hanyang/index.md", news("甲", ""))
        .fails_with(&["collision", "collision"]);
    SiteTest::empty().write("content/news/page-2.md", news("甲", "")).build().has("news/page-2.html");
    SiteTest::empty()
        .write("content/news/_index.md", NEWS)
        .publish_all()
        .write("content/news/feed.xml", "<feed/>")
        .write("content/news/a.md", news("甲", ""))
        .fails_with(&["collision"]);
    SiteTest::empty().write("content/index.md", document("title: 首页")).fails_with(&["collision"]);
    SiteTest::empty()
        .write("content/robots.txt", "x")
        .build()
        .check_file("robots.txt", |text| assert_eq!(text, "x"));
}

#[test]
fn foreign_files_are_neither_overwritten_nor_deleted() {
    let mut site = SiteTest::empty();
    site.write("content/about.md", document("title: 关于")).write("public/about.html", "别人的");
    let run = site.try_build();
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("place-taken"), "{}", run.stderr);
    site.check_file("about.html", |text| assert_eq!(text, "别人的")).has_not("index.html");
    site.remove("public/about.html").build().has("about.html");
}

#[test]
fn a_folder_with_foreign_files_is_not_replaced_by_an_output() {
    let mut site = SiteTest::empty();
    site.publish_all().write("content/data/x.txt", "一").build().write("public/data/mine.txt", "别人的");
    site.remove("content/data").write("content/data", "二");
    assert_eq!(site.try_build().code, 3);
    site.check_file("data/x.txt", |text| assert_eq!(text, "一"));
    site.remove("public/data/mine.txt").build().check_file("data", |text| assert_eq!(text, "二"));
}
