//! A withdrawn document is removed from its address, its aliases, every listing, feed, sitemap and topic, and the pages that
//! link to it. Each way to withdraw one is tried with a cache, without one, and under `watch`; then all output names and
//! bytes are searched.

use crate::live_test::Live;
use crate::site_test::{NEWS, SiteTest, document};

/// What only the document says: in its name, its title, its summary, its text, its topic, its alias.
const TOKEN: &str = "qzx7";

/// A site with a document that shows up wherever documents do.
fn site() -> SiteTest {
    let secret = format!(
        "title: 标题{TOKEN}\ndate: 2025-03-05\ndistrict: 汉阳区\nsubtitle: 副题{TOKEN}\nsummary: 摘要{TOKEN}\n\
         topics: [主题{TOKEN}, 监督]\nauthors: [作者{TOKEN}]\nsource: 来源{TOKEN}\ntop: true\naliases: [/old/{TOKEN}.html]\nyear: 2019"
    );
    let other = |title: &str, day: u32| {
        document(&format!(
            "title: {title}\ndate: 2025-03-{day:02}\ndistrict: [汉阳区, 江岸区]\ntopics: [监督]"
        ))
    };
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS)
        .write("content/reports/_index.md", "---\ntitle: 栏目\ndescription: 工作报告。\n---\n")
        .write("content/news/before.md", other("前一篇", 4))
        .write("content/news/after.md", other("后一篇", 6))
        .write(&format!("content/news/{TOKEN}/{TOKEN}.md"), document(&secret) + &format!("正文{TOKEN}。\n"));
    site
}

fn path() -> String {
    format!("content/news/{TOKEN}/{TOKEN}.md")
}

/// A way to take the document back.
type Way = (&'static str, fn(&mut SiteTest) -> &mut SiteTest);

fn with_line<'s>(site: &'s mut SiteTest, line: &str) -> &'s mut SiteTest {
    site.change(&path(), "\ntop: true", &format!("\ntop: true\n{line}"))
}

const WAYS: &[Way] = &[
    ("deleted", |site| site.remove(&path())),
    ("its folder deleted", |site| site.remove(&format!("content/news/{TOKEN}"))),
    ("a draft", |site| with_line(site, "draft: true")),
    ("expired", |site| with_line(site, "expires: 2025-06-01")),
    ("not due yet", |site| with_line(site, "publish_at: 2999-01-01 08:00")),
    ("renamed to be hidden", |site| site.rename(&path(), "content/news/_hidden.md")),
    ("in a hidden folder", |site| site.rename(&format!("content/news/{TOKEN}"), "content/news/_hidden")),
    ("moved out of the content folder", |site| site.rename(&path(), "elsewhere/a.md")),
    ("no document any more", |site| site.rename(&path(), "content/news/_a.txt")),
];

/// Where the token is found in the output, by name or by content.
fn found(site: &SiteTest) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
    let outputs = site.outputs().into_iter();
    outputs.filter(|(path, bytes)| path.contains(TOKEN) || holds(bytes)).map(|(path, _)| path).collect()
}

/// What a build from nothing gives.
fn clean(site: &SiteTest) -> std::collections::BTreeMap<String, Vec<u8>> {
    let run = site.run(&["build", "--no-cache", "--out", "clean"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    crate::site_test::tree(&site.path("clean"))
}

#[test]
fn a_document_shows_up_in_all_the_places_that_it_has_to_be_gone_from() {
    let mut site = site();
    let places = found(site.build());
    for place in [
        "index.html",
        "feed.xml",
        "news/index.html",
        "news/feed.xml",
        "districts/hanyang/index.html",
        "districts/hanyang/feed.xml",
        "districts/hanyang/2019/index.html",
        "districts/wuhan/index.html",
        "years/2019/index.html",
        "topics/index.html",
        "news/before.html",
        "news/after.html",
        ".tribune-files",
    ] {
        assert!(places.iter().any(|found| found == place), "{place} is not among {places:?}");
    }
    assert!(places.iter().any(|found| found.starts_with("sitemap")), "{places:?}");
    assert!(places.contains(&format!("old/{TOKEN}.html")), "{places:?}");
}

#[test]
fn hugo_379_and_3537_and_15026_what_is_withdrawn_is_gone_from_every_output() {
    for (name, withdraw) in WAYS {
        for args in [&[][..], &["--no-cache"]] {
            let mut site = site();
            // The second build changes nothing and records that the site is up to date.
            site.args(args).build().build();
            withdraw(&mut site);
            site.build();
            assert_eq!(found(&site), [""; 0], "{name}, {args:?}");
            site.build();
            assert!(
                site.outputs() == clean(&site),
                "{name}, {args:?}: another output than that of a clean build"
            );
        }
    }
}

#[test]
fn what_is_withdrawn_under_watch_is_gone_from_every_output() {
    for (name, withdraw) in WAYS {
        let mut live = Live::watch(site(), &[]);
        assert!(!found(&live.site).is_empty());
        withdraw(&mut live.site);
        live.wait_for_documents(2);
        assert_eq!(found(&live.site), [""; 0], "{name}");
    }
}

#[test]
fn links_to_what_is_withdrawn_lose_its_address() {
    for (name, line) in
        [("a draft", "draft: true"), ("expired", "expires: 2025-06-01"), ("future", "publish_at: 2999-01-01")]
    {
        let mut site = site();
        let link = document("title: 有链接\ndate: 2025-03-07\ndistrict: 汉阳区");
        let target = format!("{TOKEN}/{TOKEN}.md");
        site.write("content/news/link.md", format!("{link}\n见[这里]({target})，![图]({target})。\n"))
            .build();
        with_line(&mut site, line);
        site.check_build(|report| assert_eq!(report["diagnostics"][0]["code"], "link-withdrawn", "{report}"));
        assert_eq!(found(&site), [""; 0], "{name}");
    }
}

#[test]
fn a_section_that_is_removed_leaves_nothing() {
    for args in [&[][..], &["--no-cache"]] {
        let mut site = site();
        site.args(args)
            .write(
                &format!("content/{TOKEN}/_index.md"),
                format!("---\ntitle: 栏目{TOKEN}\ndescription: 说明。\n---\n"),
            )
            .write(
                &format!("content/{TOKEN}/a.md"),
                document("title: 甲\ndate: 2025-03-05\ndistrict: 汉阳区"),
            )
            .write(&format!("content/{TOKEN}/图.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
            .remove(&path())
            .build();
        assert!(found(&site).contains(&format!("{TOKEN}/feed.xml")));
        site.remove(&format!("content/{TOKEN}")).build();
        assert_eq!(found(&site), [""; 0], "{args:?}");
        assert!(!site.out().join(TOKEN).exists(), "an empty folder is left");
    }
}

#[test]
fn a_document_whose_district_name_or_title_changes_leaves_its_old_pages() {
    let mut site = site();
    site.build().change(&path(), "district: 汉阳区", "district: 江岸区").build();
    let places = found(&site);
    assert!(places.iter().any(|place| place.starts_with("districts/jiangan/")), "{places:?}");
    // The districts' other documents may show it beside them; what is theirs alone does not.
    for place in
        ["districts/hanyang/index.html", "districts/hanyang/feed.xml", "districts/hanyang/2019/index.html"]
    {
        assert!(!places.iter().any(|found| found == place), "{place}");
    }
    site.rename(&path(), "content/news/other.md").remove(&format!("content/news/{TOKEN}")).build();
    let by_address = |path: &String| site.output(path).contains(&format!("/{TOKEN}/"));
    assert_eq!(found(&site).into_iter().filter(by_address).collect::<Vec<_>>(), [""; 0]);
    let text = std::fs::read_to_string(site.path("content/news/other.md")).unwrap();
    site.write("content/news/other.md", text.replace(TOKEN, "gone")).build();
    assert_eq!(found(&site), [""; 0]);
}
