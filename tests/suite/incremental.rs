//! How much work an edit causes, and that no state of the cache changes the result.

use serde_json::Value;

use crate::site_test::{SiteTest, document, tree};

/// Thirty documents in one section and district, ten a listing page, and a page apart.
fn site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.change("content/site.yaml", "title: 江城人大", "title: 江城人大\npaginate: 10");
    site.write("content/news/_index.md", "---\ntitle: 要闻\n---\n");
    for day in 1..=30 {
        let text =
            document(&format!("title: 第{day}篇\ndate: 2025-01-{day:02}\ndistrict: 汉阳区\nsummary: 摘要"));
        site.write(&format!("content/news/d{day:02}.md"), text);
    }
    site.write("content/about.md", "---\ntitle: 关于\n---\n\n说明。\n");
    site.build();
    site
}

fn count(report: &Value, field: &str) -> u64 {
    report[field].as_u64().unwrap()
}

/// Builds, and gives the outputs that were rendered with their reasons.
fn explained(site: &SiteTest) -> Vec<String> {
    let run = site.run(&["build", "--explain"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let lines = run.stdout.lines().filter(|line| !line.starts_with("built "));
    let mut outputs: Vec<String> = lines.map(|line| line.split(':').next().unwrap().to_owned()).collect();
    outputs.sort();
    outputs
}

#[test]
fn nothing_changed_renders_and_writes_nothing() {
    site().check_build(|report| {
        assert_eq!((count(report, "rendered"), count(report, "written")), (0, 0), "{report}");
        assert!(count(report, "reused") > 30, "{report}");
    });
}

#[test]
fn a_changed_body_renders_one_page() {
    let mut site = site();
    site.change("content/news/d15.md", "正文一段", "正文两段");
    assert_eq!(explained(&site), ["news/d15.html"]);
}

#[test]
fn a_changed_title_renders_the_page_and_what_shows_it() {
    let mut site = site();
    site.change("content/news/d15.md", "第15篇", "改题");
    let expected = [
        "districts/hanyang/2025/page-2.html",
        "districts/hanyang/feed.xml",
        "districts/hanyang/page-2.html",
        "districts/wuhan/2025/page-2.html",
        "districts/wuhan/feed.xml",
        "districts/wuhan/page-2.html",
        "feed.xml",
        // Those that it is related to; its neighbours d14 and d16 are among them.
        "news/d12.html",
        "news/d13.html",
        "news/d14.html",
        "news/d15.html",
        "news/d16.html",
        "news/d17.html",
        "news/d18.html",
        "news/d19.html",
        "news/feed.xml",
        "news/page-2.html",
        "years/2025/page-2.html",
    ];
    assert_eq!(explained(&site), expected);
}

#[test]
fn a_new_document_renders_no_document_but_those_near_it() {
    let mut site = site();
    site.write("content/news/d15b.md", document("title: 新\ndate: 2025-01-15\ndistrict: 汉阳区"));
    let outputs = explained(&site);
    let documents: Vec<&String> = outputs.iter().filter(|path| path.starts_with("news/d")).collect();
    // No further than four places from it: as far as a document looks for related ones.
    let names = documents.iter().map(|path| path.trim_start_matches("news/").trim_end_matches(".html"));
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["d12", "d13", "d14", "d15", "d15b", "d16", "d17", "d18"],
        "{outputs:?}"
    );
    assert!(!outputs.contains(&"about.html".to_owned()), "{outputs:?}");
    // Later pages shift, earlier ones do not; the first tells the number of documents.
    assert!(outputs.contains(&"news/page-3.html".to_owned()), "{outputs:?}");
}

#[test]
fn a_changed_template_renders_what_uses_it() {
    let mut site = site();
    site.write("themes/chamber/templates/404.html", "没有");
    assert_eq!(explained(&site), ["404.html"]);
    site.write("themes/chamber/templates/page.html", "{{ page.title }}");
    let outputs = explained(&site);
    assert_eq!(outputs.len(), 31, "{outputs:?}");
    assert!(outputs.iter().all(|path| path.starts_with("news/d") || path == "about.html"), "{outputs:?}");
}

#[test]
fn a_changed_component_renders_what_uses_it() {
    let mut site = site();
    site.write(
        "themes/chamber/templates/own.html",
        "{% component entry(item, summary: bool = true, place: bool = true) %}<li><a href=\"{{ item.url }}\">甲</a></li>{% endcomponent entry %}",
    );
    let outputs = explained(&site);
    assert!(outputs.contains(&"news/index.html".to_owned()), "{outputs:?}");
    assert!(outputs.iter().all(|path| !path.starts_with("news/d")), "{outputs:?}");
}

#[test]
fn a_withdrawn_document_is_gone_everywhere_at_once() {
    for withdrawal in ["draft: true", "expires: 2025-02-01", "publish_at: 2999-01-01"] {
        let mut site = site();
        site.change("content/news/d15.md", "summary: 摘要", &format!("summary: 摘要\n{withdrawal}"));
        site.build().has_not("news/d15.html");
        for (path, bytes) in site.outputs() {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("d15.html") && !text.contains("第15篇"), "{path} after {withdrawal}");
        }
    }
}

#[test]
fn outputs_changed_from_outside_are_made_again() {
    let mut site = site();
    let before = site.outputs();
    site.write("public/news/d15.html", "别人改的").remove("public/about.html");
    assert_eq!(explained(&site), ["about.html", "news/d15.html"]);
    assert!(site.outputs() == before);
}

#[test]
fn a_damaged_or_missing_cache_changes_nothing() {
    let mut site = site();
    let before = site.outputs();
    let caches = tree(&site.path(".tribune"));
    let (name, bytes) = caches.iter().find(|(name, _)| name.ends_with(".cache")).unwrap();
    let cut = bytes[..bytes.len() / 2].to_vec();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    for damage in [Vec::new(), b"rubbish".to_vec(), cut, flipped] {
        site.write(&format!(".tribune/{name}"), damage).check_build(|report| {
            assert_eq!(count(report, "reused"), 0, "{report}");
            assert_eq!(count(report, "written"), 0, "{report}");
        });
        assert!(site.outputs() == before);
    }
    site.remove(".tribune").remove("content/news/d01.md").build().has_not("news/d01.html");
}

#[test]
fn without_the_cache_everything_is_rendered() {
    let mut site = site();
    site.args(&["--no-cache"]).check_build(|report| {
        assert_eq!((count(report, "reused"), count(report, "written")), (0, 0), "{report}");
    });
}

#[test]
fn an_asset_is_copied_again_only_when_its_content_has_changed() {
    let mut site = site();
    site.publish_all();
    // The same size, again and again within one tick of the clock.
    for round in 0..20 {
        let text = format!("内容{round:02}");
        site.write("content/news/a.txt", &text).build();
        site.check_file("news/a.txt", |copy| assert_eq!(copy, text));
        assert_eq!(explained(&site), Vec::<String>::new());
    }
}

#[test]
fn the_cache_is_found_again_however_the_site_is_named() {
    let mut site = site();
    site.remove("public").remove(".tribune");
    let folder = site.root().file_name().unwrap().to_str().unwrap().to_owned();
    let build =
        || crate::site_test::run_in(site.root().parent().unwrap(), &["build", "--root", &folder, "--json"]);
    assert!(count(&build().json(), "rendered") > 30);
    assert_eq!(count(&build().json(), "rendered"), 0);
    assert_eq!(count(&site.run(&["build", "--json"]).json(), "rendered"), 0);
}

/// Builds, changes a file, and builds again: something must have been rendered.
#[track_caller]
fn is_seen(site: &mut SiteTest, path: &str, from: &str, to: &str) {
    site.build();
    site.change(path, from, to)
        .check_build(|report| assert!(count(report, "rendered") > 0, "{path}: {report}"));
}

#[test]
fn however_a_template_names_another_a_change_of_that_one_is_seen() {
    let part = "themes/own/templates/part.html";
    for (page, text) in [
        ("{% include `part.html` %}", "甲"),
        ("{% include 'part.html' %}", "甲"),
        ("{{ < foo /> }}", "{% component foo() %}甲{% endcomponent foo %}"),
        ("{{ <ui . foo /> }}", "{% component ui.foo() %}甲{% endcomponent ui.foo %}"),
        ("{{ <foo /> }}", "{% component\nfoo() %}甲{% endcomponent foo %}"),
        ("{{ <foo /> }}", "{% component\tfoo() %}甲{% endcomponent foo %}"),
    ] {
        let mut site = site();
        site.change("content/site.yaml", "paginate: 10", "paginate: 10\ntheme: own");
        site.write("themes/own/templates/page.html", page).write(part, text);
        is_seen(&mut site, part, "甲", "乙");
    }
}

#[test]
fn themes_that_change_places_are_seen() {
    let mut site = site();
    site.write("themes/a/theme.yaml", "extends: b\n").write("themes/b/theme.yaml", "name: b\n");
    site.write("themes/a/templates/page.html", "{% include \"part.html\" %}");
    site.write("themes/a/templates/part.html", "甲").write("themes/b/templates/part.html", "乙");
    site.change("content/site.yaml", "paginate: 10", "paginate: 10\ntheme: a").build();
    site.write("themes/a/theme.yaml", "name: a\n").write("themes/b/theme.yaml", "extends: a\n");
    site.change("content/site.yaml", "theme: a", "theme: b").build();
    assert_eq!(site.output("news/d01.html"), "乙");
}

#[test]
fn a_respelled_alias_is_detected() {
    let mut site = site();
    site.change("content/site.yaml", "paginate: 10", "paginate: 10\ntheme: own");
    site.write("themes/own/templates/redirect.html", "{{ current.permalink }}");
    site.change("content/news/d01.md", "title: ", "aliases: [/old/]\ntitle: ");
    is_seen(&mut site, "content/news/d01.md", "[/old/]", "[/old/index.html]");
}

#[test]
fn links_that_look_like_footnotes_follow_their_page() {
    for body in ["[^]: d02.md\n\n[^]\n", "[x\\[^a]: d02.md\n\n[x\\[^a]\n"] {
        let mut site = site();
        site.write("content/news/d01.md", document("title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区") + body);
        site.build();
        site.change("content/news/d02.md", "title: ", "slug: other\ntitle: ").build();
        assert!(site.output("news/d01.html").contains("other.html"), "{body}");
    }
}

#[test]
fn scheduled_changes_are_made_without_an_edit() {
    let mut site = site();
    let due = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(8);
    let front = "title: 定时\ndate: 2025-01-01\ndistrict: 汉阳区";
    site.write("content/news/due.md", document(&format!("{front}\npublish_at: {due}")));
    // Files that are as new as this could change again without another stamp.
    std::thread::sleep(std::time::Duration::from_millis(2300));
    site.build().has_not("news/due.html");
    site.check_build(|report| assert_eq!(count(report, "documents"), 30));
    let left = due.duration_since(jiff::Timestamp::now()) + jiff::SignedDuration::from_millis(300);
    std::thread::sleep(left.unsigned_abs());
    site.build().has("news/due.html");
}

#[test]
fn the_reasons_show_questions_as_templates_ask_them() {
    let mut site = site();
    site.change("content/site.yaml", "paginate: 10", "paginate: 10\ntheme: own");
    site.write("themes/own/templates/years.html", "{{ documents(section=\"news\", limit=2) | length }}")
        .build();
    site.change("content/news/d30.md", "第30篇", "改题");
    let run = site.run(&["build", "--explain"]);
    let line = run.stdout.lines().find(|line| line.starts_with("years/index.html")).unwrap();
    assert!(line.ends_with("documents(section=\"news\", limit=2)"), "{line}");
}

/// The record that lets a build skip everything is kept with warnings, too, and they are shown again.
#[test]
fn a_build_with_nothing_to_do_repeats_earlier_warnings() {
    let mut site = SiteTest::empty();
    site.write("content/about.md", "---\ntitle: 关于\n---\n\n[甲](/nowhere.html)\n");
    // A file that has just been written may change again within the same tick of the clock.
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let first = site.run(&["build", "--json"]);
    assert_eq!((first.code, first.codes()), (0, vec!["link-unknown".to_owned()]), "{}", first.stdout);
    let records =
        || tree(&site.path(".tribune")).into_keys().filter(|name| name.ends_with(".up-to-date")).count();
    assert_eq!(records(), 1);
    let without_cache =
        tree(&site.path(".tribune")).into_keys().find(|name| name.ends_with(".cache")).unwrap();
    std::fs::remove_file(site.path(".tribune").join(without_cache)).unwrap();
    let second = site.run(&["build", "--json"]);
    assert_eq!((second.json()["rendered"].as_u64(), second.json()["written"].as_u64()), (Some(0), Some(0)));
    assert_eq!(second.json()["diagnostics"], first.json()["diagnostics"]);
    let strict = site.run(&["build", "--json", "--strict"]);
    assert_eq!((strict.code, strict.codes()), (1, vec!["link-unknown".to_owned()]));
}
