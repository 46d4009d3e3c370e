//! Front matter, site.yaml and districts.yaml.

use tribune::internals::config::read_districts;
use tribune::internals::config::read_site;
use tribune::internals::diagnostics::read_source;
use tribune::internals::world::MemoryWorld;

use super::{Done, Input, Make, document, each, rows};
use crate::memory;

fn front(text: String) -> Vec<u8> {
    format!("---\ntitle: 甲\n{text}\n---\n\n乙\n").into_bytes()
}

/// What has mistakes is read to its end, too: it is no way out.
fn site(file: &[u8]) -> Done {
    let world = MemoryWorld::new(memory::now(), [("content/site.yaml", file)]);
    if let Ok(source) = read_source(&world, "content/site.yaml") {
        read_site(&source);
    }
    Done::Accepted
}

fn districts(file: &[u8]) -> Done {
    let world = MemoryWorld::new(memory::now(), [("content/districts.yaml", file)]);
    if let Ok(source) = read_source(&world, "content/districts.yaml") {
        let (districts, _) = read_districts(&source);
        for (id, _) in districts.iter() {
            districts.upwards(id).take(100).count();
        }
    }
    Done::Accepted
}

pub fn inputs() -> Vec<Input> {
    [rows(whole, FRONT), rows(site, SITE), rows(districts, DISTRICTS)].into_iter().flatten().collect()
}

/// Reports of mistakes take time, too.
fn whole(file: &[u8]) -> Done {
    document(file);
    Done::Accepted
}

const FRONT: &[(&str, Make)] = &[
    ("unknown keys", |n| front(each(n, |at| format!("k{at}: 1\n")))),
    ("misspelt keys", |n| front(each(n, |at| format!("titl{at}: 1\n")))),
    ("one key again and again", |n| front("topics: [a]\n".repeat(n))),
    ("a long key", |n| front(format!("{}: 1", "k".repeat(n)))),
    ("a long value", |n| front(format!("subtitle: {}", "甲".repeat(n)))),
    ("a long quoted value", |n| front(format!("subtitle: \"{}\"", "\\u7532".repeat(n)))),
    ("a quote without an end", |n| front(format!("subtitle: \"{}", "甲".repeat(n)))),
    ("quotes in quotes", |n| front(format!("subtitle: '{}'", "''".repeat(n)))),
    ("lists in lists", |n| front(format!("extra: {}", "[".repeat(n)))),
    ("mappings in mappings", |n| front(format!("extra: {}", "{a: ".repeat(n)))),
    ("lists in lists, closed", |n| front(format!("extra: {}{}", "[".repeat(n), "]".repeat(n)))),
    ("dashes in dashes", |n| front(format!("topics:\n  {}a", "- ".repeat(n)))),
    ("questions in questions", |n| front("? ".repeat(n))),
    ("comments in front matter", |n| front("# 注\n".repeat(n))),
    ("a long comment", |n| front(format!("editor: 甲 #{}", "注".repeat(n)))),
    ("anchors", |n| front(each(n, |at| format!("extra{at}: &a{at} 1\n")))),
    ("tags", |n| front(format!("extra: {}1", "!a ".repeat(n)))),
    ("a block of text", |n| front(format!("summary: |\n{}", "  甲\n".repeat(n)))),
    ("a folded block of text", |n| front(format!("summary: >\n{}", "  甲\n\n".repeat(n)))),
    ("values on two lines", |n| front(format!("authors:\n{}", "  - 甲\n    乙\n".repeat(n)))),
    ("a value on many lines", |n| front(format!("summary: 甲\n{}", "  乙\n".repeat(n)))),
    ("aliases", |n| front(format!("aliases:\n{}", each(n, |at| format!("  - /a/{at}.html\n"))))),
    ("wrong aliases", |n| front(format!("aliases:\n{}", "  - a\n".repeat(n)))),
    ("topics", |n| front(format!("topics:\n{}", each(n, |at| format!("  - 主题{at}\n"))))),
    ("one topic again and again", |n| front(format!("topics: [{}]", "甲, ".repeat(n)))),
    ("authors", |n| front(format!("authors: [{}]", each(n, |at| format!("甲{at}, "))))),
    ("districts of a document", |n| front(format!("district: [{}]", each(n, |at| format!("区{at}, "))))),
    ("free mappings", |n| front(format!("extra:\n{}", each(n, |at| format!("  k{at}: {at}\n"))))),
    ("lines without a colon", |n| front("甲\n".repeat(n))),
    ("full-width colons", |n| front("甲：乙\n".repeat(n))),
    ("fences that are none", |n| front("———\n".repeat(n))),
    ("tabs in front matter", |n| front("\ta: 1\n".repeat(n))),
    ("front matter without an end", |n| format!("---\n{}", "title: 甲\n".repeat(n)).into_bytes()),
    ("blank lines before front matter", |n| format!("{}---\ntitle: 甲\n---\n", "\n".repeat(n)).into_bytes()),
    ("a long slug", |n| front(format!("slug: {}", "/甲".repeat(n)))),
    ("a long date", |n| front(format!("date: {}", "2".repeat(n)))),
    ("a long number", |n| front(format!("year: {}", "2".repeat(n)))),
    ("many documents in one file", |n| front("---\na: 1\n...\n".repeat(n))),
];

const SITE: &[(&str, Make)] = &[
    ("entries of the navigation", |n| {
        format!(
            "title: 甲\nbase_url: https://a.cn\nnav:\n{}",
            each(n, |at| format!("- {{title: 甲{at}, url: /{at}/}}\n"))
        )
        .into_bytes()
    }),
    ("wrong entries of the navigation", |n| {
        format!("nav:\n{}", "- {titel: 甲, url: x}\n".repeat(n)).into_bytes()
    }),
    ("addresses of topics", |n| {
        format!("topics:\n{}", each(n, |at| format!("  甲{at}: a{at}\n"))).into_bytes()
    }),
    ("wrong addresses of topics", |n| {
        format!("topics:\n{}", each(n, |at| format!("  甲{at}: a/{at}\n"))).into_bytes()
    }),
    ("unknown settings", |n| each(n, |at| format!("pagnate{at}: 1\n")).into_bytes()),
    ("a long time zone", |n| format!("timezone: {}", "Asia/".repeat(n)).into_bytes()),
    ("a long choice", |n| format!("slugs: {}", "pinyin".repeat(n)).into_bytes()),
    ("a long base URL", |n| format!("base_url: https://a.cn/{}", "甲/".repeat(n)).into_bytes()),
    ("keywords", |n| format!("keywords: [{}]", each(n, |at| format!("甲{at}, "))).into_bytes()),
    ("a broken settings file", |n| format!("{}title：乙\n", "# 注\n".repeat(n)).into_bytes()),
];

const DISTRICTS: &[(&str, Make)] = &[
    ("districts", |n| {
        each(n, |at| format!("- {{code: \"{}\", name: 区{at}, slug: a{at}}}\n", 100_000 + at)).into_bytes()
    }),
    ("districts of one name", |n| {
        each(n, |at| format!("- {{code: \"{}\", name: 区, slug: a{at}}}\n", 100_000 + at)).into_bytes()
    }),
    ("districts of one code", |n| {
        each(n, |at| format!("- {{code: \"100000\", name: 区{at}, slug: a{at}}}\n")).into_bytes()
    }),
    ("districts in a chain", |n| {
        each(n, |at| {
            let parent = if at > 0 { format!(", parent: \"{}\"", 99_999 + at) } else { String::new() };
            format!("- {{code: \"{}\", name: 区{at}, slug: a{at}{parent}}}\n", 100_000 + at)
        })
        .into_bytes()
    }),
    ("districts in a ring", |n| {
        each(n, |at| {
            let parent = 100_000 + (at + 1) % n;
            format!("- {{code: \"{}\", name: 区{at}, slug: a{at}, parent: \"{parent}\"}}\n", 100_000 + at)
        })
        .into_bytes()
    }),
    ("districts with missing parents", |n| {
        each(n, |at| {
            format!("- {{code: \"{}\", name: 区{at}, slug: a{at}, parent: \"9{at}\"}}\n", 100_000 + at)
        })
        .into_bytes()
    }),
    ("districts with odd codes", |n| {
        each(n, |at| format!("- {{code: x{at}, name: 区{at}, slug: a{at}}}\n")).into_bytes()
    }),
    ("a long name of a district", |n| {
        format!("- {{code: \"100000\", name: {}, slug: a}}\n", "区".repeat(n)).into_bytes()
    }),
    ("names on two lines", |n| {
        each(n, |at| format!("- {{code: \"{}\", name: 区\n  {at}, slug: a{at}}}\n", 100_000 + at))
            .into_bytes()
    }),
    ("districts that are none", |n| "- a\n".repeat(n).into_bytes()),
];
