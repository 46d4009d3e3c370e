//! What is related to a document: by topics and districts of its own, near it, and never too much; and that
//! an edit is seen on the pages that show what was edited as related, and on no others.

use std::fmt::Write;

use tribune::internals::build::watch::Session;
use tribune::internals::build::{Changes, Options};
use tribune::internals::render::Progress;

use crate::site_test::{NEWS, SiteTest, document};

/// Pages that name what is related to them.
const PAGE: &str = "{% for item in page.related %}{{ item.title }};{% endfor %}";

fn site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.change("content/site.yaml", "title: ", "theme: own\ntitle: ");
    site.write("themes/own/templates/page.html", PAGE).write("content/news/_index.md", NEWS);
    site.change("content/news/_index.md", "title: 要闻", "title: 要闻\nrequires: []");
    site.write("content/laws/_index.md", "---\ntitle: 法规\ndescription: 条例。\nrequires: []\n---\n");
    site
}

/// A site with these documents: path, day of January or 0, districts, topics. Their titles are their paths.
fn site_with(documents: &[(&str, u8, &str, &str)]) -> SiteTest {
    let mut site = site();
    for (path, day, districts, topics) in documents {
        let mut text = format!("title: {path}\ndistrict: [{districts}]\ntopics: [{topics}]\n");
        if *day > 0 {
            let _ = write!(text, "date: 2025-01-{day:02}");
        }
        site.write(&format!("content/{path}.md"), document(&text));
    }
    site.args(&["--strict"]).build();
    site
}

#[test]
fn related_documents_are_ordered_by_shared_topics_then_date_then_path() {
    let site = site_with(&[
        ("news/it", 10, "汉阳区", "监督, 预算"),
        ("news/above", 11, "", ""),
        ("news/below", 9, "", ""),
        ("news/both", 1, "汉阳区", "监督"),
        ("news/topic", 2, "江岸区", "监督"),
        ("laws/far", 3, "江岸区", "预算"),
        ("laws/near", 12, "江岸区", "预算"),
        ("laws/undated", 0, "江岸区", "预算"),
        ("news/nothing", 8, "江岸区", "人事"),
    ]);
    assert_eq!(site.output("news/it.html"), "news/both;news/topic;laws/near;laws/far;laws/undated;");
    assert_eq!(site.output("news/nothing.html"), "laws/near;laws/far;laws/undated;");
    let mut site = site_with(&[
        ("laws/b", 2, "", "监督"),
        ("laws/a", 2, "", "监督"),
        ("news/it", 1, "", "监督"),
        ("laws/c", 0, "", "监督"),
    ]);
    assert_eq!(site.output("news/it.html"), "laws/a;laws/b;laws/c;");
    site.write("content/about.md", document("title: 关于\ntopics: [监督]")).build();
    assert_eq!(site.output("about.html"), "");
}

#[test]
fn neighbours_and_documents_of_the_same_section_are_not_related() {
    let site = site_with(&[
        ("news/a", 4, "汉阳区", "监督"),
        ("news/b", 3, "汉阳区", "监督"),
        ("news/c", 2, "汉阳区", "监督"),
        ("news/d", 1, "汉阳区", "监督"),
        ("news/e", 5, "江岸区", "立法"),
    ]);
    assert_eq!(site.output("news/b.html"), "news/d;");
    assert_eq!(site.output("news/e.html"), "");
}

#[test]
fn districts_count_when_a_document_names_them_and_not_by_what_is_above() {
    let site = site_with(&[
        ("news/city", 1, "武汉市", ""),
        ("laws/hanyang", 2, "汉阳区", ""),
        ("laws/city", 3, "武汉市", ""),
        ("laws/jiangan", 4, "江岸区", ""),
    ]);
    assert_eq!(site.output("news/city.html"), "laws/city;");
    assert_eq!(site.output("laws/hanyang.html"), "");
}

#[test]
fn at_most_five_related_documents_at_most_four_places_away_are_shown() {
    let days: Vec<(String, u8)> = (1..=28).map(|day| (format!("news/d{day:02}"), day)).collect();
    let documents: Vec<_> = days.iter().map(|(path, day)| (path.as_str(), *day, "", "监督")).collect();
    let site = site_with(&documents);
    assert_eq!(site.output("news/d15.html"), "news/d13;news/d17;news/d12;news/d18;news/d11;");
    assert_eq!(site.output("news/d28.html"), "news/d26;news/d25;news/d24;");
}

/// Builds, and gives the documents that were rendered.
fn documents(site: &SiteTest) -> Vec<String> {
    let run = site.run(&["build", "--explain"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let paths = run.stdout.lines().filter_map(|line| line.split_once(".html:")).map(|(path, _)| path);
    let mut paths: Vec<String> =
        paths.filter_map(|path| path.strip_prefix("news/d")).map(str::to_owned).collect();
    paths.sort();
    paths
}

/// Twenty-eight documents of one topic, a day each.
fn a_month() -> SiteTest {
    let mut site = site();
    for day in 1..=28 {
        let text =
            format!("title: 第{day}篇\ndate: 2025-01-{day:02}\ndistrict: []\ntopics: [监督]\nsummary: 摘要");
        site.write(&format!("content/news/d{day:02}.md"), document(&text));
    }
    site.build();
    site
}

#[test]
fn a_changed_title_is_seen_where_it_is_shown_as_related() {
    let mut site = a_month();
    site.change("content/news/d15.md", "第15篇", "改题");
    // Its neighbours show it as such; those two to four places away as related, if it is among their nearest.
    assert_eq!(documents(&site), ["12", "13", "14", "15", "16", "17", "18", "19"]);
    site.change("content/news/d15.md", "正文", "另一段正文");
    assert_eq!(documents(&site), ["15"]);
}

#[test]
fn a_new_document_renders_few_others() {
    let mut site = a_month();
    site.write("content/news/d15b.md", document("title: 新\ndate: 2025-01-15\ndistrict: []\ntopics: [监督]"));
    let made = documents(&site);
    assert!(made.iter().all(|day| (11..=19).contains(&day[..2].parse::<u8>().unwrap())), "{made:?}");
    site.write(
        "content/news/d15c.md",
        document("title: 别的\ndate: 2025-01-15\ndistrict: []\ntopics: [立法]"),
    );
    assert_eq!(documents(&site), ["14", "15b", "15c"]);
}

#[test]
fn without_a_template_that_shows_it_nothing_related_is_looked_for() {
    let mut site = a_month();
    site.write("themes/own/templates/page.html", "{{ page.title }}").build();
    site.change("content/news/d15.md", "第15篇", "改题");
    assert_eq!(documents(&site), ["14", "15", "16"]);
}

#[test]
fn while_watching_a_changed_title_is_seen_where_it_is_shown_as_related() {
    let mut site = a_month();
    let mut watching = Session::new(
        tribune::internals::build::output::BuildTarget::new(site.root(), site.out()),
        Options::default(),
        true,
    );
    watching.build(&Changes::Anything, &Progress::default());
    site.change("content/news/d15.md", "第15篇", "改题");
    let changes = Changes::Files(["content/news/d15.md".to_owned()].into());
    let (build, _) = watching.build(&changes, &Progress::default());
    let mut paths: Vec<&str> =
        build.rendered.made.iter().filter_map(|made| made.path.strip_prefix("news/d")).collect();
    paths.sort();
    assert_eq!(
        paths,
        ["12.html", "13.html", "14.html", "15.html", "16.html", "17.html", "18.html", "19.html"]
    );
    assert!(site.output("news/d13.html").contains("改题"));
}
