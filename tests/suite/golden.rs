//! Golden pages: for each fixture the list of all its outputs (`outputs.txt`) and some of them in full (`expected/`):
//! in `everything` one of each kind, in the others only what looks different there.
//!
//! `INSTA_UPDATE=always cargo test --locked --test suite golden` rewrites them, and the snapshots, from what the
//! program gives now. To add a golden page, create an empty file at its path below `expected/` and run that.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use crate::site_test::{SiteTest, listed, repository, tree, write_file};

#[test]
fn a_minimal_site_gives_the_golden_pages() {
    compare("minimal", &[]);
}

#[test]
fn a_site_that_uses_every_field_gives_the_golden_pages() {
    compare("everything", &["--strict"]);
}

#[test]
fn a_site_with_hanzi_in_its_urls_gives_the_golden_pages() {
    compare("paths", &["--strict"]);
}

#[test]
fn the_sample_site_has_these_outputs() {
    let mut site = SiteTest::sample();
    site.args(&["--base-url", "https://www.example.gov.cn", "--strict"]).build();
    let paths: Vec<String> = readable(site.outputs()).into_keys().collect();
    insta::assert_snapshot!(paths.join("\n"));
}

#[test]
fn the_sample_sites_listings_show_these_documents() {
    let mut site = SiteTest::sample();
    site.build();
    let rows = site.list("documents");
    let documents: Vec<String> = rows.iter().map(|row| row["url"].as_str().unwrap().to_owned()).collect();
    let mut text = String::new();
    for (path, bytes) in site.outputs() {
        let Ok(html) = String::from_utf8(bytes) else { continue };
        if !path.ends_with(".html") || documents.contains(&format!("/{path}")) {
            continue;
        }
        let _ = writeln!(text, "{path}");
        for url in listed(&html, &documents) {
            let _ = writeln!(text, "    {url}");
        }
    }
    insta::assert_snapshot!(text);
}

/// Builds a fixture and compares its outputs with the list and the golden pages.
fn compare(name: &str, args: &[&str]) {
    let mut site = SiteTest::fixture(name);
    site.args(args).build();
    let actual = readable(site.outputs());
    let paths: String = actual.keys().map(|path| format!("{path}\n")).collect();
    let fixture = repository().join("tests/fixtures").join(name);
    let (list, pages) = (fixture.join("outputs.txt"), fixture.join("expected"));
    let golden = tree(&pages);
    assert!(!golden.is_empty(), "{name} has no golden pages");
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        write_file(&list, paths.as_bytes());
        for path in golden.keys() {
            match actual.get(path) {
                Some(bytes) => write_file(&pages.join(path), bytes),
                None => fs::remove_file(pages.join(path)).unwrap(),
            }
        }
        return;
    }
    let mut text = String::new();
    first_difference(&mut text, "outputs.txt", &fs::read(list).unwrap(), paths.as_bytes());
    for (path, wanted) in &golden {
        match actual.get(path) {
            Some(bytes) => first_difference(&mut text, path, wanted, bytes),
            None => drop(writeln!(text, "missing: {path}")),
        }
    }
    assert!(text.is_empty(), "{name} has changed (INSTA_UPDATE=always accepts it):\n{text}");
}

/// Describes the first line in which the two texts differ, if any.
fn first_difference(text: &mut String, path: &str, wanted: &[u8], bytes: &[u8]) {
    if wanted == bytes {
        return;
    }
    let (wanted, actual) = (String::from_utf8_lossy(wanted), String::from_utf8_lossy(bytes));
    let mut lines = wanted.split('\n').map(Some).chain(std::iter::repeat(None));
    let same = actual.split('\n').zip(&mut lines).take_while(|(a, b)| Some(*a) == *b).count();
    let line = |text: &str| text.split('\n').nth(same).unwrap_or("(the end)").to_owned();
    let _ = writeln!(text, "{path}:{}\n  - {}\n  + {}", same + 1, line(&wanted), line(&actual));
}

/// The outputs without what changes with every edit of the theme's style and scripts: fingerprints, digests, and the
/// content of static files. The program's own list of files is left out.
fn readable(outputs: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (path, bytes) in outputs {
        if path.starts_with('.') {
            continue;
        }
        let bytes = match String::from_utf8(bytes) {
            Ok(_) if path.starts_with("static/") => Vec::new(),
            Ok(text) => without_digests(&without_fingerprints(&text)).into_bytes(),
            Err(error) => error.into_bytes(),
        };
        files.insert(without_fingerprints(&path), bytes);
    }
    files
}

/// Replaces each `.0123456789.` by `.FINGERPRINT.`.
fn without_fingerprints(text: &str) -> String {
    let is_fingerprint = |part: &str| part.len() == 10 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let parts = text.split('.').map(|part| if is_fingerprint(part) { "FINGERPRINT" } else { part });
    parts.collect::<Vec<_>>().join(".")
}

/// Replaces each `sha384-…"` by `sha384-DIGEST"`.
fn without_digests(html: &str) -> String {
    let mut parts = html.split("sha384-");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once('"').unwrap();
        text.push_str("sha384-DIGEST\"");
        text.push_str(rest);
    }
    text
}
