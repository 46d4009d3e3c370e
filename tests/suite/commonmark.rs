//! CommonMark's own examples as a regression guard: whatever Tribune adds for Chinese, plain Markdown
//! means what the specification says. The specification is not part of this repository; `tests/run`
//! fetches it and names it in `TRIBUNE_COMMONMARK_SPEC`.

use std::fmt::Write as _;
use std::io::Write as _;

use tribune::internals::config::{HtmlPolicy, Paragraphs};
use tribune::internals::content::markdown::{Body, LinkTarget, render};
use tribune::internals::text::SlugStyle;

const SPECIFICATION: &str = "TRIBUNE_COMMONMARK_SPEC";
const SKIPPED: &str =
    "\nSKIPPED: CommonMark's examples (TRIBUNE_COMMONMARK_SPEC does not name its spec.txt; tests/run does)\n";

/// The examples that come out otherwise on purpose, by number (CommonMark 0.31.2), and why.
const DIFFERENCES: &[(usize, &str)] = &[
    (26, "`&#0;` becomes nothing, and not U+FFFD, which no page holds"),
    (175, "raw HTML in a list item follows its tag without a line break, which means the same"),
    (596, "irc: is not among the allowed schemes"),
    (598, "a+b+c: is not among the allowed schemes"),
    (599, "made-up-scheme: is not among the allowed schemes"),
    (601, "localhost: is not among the allowed schemes"),
    (606, "bare addresses become links (GFM 0.29, section 6.9)"),
    (608, "bare addresses become links (GFM 0.29, section 6.9)"),
    (611, "bare addresses become links (GFM 0.29, section 6.9)"),
    (612, "bare addresses become links (GFM 0.29, section 6.9)"),
];

struct Example {
    number: usize,
    markdown: String,
    html: String,
}

/// Reads the examples from the text of the specification: between two fences the Markdown, a line with
/// a dot, and the HTML; `→` stands for a tab.
fn examples(text: &str) -> Vec<Example> {
    let fence = "`".repeat(32);
    let mut examples = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line != format!("{fence} example") {
            continue;
        }
        let mut until = |end: &str| -> String {
            let lines = lines.by_ref().take_while(|line| *line != end);
            lines.map(|line| format!("{line}\n").replace('→', "\t")).collect()
        };
        let (markdown, html) = (until("."), until(&fence));
        examples.push(Example { number: examples.len() + 1, markdown, html });
    }
    examples
}

/// What Tribune adds on purpose is taken out: heading ids, figures round
/// pictures with a title, the lazy loading of pictures. Quotes in text may be written either way.
fn normalised(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<h") {
        let (before, tag) = rest.split_at(at);
        text.push_str(before);
        let heading = tag.as_bytes().get(2).is_some_and(u8::is_ascii_digit) && tag[3..].starts_with(" id=\"");
        let end = if heading { tag.find('>').unwrap_or(tag.len() - 1) } else { 1 };
        text.push_str(&tag[..if heading { 3 } else { end }]);
        rest = &tag[end..];
    }
    text.push_str(rest);
    let text = without_figures(&text.replace(" loading=\"lazy\" decoding=\"async\"", ""));
    text.replace("&quot;", "\"")
}

fn without_figures(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<figure>") {
        let (picture, after) = after.split_once("<figcaption>").expect("a caption");
        let (caption, after) = after.split_once("</figcaption></figure>").expect("its end");
        let picture = picture.strip_suffix(" />").expect("a picture");
        let _ = write!(text, "{before}<p>{picture} title=\"{caption}\" /></p>");
        rest = after;
    }
    text + rest
}

fn rendered(markdown: &str) -> String {
    let leave = |target: &str| LinkTarget::Href(target.to_owned());
    normalised(
        &render(&Body::of(markdown, Paragraphs::Markdown), SlugStyle::Pinyin, HtmlPolicy::Trust, &leave).html,
    )
}

#[test]
fn the_specifications_examples_come_out_as_it_says() {
    let Some(path) = std::env::var_os(SPECIFICATION) else {
        // Not by `eprintln!`, which is hidden when a test passes.
        let _ = std::io::stderr().write_all(SKIPPED.as_bytes());
        return;
    };
    let examples = examples(&std::fs::read_to_string(&path).expect("the specification"));
    assert!(examples.len() > 600, "only {} examples were found in {path:?}", examples.len());
    let mut report = String::new();
    for example in &examples {
        let actual = rendered(&example.markdown);
        let allowed = DIFFERENCES.iter().any(|(number, _)| *number == example.number);
        match (actual == normalised(&example.html), allowed) {
            (true, false) | (false, true) => {}
            (true, true) => drop(writeln!(report, "example {} differs no more: strike it", example.number)),
            (false, false) => drop(writeln!(
                report,
                "example {}:\n{}\n--- expected\n{}\n--- actual\n{actual}",
                example.number, example.markdown, example.html
            )),
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn examples_are_read_from_the_specification() {
    let fence = "`".repeat(32);
    let text = format!(
        "# Tabs\n\n{fence} example\n→foo\n.\n<pre>→</pre>\n{fence}\n\ntext\n\n{fence} example\n\n.\n{fence}\n"
    );
    let examples = examples(&text);
    let pairs: Vec<_> = examples.iter().map(|e| (e.markdown.as_str(), e.html.as_str())).collect();
    assert_eq!(pairs, [("\tfoo\n", "<pre>\t</pre>\n"), ("\n", "")]);
}
