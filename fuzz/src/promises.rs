//! What holds for every input, whatever it is.

use std::collections::HashSet;

use scraper::{Html, Node};
use tribune::internals::diagnostics::Diagnostic;
use tribune::internals::diagnostics::Lang;
use tribune::internals::diagnostics::human;

/// Every diagnostic says where, within the file, and what to do, in both languages.
pub fn located(diagnostics: &[Diagnostic], file: &[u8]) {
    // Lines as editors count them: a file in UTF-16 has its line ends in it, too.
    let lines = 1 + file.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count();
    for diagnostic in diagnostics {
        let place = diagnostic.place.as_ref().expect("a place");
        assert!(place.line as usize <= lines, "line {} of {lines}: {diagnostic:?}", place.line);
        if let Some(excerpt) = &place.excerpt {
            assert!(place.line > 0, "{diagnostic:?}");
            let length = excerpt.chars().count();
            // A long line is shown only in part.
            assert!((place.column - place.skipped) as usize <= length + 1, "{diagnostic:?}");
        }
        for lang in [Lang::Zh, Lang::En] {
            let message = diagnostic.problem.message(lang);
            assert!(!message.text.is_empty() && !message.hint.is_empty(), "{diagnostic:?}");
            assert!(human(diagnostic, lang).contains(diagnostic.problem.code()));
        }
    }
}

/// Elements that run, load or send something, or change the page around them.
const ACTIVE: &[&str] = &[
    "script", "style", "iframe", "frame", "frameset", "object", "embed", "applet", "form", "input", "button",
    "base", "meta", "link", "svg", "math", "template", "noscript", "textarea", "title", "portal", "dialog",
];

/// Nothing in this HTML does anything by itself.
pub fn inert(html: &str) {
    for node in Html::parse_fragment(html).tree.nodes() {
        let Node::Element(element) = node.value() else { continue };
        assert!(!ACTIVE.contains(&element.name()), "<{}>", element.name());
        for (name, value) in element.attrs() {
            assert!(!name.starts_with("on") && name != "style" && name != "srcdoc", "{name}={value}");
            if matches!(
                name,
                "href" | "src" | "cite" | "action" | "formaction" | "longdesc" | "data" | "poster"
            ) {
                let visible: String =
                    value.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
                let visible = visible.to_ascii_lowercase();
                for scheme in ["javascript:", "vbscript:", "data:"] {
                    assert!(!visible.starts_with(scheme), "{name}={value}");
                }
            }
        }
    }
}

/// Where the links in this HTML lead.
pub fn addresses(html: &str) -> HashSet<String> {
    let fragment = Html::parse_fragment(html);
    let elements = fragment.tree.nodes().filter_map(|node| node.value().as_element());
    elements.filter_map(|element| element.attr("href")).map(str::to_owned).collect()
}

/// No two of them are the same.
pub fn distinct(names: &[String]) {
    let mut seen = HashSet::new();
    for name in names {
        assert!(seen.insert(name), "{name:?} twice");
    }
}

/// The text without what stands for lost characters: whether Tribune adds any is to be seen.
pub fn text_of(data: &[u8]) -> String {
    String::from_utf8_lossy(data).replace('\u{FFFD}', "")
}
