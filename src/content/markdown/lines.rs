//! Amendments to whole lines, where the parser departs from the specifications: tabs at the end of a line, and colons that
//! begin no definition.

use crate::content::markdown::marks::{Edit, NEUTRAL, TAB};

/// Adds the edits of the lines of `body`.
pub(super) fn add_edits(body: &str, edits: &mut Vec<Edit>) {
    let bytes = body.as_bytes();
    if memchr::memchr(b'\t', bytes).is_none() && memchr::memchr(b':', bytes).is_none() {
        return;
    }
    let mut start = 0;
    let mut lines = body.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        let text = line.trim_end_matches(['\n', '\r']);
        if text.contains('\t') {
            tabs(text, lines.peek().is_some_and(|next| may_continue(next)), start, edits);
        }
        let content = text.trim_start_matches([' ', '>']);
        if content.starts_with(':') && !content[1..].starts_with([' ', '\t']) && !is_delimiter_row(content) {
            edits.push(Edit { at: start + text.len() - content.len(), length: 0, text: NEUTRAL });
        }
        start += line.len();
    }
}

/// Tabs that the parser takes for something else than spaces: after a closing fence (CommonMark 0.31, section 4.5), in the
/// delimiter row of a table (GFM 0.29, section 4.10), and at the end of a line, where only spaces make a hard break
/// (CommonMark 0.31, section 6.7).
fn tabs(line: &str, goes_on: bool, start: usize, edits: &mut Vec<Edit>) {
    let content = line.trim_start_matches([' ', '\t', '>']);
    let end = content.trim_end_matches([' ', '\t']);
    let is_fence = ['`', '~'].iter().any(|mark| end.len() >= 3 && end.chars().all(|c| c == *mark));
    let (from, text) = if is_fence || is_delimiter_row(content) {
        (line.len() - content.len(), " ")
    } else if goes_on && !end.is_empty() && !is_rule(end) {
        (line.len() - content.len() + end.len(), TAB)
    } else {
        return;
    };
    let tabs = line[from..].bytes().enumerate().filter(|(_, byte)| *byte == b'\t');
    edits.extend(tabs.map(|(at, _)| Edit { at: start + from + at, length: 1, text }));
}

/// Whether a line may continue the paragraph of the line before.
fn may_continue(line: &str) -> bool {
    let text = line.trim();
    !text.is_empty() && !text.bytes().all(|byte| byte == b'=') && !text.bytes().all(|byte| byte == b'-')
}

/// Whether a line may be a thematic break (CommonMark 0.31, section 4.1).
fn is_rule(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b'*' | b'-' | b'_' | b' ' | b'\t'))
}

/// Whether a line may be the delimiter row of a table.
fn is_delimiter_row(line: &str) -> bool {
    line.contains('-') && line.bytes().all(|byte| matches!(byte, b'|' | b':' | b'-' | b' ' | b'\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amended(body: &str) -> String {
        let mut edits = Vec::new();
        add_edits(body, &mut edits);
        let mut text = body.to_owned();
        for Edit { at, length, text: new } in edits.into_iter().rev() {
            text.replace_range(at..at + length, new);
        }
        text.replace(NEUTRAL, "0").replace(TAB, "T")
    }

    #[test]
    fn only_tabs_and_colons_that_the_parser_misreads_are_amended() {
        for (body, expected) in [
            ("```\n甲\n```\t\n", "```\n甲\n``` \n"),
            ("> ~~~\t\n", "> ~~~ \n"),
            ("| 甲 |\n|\t--- |\n", "| 甲 |\n| --- |\n"),
            ("甲\t\t\n乙\t丙", "甲TT\n乙\t丙"),
            ("甲\t\t\n===\n", "甲\t\t\n===\n"),
            ("*\t*\t*\t\n甲", "*\t*\t*\t\n甲"),
            ("时间\n:2025年\n", "时间\n0:2025年\n"),
            (":::tip\n", "0:::tip\n"),
            ("甲\n: 乙\n:\t丙\n", "甲\n: 乙\n:\t丙\n"),
            (":-- | --:\n", ":-- | --:\n"),
            ("    甲\n\t乙\n \t\n", "    甲\n\t乙\n \t\n"),
        ] {
            assert_eq!(amended(body), expected, "{body}");
        }
    }
}
