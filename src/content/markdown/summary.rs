//! The summary of a document: the first paragraph of its body.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::content::markdown::{emphasis, events};
use crate::text::{cut_at_sentence, joins_without_space};

/// The longest summary made from a body, in characters.
pub const SUMMARY_LIMIT: usize = 120;

/// How many bytes of a body are searched for its first paragraph, before all of it is.
const OPENING: usize = 4096;

/// The summary of a body.
pub(super) fn read(body: &str) -> String {
    opening_summary(body).unwrap_or_else(|| summary(&events::read(&emphasis::mark(body))).0)
}

/// The summary, if the beginning of the body alone decides it: it contains a whole paragraph, and no reference to a
/// definition further down.
fn opening_summary(body: &str) -> Option<String> {
    let blank = memchr::memmem::rfind(&body.as_bytes()[..body.len().min(OPENING)], b"\n\n")?;
    let opening = &body[..blank + 2];
    // A following `:` would turn a paragraph into the term of a definition list.
    if opening.contains('[') || body[opening.len()..].trim_start().starts_with(':') {
        return None;
    }
    let marked = emphasis::mark(opening);
    let (summary, certain) = summary(&events::read(&marked));
    certain.then_some(summary)
}

/// The first top-level paragraph, else the first text that is not a heading. The second value is true for such a
/// paragraph.
fn summary(events: &[Event<'_>]) -> (String, bool) {
    let mut paragraph = None;
    let mut anything = String::new();
    // How many elements are open, and how many of those whose text is left out.
    let (mut open, mut left_out) = (0_usize, 0_usize);
    let is_left_out =
        |end: TagEnd| matches!(end, TagEnd::Image | TagEnd::Heading(_) | TagEnd::FootnoteDefinition);
    let mut script = false;
    for event in events {
        match event {
            Event::Start(tag) => {
                if open == 0 && matches!(tag, Tag::Paragraph) {
                    paragraph = Some(String::new());
                }
                open += 1;
                left_out += usize::from(is_left_out(tag.to_end()));
            }
            Event::End(end) => {
                open = open.saturating_sub(1);
                left_out = left_out.saturating_sub(usize::from(is_left_out(*end)));
                if open == 0 && *end == TagEnd::Paragraph {
                    let text = paragraph.take().unwrap_or_default();
                    if !text.trim().is_empty() {
                        return (cut_at_sentence(&text, SUMMARY_LIMIT), true);
                    }
                }
            }
            Event::InlineHtml(tag) => script = is_script(tag).unwrap_or(script),
            _ if left_out > 0 || script => {}
            event => {
                if let Some(paragraph) = &mut paragraph {
                    append(paragraph, event);
                } else if anything.chars().count() <= SUMMARY_LIMIT {
                    append(&mut anything, event);
                }
            }
        }
    }
    (cut_at_sentence(&anything, SUMMARY_LIMIT), false)
}

/// Does a tag begin a script or style sheet (`true`) or end one (`false`)?
fn is_script(tag: &str) -> Option<bool> {
    let (name, begins) = match tag.strip_prefix("</") {
        Some(name) => (name, false),
        None => (tag.strip_prefix('<')?, true),
    };
    let is = |wanted: &&str| name.get(..wanted.len()).is_some_and(|name| name.eq_ignore_ascii_case(wanted));
    ["script", "style"].iter().any(is).then_some(begins)
}

fn append(text: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(more) | Event::Code(more) => {
            if text.ends_with('\n') {
                text.pop();
                let joins = text.chars().next_back().zip(more.chars().next());
                if !joins.is_some_and(|(before, after)| joins_without_space(before, after)) {
                    text.push(' ');
                }
            }
            text.push_str(more);
        }
        Event::SoftBreak => text.push(' '),
        Event::HardBreak if !text.is_empty() => text.push('\n'),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(body: &str) -> String {
        summary(&events::read(&emphasis::mark(body))).0
    }

    #[test]
    fn scripts_are_no_part_of_a_summary() {
        let body = "前文<script>alert(1)</script>后文<STYLE>p {}</STYLE>。\n\n";
        assert_eq!(whole(body), "前文后文。");
        assert_eq!(read(body), "前文后文。");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_opening_gives_the_summary_of_the_whole(
            blocks in proptest::collection::vec("[-#>: *_`~|=\\[\\]^(){}0-9a\n汉，。“”]{0,12}", 0..12)
        ) {
            let body = blocks.join("\n\n");
            prop_assert_eq!(read(&body), whole(&body));
        }
    }
}
