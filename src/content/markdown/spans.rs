//! Links, code, emphasis and HTML that span the end of a line: no paragraph ends within them.

use crate::content::markdown::rows::{Kind, Row};

/// How many lines before and behind the end of a line are looked at.
const REACH: usize = 20;

/// Whether something that begins in the lines from `start` on, up to the line before `at`, ends in the line `at` or below.
pub(super) fn is_within(rows: &[Row], start: usize, at: usize) -> bool {
    let before = &rows[start.max(at.saturating_sub(REACH))..at];
    if !before.iter().any(|row| row.text.contains(['<', '[', '`', '*', '~', '_'])) {
        return false;
    }
    let text = |rows: &[Row]| rows.iter().map(|row| row.text).collect::<Vec<_>>().join("\n");
    let is_text = |row: &&Row| matches!(row.kind, Kind::Text | Kind::Item);
    let length = rows[at..].iter().take(REACH).take_while(is_text).count();
    let (before, after) = (text(before), text(&rows[at..at + length]));
    is_within_html(&before, &after)
        || is_within_link(&before, &after)
        || ["`", "**", "__", "~~"].iter().any(|mark| is_within_marks(&before, &after, mark))
}

/// Within a comment, a tag or an element.
fn is_within_html(before: &str, after: &str) -> bool {
    if before.rfind("<!--").is_some_and(|open| !before[open..].contains("-->")) {
        return after.contains("-->");
    }
    before.match_indices('<').any(|(open, _)| {
        let rest = &before[open + 1..];
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = &rest[..length];
        if name.is_empty() {
            return false;
        }
        let end = format!("</{name}");
        match rest.find('>') {
            None => after.contains('>'),
            Some(_) => !rest.contains(&end) && after.contains(&end),
        }
    })
}

/// Within the text of a link or an image, or within its address.
fn is_within_link(before: &str, after: &str) -> bool {
    let Some(open) = before.rfind('[') else { return false };
    let rest = &before[open..];
    match rest.find("](") {
        Some(address) => !rest[address..].contains(')') && after.contains(')'),
        None if rest.contains(']') => false,
        None => after.find(']').is_some_and(|end| after[end + 1..].starts_with(['(', '['])),
    }
}

/// Within code or emphasis.
fn is_within_marks(before: &str, after: &str, mark: &str) -> bool {
    before.matches(mark).count() % 2 == 1 && after.contains(mark)
}
