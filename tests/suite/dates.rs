//! Dates as people write them, documents that are held back or corrected, and what feeds and sitemaps tell of both.

use jiff::{Timestamp, ToSpan};
use tribune::internals::build::Build;

use crate::memory;
use crate::site_test::{NEWS, SiteTest, document};

fn news(more: &str) -> String {
    document(&format!("title: 甲\ndistrict: 汉阳区\n{more}"))
}

fn built(more: &str) -> Build {
    memory::build(&memory::world([("content/news/a.md".to_owned(), news(more))])).0
}

fn codes(build: &Build) -> Vec<&str> {
    build.diagnostics.iter().map(|found| found.problem.code()).collect()
}

#[test]
fn dates_are_read_in_every_usual_spelling_and_in_every_key() {
    for written in [
        "2025/9/1",
        "2025.9.1",
        "2025-9-1",
        "2025年9月1日",
        "２０２５年９月１日",
        "2025．9．1",
        "二〇二五年九月一日",
        "2025-9-1 8:00",
        "2025年9月1日 上午8：00",
        "\"2025/09/01 08:00:30\"",
    ] {
        let mut site = SiteTest::empty();
        site.write("content/news/_index.md", NEWS)
            .write("content/news/a.md", news(&format!("date: {written}\nupdated: {written}")))
            .write("content/news/b.md", news(&format!("date: 2025-01-01\npublish_at: {written}")))
            .write("content/news/c.md", news(&format!("date: 2025-01-01\nexpires: {written}")))
            .check_build(|report| assert_eq!(report["diagnostics"].as_array().unwrap().len(), 0, "{written}"))
            .has("news/b.html")
            .has_not("news/c.html")
            .check_page("news/a.html", |page| {
                assert!(page.text(".facts").contains("2025年9月1日"), "{written}");
            });
    }
}

#[test]
fn a_correction_is_told_on_the_page_in_feeds_and_in_the_sitemap() {
    let mut site = SiteTest::empty();
    site.write("content/news/a.md", news("date: 2025-09-01 08:00\nupdated: 2025年9月3日 下午3:30"))
        .write("content/about.md", "---\ntitle: 关于\nupdated: 2025.9.4\n---\n\n正文。\n")
        .build()
        .check_page("news/a.html", |page| {
            let facts = page.text(".facts");
            assert!(facts.contains("更新时间：2025年9月3日 15:30"), "{facts}");
            assert!(facts.contains("发布时间：2025年9月1日 08:00"), "{facts}");
        })
        .check_file("news/a.html", |html| {
            assert!(html.contains(r#""datePublished":"2025-09-01T08:00:00+08:00""#));
            assert!(html.contains(r#""dateModified":"2025-09-03T15:30:00+08:00""#));
        })
        .check_page("about.html", |page| assert!(page.text(".facts").contains("2025年9月4日")))
        .check_file("news/feed.xml", |feed| {
            assert!(feed.contains("<published>2025-09-01T08:00:00+08:00</published>"));
            assert_eq!(feed.matches("<updated>2025-09-03T15:30:00+08:00</updated>").count(), 2, "{feed}");
        })
        .check_file("sitemap.xml", |sitemap| {
            assert!(sitemap.contains("a.html</loc><lastmod>2025-09-03T15:30:00+08:00<"), "{sitemap}");
            assert!(sitemap.contains("about.html</loc><lastmod>2025-09-04T00:00:00+08:00<"), "{sitemap}");
        });
    // The same site, where it is corrected once more while it is being built again and again.
    site.change("content/news/a.md", "9月3日", "9月5日").build();
    site.check_file("feed.xml", |feed| assert!(feed.contains("<updated>2025-09-05T15:30:00+08:00")));
}

#[test]
fn documents_that_were_held_back_or_corrected_come_first_in_feeds() {
    let mut site = SiteTest::empty();
    for day in 1..=25 {
        let date = format!("date: 2025-09-{day:02}");
        site.write(&format!("content/news/d{day:02}.md"), news(&date));
    }
    site.write("content/news/held.md", news("date: 2024-01-01\npublish_at: 2025-10-01 08:00"))
        .write("content/news/corrected.md", news("date: 2023-01-01\nupdated: 2025-10-02"))
        .write("content/news/pinned.md", news("date: 2022-01-01\npublish_at: 2025-09-30\ntop: true"))
        .build();
    for feed in ["feed.xml", "news/feed.xml", "districts/hanyang/feed.xml"] {
        let feed = site.output(feed);
        let links: Vec<&str> = feed.split("<id>https://example.gov.cn/news/").skip(1).collect();
        let names: Vec<&str> =
            links.iter().filter_map(|link| Some(link.split_once(".html</id>")?.0)).collect();
        assert_eq!(names.iter().filter(|name| name.starts_with('d')).count(), 17, "{feed}");
        let first = names.iter().rev().skip(names.len() - 4).rev();
        assert_eq!(first.collect::<Vec<_>>(), [&"corrected", &"held", &"pinned", &"d25"], "{feed}");
        assert!(feed.contains("<updated>2025-10-02T00:00:00+08:00</updated>\n<author>"), "{feed}");
    }
    assert!(site.output("sitemap.xml").contains("held.html</loc><lastmod>2025-10-01T08:00:00+08:00"));
    // Listings stay in the order of dates.
    assert_eq!(site.listed("news/index.html")[1], "/news/d25.html");
}

#[test]
fn dates_that_are_probably_mistakes_are_warned_of() {
    // It is noon of 1 June 2026 in Wuhan.
    for (front, expected) in [
        ("date: 2026-01-01\nupdated: 2026-06-01", None),
        ("date: 2027-06-01", None),
        ("date: 2027-06-02", Some("date-ahead")),
        ("date: 2026-01-01\npublish_at: 2999-01-01", None),
        ("date: 2026-01-01\nexpires: 9998-12-31", None),
        ("date: 2026-01-01\nupdated: 2026-06-01 12:01", Some("date-ahead")),
        ("date: 2026-01-02\npublish_at: 2026-01-01 08:00", Some("date-after-release")),
        ("date: 2026-01-01 09:00\npublish_at: 2026-01-01 08:00", Some("date-after-release")),
        ("date: 2026-07-02\npublish_at: 2026-07-01 08:00", Some("date-after-release")),
        ("date: 2026-01-01 09:00\npublish_at: 2026-01-01", None),
        ("date: 2026-01-01\npublish_at: 2026-01-01 08:00", None),
        ("date: 2026-01-01 09:00\nupdated: 2026-01-01", None),
        ("date: 2026-01-01 09:00\nupdated: 2026-01-01T00:59:00Z", Some("updated-first")),
        ("date: 2062-01-01\ndraft: true", None),
    ] {
        assert_eq!(codes(&built(front)), expected.as_slice(), "{front}");
    }
}

#[test]
fn a_warning_of_a_date_ahead_ends_with_a_build_of_its_own() {
    for (front, until) in [
        ("date: 2027-07-01", "2026-07-01T00:00:00+08:00"),
        ("date: 2026-01-01\nupdated: 2026-06-02 08:00", "2026-06-02T08:00:00+08:00"),
    ] {
        let until: Timestamp = until.parse().unwrap();
        let mut world = memory::world([("content/news/a.md".to_owned(), news(front))]);
        let before = memory::build(&world).0;
        assert_eq!((codes(&before), before.next_change), (vec!["date-ahead"], Some(until)), "{front}");
        world.now = until - 1.second();
        assert_eq!(codes(&memory::build(&world).0), ["date-ahead"], "{front}");
        world.now = until;
        let after = memory::build(&world).0;
        assert_eq!((codes(&after), after.next_change), (vec![], None), "{front}");
    }
}
