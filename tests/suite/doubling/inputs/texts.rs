//! Titles, names, addresses: short texts that are long.

use tribune::internals::diagnostics::Diagnostic;
use tribune::internals::diagnostics::Lang;
use tribune::internals::diagnostics::Source;
use tribune::internals::diagnostics::human;
use tribune::internals::diagnostics::messages::YamlProblem;
use tribune::internals::text::Date;
use tribune::internals::text::{SlugStyle, heading_id, is_slug, segment};
use tribune::internals::text::{count_words, cut_at_sentence, nearest};
use tribune::internals::text::{join, output_path};

use super::{Done, Input, Make, each, rows, text};

fn names(file: &[u8]) -> Done {
    let name = text(file);
    for style in [SlugStyle::Pinyin, SlugStyle::Keep] {
        segment(name, style);
        heading_id(name, style);
    }
    is_slug(name);
    Done::Accepted
}

fn summary(file: &[u8]) -> Done {
    let text = text(file);
    cut_at_sentence(text, 120);
    // Where the limit itself grows, too.
    cut_at_sentence(text, text.len() / 6);
    count_words(text);
    Done::Accepted
}

fn path(file: &[u8]) -> Done {
    let path = text(file);
    let _ = join("news/2025/a.md", path);
    output_path(path);
    let _ = Date::parse(path);
    Done::Accepted
}

/// A misspelt name among known ones, all of them long.
fn misspelt(file: &[u8]) -> Done {
    let name = text(file);
    let half = &name[..name.len() / 6 * 3];
    let known = ["title", "district", half, &name[name.len() - half.len()..]];
    nearest(name, known);
    Done::Accepted
}

/// A diagnostic for every hundredth character of a line.
fn excerpts(file: &[u8]) -> Done {
    let source = Source::of("a.md", text(file));
    for offset in (0..source.text.len()).step_by((source.text.len() / 20).max(1)) {
        let found = Diagnostic::new(YamlProblem::Tab).at(source.place_at(offset, 1000));
        human(&found, Lang::Zh);
    }
    Done::Accepted
}

pub fn inputs() -> Vec<Input> {
    [
        rows(names, NAMES),
        rows(summary, SUMMARIES),
        rows(path, PATHS),
        rows(misspelt, MISSPELT),
        rows(excerpts, EXCERPTS),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const NAMES: &[(&str, Make)] = &[
    ("a name of hanzi", |n| "汉阳".repeat(n).into_bytes()),
    ("a name of emoji", |n| "👩‍👩‍👧‍👦".repeat(n).into_bytes()),
    ("a name of combining marks", |n| format!("e{}", "\u{301}".repeat(n)).into_bytes()),
    ("a name of unordered combining marks", |n| format!("e{}", "\u{301}\u{316}".repeat(n)).into_bytes()),
    ("a name of Hangul in parts", |n| "\u{1112}\u{1161}\u{11AB}".repeat(n).into_bytes()),
    ("a name of marks", |n| "《》".repeat(n).into_bytes()),
    ("a name of hyphens", |n| "-".repeat(n).into_bytes()),
    ("a name of dots", |n| ".".repeat(n).into_bytes()),
    ("a name that grows in lower case", |n| "İ".repeat(n).into_bytes()),
];

const SUMMARIES: &[(&str, Make)] = &[
    ("a summary without a sentence's end", |n| "人民".repeat(n).into_bytes()),
    ("a summary of one word", |n| "a".repeat(n).into_bytes()),
    ("a summary of stops", |n| "。".repeat(n).into_bytes()),
    ("a summary of closing quotes", |n| "。”".repeat(n).into_bytes()),
    ("a summary with one stop and many closing quotes", |n| format!("。{}", "”".repeat(n)).into_bytes()),
    ("a summary of dots", |n| ".".repeat(n).into_bytes()),
    ("a summary of clauses", |n| "甲，".repeat(n).into_bytes()),
];

const PATHS: &[(&str, Make)] = &[
    ("a path that climbs", |n| "../".repeat(n).into_bytes()),
    ("a path up and down", |n| "a/../".repeat(n).into_bytes()),
    ("a path of slashes", |n| "/".repeat(n).into_bytes()),
    ("a deep path", |n| "甲/".repeat(n).into_bytes()),
    ("a path in percent", |n| "%e6%b1%89".repeat(n).into_bytes()),
];

const MISSPELT: &[(&str, Make)] = &[
    ("a long misspelt name", |n| "汉".repeat(n).into_bytes()),
    ("a long misspelt name of letters", |n| "titel".repeat(n).into_bytes()),
];

const EXCERPTS: &[(&str, Make)] = &[
    ("mistakes in a long line", |n| "汉".repeat(n).into_bytes()),
    ("mistakes in many lines", |n| each(n, |_| "汉\n".to_owned()).into_bytes()),
];
