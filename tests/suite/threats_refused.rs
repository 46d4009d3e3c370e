//! What the system refuses, and what has been put in the place of the program's own: it is said, with a remedy. Nothing
//! else is taken instead without a word.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::site_test::{NEWS, Run, SITE, SiteTest, document, run, tribune};
use crate::threats_places::{NOBODY, give_away};

const GOOD: &str = "title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区";
/// What the pages of the site's own theme show.
const OWN: &str = "OWN MARKUP";

fn site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS)
        .write("content/news/a.md", document(GOOD))
        .write("themes/chamber/templates/home.html", OWN);
    site.build().check_file("index.html", |html| assert!(html.contains(OWN)));
    if is_root(&site) {
        give_away(site.root());
    }
    site
}

fn is_root(site: &SiteTest) -> bool {
    fs::metadata(site.root()).is_ok_and(|metadata| metadata.uid() == 0)
        || Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n")
}

/// The program, run by somebody to whom permissions apply.
fn nobody(site: &SiteTest, args: &[&str]) -> Run {
    let mut command = tribune();
    command.current_dir(site.root()).args(args);
    if is_root(site) {
        command.uid(NOBODY).gid(NOBODY);
    }
    run(&mut command)
}

fn close(site: &SiteTest, path: &str, mode: u32) {
    fs::set_permissions(site.path(path), fs::Permissions::from_mode(mode)).unwrap();
}

/// Builds fail in this way, and the pages stay as they were.
#[track_caller]
fn refused(site: &SiteTest, what: &str, codes: &[&str], path: &str) {
    for args in [&["build", "--json"][..], &["build", "--json", "--no-cache"]] {
        let run = nobody(site, args);
        assert_eq!(
            (run.code, run.codes()),
            (3, codes.iter().map(|code| (*code).to_owned()).collect()),
            "{what}"
        );
        assert!(run.stdout.contains(&format!("`{path}`")), "{what}: {}", run.stdout);
        assert!(site.output("index.html").contains(OWN), "{what}: another theme was taken");
    }
}

/// The theme in the binary takes the place of the site's own only where there is none.
#[test]
fn themes_that_cannot_be_read_are_errors() {
    let closed = site();
    close(&closed, "themes", 0o000);
    refused(&closed, "a closed folder", &["read-failed"], "themes");
    close(&closed, "themes", 0o755);
    assert_eq!(nobody(&closed, &["build"]).code, 0);

    close(&closed, "themes/chamber", 0o000);
    refused(&closed, "a closed theme", &["read-failed"], "themes/chamber");
    close(&closed, "themes/chamber", 0o755);

    for path in ["themes", "themes/chamber"] {
        let mut linked = site();
        linked.remove(path);
        symlink("gone", linked.path(path)).unwrap();
        refused(&linked, "a link that leads nowhere", &["read-failed"], path);
        fs::remove_file(linked.path(path)).unwrap();
        linked.write(path, "a file");
        refused(&linked, "a file", &["read-failed"], path);
        linked.remove(path);
        assert_eq!(nobody(&linked, &["build"]).code, 0, "{path} is absent");
        assert!(!linked.output("index.html").contains(OWN));
    }
}

/// The same of a theme that is named; what derives from that is not said.
#[test]
fn themes_that_are_named_and_cannot_be_read_are_one_error() {
    let mut site = site();
    site.rename("themes/chamber", "themes/mine").write("content/site.yaml", format!("{SITE}theme: mine\n"));
    assert_eq!(nobody(&site, &["build"]).code, 0);
    for (path, mode) in [("themes", 0o755), ("themes/mine", 0o755)] {
        close(&site, path, 0o000);
        refused(&site, "a closed folder", &["read-failed"], path);
        close(&site, path, mode);
    }
    site.remove("themes/mine");
    symlink("gone", site.path("themes/mine")).unwrap();
    refused(&site, "a link that leads nowhere", &["read-failed"], "themes/mine");
}

/// It is not said that there is no site.
#[test]
fn content_that_cannot_be_read_is_not_absent() {
    let site = site();
    close(&site, "content", 0o000);
    let root = site.root().to_str().unwrap();
    for args in [&["build"][..], &["build", "--root", root], &["list", "documents", "--root", root]] {
        let run = nobody(&site, args);
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.contains("read-failed") && run.stderr.contains("/content`: "), "{}", run.stderr);
        assert!(run.stderr.contains("Permission denied"), "{}", run.stderr);
    }
    close(&site, "content", 0o755);
    fs::remove_file(site.path("content/site.yaml")).unwrap();
    assert!(nobody(&site, &["build", "--root", root]).stderr.contains("no-site"));
    symlink("gone.yaml", site.path("content/site.yaml")).unwrap();
    let run = nobody(&site, &["build", "--root", root]);
    assert!(run.code == 3 && run.stderr.contains("content/site.yaml`: "), "{}", run.stderr);
}

/// Who cannot read the list is told so, and not that the pages are somebody else's: to empty the folder would be the
/// wrong thing to do.
#[test]
fn a_list_of_outputs_that_cannot_be_read_is_named() {
    let mut site = site();
    site.change("content/news/a.md", "甲", "乙");
    close(&site, "public/.tribune-files", 0o000);
    for args in [&["build", "--json"][..], &["build", "--json", "--no-cache"]] {
        let run = nobody(&site, args);
        assert_eq!((run.code, run.codes()), (3, vec!["read-failed".to_owned()]), "{}", run.stdout);
        let hint = run.json()["diagnostics"][0]["hint"].as_str().unwrap().to_owned();
        assert!(run.stdout.contains("public/.tribune-files`: Permission denied"), "{}", run.stdout);
        assert!(hint.contains("check that you may read it"), "{hint}");
        assert!(site.output("news/a.html").contains("甲"));
    }
    close(&site, "public/.tribune-files", 0o644);
    assert_eq!(nobody(&site, &["build"]).code, 0);
    assert!(site.output("news/a.html").contains("乙"));
}
