//! Golden trees: everything that small sites are to become, file by file, and what the sample site's
//! listings are to show. `UPDATE_EXPECTED=1` writes the trees anew.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::site_test::{SiteTest, listed, repository, tree, write_file};

#[test]
fn the_minimal_site_becomes_its_expected_tree() {
    compare("minimal", &[]);
}

#[test]
fn a_site_that_uses_every_field_becomes_its_expected_tree() {
    compare("everything", &["--strict"]);
}

#[test]
fn a_site_below_a_path_with_hanzi_in_its_urls_becomes_its_expected_tree() {
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

/// Builds a fixture and compares all files with `expected/`.
fn compare(name: &str, args: &[&str]) {
    let mut site = SiteTest::fixture(name);
    site.args(args).build();
    let actual = readable(site.outputs());
    let folder = repository().join("tests/fixtures").join(name).join("expected");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        return update(&folder, &actual);
    }
    let difference = difference(&tree(&folder), &actual);
    assert!(difference.is_empty(), "{name} is not as expected (UPDATE_EXPECTED=1 accepts it):\n{difference}");
}

fn update(folder: &Path, files: &BTreeMap<String, Vec<u8>>) {
    let _ = fs::remove_dir_all(folder);
    for (path, bytes) in files {
        write_file(&folder.join(path), bytes);
    }
}

fn difference(expected: &BTreeMap<String, Vec<u8>>, actual: &BTreeMap<String, Vec<u8>>) -> String {
    let mut text = String::new();
    for path in expected.keys().filter(|path| !actual.contains_key(*path)) {
        let _ = writeln!(text, "missing: {path}");
    }
    for (path, bytes) in actual {
        match expected.get(path) {
            None => drop(writeln!(text, "not expected: {path}")),
            Some(wanted) if wanted != bytes => first_difference(&mut text, path, wanted, bytes),
            Some(_) => {}
        }
    }
    text
}

fn first_difference(text: &mut String, path: &str, wanted: &[u8], bytes: &[u8]) {
    let (wanted, actual) = (String::from_utf8_lossy(wanted), String::from_utf8_lossy(bytes));
    let mut lines = wanted.split('\n').map(Some).chain(std::iter::repeat(None));
    let same = actual.split('\n').zip(&mut lines).take_while(|(a, b)| Some(*a) == *b).count();
    let line = |text: &str| text.split('\n').nth(same).unwrap_or("(the end)").to_owned();
    let _ = writeln!(text, "{path}:{}\n  - {}\n  + {}", same + 1, line(&wanted), line(&actual));
}

/// The outputs without what changes with every stroke in the theme: fingerprints, and the theme's files
/// themselves. The program's own list of files is its own business.
fn readable(outputs: BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for (path, bytes) in outputs {
        if path.starts_with('.') {
            continue;
        }
        let is_static = path.starts_with("static/");
        let bytes = match String::from_utf8(bytes) {
            Ok(_) if is_static => Vec::new(),
            Ok(text) => without_fingerprints(&text).into_bytes(),
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
