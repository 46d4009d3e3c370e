//! Properties of all inputs: nothing panics, every problem is reported, and results are deterministic.

use proptest::prelude::*;

use tribune::internals::config::{HtmlPolicy, Paragraphs};
use tribune::internals::content::markdown::{Body, LinkTarget, anchors, digest, render};
use tribune::internals::site::{page_count, page_range};
use tribune::internals::text::{SlugStyle, heading_id, is_slug, segment, suggestion};

use crate::memory;
use crate::site_test::document;

/// Text of the characters that mean something to Markdown, YAML and templates, and of others.
fn tricky() -> impl Strategy<Value = String> {
    let marks = prop::sample::select(vec![
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```\n",
        "[",
        "](",
        ")",
        "![",
        "[^1]",
        "[^1]: ",
        "|",
        "\n|-|-|\n",
        "# ",
        "> ",
        "- ",
        "1. ",
        "- [ ] ",
        ": ",
        "\n",
        "\n\n",
        "  \n",
        "\r\n",
        "\t",
        "<b>",
        "</b>",
        "<!--",
        "<script>",
        "&amp;",
        "{#id}",
        "\\",
        "“",
        "”",
        "，",
        "。",
        "汉",
        "阳",
        "a",
        "7",
        " ",
        "\u{3000}",
        "\u{FE00}",
        "\u{FDD0}",
        "\u{0}",
        "---\n",
        "title: ",
        "\"",
        "'",
        "{",
        "}",
        "{{",
        "}}",
        "{%",
        "%}",
        "&x",
        "*x",
        "!t",
        "😀",
        "é",
        "\u{FEFF}",
    ]);
    prop_oneof![
        4 => prop::collection::vec(marks, 0..60).prop_map(|parts| parts.concat()),
        1 => any::<String>(),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![3 => tricky().prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 0..200)]
}

/// Builds a site in which the file at `path` holds `bytes`: it succeeds, or says where it does not.
fn builds_or_says_where(path: &str, bytes: Vec<u8>) -> Result<(), TestCaseError> {
    let news = document("title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区\nslug: other").into_bytes();
    let files = [("content/news/other.md".to_owned(), news), (path.to_owned(), bytes)];
    let (build, outputs) = memory::build(&memory::world(files.clone()));
    if build.is_ok() {
        prop_assert!(outputs.contains_key("index.html"));
    }
    for diagnostic in &build.diagnostics {
        prop_assert!(diagnostic.place.is_some(), "{:?} has no place", diagnostic.problem);
    }
    let (again, same) = memory::build(&memory::world(files));
    prop_assert_eq!(build.diagnostics, again.diagnostics);
    prop_assert!(outputs == same);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_body_renders_and_renders_the_same_twice(body in tricky()) {
        for policy in [HtmlPolicy::Sanitize, HtmlPolicy::Escape, HtmlPolicy::Trust] {
            let once = || render(&Body::of(&body, Paragraphs::Markdown), SlugStyle::Pinyin, policy, &|target| LinkTarget::Href(target.to_owned()));
            prop_assert_eq!(once(), once());
        }
    }

    #[test]
    fn headings_have_ids_that_differ(body in tricky()) {
        let all = anchors(&Body::of(&body, Paragraphs::Markdown), SlugStyle::Keep, HtmlPolicy::Escape);
        let mut ids = all.clone();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), all.len());
    }

    #[test]
    fn links_are_found_within_the_body(body in tricky()) {
        let (digest, _) = digest(&Body::of(&body, Paragraphs::Markdown), true, HtmlPolicy::Sanitize);
        for link in digest.links {
            prop_assert!(body.is_char_boundary(link.offset) && link.offset <= body.len());
        }
    }

    #[test]
    fn a_summary_has_at_most_120_characters(body in "[汉阳区，。！？“”a-z0-9 ]{0,400}") {
        prop_assert!(digest(&Body::of(&body, Paragraphs::Markdown), true, HtmlPolicy::Sanitize).0.summary.chars().count() <= 120);
    }

    #[test]
    fn slugs_are_never_empty_and_stay_in_their_folder(name in any::<String>()) {
        for style in [SlugStyle::Pinyin, SlugStyle::Keep] {
            for slug in [segment(&format!("{name}x"), style), heading_id(&name, style)] {
                prop_assert!(!slug.is_empty());
                prop_assert!(!slug.contains(['/', '\\', '\0', ' ', '%', '?', '#']), "{slug:?}");
                prop_assert!(!slug.starts_with('.'), "{slug:?}");
            }
            prop_assert!(!segment(&name, style).starts_with(['.', '_']), "{name:?}");
        }
    }

    #[test]
    fn what_is_suggested_for_a_slug_is_one(
        written in prop_oneof!["[.a]{0,8}", "[.a_/ -]{0,8}", "[.·“_-]{0,3}[ -~“汉ア]{0,90}", any::<String>()],
    ) {
        let slug = suggestion(&written);
        prop_assert!(is_slug(&slug) && slug.len() <= 60, "{written:?}: {slug:?}");
    }

    #[test]
    fn the_pages_of_a_listing_give_the_whole_list_once(total in 0_usize..1000, each in 1_usize..50) {
        let pages = (1..=page_count(total, each)).map(|number| page_range(total, each, number));
        let all: Vec<usize> = pages.inspect(|page| assert!(page.len() <= each)).flatten().collect();
        prop_assert_eq!(all, (0..total).collect::<Vec<_>>());
    }
}

proptest! {
    // Each case builds a site, or two.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_builds_or_is_reported(bytes in bytes()) {
        builds_or_says_where("content/news/a.md", bytes)?;
    }

    #[test]
    fn any_front_matter_builds_or_is_reported(text in tricky()) {
        builds_or_says_where("content/news/a.md", format!("---\n{text}\n---\n正文").into_bytes())?;
    }

    #[test]
    fn any_settings_build_or_are_reported(bytes in bytes()) {
        builds_or_says_where("content/site.yaml", bytes)?;
    }

    #[test]
    fn any_districts_build_or_are_reported(bytes in bytes()) {
        builds_or_says_where("content/districts.yaml", bytes)?;
    }

    #[test]
    fn any_section_index_builds_or_is_reported(text in tricky()) {
        builds_or_says_where("content/news/_index.md", format!("---\n{text}\n---\n{text}").into_bytes())?;
    }

    #[test]
    fn any_theme_settings_build_or_are_reported(bytes in bytes()) {
        builds_or_says_where("themes/chamber/theme.yaml", bytes)?;
    }

    #[test]
    fn any_words_build_or_are_reported(bytes in bytes()) {
        builds_or_says_where("themes/chamber/i18n/zh-CN.yaml", bytes)?;
    }

    #[test]
    fn any_template_builds_or_is_reported(bytes in bytes()) {
        builds_or_says_where("themes/chamber/templates/page.html", bytes)?;
    }

    #[test]
    fn any_style_sheet_builds_or_is_reported(bytes in bytes()) {
        builds_or_says_where("themes/chamber/static/x.css", bytes)?;
    }

    #[test]
    fn a_listing_is_in_the_order_of_a_naive_sort(
        documents in prop::collection::btree_map("[a-d]{1,3}", (any::<bool>(), 1_u8..4, 0_u8..3), 1..12)
    ) {
        let files = documents.iter().map(|(name, (top, day, hour))| {
            let text = format!("title: 甲\ndate: 2025-01-0{day} 0{hour}:00\ndistrict: 汉阳区\ntop: {top}");
            (format!("content/news/{name}x.md"), document(&text))
        });
        let (build, outputs) = memory::build(&memory::world(files));
        prop_assert!(build.is_ok(), "{:?}", build.diagnostics);
        let mut wanted: Vec<_> = documents.iter().collect();
        wanted.sort_by(|(a, (a_top, a_day, a_hour)), (b, (b_top, b_day, b_hour))| {
            (b_top, b_day, b_hour).cmp(&(a_top, a_day, a_hour)).then_with(|| format!("{a}x.md").cmp(&format!("{b}x.md")))
        });
        let wanted: Vec<String> = wanted.iter().map(|(name, _)| format!("/news/{name}x.html")).collect();
        let html = String::from_utf8(outputs["news/index.html"].clone()).unwrap();
        prop_assert_eq!(crate::site_test::listed(&html, &wanted), wanted);
    }
}
