//! Symbolic links inside the site's folder to private files: drafts, passwords, version control, caches, outputs. Links
//! that leave the folder are tested in [`crate::threats_content`].
#![cfg(unix)]

use std::os::unix::fs::symlink;

use crate::site_test::{NEWS, SITE, SiteTest, document, tree};

const GOOD: &str = "title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区";
const SECRET: &str = "secret";

/// A site full of secrets, with these links: where each is, and what it leads to, told from the root.
fn site(links: &[(&str, &str)]) -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/site.yaml", format!("{SITE}theme: mine\npublish: [\"**\"]\n"))
        .write("content/news/_index.md", NEWS)
        .write("content/news/a.md", document(GOOD))
        .write("themes/mine/templates/parts/_nav.html", "nav");
    for name in [
        ".env",
        ".git/config",
        ".hid/z.pdf",
        ".tribune/lock",
        "_drafts/d.txt",
        "content/_drafts/d.txt",
        "content/news/_note.txt",
        "files/.x/z.txt",
        "files/_x/z.txt",
        "themes/mine/.key",
        "public/old.txt",
        "web/out/old.txt",
    ] {
        site.write(name, SECRET);
    }
    site.write("files/z.txt", "z").write("files/_index.md", NEWS);
    for (link, target) in links {
        let link = site.path(link);
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        symlink(site.path(target), link).unwrap();
    }
    site
}

/// The errors of a build, as `code file`. No secret is among its outputs.
#[track_caller]
fn errors(site: &SiteTest, args: &[&str]) -> Vec<String> {
    let run = site.run(&[&["build", "--json"], args].concat());
    for (path, bytes) in tree(&site.out()).into_iter().chain(tree(&site.path("web"))) {
        assert!(path.ends_with("old.txt") || bytes != SECRET.as_bytes(), "{path} is published");
    }
    let found = run.json()["diagnostics"].as_array().cloned().unwrap();
    let text = |found: &serde_json::Value, key: &str| found[key].as_str().unwrap().to_owned();
    let errors = found.iter().filter(|found| found["severity"] == "error");
    let errors: Vec<String> =
        errors.map(|found| format!("{} {}", text(found, "code"), text(found, "file"))).collect();
    assert_eq!(run.code, i32::from(!errors.is_empty()), "{}", run.stdout);
    errors
}

#[track_caller]
fn refused(link: &str, target: &str) {
    let site = site(&[(link, target)]);
    assert_eq!(errors(&site, &[]), [format!("link-to-hidden {link}")], "{target}");
    // Not only the first time.
    assert_eq!(errors(&site, &[]), [format!("link-to-hidden {link}")], "{target}");
}

/// Jekyll CVE-2018-17567, Hugo CVE-2026-89258: files with hidden names, or in hidden folders.
#[test]
fn links_to_hidden_files_are_refused() {
    for target in [".env", ".git/config", ".hid/z.pdf", ".tribune/lock", "_drafts/d.txt"] {
        refused("content/news/g.txt", target);
    }
    refused("content/news/g.md", "content/_drafts/d.txt");
    refused("content/news/g.txt", "content/news/_note.txt");
    refused("content/img/deep/er/g.txt", "files/_x/z.txt");
    // What introduces a section is read in that place only.
    refused("content/news/g.txt", "files/_index.md");
    refused("content/_index.md", "_drafts/d.txt");
}

/// The same, by a parent folder.
#[test]
fn links_to_hidden_folders_are_refused() {
    for target in [".git", ".hid", ".tribune", "_drafts", "content/_drafts", "files/_x", "files/.x"] {
        refused("content/news/g", target);
    }
    refused("content/g", ".git");
}

/// The same, by templates, and by the theme's static files.
#[test]
fn theme_links_to_hidden_places_are_refused() {
    for target in [".env", "_drafts/d.txt", "content/_drafts/d.txt", "themes/mine/.key"] {
        refused("themes/mine/templates/page.html", target);
        refused("themes/mine/static/g.txt", target);
    }
    refused("themes/mine/static/g", ".git");
    refused("content/news/g.html", "themes/mine/templates/parts/_nav.html");
}

/// What hides behind a second link, or below a linked folder.
#[test]
fn links_behind_links_are_judged_by_where_they_end() {
    let chain = site(&[("files/on", ".git"), ("content/news/files", "files")]);
    assert_eq!(errors(&chain, &[]), ["link-to-hidden content/news/files/on"]);
    let through = site(&[("files/on", ".git"), ("content/news/g.txt", "files/on/config")]);
    assert_eq!(errors(&through, &[]), ["link-to-hidden content/news/g.txt"]);
    let unpublished = site(&[("content/news/_on", ".git"), ("content/news/g", "content/news/_on")]);
    assert_eq!(errors(&unpublished, &[]), ["link-to-hidden content/news/g"]);
}

/// Outputs are no sources: drafts that were withdrawn may still be among them, and each build would publish the
/// former one.
#[test]
fn links_into_the_output_folder_are_refused() {
    refused("content/news/g", "public");
    refused("content/news/g.txt", "public/old.txt");
    refused("themes/mine/static/g", "public");
    let named = site(&[("content/news/g", "web/out")]);
    assert_eq!(errors(&named, &["--out", "web/out"]), ["link-to-hidden content/news/g"]);
    // The folder around it may be linked, yet not what is in it.
    let around = site(&[("content/news/g", "web")]);
    assert_eq!(errors(&around, &["--out", "web/out"]), ["link-to-hidden content/news/g/out"]);
}

#[test]
fn links_to_ordinary_places_are_followed_by_the_rules_for_names() {
    let site = site(&[
        ("content/decisions", "files"),
        ("content/news/z.txt", "files/z.txt"),
        ("content/reports/_index.md", "files/_index.md"),
        ("themes/mine/templates/_nav.html", "themes/mine/templates/parts/_nav.html"),
        // What is not published may lie anywhere.
        ("content/news/_g", "_drafts"),
    ]);
    assert_eq!(errors(&site, &[]), [""; 0]);
    let outputs = site.outputs();
    for path in ["decisions/z.txt", "news/z.txt", "decisions/index.html", "reports/index.html"] {
        assert!(outputs.contains_key(path), "{path}");
    }
    assert!(!outputs.keys().any(|path| path.contains("/_") || path.contains("/.")), "{:?}", outputs.keys());
}

/// Only names below the root count.
#[test]
fn a_site_may_lie_in_a_hidden_folder() {
    let site = site(&[("content/news/z.txt", "files/z.txt")]);
    let root = site.path(".www/_site");
    for folder in ["content", "themes", "files"] {
        std::fs::create_dir_all(&root).unwrap();
        std::fs::rename(site.path(folder), root.join(folder)).unwrap();
    }
    std::fs::remove_file(root.join("content/news/z.txt")).unwrap();
    symlink("../../files/z.txt", root.join("content/news/z.txt")).unwrap();
    let run = site.run(&["build", "--json", "--root", ".www/_site"]);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(root.join("public/news/z.txt").is_file());
}
