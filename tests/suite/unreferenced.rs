//! Files that nothing refers to are not published, whatever they are.

use crate::live_test::Live;
use crate::site_test::{NEWS, SITE, SiteTest, document};

const FRONT: &str = "title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区";

/// A site with a document of this body and these further lines of front matter.
fn site(front: &str, body: &str) -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS);
    site.write("content/news/a.md", format!("---\n{FRONT}\n{front}\n---\n\n{body}\n"));
    site
}

fn unreferenced(site: &SiteTest) -> Vec<String> {
    site.list("unreferenced").iter().map(|row| row["source"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_file_that_nothing_refers_to_is_not_published_and_one_line_says_so() {
    let mut site = site("", "见[附件](a.pdf)。");
    for name in ["a.pdf", "a.docx", "名单.xlsx", "网页.html"] {
        site.write(&format!("content/news/{name}"), "x");
    }
    site.build().has("news/a.pdf").has_not("news/a.docx").has_not("news/名单.xlsx").has_not("news/网页.html");
    assert_eq!(
        unreferenced(&site),
        ["content/news/a.docx", "content/news/名单.xlsx", "content/news/网页.html"]
    );
    let run = site.run(&["build", "--strict"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains("notice[unreferenced]: 3 files"), "{}", run.stderr);
    assert!(run.stderr.contains("tribune list unreferenced"), "{}", run.stderr);
}

#[test]
fn whatever_names_a_file_publishes_it() {
    for (front, body) in [
        ("", "[甲](甲 一.png)"),
        ("", "![甲](<甲 一.png>)"),
        ("", "![甲](%E7%94%B2%20%E4%B8%80.png)"),
        ("", "<img src=\"甲 一.png\">"),
        ("", "<p>\n<a href='/news/甲%20一.png'>甲</a>\n</p>"),
        ("", "<img srcset=\"%E7%94%B2%20%E4%B8%80.png 2x\">"),
        ("", "[甲](https://example.gov.cn/news/%E7%94%B2%20%E4%B8%80.png)"),
        ("image: 甲 一.png", ""),
        ("extra: {photos: [{file: 甲 一.png}]}", ""),
        ("extra: {photo: /news/甲 一.png}", ""),
        ("source: {name: 甲, url: \"/news/%E7%94%B2%20%E4%B8%80.png\"}", ""),
    ] {
        // In Markdown a space needs angle brackets.
        let body = body.replace("](甲 一.png)", "](<甲 一.png>)");
        let mut site = site(front, &body);
        site.write("content/news/甲 一.png", "x").args(&["--lang", "en"]);
        site.build().has("news/甲 一.png");
        site.write("content/news/a.md", document(FRONT)).build().has_not("news/甲 一.png");
    }
}

#[test]
fn text_comments_and_other_attributes_refer_to_nothing() {
    for body in [
        "a.png",
        "`![甲](a.png)`",
        "<!-- <img src=\"a.png\"> -->",
        "<b title=\"a.png\">甲</b>",
        "```\n<img src=a.png>\n```",
    ] {
        site("", body).write("content/news/a.png", "x").build().has_not("news/a.png");
    }
}

#[test]
fn settings_introductions_and_templates_refer_to_files() {
    let mut site = site("", "正文。");
    for name in ["emblem.svg", "nav.pdf", "extra.png", "intro.pdf", "theme.png", "sheet.png", "none.png"] {
        let text = if name.ends_with("svg") { "<svg xmlns=\"http://www.w3.org/2000/svg\"/>" } else { "x" };
        site.write(&format!("content/img/{name}"), text);
    }
    site.write(
        "content/site.yaml",
        format!("{SITE}emblem: /img/emblem.svg\nnav: [{{title: 甲, url: /img/nav.pdf}}]\nextra: {{banner: img/extra.png}}\n"),
    )
    .write("content/news/_index.md", format!("{NEWS}\n[甲](/img/intro.pdf)\n"))
    .write("themes/chamber/templates/page.html", "{{ page.content }}<img src=\"{{ url(path='/img/theme.png') }}\">")
    .write("themes/chamber/static/css/own.css", "p { background: url(/img/sheet.png) }")
    .build();
    for name in ["emblem.svg", "nav.pdf", "extra.png", "intro.pdf", "theme.png", "sheet.png"] {
        site.has(&format!("img/{name}"));
    }
    site.has_not("img/none.png");
}

#[test]
fn a_template_that_links_to_a_file_by_chance_is_told_what_to_write() {
    let mut site = site("", "正文。");
    site.write("content/img/a.png", "x").write(
        "themes/chamber/templates/page.html",
        "{{ page.content }}{{ url(path='/img/' ~ 'a' ~ '.png') }}",
    );
    let run = site.try_build();
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("name it in `publish`"), "{}", run.stderr);
    site.write("content/site.yaml", format!("{SITE}publish: [img/*.png]\n")).build().has("img/a.png");
}

#[test]
fn published_files_bring_those_that_they_refer_to() {
    let mut site = site("", "![甲](a.svg)");
    site.write(
        "content/news/a.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"b.svg\"/></svg>",
    )
    .write("content/news/b.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><use href=\"/c.svg#d\"/></svg>")
    .write("content/c.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
    .build()
    .has("news/b.svg")
    .has("c.svg");
    site.write("content/site.yaml", format!("{SITE}html: trust\npublish: [topic/index.html]\n"))
        .write("content/topic/index.html", "<link rel=stylesheet href=a.css><script src='a.js'></script>")
        .write("content/topic/a.css", "@import 'b.css'; p { background: url(\"c.png\") }")
        .write("content/topic/b.css", "x")
        .write("content/topic/c.png", "x")
        .write("content/topic/a.js", "fetch('data.json')")
        .write("content/topic/data.json", "{}")
        .write("content/topic/source.psd", "x")
        .build()
        .has_not("topic/source.psd");
    for name in ["a.css", "b.css", "c.png", "a.js", "data.json"] {
        site.has(&format!("topic/{name}"));
    }
}

#[test]
fn the_files_of_a_withdrawn_document_are_withdrawn_with_it() {
    let mut site = site("", "[甲](a.pdf)");
    site.write("content/news/a.pdf", "x").build().has("news/a.pdf");
    site.change("content/news/a.md", "title: 甲", "draft: true\ntitle: 甲").build().has_not("news/a.pdf");
    site.args(&["--drafts"]).build().has("news/a.pdf");
    site.args(&[])
        .change("content/news/a.md", "draft: true", "publish_at: 2999-01-01")
        .build()
        .has_not("news/a.pdf");
}

#[test]
fn folders_may_be_published_whole() {
    for pattern in
        ["downloads", "downloads/", "/downloads/**", "\"**/*.doc\"", "down*/2025/*", "downloads/2025/甲.doc"]
    {
        let mut site = site("", "正文。");
        site.write("content/downloads/2025/甲.doc", "x").write("content/other/b.xls", "x");
        site.write("content/site.yaml", format!("{SITE}publish: [{pattern}]\n")).build();
        site.has("downloads/2025/甲.doc").has_not("other/b.xls");
    }
    let mut site = site("", "正文。");
    site.write("content/downloads/_a.doc", "x");
    site.write("content/site.yaml", format!("{SITE}publish: [downloads, download/**]\n"));
    site.check_build(|build| {
        let codes: Vec<&str> = build["diagnostics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| found["code"].as_str().unwrap())
            .collect();
        assert_eq!(codes, ["publish-nothing", "publish-nothing"]);
    });
    site.has_not("downloads/_a.doc");
}

#[test]
fn what_browsers_and_search_engines_fetch_is_published() {
    let mut site = site("", "正文。");
    for name in ["favicon.ico", "MP_verify_a1.txt", "robots.txt", "名单.txt", "about.docx"] {
        site.write(&format!("content/{name}"), "x");
    }
    site.build().has("favicon.ico").has("MP_verify_a1.txt").has("robots.txt");
    site.has_not("名单.txt").has_not("about.docx");
}

#[test]
fn nobody_minds_what_is_wrong_with_a_file_that_is_not_published() {
    let mut site = site("", "正文。");
    site.write("content/site.yaml", format!("{SITE}limits: {{asset: 1 KB}}\n"))
        .write("content/news/a.php", "<?php")
        .write("content/news/a.svg", "<svg><script/></svg>")
        .write("content/news/broken.png", "x")
        .write("content/news/CON.txt", "x")
        .write("content/news/film.mp4", "x".repeat(2000));
    let run = site.run(&["build", "--json"]);
    assert_eq!(run.codes(), ["unreferenced"]);
    site.change("content/news/a.md", "正文。", "[甲](film.mp4) [乙](a.svg) [丙](a.php) [丁](broken.png)");
    let mut codes = site.run(&["build", "--json"]).codes();
    codes.sort();
    assert_eq!(codes, ["active-file", "file-too-long", "html-file", "picture-unreadable"]);
}

#[test]
fn watch_publishes_a_file_as_soon_as_something_refers_to_it_and_no_longer() {
    let mut site = site("", "正文。");
    site.write("content/news/a.pdf", "x");
    let mut live = Live::watch(site, &[]);
    live.site.has_not("news/a.pdf").change("content/news/a.md", "正文。", "[甲](a.pdf)");
    live.wait_for_text("news/a.pdf", "x");
    live.site.change("content/news/a.md", "[甲](a.pdf)", "不再链接");
    live.wait_for_text("news/a.html", "不再链接");
    live.site.has_not("news/a.pdf");
}
