//! Whole sites: many files that have much to do with each other.

use crate::memory;
use crate::site_test::document as file;

use super::{Done, Input, LARGE, Make, each};

/// A site in one text: `=== path` begins a file.
fn build(site: &[u8]) -> Done {
    let text = std::str::from_utf8(site).unwrap();
    let files = text.split("=== ").skip(1).filter_map(|part| part.split_once('\n'));
    memory::build(&memory::world(files.map(|(path, text)| (path.to_owned(), text))));
    Done::Accepted
}

/// A document of the section `news`.
fn news(at: usize, more: &str) -> String {
    format!(
        "=== content/news/n{at:06}.md\n{}",
        file(&format!("title: 甲{at}\ndate: 2025-01-01\ndistrict: 汉阳区\n{more}"))
    )
}

pub fn inputs() -> Vec<Input> {
    SITES.iter().map(|(name, make)| Input { name, least: LARGE, make: *make, run: build }).collect()
}

const SITES: &[(&str, Make)] = &[
    ("a site of one topic", |n| each(n, |at| news(at, "topics: [甲, 乙, 丙]")).into_bytes()),
    ("a site of many topics", |n| each(n, |at| news(at, &format!("topics: [甲{at}]"))).into_bytes()),
    ("documents with one address", |n| each(n, |at| news(at, "slug: one")).into_bytes()),
    ("documents with addresses that differ in case", |n| {
        each(n, |at| news(at, if at % 2 == 0 { "slug: one" } else { "slug: ONE" })).into_bytes()
    }),
    ("former addresses that collide", |n| {
        each(n, |at| news(at, &format!("aliases: [/old.html, /old{at}.html]"))).into_bytes()
    }),
    ("unknown districts in one file", |n| {
        news(0, "")
            .replace("district: 汉阳区", &format!("district: [{}]", each(n, |at| format!("汉阴区{at}, "))))
            .into_bytes()
    }),
    ("links that lead nowhere, in one file", |n| {
        (news(0, "") + &each(n, |at| format!("[a](n{at:06}.md) "))).into_bytes()
    }),
    ("documents with links that lead nowhere", |n| {
        each(n, |at| news(at, "") + &format!("[a](nn{at:06}.md)")).into_bytes()
    }),
    ("documents of unknown districts", |n| {
        let registry = each(n, |at| format!("- {{code: \"{}\", name: 区{at}, slug: a{at}}}\n", 100_000 + at));
        let documents = each(n, |at| news(at, "").replace("汉阳区", &format!("区区{at}")));
        format!("=== content/districts.yaml\n{registry}{documents}").into_bytes()
    }),
    ("many districts", |n| {
        let registry = each(n, |at| format!("- {{code: \"{}\", name: 区{at}, slug: a{at}}}\n", 100_000 + at));
        format!("=== content/districts.yaml\n{registry}{}", news(0, "").replace("汉阳区", "区0")).into_bytes()
    }),
    ("long links that lead nowhere", |n| {
        (news(0, "") + &format!("[a]({}.md)", "n00000".repeat(n))).into_bytes()
    }),
    ("links to headings that are not there, in one file", |n| {
        (news(0, "") + &each(n, |at| format!("## 标题{at}\n\n[a](#biao-ti-{at}x) "))).into_bytes()
    }),
    ("links to all documents", |n| {
        (news(0, "") + &each(n, |at| format!("[a](n{at:06}.md) ")) + &each(n, |at| news(at + 1, "")))
            .into_bytes()
    }),
];
