//! The summary of a document: the first paragraph of its body.

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::content::markdown::amended::Body;
use crate::content::markdown::events;
use crate::text::{cut_at_sentence, joins_without_space};

/// The longest summary made from a body, in characters.
pub const SUMMARY_LIMIT: usize = 120;

/// The summary of a body.
pub(super) fn read(body: &Body) -> String {
    summary(&events::read(body))
}

/// The first top-level paragraph, else the first text that is not a heading.
fn summary(events: &[Event<'_>]) -> String {
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
                        return cut_at_sentence(&text, SUMMARY_LIMIT);
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
    cut_at_sentence(&anything, SUMMARY_LIMIT)
}

/// Whether a tag begins a script or style sheet (`true`) or ends one (`false`).
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
    use super::*;
    use crate::config::Paragraphs;

    #[test]
    fn scripts_are_no_part_of_a_summary() {
        let body = "前文<script>alert(1)</script>后文<STYLE>p {}</STYLE>。\n\n";
        assert_eq!(read(&Body::of(body, Paragraphs::Markdown)), "前文后文。");
    }
}
