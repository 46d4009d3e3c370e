//! Links and pictures in raw HTML are treated as those of Markdown are; addresses in text become links.

use serde_json::Value;

use crate::pictures::png;
use crate::site_test::{NEWS, SiteTest};

const FRONT: &str = "---\ntitle: 甲\ndate: 2025-01-01\ndistrict: 汉阳区\n---\n\n";

/// What is reported but files that no document refers to.
fn slips(report: &Value) -> Vec<&Value> {
    let all = report["diagnostics"].as_array().unwrap().iter();
    all.filter(|found| found["code"] != "unreferenced").collect()
}

fn site(body: &str) -> SiteTest {
    let mut site = SiteTest::empty();
    site.change("content/site.yaml", "https://example.gov.cn", "https://example.gov.cn/renda")
        .write("content/news/_index.md", NEWS)
        .write(
            "content/news/b.md",
            format!(
                "{}## 标题\n\n<div id=\"ding\"><a name=\"jiu\">旧</a></div>\n",
                FRONT.replace('甲', "乙")
            ),
        )
        .write("content/news/图.png", png(40, 20))
        .write("content/news/a.md", format!("{FRONT}{body}"));
    site
}

#[test]
fn links_and_pictures_in_raw_html_are_rewritten() {
    site(
        "<p><A HREF='b.md#ding'>甲</A>\n<img\n  src=\"图.png\" alt=\"图\"\n></p>\n\n\
         文字<a href=b.md>乙</a>，<img src=\"图.png\" alt=\"图\" width=20 />，<a href=\"https://a.cn/?b&amp;c\">丙</a>\n\n\
         > <div>\n> <img srcset=\"图.png 2x, https://a.cn/b.png 3x\" src=\"/news/图.png\">\n> </div>\n",
    )
    .build()
    .check_main("news/a.html", |main| {
        let content = main.attributes(".content a", "href");
        assert_eq!(content, ["/renda/news/b.html#ding", "/renda/news/b.html", "https://a.cn/?b&c"]);
        let picture = "/renda/news/%E5%9B%BE.png";
        assert_eq!(main.attributes(".content img", "src"), [picture; 3]);
        assert_eq!(main.attributes(".content img", "width"), ["40", "20", "40"]);
        assert_eq!(main.attributes(".content img", "height"), ["20", "20"]);
        assert_eq!(main.attributes(".content img", "loading"), ["lazy"; 3]);
        assert_eq!(main.attributes(".content img", "srcset"), [format!("{picture} 2x, https://a.cn/b.png 3x")]);
    });
}

#[test]
fn dead_links_in_raw_html_are_reported_at_their_place() {
    let mut site = site(
        "一行\n\n<p>\n<a href=\"c.md\">甲</a></p>\n\n<img src=x.png alt=图><!-- <a href=\"d.md\"> -->`<a href=\"e.md\">`",
    );
    site.check_build(|report| {
        let found = slips(report);
        let places: Vec<_> =
            found.iter().map(|d| (&d["code"], d["line"].as_u64(), d["column"].as_u64())).collect();
        let nowhere = &serde_json::json!("link-nowhere");
        assert_eq!(places, [(nowhere, Some(10), Some(10)), (nowhere, Some(12), Some(10))]);
    });
    site.write(
        "content/news/a.md",
        format!("{FRONT}<a href=\"b.md#ding\">甲</a>[乙](b.md#jiu)[丙](b.md#wu)"),
    )
    .check_build(|report| {
        let found = slips(report);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["code"], "anchor-missing");
    });
}

#[test]
fn trusted_sites_may_show_films_of_their_own_and_escaped_html_has_no_links() {
    let body = "<video src=\"图.png\" poster=\"图.png\"><source src=\"图.png\"></video>\n";
    site(body).change("content/site.yaml", "title:", "html: trust\ntitle:").build().check_main(
        "news/a.html",
        |main| {
            assert_eq!(main.attributes("video", "src"), ["/renda/news/%E5%9B%BE.png"]);
            assert_eq!(main.attributes("video", "poster"), ["/renda/news/%E5%9B%BE.png"]);
            assert_eq!(main.attributes("source", "src"), ["/renda/news/%E5%9B%BE.png"]);
        },
    );
    site("<video src=\"无.mp4\"></video>")
        .change("content/site.yaml", "title:", "html: trust\ntitle:")
        .fails_with(&["link-nowhere"]);
    site("<a href=\"无.md\">甲</a>").change("content/site.yaml", "title:", "html: escape\ntitle:").build();
}

#[test]
fn addresses_in_text_become_links_but_not_in_code_links_and_html() {
    site(
        "## 见 https://a.cn/x\n\n详见https://a.cn/b_c，或www.a.cn。`https://a.cn` [https://a.cn](b.md) <a href=\"b.md\">www.a.cn</a> ![www.a.cn](图.png)\n\n\
         邮箱：renda@example.gov.cn。<code>http://a.cn</code>\n\n    https://a.cn\n",
    )
    .build()
    .check_main("news/a.html", |main| {
        let links = main.attributes(".content a", "href");
        let expected = [
            "https://a.cn/x", "https://a.cn/b_c", "http://www.a.cn", "/renda/news/b.html", "/renda/news/b.html", "mailto:renda@example.gov.cn",
        ];
        assert_eq!(links, expected);
        assert_eq!(main.attributes("h2", "id"), ["jian-https-a-cn-x"]);
    });
}

#[test]
fn the_data_of_a_picture_is_never_shown() {
    for picture in [
        "![图](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA)",
        "<img src=\"data:image/svg+xml,iVBORw0KGgo\" alt=\"图\">",
    ] {
        let run = site(picture).run(&["build"]);
        assert!(run.stderr.contains("picture-data") && !run.stderr.contains("iVBOR"), "{}", run.stderr);
    }
}

#[test]
fn pictures_in_html_need_a_description_too() {
    site("<img src=\"图.png\">\n\n<img src=\"图.png\" alt=\"\">").check_build(|report| {
        let found = slips(report);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((&found[0]["code"], &found[0]["line"]), (&"picture-alt".into(), &7.into()));
    });
}

#[test]
fn control_characters_are_left_out_with_a_warning_for_each() {
    let mut site = site("前\u{8}文\u{B}后\u{10}文\r\n");
    site.check_build(|report| {
        let found = slips(report);
        let shown: Vec<_> =
            found.iter().map(|d| (d["code"].as_str().unwrap(), d["column"].as_u64())).collect();
        assert_eq!(
            shown,
            [("control-character", Some(2)), ("control-character", Some(3)), ("control-character", Some(4))]
        );
        assert!(found[1]["message"].as_str().unwrap().contains("U+000B"));
    });
    assert!(site.output("news/a.html").contains("前文后文"));
}
