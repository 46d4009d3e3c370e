//! Listings, item by item: what a plain reading of the contract gives, against what the program shows.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::site_test::{SiteTest, document};

fn dated(title: &str, date: &str, more: &str) -> String {
    document(&format!("title: {title}\ndate: {date}\ndistrict: 汉阳区\n{more}"))
}

#[test]
fn documents_are_listed_pinned_first_then_newest_first_then_by_path() {
    SiteTest::empty()
        .write("content/news/b.md", dated("同日乙", "2025-05-05", ""))
        .write("content/news/a.md", dated("同日甲", "2025-05-05", ""))
        .write("content/news/old.md", dated("旧", "2024-01-01", ""))
        .write("content/news/pinned-old.md", dated("旧置顶", "2020-01-01", "top: true"))
        .write("content/news/pinned-new.md", dated("新置顶", "2021-01-01", "top: true"))
        .write("content/news/new.md", dated("新", "2026-01-01", ""))
        .build()
        .check_listing(
            "news/index.html",
            &[
                "/news/pinned-new.html",
                "/news/pinned-old.html",
                "/news/new.html",
                "/news/a.html",
                "/news/b.html",
                "/news/old.html",
            ],
        );
}

#[test]
fn dates_are_ordered_as_instants_whatever_way_they_are_written() {
    SiteTest::empty()
        .write("content/news/a.md", dated("零时", "2025-05-05", ""))
        .write("content/news/b.md", dated("当地八时", "2025-05-05 08:00", ""))
        .write("content/news/c.md", dated("当地八时一分", "2025-05-05T00:01:00Z", ""))
        .write("content/news/d.md", dated("前一天深夜", "2025-05-05T00:30:00+09:00", ""))
        .write("content/news/e.md", dated("半秒之后", "2025-05-05T00:01:00.5Z", ""))
        .write("content/news/f.md", dated("七秒之后", "2025-05-05 08:01:07", ""))
        .build()
        .check_listing(
            "news/index.html",
            &["/news/f.html", "/news/e.html", "/news/c.html", "/news/b.html", "/news/a.html", "/news/d.html"],
        )
        .check_file("news/d.html", |html| assert!(html.contains("2025年5月4日")));
}

#[test]
fn undated_documents_come_last_and_belong_to_no_year() {
    SiteTest::empty()
        .write("content/laws/_index.md", "---\ntitle: 法规\nrequires: [district]\n---\n")
        .write("content/laws/a.md", document("title: 无日期\ndistrict: 汉阳区"))
        .write("content/laws/b.md", dated("有日期", "2001-01-01", ""))
        .write("content/laws/c.md", document("title: 只有年度\ndistrict: 汉阳区\nyear: 1999"))
        .build()
        .check_listing("laws/index.html", &["/laws/b.html", "/laws/a.html", "/laws/c.html"])
        .check_listing("years/1999/index.html", &["/laws/c.html"])
        .check_file("years/index.html", |html| assert!(html.contains("/years/2001/")))
        .check_file("laws/feed.xml", |xml| assert!(!xml.contains("无日期")));
}

#[test]
fn a_parents_listing_holds_its_own_documents_and_those_of_all_below_each_once() {
    SiteTest::empty()
        .write("content/news/city.md", document("title: 市\ndate: 2025-01-03\ndistrict: 武汉市"))
        .write("content/news/both.md", document("title: 两区\ndate: 2025-01-02\ndistrict: [汉阳区, 江岸区]"))
        .write("content/news/one.md", document("title: 一区\ndate: 2024-01-01\ndistrict: \"420102\""))
        .build()
        .check_listing(
            "districts/wuhan/index.html",
            &["/news/city.html", "/news/both.html", "/news/one.html"],
        )
        .check_listing("districts/hanyang/index.html", &["/news/both.html"])
        .check_listing("districts/jiangan/index.html", &["/news/both.html", "/news/one.html"])
        .check_listing("districts/wuhan/2025/index.html", &["/news/city.html", "/news/both.html"])
        .check_listing("districts/jiangan/2024/index.html", &["/news/one.html"])
        .has_not("districts/hanyang/2024/index.html");
}

#[test]
fn empty_sections_and_districts_have_a_listing_that_says_so() {
    SiteTest::empty()
        .write("content/laws/_index.md", "---\ntitle: 法规\n---\n")
        .build()
        .check_listing("laws/index.html", &[])
        .check_listing("districts/hanyang/index.html", &[])
        .check_main("laws/index.html", |main| assert!(main.text("main").contains("暂无文档")))
        .check_file("laws/feed.xml", |xml| assert!(!xml.contains("<entry>")))
        .has("years/index.html")
        .has("topics/index.html");
}

#[test]
fn the_year_is_that_of_the_date_in_the_sites_zone_unless_the_document_says_otherwise() {
    SiteTest::empty()
        .write("content/news/a.md", dated("报告", "2026-01-08", "year: 2025"))
        .write("content/news/b.md", dated("跨年", "2025-12-31T20:00:00Z", ""))
        .build()
        .check_listing("years/2025/index.html", &["/news/a.html"])
        .check_listing("years/2026/index.html", &["/news/b.html"]);
}

#[test]
fn listings_have_as_many_on_a_page_as_the_site_and_the_section_say() {
    let mut site = SiteTest::empty();
    site.write("content/site.yaml", "title: 站\nbase_url: https://a.cn\npaginate: 4\n");
    site.write("content/laws/_index.md", "---\ntitle: 法规\npaginate: 3\n---\n");
    for day in 1..=9 {
        site.write(&format!("content/laws/{day}.md"), dated("法规", &format!("2025-01-0{day}"), ""));
    }
    let urls = |days: &[u8]| days.iter().map(|day| format!("/laws/{day}.html")).collect::<Vec<_>>();
    site.build();
    assert_eq!(site.listed("laws/index.html"), urls(&[9, 8, 7]));
    assert_eq!(site.listed("laws/page-2.html"), urls(&[6, 5, 4]));
    assert_eq!(site.listed("laws/page-3.html"), urls(&[3, 2, 1]));
    assert_eq!(site.listed("years/2025/page-2.html"), urls(&[5, 4, 3, 2]));
    assert_eq!(site.listed("years/2025/page-3.html"), urls(&[1]));
    site.has_not("laws/page-4.html").has_not("laws/page-1.html").check_main("laws/page-2.html", |main| {
        let hrefs = main.hrefs();
        assert!(hrefs.contains(&"/laws/".to_owned()) && hrefs.contains(&"/laws/page-3.html".to_owned()));
    });
}

#[test]
fn pages_that_are_no_longer_needed_are_removed() {
    let mut site = SiteTest::empty();
    site.write("content/site.yaml", "title: 站\nbase_url: https://a.cn\npaginate: 1\n")
        .write("content/news/a.md", dated("甲", "2025-01-01", ""))
        .write("content/news/b.md", dated("乙", "2025-01-02", ""))
        .build()
        .has("news/page-2.html")
        .remove("content/news/b.md")
        .build()
        .has_not("news/page-2.html")
        .has("news/index.html");
}

#[test]
fn neighbours_are_those_of_the_sections_listing() {
    SiteTest::empty()
        .write("content/news/a.md", dated("甲", "2025-01-01", ""))
        .write("content/news/b.md", dated("乙", "2025-01-02", ""))
        .write("content/news/c.md", dated("丙", "2025-01-03", ""))
        .write("content/laws/d.md", dated("别的栏目", "2025-01-02", ""))
        .build()
        .check_page("news/b.html", |page| {
            assert_eq!(page.attributes("[rel=prev]", "href"), ["/news/c.html"]);
            assert_eq!(page.attributes("[rel=next]", "href"), ["/news/a.html"]);
        })
        .check_page("laws/d.html", |page| assert_eq!(page.count("[rel=prev], [rel=next]"), 0));
}

#[test]
fn topics_are_listed_with_a_slug_of_the_sites_own_where_it_has_one() {
    SiteTest::empty()
        .write("content/site.yaml", "title: 站\nbase_url: https://a.cn\ntopics: {代表工作: deputies}\n")
        .write("content/news/a.md", dated("甲", "2025-01-01", "topics: [监督, 代表工作]"))
        .write("content/news/b.md", dated("乙", "2025-01-02", "topics: [监督]"))
        .build()
        .check_listing("topics/jian-du/index.html", &["/news/b.html", "/news/a.html"])
        .check_listing("topics/deputies/index.html", &["/news/a.html"]);
}

#[test]
fn sections_stand_in_their_order_then_by_name() {
    let mut site = SiteTest::empty();
    for (name, order) in [("a", "order: 2"), ("b", "order: 1"), ("d", ""), ("c", "")] {
        site.write(&format!("content/{name}/_index.md"), format!("---\ntitle: 栏目{name}\n{order}\n---\n"));
    }
    site.build().check_page("index.html", |page| {
        let nav: Vec<String> = page.links("header nav").into_iter().map(|link| link.text).collect();
        let sections: Vec<&str> =
            nav.iter().map(String::as_str).filter(|text| text.starts_with("栏目")).collect();
        assert_eq!(sections, ["栏目b", "栏目a", "栏目c", "栏目d"]);
    });
}

#[test]
fn feeds_hold_the_newest_documents_by_date() {
    let mut site = SiteTest::empty();
    for day in 1..=25 {
        let more = if day == 3 { "top: true" } else { "" };
        site.write(
            &format!("content/news/{day:02}.md"),
            dated("甲<&\">", &format!("2025-01-{day:02} 09:30"), more),
        );
    }
    site.build().check_file("feed.xml", |xml| {
        let dates: Vec<&str> = xml.split("<published>").skip(1).map(|rest| &rest[..10]).collect();
        let mut sorted = dates.clone();
        sorted.sort_by(|a, b| b.cmp(a));
        assert_eq!(dates, sorted);
        assert_eq!(dates[0], "2025-01-25");
        assert!(
            xml.contains("<title>甲&lt;&amp;&quot;&gt;</title>")
                || xml.contains("<title>甲&lt;&amp;\"&gt;</title>")
        );
        assert!(xml.contains("<updated>2025-01-25T09:30:00+08:00</updated>"));
    });
    for feed in ["news/feed.xml", "districts/hanyang/feed.xml", "districts/wuhan/feed.xml"] {
        site.check_file(feed, |xml| assert!(xml.contains("https://example.gov.cn/news/25.html"), "{feed}"));
    }
}

/// A site of some hundred documents in every combination, and the listings that a plain reading of the
/// contract gives.
#[test]
fn every_listing_of_a_large_site_is_what_a_plain_reading_gives() {
    let mut site = SiteTest::empty();
    let districts = ["武汉市", "汉阳区", "江岸区", "[汉阳区, 江岸区]", "[武汉市, 汉阳区]"];
    for number in 0..420_u32 {
        let section = ["news", "reports", "laws"][number as usize % 3];
        let day = 1 + (number * 7) % 28;
        let (month, year) = (1 + (number * 5) % 12, 2019 + (number * 3) % 5);
        let mut text = format!("title: 第{number}篇\ndate: {year}-{month:02}-{day:02}\n");
        let _ = write!(text, "district: {}", districts[number as usize % 5]);
        if number % 40 == 0 {
            text.push_str("\ntop: true");
        }
        if number % 4 == 0 {
            text.push_str("\ntopics: [甲]");
        }
        if number % 9 == 0 {
            let _ = write!(text, "\nyear: {}", year - 1);
        }
        site.write(&format!("content/{section}/{year}/{number}.md"), document(&text));
    }
    site.build();
    let rows = site.list("documents");
    assert_eq!(rows.len(), 420);
    let urls: Vec<String> = rows.iter().map(|row| text(row, "url")).collect();
    let pinned = |row: &Value| {
        text(row, "title")["第".len()..].trim_end_matches('篇').parse::<u32>().unwrap() % 40 == 0
    };
    let mut expected: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for row in &rows {
        for listing in listings_of(row) {
            expected.entry(listing).or_default().push(row);
        }
    }
    for (folder, mut rows) in expected {
        rows.sort_by(|a, b| {
            (!pinned(a), text(b, "date"), text(a, "source")).cmp(&(
                !pinned(b),
                text(a, "date"),
                text(b, "source"),
            ))
        });
        let wanted: Vec<String> = rows.iter().map(|row| text(row, "url")).collect();
        let mut shown = Vec::new();
        for page in 1..=wanted.len().div_ceil(20) {
            let file = if page == 1 { "index.html".to_owned() } else { format!("page-{page}.html") };
            let on_page = crate::site_test::listed(&site.output(&format!("{folder}{file}")), &urls);
            assert!(on_page.len() <= 20, "{folder}{file}");
            shown.extend(on_page);
        }
        assert_eq!(shown, wanted, "{folder}");
        site.has_not(&format!("{folder}page-{}.html", wanted.len().div_ceil(20) + 1));
    }
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap().to_owned()
}

/// The folders of the listings that hold a document.
fn listings_of(row: &Value) -> Vec<String> {
    let year = row["year"].as_i64().unwrap();
    let mut folders = vec![format!("{}/", text(row, "section")), format!("years/{year}/")];
    if !row["topics"].as_array().unwrap().is_empty() {
        folders.push("topics/jia/".into());
    }
    let mut slugs = vec!["wuhan"];
    for district in row["districts"].as_array().unwrap() {
        match district.as_str().unwrap() {
            "汉阳区" => slugs.push("hanyang"),
            "江岸区" => slugs.push("jiangan"),
            _ => {}
        }
    }
    for slug in slugs {
        folders.extend([format!("districts/{slug}/"), format!("districts/{slug}/{year}/")]);
    }
    folders
}
