//! Amendments to whole lines, where the parser departs from the specifications: tabs at the end of a line, and colons that
//! begin no definition.

use crate::content::markdown::marks::{Edit, NEUTRAL, TAB};

/// Adds the edits of the lines of `body`.
pub(super) fn add_edits(body: &str, edits: &mut Vec<Edit>) {
    let bytes = body.as_bytes();
    for at in memchr::memchr_iter(b':', bytes) {
        let start = body[..at].trim_end_matches([' ', '>']).len();
        if !is_line_start(body, start) || body[at + 1..].starts_with([' ', '\t']) {
            continue;
        }
        if !is_delimiter_row(line_at(body, at).trim_end_matches('\r')) {
            edits.push(Edit { at, length: 0, text: NEUTRAL.into() });
        }
    }
    let mut end = 0;
    while let Some(found) = memchr::memchr(b'\t', &bytes[end..]) {
        let start = memchr::memrchr(b'\n', &bytes[..end + found]).map_or(0, |before| before + 1);
        let line = line_at(body, start);
        end = start + line.len();
        let next = line_at(body, (end + 1).min(body.len()));
        tabs(line.trim_end_matches('\r'), may_continue(next), start, edits);
    }
}

/// Whether a line begins at the byte `at`.
fn is_line_start(body: &str, at: usize) -> bool {
    at == 0 || body.as_bytes()[at - 1] == b'\n'
}

/// The line from the byte `at` on, without its end.
fn line_at(body: &str, at: usize) -> &str {
    let rest = &body[at..];
    &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
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
    edits.extend(tabs.map(|(at, _)| Edit { at: start + from + at, length: 1, text: text.into() }));
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
pub(super) fn is_delimiter_row(line: &str) -> bool {
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
            text.replace_range(at..at + length, &new);
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
