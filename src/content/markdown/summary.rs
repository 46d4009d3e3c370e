//! The summary of a document: the first prose of its body.

use pulldown_cmark::{Event, TagEnd};

use crate::content::markdown::amended::Body;
use crate::content::markdown::events;
use crate::text::{cut_at_sentence, has_sentence, joins_without_space};

/// The longest summary made from a body, in characters.
pub const SUMMARY_LIMIT: usize = 120;

/// The summary of a body.
pub(super) fn read(body: &Body) -> String {
    let events = events::read(body);
    let mut summary = Summary::default();
    // What is open around a block, and how many of the elements whose text is left out.
    let (mut open, mut left_out): (Vec<TagEnd>, usize) = (Vec::new(), 0);
    let mut script = false;
    for event in &events {
        match event {
            Event::Start(tag) => {
                if !is_inline(tag.to_end()) && summary.end_block(&open) {
                    break;
                }
                open.push(tag.to_end());
                left_out += usize::from(is_left_out(tag.to_end()));
            }
            Event::End(end) => {
                if !is_inline(*end) && summary.end_block(&open) {
                    break;
                }
                open.pop();
                left_out = left_out.saturating_sub(usize::from(is_left_out(*end)));
            }
            Event::InlineHtml(tag) => script = is_script(tag).unwrap_or(script),
            _ if left_out > 0 || script => {}
            event => append(&mut summary.block, event),
        }
    }
    cut_at_sentence(&summary.best(), SUMMARY_LIMIT)
}

fn is_inline(tag: TagEnd) -> bool {
    use TagEnd::{Emphasis, Image, Link, Strikethrough, Strong, Subscript, Superscript};
    matches!(tag, Emphasis | Image | Link | Strikethrough | Strong | Subscript | Superscript)
}

fn is_left_out(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Image | TagEnd::Heading(_) | TagEnd::FootnoteDefinition)
}

/// What may become the summary, best first. A body that begins with a paragraph is summarised by it; one that begins with
/// a list or a table by the first paragraph of sentences.
#[derive(Default)]
struct Summary {
    /// The text of the block that is being read.
    block: String,
    /// Whether a block was read that is no paragraph.
    begun_otherwise: bool,
    /// The paragraph that needs no further search.
    found: Option<String>,
    /// The first paragraph.
    paragraph: Option<String>,
    /// The first sentences in a list, a quotation or a table.
    sentences: Option<String>,
    /// The items of lists, quotations and code.
    items: String,
}

impl Summary {
    /// Ends the block inside `open`. Returns whether the summary is found.
    fn end_block(&mut self, open: &[TagEnd]) -> bool {
        let block = std::mem::take(&mut self.block);
        let text = block.trim();
        if text.is_empty() {
            return false;
        }
        if *open == [TagEnd::Paragraph] {
            if !self.begun_otherwise || has_sentence(text) {
                self.found = Some(text.to_owned());
            }
            self.paragraph.get_or_insert_with(|| text.to_owned());
            return self.found.is_some();
        }
        self.begun_otherwise = true;
        if self.sentences.is_none() && has_sentence(text) {
            self.sentences = Some(text.to_owned());
        }
        if !open.contains(&TagEnd::Table) && self.items.len() <= 4 * SUMMARY_LIMIT {
            let joint = if self.items.is_empty() { "" } else { "；" };
            self.items.extend([joint, text.trim_end_matches(['；', ';', '，', ','])]);
        }
        false
    }

    fn best(self) -> String {
        self.found.or(self.paragraph).or(self.sentences).unwrap_or(self.items)
    }
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

    fn summary(body: &str) -> String {
        read(&Body::of(body, Paragraphs::Markdown))
    }

    #[test]
    fn a_body_that_begins_with_a_list_or_a_table_is_summarised_by_its_first_prose() {
        for begin in [
            "- 听取报告\n- 审议草案\n\n",
            "1. 听取报告。\n2. 审议草案。\n\n",
            "| 姓名 | 职务 |\n| --- | --- |\n| 张三 | 主任。 |\n\n",
            "## 标题\n\n* 甲\n\n  乙段。\n\n",
            "> 编者按。\n\n",
            "- 甲\n\n附件：\n\n",
        ] {
            let body = format!("{begin}会议听取了报告。会议还审议了草案。\n\n第二段。\n");
            assert_eq!(summary(&body), "会议听取了报告。会议还审议了草案。", "{begin}");
        }
    }

    #[test]
    fn a_body_without_paragraphs_is_summarised_by_its_items() {
        assert_eq!(summary("- 听取报告；\n- 审议草案\n  - 一审\n\n"), "听取报告；审议草案；一审");
        assert_eq!(summary("- 要点\n- 会议听取了报告。\n- 审议。\n"), "会议听取了报告。");
        assert_eq!(summary("| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |\n"), "");
        assert_eq!(summary("| 甲 | 乙 |\n| --- | --- |\n| 1 | 已经办结。 |\n"), "已经办结。");
        assert_eq!(summary("- 甲\n\n附件\n"), "附件");
    }

    #[test]
    fn a_first_paragraph_is_the_summary_whatever_it_says() {
        assert_eq!(summary("会议议程：\n\n- 听取报告。\n\n会议听取了报告。\n"), "会议议程：");
        assert_eq!(summary("# 标题\n\n![图](a.png)\n\n**加粗**的[链接](b.md)\n\n正文。\n"), "加粗的链接");
    }

    #[test]
    fn scripts_are_no_part_of_a_summary() {
        let body = "前文<script>alert(1)</script>后文<STYLE>p {}</STYLE>。\n\n";
        assert_eq!(summary(body), "前文后文。");
    }
}
