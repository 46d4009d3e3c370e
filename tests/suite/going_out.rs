//! What goes out, and what a build says of it: `--changes`, `--dry-run`, `on_error: keep`, errors of drafts, copies, and
//! folders of other sites.

use std::fs;

use serde_json::{Value, json};

use crate::site_test::{NEWS, SITE, SiteTest, document, tree};

fn news(title: &str) -> String {
    document(&format!("title: {title}\ndate: 2025-01-01\ndistrict: 汉阳区"))
}

/// A site with these documents in a section.
fn site(names: &[&str]) -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS);
    for name in names {
        site.write(&format!("content/news/{name}.md"), news(name).replace("正文", &format!("{name}的正文")));
    }
    site
}

fn changes(site: &SiteTest, args: &[&str]) -> Value {
    let args: Vec<&str> = ["build", "--json"].iter().chain(args).copied().collect();
    site.run(&args).json()["changes"].clone()
}

fn urls(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|shown| shown["url"].as_str().unwrap()).collect()
}

#[test]
fn a_build_tells_which_documents_are_new_changed_and_gone() {
    let mut site = site(&["a", "b", "c"]);
    let first = changes(&site, &[]);
    assert_eq!(urls(&first["new"]), ["/news/a.html", "/news/b.html", "/news/c.html"]);
    assert_eq!(
        changes(&site, &[]),
        json!({"new": [], "changed": [], "gone": [], "moved": [], "other_pages": 0})
    );
    site.change("content/news/a.md", "a的正文", "别的文字").change(
        "content/news/b.md",
        "title: b",
        "draft: true\ntitle: b",
    );
    site.write("content/news/d.md", news("d")).write("content/about.md", "---\ntitle: 关于\n---\n正文\n");
    for args in [&["--dry-run"][..], &["--dry-run", "--no-cache"], &[]] {
        let before = tree(site.root());
        let now = changes(&site, args);
        assert_eq!(urls(&now["new"]), ["/about.html", "/news/d.html"]);
        assert!(urls(&now["changed"]).contains(&"/news/a.html"), "{now}");
        assert_eq!(now["gone"], json!([{"url": "/news/b.html", "title": "b"}]), "{args:?}");
        assert!(now["other_pages"].as_u64().unwrap() > 0);
        if args.contains(&"--dry-run") {
            assert_eq!(tree(site.root()), before);
        } else {
            assert_eq!(urls(&now["changed"]), ["/news/a.html"]);
        }
    }
    assert_eq!(changes(&site, &[])["gone"], json!([]));
}

#[test]
fn a_new_footer_changes_no_document() {
    let mut site = site(&["a"]);
    site.build().write("themes/chamber/templates/page.html", "{{ page.content }}<footer>");
    let now = changes(&site, &[]);
    assert_eq!((urls(&now["changed"]).len(), now["other_pages"].as_u64()), (0, Some(1)));
}

#[test]
fn a_renamed_document_is_told_from_a_new_one_and_the_remedy_is_printed() {
    let mut site = site(&["a", "b", "c"]);
    site.build()
        .rename("content/news/a.md", "content/news/x.md")
        .rename("content/news/b.md", "content/news/y.md");
    // One has another title, the other another body.
    site.change("content/news/x.md", "title: a", "title: x").change(
        "content/news/y.md",
        "b的正文",
        "别的文字",
    );
    site.change("content/news/y.md", "title: b", "aliases: [/old.html]\ntitle: b");
    let run = site.run(&["build", "--changes", "--dry-run", "--lang", "zh"]);
    assert!(run.stdout.contains("换了网址 2 篇："), "{}", run.stdout);
    assert!(run.stdout.contains("  x  /news/a.html → /news/x.html"), "{}", run.stdout);
    assert!(run.stdout.contains("content/news/x.md 的设置区写：aliases: [/news/a.html]\n"), "{}", run.stdout);
    assert!(run.stdout.contains("aliases: [/old.html, /news/b.html]\n"), "{}", run.stdout);
    assert!(!run.stdout.contains("新增") && !run.stdout.contains("撤下"), "{}", run.stdout);
    site.change("content/news/x.md", "title: x", "aliases: [/news/a.html]\ntitle: x");
    let now = changes(&site, &[]);
    assert_eq!(now["moved"][0]["remedy"], Value::Null);
    assert_eq!((now["new"].as_array().unwrap().len(), now["gone"].as_array().unwrap().len()), (0, 0));
}

#[test]
fn without_a_cache_documents_that_are_gone_are_known_by_their_pages() {
    let mut site = site(&["a", "b"]);
    site.build().remove(".tribune").remove("content/news/a.md").write("content/news/n.md", news("a"));
    let now = changes(&site, &[]);
    assert_eq!(now["moved"][0]["from"], json!({"url": "/news/a.html", "title": "a"}));
    // Whether the source or a neighbour has changed is not known then.
    assert_eq!(urls(&now["changed"]), ["/news/b.html"]);
}

#[test]
fn a_rehearsal_fails_where_the_build_would() {
    let mut site = site(&["a"]);
    site.write("public/news/a.html", "mine");
    let run = site.run(&["build", "--dry-run"]);
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert!(run.stderr.contains("place-taken"), "{}", run.stderr);
    site.write("content/news/a.md", "x");
    assert_eq!(site.run(&["build", "--dry-run"]).code, 1);
}

#[test]
fn errors_of_a_draft_are_warnings_unless_drafts_are_published() {
    for text in [
        "---\ndraft: true\ntitle: 甲\ndate: 昨天\ndistrct: x\n---\n正文\n",
        "---\ntitle: \"甲\ndraft: true\n---\n正文\n",
        "---\ntitle： 甲\ndraft：true\n---\n正文\n",
    ] {
        let mut site = site(&["a"]);
        site.write("content/news/draft.md", text);
        let run = site.try_build();
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains("warning["), "{}", run.stderr);
        assert_eq!(site.run(&["build", "--drafts"]).code, 1);
        site.change("content/news/a.md", "a的正文", "[乙](draft.md)");
        assert_eq!(site.run(&["build"]).code, 0);
        site.write("content/news/draft.md", text.replace("true", "false"));
        assert_eq!(site.try_build().code, 1);
    }
}

/// A site of which the documents with errors keep their pages.
fn keeping(names: &[&str]) -> SiteTest {
    let mut site = site(names);
    site.write("content/site.yaml", format!("{SITE}on_error: keep\n"));
    site
}

#[test]
fn documents_with_errors_keep_their_pages_and_the_rest_goes_out() {
    for spoil in ["date: 昨天", "distrct: x", "draft: [", "template: none.html"] {
        let mut site = keeping(&["a", "b"]);
        site.write("content/news/b.md", news("b") + "\n见[a](a.md)、[图](a.png)\n")
            .write("content/news/a.png", "x");
        site.change("content/news/a.md", "a的正文", "[图](a.png)").build();
        let former = site.output("news/a.html");
        site.change("content/news/a.md", "title: a", &format!("title: 新\n{spoil}"))
            .change("content/news/a.md", "date: 2025-01-01\n", "")
            .change("content/news/b.md", "正文一段", "新的正文");
        let run = site.try_build();
        assert_eq!(run.code, 1, "{}", run.stdout);
        assert!(
            run.stderr.contains("notice[page-kept]") && run.stderr.contains("content/news/a.md"),
            "{}",
            run.stderr
        );
        assert!(run.stdout.contains("documents with errors were not updated"), "{}", run.stdout);
        assert_eq!(site.output("news/a.html"), former);
        site.check_file("news/b.html", |page| {
            assert!(page.contains("新的正文") && page.contains("a.html\">a</a>"))
        });
        site.check_file("news/index.html", |page| assert!(page.contains(">a<") && !page.contains("新<")));
        site.has("news/a.png").check_file("sitemap.xml", |map| assert!(map.contains("/news/a.html")));
        let kept = tree(&site.out());
        // The same again, and once more by a process without a memory.
        assert_eq!(site.try_build().code, 1);
        assert_eq!(tree(&site.out()), kept);
        site.write("content/news/a.md", news("新")).build();
        site.check_file("news/a.html", |page| assert!(page.contains("<title>新"), "{page}"));
    }
}

#[test]
fn a_document_with_errors_that_had_no_page_is_left_out_and_named() {
    let mut site = keeping(&["a"]);
    site.build().write("content/news/n.md", news("n") + "\n[x](nowhere.md)\n");
    site.change("content/news/a.md", "a的正文", "见[n](n.md)");
    let run = site.try_build();
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("notice[left-out]") && run.stderr.contains("content/news/n.md"),
        "{}",
        run.stderr
    );
    site.has_not("news/n.html").check_file("news/a.html", |page| assert!(page.contains("见n")));
    site.check_build(|build| {
        assert_eq!((build["ok"].as_bool(), build["published"].as_bool()), (Some(false), Some(true)));
    });
}

#[test]
fn without_a_cache_the_page_stays_and_links_lead_to_it() {
    let mut site = keeping(&["a", "b"]);
    site.change("content/news/b.md", "b的正文", "见[a](a.md)").build().remove(".tribune");
    let former = site.output("news/a.html");
    site.change("content/news/a.md", "date:", "dat:").change("content/news/b.md", "。", "！");
    let run = site.try_build();
    assert!(run.stderr.contains("page-kept"), "{}", run.stderr);
    assert_eq!(site.output("news/a.html"), former);
    site.check_file("news/b.html", |page| assert!(page.contains("a.html\">a</a>"), "{page}"));
}

#[test]
fn a_kept_page_keeps_its_pictures_though_they_are_gone() {
    let mut site = keeping(&["a"]);
    site.change("content/news/a.md", "a的正文", "![图](a.png)").write("content/news/a.png", "x").build();
    site.remove("content/news/a.png");
    assert_eq!(site.try_build().code, 1);
    site.has("news/a.png").has("news/a.html");
    site.remove("content/news/a.md").build().has_not("news/a.png").has_not("news/a.html");
}

#[test]
fn errors_of_the_site_itself_still_stop_it() {
    let mut site = keeping(&["a", "b"]);
    site.build();
    let former = site.outputs();
    for (path, text) in [
        ("content/districts.yaml", "- x"),
        ("content/news/c.md", "---\ntitle: c\ndate: 2025-01-01\ndistrict: 汉阳区\nslug: a\n---\n"),
        ("themes/chamber/templates/page.html", "{{ nothing }}"),
        ("content/site.yaml", "title: 甲\non_error: keep\n"),
    ] {
        let mut copy = SiteTest::empty();
        for (name, bytes) in tree(site.root()) {
            copy.write(&name, bytes);
        }
        copy.change("content/news/b.md", "b的正文", "别的").write(path, text);
        assert_eq!(copy.try_build().code, 1);
        assert_eq!(copy.outputs(), former, "{path}");
    }
}

#[test]
fn copies_are_warnings() {
    let mut site = site(&["first"]);
    let text = fs::read_to_string(site.path("content/news/first.md")).unwrap();
    for name in ["first - 副本.md", "复件 first.md", "first(1).md", "other.md"] {
        site.write(&format!("content/news/{name}"), &text);
    }
    let run = site.run(&["build", "--json"]);
    assert_eq!(run.code, 0);
    assert_eq!(
        run.codes(),
        ["copied-document", "copied-document", "same-title", "copied-document"],
        "{}",
        run.stdout
    );
}

#[test]
fn the_folder_of_another_site_is_refused_and_nothing_is_deleted() {
    let (mut one, mut other) = (site(&["a"]), site(&["b"]));
    other.change("content/site.yaml", "江城人大", "山城人大").change(
        "content/site.yaml",
        "example",
        "other.example",
    );
    one.build();
    let (before, out) = (one.outputs(), one.out());
    let out = out.to_str().unwrap();
    for args in [&["build", "--out", out][..], &["build", "--out", out, "--dry-run"]] {
        let run = other.run(args);
        assert_eq!(run.code, 3, "{}", run.stdout);
        assert!(run.stderr.contains("other-site") && run.stderr.contains("江城人大"), "{}", run.stderr);
        assert_eq!(one.outputs(), before);
    }
    // Emptied, it may be taken over; the former owner does not take it back in silence.
    one.remove("public");
    assert_eq!(other.run(&["build", "--out", out]).code, 0);
    assert_eq!(one.try_build().code, 3);
    one.has("news/b.html");
}

/// Lists of earlier versions do not name their site.
#[test]
fn a_folder_without_a_name_belongs_to_the_site_that_has_its_outputs() {
    let (mut one, mut other) = (site(&["a", "b", "c"]), SiteTest::empty());
    other.write("content/zixun/_index.md", NEWS).write("content/zixun/x.md", news("甲"));
    // Every site has some pages of the same names.
    for n in 0..40 {
        one.write(&format!("content/news/n{n}.md"), news(&format!("第{n}篇")));
    }
    let list = one.build().out().join(".tribune-files");
    let unnamed = fs::read_to_string(&list).unwrap().split_once('\n').unwrap().1.to_owned();
    fs::write(&list, &unnamed).unwrap();
    let (before, out) = (one.outputs(), one.out());
    let out = out.to_str().unwrap();
    for args in [&["build", "--out", out][..], &["build", "--out", out, "--dry-run"]] {
        let run = other.run(args);
        assert_eq!(run.code, 3, "{}", run.stdout);
        assert!(run.stderr.contains("other-site"), "{}", run.stderr);
        assert_eq!(one.outputs(), before);
    }
    // Its own site writes it, whether by its note, or without by what is in it.
    one.remove(".tribune").build();
    fs::write(&list, &unnamed).unwrap();
    for n in 0..40 {
        one.remove(&format!("content/news/n{n}.md"));
    }
    one.build();
    one.has("news/a.html");
}

#[test]
fn a_site_keeps_its_folder_when_it_is_moved_cloned_or_renamed() {
    let mut one = site(&["a"]);
    let out = tempfile::TempDir::new().unwrap();
    let out = out.path().join("www");
    let args = ["--out", out.to_str().unwrap()];
    one.args(&args).build().change("content/site.yaml", "江城人大", "新名称").build();
    one.change("content/site.yaml", "https://example.gov.cn", "https://new.example.gov.cn").build();
    one.remove(".tribune").build();
    // A clone elsewhere.
    let mut clone = site(&["a", "b"]);
    clone.write("content/site.yaml", fs::read(one.path("content/site.yaml")).unwrap()).args(&args).build();
    clone.args(&[args[0], args[1], "--base-url", "https://preview.example.gov.cn"]).build();
    assert!(out.join("news/b.html").is_file());
}
