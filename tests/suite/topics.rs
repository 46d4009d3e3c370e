//! Topics, whose names differ in spelling from document to document.

use crate::site_test::{NEWS, SiteTest, document};

/// A document with these topics, whose title differs from those of others.
fn news(topics: &str) -> String {
    let title = topics.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    document(&format!("title: 甲{title}\ndate: 2025-01-01\ndistrict: 汉阳区\ntopics: {topics}"))
}

#[test]
fn names_that_differ_in_case_width_or_spaces_are_one_topic() {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS)
        .write("content/news/a.md", news("[代表　工作, ai 应用]"))
        .write("content/news/b.md", news("[代表工作, AI应用]"))
        .write("content/news/c.md", news("[代表工作, ＡＩ应用, AI应用]"))
        .write("content/news/d.md", news("[代表工作]"));
    let run = site.run(&["build", "--json"]);
    assert_eq!(run.codes(), ["topic-spelling"; 3], "{}", run.stdout);
    site.check_main("topics/dai-biao-gong-zuo/index.html", |main| {
        assert_eq!(main.text("h1"), "代表工作");
        for name in ["a", "b", "c", "d"] {
            assert!(main.hrefs().contains(&format!("/news/{name}.html")));
        }
    });
    assert_eq!(site.list("topics").iter().map(|topic| &topic["documents"]).collect::<Vec<_>>(), [4, 3]);
    // Pages and feeds show the usual spelling, and a topic once.
    site.check_file("news/c.html", |html| {
        assert!(html.contains(r#"<meta name="Keywords" content="代表工作,AI应用">"#));
    });
    site.check_file("feed.xml", |feed| assert_eq!(feed.matches("<category term=\"代表工作\"/>").count(), 4));
}

#[test]
fn most_documents_decide_how_a_topic_is_spelt_and_then_the_first() {
    let mut site = SiteTest::empty();
    site.write("content/news/a.md", news("Ai应用")).write("content/news/b.md", news("AI应用")).build();
    assert!(site.output("news/b.html").contains("content=\"Ai应用\""));
    site.write("content/news/c.md", news("AI应用")).build();
    for name in ["a", "b", "c"] {
        assert!(site.output(&format!("news/{name}.html")).contains("content=\"AI应用\""), "{name}");
    }
    let cached = site.outputs();
    site.args(&["--no-cache"]).build();
    assert_eq!(site.outputs(), cached);
}

#[test]
fn site_yaml_gives_a_topic_its_address_in_any_spelling() {
    let mut site = SiteTest::empty();
    let settings = site.path("content/site.yaml");
    let settings = std::fs::read_to_string(settings).unwrap() + "topics: {代表 工作: deputies}\n";
    site.write("content/site.yaml", settings).write("content/news/a.md", news("代表工作")).build();
    site.has("topics/deputies/index.html");
}

#[test]
fn lists_in_one_text_are_told_of_once_and_do_not_collide() {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS)
        .write("content/news/a.md", news("监督, 代表"))
        .write("content/news/b.md", news("监督;代表"))
        .write("content/news/c.md", news("[监督代表]"));
    let run = site.run(&["build", "--json"]);
    assert_eq!(run.codes(), ["list-in-one-text"; 2], "{}", run.stdout);
    site.check_main("topics/jian-du-dai-biao/index.html", |main| assert_eq!(main.text("h1"), "监督代表"));
}

#[test]
fn of_two_spellings_used_equally_the_one_without_spaces_is_taken() {
    let mut site = SiteTest::empty();
    site.write("content/news/a.md", news("代表 工作")).write("content/news/b.md", news("代表工作")).build();
    for name in ["a", "b"] {
        assert!(site.output(&format!("news/{name}.html")).contains("content=\"代表工作\""), "{name}");
    }
}
